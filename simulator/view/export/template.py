"""Pages made of templates: ``@NAME@`` stands for a value, ``@FREE@`` and so on for the colour of a status."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from simulator.view.colours import STATUS_COLOURS

HERE = Path(__file__).parent
STYLE = "@STYLE@\n"
"""Stands in a template for what answers on one page have in common, ``printed.css``."""
SHARED = {"PANEL": "panel.css", "STAGE": "stage.js"}
"""What pages with a scene in 3D have in common, by the names that stand for it."""


def filled(template: str, values: Mapping[str, str]) -> str:
    """Return a page.

    Parameters
    ----------
    template : str
        Name of a file beside this one.
    values : mapping of str to str
        For each name of the template; HTML, so text must be escaped. What stands in a value is not filled in again.
    """
    known = {status.name.replace("_", ""): colour for status, colour in STATUS_COLOURS.items()} | dict(values)
    known |= {name: (HERE / file).read_text(encoding="utf-8") for name, file in SHARED.items()}
    page = (HERE / template).read_text(encoding="utf-8")
    if STYLE in page:
        page = page.replace(STYLE, (HERE / "printed.css").read_text(encoding="utf-8"))
    return re.sub("@([A-Z]+)@", lambda found: known[found[1]], page)
