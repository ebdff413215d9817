"""The project's own pages as their readers see them: blocks of code, headings, links and sentences.

The conventions are told in docs/develop/writing_pages.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from types import ModuleType

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"# ((?:[\w.-]+/)*[\w-]+(?:\.\w+)+)")
MARK = re.compile(r"<!--\s*(same output|not run: .+?)\s*-->")
EVERY_COMMAND = "<!-- every command -->"
DIRECTIVE = re.compile(r"^\{(\w[\w:-]*)\}")


def pages() -> list[Path]:
    """Return every page: the front ones and those of the site."""
    front = [ROOT / f"{name}.md" for name in ("README", "CONTRIBUTING")]
    return [page for page in front if page.exists()] + sorted((ROOT / "docs").rglob("*.md"))


def name_of(page: Path) -> str:
    """Return how a page is called in the name of a test."""
    return page.relative_to(ROOT).as_posix()


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line it begins at, and the mark in the comment above it."""

    language: str
    text: str
    line: int
    mark: str = ""

    @property
    def file(self) -> str | None:
        """Return the name of the file that the block is, if its first line says so."""
        found = NAME.fullmatch(self.text.partition("\n")[0].rstrip())
        return found[1] if found else None

    @property
    def body(self) -> str:
        """Return the text of the file: all but the line with its name."""
        return self.text.partition("\n")[2]


@cache
def tokens(page: Path) -> list[Token]:
    """Return a page's Markdown, parsed; tables and definition lists as the site has them."""
    return MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page in order; directives such as ``{toctree}`` are none."""
    found: list[Block] = []
    mark = ""
    for token in tokens(page):
        if token.type == "html_block":
            told = MARK.fullmatch(token.content.strip())
            mark = told[1] if told else ""
        elif token.type == "fence":
            language = token.info.strip().partition(" ")[0]
            if not DIRECTIVE.match(token.info.strip()):
                found.append(Block(language, token.content, token.map[0] + 1, mark))
            mark = ""
        elif token.nesting >= 0 and token.type != "inline":
            mark = ""
    return found


def indented(page: Path) -> list[int]:
    """Return the lines at which indented code begins."""
    return [token.map[0] + 1 for token in tokens(page) if token.type == "code_block"]


@dataclass(frozen=True)
class Command:
    """A line of a console block that begins with ``$``, and what is printed below it."""

    line: str
    output: tuple[str, ...]


def commands(block: Block) -> list[Command]:
    """Return the commands of a console block; a line that ends with a backslash goes on in the next."""
    found: list[tuple[str, list[str]]] = []
    goes_on = False
    for line in block.text.splitlines():
        if goes_on:
            last, output = found[-1]
            found[-1] = (last[:-1] + line.strip(), output)
        elif line.startswith("$ "):
            found.append((line[2:], []))
        elif found:
            found[-1][1].append(line)
        goes_on = (goes_on or line.startswith("$ ")) and line.endswith("\\")
    return [Command(line, tuple(output)) for line, output in found]


def sentences(page: Path) -> list[tuple[int, str]]:
    """Return the prose of a page as sentences, each with the line of its paragraph; code and formulas left out."""
    found = []
    kept = _without_math(page.read_text(encoding="utf-8"))
    for token in MarkdownIt("commonmark").enable("table").parse(kept):
        if token.type == "inline":
            told = " ".join(_prose(token).split())
            found += [(token.map[0] + 1, each) for each in re.split(r"(?<=[.!?:;])\s+", told) if each]
    return found


def _prose(token: Token) -> str:
    """Return the text of a paragraph; a formula or a name in code counts as one word, ``x``."""
    words = {"code_inline": "x", "softbreak": " ", "hardbreak": " "}
    text = "".join(words.get(each.type, each.content if each.type == "text" else "") for each in token.children or [])
    return re.sub(r"\{[\w:-]+\}x", "x", text)  # a role, as {func}`name`


def _without_math(text: str) -> str:
    """Return a page with ``x`` for its formulas, as many lines as before."""
    text = re.sub(r"\$\$.*?\$\$", lambda found: "x" + "\n" * found[0].count("\n"), text, flags=re.DOTALL)
    return re.sub(r"(?<![\\$\w])\$(?! )[^$\n]+?(?<! )\$(?!\w)", "x", text)


def links(page: Path) -> list[tuple[int, str]]:
    """Return where links and pictures of a page lead to, as written, each with the line of its paragraph."""
    found = []
    for token in tokens(page):
        for child in token.children or []:
            target = child.attrGet("href") if child.type == "link_open" else child.attrGet("src")
            if isinstance(target, str):
                found.append((token.map[0] + 1, target))
    return found


def anchors(page: Path) -> set[str]:
    """Return what a link to a page may name after ``#``: its headings as code hosts and the site spell them."""
    text = page.read_text(encoding="utf-8")
    found = set(re.findall(r"^\(([\w.-]+)\)=$", text, re.MULTILINE)) | set(re.findall(r'\bid="([^"]+)"', text))
    found |= set(re.findall(r"\{#([\w.-]+)\}", text))
    found |= {f"simulator.{name}" for name in re.findall(r"\{auto\w+\} simulator\.([\w.]+)", text)}
    found |= {each for kind in re.findall(r"\{fields\} (\w+)", text) for each in _fields(kind)}
    parsed = tokens(page)
    if EVERY_COMMAND in text:
        parsed = MarkdownIt("commonmark").parse(text.replace(EVERY_COMMAND, extension("command_line").told()))
    for before, token in pairwise(parsed):
        if before.type == "heading_open":
            base = slug("".join(each.content for each in token.children or [] if each.type != "softbreak"))
            number = 0
            while (name := f"{base}-{number}" if number else base) in found:
                number += 1
            found.add(name)
    return found


def _fields(kind: str) -> set[str]:
    """Return the anchors of the fields of a kind of file, which the site makes of their schema."""
    entries = import_module("simulator.reference.reference").entries(kind)
    return {re.sub(r"[^a-z0-9]+", "-", "-".join([entry.file, *entry.steps]).lower()) for entry in entries}


def extension(name: str) -> ModuleType:
    """Return one of the site's extensions; this needs no Sphinx."""
    spec = spec_from_file_location(name, ROOT / "docs" / "extensions" / f"{name}.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def slug(heading: str) -> str:
    """Return the anchor of a heading: small letters, no punctuation, a hyphen for each space."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


# Addresses, DOIs and names of files are no words of a language.
NO_WORDS = re.compile(r"https?://\S+|\b(?:doi:)?10\.\d{4,}/\S+|[\w./*-]+\.[a-z]\w{1,6}\b|\S*[_@\\=]\S*")
WORD = re.compile(r"(?<!\w)[A-Za-zÀ-ɏ]+(?:['’][a-z]+)?(?!\w)")


def words(sentence: str) -> list[str]:
    """Return the words of a sentence that a dictionary can be asked for."""
    found = WORD.findall(NO_WORDS.sub(" ", sentence))
    return [word.replace("’", "'") for word in found if len(word) > 2]
