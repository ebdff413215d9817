"""``simulator trajectory``: answers, files and exit codes; with a box phantom, where these trajectories are free."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support.dicom_plans import beam, write_plan

SLOW = "time_s,gantry_deg,couch_deg\n0,0,0\n60,60,30\n"
FAST = SLOW.replace("60,60", "6,60")
BEAMS = "gantry_deg,couch_deg\n0,0\n40,20\n-40,-20\n"


@pytest.mark.parametrize(("text", "code"), [(SLOW, 0), (FAST, 3)])
def test_check(command, tmp_path, text, code):
    (tmp_path / "way.csv").write_text(text)
    found, out, _ = command("trajectory", "check", "box", "way.csv", "--json")
    result = json.loads(out)
    assert found == code
    assert result["is_free"]
    assert result["is_possible"] == (code == 0)
    assert result["length"] == {"gantry": 60.0, "couch": 30.0}
    assert result["least_time_s"] == pytest.approx(10.0)
    assert {each["joint"] for each in result["too_fast"]} == (set() if code == 0 else {"gantry", "couch"})
    assert "no result is a clinical clearance" in result["disclaimer"]


def test_the_summary_says_what_is_too_fast_and_what_was_assumed(command, tmp_path):
    (tmp_path / "way.csv").write_text(FAST)
    _, out, _ = command("trajectory", "check", "box", "way.csv")
    assert out.startswith("all proven free, 1 leg, least clearance ")
    assert "; 6.0 s, TOO FAST: gantry speed" in out.splitlines()[0]
    assert "  too fast     couch speed at leg 0: 5 °/s, at most 3" in out
    assert "  assumed: joints rest before the first control point and after the last one" in out


def test_a_beam_of_a_plan(command, tmp_path):
    points = [
        {"gantry": 0, "gantry_direction": "CW", "couch": 0, "couch_direction": "CC"},
        {"gantry": 30, "gantry_direction": "NONE", "couch": 15, "couch_direction": "NONE"},
    ]
    write_plan(tmp_path / "plan.dcm", beam(3, points))
    code, out, _ = command("trajectory", "check", "box", "plan.dcm", "--beam", "3", "--json")
    assert code == 0
    length = json.loads(out)["length"]
    assert {joint: far for joint, far in length.items() if far} == pytest.approx({"gantry": 30.0, "couch": 15.0})
    code, _, err = command("trajectory", "check", "box", "plan.dcm")
    assert code == 2
    assert "--beam: must be given for an RT Plan" in err


def test_propose_writes_what_check_reads(command, tmp_path):
    (tmp_path / "beams.csv").write_text(BEAMS)
    code, out, _ = command("trajectory", "propose", "box", "--beams", "beams.csv", "-o", "way.csv", "--json")
    result = json.loads(out)
    assert code == 0
    assert [each["off_deg"] for each in result["passes"]] == pytest.approx([0.0] * 3, abs=1e-6)
    assert result["missed"] == []
    assert np.diff([each["time_s"] for each in result["passes"]]).all()
    code, out, _ = command("trajectory", "check", "box", "way.csv", "--json")
    assert code == 0
    assert json.loads(out)["duration_s"] == pytest.approx(result["duration_s"])


def test_a_bad_file_is_answered_in_one_message(command, tmp_path):
    (tmp_path / "way.csv").write_text(SLOW.replace("60,60", "0,60"))
    code, out, err = command("trajectory", "check", "box", "way.csv")
    assert (code, out) == (2, "")
    assert err.strip().endswith("line 3, time_s: must be more than 0, as before, was 0")
