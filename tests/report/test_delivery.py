"""A delivery as JSON, table and text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.made_delivery import made_delivery

from simulator.delivery.orders.wording import verdict
from simulator.errors import warned
from simulator.maps.provenance import DISCLAIMER
from simulator.report.delivery_report import delivery_result, delivery_table
from simulator.report.delivery_summary import delivery_summary
from simulator.report.results import result_json


@pytest.fixture(scope="module")
def delivery():
    return made_delivery(left_out=True)


def test_json_says_all_that_is_known(delivery) -> None:
    found = json.loads(result_json(delivery_result(delivery)))
    assert found == delivery_result(delivery), "numbers, words and nothing else"
    assert [beam["name"] for beam in found["order"]] == [beam.name for beam in delivery.beams]
    assert [beam["is_reversed"] for beam in found["order"]] == list(delivery.is_reversed)
    assert found["compared_s"]["sorted by couch"] is None, "infinite: no way"
    assert found["left_out"][0]["reason"] == delivery.unreachable[0].reason
    assert sum(len(way["legs"]) for way in found["ways"]) == sum(e["kind"] == "move" for e in found["events"])
    assert (found["warnings"], found["assumptions"]) == ([*delivery.warnings], [*delivery.assumptions])
    assert found["disclaimer"] == DISCLAIMER
    assert found["provenance"]["meshes_sha256"]


def test_the_table_has_a_row_for_each_event(delivery) -> None:
    table = delivery_table(delivery)
    events, left_out = table[:-1], table.iloc[-1]
    assert list(events["event"]) == [event.kind for event in delivery.events]
    assert list(events["start_s"]) == pytest.approx([event.start_s for event in delivery.events])
    arcs = events[events["direction"] != ""]
    assert list(zip(arcs["beam"], arcs["direction"], strict=True)) == [("arc", "backwards")]
    assert (left_out["event"], left_out["beam"]) == ("left out", "behind & beyond")
    assert list(delivery_table(replace(delivery, unreachable=())).columns) == list(table.columns[:-1])


def test_the_text_is_short_and_whole(delivery) -> None:
    text = delivery_summary(delivery)
    lines = text.splitlines()
    assert lines[0] == verdict(delivery)
    assert "1 of 4 beams left out" in lines[0]
    assert lines[-1].strip() == DISCLAIMER
    for beam in delivery.beams:
        assert any(beam.name in line for line in lines)
    assert any("LEFT OUT behind & beyond" in line and delivery.unreachable[0].reason in line for line in lines)
    assert all(any(line in shown for shown in lines) for line in warned(delivery.warnings))
    assert all(f"  assumed: {line}" in lines for line in delivery.assumptions)


def test_many_beams_are_cut_short(delivery) -> None:
    many = replace(delivery, beams=delivery.beams * 20, is_reversed=delivery.is_reversed * 20)
    assert "and 30 other beams" in delivery_summary(many)


def test_verdicts(delivery) -> None:
    none = replace(delivery, beams=(), is_reversed=(), ways=(), events=(), compared={})
    assert verdict(none) == "NOT delivered: no way to the beam"
    assert verdict(replace(delivery, unreachable=())).startswith("All 3 beams delivered in ")
