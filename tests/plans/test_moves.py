"""Moves between beams: couch first, gantry first, both together; each free or not where a closed form says so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.plan_values import beam, plan

import simulator as sim
from simulator.collision.contact import Status
from simulator.models.kinematics import Joint
from simulator.plans.check import check_plan

SMALL = 1.0


def gate(*, patient=()):
    """A speck on the couch at (0, 500, 0), and one on the gantry: at gantry 90° it is at (500, 0, 0).

    They meet with the couch at -90° and the gantry at 90°, so what turns past that corner is blocked.
    """
    return shapes.room(
        machine_parts=[("arm", shapes.box(SMALL, SMALL, SMALL, at=(0.0, 0.0, 500.0)), "gantry")],
        couch_parts=[("post", shapes.box(SMALL, SMALL, SMALL, at=(0.0, 500.0, 0.0)), "couch")],
        patient_parts=patient,
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=20.0),
    )


def move(setup, start, stop, **fields):
    first, second = (
        beam(number, {"gantry": gantry, "couch": couch}, **fields)
        for number, (gantry, couch) in enumerate((start, stop))
    )
    (found,) = check_plan(plan(first, second), setup).moves
    return found


def test_an_order_that_leads_past_the_corner_is_blocked_and_the_other_is_not():
    """From gantry 0, couch -90 to gantry 90, couch 0: with the gantry first, the specks meet in between."""
    found = move(gate(), (0.0, -90.0), (90.0, 0.0))
    orders = {order.order: order for order in found.orders}
    assert orders["couch first"].is_free
    assert orders["gantry first"].status is Status.COLLIDING
    assert orders["together"].status is Status.COLLIDING
    assert found.free_orders == ("couch first",)
    assert found.is_free
    first, *_ = orders["gantry first"].blocked
    assert first.pairs == ("arm – post",) or first.pairs == ("post – arm",)
    near = np.degrees(2 * np.arcsin(20.0 / 2 / 500.0))
    assert first.start.joints["gantry"] == pytest.approx(90.0 - near, abs=0.3)
    assert first.start.joints["couch"] == -90.0
    assert orders["couch first"].clearance_mm == pytest.approx(np.hypot(500, 500) - SMALL, abs=3 * SMALL)


def test_the_straight_way_is_free_but_another_timing_is_not():
    """Both ends and both orders are free, but within the rectangle the specks meet."""
    found = move(gate(), (60.0, -60.0), (120.0, -120.0))
    orders = {order.order: order for order in found.orders}
    assert orders["couch first"].is_free
    assert orders["gantry first"].is_free
    assert not orders["together"].is_free
    assert found.free_orders == ("couch first", "gantry first")


def test_a_move_that_is_blocked_in_every_order_makes_the_plan_not_free():
    check = check_plan(
        plan(beam(1, {"gantry": 60.0, "couch": -90.0}), beam(2, {"gantry": 120.0, "couch": -90.0})), gate()
    )
    (found,) = check.moves
    assert [order.order for order in found.orders] == ["gantry first"]
    assert not found.is_free
    assert not check.is_free
    assert "move 1-2 not free" in check.verdict
    assert [beam.is_free for beam in check.beams] == [True, True]


def test_one_axis_alone_has_one_order_and_nothing_that_moves_has_none():
    assert [order.order for order in move(gate(), (0.0, 0.0), (0.0, 20.0)).orders] == ["couch first"]
    stays = move(gate(), (10.0, 5.0), (370.0, 5.0))
    assert stays.moving == ()
    assert stays.is_free
    assert stays.orders == ()


def test_a_gantry_goes_as_its_limits_allow():
    """From 170 to 190 with limits of ±185°: the whole way round through 0, past a post there."""
    setup = gate()
    limited = replace(setup.machine.joints[0], limits=(-185.0, 185.0))
    machine = replace(
        setup.machine,
        joints=(limited, *setup.machine.joints[1:]),
        parts=(
            *setup.machine.parts,
            replace(
                setup.machine.parts[0],
                name="pillar",
                mesh=shapes.box(9.0, 9.0, 9.0, at=(0.0, 0.0, 500.0)),
                joint="couch",
            ),
        ),
    )
    found = move(replace(setup, machine=machine), (170.0, 0.0), (190.0, 0.0))
    (order,) = found.orders
    assert not order.is_free
    assert order.start.joints["gantry"] == 170.0
    assert order.stop.joints["gantry"] == -170.0
    assert order.stop.plan["gantry"] == 190.0
    near = move(gate(), (170.0, 0.0), (190.0, 0.0))
    assert near.is_free
    assert near.stop.joints["gantry"] == 190.0


def test_another_isocentre_moves_the_table_with_the_patient():
    """200 mm to the patient's left: the table goes 200 mm to the right of where it stood, past a post there."""
    body = shapes.cuboid((-50.0, -100.0, -50.0), (50.0, 100.0, 50.0))
    wall = ("wall", shapes.cuboid((-160.0, -50.0, -50.0), (-150.0, 50.0, 50.0)), "fixed")
    setup = replace(gate(patient=[("body", body)]), buffers=sim.Buffers(patient_mm=5.0, couch_mm=0.0))
    setup = replace(
        setup,
        machine=replace(
            setup.machine, parts=(replace(setup.machine.parts[0], name=wall[0], mesh=wall[1], joint="fixed"),)
        ),
    )
    first = beam(1, {"gantry": 0.0, "couch": 0.0})
    for left, is_free in ((80.0, True), (120.0, False), (-120.0, True)):
        second = beam(2, {"gantry": 0.0, "couch": 0.0}, isocentre_mm=(left, 0.0, 0.0))
        check = check_plan(plan(first, second), setup)
        (found,) = check.moves
        assert found.moving == ("table_lateral",)
        assert found.stop.joints["table_lateral"] - found.start.joints["table_lateral"] == pytest.approx(-left)
        assert found.is_free == is_free
        assert check.beams[1].is_free == is_free
        if not is_free:
            (stretch,) = found.orders[0].blocked
            assert stretch.start.joints["table_lateral"] - found.start.joints["table_lateral"] == pytest.approx(
                -95.0, abs=0.02
            )


