"""A pair that is in the way only between the poses of the sweep: named wherever pairs are named."""

from __future__ import annotations

import numpy as np
import pytest
from support import shapes
from support.small_rooms import small_room

import simulator as sim
from simulator.maps.common import common_axis, common_cells
from simulator.regression.baselines import Baseline
from simulator.regression.changes import changes
from simulator.regression.judge import judge
from simulator.report.results import result, summary
from simulator.scenario.expectations import Expect

FIN = "post – fin"
RADIUS_MM = 1500.0


def room(fin_mm: float, at_deg: float = 1.0, width_mm: float = 20.0) -> sim.Setup:
    """A post beside the couch at an angle between those of the sweep, and a fin of the couch that meets it if longer.

    They meet while the couch turns by the width of both, less than the sweep's step. A head meets a block, too.
    """
    turned = np.radians(at_deg)
    post_at = RADIUS_MM * np.array([np.sin(turned), -np.cos(turned), 0.0])
    machine = [
        ("head", shapes.box(200.0, 200.0, 300.0, at=(0.0, 0.0, 750.0)), "gantry"),
        ("block", shapes.box(100.0, 100.0, 100.0, at=(700.0, 0.0, 0.0)), "fixed"),
        ("post", shapes.box(2.0, 2.0, 500.0, at=post_at - (0.0, 0.0, 550.0)), "fixed"),
    ]
    couch = [("fin", shapes.box(width_mm, 40.0, fin_mm, at=(0.0, -RADIUS_MM, -fin_mm / 2)), "couch")]
    return small_room(machine, couch, gantry=(-180.0, 180.0, 30.0), couch_deg=(-4.0, 4.0, 2.0))


@pytest.fixture(scope="module")
def short() -> sim.CollisionMap:
    return sim.collision_map(room(200.0), workers=1)


@pytest.fixture(scope="module")
def long() -> sim.CollisionMap:
    return sim.collision_map(room(400.0), workers=1)


def test_it_is_in_the_way_at_no_pose_of_the_sweep(long: sim.CollisionMap) -> None:
    assert not (long.dataset["pair_status"].isel(pair=long.pairs.index(FIN)) != 0).any()
    assert not room(400.0).check(gantry=0, couch=1).is_free


def test_it_is_named_with_what_it_blocks(short: sim.CollisionMap, long: sim.CollisionMap) -> None:
    assert FIN not in short.pairs
    assert FIN in long.pairs
    costs = long.pair_costs().set_index("pair")
    # The couch turns by the width of both, seen from its axis, and a little for their depths. A full turn of the
    # gantry over that is 4 sr a radian; of which the head meets the block in a fifth.
    least, most = (2 * np.arcsin(half / radius) for half, radius in ((11.0, RADIUS_MM), (12.0, RADIUS_MM - 21.0)))
    assert 4 * least * 0.8 <= costs.loc[FIN, "blocks_sr"] <= 4 * most
    lost = short.solid_angle().sr - long.solid_angle().sr
    assert costs.loc[FIN, "blocks_sr"] == pytest.approx(lost, rel=0.2)
    found = result(long)
    assert FIN in [culprit["pair"] for culprit in found["culprits"]]
    assert FIN in summary({**found, "provenance": {**found["provenance"]}})


def test_it_is_told_after_loading_in_pictures_and_in_what_maps_have_in_common(
    long: sim.CollisionMap, tmp_path
) -> None:
    long.save(tmp_path / "map.nc")
    loaded = sim.CollisionMap.load(tmp_path / "map.nc")
    assert loaded.pair_costs().equals(long.pair_costs())
    row = long.pairs.index(FIN)
    couch = (long.fine.outer_edges[1:] + long.fine.outer_edges[:-1]) / 2
    assert set(couch[(long.fine.culprit == row).any(axis=0)].round(1)) >= {0.9, 1.1}
    assert not (long.fine.culprit[:, np.abs(couch - 1.0) > 1.0] == row).any()
    axes = tuple(common_axis(axis, axis) for axis in long.sweep)
    shared = common_cells(long.cells, axes)
    assert set(shared.pair[shared.status != 0]) == set(long.cells.pair[long.cells.status != 0])


def test_a_promise_of_no_other_pairs_is_broken_by_it() -> None:
    promise = Expect(pairs_in_the_way=(("head", "block"),))
    assert judge(room(200.0), promise, workers=1).broken == []
    (text,) = judge(room(400.0), promise, workers=1).broken
    assert text.startswith(f"pairs_in_the_way: {FIN} must never be, blocks 0.0")


def test_a_baseline_notices_that_it_appears_and_that_it_goes(short: sim.CollisionMap, long: sim.CollisionMap) -> None:
    appears, goes = changes(Baseline.of(short), long, 0.02), changes(Baseline.of(long), short, 0.02)
    assert appears.segments == ()
    assert (appears.culprits_new, goes.culprits_gone) == ((FIN,), (FIN,))
    assert appears.has_moved and goes.has_moved
    assert f"in the way now: {FIN}" in list(appears.lines())
    assert not changes(Baseline.of(long), long, 0.02).has_moved


def test_a_pair_that_only_comes_near_is_not_named() -> None:
    """A hair's breadth: what the tolerance of the solid angle would leave undecided is looked at more closely."""
    gap_mm = 0.5
    near = sim.collision_map(room(300.0 - gap_mm), tolerance=0.05, workers=1)
    assert FIN not in near.pairs
    assert FIN in sim.collision_map(room(300.0 + gap_mm), tolerance=0.05, workers=1).pairs
