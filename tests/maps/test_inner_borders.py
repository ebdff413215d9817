"""Which pair is in the way between the poses of a sweep: against closed forms, and against FCL."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes
from support.small_rooms import small_room

import simulator as sim
from simulator.certify.whole_cells import is_near_at
from simulator.maps import inner_borders
from simulator.maps.dataset import MAP, named_of
from simulator.maps.fine import FineMap
from simulator.maps.named import worst_pair
from simulator.maps.sealed import netcdf_of, sealed
from simulator.view.plots.maps import save_map

BUFFER_MM = 60.0
PLATE_MM, HEAD_MM, HALF_MM = -400.0, 600.0, 40.0
"""Height of the plate, and how far out the end of the head is and how broad to either side."""
WALL_MM, BEAM_MM = 1500.0, 1650.0
CLOSE_DEG = 0.2
MOST_WRONG = 0.005
"""Share of poses: a tip between poses that does not reach any of the places that are asked is not seen."""


def crossing_room() -> sim.Setup:
    """A head that meets a plate of the couch by the gantry angle alone, and a beam of the couch that meets a wall."""
    head = shapes.cuboid((-HALF_MM, -HALF_MM, 400.0), (HALF_MM, HALF_MM, HEAD_MM))
    wall = shapes.cuboid((-3000.0, -WALL_MM - 300.0, -200.0), (3000.0, -WALL_MM, -100.0))
    plate = shapes.cuboid((-1000.0, -1000.0, PLATE_MM - 300.0), (1000.0, 1000.0, PLATE_MM))
    beam = shapes.cuboid((-HALF_MM, -BEAM_MM, -180.0), (HALF_MM, -900.0, -120.0))
    setup = small_room(
        [("head", head, "gantry"), ("wall", wall, "fixed")],
        [("beam", beam, "couch"), ("plate", plate, "couch")],
        gantry=(-180.0, 180.0, 5.0),
        couch_deg=(-62.0, 62.0, 4.0),
    )
    return replace(setup, buffers=sim.Buffers(patient_mm=0.0, couch_mm=BUFFER_MM))


def distances_mm(gantry: np.ndarray, couch: np.ndarray) -> dict[str, np.ndarray]:
    """Return how far head and plate, and beam and wall, are apart at poses (n, m); negative where they cross."""
    turned, swung = np.radians(gantry)[:, None], np.radians(np.abs(couch))[None, :]
    over_plate = HEAD_MM * np.cos(turned) - HALF_MM * np.abs(np.sin(turned)) - PLATE_MM
    before_wall = WALL_MM - BEAM_MM * np.cos(swung) - HALF_MM * np.sin(swung)
    shape = len(gantry), len(couch)
    return {"head – plate": np.broadcast_to(over_plate, shape), "wall – beam": np.broadcast_to(before_wall, shape)}


@pytest.fixture(scope="module")
def crossing() -> sim.CollisionMap:
    return sim.collision_map(crossing_room(), workers=1)


def test_borders_are_met_where_geometry_has_them(crossing: sim.CollisionMap) -> None:
    fine = crossing.fine
    apart = distances_mm(fine.inner, fine.outer)
    assert sorted(crossing.pairs) == sorted(apart)
    status = np.stack(
        [np.where(apart[pair] <= 0.0, 2, np.where(apart[pair] <= BUFFER_MM, 1, 0)) for pair in crossing.pairs]
    )
    worst = status.max(axis=0)
    culprit = np.where(worst == 0, -1, (status == worst).argmax(axis=0))
    well_inside = np.ones(worst.shape, dtype=bool)
    for shift in (-CLOSE_DEG, CLOSE_DEG):
        for turned in (distances_mm(fine.inner + shift, fine.outer), distances_mm(fine.inner, fine.outer + shift)):
            for pair in crossing.pairs:
                for limit in (0.0, BUFFER_MM):
                    well_inside &= (turned[pair] <= limit) == (apart[pair] <= limit)
    assert {(int(s), int(c)) for s, c in zip(worst[well_inside], culprit[well_inside], strict=True)} == {
        (0, -1), (1, 0), (1, 1), (2, 0), (2, 1)
    }  # fmt: skip
    assert well_inside.mean() > 0.9
    in_the_way = well_inside & (worst > 0)
    np.testing.assert_array_equal(fine.status[in_the_way], worst[in_the_way])
    np.testing.assert_array_equal(fine.culprit[in_the_way], culprit[in_the_way])
    # What is free is as it was: of the certified cells, whatever is said of the rest.
    assert not (worst[fine.status == 0] > 0).any()
    np.testing.assert_array_equal(fine.status == 0, FineMap.of(without_names(crossing)).status == 0)


def without_names(cmap: sim.CollisionMap) -> xr.Dataset:
    """Return a map as it was before anything was found between its poses."""
    names = [name for name in cmap.dataset.variables if str(name).startswith("named_")]
    assert names
    return sealed(cmap.dataset.drop_vars(names))


def test_a_map_without_names_is_drawn_as_its_sweep(crossing: sim.CollisionMap) -> None:
    before = sim.CollisionMap(without_names(crossing))
    changed = (before.fine.culprit != crossing.fine.culprit) | (before.fine.status != crossing.fine.status)
    assert changed.any()
    # Only where poses around a place differ: a step to either side, one of the sweep's answers is another.
    places = np.argwhere(changed)
    gantry, couch = before.fine.inner[places[:, 0]], before.fine.outer[places[:, 1]]
    across, up = crossing.sweep["gantry"], crossing.sweep["couch"]
    named = crossing.dataset["culprit"].values * 3 + crossing.status
    row = np.floor((gantry - across.start) / across.step).astype(int)
    column = np.minimum(np.floor((couch - up.start) / up.step).astype(int), up.size - 2)
    around = np.stack([named[(row + i) % across.size, column + j] for i in (0, 1) for j in (0, 1)])
    assert (around != around[0]).any(axis=0).all()


def test_the_poses_of_the_sweep_keep_their_names(crossing: sim.CollisionMap) -> None:
    """A picture element that begins or ends at a pose has its name, unless a border is nearer than half of it."""
    fine, sweep = crossing.fine, crossing.sweep
    row, column = (
        np.argmin(np.abs(places[:, None] - sweep[joint].values()), axis=0)
        for joint, places in (("gantry", fine.inner), ("couch", fine.outer))
    )
    there = np.ix_(row, column)
    both = (crossing.status > 0) & (fine.status[there] > 0)
    alike = (fine.status[there] == crossing.status) & (fine.culprit[there] == crossing.dataset["culprit"].values)
    assert both.sum() > 300
    assert alike[both].mean() > 0.97


def test_it_is_the_same_on_any_number_of_workers_and_after_loading(crossing: sim.CollisionMap, tmp_path) -> None:
    again = sim.collision_map(crossing_room(), workers=2)
    assert netcdf_of(again.dataset, MAP) == netcdf_of(crossing.dataset, MAP)
    crossing.save(tmp_path / "map.nc")
    loaded = sim.CollisionMap.load(tmp_path / "map.nc")
    for cmap in (crossing, loaded):
        save_map(cmap, tmp_path / f"{id(cmap)}.png")
    assert (tmp_path / f"{id(loaded)}.png").read_bytes() == (tmp_path / f"{id(crossing)}.png").read_bytes()


def test_it_depends_neither_on_the_order_of_the_joints_nor_on_a_border_to_be_there() -> None:
    setup, (gantry, couch) = crossing_room(), ((-180.0, 180.0, 10.0), (-62.0, 62.0, 4.0))
    one, other = (
        sim.collision_map(setup, sweep=sweep, workers=1).fine
        for sweep in (sim.Sweep(gantry=gantry, couch=couch), sim.Sweep(couch=couch, gantry=gantry))
    )
    np.testing.assert_array_equal(one.status, other.status)
    np.testing.assert_array_equal(one.culprit, other.culprit)
    free = sim.collision_map(setup, sweep=sim.Sweep(gantry=(-20.0, 20.0, 5.0), couch=(40.0, 60.0, 4.0)), workers=1)
    assert not free.fine.status.any()


def solids_room(seed: int) -> sim.Setup:
    """A head that sweeps over balls and boxes of the couch, some of them in each other's shadow."""
    rng = np.random.default_rng(seed)
    bodies = []
    for number in range(4):
        angle, height = rng.uniform(-0.9, 0.9), rng.uniform(-120.0, 120.0)
        radius, size = rng.uniform(420.0, 600.0), rng.uniform(60.0, 160.0)
        at = (radius * np.sin(angle), height, radius * np.cos(angle))
        shape = shapes.sphere(size, at=at) if rng.random() < 0.5 else shapes.box(size, 1.5 * size, 2 * size, at=at)
        bodies.append((f"body {number}", shape, "couch"))
    setup = small_room(
        [("head", shapes.box(120.0, 160.0, 120.0, at=(0.0, 0.0, 500.0)), "gantry")],
        bodies,
        gantry=(-60.0, 60.0, 1.0),
        couch_deg=(-40.0, 40.0, 2.0),
    )
    return replace(setup, buffers=sim.Buffers(patient_mm=0.0, couch_mm=30.0))


