"""What is measured of isocentres together, without maps: what the map of each says."""

import numpy as np
import pytest
from support.atlas_room import atlas_room

import simulator as sim
import simulator.maps.judged_places as judged_places
from simulator.certify.apart_at_places import AtPlaces
from simulator.maps.certified import ContradictionError, Swept
from simulator.maps.isocentres import SharedRoom
from simulator.maps.judged_places import in_the_way_at_places
from simulator.maps.measured import Region, measured_together

POINTS = ((0.0, 0.0, 0.0), (10.0, 0.0, 0.0), (0.0, -10.0, 10.0))
TOLERANCE = 0.02


@pytest.fixture(scope="module")
def together():
    setups = [atlas_room(point) for point in POINTS]
    shared, swept = SharedRoom.of(setups[0]), Swept.of(setups[0], setups[0].sweep)
    return shared, shared.motion.position_mm(POINTS), [swept.on(setup.scene) for setup in setups]


def measured(shared, places, rooms):
    region = Region.of(shared, places, rooms[0].sweep)
    return measured_together(shared, region, places, rooms, tolerance=TOLERANCE)


def test_pairs_in_the_way_and_costs_are_those_of_the_map_of_each(together):
    shared, places, rooms = together
    for point, found in zip(POINTS, measured(shared, places, rooms), strict=True):
        cmap = sim.collision_map(atlas_room(point), tolerance=TOLERANCE, workers=1)
        names = [pair.name for pair in found.room.checker.scene.pairs]
        in_the_way = dict(zip(names, found.in_the_way, strict=True))
        for name, status in zip(cmap.pairs, cmap.dataset["pair_status"].values, strict=True):
            assert np.array_equal(in_the_way.pop(name), status.ravel() != 0)
        assert not any(others.any() for others in in_the_way.values())
        own = cmap.pair_costs()
        costs = found.pair_costs()
        costly, own = (table[table["blocks_sr"] > 0.0].reset_index(drop=True) for table in (costs, own))
        assert costly.equals(own) and len(costly)
        (lower, upper), bounds = found.solid_angle().bounds, cmap.solid_angle().bounds
        assert lower <= bounds[1] + 1e-9 and bounds[0] <= upper + 1e-9
        assert upper - lower <= TOLERANCE * 4.0 * np.pi + 1e-9


def test_the_same_is_in_the_way_if_fcl_judges_all(together):
    shared, places, rooms = together
    proven, judged = (in_the_way_at_places(shared.prover, places, rooms, judges_all=each) for each in (False, True))
    assert all(map(np.array_equal, proven, judged))


@pytest.mark.parametrize("claim", AtPlaces._fields)
def test_a_wrong_proof_is_found_by_the_share_that_fcl_judges(together, monkeypatch, claim):
    """Every pair is said to be apart, or in the way, everywhere."""
    shared, places, rooms = together
    shape = len(places), len(rooms[0].checker.scene.pairs), *rooms[0].sweep.shape
    said = AtPlaces(*(np.full(shape, name == claim) for name in AtPlaces._fields))
    monkeypatch.setattr(judged_places, "settled_at_places", lambda *_: said)
    with pytest.raises(ContradictionError, match=claim.replace("_", " ")):
        in_the_way_at_places(shared.prover, places, rooms)


def test_cells_that_contradict_the_poses_are_found(together, monkeypatch):
    """The poses of the sweep have a search of their own: a cell that is wrong does not pass as a proof of them."""
    shared, places, rooms = together
    right = SharedRoom.cells

    def all_free(self, begun, places_mm, *, tolerance):
        found = right(self, begun, places_mm, tolerance=tolerance)
        for cells in found:
            cells.status[:], cells.pair[:] = 0, -1
        return found

    monkeypatch.setattr(SharedRoom, "cells", all_free)
    with pytest.raises(ContradictionError, match="proven free"):
        measured(shared, places, rooms)
