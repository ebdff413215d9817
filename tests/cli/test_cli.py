"""The command line, in this process; what it does with bad input is in bad_input/."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import trimesh
from support import commands

import simulator as sim
from simulator.models.library import scenarios
from simulator.report import results as report
from simulator.view import renderer
from simulator.view.renderer import missing
from simulator.view.steering import worst_pose

FILES = {"result.json", "map.nc", "beams.csv", "map.png", "sphere.png", "costs.png", "omega.csv", "omega.png"}
NO_ROOM = "simulator: no room.png: "
COARSE = ("--gantry-step", "15", "--couch-step", "15", "--tolerance", "0.02")
VERY_COARSE = ("--gantry-step", "30", "--couch-step", "30", "--method", "sampled")


def files_of_a_run(folder: Path, err: str) -> set[str]:
    """Return the files of a run; the picture of the room is one of them, or it is said in one line why not."""
    found = {path.name for path in folder.iterdir()}
    if "room.png" in found:
        assert err == ""
    else:
        assert err.startswith(NO_ROOM) and err.count("\n") == 1
    return found - {"room.png"}


@pytest.fixture(scope="module")
def run_of_the_box(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which ``simulator run box`` has ended well; its files are in ``o``, and nobody changes them."""
    folder = tmp_path_factory.mktemp("box")
    assert commands.run(folder, "run", "box", "--output", "o", *COARSE).code == 0
    return folder


def test_run_writes_everything_and_prints_a_summary(command, tmp_path: Path) -> None:
    code, out, err = command("run", "brain", "--output", "found", *COARSE)
    assert code == 0
    assert files_of_a_run(tmp_path / "found", err) == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["found"]
    found = json.loads((tmp_path / "found" / "result.json").read_text())
    assert found["poses"] == 24 * 13 == found["free"] + found["within_buffer"] + found["colliding"]
    assert found["solid_angle_lower_sr"] <= found["solid_angle_sr"] <= found["solid_angle_upper_sr"]
    assert found["fraction_of_4pi"] == pytest.approx(found["solid_angle_sr"] / 12.566370614)
    assert found["culprits"][0].keys() == {"pair", "blocks_sr", "alone_sr"}
    assert found["provenance"]["scenario"] == "brain"
    for part in (
        f"{found['solid_angle_sr']:.3f} sr",
        found["culprits"][0]["pair"],
        "no result is a clinical clearance",
    ):
        assert part in out
    assert "\x1b" not in out


@pytest.mark.parametrize(
    ("angles", "line"),
    [
        ({}, "  angles    collimator 0°"),
        ({"collimator_deg": 30.0}, "  angles    collimator 30°"),
        ({"pitch_deg": 2.5}, "  angles    collimator 0°, table pitch 2.5°, roll 0°"),
        ({"roll_deg": -1.5, "collimator_deg": -90.0}, "  angles    collimator -90°, table pitch 0°, roll -1.5°"),
    ],
)
def test_a_summary_says_where_the_other_joints_stand(angles: dict[str, float], line: str) -> None:
    setup = replace(sim.load_setup("box"), **angles)
    sweep = setup.sweep.with_steps(gantry=90.0, couch=90.0)
    cmap = sim.collision_map(setup, sweep=sweep, method="sampled", workers=1)
    assert line in report.summary(report.result(cmap)).splitlines()


def test_a_run_leaves_no_file_of_an_earlier_one(command, tmp_path: Path) -> None:
    (tmp_path / "o").mkdir()
    (tmp_path / "o" / "notes.txt").write_text("mine")
    command("run", "open_space", "--output", "o", *COARSE)
    assert (tmp_path / "o" / "omega.csv").exists()
    command("run", "open_space", "-o", "o", "--json", *VERY_COARSE)
    kept = {"result.json", "map.nc", "beams.csv", "map.png", "sphere.png", "costs.png"}
    assert {path.name for path in (tmp_path / "o").iterdir()} == kept | {"notes.txt"}
    assert json.loads((tmp_path / "o" / "result.json").read_text())["files"] == sorted(kept)


