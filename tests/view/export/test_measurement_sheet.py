"""The sheet to take to the machine: all that somebody must do stands on it, and nothing is loaded from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from support.browser import BROWSER, Browser

import simulator as sim
from simulator.commission.knowable import Unknowable
from simulator.commission.planning import MeasurementPlan, PlannedReading
from simulator.maps.provenance import DISCLAIMER
from simulator.view.export.measurement_sheet import HOW, SAFETY, write_measurement_sheet

ROWS = (
    PlannedReading("centred", {"couch": -30.0}, "CC", -56.0, -75.96, ("head cover", "couch top"), 6.71),
    PlannedReading("centred", {"couch": 0.0}, "CW", 43.0, 62.61, ("head cover", "couch top"), 9.51),
    PlannedReading("<b>lower</b>", {"couch": 0.0}, "CW", 40.0, 59.94, ("gantry arm", "couch top"), 15.41),
)


@pytest.fixture(scope="module")
def rooms() -> sim.Rooms:
    return sim.Rooms.of(
        sim.Commissioning(
            title="Room 3 & <box>",
            scenario="box",
            positions=[
                {"name": "centred"},
                {
                    "name": "<b>lower</b>",
                    "set": {"patient.shift_mm": [10, 0, 0], "patient.isocentre_mm": [0, -150, 0]},
                },
            ],
            unknowns=[{"dimension": "isocentre_to_face_mm", "prior_mm": 10.0}, {"phantom": "y"}],
        )
    )


@pytest.fixture(scope="module")
def plan(rooms: sim.Rooms) -> MeasurementPlan:
    unknowable = (Unknowable(("phantom y",), (1.0,), "no chosen pose depends on where the phantom is"),)
    errors = np.array([0.72, np.inf])
    return MeasurementPlan(rooms.unknowns, ROWS, errors, errors, 9, (), unknowable)


@pytest.fixture(scope="module")
def page(plan: MeasurementPlan, rooms: sim.Rooms, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sheet") / "sheet.html"
    write_measurement_sheet(plan, rooms, path)
    return path


def test_each_pose_has_its_line_and_empty_boxes(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    lines = re.findall(r'<td class="pose">(\d+)</td>(.*?)</tr>', text, re.DOTALL)
    assert [number for number, _ in lines] == ["1", "2", "3"]
    assert all(line.count("<div></div>") == 2 for _, line in lines)
    for said in ("couch -30°", "-56°", "↺ CC", "-76.0°", "head cover – couch top", "6.7"):
        assert said in lines[0][1]
    assert "↻ CW" in lines[1][1]


def test_where_table_and_phantom_stand_is_in_numbers_of_the_room(page: Path, rooms: sim.Rooms) -> None:
    text = page.read_text(encoding="utf-8")
    lateral, longitudinal, vertical = rooms.setups["<b>lower</b>"].table_position_mm
    assert f"lateral {lateral:.0f}, longitudinal {longitudinal:.0f}, vertical {vertical:.0f} mm" in text
    # The isocentre is 150 mm in front of the middle of a box that is 300 mm high, and so on its upper face.
    assert "z -300 to 0 mm" in text and "x -200 to 200" in text


def test_safety_what_cannot_be_known_and_the_disclaimer_are_on_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert all(sentence in text for sentence in (*SAFETY, *HOW))
    assert "cannot be known: phantom y: no chosen pose depends" in text and "not told by these poses" in text
    assert DISCLAIMER in text


def test_names_are_escaped_and_the_same_plan_gives_the_same_bytes(page: Path, plan, rooms, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert "Room 3 &amp; &lt;box&gt;" in text and "<b>lower" not in text
    write_measurement_sheet(plan, rooms, tmp_path / "again.html")
    assert (tmp_path / "again.html").read_bytes() == page.read_bytes()
    with pytest.raises(sim.SimulatorError, match=r"must end in \.html or \.htm"):
        write_measurement_sheet(plan, rooms, tmp_path / "sheet.pdf")


@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
def test_it_fits_the_width_of_an_a4_page_and_asks_for_nothing(page: Path, tmp_path: Path) -> None:
    with Browser(tmp_path / "profile", size=(703, 1000)) as browser:  # 186 mm between the margins, at 96 dots an inch
        browser.ask("Emulation.setEmulatedMedia", media="print")
        browser.open(page.as_uri())
        assert browser.run("document.documentElement.scrollWidth") <= 703
        boxes = browser.run("[...document.querySelectorAll('td.box div')].map((box) => box.offsetWidth)")
        assert len(boxes) == 6 and min(boxes) >= 60
        assert browser.errors == [] and {
            address for address in browser.requests if not address.startswith("file:")
        } <= {"about:blank"}
