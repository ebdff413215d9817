"""The page of a plan: what it says, that nothing in it comes from elsewhere, and that it can be opened."""

from __future__ import annotations

import base64
import html
import io
import re
from dataclasses import replace

import pytest
from PIL import Image
from support.browser import BROWSER, Browser
from support.checked_plans import NAMES, box_check, free_check

import simulator as sim
from simulator.collision.contact import Status
from simulator.errors import SimulatorError
from simulator.maps.provenance import DISCLAIMER
from simulator.plans.sections import sections
from simulator.view.export.plan_page import beams_in, worst, write_plan_page

PICTURE = re.compile(r'<img alt="([^"]*)" src="data:image/png;base64,([^"]+)">')


@pytest.fixture
def written(tmp_path):
    """A function that writes a page and returns its text."""

    def write(check, *pictures, **options):
        write_plan_page(check, tmp_path / "plan.html", *pictures, **options)
        return (tmp_path / "plan.html").read_text(encoding="utf-8")

    return write


@pytest.fixture(scope="module")
def cmap():
    return sim.collision_map(worst(box_check()).setup, method="sampled")


def test_all_that_is_told_is_on_it_and_escaped(written):
    page = written(box_check())
    assert html.escape(box_check().verdict) in page
    assert html.escape(DISCLAIMER) in page
    for section in sections(box_check()):
        for row in section.rows:
            for said in (*row.cells, *row.notes):
                assert html.escape(said) in page
    assert "G<1>" not in page
    assert "G&lt;1&gt;" in page


@pytest.mark.parametrize("secret", NAMES)
def test_names_are_on_it_only_if_asked_for(written, secret):
    assert secret not in written(box_check())
    page = written(box_check(), identify=True)
    assert "Doe-name" in page
    assert "&lt;b&gt;Doe-name&lt;/b&gt; &amp; more" in page
    assert "<b>Doe-name" not in page


def test_the_verdict_has_its_colour(written):
    assert 'id="verdict" class="free"' in written(free_check())
    assert 'id="verdict" class="blocked"' in written(box_check())


def test_without_a_picture_of_the_room_it_says_why(written):
    page = written(box_check(), None, "VTK cannot draw here: <nothing> to draw with")
    assert "There is no picture of it: VTK cannot draw here: &lt;nothing&gt; to draw with" in page
    assert not PICTURE.search(page)


def test_nothing_in_it_comes_from_elsewhere_or_runs(written, cmap):
    page = written(box_check(), cmap)
    assert "<script" not in page
    assert not re.search(r'(src|href)="(?!data:)', page)
    assert "url(" not in page
    assert "@" not in re.sub("@(media|page)", "", re.sub(PICTURE, "", page))


def test_the_map_is_on_it_with_the_beams_of_its_room(written, cmap):
    page = written(box_check(), cmap)
    ((alternative, picture),) = PICTURE.findall(page)
    assert alternative == "The map with the beams on it"
    assert Image.open(io.BytesIO(base64.b64decode(picture))).width > 800
    assert "The room of beams 1, 2, 3; other beams have rooms of their own." in page  # the fourth has imagers out


def test_the_room_is_shown_as_it_is_given(written):
    ((alternative, picture),) = PICTURE.findall(written(box_check(), None, b"a picture"))
    assert alternative.startswith("The room, ")
    assert base64.b64decode(picture) == b"a picture"


def test_the_pose_of_the_worst_can_be_drawn():
    found = worst(box_check())
    assert found.setup.check(**found.pose).status == found.way.status


def test_the_worst_is_that_of_all_beams_and_moves():
    found = worst(box_check())
    ways = [way for beam in box_check().beams for way in beam.ways]
    orders = [order for move in box_check().moves for order in move.orders if not move.is_free]
    assert found.way.status == max(way.status for way in (*ways, *orders))
    assert found.way in (*ways, *orders)
    only_moves = replace(
        box_check(), beams=tuple(replace(beam, ways=free_check().beams[0].ways) for beam in box_check().beams)
    )
    assert worst(only_moves).name.startswith("move from beam 2 to 3, ")
    assert worst(free_check()).name.startswith("beam ")


def test_a_collision_is_worse_than_a_buffer_that_is_missed_by_more():
    free, blocked, *_ = box_check().beams
    near = replace(free.ways[0], status=Status.WITHIN_BUFFER, spare_mm=-29.0)
    hit = replace(blocked.ways[0], status=Status.COLLIDING, spare_mm=-20.0)
    both = replace(box_check(), beams=(replace(free, ways=(near,)), replace(blocked, ways=(hit,))), moves=())
    assert worst(both).way is hit


def test_beams_of_another_room_are_not_on_the_map():
    images = box_check().beams[3]
    assert [beam.beam.number for beam in beams_in(box_check(), images.setup)] == [4]


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(SimulatorError, match=r"must end in \.html"):
        write_plan_page(box_check(), tmp_path / "plan.pdf")


@pytest.mark.skipif(BROWSER is None, reason="no chromium, chromium-browser or google-chrome to open pages with")
def test_a_browser_opens_it_without_complaint(written, cmap, tmp_path):
    written(box_check(), cmap)
    with Browser(tmp_path / "profile") as browser:
        browser.open((tmp_path / "plan.html").as_uri())
        assert browser.run("document.querySelectorAll('section').length") == len(sections(box_check())) + 2
        assert browser.run("document.images[0].naturalWidth") > 800
        assert browser.errors == []