def test_results_go_to_a_folder_named_after_the_scenario(command, tmp_path: Path) -> None:
    code, _, err = command("run", "open_space", *COARSE)
    assert code == 0
    assert files_of_a_run(tmp_path / "results" / "open_space", err) == FILES


def test_the_room_shows_the_worst_culprit(command, run_of_the_box: Path, tmp_path: Path) -> None:
    if missing() is not None:
        pytest.skip(missing())
    cmap = sim.CollisionMap.load(run_of_the_box / "o" / "map.nc")
    pose = worst_pose(cmap)
    joints = [f"--{joint}={value}" for joint, value in pose.items()]
    code, _, err = command(
        "view", "box", "--map", str(run_of_the_box / "o" / "map.nc"), *joints, "--screenshot", "again.png"
    )
    assert (code, err) == (0, "")
    assert (tmp_path / "again.png").read_bytes() == (run_of_the_box / "o" / "room.png").read_bytes()
    assert sim.load_setup("box").check(**pose).culprits[0] == cmap.pair_costs()["pair"][0]


@pytest.mark.parametrize(
    ("library", "package"),
    [
        ("raise ImportError('libGL.so.1: cannot open shared object file')", "libgl1"),
        ("import os; os.abort()", "libegl1"),
    ],
)
def test_without_a_renderer_a_run_says_what_is_missing(
    command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str, package: str
) -> None:
    """A VTK that cannot be loaded, or that ends its process, stands in the way of the real one.

    On one core, where no helper draws that has found the real one before.
    """
    monkeypatch.setenv("LOKY_MAX_CPU_COUNT", "1")
    (tmp_path / "broken" / "vtkmodules").mkdir(parents=True)
    (tmp_path / "broken" / "vtkmodules" / "__init__.py").write_text(library)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"), prepend=os.pathsep)
    missing.cache_clear()
    code, out, err = command("run", "open_space", "--output", "o", *COARSE)
    missing.cache_clear()
    assert code == 0
    assert err.startswith(NO_ROOM) and err.count("\n") == 1
    assert package in err
    assert {path.name for path in (tmp_path / "o").iterdir()} == FILES
    assert "100.0 % of 4π" in out


