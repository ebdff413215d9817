"""``simulator beams``: lists written and checked, exit codes and messages."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from support.beam_lists import ORACLES, true_directions
from support.box_scenario import SCENARIO

import simulator as sim
from simulator.maps.provenance import DISCLAIMER
from simulator.report.results import write_table

FEW = ("--count", "6", "--tolerance", "0.05")


@pytest.fixture
def command(command, tmp_path: Path):
    """Return a function that runs a command line beside a scenario and a map of it."""
    (tmp_path / "box.toml").write_text(SCENARIO.format(couch_mm=20))
    return command


@pytest.fixture(scope="module")
def box_map(tmp_path_factory: pytest.TempPathFactory) -> sim.CollisionMap:
    path = tmp_path_factory.mktemp("box") / "box.toml"
    path.write_text(SCENARIO.format(couch_mm=20))
    return sim.collision_map(sim.load_setup(path), tolerance=0.05, workers=1)


@pytest.fixture
def saved(box_map: sim.CollisionMap, tmp_path: Path) -> str:
    box_map.save(tmp_path / "map.nc")
    return "map.nc"


def test_candidates_are_written_and_are_all_free(command, saved) -> None:
    code, out, err = command("beams", "box.toml", *FEW, "--map", saved, "--form", "matrad", "-o", "beams.mat")
    assert code == 0
    assert out.startswith("Water box: 6 beams, which stand for ")
    assert DISCLAIMER in out
    assert err == "simulator: warning: beams.mat: the form matrad cannot hold weights: left out\n"
    code, out, err = command("beams", "box.toml", "--check", "beams.mat")
    assert (code, err) == (0, "")
    assert out.startswith("all proven free: 6 beams;")
    assert "delivered in the order" not in out


def test_what_is_written_aims_where_the_map_says(command, saved, tmp_path: Path) -> None:
    command("beams", "box.toml", *FEW, "--map", saved, "-o", "beams.csv")
    table = pd.read_csv(tmp_path / "beams.csv")
    poses = list(zip(table["gantry_deg"], table["couch_deg"], strict=True))
    assert table[["patient_x", "patient_y", "patient_z"]].to_numpy() == pytest.approx(true_directions("HFS", poses))
    assert ORACLES["csv"](tmp_path / "beams.csv") == pytest.approx(true_directions("HFS", poses))


def test_the_beams_of_a_run_are_such_a_list(box_map, tmp_path: Path) -> None:
    write_table(box_map.beams(), tmp_path / "beams.csv")
    (tmp_path / "box.toml").write_text(SCENARIO.format(couch_mm=20))
    setup = sim.load_setup(tmp_path / "box.toml")
    assert len(sim.read_beams(tmp_path / "beams.csv", setup).beams) == len(pd.read_csv(tmp_path / "beams.csv"))


def test_a_list_that_is_not_all_free(command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("name,gantry_deg,couch_deg\nabove,0,0\nacross,150,30\n")
    code, out, _ = command("beams", "box.toml", "--check", "mine.csv", "--json")
    found = json.loads(out)
    assert code == 3
    assert [(beam["name"], beam["is_free"]) for beam in found["beams"]] == [("above", True), ("across", False)]
    assert found["verdict"].startswith("NOT all proven free, of 2 beams: beam 2 not free")


def test_a_list_that_is_delivered_has_moves_and_what_to_do_instead(command, tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("name,gantry_deg,couch_deg\nabove,0,0\nacross,150,30\n")
    code, out, _ = command("beams", "box.toml", "--check", "mine.csv", "--delivered", "--json")
    found = json.loads(out)
    assert (code, len(found["moves"])) == (3, 1)
    assert "nearest direction" in [one["kind"] for one in found["suggestions"]]


def test_a_map_of_another_room_is_refused(command, saved, tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text(SCENARIO.format(couch_mm=50))
    code, _, err = command("beams", "other.toml", *FEW, "--map", saved, "-o", "beams.csv")
    assert code == 2
    assert "the map must be one of the set-up" in err
    assert not (tmp_path / "beams.csv").exists()


def test_what_was_written_as_json(command, saved, tmp_path: Path) -> None:
    code, out, _ = command("beams", "box.toml", *FEW, "--map", saved, "-o", "b.dcm", "--json")
    found = json.loads(out)
    assert code == 0
    assert (found["beams"], found["position"], found["file"]) == (6, "HFS", "b.dcm")
    assert found["warnings"] == ["warning: b.dcm: the form rtplan cannot hold weights: left out"]
    assert len(sim.Plan.read(tmp_path / "b.dcm").beams) == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-o", "a.csv"), "must have --output and one of --count, --spacing and --rings, or --check"),
        (("--count", "4"), "must have --output and one of"),
        (("--count", "4", "--check", "a.csv"), "--check: must stand without --output and without what chooses"),
        (("--count", "4", "-o", "a.json"), "a.json: the form must be said, for several end in .json: pyradplan"),
        (("--count", "4", "-o", "a.xyz"), "a.xyz: must be a beam list, which end in .csv (csv), .mat (matrad)"),
        (("--count", "4", "-o", "a.csv", "--form", "rtplan"), "a.csv: must end in .dcm"),
        (("--count", "4", "-o", "a.csv", "--form", "eclipse"), "unknown name 'eclipse'; available: csv, matrad"),
        (("--count", "4", "--rings", "-o", "a.csv"), "beams: must have one of spacing_deg, count and rings"),
        (("--check", "a.csv"), "a.csv: there is no such file"),
        (("--delivered", "--count", "4", "-o", "a.csv"), "--delivered: must stand beside --check"),
        (("--check", "box.toml"), "box.toml: must be a beam list, which end in"),
    ],
)
def test_bad_input_is_one_message_and_exit_code_2(command, saved, arguments, message, tmp_path: Path) -> None:
    before = sorted(tmp_path.iterdir())
    code, out, err = command("beams", "box.toml", *arguments, *(("--map", saved) if "-o" in arguments else ()))
    assert (code, out) == (2, "")
    assert message in err
    assert len(err.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before
