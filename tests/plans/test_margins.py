"""How much may go wrong: millimetres, degrees and the plan's tolerances, by closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.plan_values import beam, plan

import simulator as sim
from simulator.plans.check import check_plan

SMALL, RADIUS_MM = 0.02, 500.0


def turning_table(wall_mm):
    """A speck on the couch at (0, 500, 0), and a wall in front of x = -wall; 20 mm are to be kept."""
    return shapes.room(
        machine_parts=[("wall", shapes.cuboid((-900.0, -900.0, -50.0), (-wall_mm, 900.0, 50.0)), "fixed")],
        couch_parts=[("speck", shapes.box(SMALL, SMALL, SMALL, at=(0.0, RADIUS_MM, 0.0)), "couch")],
    )


def margin(setup, *points, **fields):
    (found,) = check_plan(plan(beam(1, *points, **fields)), setup).beams
    return found.margin


@pytest.mark.parametrize(("spare_deg", "proven"), [(0.3, 0.0), (0.7, 0.5), (1.5, 1.0), (2.5, 2.0), (20.0, 3.0)])
def test_the_couch_may_be_off_by_as_much_as_is_left(spare_deg, proven):
    """The speck is 20 mm from the wall with the couch turned by as much more than the plan does."""
    wall_mm = 20.0 + RADIUS_MM * np.sin(np.radians(30.0 + spare_deg))
    found = margin(turning_table(wall_mm), {"gantry": 0.0, "couch": 0.0}, {"couch": 30.0})
    assert found.degrees == {"gantry": 3.0, "couch": proven}
    truth = wall_mm - RADIUS_MM * np.sin(np.radians(30.0)) - 20.0
    assert truth - 0.1 - SMALL <= found.spare_mm <= truth


def test_both_sides_count():
    """A way from -30° to 0 whose start is 1.5° from the wall's buffer on the other side."""
    setup = turning_table(20.0 + RADIUS_MM * np.sin(np.radians(31.5)))
    assert margin(setup, {"gantry": 0.0, "couch": 30.0}).degrees["couch"] == 1.0
    assert margin(setup, {"gantry": 0.0, "couch": 30.0}, {"couch": 0.0}).degrees["couch"] == 1.0


@pytest.mark.parametrize(("limits", "proven"), [(None, 1.0), ((-185.0, 185.0), 3.0)])
def test_a_joint_is_off_no_further_than_it_goes(limits, proven):
    """A speck on the gantry, 1.5° before a wall's buffer; but the gantry may end 0.1° after the plan's end."""
    wall_mm = 20.0 + RADIUS_MM * np.sin(np.radians(6.4))
    setup = shapes.room(
        machine_parts=[("speck", shapes.box(SMALL, SMALL, SMALL, at=(0.0, 0.0, RADIUS_MM)), "gantry")],
        couch_parts=[("wall", shapes.cuboid((-900.0, -900.0, -550.0), (-wall_mm, 900.0, -450.0)), "couch")],
    )
    gantry, *others = setup.machine.joints
    setup = replace(setup, machine=replace(setup.machine, joints=(replace(gantry, limits=limits), *others)))
    assert margin(setup, {"gantry": 170.0, "couch": 0.0}, {"gantry": 184.9}).degrees["gantry"] == proven


def test_gantry_and_couch_that_move_together_may_be_off_too():
    setup = turning_table(20.0 + RADIUS_MM * np.sin(np.radians(34.5)))
    found = margin(setup, {"gantry": 0.0, "couch": 0.0}, {"gantry": 60.0, "couch": 30.0})
    assert found.degrees == {"gantry": 3.0, "couch": 3.0}
    near = turning_table(20.0 + RADIUS_MM * np.sin(np.radians(31.5)))
    assert margin(near, {"gantry": 0.0, "couch": 0.0}, {"gantry": 60.0, "couch": 30.0}).degrees["couch"] == 1.0


@pytest.mark.parametrize(("tolerance_deg", "is_free"), [(1.0, True), (2.0, False)])
def test_within_the_plans_tolerances(tolerance_deg, is_free):
    setup = turning_table(20.0 + RADIUS_MM * np.sin(np.radians(31.5)))
    found = margin(setup, {"gantry": 0.0, "couch": 30.0}, tolerances={"couch": tolerance_deg, "gantry": 2.0})
    assert found.is_free_within_tolerances == is_free
    assert found.tolerances == {"couch": tolerance_deg, "gantry": 2.0}
    assert margin(setup, {"gantry": 0.0, "couch": 30.0}).is_free_within_tolerances is None


def test_tolerances_of_the_table_in_millimetres():
    body = shapes.cuboid((-50.0, -100.0, -50.0), (50.0, 100.0, 50.0))
    wall = shapes.cuboid((-200.0, -90.0, -90.0), (-100.0, 90.0, 90.0))
    setup = shapes.room(
        [("wall", wall, "fixed")], patient_parts=[("body", body)], buffers=sim.Buffers(patient_mm=30.0)
    )
    point = {"gantry": 0.0, "couch": 0.0, "table_lateral": 0.0}
    assert margin(setup, point, tolerances={"table_lateral": 19.0}).is_free_within_tolerances
    assert not margin(setup, point, tolerances={"table_lateral": 21.0}).is_free_within_tolerances
    assert margin(setup, point, tolerances={"table_lateral": 500.0}).tolerances == {}


def test_a_beam_that_is_not_free_has_none():
    assert margin(turning_table(100.0), {"gantry": 0.0, "couch": 30.0}) is None


def test_it_is_read_in_one_line():
    setup = turning_table(20.0 + RADIUS_MM * np.sin(np.radians(31.5)))
    found = margin(setup, {"gantry": 0.0, "couch": 30.0}, tolerances={"couch": 1.0})
    told = (
        f"Margin({found.spare_mm:.1f} mm, gantry ±3° or more, couch ±1°, free within the plan's tolerances of couch)"
    )
    assert repr(found) == told
