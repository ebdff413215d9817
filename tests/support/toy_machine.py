"""A machine that is no C-arm, as its owner writes it: two axes that cross at 45°, and a bench that does not turn.

``tilt`` turns about the horizontal y and carries ``spin``, whose axis is at 45° to it and to the beam. So the beam
reaches the half of the sphere on the side of +y, each direction twice.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import trimesh
from scipy.spatial.transform import Rotation

SPIN_AXIS = (0.0, 1.0, 1.0)
SOURCE_MM = (0.0, 0.0, 450.0)

MACHINE = """
kind = "machine"
title = "Toy of two axes at 45°"
note = "Made by a test. Research software: no clinical clearance."

[[joints]]
name = "tilt"
type = "revolute"
axis = [0, 1, 0]

[[joints]]
name = "spin"
type = "revolute"
parent = "tilt"
axis = [0, 1, 1]

[[parts]]
name = "shell"
mesh = "head.stl"
units = "mm"
joint = "spin"
group = "toy"

[beam]
joint = "spin"
source_mm = [0, 0, 450]
direction = [0, 0, -1]

[sweep]
spin_deg = { start = -180, stop = 180, step = 10 }
tilt_deg = { start = -180, stop = 180, step = 10 }
"""
BENCH = """
kind = "couch"
title = "Bench"
note = "Made by a test. Research software: no clinical clearance."

[[joints]]
name = "table_vertical"
type = "prismatic"
axis = [0, 0, 1]

[[joints]]
name = "table_longitudinal"
type = "prismatic"
parent = "table_vertical"
axis = [0, 1, 0]

[[joints]]
name = "table_lateral"
type = "prismatic"
parent = "table_longitudinal"
axis = [1, 0, 0]

[[parts]]
name = "board"
mesh = "board.stl"
units = "mm"
joint = "table_lateral"
group = "bench"

[table_top]
joint = "table_lateral"
surface_z_mm = 0
head_end_y_mm = 0
"""
OPEN = """
title = "Toy in open space"

[machine]
model = "toy"

[couch]
model = "no_couch"

[patient]
model = "point"
site = "point"
"""
TREATED = """
title = "Toy and a head on a bench"

[machine]
model = "toy"

[couch]
model = "bench"

[patient]
model = "head_phantom"
site = "centre"

[buffers]
patient_mm = 20
couch_mm = 10

[grid]
spin_deg = {{ start = 0, stop = 180, step = 15 }}
tilt_deg = {{ start = -180, stop = 180, step = 15 }}

[expect]
fraction_of_4pi = {{ at_least = {at_least}, at_most = 0.499 }}
{baseline}

[[expect.free]]
spin_deg = 0
tilt_deg = 0

[[expect.colliding]]
spin_deg = 0
tilt_deg = 180
parts = ["board", "shell"]
"""


def write_toy_machine(folder: Path) -> None:
    """Write the machine, the bench and three scenarios into a folder."""
    for name, text, mesh, bounds in (
        ("toy", MACHINE, "head.stl", [(-60, -60, 175), (60, 60, 450)]),
        ("bench", BENCH, "board.stl", [(-150, -600, -100), (150, 0, 0)]),
    ):
        (folder / name).mkdir()
        (folder / name / "model.toml").write_text(text, encoding="utf-8")
        trimesh.creation.box(bounds=bounds).export(folder / name / mesh)
    (folder / "open.toml").write_text(OPEN)
    (folder / "treated.toml").write_text(TREATED.format(at_least=0.1, baseline='baseline = "baselines/treated.nc"'))
    (folder / "broken.toml").write_text(TREATED.format(at_least=0.49, baseline=""))


def directions(tilt_deg: np.ndarray, spin_deg: np.ndarray) -> np.ndarray:
    """From the isocentre to the source, (n, 3) in the room's axes: by scipy's rotations."""
    spin = Rotation.from_rotvec(np.outer(np.radians(spin_deg), np.divide(SPIN_AXIS, np.sqrt(2.0))))
    tilt = Rotation.from_rotvec(np.outer(np.radians(tilt_deg), (0.0, 1.0, 0.0)))
    return (tilt * spin).apply(np.divide(SOURCE_MM, np.linalg.norm(SOURCE_MM)))
