"""What results, tables and comparisons say of what can be reached."""

from __future__ import annotations

import json

import pytest
from support.island_room import map_of, room

import simulator as sim
from simulator.maps.variant_table import variant_table
from simulator.report.differences import comparison, comparison_text, variants, variants_text
from simulator.report.results import result, result_json, summary


@pytest.fixture(scope="module")
def walled() -> sim.CollisionMap:
    return map_of(room((60.0, 70.0)), tolerance=0.01)


@pytest.fixture(scope="module")
def open_() -> sim.CollisionMap:
    return map_of(room(), tolerance=0.01)


@pytest.fixture(scope="module")
def silent() -> sim.CollisionMap:
    return map_of(room((60.0, 70.0), home=None), tolerance=0.01)


def test_a_result_has_it_beside_what_is_achievable(walled) -> None:
    found = json.loads(result_json(result(walled)))
    told, reached = found["reachable"], walled.reachable()
    assert told["solid_angle_sr"] == reached.solid_angle.sr < found["solid_angle_sr"]
    assert (told["lower_sr"], told["upper_sr"]) == (reached.solid_angle.lower_sr, reached.solid_angle.upper_sr)
    assert told["bounds"] == "proven" and told["home"] == {"gantry": 0.0, "couch": 0.0} and told["is_home_free"]
    (island,) = told["islands"]
    assert island["ranges"]["couch"] == [-30.0, 30.0] and island["pairs"] == ["wall 0 – needle"]
    text = summary(found)
    assert f"reachable   {reached.solid_angle.sr:.3f} sr" in text
    assert "from the home pose, gantry 0°, couch 0°, within the range of the sweep" in text
    assert f"island      {reached.islands[0].stated()}" in text


def test_what_is_not_told_is_null_with_its_reason(silent) -> None:
    found = json.loads(result_json(result(silent)))
    assert found["reachable"]["solid_angle_sr"] is None and found["reachable"]["bounds"] is None
    assert "  reachable   not told: the machine's description names no home pose" in summary(found)


def test_variants_have_a_column_of_it(open_, walled, silent) -> None:
    maps = [open_, walled, silent]
    table = variant_table(["open", "walled", "silent"], maps)
    assert table["reachable_sr"].tolist()[:2] == [cmap.reachable().solid_angle.sr for cmap in maps[:2]]
    assert (table["reachable_lower_sr"][:2] <= table["reachable_upper_sr"][:2]).all()
    assert table["reachable_sr"].isna().tolist() == [False, False, True]
    rows = json.loads(json.dumps(variants(table, maps), allow_nan=False))
    assert rows[2]["reachable_sr"] is None
    head, first, second, third, *_ = variants_text(rows).splitlines()
    assert "reachable" in head and f"{open_.reachable().solid_angle.sr:.3f}" in first
    assert f"{walled.reachable().solid_angle.sr:.3f}" in second and "not told" in third


def test_a_comparison_tells_both_and_the_difference(open_, walled, silent) -> None:
    found = json.loads(json.dumps(comparison(open_.compare(walled), open_, walled), allow_nan=False))
    before, after = open_.reachable().solid_angle, walled.reachable().solid_angle
    assert found["first"]["reachable"]["solid_angle_sr"] == before.sr
    assert found["reachable_difference"]["sr"] == after.sr - before.sr
    assert found["reachable_difference"]["lower_sr"] == after.lower_sr - before.upper_sr
    assert found["reachable_difference"]["is_certain"]
    text = comparison_text(found)
    assert f"reach. A    {before.sr:.3f} sr" in text and f"reach. B    {after.sr:.3f} sr" in text
    assert f"{after.sr - before.sr:+.3f} sr" in text and "island" in text
    other = comparison(open_.compare(silent), open_, silent)
    assert other["reachable_difference"] is None and "reach. B    not told" in comparison_text(other)
