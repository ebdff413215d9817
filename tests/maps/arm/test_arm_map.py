"""Maps of machines with an arm: what is proven of cells against FCL, what is sampled against brute force."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from support.arm_room import arm_setup
from support.campaign import times

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.collision.checker import Checker
from simulator.maps.arm.arm_map import certified_directions
from simulator.setup.arm_options import Options, best_of, solutions
from simulator.setup.arm_room import OUT_OF_REACH
from simulator.setup.engines import checker_of

CELLS, HIGH_FLOOR_MM = 200, -400.0


@cache
def proven(floor_mm: float) -> Cells:
    """Cells of a part of the directions of the toy arm, over a floor."""
    setup = arm_setup(floor_mm=floor_mm)
    edges = [np.arange(10.0, 31.0, 5.0), np.arange(90.0, 181.0, 5.0)]
    return certified_directions(setup.arm_room, setup.aim.chart, edges, options(setup), 0.0005, CELLS)


def options(setup) -> Options:
    return Options.of(setup.machine.arm, setup.sweep)


def within(rng, cells: Cells, count: int) -> np.ndarray:
    """Random directions in some cells, corners and sides among them."""
    cell = rng.integers(0, len(cells), count)
    share = np.where(rng.random((count, 2)) < 0.2, rng.integers(0, 2, (count, 2)), rng.random((count, 2)))
    return cells.low[cell] + share * (cells.high - cells.low)[cell]


def test_every_direction_in_free_cells_is_free() -> None:
    setup, cells = arm_setup(floor_mm=HIGH_FLOOR_MM), proven(HIGH_FLOOR_MM)
    poses = within(np.random.default_rng(3), cells.only(cells.status == FREE), times(500))
    assert best_of(setup.arm_room, poses, options(setup), Checker.pair_status).is_free.all()


def test_no_way_to_aim_is_free_in_cells_that_are_not() -> None:
    setup, cells, rng = arm_setup(floor_mm=HIGH_FLOOR_MM), proven(HIGH_FLOOR_MM), np.random.default_rng(4)
    count = times(1000)
    beams = np.column_stack([rng.uniform(650.0, 750.0, count), rng.uniform(-180.0, 180.0, count)])
    poses = np.hstack([within(rng, cells.only(cells.status == NOT_FREE), count), beams])
    q_deg, is_there = solutions(setup.arm_room, poses)
    checker = checker_of(setup.arm_room.scene, setup.machine.arm.joints)
    assert is_there.any() and checker.pair_status(q_deg[is_there]).any(axis=0).all()


@cache
def mapped() -> sim.CollisionMap:
    """A coarse map of the toy arm over a high floor, sampled only."""
    return sim.collision_map(arm_setup(floor_mm=HIGH_FLOOR_MM), method="sampled", workers=1)


def test_a_sampled_direction_is_free_if_one_of_all_choices_is() -> None:
    setup, cmap = arm_setup(floor_mm=HIGH_FLOOR_MM), mapped()
    assert cmap.sweep.joints == ("polar", "azimuth") and 0 < cmap.is_free.sum() < cmap.is_free.size
    checker = checker_of(setup.scene, setup.machine.arm.joints)
    for polar, azimuth in ((0.0, 0.0), (90.0, 60.0), (120.0, 30.0), (150.0, -90.0), (180.0, 0.0)):
        q_deg, is_there = solutions(setup.arm_room, options(setup).poses(np.array([[azimuth, polar]])))
        is_free = ~checker.pair_status(q_deg[is_there]).any(axis=0)
        assert cmap.dataset["status"].sel(polar=polar, azimuth=azimuth).item() == (0 if is_free.any() else 2)
        assert setup.check(polar=polar, azimuth=azimuth).is_free == is_free.any()


def test_a_map_says_how_the_arm_stands_where_it_aims_best(tmp_path) -> None:
    """The arm's forward kinematics puts the source on the direction, at a distance that it has; also when loaded."""
    setup, cmap = arm_setup(), mapped()
    cmap.save(tmp_path / "map.nc")
    stands = sim.CollisionMap.load(tmp_path / "map.nc").arm_joints
    assert tuple(stands) == setup.machine.arm.joints
    q_deg = np.stack([stands[joint].ravel() for joint in setup.machine.arm.joints], axis=1)
    is_reached = np.isfinite(q_deg).all(axis=1)
    assert is_reached.any()
    T_fixed_tool = setup.arm_room.wrist.forward(q_deg[is_reached])
    source_mm = (T_fixed_tool @ np.append(setup.machine.arm.source_mm, 1.0))[:, :3]
    distance_mm = np.linalg.norm(source_mm, axis=1)
    polar, azimuth = (np.radians(each[is_reached]) for each in cmap.sweep.poses().T)
    along = np.stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)], axis=1)
    np.testing.assert_allclose(source_mm / distance_mm[:, None], along, atol=1e-9)
    assert distance_mm.min() > 650.0 - 1e-6 and distance_mm.max() < 750.0 + 1e-6


def test_what_an_arm_may_choose_stands_in_the_provenance_and_no_way_is_promised() -> None:
    cmap = mapped()
    over = sim.Sweep.of(cmap.provenance["over"])
    assert {axis.over for axis in over} == {"any"}
    assert over["source_distance"].values().tolist() == [650.0, 700.0, 750.0]
    assert over["beam_roll"].is_full_turn and over["beam_roll"].step == 30.0
    assert cmap.provenance["arm"]["branches"] == "any"
    assert cmap.arcs().empty and cmap.reachable().solid_angle is None


def test_an_arm_that_is_too_short_is_out_of_reach() -> None:
    setup = arm_setup(distances_mm=(2600.0, 2700.0))
    answer = setup.check(azimuth=0.0, polar=60.0)
    assert answer.culprits == (OUT_OF_REACH,) and not answer.is_free
    cmap = sim.collision_map(setup, method="sampled", workers=1)
    assert OUT_OF_REACH in cmap.pairs and cmap.dataset["status"].sel(polar=60.0, azimuth=0.0).item() != 0


def test_poses_of_the_beam_alone_are_refused() -> None:
    setup = arm_setup()
    for ask in (
        lambda: setup.free_arcs(azimuth=0.0),
        lambda: setup.check_arc(azimuth=(0.0, 10.0), polar=30.0, direction="increasing"),
        lambda: setup.checker,
        lambda: setup.prover,
        lambda: sim.buffer_curve(setup),
        lambda: setup.check(azimuth=0.0, polar=0.0, A1=0.0),
    ):
        with pytest.raises(sim.SimulatorError, match="joint"):
            ask()
