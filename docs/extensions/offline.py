"""Nothing that a page loads may come from elsewhere: readers need no network, and nobody counts them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what is looked for is tested without Sphinx
    from sphinx.application import Sphinx

LOADED = re.compile(
    r"<(?:script|link|img|iframe|source|video|audio|object|embed|image)\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*?"
    r"\b(?:src|srcset|href|data|poster)\s*=\s*[\"']?((?:\w+:)?//[^\"'\s>]+)",
    re.IGNORECASE,
)
STYLED = re.compile(r"(?:url\(\s*|@import\s+)[\"']?((?:\w+:)?//[^\"'\s)]+)", re.IGNORECASE)


def foreign(text: str) -> list[str]:
    """Return the addresses of other hosts that a page or a style sheet loads something from."""
    return LOADED.findall(text) + STYLED.findall(text)


def _look(app: Sphinx, error: Exception | None) -> None:
    from sphinx.util import logging

    if error is not None or app.builder.format != "html":
        return
    for file in sorted(Path(app.outdir).rglob("*")):
        if file.suffix in (".html", ".css", ".svg"):
            for address in foreign(file.read_text(encoding="utf-8")):
                logging.getLogger(__name__).warning("%s loads %s", file.relative_to(app.outdir), address)


def setup(app: Sphinx) -> dict[str, Any]:
    """Look when all is written."""
    app.connect("build-finished", _look)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
