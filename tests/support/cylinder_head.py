"""A machine with a cylinder for a head, whose meshes are made of five dimensions, and what is to be commissioned of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from simulator.commission.commissioning import Commissioning
from simulator.models.solids.generate import main
from simulator.models.solids.primitives import Dimensions, Solids, box, cylinder, middle

MACHINE = """
kind = "machine"
title = "Cylinder for a head"
note = "Made for a test. No clinical clearance."
generator = "cylinder_head"

[dimensions]
face_mm = { value = 400, source = "any" }
radius_mm = { value = 380, source = "any" }
depth_mm = { value = 350, source = "any" }
arm_half_width_mm = { value = 300, source = "any" }
arm_z_mm = { value = 760, source = "any" }

[[joints]]
name = "gantry"
type = "revolute"
axis = [0, 1, 0]
limits = [-185, 185]

[[parts]]
name = "head"
mesh = "head.ply"
units = "mm"
joint = "gantry"
group = "gantry"

[[parts]]
name = "arm"
mesh = "arm.ply"
units = "mm"
joint = "gantry"
group = "gantry"

[beam]
joint = "gantry"
source_mm = [0, 0, 1000]
direction = [0, 0, -1]
"""
SCENARIO = """
title = "Box on a couch"
[machine]
model = "cylinder_head"
[couch]
model = "igrt"
[patient]
model = "box_phantom"
site = "centre"
"""
POSITIONS = {
    "centred": "",
    "to the right and down": 'set = { "patient.shift_mm" = [110, 0, 0], "patient.isocentre_mm" = [0, -120, 60] }',
    "to the left and back": 'set = { "patient.shift_mm" = [-90, 0, 0], "patient.isocentre_mm" = [60, 90, -120] }',
}


def build(dimensions: Dimensions) -> Solids:
    """Return head and arm at gantry 0."""
    d = dimensions
    return {
        "head": cylinder(d["radius_mm"], (d["face_mm"], d["face_mm"] + d["depth_mm"])),
        "arm": box(middle(2 * d["arm_half_width_mm"]), (-300.0, 1500.0), (d["arm_z_mm"], d["arm_z_mm"] + 400.0)),
    }


UNKNOWNS = """
[[unknowns]]
dimension = "face_mm"
[[unknowns]]
dimension = "radius_mm"
[[unknowns]]
group = "gantry"
offset = "x"
[[unknowns]]
group = "couch"
offset = "z"
[[unknowns]]
phantom = "x"
[[unknowns]]
phantom = "y"
"""


def commissioned(
    folder: Path, monkeypatch: pytest.MonkeyPatch, positions: int = 3, unknowns: str = UNKNOWNS, more: str = ""
) -> Commissioning:
    """Return a commissioning file of the machine, written into a folder."""
    monkeypatch.setitem(sys.modules, "simulator.models.solids.cylinder_head", sys.modules[__name__])
    machine = folder / "cylinder_head"
    machine.mkdir()
    (machine / "model.toml").write_text(MACHINE)
    main([str(machine)])
    (folder / "box.toml").write_text(SCENARIO)
    tables = [f'[[positions]]\nname = "{name}"\n{changes}\n' for name, changes in [*POSITIONS.items()][:positions]]
    file = folder / "commissioning.toml"
    file.write_text('title = "A cylinder"\nscenario = "box.toml"\n' + "".join(tables) + unknowns + more)
    return Commissioning.read(file)