def test_view_without_a_screen_offers_files(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renderer.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    code, out, err = command("view", "box")
    assert (code, out) == (2, "")
    assert err.startswith("simulator: there is no screen for a window") and "--screenshot" in err


def test_view_moves_no_isocentre_in_files(command) -> None:
    code, out, err = command("view", "box", "--live", "--screenshot", "room.png")
    assert (code, out) == (2, "")
    assert err.startswith("simulator: --live: must be left out beside")


def test_view_writes_files_without_a_map_and_with_one(command, run_of_the_box: Path, tmp_path: Path) -> None:
    assert command("view", "box", "--room-only", "--gltf", "plain/room.glb", "--html", "plain/room.html")[0] == 0
    cmap = str(run_of_the_box / "o" / "map.nc")
    code, out, err = command("view", "box", "--map", cmap, "--gltf", "room.glb", "--html", "room.html")
    assert (code, out, err) == (0, "", "")
    for name in ("room.glb", "room.html"):
        assert (tmp_path / name).stat().st_size > (tmp_path / "plain" / name).stat().st_size + 10_000


def test_files_are_the_same_bytes_again_and_json_is_what_the_file_holds(command, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        code, out, err = command("run", "foot", "--json", "--output", folder, *COARSE)
        assert (code, err) == (0, "")
        assert {path.name for path in (tmp_path / folder).iterdir()} == FILES
        assert json.loads(out) == json.loads((tmp_path / folder / "result.json").read_text())
    for name in FILES - {"result.json"}:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    first, second = (json.loads((tmp_path / folder / "result.json").read_text()) for folder in ("a", "b"))
    first["provenance"].pop("seconds"), second["provenance"].pop("seconds")
    assert first == second


def test_nothing_half_written_is_left(command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody stops it when most is written: the folder is not made, and nothing is left beside it."""

    def full(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(report, "result", full)
    code, out, err = command("run", "open_space", "--output", "o", *VERY_COARSE)
    assert (code, out, err) == (1, "", "simulator: stopped\n")
    assert list(tmp_path.iterdir()) == []


def test_pose_answers_for_one_pose(command) -> None:
    code, out, _ = command("pose", "brain", "--gantry", "60", "--couch", "15")
    assert code == 0
    check = sim.load_setup("brain").check(gantry=60, couch=15)
    assert "gantry 60°, couch 15°: free" in out
    assert f"clearance {check.clearance_mm:.1f} mm, nearest: {check.nearest}" in out


def test_pose_names_the_culprits(command) -> None:
    _, out, _ = command("pose", "brain", "--gantry", "90", "--couch", "45")
    assert "colliding" in out
    assert "head cover – patient trunk" in out


def test_negative_angles_are_angles_and_not_options(command) -> None:
    code, out, _ = command("pose", "box", "--gantry", "-30", "--couch=-20")
    assert code == 0
    assert out.startswith("gantry -30°, couch -20°")


def test_a_pose_as_a_plan_writes_it(command) -> None:
    code, out, _ = command("pose", "box", "--gantry", "330", "--couch", "340")
    assert code == 0
    assert out.startswith("gantry 330° = -30°, couch 340° = -20°: ")
    assert out.splitlines()[1:] == command("pose", "box", "--gantry=-30", "--couch=-20")[1].splitlines()[1:]


def test_a_pose_may_name_any_joint_that_moves(command) -> None:
    code, out, _ = command(
        "pose", "box", "--couch", "20", "--gantry", "350", "--table-lateral=-15", "--collimator", "9"
    )
    assert code == 0
    assert out.startswith("gantry 350° = -10°, couch 20°, table_lateral -15 mm, collimator 9°: ")
    check = sim.load_setup("box").check(gantry=350, couch=20, table_lateral=-15, collimator=9)
    assert f"clearance {check.clearance_mm:.1f} mm, nearest: {check.nearest}" in out


@pytest.mark.parametrize("angle", ["1e308", "-inf", "721"])
def test_what_is_no_angle_is_one_message(command, angle: str) -> None:
    code, out, err = command("pose", "box", f"--gantry={angle}", "--couch", "0")
    assert (code, out) == (2, "")
    assert err.startswith("simulator: gantry: must be from -185 to 185 deg") and err.count("\n") == 1


def test_list_shows_what_ships(command) -> None:
    code, out, _ = command("list")
    assert code == 0
    for name in ("c_arm", "igrt_head_board", "adult", "open_space", "electron_applicator", "four_pi"):
        assert name in out


def test_a_repair_is_reported(command, tmp_path: Path) -> None:
    """A box without its last triangle: mended on request, and the summary and result.json say how."""
    box = trimesh.creation.box((300.0, 300.0, 300.0))
    box.update_faces(range(len(box.faces) - 1))
    box.export(tmp_path / "box.stl")
    (tmp_path / "mine.toml").write_text(
        'title = "Mended"\n[patient]\nmesh = "box.stl"\nunits = "mm"\nrepair = true\nisocentre_mm = [0, 0, 0]\n'
    )
    code, out, err = command("run", "mine.toml", "--output", "o", *COARSE)
    assert code == 0
    assert files_of_a_run(tmp_path / "o", err) == FILES
    (repair,) = json.loads((tmp_path / "o" / "result.json").read_text())["provenance"]["repairs"]
    assert "1 triangles added to holes, closed" in repair
    assert f"repaired: {repair}" in out


def test_variants_are_mapped_after_the_scenario(command, tmp_path: Path) -> None:
    """In open space the couch range is all that counts: a fraction φ/90 of the sphere."""
    text = scenarios()["open_space"].read_text()
    for phi in (60, 30):
        text += (
            f"[[variants]]\nname = 'couch ±{phi}'\nset = {{ grid.couch_deg = {{ start = -{phi}, stop = {phi} }} }}\n"
        )
    (tmp_path / "mine.toml").write_text(text)
    code, out, err = command("run", "mine.toml", "--output", "o", *COARSE)
    assert code == 0
    assert files_of_a_run(tmp_path / "o", err) == FILES | {"variants.csv"}
    table = pd.read_csv(tmp_path / "o" / "variants.csv", keep_default_na=False)
    assert table["variant"].tolist() == ["mine", "couch ±60", "couch ±30"]
    np.testing.assert_allclose(table["fraction_of_4pi"], [1, 60 / 90, 30 / 90], atol=1e-9)
    np.testing.assert_allclose(table["difference_sr"], 4 * np.pi * np.array([0, -1 / 3, -2 / 3]), atol=1e-8)
    assert table["difference_is_certain"].tolist() == [False, True, True]
    assert table["costliest_pair"].tolist() == ["", "", ""]
    lines = out.splitlines()
    assert any(line.startswith("  couch ±60") and "8.378" in line and "66.7" in line for line in lines)
    assert "  Variants with another grid are each over their own angles." in lines
    found = json.loads((tmp_path / "o" / "result.json").read_text())["variants"]
    assert [row["variant"] for row in found] == table["variant"].tolist()
    assert found[1]["provenance"]["grid"]["couch_deg"]["stop"] == 60


def test_compare_a_scenario_with_changes_of_it(command, tmp_path: Path) -> None:
    change = ("--set", "machine.options.imagers=deployed", "--set", "patient.shift_mm=[0, 0, 20]")
    code, out, err = command("compare", "box", *change, "--output", "o", *VERY_COARSE)
    assert (code, err) == (0, "")
    files = {path.name for path in (tmp_path / "o").iterdir()}
    assert files == {"compare.json", "culprits.csv", "compare.png"}
    found = json.loads((tmp_path / "o" / "compare.json").read_text())
    assert found["files"] == sorted(files)
    assert found["second"]["title"].endswith("machine.options.imagers=deployed, patient.shift_mm=[0, 0, 20]")
    assert found["second"]["provenance"]["shift_mm"] == [0, 0, 20]
    assert found["lost"]["sr"] > 1.0
    for part in (f"{found['lost']['sr']:.3f} sr", f"{found['gained']['sr']:.3f} sr", found["culprits"][0]["pair"]):
        assert part in out
    assert "no result is a clinical clearance" in out and "clinical clearance" in found["disclaimer"]
    culprits = pd.read_csv(tmp_path / "o" / "culprits.csv")
    assert culprits["pair"].tolist() == [row["pair"] for row in found["culprits"]]


def test_compare_saved_maps_and_scenarios_on_other_grids(command, tmp_path: Path) -> None:
    command("run", "open_space", "--output", "o", "--gantry-step", "10", "--couch-step", "10")
    saved = str(tmp_path / "o" / "map.nc")
    code, out, err = command("compare", saved, "open_space", "--json", *COARSE)
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert found["compared"]["poses"] == 12 * 7
    assert found["before"]["sr"] == found["after"]["sr"] == pytest.approx(4 * np.pi)
    assert not found["difference"]["is_certain"]
    again = command("compare", saved, "open_space", "--json", *COARSE)
    assert again == (0, out, "")
    _, out, _ = command("compare", saved, "open_space", "--gantry-step", "15", "--couch-step", "15")
    assert "in common   gantry -180 to 180° (12 values), couch -90 to 90° (7 values)" in out
    assert "clinical clearance" in out and sorted(path.name for path in tmp_path.iterdir()) == ["o"]


def test_a_comparison_over_other_ranges_says_what_it_is_about(command) -> None:
    change = ("--set", "grid.couch_deg={ start = -30, stop = 30 }")
    _, out, _ = command("compare", "open_space", *change, *COARSE)
    assert "what follows is about the angles of both, and nothing is said about the others" in out
    assert "in all 12.566 sr" in out and "in all 4.189 sr" in out
    assert "B - A       +0.000 sr" in out and "within what the bounds leave open" in out


def test_version_and_help(command) -> None:
    assert command("--version")[1].strip() == sim.__version__
    assert "pose" in command("--help")[1]
