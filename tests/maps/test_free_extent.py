"""Maps without an area on the sphere: closed forms of a circle, of lengths, areas and volumes; FCL as the judge."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from support.sliding_boxes import FREE_MM, NAMES, RANGE_MM, axis, block_between_walls
from support.sliding_plates import GANTRY, HALF_BAND_DEG, plates, slide

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE
from simulator.collision.checker import Checker

RING_TOLERANCE = 0.002
TOLERANCES = {1: 0.002, 2: 0.01, 3: 0.1}
UNITS = {1: "mm", 2: "mm2", 3: "mm3"}
AT_REST = sim.Sweep(gantry=GANTRY)


@cache
def ring(over: str | None = None, method: str = "certified") -> sim.CollisionMap:
    sweep = AT_REST if over is None else sim.Sweep(slide(over), *AT_REST)
    return sim.collision_map(plates(), sweep=sweep, method=method, tolerance=RING_TOLERANCE, workers=1)


@cache
def block(count: int, method: str = "certified") -> sim.CollisionMap:
    setup = block_between_walls(count)
    return sim.collision_map(setup, method=method, tolerance=TOLERANCES[count], workers=1)


class TestCircle:
    @pytest.mark.parametrize(("over", "bands"), [(None, 2), ("any", 1), ("all", 3)])
    def test_the_free_part_is_that_of_the_closed_form(self, over, bands):
        """The post and the plate that is in; over any value only the post; over all of them both plates as well."""
        found = ring(over).free_extent()
        assert found.lower <= 360.0 - bands * 2 * HALF_BAND_DEG <= found.upper
        assert found.is_proven and found.upper - found.lower <= RING_TOLERANCE * 360.0
        assert (found.of, found.unit) == (360.0, "deg")
        assert ring(over).achievable() == found

    def test_the_solid_angle_is_nothing(self):
        assert ring().solid_angle().bounds == (0.0, 0.0) and ring().solid_angle().is_proven

    def test_samples_bound_it_by_their_neighbours(self):
        found = ring(method="sampled").free_extent()
        assert not found.is_proven
        assert found.lower < ring().free_extent().lower and ring().free_extent().upper < found.upper

    def test_pairs_cost_degrees(self):
        """Five poses of ten degrees about each place, less those at which the head just passes: three of them."""
        costs = ring().pair_costs().set_index("pair")
        assert costs.loc["post – head"].to_dict() == {"blocks_deg": 30.0, "alone_deg": 30.0}

    def test_beams_are_one_joint_and_candidates_are_refused(self):
        assert "gantry_deg" in ring().beams() and ring().beams()["weight_deg"].sum() == 300.0
        with pytest.raises(sim.SimulatorError, match="directions need a sweep of two axes that turn the beam"):
            ring().beams(count=10)

    def test_it_is_saved(self, tmp_path: Path):
        ring().save(tmp_path / "map.nc")
        loaded = sim.CollisionMap.load(tmp_path / "map.nc")
        assert loaded.free_extent() == ring().free_extent() and loaded.circle == ring().circle
        assert "not told" in repr(loaded.reachable())


class TestSlides:
    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_the_free_extent_is_that_of_the_closed_form(self, count):
        found, free = block(count).free_extent(), (2 * FREE_MM) ** count
        assert found.lower <= free <= found.upper and found.is_proven
        assert found.of == pytest.approx((2 * RANGE_MM) ** count) and found.unit == UNITS[count]
        assert found.upper - found.lower <= TOLERANCES[count] * found.of

    def test_each_wall_costs_what_is_behind_it(self):
        """The poses at 50 and 100 mm stand for what is beyond 25 mm; alone where the other axis is free: at 0."""
        costs = block(2).pair_costs()
        assert set(costs["blocks_mm2"]) == {(RANGE_MM - 25.0) * 2 * RANGE_MM}
        assert set(costs["alone_mm2"]) == {(RANGE_MM - 25.0) * 50.0}

    @pytest.mark.parametrize("count", [1, 2, 3])
    def test_every_pose_of_a_cell_is_as_proven(self, count):
        """A thousand poses at random, those of cells proven free and not free judged by FCL."""
        cmap = block(count)
        checker, cells = Checker(block_between_walls(count).scene), cmap.cells
        rng = np.random.default_rng(5)
        for status, free in ((FREE, True), (NOT_FREE, False)):
            which = cells.only(cells.status == status)
            drawn = rng.integers(0, len(which.low), 500)
            poses = which.low[drawn] + rng.random((500, count)) * (which.high - which.low)[drawn]
            assert (checker.pair_status(poses).max(axis=0) == sim.Status.FREE).all() if free else True
            assert free or (checker.pair_status(poses).max(axis=0) != sim.Status.FREE).all()

    def test_there_is_no_solid_angle_and_no_beam(self):
        for refused in (block(1).solid_angle, block(1).beams):
            with pytest.raises(sim.SimulatorError, match="no axis turns the beam"):
                refused()

    @pytest.mark.parametrize(("over", "free"), [("any", 2 * FREE_MM), ("all", 0.0)])
    def test_further_axes_count_over_any_or_all_of_their_values(self, over, free):
        """Somewhere along y the block is free wherever it is along x; at the ends of y it never is."""
        sweep = sim.Sweep(axis(NAMES[0]), axis(NAMES[1], over=over))
        found = sim.collision_map(block_between_walls(2), sweep=sweep, tolerance=0.01, workers=1).free_extent()
        assert found.unit == "mm" and found.lower <= free <= found.upper
        assert found.upper - found.lower <= 0.01 * found.of

    def test_a_sampled_block_is_counted_by_its_poses(self):
        """Of -100, -50, 0, 50, 100 only 0 is free: 50 mm."""
        assert block(1, "sampled").free_extent().value == 50.0


class TestRefused:
    def test_an_area_has_a_solid_angle(self):
        cmap = sim.collision_map(plates(), sweep=sim.Sweep(gantry=GANTRY, couch=(-15.0, 15.0, 15.0)), workers=1)
        with pytest.raises(sim.SimulatorError, match=r"^map: its answer is a solid angle"):
            cmap.free_extent()
        with pytest.raises(sim.SimulatorError, match=r"^compare: the maps must have the same axes"):
            cmap.compare(ring())

    def test_an_axis_that_stands(self):
        stands = sim.Axis(joint=NAMES[0], start=0.0, stop=0.0, step=1.0, unit="mm")
        cmap = sim.collision_map(block_between_walls(1), sweep=sim.Sweep(stands), workers=1)
        with pytest.raises(sim.SimulatorError, match=r"^grid\.along_x_mm: stop must be above start"):
            cmap.free_extent()

    def test_three_axes_beside_one_over_any(self):
        further = sim.Axis(joint="table_lateral", start=0.0, stop=10.0, step=10.0, unit="mm", over="any")
        with pytest.raises(sim.SimulatorError, match=r"^grid: at most 2 axes may have no over"):
            sim.collision_map(block_between_walls(3), sweep=sim.Sweep(*map(axis, NAMES), further), workers=1)


class TestCompared:
    def test_what_nearer_walls_take_is_lost(self):
        """Ten millimetres from each side, along each of two axes."""
        nearer = sim.collision_map(block_between_walls(2, wall_mm=50.0), tolerance=0.01, workers=1)
        change = block(2).compare(nearer)
        lost = (2 * FREE_MM) ** 2 - (2 * FREE_MM - 20.0) ** 2
        assert change.lost.lower <= lost <= change.lost.upper and change.gained.lower == 0.0
        assert change.difference.lower <= -lost <= change.difference.upper and change.difference.is_certain
        back = nearer.compare(block(2))
        assert back.gained.bounds == change.lost.bounds

    def test_with_itself_nothing_changes(self):
        change = ring().compare(ring())
        assert (change.gained.lower, change.lost.lower, change.gained_poses) == (0.0, 0.0, 0)
        assert not change.difference.is_certain
