"""The docstrings of the public interface say all that a reader needs: numpydoc's validation, and a few rules."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import is_dataclass
from enum import Enum
from itertools import pairwise
from pathlib import Path

import pytest
from numpydoc.docscrape import NumpyDocString
from numpydoc.validate import validate
from pydantic import BaseModel
from support.public_names import CLASSES, DOCUMENTED, NAMES, own_bases

import simulator as sim

HOME = Path(sim.__file__).parent
EXAMPLE = re.compile(r"\s*\bExample:(\s*``[^`]+``[,.]?)+\s*\Z")
CODES = {
    "GL05": "tabs are not spaces",
    "GL06": "a section with an unknown name is not shown as one",
    "GL07": "sections stand in the same order everywhere, so that a reader finds them",
    "GL08": "everything public has a docstring",
    "SS01": "a summary is what lists and search results show",
    "SS02": "summaries are sentences: they begin with a capital letter",
    "SS03": "and end with a full stop",
    "SS04": "without spaces before them",
    "SS05": "functions say what they do as a command: Return, not Returns",
    "SS06": "a summary is one line",
    "PR01": "no parameter is undocumented",
    "PR02": "no parameter is documented that is not there",
    "PR03": "parameters stand in the order of the call",
    "PR05": "types do not end in a full stop",
    "PR06": "types have their names: str, not string",
    "PR07": "every parameter has a description",
    "PR08": "that begins with a capital letter",
    "PR09": "and ends with a full stop",
    "PR10": "with a space before the colon",
    "RT01": "what is returned is told with its shape and unit",
    "RT03": "with a description",
    "RT04": "that begins with a capital letter",
    "RT05": "and ends with a full stop",
    "YD01": "what is yielded is told",
}
"""What must hold, and why.

Left out are GL01 to GL03 (where a text begins and ends is this project's style, which ruff holds), PR04 (the type of
two parameters in a line stands there once), RT02 (a type alone is a good name), ES01 and SA01 (what is simple needs
no longer text and no pointer elsewhere), and EX01: each name has an example, by a test of its own, methods where one
helps.
"""


def section(cls: type, heading: str) -> set[str]:
    """Return the names under a heading of a class's docstring."""
    entries = NumpyDocString(inspect.cleandoc(vars(cls).get("__doc__") or ""))[heading]
    return {name.strip(" *") for entry in entries for name in entry.name.split(",")}


def told(cls: type) -> set[str]:
    """Return the parameters and attributes of which a class's docstring speaks, or that of a base of this project."""
    return {
        name for base in own_bases(cls) for heading in ("Parameters", "Attributes") for name in section(base, heading)
    }


def fields(cls: type) -> set[str]:
    """Return what a class is made of: what its docstring must name."""
    if issubclass(cls, Enum):
        return {*cls.__members__}
    if issubclass(cls, BaseModel):
        return set()  # fields of files: their descriptions stand beside them
    if cls.__init__ is Exception.__init__:
        return set()
    given = inspect.signature(cls).parameters.values()
    return {one.name for one in given if not one.name.startswith("_") and one.name not in ("args", "kwargs")}


@pytest.mark.parametrize("dotted", DOCUMENTED)
def test_docstrings_are_complete(dotted: str) -> None:
    thing = getattr(sim, dotted.split(".")[1])
    is_whole_class = inspect.isclass(thing) and dotted.count(".") == 1
    wrong = [f"{code}: {text}" for code, text in validate(dotted)["errors"] if code in CODES]
    if is_whole_class:  # a value's docstring tells its fields once: as attributes
        wrong = [text for text in wrong if not text.startswith("PR01")]
        wrong += [f"PR01: {name} is not documented" for name in sorted(fields(thing) - told(thing))]
    assert wrong == []


@pytest.mark.parametrize("name", CLASSES)
def test_classes_tell_of_no_attribute_that_is_not_there(name: str) -> None:
    cls = getattr(sim, name)
    if not (is_dataclass(cls) or issubclass(cls, Enum)):
        pytest.skip("its attributes are set as it is made")
    there = {*dir(cls), *getattr(cls, "__dataclass_fields__", {})}
    assert section(cls, "Attributes") - there == set()


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_has_an_example(name: str) -> None:
    assert "Examples\n--------\n" in (inspect.getdoc(getattr(sim, name)) or "")


def constants_with_docstrings() -> list[tuple[str, str]]:
    """Return where constants have docstrings, and what these say, without the examples of fields of files."""
    found = []
    for path in sorted(HOME.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
        for body in bodies:
            for constant, text in pairwise(body):
                if isinstance(constant, ast.Assign | ast.AnnAssign) and isinstance(text, ast.Expr):
                    match text.value:
                        case ast.Constant(value=str(said)):
                            found.append((f"{path.relative_to(HOME)}:{text.lineno}", EXAMPLE.sub("", said).strip()))
    return found


def test_docstrings_of_constants_are_sentences() -> None:
    found = constants_with_docstrings()
    assert len(found) > 100
    wrong = [
        f"{where}: {text}"
        for where, text in found
        if not (text[0].isupper() or text[0] in "`0123456789σρ[±") or not text.endswith((".", ".)"))
    ]
    assert wrong == []


def test_the_version_says_what_it_is() -> None:
    assert "__version__" in (sim.__doc__ or "")
