"""Pages of files from their schemas: ``{fields} scenario`` writes each field with its facts, paragraph and example.

The text is that of ``simulator explain``, from the same module, and cannot be stale. Each field has an anchor, its
name after the kind of file: ``scenario-patient-height-cm``. ``{fields} beams`` writes the
columns of a table of results.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from simulator.reference.columns import COLUMNS
from simulator.reference.entry import Entry
from simulator.reference.reference import entries

NAMES = ("unit", "type", "default", "limits")


class Fields(SphinxDirective):
    """Write the reference of a kind of file: a section a table, a definition a field."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        whole, *fields = entries(self.arguments[0])
        top = [entry for entry in fields if len(entry.steps) == 1]
        if self.arguments[0] in COLUMNS:
            return [*_body(whole), *map(self._field, fields)]
        sections = [self._section(whole, "At the top of the file", [one for one in top if not one.fields])]
        for entry in top:
            if entry.fields:
                own = [one for one in fields if one.steps[:1] == entry.steps and len(one.steps) > 1]
                sections.append(self._section(entry, entry.table or entry.name, own))
        return sections

    def _section(self, entry: Entry, title: str, fields: list[Entry]) -> nodes.section:
        section = nodes.section("", nodes.title("", title), ids=[anchor(entry)], names=[anchor(entry)])
        if entry.steps:
            section += [*_facts(entry), *_body(entry)]
        for field in fields:
            section += self._field(field)
        return section

    def _field(self, entry: Entry) -> nodes.definition_list:
        name = ".".join(entry.steps)
        term = nodes.term("", "", nodes.literal("", name), ids=[anchor(entry)])
        link = nodes.reference("", "¶", refuri=f"#{anchor(entry)}", internal=True, classes=["headerlink"])
        term += link
        definition = nodes.definition("", *_facts(entry), *_body(entry))
        return nodes.definition_list("", nodes.definition_list_item("", term, definition))


def anchor(entry: Entry) -> str:
    """Return what a link to an entry ends in."""
    return re.sub(r"[^a-z0-9]+", "-", "-".join([entry.file, *entry.steps]).lower())


def _facts(entry: Entry) -> list[nodes.Node]:
    """Return unit, type, default and limits as one line."""
    facts = [(name, getattr(entry, name)) for name in NAMES if getattr(entry, name)]
    paragraph = nodes.paragraph(classes=["facts"])
    for at, (name, value) in enumerate(facts):
        paragraph += [nodes.Text("; " if at else ""), nodes.emphasis("", name), nodes.Text(" "), *_quoted(value)]
    return [paragraph] if facts else []


def _quoted(text: str) -> list[nodes.Node]:
    """Return words of which those in quotation marks are written as in a file."""
    parts = re.split(r'("[^"]*")', text)
    return [nodes.literal("", part) if at % 2 else nodes.Text(part) for at, part in enumerate(parts) if part]


def _body(entry: Entry) -> list[nodes.Node]:
    found: list[nodes.Node] = [nodes.paragraph("", "", *_inline(text)) for text in entry.paragraphs]
    if entry.example:
        block = nodes.literal_block(entry.example, entry.example)
        block["language"] = "toml" if entry.file != "readings" else "text"
        found.append(block)
    return found


def _inline(text: str) -> list[nodes.Node]:
    """Return a paragraph whose names between double backquotes are literal."""
    parts = re.split(r"``([^`]+)``", text)
    return [nodes.literal("", part) if at % 2 else nodes.Text(part) for at, part in enumerate(parts) if part]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("fields", Fields)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
