"""The reference has every public name once, and every command."""

from __future__ import annotations

import re
from collections import Counter

from support.pages import ROOT

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


def test_every_command_is_told_by_its_own_words() -> None:
    """The page is made of the program; here, that what it is made with names each command and each default."""
    text = app.generate_docs(output_format="markdown")
    for name in app:
        assert name.startswith("-") or f"## simulator {name}\n" in text
    assert "[default: 0.005]" in text or "[default: certified]" in text
