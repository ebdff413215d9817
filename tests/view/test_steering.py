"""Poses along the grid, along arcs, to a direction: plain values."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.two_axes import C_ARM, directions

import simulator as sim
from simulator.maps.sealed import sealed
from simulator.view.steering import (
    pose_of_direction,
    snapped,
    stepped,
    to_and_fro,
    way_of,
    worst_pose,
    wrapped,
)

ROUND = sim.Axis(joint="gantry", start=-180.0, stop=180.0, step=1.0)
PART = sim.Axis(joint="gantry", start=-30.0, stop=90.0, step=7.5)
ONE = sim.Axis(joint="gantry", start=12.0, stop=12.0, step=1.0)


def towards(gantry: float, couch: float) -> np.ndarray:
    """Return where the source of a C-arm stands in the axes of the chart."""
    return directions(C_ARM, [gantry], [couch])[0]


def at(gantry: float, couch: float) -> dict[str, float]:
    return {"gantry": gantry, "couch": couch}


def with_status(cmap: sim.CollisionMap, status: np.ndarray) -> sim.CollisionMap:
    return sim.CollisionMap(sealed(cmap.dataset.assign(status=(cmap.sweep.joints, status))))


@pytest.mark.parametrize(
    ("angles", "value", "steps", "expected"),
    [
        (ROUND, 10.4, 0, 10.0),
        (ROUND, 180.0, 0, 180.0),
        (ROUND, 180.0, 1, -179.0),
        (ROUND, 179.0, 1, -180.0),
        (ROUND, -180.0, -1, 179.0),
        (ROUND, -0.4, 0, 0.0),
        (PART, 100.0, 0, 90.0),
        (PART, 90.0, 1, 90.0),
        (PART, -30.0, -10, -30.0),
        (PART, 0.0, 2, 15.0),
        (ONE, 50.0, 3, 12.0),
    ],
)
def test_steps(angles: sim.Axis, value: float, steps: int, expected: float) -> None:
    found = stepped(angles, value, steps)
    assert found == expected
    assert not np.signbit(found) or found < 0
    if steps == 0:
        assert snapped(angles, value) == expected


@pytest.mark.parametrize(
    ("value", "start", "stop", "expected"),
    [(-185, -180, 180, 175), (177, -185, 175, -183), (180, -180, 180, 180), (400, -30, 90, 40), (200, -30, 90, 200)],
)
def test_whole_turns(value: float, start: float, stop: float, expected: float) -> None:
    assert wrapped(value, start, stop) == expected


@given(value=st.floats(-180, 180), steps=st.integers(-500, 500))
def test_a_step_ends_on_the_grid(value: float, steps: int) -> None:
    for angles in (ROUND, PART):
        found = stepped(angles, float(np.clip(value, angles.start, angles.stop)), steps)
        assert found in np.append(angles.values(), angles.stop)


def test_of_two_poses_that_aim_alike_the_free_one_is_taken() -> None:
    """With the couch over a full turn's half, only the rim has two; so a couch of no weight goes once round."""
    setup = sim.load_setup("open_space")
    endless = tuple(replace(joint, limits=None) if joint.name == "couch" else joint for joint in setup.couch.joints)
    setup = replace(setup, couch=replace(setup.couch, joints=endless))
    sweep = sim.Sweep(gantry=(-180, 180, 5), couch=(-180, 180, 5))
    cmap = sim.collision_map(setup, sweep=sweep, method="sampled", workers=1)
    status = np.full(cmap.status.shape, 2, dtype=np.int8)
    blocked = with_status(cmap, status)
    assert pose_of_direction(blocked, towards(50.0, 30.0), at(50.0, 20.0)) == at(50.0, 30.0)
    assert pose_of_direction(blocked, towards(50.0, 30.0), at(-50.0, -140.0)) == at(-50.0, -150.0)
    status[sweep["gantry"].values() == -50.0, sweep["couch"].values() == -150.0] = 0
    assert pose_of_direction(with_status(cmap, status), towards(50.0, 30.0), at(50.0, 20.0)) == at(-50.0, -150.0)


def test_at_the_seam_the_status_is_that_of_the_seam(brain_map: sim.CollisionMap) -> None:
    """Gantry 180 is in the map as -180, not as what is next to it; here nothing else is free."""
    status = np.full_like(brain_map.status, 2)
    status[0, -1] = 0
    direction = towards(180.0 - 1e-3, 89.99)
    assert pose_of_direction(with_status(brain_map, status), direction, at(-170.0, -90.0)) == at(180.0, 90.0)


@pytest.fixture(scope="module")
def quarter() -> sim.CollisionMap:
    """Return a map of a part of the ranges."""
    sweep = sim.Sweep(gantry=(0, 90, 5), couch=(-10, 10, 5))
    return sim.collision_map(sim.load_setup("open_space"), sweep=sweep, method="sampled", workers=1)


