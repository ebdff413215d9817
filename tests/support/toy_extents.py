"""Machines without an area on the sphere, as their owners write them: one axis, and axes that slide.

``hoop`` turns a block about the horizontal y at 400 mm from it; a wall beside it is in its way, and the table too.
``slot`` is a slot in a wall that a bench is moved in: the joints ``target_x`` and ``target_y`` are places of a target
in the patient, which the bench brings to the focus, so that it moves the other way.
"""

from __future__ import annotations

from pathlib import Path

import trimesh
from support.toy_machine import BENCH

HOOP = """
kind = "machine"
title = "Toy of one axis"
note = "Made by a test. Research software: no clinical clearance."

[[joints]]
name = "spin"
type = "revolute"
axis = [0, 1, 0]

[[parts]]
name = "block"
mesh = "block.stl"
units = "mm"
joint = "spin"
group = "block"

[[parts]]
name = "wall"
mesh = "wall.stl"
units = "mm"
joint = "fixed"
group = "wall"

[beam]
joint = "spin"
source_mm = [0, 0, 450]
direction = [0, 0, -1]

[sweep]
spin_deg = { start = -180, stop = 180, step = 10 }
"""
SLOT = """
kind = "machine"
title = "Toy of axes that slide"
note = "Made by a test. Research software: no clinical clearance."

[[parts]]
name = "jaws"
mesh = "jaws.stl"
units = "mm"
joint = "fixed"
group = "jaws"

[beam]
joint = "fixed"
source_mm = [0, 0, 450]
direction = [0, 0, -1]

[sweep]
target_x_mm = { start = -100, stop = 100, step = 20 }
target_y_mm = { start = -60, stop = 60, step = 20 }
"""
TARGETS = """
[[joints]]
name = "target_x"
type = "prismatic"
parent = "table_lateral"
axis = [-1, 0, 0]
limits = [-150, 150]

[[joints]]
name = "target_y"
type = "prismatic"
parent = "target_x"
axis = [0, -1, 0]
limits = [-150, 150]
"""
SCENARIO = """
title = "{title}"

[machine]
model = "{machine}"

[couch]
model = "{couch}"

[patient]
model = "head_phantom"
site = "centre"

[buffers]
patient_mm = 0
couch_mm = 0

[expect]
{promises}
"""
JAW_MM, HEAD_MM = 150.0, 100.0
"""The jaws are so far from the isocentre to either side in x; and what a test takes of the phantom."""


def write_toy_extents(folder: Path) -> None:
    """Write both machines, their benches, and a kept and a broken promise for each into a folder."""
    boxes = {
        "hoop": {"block": [(-60, -60, 200), (60, 60, 450)], "wall": [(-600, -50, 350), (-250, 50, 700)]},
        "slot": {"jaws": [(JAW_MM, -50, -400), (JAW_MM + 100, 50, 400)]},
    }
    bench = BENCH.replace('joint = "table_lateral"', 'joint = "target_y"').replace(
        "[[parts]]", f"{TARGETS}\n[[parts]]"
    )
    for machine, text, couch, couch_text in (
        ("hoop", HOOP, "bench", BENCH),
        ("slot", SLOT, "positioner", bench),
    ):
        for name, content in ((machine, text), (couch, couch_text)):
            (folder / name).mkdir()
            (folder / name / "model.toml").write_text(content, encoding="utf-8")
        for name, bounds in boxes[machine].items():
            trimesh.creation.box(bounds=bounds).export(folder / machine / f"{name}.stl")
        trimesh.creation.box(bounds=[(-100, -600, -40), (100, 0, 0)]).export(folder / couch / "board.stl")
        for kind, least in (("kept", 0.1), ("broken", 0.99)):
            promises = f"free_fraction = {{ at_least = {least}, at_most = 1.0 }}\n"
            promises += f'baseline = "baselines/{machine}.nc"' if kind == "kept" else ""
            name = machine if kind == "kept" else f"{machine}_broken"
            (folder / f"{name}.toml").write_text(
                SCENARIO.format(title=f"Toy {machine}", machine=machine, couch=couch, promises=promises)
            )
