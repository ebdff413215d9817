"""``simulator plan``: its files, exit codes and messages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from support.box_scenario import SCENARIO
from support.campaign import times
from support.checked_plans import NAMES, write_box_plan, write_free_plan
from support.dicom_plans import beam, static, write_plan

import simulator as sim
from simulator.maps.provenance import DISCLAIMER
from simulator.view import show
from simulator.view.renderer import missing

FILES = {"plan.json", "plan.csv", "plan.html"}


@pytest.fixture
def command(command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """Return a function that runs a command line beside a scenario and draws no room: code, output, errors."""
    (tmp_path / "box.toml").write_text(SCENARIO.format(couch_mm=20))

    def refuse(*_: object, **__: object) -> None:
        raise sim.SimulatorError("nothing to draw with")

    monkeypatch.setattr(show, "write_screenshot", refuse)
    return command


def test_a_plan_that_is_all_free(command, tmp_path: Path) -> None:
    write_free_plan(tmp_path / "plan.dcm")
    code, out, err = command("plan", "plan.dcm", "--scenario", "box.toml", "--output", "found")
    assert (code, err) == (0, "")
    assert out.startswith("all proven free: 2 beams and 1 move")
    assert out.rstrip().endswith("files in found")
    assert {path.name for path in (tmp_path / "found").iterdir()} == FILES
    found = json.loads((tmp_path / "found" / "plan.json").read_text())
    assert set(found["files"]) == FILES
    assert found["is_free"] is True
    assert list(pd.read_csv(tmp_path / "found" / "plan.csv")["verdict"]) == ["free"] * 3
    assert DISCLAIMER in (tmp_path / "found" / "plan.html").read_text()


def test_a_plan_that_is_not(command, tmp_path: Path) -> None:
    write_box_plan(tmp_path / "DOE_plan.dcm")
    code, out, err = command("plan", "DOE_plan.dcm", "--scenario", "box.toml")
    assert (code, err) == (3, "")
    assert out.startswith("NOT all proven free")
    folder = tmp_path / "results" / "plan"
    for text in (out, *(path.read_text() for path in folder.iterdir())):
        assert not [secret for secret in (*NAMES, "DOE_plan") if secret in text]
    assert "The map with the beams on it" in (folder / "plan.html").read_text()


def test_an_accessory_that_is_not_known_is_not_free(command, tmp_path: Path) -> None:
    write_plan(tmp_path / "plan.dcm", beam(1, static(gantry=0), NumberOfWedges=1))
    code, out, _ = command("plan", "plan.dcm", "--scenario", "box.toml")
    assert code == 3
    assert "NOT KNOWN to the machine's model, and not checked: wedge" in out


def test_names_are_shown_if_asked_for(command, tmp_path: Path) -> None:
    write_box_plan(tmp_path / "plan.dcm")
    code, out, _ = command("plan", "plan.dcm", "--scenario", "box.toml", "--identify", "--json", "--output", "found")
    assert code == 3
    found = json.loads(out)
    assert found["beams"][0]["name"] == "Doe-name"
    assert found == json.loads((tmp_path / "found" / "plan.json").read_text())
    assert "Doe-name" in (tmp_path / "found" / "plan.html").read_text()


def test_another_order(command, tmp_path: Path) -> None:
    write_free_plan(tmp_path / "plan.dcm")
    code, out, _ = command("plan", "plan.dcm", "--scenario", "box.toml", "--order", "2,1", "--json")
    assert code == 0
    assert json.loads(out)["order"] == [2, 1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("none.dcm", "--scenario", "box.toml"), "there is no such file"),
        (("box.toml", "--scenario", "box.toml"), "must be RT Plan or RT Ion Plan (DICOM), is something else"),
        (("plan.dcm",), "must have a patient to be checked against"),
        (("plan.dcm", "--scenario", "none"), "unknown name 'none'"),
        (("plan.dcm", "--scenario", "box.toml", "--order", "1,x"), "--order: must be beam numbers such as 3,1,2"),
        (("plan.dcm", "--scenario", "box.toml", "--order", "1"), "must have each beam of the plan once (1, 2)"),
        (("plan.dcm", "--scenario", "box.toml", "--machine", "none"), "unknown name 'none'"),
        (("plan.dcm", "--scenario", "box.toml", "--complete", "child"), "complete"),
        (("plan.dcm", "--structures", "plan.dcm"), "must be RT Structure Set (DICOM), is RT Plan"),
    ],
)
def test_bad_input_is_one_message_and_nothing_is_written(command, tmp_path: Path, arguments, said: str) -> None:
    write_free_plan(tmp_path / "plan.dcm")
    before = sorted(tmp_path.rglob("*"))
    code, out, err = command("plan", *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err
    assert sorted(tmp_path.rglob("*")) == before


def test_damaged_plans_are_one_message_each_and_nothing_is_written(command, tmp_path: Path) -> None:
    whole = write_box_plan(tmp_path / "plan.dcm").read_bytes()
    random = np.random.default_rng(12)
    before = sorted(tmp_path.rglob("*"))
    for _ in range(times(20)):
        cut = int(random.integers(0, len(whole)))
        (tmp_path / "plan.dcm").write_bytes(whole[:cut])
        code, out, err = command("plan", "plan.dcm", "--scenario", "box.toml")
        assert (code, out) == (2, ""), cut
        assert err.startswith("simulator: plan.dcm: ")
        assert err.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_all_that_a_machine_cannot_do_is_told_at_once(command, tmp_path: Path) -> None:
    write_plan(
        tmp_path / "plan.dcm",
        beam(1, static(gantry=0), SourceAxisDistance=800.0),
        beam(2, static(gantry=0, eccentric=5)),
        beam(3, static(gantry=0, gantry_pitch=5.0)),
    )
    code, _, err = command("plan", "plan.dcm", "--scenario", "box.toml")
    assert code == 2
    assert "beam 2: control point 0: Table Top Eccentric Angle" in err
    assert "beam 3: control point 0: Gantry Pitch Angle" in err


def test_a_second_run_replaces_the_files_of_the_first(command, tmp_path: Path) -> None:
    write_free_plan(tmp_path / "plan.dcm")
    arguments = ("plan", "plan.dcm", "--scenario", "box.toml", "--output", "found")
    command(*arguments)
    (tmp_path / "found" / "mine.txt").write_text("kept")
    first = (tmp_path / "found" / "plan.csv").read_bytes(), (tmp_path / "found" / "plan.html").read_bytes()
    code, _, _ = command(*arguments)
    assert code == 0
    assert {path.name for path in (tmp_path / "found").iterdir()} == {*FILES, "mine.txt"}
    again = (tmp_path / "found" / "plan.csv").read_bytes(), (tmp_path / "found" / "plan.html").read_bytes()
    assert again == first


def test_the_room_is_drawn_where_it_can_be(command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if missing() is not None:
        pytest.skip(missing())
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    write_free_plan(tmp_path / "plan.dcm")
    code, _, err = command("plan", "plan.dcm", "--scenario", "box.toml", "--output", "found")
    assert (code, err) == (0, "")
    assert 'alt="The room, ' in (tmp_path / "found" / "plan.html").read_text()
    assert {path.name for path in (tmp_path / "found").iterdir()} == FILES


def test_help_tells_the_exit_codes(command) -> None:
    code, out, _ = command("plan", "--help")
    assert code == 0
    assert "Exit code 0 if all is" in " ".join(out.split())
