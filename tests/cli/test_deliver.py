"""``simulator deliver``: its files, exit codes and messages."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from support.box_scenario import SCENARIO

from simulator.maps.provenance import DISCLAIMER
from simulator.view import renderer
from simulator.view.window import delivery_movie

FILES = {"delivery.json", "delivery.csv", "delivery.html"}
FREE = "name,gantry_deg,couch_deg,gantry_stop_deg\na,30,10,\nb,-20,-10,-60\n"


@pytest.fixture
def command(command, tmp_path: Path):
    """Return a function that runs a command line beside a scenario and lists of beams: code, output, errors."""
    (tmp_path / "box.toml").write_text(SCENARIO.format(couch_mm=20))
    (tmp_path / "beams.csv").write_text(FREE)
    (tmp_path / "blocked.csv").write_text(f"{FREE}c,100,60,\n")
    return command


def test_a_list_that_is_delivered(command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The film itself is tested where it is made."""
    made = []
    monkeypatch.setattr(renderer, "require", lambda: None)
    monkeypatch.setattr(delivery_movie, "write_delivery_movie", lambda *given: made.append(given[2]))
    asked = ("--pause", "2", "--moves", "one-at-a-time", "--movie", "film.mp4", "-o", "found")
    code, out, err = command("deliver", "box.toml", "--beams", "beams.csv", *asked)
    assert (code, err, made) == (0, "", [Path("film.mp4")])
    assert out.startswith("All 2 beams delivered in ") and "one at a time" in out
    assert DISCLAIMER in out and out.rstrip().endswith("files in found, film in film.mp4")
    folder = tmp_path / "found"
    assert {path.name for path in folder.iterdir()} == FILES
    found = json.loads((folder / "delivery.json").read_text())
    assert set(found["files"]) == FILES and found["is_whole"]
    parts = found["beam_s"] + found["waiting_s"] + sum(found["travel_by_joint_s"].values())
    assert found["total_s"] == pytest.approx(parts, abs=1e-4)
    assert found["waiting_s"] == 2.0
    table = pd.read_csv(folder / "delivery.csv", keep_default_na=False)
    assert list(table["stop_s"][:-1]) == list(table["start_s"][1:])
    on = table[table["event"] == "beam"].set_index("beam")
    assert on.loc["a", "gantry_start_deg"] == on.loc["a", "gantry_stop_deg"] == 30.0
    ends = on.loc["b", ["gantry_start_deg", "gantry_stop_deg"]].tolist()
    assert ends == ([-60.0, -20.0] if on.loc["b", "direction"] == "backwards" else [-20.0, -60.0])
    assert DISCLAIMER in (folder / "delivery.html").read_text()


def test_a_beam_that_is_left_out(command, tmp_path: Path) -> None:
    code, out, err = command(
        "deliver", "box.toml", "--beams", "blocked.csv", "--json", "--first", "gantry=10,couch=0"
    )
    assert (code, err) == (3, "")
    found = json.loads(out)
    assert found == json.loads((tmp_path / "results" / "delivery" / "delivery.json").read_text())
    assert [beam["name"] for beam in found["left_out"]] == ["c"]
    assert "couch" in found["left_out"][0]["reason"]
    assert found["first"] == {"gantry": 10.0, "couch": 0.0}
    last = pd.read_csv(tmp_path / "results" / "delivery" / "delivery.csv").iloc[-1]
    assert (last["event"], last["beam"], last["reason"]) == ("left out", "c", found["left_out"][0]["reason"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--first", "somewhere"], '--first: must be "home", "free"'),
        (["--last", "gantry=ten,couch=0"], '--last: must be "home", "free"'),
        (["--first", "gantry=0,couch=0,tail=1"], "'tail'"),
        (["--pause", "-1"], "pause_s: must be at least 0 s, was -1"),
        (["--movie", "film.avi"], ".mp4"),
        (["--form", "abacus"], "abacus"),
        (["--beams", "nowhere.csv"], "nowhere.csv"),
    ],
)
def test_what_is_refused(command, tmp_path: Path, options: list[str], message: str) -> None:
    beams = [] if "--beams" in options else ["--beams", "beams.csv"]
    code, out, err = command("deliver", "box.toml", *beams, *options)
    assert (code, out) == (2, "")
    assert err.startswith("simulator: ") and message in err and err.count("\n") == 1
    assert not (tmp_path / "results").exists()


def test_beams_at_another_collimator_angle(command, tmp_path: Path) -> None:
    (tmp_path / "turned.csv").write_text("gantry_deg,couch_deg,collimator_deg\n0,0,45\n")
    code, _, err = command("deliver", "box.toml", "--beams", "turned.csv")
    assert code == 2
    assert "the collimator must be at 0°" in err
