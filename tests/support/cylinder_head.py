"""A machine with a cylinder for a head, made of five dimensions, and what is to be commissioned of it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from simulator.commission.commissioning import Commissioning
from simulator.commission.contact import Approach, first_contacts
from simulator.commission.planning import PlannedReading
from simulator.commission.readings import Reading
from simulator.commission.room import Rooms
from simulator.models.solids.generate import generated_files
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

COUCH = '[[unknowns]]\ngroup = "couch"\noffset = "z"\n'
UNKNOWNS_BESIDE = UNKNOWNS.replace(COUCH, "") + '[[unknowns]]\npart = "head"\npadding = true\n'
BESIDE = {"beside": 'set = { "patient.isocentre_mm" = [-250, -60, 0] }'}
"""The box is 50 to 450 mm to the right, from 210 mm below to 90 mm above the isocentre."""


def closed_form(face: float, x: float, z: float) -> float:
    """Return the gantry angle at which a face at that distance from the axis first meets an edge, from 0 on."""
    return float(np.degrees(np.arctan2(x, z) - np.arccos(face / np.hypot(x, z))))


def commissioned(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    positions: dict[str, str] = POSITIONS,
    unknowns: str = UNKNOWNS,
    candidates: str = "",
    couch: str = "igrt",
) -> Commissioning:
    """Return a commissioning file of the machine, written into a folder."""
    monkeypatch.setitem(sys.modules, "simulator.models.solids.cylinder_head", sys.modules[__name__])
    machine = folder / "cylinder_head"
    machine.mkdir()
    (machine / "model.toml").write_text(MACHINE)
    for name, content in generated_files(machine).items():
        (machine / name).write_bytes(content)
    (folder / "box.toml").write_text(SCENARIO.replace("igrt", couch))
    tables = "".join(f'[[positions]]\nname = "{name}"\n{changes}\n' for name, changes in positions.items())
    file = folder / "commissioning.toml"
    file.write_text(f'title = "A cylinder"\nscenario = "box.toml"\n{tables}{unknowns}\n[candidates]\n{candidates}')
    return Commissioning.read(file)


def measured(
    rooms: Rooms, rows: tuple[PlannedReading, ...], truth_mm: np.ndarray, step_deg: float = 0.5
) -> list[Reading]:
    """Return what somebody reads, to a step, at a machine whose unknowns have true values; error as it is stated."""
    ways = [Approach(row.position, row.joints, row.from_deg, _beyond(row)) for row in rows]
    at = first_contacts(rooms, truth_mm, ways, with_slopes=False).value
    read = np.round(at / step_deg) * step_deg
    return [
        Reading(k + 2, row.position, row.direction, row.from_deg, float(value), (), 0.5, 0.0, row.joints)
        for k, (row, value) in enumerate(zip(rows, read, strict=True))
        if np.isfinite(value)
    ]


def _beyond(row: PlannedReading) -> float:
    return row.contact_deg + (30.0 if row.direction == "CW" else -30.0)
