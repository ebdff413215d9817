"""Would anybody notice? Copies of the package, each wrong in one line, against the same small rooms.

The kernels run as plain Python there, so that no copy has to be compiled.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import small_proofs

import simulator

PACKAGE = Path(simulator.__file__).parent
# What is wrong, in which file of proofs, and the line as it is and as it is planted.
DEFECTS = {
    "half of the motion": (
        "slabs.py",
        "return body.sine * abs(dot(to.v, x) + to.v0) + body.versine",
        "return 0.5 * body.sine * abs(dot(to.v, x) + to.v0) + 0.5 * body.versine",
    ),
    "the way is straight": (
        "slabs.py",
        " + body.versine * max(dot(to.r, x) + to.r0, 0.0)",
        "",
    ),
    "motion to one side alone": (
        "slabs.py",
        "abs(dot(to.v, x) + to.v0)",
        "max(dot(to.v, x) + to.v0, 0.0)",
    ),
    "the sign of v": (
        "slabs.py",
        "dot(along, arm)",
        "-dot(along, arm)",
    ),
    "the axis goes through the origin": (
        "slabs.py",
        "    arm = sub(body.shift, body.origin)\n    if",
        "    arm = body.shift\n    if",
    ),
    "a sliding joint stands still": (
        "slabs.py",
        "dot(n, body.axis) - body.slope, ORIGIN, 0.0)",
        "-body.slope, ORIGIN, 0.0)",
    ),
    "a box does not turn": (
        "slabs.py",
        " + body.turn * radius",
        "",
    ),
    "a point gets no further apart": (
        "slabs.py",
        " + chords * chords",
        "",
    ),
    "b stands still": (
        "depth.py",
        "return own + chord(b, p) + b.turn * own",
        "return own",
    ),
    "a stands still": (
        "depth.py",
        "return own + chord(b, p) + b.turn * own",
        "return chord(b, p)",
    ),
    "deeper than it is": (
        "depth.py",
        "out = reach - distance_to(",
        "out = reach - 3.0 * distance_to(",
    ),
    "crossings have no sign": (
        "depth.py",
        "turns += 1 if stack[other, 1] > 0 else -1",
        "turns += 1",
    ),
    "bodies of opposite winding cancel": (
        "depth.py",
        "if abs(stack[other, 1]) == abs(stack[k, 1]):",
        "if True:",
    ),
    "nothing holds anything": (
        "bounds.py",
        "        if not tells or inside:\n            return tells, inside\n",
        "",
    ),
    "cells of half the size": (
        "refine.py",
        "(cells.high - cells.low) / 2",
        "(cells.high - cells.low) / 4",
    ),
    "one pair is enough": (
        "refine.py",
        "np.logical_or.at(some_near, cells.cell, is_near)",
        "some_near[cells.cell] = is_near",
    ),
    "boxes are too small": (
        "trees.py",
        "half = (high - low) / 2",
        "half = (high - low) / 4",
    ),
}


def copied(folder, file=None, old="", new=""):
    """A copy of the package with one line replaced."""
    shutil.copytree(PACKAGE, folder / "simulator", ignore=shutil.ignore_patterns("__pycache__"))
    if file is not None:
        path = folder / "simulator" / "proofs" / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{file} has changed: plant this defect elsewhere"
        path.write_text(text.replace(old, new), encoding="utf-8")
    return str(folder)


def answers(root, defects):
    """What the small rooms say of copies with these defects; of the package as it is for no defect, "sound"."""
    folders = {name: copied(root / str(at), *DEFECTS.get(name, ())) for at, name in enumerate(defects)}
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "SIMULATOR_CACHE": str(root / "cache")}
    command = [sys.executable, small_proofs.__file__, *folders.values()]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {name: found[folder] for name, folder in folders.items()}


def test_the_package_as_it_is_is_right_and_decides_the_rooms(tmp_path):
    found = answers(tmp_path, ["sound"])["sound"]
    assert set(found["contradictions"].values()) == {0}
    assert min(found["decided"].values()) > 0.8


@pytest.mark.parametrize("part", [0, 1])
def test_every_planted_defect_is_contradicted(tmp_path, part):
    """Two parts, for two processes; each names the defects that nobody noticed."""
    found = answers(tmp_path, list(DEFECTS)[part::2])
    assert [name for name, said in found.items() if not any(said["contradictions"].values())] == []
