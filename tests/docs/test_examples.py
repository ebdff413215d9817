"""Examples of the documents run as they stand, in an empty folder, and write and say what they promise."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

FOLDER = Path(__file__).parents[2] / "docs" / "examples"
SAID = {
    "own_couch": ("mine less shipped: Difference(-", "larger than the bounds leave open", "head cover – couch top"),
    "plan_check": ("beam 3 not free", "beam 2: free", "instead: Suggestion(beam 3", "move: MoveCheck(beam 1 to 2"),
    "compare_machines": ("C-arm, slimmer head", "O-ring", "66.7"),
    "population_small": ("patient.mass_kg", "fraction_lower"),
    "robust_margins": ("free for every error:", "RobustCheck(not free with lateral", "chance of a contact"),
}


@pytest.mark.parametrize("name", SAID)
def test_an_example_runs_and_says_what_it_should(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(FOLDER / f"{name}.py")],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(FOLDER.parents[1]), "MPLBACKEND": "agg", "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [part for part in SAID[name] if part not in done.stdout] == [], done.stdout
    source = (FOLDER / f"{name}.py").read_text(encoding="utf-8")
    for written in re.findall(
        r"\b\w+\.(?:png|csv|stl|dcm)\b|\b\w+/", ast.get_docstring(ast.parse(source)).partition("Writes")[2]
    ):
        assert (tmp_path / written).exists(), written
    for picture in tmp_path.glob("*.png"):
        with Image.open(picture) as drawn:
            assert min(drawn.size) >= 300 and len(drawn.convert("L").getcolors(256)) > 10


def test_every_example_is_run_and_listed_and_says_what_it_is_not() -> None:
    listed = (FOLDER / "index.md").read_text(encoding="utf-8")
    scripts = sorted(FOLDER.glob("*.py"))
    assert {script.stem for script in scripts} == SAID.keys()
    for script in scripts:
        told = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8")))
        assert told and "no result is a clinical clearance" in " ".join(told.split())
        assert f"{{download}}`{script.name}`" in listed and f"{{literalinclude}} {script.name}" in listed
        assert len(script.read_text(encoding="utf-8").splitlines()) <= 50
    for other in [*FOLDER.glob("*/*.ipynb"), *FOLDER.glob("*/*.py")]:
        assert other.name in listed
