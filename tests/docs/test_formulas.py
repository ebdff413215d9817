"""Every formula of a page becomes MathML of which nothing is left as LaTeX, and its bars and primes read well."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).parents[2] / "docs"
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$\w])\$(?! )([^$\n]+?)(?<! )\$(?!\w)", re.DOTALL)
FENCED = re.compile(r"^```.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
PAGES = sorted(
    page for page in DOCS.rglob("*.md") if FORMULA.search(FENCED.sub("", page.read_text(encoding="utf-8")))
)


def extension() -> ModuleType:
    """The module of the site; it is no package."""
    pytest.importorskip("latex2mathml")
    pytest.importorskip("sphinx")
    spec = importlib.util.spec_from_file_location("mathml", DOCS / "extensions" / "mathml.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def words(formula: str) -> list[tuple[str, str]]:
    """Tags and texts of a formula as it is drawn."""
    root = ElementTree.fromstring(extension().mathml(formula))
    return [(each.tag.rpartition("}")[2], each.text) for each in root.iter() if each.text]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(DOCS).as_posix())
def test_nothing_is_left_as_latex(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    left = {
        (formula, told)
        for display, inline in FORMULA.findall(text)
        for formula in [display or inline]
        for _, told in words(formula)
        if "\\" in told
    }
    assert left == set()


def test_names_are_words_primes_are_signs_and_bars_have_no_room() -> None:
    assert words(r"\operatorname{atan2}(y, x)")[0] == ("mtext", "atan2")
    assert ("mo", "′") in words("p'")
    bars = [part for part in extension().mathml(r"|x| \le 1").split("<mo") if ">|<" in part]
    assert len(bars) == 2
    assert all('lspace="0"' in bar and 'rspace="0"' in bar for bar in bars)


def test_functions_have_room_unless_a_bracket_follows() -> None:
    assert extension().mathml(r"\sin\alpha\cos\beta").count("mspace") == 3
    assert "mspace" not in extension().mathml(r"\sin(x)")


def test_an_unknown_command_would_be_seen() -> None:
    assert any("\\" in told for _, told in words(r"\nosuchcommand x"))