def test_a_direction_half_a_step_beyond_either_end_belongs_to_the_end(quarter: sim.CollisionMap) -> None:
    for gantry, end in ((-2.4, 0.0), (92.4, 90.0)):
        assert pose_of_direction(quarter, towards(gantry, 5.0), at(0.0, 0.0)) == at(end, 5.0)
    for gantry in (-2.6, 92.6):
        assert pose_of_direction(quarter, towards(gantry, 5.0), at(0.0, 0.0)) is None


def test_a_direction_beyond_the_range_has_no_pose(quarter: sim.CollisionMap) -> None:
    assert pose_of_direction(quarter, towards(45.0, 60.0), at(0.0, 0.0)) is None
    assert pose_of_direction(quarter, towards(-45.0, 0.0), at(0.0, 0.0)) is None
    assert pose_of_direction(quarter, towards(45.0, 4.0), at(0.0, 0.0)) == at(45.0, 5.0)


def test_the_gantry_goes_along_the_free_arc_of_the_pose(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    checked = 0
    for couch in (-90.0, -45.0, 0.0, 30.0, 90.0):
        arcs = brain_map.arcs().query("couch_deg == @couch")
        for arc in arcs.itertuples():
            if arc.stop_deg - arc.start_deg >= 360.0:
                continue
            middle = (arc.start_deg + arc.stop_deg) / 2
            way = way_of(brain.sweep["gantry"], brain_map, at(middle, couch))
            free = np.mod(brain_map.dataset["gantry"].values - arc.start_deg, 360) <= arc.stop_deg - arc.start_deg
            assert set(way % 360.0) == set(brain_map.dataset["gantry"].values[free] % 360.0)
            assert set(np.mod(np.diff(way), 360.0)) <= {5.0}  # none of an arc with a single pose of the sweep
            assert not brain.checker.pair_status(np.stack([way, np.full(len(way), couch)], axis=1)).any()
            checked += 1
    assert checked >= 4


def test_the_way_is_on_the_angles_of_a_grid_that_begins_anywhere(brain: sim.Setup) -> None:
    sweep = sim.Sweep(gantry=(-177.5, 182.5, 5), couch=(60, 60, 1))
    cmap = sim.collision_map(brain, sweep=sweep, method="sampled", workers=1)
    way = way_of(sweep["gantry"], cmap, at(2.5, 60.0))
    assert 10 < len(way) < 72
    assert set(way) <= set(sweep["gantry"].values())
    assert not brain.checker.pair_status(np.stack([way, np.full(len(way), 60.0)], axis=1)).any()


def test_where_there_is_no_arc_the_way_is_the_range(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    row, column = np.argwhere(brain_map.status == 2)[0]
    pose = at(float(brain_map.dataset["gantry"][row]), float(brain_map.dataset["couch"][column]))
    whole = np.arange(-180.0, 185.0, 5.0)
    np.testing.assert_array_equal(way_of(brain.sweep["gantry"], brain_map, pose), whole)
    np.testing.assert_array_equal(way_of(brain.sweep["gantry"], None, at(0.0, 0.0)), whole)
    np.testing.assert_array_equal(way_of(brain.sweep["couch"], brain_map, pose), np.arange(-90.0, 95.0, 5.0))


def test_to_and_fro() -> None:
    way = np.array([0.0, 1.0, 2.0, 3.0])
    assert list(islice(to_and_fro(way, 1.2), 12)) == [2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0, 1]
    assert list(islice(to_and_fro(way, 9.0), 7)) == [2, 1, 0, 1, 2, 3, 2]
    assert list(islice(to_and_fro(np.array([5.0]), 5.0), 2)) == []


def test_the_worst_pose_is_a_first_contact_of_the_costliest_pair(
    brain: sim.Setup, brain_map: sim.CollisionMap
) -> None:
    pose = worst_pose(brain_map)
    check = brain.check(**pose)
    costliest = brain_map.pair_costs()["pair"][0]
    assert check.status is sim.Status.COLLIDING
    assert check.culprits[0] == costliest
    row, column = (list(brain_map.dataset[name].values).index(value) for name, value in pose.items())
    assert brain_map.is_free[row - 2 : row + 3, column - 2 : column + 3].any()


def test_where_nothing_is_in_the_way_the_worst_pose_is_the_simplest(open_map: sim.CollisionMap) -> None:
    assert worst_pose(open_map) == at(0.0, 0.0)


def test_where_everything_is_in_the_way_there_is_a_worst_pose(brain: sim.Setup) -> None:
    sweep = sim.Sweep(gantry=(80, 120, 10), couch=(60, 80, 10))
    cmap = sim.collision_map(brain, sweep=sweep, method="sampled", workers=1)
    assert not cmap.is_free.any()
    assert not brain.check(**worst_pose(cmap)).is_free
