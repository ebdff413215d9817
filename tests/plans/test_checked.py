"""One line for an e-mail: what a check says of itself, and what makes a plan not free."""

from __future__ import annotations

from support import shapes
from support.plan_values import beam, plan

import simulator as sim
from simulator.collision.contact import Status
from simulator.dicom.beams import Accessory
from simulator.plans.check import check_plan
from simulator.plans.ways import Place, Stretch, WayCheck

SMALL = 0.02
HERE = Place({"gantry": -120.0, "couch": 0.0}, {"gantry": 240.0, "couch": 0.0})
THERE = Place({"gantry": -100.0, "couch": 0.0}, {"gantry": 260.0, "couch": 0.0})


def turning_table():
    return shapes.room(
        machine_parts=[("wall", shapes.cuboid((-900.0, -900.0, -50.0), (-300.0, 900.0, 50.0)), "fixed")],
        couch_parts=[("speck", shapes.box(SMALL, SMALL, SMALL, at=(0.0, 500.0, 0.0)), "couch")],
    )


def test_a_free_plan_in_a_line():
    found = check_plan(
        plan(beam(1, {"gantry": 240.0, "couch": 10.0}), beam(2, {"gantry": 260.0, "couch": 0.0})), turning_table()
    )
    assert repr(found) == (
        "PlanCheck(all proven free: 2 beams and 1 move; free, least clearance 213.1 mm at gantry 240°, couch 10°: "
        "wall – speck)"
    )
    assert (
        repr(found.beams[1]) == "BeamCheck(2: free, least clearance 299.9 mm at gantry 260°, couch 0°: wall – speck)"
    )


def test_a_blocked_plan_in_a_line_names_what_is_blocked():
    found = check_plan(
        plan(beam(1, {"gantry": 0.0, "couch": 0.0}, {"couch": 60.0}), beam(7, {"gantry": 0.0, "couch": 60.0})),
        turning_table(),
    )
    assert found.verdict == "NOT all proven free, of 2 beams and 1 move: beams 1, 7 not free"
    assert repr(found.beams[0]) == "BeamCheck(1: colliding couch 34.05° to couch 60°: wall – speck)"
    assert repr(found.beams[1]) == "BeamCheck(7: colliding gantry 0°, couch 60°: wall – speck)"


def test_names_of_beams_are_in_no_line():
    """They may hold anything."""
    accessory = (Accessory("wedge", "W60", "STANDARD", ""),)
    found = check_plan(
        plan(beam(1, {"gantry": 0.0, "couch": 60.0}, name="Doe^Jane", accessories=accessory)), turning_table()
    )
    said = " ".join([repr(found), repr(found.beams), repr(found.moves), *found.assumptions, *found.warnings])
    assert "Doe" not in said


def test_a_stretch_is_told_by_the_axes_that_move_as_the_plan_writes_them():
    stretch = Stretch(HERE, THERE, Status.WITHIN_BUFFER, True, ("a – b", "c – d"))
    assert repr(stretch) == "within the buffer gantry 240° to gantry 260°: a – b, c – d"


def test_what_is_undecided_is_said_and_is_not_free():
    stretch = Stretch(HERE, THERE, Status.WITHIN_BUFFER, False, ("a – b",))
    way = WayCheck(
        start=HERE, stop=THERE, status=Status.WITHIN_BUFFER, clearance_mm=20.0, spare_mm=0.0, at=HERE, pair="a – b",
        blocked=(stretch,),
    )  # fmt: skip
    assert way.state == "undecided"
    assert not way.is_free
    assert "undecided gantry 240°" in repr(way)


def test_nothing_to_hit():
    found = check_plan(plan(beam(1, {"gantry": 0.0, "couch": 0.0})), sim.load_setup("open_space"))
    assert found.is_free
    assert "nothing" in found.beams[0].worst.told


def test_the_names_are_public():
    assert {"check_plan", "Plan", "PlanCheck"} <= set(sim.__all__)
    assert sim.check_plan is check_plan
