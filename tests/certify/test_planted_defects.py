"""Would anybody notice? Copies of the certified core, each wrong in one line, against the same small rooms.

The kernels run as plain Python there, so that no copy has to be compiled. A line is found by its marker, ``# @name``,
which stands at its end or, alone, above it.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import simulator

PACKAGE = Path(simulator.__file__).parent
TESTS = Path(__file__).parents[1]
CELLS = {
    "half of the motion": (
        "decrease",
        "return 0.5 * body.sine * abs(dot(to.v, x) + to.v0) + 0.5 * body.versine * max(dot(to.r, x) + to.r0, 0.0)",
    ),
    "the way is straight": ("decrease", "return body.sine * abs(dot(to.v, x) + to.v0)"),
    "motion to one side alone": (
        "decrease",
        "return body.sine * max(dot(to.v, x) + to.v0, 0.0) + body.versine * max(dot(to.r, x) + to.r0, 0.0)",
    ),
    "the sign of v": ("v0", "-dot(along, arm) - body.slope,"),
    "the axis goes through the origin": ("arm", "arm = body.shift"),
    "a sliding joint stands still": ("slide", "along_axis = -body.slope"),
    "a box does not turn": (
        "box",
        "reach = abs(to.n[0]) * half[0] + abs(to.n[1]) * half[1] + abs(to.n[2]) * half[2]",
    ),
    "a point gets no further apart": ("apart", "squared = dot(D, D) + 2.0 * (of_p + of_q)"),
    "b stands still": ("into", "return own"),
    "a stands still": ("into", "return displacement(b, p)"),
    "a chain turns nothing": ("chain_turn", "turn = 0.0"),
    "a chain moves by half": ("chain_along", "step = 0.5 * joints[j, REACH] * dot(n, rate)"),
    "a chain moves straight on": ("chain_bend", "joints[i, REACH], joints[i, BEND] = sense * delta, 0.0"),
    "joints of a chain do not bend each other's way": (
        "chain_bend",
        "joints[i, REACH], joints[i, BEND] = sense * delta, 0.5 * delta * delta",
    ),
    "joints turn the other way": ("rotation", "s, c, k = -sin(angle), cos(angle), 1.0 - cos(angle)"),
    "points inside are believed at once": ("deepest", "most = INSIDE"),
    "a surface is far below": (
        "beyond",
        "least = 100.0 + max(beyond(p, normal, a, b, c), beyond(p, scaled(-1.0, normal), a, b, c))",
    ),
    "deeper than it is": ("out", "out = reach - 3.0 * distance_to(tree_b, at, reach + 1.0, stack)"),
    "crossings have no sign": ("turns", "turns += 1"),
    "bodies of opposite winding cancel": ("solid", "if True:"),
    "nothing holds anything": ("held", "if False:"),
    "cells of half the size": (
        "reach",
        "middle, reach = (cells.low + cells.high) / 2, (cells.high - cells.low) / 4",
    ),
    "one pair is enough": ("near", "some_near[cells.cell] = is_near"),
    "boxes are too small": ("half", "half = (high - low) / 4"),
    "what may be near is left out": ("prune", "if gap < enough - 5.0:"),
    "a normal is twice as long": ("parting", "return gap, scaled(2.0, n)"),
    "triangles that cross are apart": ("crosses", "return apart, p, q"),
}
"""What is wrong with the cells: the marker, and the line as it is planted."""
CLEARANCES = {
    "a little more than it is": ("found", "found.clearance[k], found.pair[k] = gap + 0.5, row"),
    "what may be nearer is left out": ("pruned", "if gap < enough - 5.0:"),
    "triangles that cross are apart": ("crossing", "return apart, p, q"),
    "a floor that is too high": ("floor", "gap, is_apart = gap + 1000.0, True"),
    "neighbours' triangles are nearer": (
        "witness",
        "found.clearance[at], found.pair[at], found.triangles[at] = 0.5 * apart, row, triangles",
    ),
}
CURVES = {
    "an affine bound does not fall": ("fall", "fall = -swing"),
    "an affine bound is too high": ("affine", "found.affine[k, 0] = (top[k] if is_apart else gap) + 5.0"),
    "an affine bound slopes the other way": (
        "slopes",
        "found.affine[k, 1 + of_a], found.affine[k, 2 - of_a] = -to_a.slope, -to_b.slope",
    ),
    "planes that turn cost nothing": ("turning_plane", "most = max(most, dot(n, q))"),
    "a quadratic slopes the other way": (
        "quadratic",
        "quadratic[1 + of_a], quadratic[1 + of_b] = -2.0 * dot(D, v), 2.0 * dot(D, u)",
    ),
    "a constant is that of the middle": ("constant", "most = length(sub(p, q))"),
    "a ball inside is ten times as large": ("inner", "balls[k, QUADRATIC] = 10.0 * ball.radius"),
    "a ball's centre need not be inside": ("ball", "return distance_to(tree, at, cap, stack)"),
    "the furthest pair counts": ("least", "least[i, j] = at"),
    "a quadratic is least at a corner": (
        "most",
        "ends = min(min(corners[i, j], corners[i, j + 1]), min(corners[i + 1, j], corners[i + 1, j + 1]))",
    ),
    "a pair that may be nearest is left out": (
        "nearest",
        "if along + min(near, far) < max(most[i, j], 0.0) - 50.0:",
    ),
    "bounds end before the largest buffer": ("top", "top_mm[at] += 0.0"),
    "what slides follows a turn": ("followed", "is_followed = abs(multiplier) == 1.0"),
    "slides beyond a turn follow it": ("slides_apart", "pass"),
}
ERRORS = {
    "errors of half the size": (
        "errors_reach",
        "reaches = np.concatenate([reach, (error_high - error_low) / 4], axis=1)",
    ),
    "errors are all 0": ("errors_reach", "reaches = np.concatenate([reach, 0.0 * error_low], axis=1)"),
    "what may be near is free": ("robust", "is_open[entries] = found.most < self._demanded_mm[row]"),
    "one pair is enough": ("open", "some_open[cells.cell] = is_open"),
    "what is open is not free": ("blocked", "blocked = found.least <= self._demanded_mm[row] - ROUNDING_MM"),
    "an error twice as large as its bound": ("corner", "corner = (low + high) / 2 - np.sign(rates) * (high - low)"),
    "the error that moves things apart": ("corner", "corner = (low + high) / 2 + np.sign(rates) * (high - low) / 2"),
    "the top turns about its own origin": ("isocentre", "origin = (0.0, 0.0, 0.0)"),
    "what is nearest as planned comes nearest": ("starts", "for reach in (0.0,):"),
}
PLACES = {
    "slides move nothing": ("drift", "return 0.0"),
    "a bound falls away from where it rises": (
        "gradient",
        "gradient[int(slides[k, 0]) - 2] -= dot(drift.lean, along)",
    ),
    "every place is the middle": ("slid", "return 0.0"),
    "a pair that matters is left out": ("quarter", "least = least + 40.0"),
    "what is open is free": ("least_of_rectangle", "elif False:"),
    "a quadratic is least at a corner": (
        "highest",
        "ends = min(min(corners[i, j], corners[i, j + 1]), min(corners[i + 1, j], corners[i + 1, j + 1]))",
    ),
    "slides of half the reach": ("box_of_places", "return (low + high) / 2, (high - low) / 8"),
}
DEFECTS = {"cells": CELLS, "clearances": CLEARANCES, "curves": CURVES, "errors": ERRORS, "places": PLACES}
COPIED = ("certify", "setup")
SHOWN_BY = {
    "planes that turn cost nothing": "two plates turn",
    "a constant is that of the middle": "a chain leaves a block",
    "a ball inside is ten times as large": "a chain leaves a block",
    "a ball's centre need not be inside": "a chain leaves a block",
    "what slides follows a turn": "a lift goes up as an arm turns",
    "slides beyond a turn follow it": "a tongue is put out",
    "a stands still": "two drawers",
    "b stands still": "two drawers",
    "slides move nothing": "a needle anywhere in a box",
}
"""The room that is asked first, where most others do not notice; all others follow until one does."""
LEAST_DECIDED = {"places": 0.5}
"""Where few cells are looked at, because each is asked for several places."""


def copied(folder, marker=None, planted=""):
    """A copy of the certified core with one line replaced."""
    for part in COPIED:
        shutil.copytree(PACKAGE / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    places = [(path, at) for path in folder.rglob("*.py") for at in marked(path, marker)]
    assert len(places) == (marker is not None), (
        f"the marker @{marker} must stand once in {COPIED}, stands at {places}"
    )
    for path, at in places:
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[at] = " " * (len(lines[at]) - len(lines[at].lstrip())) + planted
        path.write_text("\n".join(lines), encoding="utf-8")
    return str(folder)


def marked(path, marker):
    """The lines of a file that a marker means."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [at + (line.strip() == f"# @{marker}") for at, line in enumerate(lines) if line.endswith(f"# @{marker}")]


def answers(root, what):
    """What the small rooms say of copies with each defect, and of the package as it is, "sound"."""
    names = ["sound", *DEFECTS[what]]
    folders = {name: copied(root / str(at), *DEFECTS[what].get(name, ())) for at, name in enumerate(names)}
    asked = [f"{folder}={SHOWN_BY.get(name, '')}" for name, folder in folders.items()]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "SIMULATOR_CACHE": str(root / "cache")}
    command = [sys.executable, "-m", "support.small_proofs", what, *asked]
    done = subprocess.run(command, cwd=TESTS, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return {name: found[folder] for name, folder in folders.items()}


@pytest.mark.parametrize("what", DEFECTS)
def test_every_planted_defect_is_contradicted_and_the_package_is_not(tmp_path, what):
    """The package as it is decides all rooms, too. In one process, which loads the rest of the package once."""
    found = answers(tmp_path, what)
    sound = found.pop("sound")
    assert set(sound["contradictions"].values()) == {0}
    assert min(sound["decided"].values()) > LEAST_DECIDED.get(what, 0.7)
    assert [name for name, said in found.items() if not any(said["contradictions"].values())] == []
