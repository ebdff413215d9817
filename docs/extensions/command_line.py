"""The reference of the command line, made of the commands themselves when the site is built.

A page with the comment ``<!-- every command -->`` gets them there, each under a heading of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from simulator.cli.commands import app as commands

if TYPE_CHECKING:  # what tells the commands is tested without Sphinx
    from sphinx.application import Sphinx

HERE = "<!-- every command -->"


def told() -> str:
    """Return every command with its arguments and their defaults, as Markdown with headings from the second level."""
    text = commands.generate_docs(output_format="markdown")
    # What is above is the list of commands, which the page has at its side.
    text = text[text.index("\n## simulator ") + 1 :]
    text = re.sub(r"^\*\*Commands\*\*:\n\n(?:\* .*\n)+\n?", "", text, flags=re.MULTILINE)
    text = text.replace(" *[default: False]*", "")
    text = re.sub(r"`--\[KEYWORD\] FLOAT`: Steps", "`--JOINT-step FLOAT`: Steps", text)
    text = text.replace("`--[KEYWORD] FLOAT`", "`--JOINT FLOAT`")
    text = re.sub(r"^(simulator .*?) -m \w+", r"\1", text, flags=re.MULTILINE)  # of `python -m sphinx`, not of ours
    return text.replace("```console", "```text")  # a usage line is nothing that runs


def _fill(_app: Sphinx, _page: str, source: list[str]) -> None:
    if HERE in source[0]:
        source[0] = source[0].replace(HERE, told())


def setup(app: Sphinx) -> dict[str, Any]:
    """Fill the page before it is parsed."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
