"""The page of a delivery: what it says, its time line, that nothing comes from elsewhere, that it can be opened."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from support.browser import BROWSER, Browser
from support.island_room import map_of, room
from support.made_delivery import made_delivery

import simulator as sim
from simulator.delivery.orders.wording import verdict
from simulator.maps.provenance import DISCLAIMER
from simulator.view.export.delivery_page import write_delivery_page
from simulator.view.export.time_line import BEAM_COLOUR, LABELS, WIDTH, time_line

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def written(tmp_path):
    """A function that writes a page and returns its text."""

    def write(delivery, cmap=None):
        write_delivery_page(delivery, tmp_path / "delivery.html", cmap)
        return (tmp_path / "delivery.html").read_text(encoding="utf-8")

    return write


@pytest.fixture(scope="module")
def cmap():
    return map_of(made_delivery().setup, tolerance=0.02)


def rows(page, title):
    """The cells of the table below a heading, a list for each row."""
    body = re.search(rf"<h2>{title}</h2>.*?<tbody>(.*?)</tbody>", page, re.DOTALL)[1]
    return [
        [html.unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", row)]
        for row in re.findall(r"<tr>(.*?)</tr>", body)
    ]


def test_a_whole_delivery_is_free_and_one_with_beams_left_out_is_not(written):
    whole, part = made_delivery(), made_delivery(left_out=True)
    assert verdict(whole) == f"All 3 beams delivered in {whole.total_s:.0f} s, every pose of every way proven free"
    assert 'id="verdict" class="free"' in written(whole) and "Left out" not in written(whole)
    page = written(part)
    assert 'id="verdict" class="blocked"' in page and "NOT all delivered: 1 of 4 beams left out" in page
    assert rows(page, "Left out") == [
        ["behind & beyond", "gantry 120°, couch 0°", "there is no free way; between them: wall 0 – needle"]
    ]


def test_beams_and_ways_follow_each_other_with_their_clearance(written):
    delivery = made_delivery()
    found = rows(written(delivery), "Beams and ways")
    assert [row[1] for row in found] == [
        "way to beam 1",
        "beam 1 (<first>)",
        "way to beam 2, 2 legs by gantry 0°, couch 20°",
        "beam 2 (second)",
        "way to beam 3",
        "beam 3 (arc), backwards",
        "way to the last pose",
    ]
    assert found[0] == [
        *("0.0 s", "way to beam 1", "gantry 0°, couch 0°", "gantry 40°, couch 20°"),
        *(f"{delivery.ways[0].time_s:.1f} s", "12.3 mm at gantry 40°, couch 20°: wall 0 – needle"),
    ]
    assert found[5][2:5] == ["gantry -90°, couch -10°", "gantry -170°, couch -10°", "40.0 s"]


def test_a_column_that_nobody_asked_for_is_left_out(written):
    delivery = made_delivery()
    unknown = tuple(replace(way, clearance_mm=float("nan"), pair="") for way in delivery.ways)
    page = written(replace(delivery, ways=unknown))
    assert "least clearance" in written(delivery) and "least clearance" not in page and "nan" not in page


def test_a_way_of_no_legs_has_no_row_and_others_keep_theirs(written):
    """Two beams from one pose: nothing moves between them."""
    delivery = made_delivery()
    (first, second, *others), pose = delivery.ways, delivery.ways[1].stop
    here = replace(first, start=pose, stop=pose, legs=(), time_s=0.0)
    events = [event for event in delivery.events if event.beam != 0]
    page = written(replace(delivery, ways=(here, here, *others), events=tuple(events[2:])))
    assert [row[1] for row in rows(page, "Beams and ways")][-3:] == [
        "way to beam 3",
        "beam 3 (arc), backwards",
        "way to the last pose",
    ]
    assert second.legs


def test_times_add_up_and_other_orders_stand_beside(written):
    delivery = made_delivery()
    found = {row[0]: row[1:] for row in rows(written(delivery), "Times")}
    seconds = [float(found[name][0].removesuffix(" s")) for name in ("beam", "moves", "pauses")]
    assert sum(seconds) == pytest.approx(float(found["in all"][0].removesuffix(" s")), abs=0.2)
    assert (
        found["moves, as given"][1] == f"{100 * (delivery.travel_s / (delivery.travel_s + 10) - 1):+.0f} % against it"
    )
    assert found["moves, sorted by couch"] == ["no way", "a move of it has no proven way"]
    assert "no order takes less" in written(replace(delivery, is_exact=True))


def test_the_time_line_has_each_event_where_it_is():
    delivery = made_delivery()
    drawn = ElementTree.fromstring(time_line(delivery))
    bars = [bar for bar in drawn.iter(f"{SVG}rect") if bar.get("class") == "beam" and bar.get("y") == "0"]
    beams = [event for event in delivery.events if event.kind == "beam"]
    assert [bar.get("fill") for bar in bars] == [BEAM_COLOUR] * 3
    scale = (WIDTH - LABELS - 10) / delivery.total_s
    for bar, event in zip(bars, beams, strict=True):
        assert float(bar.get("x")) == pytest.approx(LABELS + scale * event.start_s, abs=0.01)
        assert float(bar.get("width")) == pytest.approx(scale * (event.stop_s - event.start_s), abs=0.01)
    assert bars[0].find(f"{SVG}title").text.split(": ")[1] == "beam 1 (<first>)"
    lanes = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"beam", "gantry", "couch", "pause", "0 s"} <= set(lanes)
    moves = [bar for bar in drawn.iter(f"{SVG}rect") if bar.get("class") == "move"]
    moving = sum(len(leg.moving) for way in delivery.ways for leg in way.legs)
    assert len(moves) == moving


def test_text_is_escaped_and_warnings_and_assumptions_are_on_it(written):
    page = written(made_delivery(left_out=True))
    assert "&lt;first&gt;" in page and "<first>" not in page
    assert "behind &amp; beyond" in page and "A warning of &lt;models&gt;." in page
    assert "assumed: Beams without a time take 20 s." in page
    assert html.escape(DISCLAIMER) in page


def test_nothing_in_it_comes_from_elsewhere_and_it_is_the_same_bytes(written, cmap):
    page = written(made_delivery(), cmap)
    assert page == written(made_delivery(), cmap)
    assert "<script" not in page and "url(" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert page.count("<img ") == 1 and "numbers in circles are beams" in page


def test_a_map_of_another_room_is_refused(tmp_path):
    other = map_of(room((80.0, 90.0)), tolerance=0.05)
    with pytest.raises(sim.SimulatorError, match="map must be one of the set-up"):
        write_delivery_page(made_delivery(), tmp_path / "delivery.html", other)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_a_browser_opens_it_without_complaint(tmp_path, cmap):
    write_delivery_page(made_delivery(left_out=True), tmp_path / "delivery.html", cmap)
    with Browser(tmp_path / "profile") as browser:
        browser.open((tmp_path / "delivery.html").as_uri())
        shown = browser.run("[document.querySelectorAll('svg rect').length, document.images[0].naturalWidth]")
        assert browser.errors == [] and shown[0] > 8 and shown[1] > 500
