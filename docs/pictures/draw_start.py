"""Draw the picture of docs/start.md: the page's own mesh and scenario, as the page's own commands map and show them.

    python docs/pictures/draw_start.py

Research software: the models are representative and not vendor-validated; no result is a clinical clearance.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from PIL import Image

import simulator as sim

HERE = Path(__file__).resolve().parent
PAGE = (HERE.parent / "start.md").read_text(encoding="utf-8")
COLOURS = 128
"""Of the picture that is kept: as many look the same, and the file is half as large."""


def block(language: str) -> str:
    """Return the page's only block of a language."""
    (found,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found


def main() -> None:
    """Write my_liver.png beside this script."""
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        exec(block("python"), {})
        Path("my_liver.toml").write_text(block("toml"), encoding="utf-8")
        setup = sim.load_setup("my_liver.toml")
        coarse = setup.sweep.with_steps(gantry=5.0, couch=10.0)
        cmap = sim.collision_map(setup, sweep=coarse, tolerance=0.02)
        sim.show(setup, cmap, gantry=60, couch=15, screenshot="my_liver.png")
        with Image.open("my_liver.png") as drawn:
            drawn.convert("RGB").quantize(COLOURS).save(HERE / "my_liver.png", optimize=True)
        os.chdir(HERE)


if __name__ == "__main__":
    main()
