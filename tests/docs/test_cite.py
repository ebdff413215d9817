"""The BibTeX entry of docs/cite.md says what CITATION.cff says, and no more than there is."""

from __future__ import annotations

import re

import yaml
from support.pages import ROOT, blocks

PAGE = ROOT / "docs" / "cite.md"
CITATION = yaml.load((ROOT / "CITATION.cff").read_text(encoding="utf-8"), yaml.BaseLoader)
FIELD = re.compile(r"^  (\w+) *= \{(.*)\},?$", re.MULTILINE)


def entry() -> tuple[str, dict[str, str]]:
    """Return the kind of the page's one entry, and its fields; inner braces, which keep capitals, are taken off."""
    (block,) = [each.text for each in blocks(PAGE) if each.language == "bibtex"]
    assert block.count("{") == block.count("}")
    head = re.match(r"@(\w+)\{\w+,\n", block)
    assert head
    return head[1], {name: value.strip("{}") for name, value in FIELD.findall(block)}


def test_the_entry_is_that_of_the_citation_file() -> None:
    kind, fields = entry()
    assert kind == CITATION["type"]
    assert {name: fields[name] for name in ("title", "version", "license")} == {
        name: CITATION[name] for name in ("title", "version", "license")
    }
    assert fields["author"] == " and ".join(author["name"] for author in CITATION["authors"])


def test_there_is_a_doi_on_the_page_only_if_the_citation_file_has_one() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert ("There is no DOI yet" in text) == ("doi" not in CITATION)
    assert ("doi" in entry()[1]) == ("doi" in CITATION)


def test_what_the_reader_fills_in_is_told_below_the_entry() -> None:
    _, fields = entry()
    blanks = {word for value in fields.values() for word in re.findall(r"\b[A-Z]{3,}\b", value)} - {"MIT"}
    assert blanks == {"COMMIT", "YEAR", "URL"}
    told = PAGE.read_text(encoding="utf-8").partition("You fill in three words of it:")[2]
    assert all(f"`{word}`" in told for word in blanks)