def said_otherwise(setup: sim.Setup, cmap: sim.CollisionMap, count: int = 400) -> float:
    """Return at which share of poses FCL says otherwise, of those that are not free in squares that borders pass.

    Only where it says the same at all poses CLOSE_DEG around.
    """
    fine, named = cmap.fine, named_of(cmap.dataset, cmap.sweep.joints)
    assert named is not None
    names = [pair.name for pair in setup.scene.pairs]
    of_map = np.array([names.index(pair) for pair in cmap.pairs])
    in_squares = np.argwhere((fine.status > 0) & fine.held(named))
    assert len(in_squares) > 100
    chosen = in_squares[np.random.default_rng(5).integers(len(in_squares), size=count)]
    places = chosen[:, 0], chosen[:, 1]
    poses = np.stack([fine.inner[places[0]], fine.outer[places[1]]], axis=1)

    def judged(poses):
        statuses = setup.checker.pair_status(poses)
        worst = statuses.max(axis=0)
        return worst, np.where(worst > 0, (statuses == worst).argmax(axis=0), -1)

    worst, first = judged(poses)
    well_inside = worst > 0
    for turn in np.arange(8) * np.pi / 4:
        shifted = judged(poses + CLOSE_DEG * np.array([np.cos(turn), np.sin(turn)]))
        well_inside &= (shifted[0] == worst) & (shifted[1] == first)
    assert well_inside.sum() > 50
    differs = (fine.status[places] != worst) | (of_map[fine.culprit[places]] != first)
    return float(differs[well_inside].mean())


