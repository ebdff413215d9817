"""What is written about a schema in its source: the sentences below each field, and examples.

Below a field stands a string that says what it is, and at its end ``Example:`` with lines of TOML between backquotes.
The docstring of a table has whole examples of it as indented blocks. Types, units and limits do not stand there.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pydantic import BaseModel

OTHERS = "__pydantic_extra__"
"""The field that stands for all those whose names the file chooses."""
_EXAMPLE = re.compile(r"\s*\bExample:((?:\s*``[^`]+``[,.]?)+)\s*\Z")
_IN_PYTHON = re.compile(r"^Examples\n-+\n.*", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^Example::\n\n((?:    .*\n|\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class Written:
    """What is said of one field, or of a table.

    Attributes
    ----------
    paragraphs : tuple of str
        Plain sentences; names of fields stand between double backquotes.
    examples : tuple of str
        TOML: of a field its own lines, of a table each one whole.
    """

    paragraphs: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()


@cache
def about_table(table: type[BaseModel]) -> Written:
    """Return what the docstring of a table says, without examples in Python."""
    text = _IN_PYTHON.sub("", inspect.cleandoc(table.__doc__ or "") + "\n")
    examples = tuple(inspect.cleandoc(block) for block in _BLOCK.findall(text))
    return Written(tuple(_paragraphs(_BLOCK.sub("", text))), examples)


@cache
def about_fields(table: type[BaseModel]) -> dict[str, Written]:
    """Return what is said below each field of a table, those that it inherits included."""
    found: dict[str, Written] = {}
    for base in reversed(table.__mro__):
        if issubclass(base, BaseModel) and base.__module__.startswith("simulator."):
            found |= {name: _field(text) for name, text in _texts(base).items()}
    return found


def _texts(table: type[BaseModel]) -> dict[str, str]:
    """Return the string below each field of a class, from its source."""
    body = _classes(table.__module__)[table.__qualname__].body
    found = {}
    for field, text in pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr):
            value = text.value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[field.target.id] = inspect.cleandoc(value.value)
    return found


@cache
def _classes(module: str) -> dict[str, ast.ClassDef]:
    source = inspect.getsource(sys.modules[module])
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)}


def _field(text: str) -> Written:
    example = _EXAMPLE.search(text)
    lines = re.findall(r"``([^`]+)``", example[1]) if example else []
    lines = [" ".join(line.split()) for line in lines]
    return Written(tuple(_paragraphs(text[: example.start()] if example else text)), tuple(lines))


def _paragraphs(text: str) -> list[str]:
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]
