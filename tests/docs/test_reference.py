"""The reference has every public name once, and every command."""

from __future__ import annotations

import re
from collections import Counter

from support.pages import EVERY_COMMAND, ROOT, extension

import simulator as sim
from simulator.cli.commands import app

API = ROOT / "docs" / "reference" / "api"


def test_every_public_name_is_on_one_page_of_the_reference() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in API.glob("*.md"))
    found = Counter(re.findall(r"^\.\. auto(?:function|class|exception|data):: (\w+)$", text, re.MULTILINE))
    assert found == Counter(sim.__all__)


def test_every_page_of_the_reference_is_listed() -> None:
    listed = re.search(r"```\{toctree\}\n(?::.*\n)*((?:\w+\n)+)```", (API / "index.md").read_text(encoding="utf-8"))
    assert listed and set(listed[1].split()) == {page.stem for page in API.glob("*.md")} - {"index"}


def test_every_command_is_told_with_its_arguments_and_defaults() -> None:
    """The page is made of the program when the site is built; this is what is put there."""
    text = extension("command_line").told()
    assert EVERY_COMMAND in (ROOT / "docs" / "reference" / "command_line.md").read_text(encoding="utf-8")
    assert {name for name in app if not name.startswith("-")} <= set(re.findall(r"^## simulator (\w+)$", text, re.M))
    assert "### simulator commission fit\n" in text and "simulator run [OPTIONS] SCENARIO" in text
    assert "*[choices: certified, sampled]* *[default: certified]*" in text
    assert "`--JOINT-step FLOAT`" in text and "KEYWORD" not in text and " -m " not in text