@settings(max_examples=6)
@given(seed=st.integers(0, 10_000))
def test_fcl_says_the_same_of_rooms_at_random(seed: int) -> None:
    setup = solids_room(seed)
    assert said_otherwise(setup, sim.collision_map(setup, workers=1)) <= MOST_WRONG


def test_fcl_says_the_same_of_a_shipped_scenario() -> None:
    setup = sim.load_setup("brain")
    setup = replace(setup, sweep=sim.Sweep(gantry=(30.0, 180.0, 1.0), couch=(0.0, 60.0, 2.0)))
    assert said_otherwise(setup, sim.collision_map(setup, workers=1)) <= MOST_WRONG


def swapped(prover, row, poses, demanded_mm):
    """Ask for the buffer where contact is asked for, and the other way round."""
    buffer_mm = prover.scene.pairs[row].buffer_mm
    return is_near_at(prover, row, poses, np.where(demanded_mm > 0.0, 0.0, buffer_mm))


def last_pair(pair_status):
    """Name the last pair with the worst status, not the first."""
    status, culprit = worst_pair(pair_status[::-1])
    return status, np.where(culprit < 0, culprit, len(pair_status) - 1 - culprit).astype(np.int16)


@pytest.mark.parametrize(("name", "planted"), [("is_near_at", swapped), ("worst_pair", last_pair)])
def test_a_planted_defect_is_noticed(name: str, planted, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = solids_room(3)
    monkeypatch.setattr(inner_borders, name, planted)
    assert said_otherwise(setup, sim.collision_map(setup, workers=1)) > 10 * MOST_WRONG