def test_collimator_pitch_and_roll_move_too():
    points = [
        {"gantry": 0.0, "couch": 0.0, "collimator": c, "table_pitch": p, "table_roll": r}
        for c, p, r in ((0, 0, 0), (45, 1, 358))
    ]
    (found,) = check_plan(plan(beam(1, points[0]), beam(2, points[1])), gate()).moves
    assert {"collimator", "table_pitch", "table_roll"} <= set(found.moving)
    assert found.is_free


def test_between_positions_nothing_is_computed_and_it_is_said():
    body = shapes.cuboid((-50.0, -100.0, -50.0), (50.0, 100.0, 50.0))
    first, second = (
        beam(number, {"gantry": 0.0, "couch": 0.0}, position=position)
        for number, position in ((1, "HFS"), (2, "HFP"))
    )
    check = check_plan(plan(first, second), gate(patient=[("body", body)]))
    (found,) = check.moves
    assert found.orders == ()
    assert found.unknown == "the patient is turned from HFS to HFP"
    assert not found.is_free
    assert check.is_free
    assert any("move from beam 1 to 2 is not checked" in text for text in check.assumptions)


def test_a_joint_that_mimics_goes_with_its_axis():
    """A part that slides by -2 mm for each degree of the gantry hits a wall that the gantry's own parts do not."""
    setup = gate()
    follower = Joint("follower", "prismatic", axis=(1.0, 0.0, 0.0), mimic="gantry", multiplier=-2.0)
    machine = replace(
        setup.machine,
        joints=(*setup.machine.joints, follower),
        parts=(
            *setup.machine.parts,
            replace(
                setup.machine.parts[0],
                name="slide",
                mesh=shapes.box(10.0, 10.0, 10.0, at=(0.0, 0.0, -800.0)),
                joint="follower",
            ),
            replace(
                setup.machine.parts[0],
                name="stop",
                mesh=shapes.box(10.0, 10.0, 10.0, at=(-50.0, 0.0, -800.0)),
                joint="fixed",
            ),
        ),
    )
    found = move(replace(setup, machine=machine), (0.0, 0.0), (30.0, 0.0))
    (order,) = found.orders
    assert order.blocked[0].start.joints["gantry"] == pytest.approx(20.0, abs=0.02)
