"""The room around somebody in a bore: a cylinder off the axis, whose free travel is known in closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import simulator as sim
from simulator.models.solids.primitives import SEGMENTS
from simulator.setup.room_around import LIMIT, room_around

BORE_MM, CYLINDER_MM, BUFFER_MM = 350.0, 100.0, 30.0
FACET = float(np.cos(np.pi / SEGMENTS))
SPARE_MM = BORE_MM * FACET - CYLINDER_MM / FACET - BUFFER_MM, BORE_MM - CYLINDER_MM - BUFFER_MM
"""How far off the axis the cylinder may be: at least, and at most, for its faces and those of the bore are flat."""


def cylinder_in_bore(right_mm: float, above_mm: float) -> sim.Setup:
    """Return the cylinder along the axis of the bore of 700 mm, so far off it, on a table that is not there."""
    couch = sim.Couch.load("bore_couch")
    joints = tuple(
        replace(joint, limits=(-400.0, 400.0)) if joint.name in ("table_lateral", "table_vertical") else joint
        for joint in couch.joints
    )
    return sim.Setup(
        machine=sim.Machine.load("ring_bore_700"),
        couch=replace(couch, joints=joints, parts=()),
        patient=sim.Patient.load("water_cylinder"),
        isocentre_mm=(-right_mm, above_mm, 0.0),
        buffers=sim.Buffers(patient_mm=BUFFER_MM),
    )


@pytest.mark.parametrize(("right_mm", "above_mm"), [(0.0, 0.0), (60.0, 0.0), (60.0, -120.0)])
def test_travel_and_spare_room_are_those_of_two_circles(right_mm: float, above_mm: float) -> None:
    """Of a circle of radius r in one of R the middle may be R - r off: across and up that leaves a chord."""
    setup = cylinder_in_bore(right_mm, above_mm)
    found = room_around(setup)
    assert found is not None and found.patient is not None and found.couch is None
    travel = {one.joint: one for one in found.travel}
    for joint, off, beside in (
        ("table_lateral", right_mm, above_mm),
        ("table_vertical", above_mm, right_mm),
    ):
        least, most = (np.sqrt(spare**2 - beside**2) for spare in SPARE_MM)
        start, stop = travel[joint].start_mm - travel[joint].at_mm, travel[joint].stop_mm - travel[joint].at_mm
        assert least - off - 0.02 <= stop <= most - off + 0.02
        assert -most - off - 0.02 <= start <= -least - off + 0.02
        assert travel[joint].start_end == travel[joint].stop_end == "covers – water cylinder"
    assert travel["table_longitudinal"].stop_end == LIMIT
    low, high = (spare - np.hypot(right_mm, above_mm) for spare in SPARE_MM)
    assert low - 1e-6 <= found.patient.spare_mm <= high + 1e-6
    for end in ("start_mm", "stop_mm"):
        value = getattr(travel["table_lateral"], end)
        inside = value + (0.02 if end == "start_mm" else -0.02)
        beyond = value - (0.03 if end == "start_mm" else -0.03)
        assert setup.check(gantry=0, table_lateral=inside).is_free
        assert not setup.check(gantry=0, table_lateral=beyond).is_free


def test_who_does_not_fit_has_no_travel_and_nothing_of_the_circle() -> None:
    """The room is not refused: that nothing is free, and why, is the answer."""
    setup = cylinder_in_bore(0.0, 300.0)
    found = room_around(setup)
    assert found is not None and [one.start_mm for one in found.travel] == [None, None, None]
    assert found.patient is not None and found.patient.spare_mm == 0.0
    assert all("not free as it stands" in line for line in found.lines()[:3])
    cmap = sim.collision_map(setup, sweep=sim.Sweep(gantry=(-180.0, 180.0, 45.0)), workers=1)
    assert cmap.free_extent().bounds == (0.0, 0.0) and cmap.pairs == ["covers – water cylinder"]
    assert cmap.pair_costs()["blocks_deg"].tolist() == [360.0]


def test_it_is_not_told_where_the_machine_moves() -> None:
    assert room_around(sim.load_setup("open_space")) is None
