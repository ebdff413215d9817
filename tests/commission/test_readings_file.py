"""Readings as CSV: what is accepted, and each fault with its line and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import simulator as sim
from simulator.commission.planning import PlannedReading
from simulator.commission.readings_file import template

HEAD = "position,couch_deg,direction,from_deg,contact_deg,parts,error_deg,gauge_mm\n"
ROW = "centred,30,CW,0,75.5,head cover + couch top,0.3,10\n"


@pytest.fixture
def read(tmp_path: Path, rooms: sim.Rooms):
    def write(content: str | bytes, **more: int):
        file = tmp_path / "readings.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return sim.read_readings(file, rooms, **more)

    return write


def test_a_line_is_a_reading(read) -> None:
    (found,) = read(HEAD + ROW).readings
    parts = ("head cover", "couch top")
    assert found == sim.Reading(2, "centred", "CW", 0.0, 75.5, parts, 0.3, 10.0, {"couch": 30.0})


@pytest.mark.parametrize(
    "content",
    [
        ("\ufeff" + HEAD + ROW).encode(),
        (HEAD + ROW).replace("\n", "\r\n"),
        (HEAD + ROW).replace("\n", "\r"),
        (HEAD + ROW).replace(",", ";"),
        (HEAD + ROW).replace(",", ";").replace(".", ","),
        HEAD + ROW.replace("centred", ' "centred" '.strip()),
        "# taken on a Monday\n\n" + HEAD + "\n# second\n" + ROW,
        HEAD.replace("\n", ",note,pose\n") + ROW.replace("\n", ",was dark,7\n"),
    ],
    ids=["mark", "crlf", "cr", "semicolons", "decimal commas", "quotes", "comments", "for people"],
)
def test_the_same_in_other_spellings(read, content: str | bytes) -> None:
    (found,) = read(content).readings
    assert (found.contact_deg, found.error_deg, found.position) == (75.5, 0.3, "centred")


def test_what_is_left_out(read) -> None:
    (found,) = read("contact_deg,direction,couch_deg,position\n-80.25,CC,350,right\n").readings
    assert (found.from_deg, found.parts, found.error_deg, found.gauge_mm) == (None, (), 0.5, 0.0)
    assert found.joints == {"couch": -10.0}


def test_lines_without_an_angle_are_counted(read) -> None:
    found = read(HEAD + "centred,0,CW,0,,,,\n" + ROW)
    assert (len(found.readings), found.not_taken) == (1, (2,))
    with pytest.raises(
        sim.SimulatorError, match="must have at least 2 readings, has 1 and 1 lines without a contact"
    ):
        read(HEAD + "centred,0,CW,0,,,,\n" + ROW, least=2)


FAULTS = [
    ("couch_deg,", "", r"line 1, column couch_deg: is missing"),
    (
        "gauge_mm",
        "gauge",
        r"line 1, column 8: unknown name 'gauge'; available: position, couch_deg, direction, contact_",
    ),
    ("gauge_mm", "parts", r"line 1, column 8 \(parts\): stands there twice"),
    ("centred", "centrd", r"line 2, column 1 \(position\): unknown name 'centrd'; available: centred, right, higher"),
    ("centred", "", r"line 2, column 1 \(position\): unknown name ''"),
    (",30,", ",,", r"line 2, column 2 \(couch_deg\): must be a number, such as 12\.5, was ''"),
    (",30,", ",130,", r"line 2, column 2 \(couch_deg\): must be from -95 to 95 deg"),
    ("CW", "cw", r"line 2, column 3 \(direction\): unknown name 'cw'; available: CW, CC"),
    (
        "CW",
        "CC",
        r"line 2, column 4 \(from_deg\): must be from where gantry can go CC to the contact at 75\.5, was 0",
    ),
    (",0,", ",75.5,", r"line 2, column 4 \(from_deg\): must be where the approach began"),
    ("75.5", "75.5°", r"line 2, column 5 \(contact_deg\): must be a number, such as 12\.5, was '75\.5°'"),
    ("75.5", "nan", r"line 2, column 5 \(contact_deg\): must be a number, such as 12\.5, was 'nan'"),
    ("75.5", "1e2", r"line 2, column 5 \(contact_deg\): must be a number, such as 12\.5, was '1e2'"),
    ("75.5", "75,5", r"line 2, column 9: must be 8 cells, as in the first line, were 9; a decimal comma needs"),
    ("75.5", '"75,5"', r"line 2, column 5 \(contact_deg\): must be a number, such as 12\.5, was '75,5'"),
    ("75.5", "800", r"line 2, column 5 \(contact_deg\): must be from -185 to 185 deg"),
    ("head cover", "head cove", r"line 2, column 6 \(parts\): part: unknown name 'head cove'; available: MV panel"),
    ("head cover", "couch column", r"line 2, column 6 \(parts\): must be one part, or two that can touch"),
    ("0.3", "-0.3", r"line 2, column 7 \(error_deg\): must be from 0\.001 to 30, was '-0\.3'"),
    (",10", ",-1", r"line 2, column 8 \(gauge_mm\): must be from 0 to 1000, was '-1'"),
    ("cover", "co\0ver", r"line 2, character \d+: must be text, was a NUL"),
    ("centred", '"centred', r"line 2, column 8: cannot be read as CSV: unexpected end of data"),
]


@pytest.mark.parametrize(("old", "new", "words"), FAULTS)
def test_each_fault_names_line_and_column(read, old: str, new: str, words: str) -> None:
    content = HEAD + ROW
    assert old in content
    with pytest.raises(sim.SimulatorError, match=r"readings\.csv: " + words):
        read(content.replace(old, new, 1))


def test_all_faults_of_a_file_are_told_up_to_twenty(read) -> None:
    with pytest.raises(sim.SimulatorError) as refused:
        read(HEAD + ROW + ROW.replace("CW", "up").replace("0.3", "x") + 30 * ROW.replace("75.5", "y"))
    lines = str(refused.value).splitlines()
    assert "line 3, column 3" in lines[0] and "line 3, column 7" in lines[1] and "line 4, column 5" in lines[2]
    assert len(lines) == 21 and lines[-1].endswith("and 12 more")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must have a line that names the columns: position, couch_deg"),
        (b"# nothing\n\n", "must have a line that names the columns"),
        (HEAD.encode(), "must have at least 1 readings, has 0"),
        ((HEAD + ROW).encode("utf-16"), "must be UTF-8 text; byte 0 is not"),
        ((HEAD + ROW).encode("utf-16-le"), r"line 1, character 2: must be text, was a NUL"),
        ((HEAD + ROW.replace("cover", "ä")).encode("latin-1"), r"must be UTF-8 text; byte \d+ is not"),
        ((HEAD + 100_000 * "a,,,,,,,\n").encode(), "must have at most 10,000 lines, has 100,002"),
        ((HEAD + 1_000_000 * "centred,,,,,,,\n").encode(), "must be a CSV file of at most 10 MB, is larger"),
    ],
    ids=[
        "empty",
        "comments",
        "no readings",
        "utf-16",
        "utf-16 without a mark",
        "latin-1",
        "too long",
        "a million lines",
    ],
)
def test_what_is_no_file_of_readings(read, content: bytes, words: str) -> None:
    with pytest.raises(sim.SimulatorError, match=words):
        read(content)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_whatever_is_in_a_cell_is_read_or_refused(read, text: str) -> None:
    try:
        found = read(HEAD + ROW.replace("75.5", text))
    except sim.SimulatorError:
        return
    assert all(np.isfinite(each.contact_deg) for each in found.readings)


def test_the_template_is_what_is_read(read, rooms: sim.Rooms) -> None:
    rows = [PlannedReading("right", {"couch": -30.0}, "CC", -40.0, -61.2, ("head cover", "couch top"), 2.0)]
    empty = template(rows, rooms)
    assert read(empty, least=0).not_taken == (4,)
    (found,) = read(empty.replace("-40,,", "-40,-60.5,")).readings
    assert (found.position, found.joints, found.direction) == ("right", {"couch": -30.0}, "CC")
    assert (found.from_deg, found.contact_deg) == (-40.0, -60.5)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("contact_deg", float("nan"), "contact_deg: must be a number from -720 to 720, was nan"),
        ("error_deg", 0.0, "error_deg: must be a number from 0.001 to 30, was 0.0"),
        ("gauge_mm", -1.0, "gauge_mm: must be a number from 0 to 1000, was -1.0"),
        ("direction", "up", "direction: unknown name 'up'; available: CW, CC"),
        ("joints", {"couch": "30"}, "couch: must be a number from"),
        ("parts", ("a", "b", "c"), "parts: must be at most two, were a, b, c"),
    ],
)
def test_readings_made_in_python_are_refused_alike(field: str, value: object, words: str) -> None:
    sound = {"line": 7, "position": "a", "direction": "CW", "from_deg": None, "contact_deg": 1.0, "parts": (),
             "error_deg": 0.5, "gauge_mm": 0.0, "joints": {}}  # fmt: skip
    with pytest.raises(sim.SimulatorError, match=f"reading 7: {words}"):
        sim.Reading(**{**sound, field: value})
