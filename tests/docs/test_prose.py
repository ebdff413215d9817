"""Pages are spelt right, and their sentences are short and plain.

The dictionary is Hunspell's American one, which the package ``spylls`` reads and brings along; British spellings are
those that ``codespell`` would turn into American ones. What neither has is in docs/words.txt.
"""

from __future__ import annotations

import gc
import re
import warnings
from functools import cache
from pathlib import Path

import codespell_lib
import pytest
from spylls.hunspell import Dictionary
from support.pages import ROOT, name_of, pages, sentences, words

PAGES = [*pages(), ROOT / "ARCHITECTURE.md"]
OURS = ROOT / "docs" / "words.txt"
MOST_WORDS = 45
# Words that tell the reader how easy something is, and words that say less than they weigh.
FILLERS = re.compile(
    r"\b(simply|just(?! (?:above|below|before|after|over|under))|obviously|of course|trivially|basically|clearly"
    r"|easily|easy to use|actually|really|very|quite|note that|in order to|please|utili[sz]e[sd]?|leverages?"
    r"|seamless(?:ly)?|powerful|cutting-edge|state-of-the-art|comprehensive|etc)\b",
    re.IGNORECASE,
)
TWICE = re.compile(r"\b(?!x\b)([^\W\d]+) \1\b")


@cache
def hunspell() -> Dictionary:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # spylls leaves its files open; here they are closed
        dictionary = Dictionary.from_files("en_US")
        gc.collect()
    return dictionary


@cache
def british() -> frozenset[str]:
    """Return the British spellings that differ from American ones."""
    file = Path(codespell_lib.__file__).parent / "data" / "dictionary_en-GB_to_en-US.txt"
    return frozenset(line.partition("->")[0] for line in file.read_text(encoding="utf-8").splitlines())


@cache
def ours() -> frozenset[str]:
    return frozenset(OURS.read_text(encoding="utf-8").split())


@cache
def is_spelt(word: str) -> bool:
    """Return whether a word is in a dictionary: as it is, small, or without the ending of an owner."""
    bare = word.removesuffix("'s")
    tried = {bare, bare.lower()} | ({bare[0].lower() + bare[1:]} if bare else set())
    return bool(tried & ours() or tried & british()) or hunspell().lookup(word) or hunspell().lookup(bare)


def misspelt(told: list[tuple[int, str]]) -> list[str]:
    return [f"line {line}: {word}" for line, sentence in told for word in words(sentence) if not is_spelt(word)]


def unplain(told: list[tuple[int, str]]) -> list[str]:
    """Return what is wrong with sentences: too long, a filler, a word twice."""
    found = []
    for line, sentence in told:
        if (count := len(sentence.split())) > MOST_WORDS:
            found.append(f"line {line}: {count} words: {sentence[:60]}…")
        for pattern in (FILLERS, TWICE):
            found += [f"line {line}: {each[0]!r}" for each in pattern.finditer(sentence)]
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_is_spelt_right(page: Path) -> None:
    found = misspelt(sentences(page))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_sentences_are_short_and_plain(page: Path) -> None:
    found = unplain(sentences(page))
    assert not found, "\n".join(found)


def test_the_list_of_words_is_short_and_in_order() -> None:
    """A word that a dictionary has, or that is there twice, is not to be in ours."""
    listed = OURS.read_text(encoding="utf-8").split()
    assert listed == sorted(set(listed), key=lambda word: (word.lower(), word))
    assert [word for word in listed if hunspell().lookup(word) or word in british()] == []


@pytest.mark.parametrize("word", ["colour", "metres", "Centre", "isocentre", "DICOM's", "don't", "Analysed", "couch"])
def test_british_words_and_those_of_the_field_are_known(word: str) -> None:
    assert is_spelt(word)


@pytest.mark.parametrize("word", ["colision", "isocentr", "recieve", "dicom's", "Thier"])
def test_a_wrong_word_is_found(word: str) -> None:
    assert misspelt([(3, f"The {word} is.")]) == [f"line 3: {word}"]


def test_a_long_or_empty_sentence_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# T\n\nIt is just above. It is just there,\nand the the end.\n\n`just` $very$ x x\n\n" + "one two " * 23,
        encoding="utf-8",
    )
    assert unplain(sentences(page))[:2] == ["line 3: 'just'", "line 3: 'the the'"]
    assert unplain(sentences(page))[2].startswith("line 8: 46 words")
    assert len(unplain(sentences(page))) == 3
