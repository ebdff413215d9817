"""What proofs add to a map: bounds, cells, arcs, and FCL as their judge."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.maps.certified import ContradictionError, require_agreement

FULL_SPHERE_SR = 4 * np.pi


def test_bounds_are_proven_and_as_near_as_asked_for(certified_map: sim.CollisionMap) -> None:
    omega = certified_map.solid_angle()
    assert omega.is_proven
    assert 0 < omega.upper_sr - omega.lower_sr <= 0.005 * FULL_SPHERE_SR
    assert omega.lower_sr < omega.sr < omega.upper_sr


def test_proven_bounds_lie_within_those_of_the_samples(
    brain_map: sim.CollisionMap, certified_map: sim.CollisionMap
) -> None:
    proven, sampled = certified_map.solid_angle(), brain_map.solid_angle()
    assert sampled.lower_sr < proven.lower_sr < proven.upper_sr < sampled.upper_sr
    assert certified_map.sampled_solid_angle() == sampled


def test_cells_cover_the_rectangle_once(certified_map: sim.CollisionMap) -> None:
    cells = certified_map.cells
    assert cells is not None
    assert (cells.high - cells.low).prod(axis=1).sum() == pytest.approx(360 * 180, rel=1e-12)
    assert set(np.unique(cells.status)) == {FREE, UNDECIDED, NOT_FREE}


def test_a_finer_tolerance_gives_bounds_within_the_coarser(brain: sim.Setup, certified_map: sim.CollisionMap) -> None:
    coarse, fine = certified_map.solid_angle(), sim.collision_map(brain, tolerance=0.002).solid_angle()
    assert coarse.lower_sr <= fine.lower_sr < fine.upper_sr <= coarse.upper_sr


def test_directions_reached_twice_are_counted_once(brain: sim.Setup) -> None:
    """Couch ±95 reaches a strip of directions twice; the map with couch ±90 has all of them once."""
    sweep = sim.Sweep(gantry=(-180.0, 180.0, 5.0), couch=(-95.0, 95.0, 5.0))
    wide = sim.collision_map(brain, sweep=sweep, tolerance=0.01).solid_angle()
    narrow = sim.collision_map(brain, tolerance=0.01).solid_angle()
    assert wide.upper_sr >= narrow.lower_sr
    assert wide.lower_sr <= narrow.upper_sr + 0.02 * FULL_SPHERE_SR


def test_same_bytes_for_any_number_of_workers(brain: sim.Setup, tmp_path) -> None:
    for workers in (1, 2, 3):
        sim.collision_map(brain, tolerance=0.02, workers=workers).save(tmp_path / f"{workers}.nc")
    first, *others = ((tmp_path / f"{workers}.nc").read_bytes() for workers in (1, 2, 3))
    assert others == [first, first]


def test_cells_come_back_from_the_file(certified_map: sim.CollisionMap, tmp_path) -> None:
    certified_map.save(tmp_path / "map.nc")
    again = sim.CollisionMap.load(tmp_path / "map.nc")
    assert again.solid_angle() == certified_map.solid_angle()
    assert sim.CollisionMap.load(tmp_path / "map.nc").cells is not None


def test_a_cell_that_fcl_contradicts_is_never_passed_over() -> None:
    sweep = sim.Sweep(gantry=(0.0, 10.0, 1.0), couch=(0.0, 10.0, 1.0))
    is_free = np.ones((11, 11), dtype=bool)
    is_free[4, 7] = False
    free, none = np.array([FREE], dtype=np.int8), np.array([-1], dtype=np.int16)
    whole = Cells(np.array([[0.0, 0.0]]), np.array([[10.0, 10.0]]), free, none)
    with pytest.raises(ContradictionError, match="proven free, and FCL disagrees"):
        require_agreement(whole, sweep, is_free)
    with pytest.raises(ContradictionError, match="proven not free"):
        require_agreement(replace(whole, status=np.array([NOT_FREE], dtype=np.int8)), sweep, is_free)
    corner = Cells(np.array([[4.0, 7.0]]), np.array([[5.0, 8.0]]), free, none)
    with pytest.raises(ContradictionError):
        require_agreement(corner, sweep, is_free)
    beside = replace(corner, low=corner.low + 1e-9)
    require_agreement(beside, sweep, is_free)


def test_ends_of_arcs_are_proven_to_a_hundredth_of_a_degree(
    brain: sim.Setup, certified_map: sim.CollisionMap
) -> None:
    for arc in certified_map.arcs().iloc[::5].itertuples():
        for end, outwards, culprit in (
            (arc.start_deg, -0.011, arc.start_culprit),
            (arc.stop_deg, 0.011, arc.stop_culprit),
        ):
            if culprit:
                inside, beyond = ((value + 180) % 360 - 180 for value in (end - outwards / 100, end + outwards))
                assert brain.check(gantry=inside, couch=arc.couch_deg).is_free
                assert culprit in brain.check(gantry=beyond, couch=arc.couch_deg).culprits


def test_clearances_are_never_more_than_fcl_measures(brain: sim.Setup) -> None:
    sweep = brain.sweep.with_steps(gantry=20.0, couch=15.0)
    cmap = sim.collision_map(brain, sweep=sweep, method="sampled", clearance=True)
    measured, _, _ = brain.checker.clearance(sweep.poses(), brain.scene.clearance_pairs)
    apart = cmap.status.ravel() != sim.Status.COLLIDING
    less = np.where(apart, measured, 0.0) - cmap.dataset["clearance_mm"].values.ravel()
    assert (less >= -1e-9).all()
    assert (less <= 1.0).all()


@pytest.mark.parametrize("bad", [{"method": "guessed"}, {"tolerance": 0.0}, {"tolerance": 1.5}])
def test_bad_choices_are_refused(brain: sim.Setup, bad: dict) -> None:
    with pytest.raises(sim.SimulatorError, match=next(iter(bad))):
        sim.collision_map(brain, **bad)
