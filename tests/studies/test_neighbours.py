"""Rows of isocentres that are neighbours: what a map of each alone says, within the bounds of both."""

from dataclasses import replace

import pytest
from support.atlas_room import atlas_room

from simulator.maps.compute import collision_map
from simulator.scenario.study import Study
from simulator.studies.case import Case
from simulator.studies.clearances import clearance_quantiles, silent
from simulator.studies.neighbours import are_neighbours, rows_of_lattice
from simulator.studies.rows import CLEARANCES, row_of

POINTS = ((0.0, 0.0, 0.0), (15.0, 0.0, 0.0), (0.0, -15.0, 10.0))
STUDY = Study.of("liver", {"field": "buffers.couch_mm", "values": [10]}, tolerance=0.02, step_deg=15.0)
HALF = (5.0, 5.0, 5.0)


def placed(half=None):
    return [(Case(at, {}, {}, point, half), atlas_room(point)) for at, point in enumerate(POINTS)]


def alone(case, setup):
    cmap = collision_map(setup, tolerance=0.02, workers=1, progress=silent)
    return row_of(case, cmap, clearance_quantiles(setup, cmap, STUDY.measure.clearance_step_deg))


@pytest.fixture(scope="module")
def rows():
    return rows_of_lattice(STUDY, placed())


def test_rows_are_those_of_the_maps_of_each_alone_within_the_bounds(rows):
    for (case, setup), row in zip(placed(), rows, strict=True):
        own = alone(case, setup)
        assert list(row) == list(own)
        for name in ("fraction", "reachable"):
            (lower, upper), (own_lower, own_upper) = [
                (each[f"{name}_lower"], each[f"{name}_upper"]) for each in (row, own)
            ]
            assert (lower is None) == (own_lower is None)  # the room's machine has no home pose
            assert lower is None or (lower <= own_upper and own_lower <= upper)
        assert row["fraction_upper"] - row["fraction_lower"] <= 0.02 + 1e-9
        same = ("index", "isocentre_x_mm", "status", "unit", "pair_1", "pair_2", "cost_1", "cost_2", "warnings")
        assert [row[name] for name in same] == [own[name] for name in same]
        assert [row[name] for name in CLEARANCES] == pytest.approx([own[name] for name in CLEARANCES], abs=1.0)


def test_voxels_have_bounds_that_hold_those_of_their_middles(rows):
    for point, voxel in zip(rows, rows_of_lattice(STUDY, placed(HALF)), strict=True):
        assert voxel["status"] == "mapped" and voxel["pair_1"] is None and list(voxel) == list(point)
        assert (
            voxel["fraction_lower"] <= point["fraction_upper"] and point["fraction_lower"] <= voxel["fraction_upper"]
        )
        assert voxel["fraction_lower"] <= point["fraction_lower"] + 0.02
        assert voxel["fraction_upper"] >= point["fraction_upper"] - 0.02


def test_maps_are_kept_if_asked(rows):
    kept = {}
    again = rows_of_lattice(STUDY, placed(), lambda case, cmap: kept.update({case.index: cmap}))
    assert again == rows and sorted(kept) == [0, 1, 2]
    assert kept[1].provenance["isocentre_patient_mm"] == list(POINTS[1])


def test_only_isocentres_of_one_room_are_neighbours():
    cases = placed()
    assert are_neighbours(cases)
    assert not are_neighbours([]) and not are_neighbours(cases[:1])
    assert are_neighbours(placed(HALF)[:1])
    other = replace(cases[1][1], shift_mm=(0.0, 10.0, 0.0))
    assert not are_neighbours([cases[0], (cases[1][0], other)])
    assert not are_neighbours([(replace(case, isocentre_mm=None), setup) for case, setup in cases])
