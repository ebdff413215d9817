"""Rows as tables with types, and as data sets over what varies; what is read is what was written."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr
from support.toy_study import CASES, COMPARED, NOT_PLACED

import simulator as sim
from simulator.errors import SimulatorError
from simulator.studies.case import Case
from simulator.studies.result import StudyResult
from simulator.studies.rows import Answer, answered, columns_of, unanswered
from simulator.studies.tables import arrow_table, csv_of, dataset_of, parquet_of


def row(index, values, at=(0.0, 0.0, 0.0), lower=1.0):
    answer = Answer(at, "sr", 4.0, lower + 0.5, lower, lower + 1.0, (0.5, 1.0), [("a – b", 2.0)], (1.0, 2.0, 3.0))
    return answered(Case(index, values, {}, at), answer)


def test_an_answer_in_numbers():
    found = row(3, {"who": "x"}, (1.0, 2.0, 3.0))
    assert (found["fraction"], found["fraction_lower"], found["fraction_upper"]) == (0.375, 0.25, 0.5)
    assert (found["reachable_lower"], found["reachable_upper"]) == (0.125, 0.25)
    assert (found["pair_1"], found["cost_1"], found["pair_2"], found["cost_2"]) == ("a – b", 0.5, None, None)
    assert found["clearance_p50_mm"] == 3.0 and found["isocentre_z_mm"] == 3.0 and found["reason"] is None
    assert tuple(found) == columns_of(("who",)) == tuple(unanswered(Case(0, {"who": "x"}, {}), "failed", "why"))


@pytest.mark.parametrize(
    ("given", "kind", "kept"),
    [
        ([1, 2], "int64", [1, 2]),
        ([1, 2.5], "float64", [1.0, 2.5]),
        ([True, False], "bool", [True, False]),
        ([1, "b"], "str", ["1", "b"]),
        ([True, 2], "str", ["True", "2"]),
        ([10**30, 1], "float64", [1e30, 1.0]),
    ],
)
def test_a_column_has_one_type(given, kind, kept):
    table = arrow_table([row(at, {"varied": value}) for at, value in enumerate(given)], ["varied"])
    frame = table.to_pandas()
    assert str(frame["varied"].dtype).replace("object", "str") == kind and frame["varied"].tolist() == kept
    read = pd.read_parquet(io.BytesIO(parquet_of(table)))
    pd.testing.assert_frame_equal(read, frame)


def test_csv_says_the_same_to_the_last_digit():
    rows = [row(at, {"mass": 0.1 * at}, lower=1 / 3) for at in range(4)]
    rows.append(unanswered(Case(4, {"mass": 9.0}, {}), "not placed", 'it says "no",\nand why'))
    frame = arrow_table(rows, ["mass"]).to_pandas()
    read = list(csv.DictReader(io.StringIO(csv_of(frame).decode())))
    assert [float(each["free_lower"]) for each in read[:4]] == [1 / 3] * 4 and read[4]["free_lower"] == ""
    assert [float(each["mass"]) for each in read] == frame["mass"].tolist()
    assert read[4]["reason"] == rows[4]["reason"] and read[0]["reason"] == ""


AXES = [{"name": "height", "columns": ["height"], "size": 2}, {"name": "who", "columns": ["arms", "mass"], "size": 3}]


def test_the_axes_of_a_product_are_dimensions():
    people = [("up", 60), ("up", 80), ("down", 80)]
    rows = [
        row(3 * i + j, {"height": height, "arms": arms, "mass": mass}, lower=1.0 + i + j / 4)
        for i, height in enumerate((150.0, 180.0))
        for j, (arms, mass) in enumerate(people)
    ]
    frame = arrow_table(rows, ["height", "arms", "mass"]).to_pandas()
    found = dataset_of(frame, {"axes": AXES, "has_lattice": False, "title": "t", "disclaimer": "d"})
    assert dict(found.sizes) == {"height": 2, "who": 3}
    assert found["free_lower"].sel(height=180.0).values.tolist() == [2.0, 2.25, 2.5]
    assert found["arms"].dims == ("who",) and found["mass"].values.tolist() == [60, 80, 80]
    assert found["pair_1"].values[1, 2] == "a – b"


def test_a_lattice_has_its_axes_and_holes_where_there_is_no_case():
    places = {150.0: [(0.0, 0.0, 5.0), (10.0, 0.0, 5.0), (0.0, 20.0, 5.0)], 180.0: [(10.0, 20.0, 15.0)]}
    at = [(height, place) for height, listed in places.items() for place in listed]
    rows = [row(index, {"height": height}, place, lower=float(index)) for index, (height, place) in enumerate(at)]
    frame = arrow_table(rows, ["height"]).to_pandas()
    found = dataset_of(frame, {"axes": AXES[:1], "has_lattice": True, "title": "t", "disclaimer": "d"})
    assert found["free_lower"].dims == ("height", "z", "y", "x") and found["free_lower"].shape == (2, 2, 2, 2)
    for index, (height, (x, y, z)) in enumerate(at):
        assert found["free_lower"].sel(height=height, x=x, y=y, z=z) == index
    assert int(found["free_lower"].notnull().sum()) == len(at) == int((found["index"] >= 0).sum())
    assert int((found["status"] == "").sum()) == 16 - len(at)


def test_a_lattice_alone_and_one_case_alone():
    frame = arrow_table([row(0, {}, (1.0, 2.0, 3.0))], []).to_pandas()
    for has_lattice, sizes in ((True, {"z": 1, "y": 1, "x": 1}), (False, {})):
        found = dataset_of(frame, {"axes": [], "has_lattice": has_lattice, "title": "t", "disclaimer": "d"})
        assert dict(found.sizes) == sizes and float(found["free_lower"].squeeze()) == 1.0


def test_what_is_read_is_what_was_returned(place):
    found = StudyResult.read(place / "whole")
    assert found.counts() == {"mapped": CASES - len(NOT_PLACED), "not placed": len(NOT_PLACED), "failed": 0}
    assert repr(found).startswith("StudyResult(Toy hoop, 9 cases: 6 mapped, 3 not placed")
    assert dict(found.dataset.sizes) == {"buffers.couch_mm": 3, "lies": 3}
    fresh = StudyResult(found.table, found.provenance)
    xr.testing.assert_identical(fresh.dataset.drop_attrs(), found.dataset.drop_attrs())
    assert found.dataset["fraction_lower"].sel(lies="above it").values.tolist() == [
        found.table["fraction_lower"][index] for index in (2, 5, 8)
    ]
    with pytest.raises(SimulatorError, match="maps are kept in a folder"):
        fresh.map_of(0)


@pytest.mark.parametrize("name", COMPARED)
def test_a_damaged_file_is_refused(place, tmp_path, name):
    for file in COMPARED:
        (tmp_path / file).write_bytes((place / "whole" / file).read_bytes())
    (tmp_path / name).write_bytes(b"damaged")
    if name == "table.csv":
        assert len(sim.StudyResult.read(tmp_path).table) == CASES, "for people, and never read"
        return
    with pytest.raises(SimulatorError, match=name):
        _ = sim.StudyResult.read(Path(tmp_path)).dataset
