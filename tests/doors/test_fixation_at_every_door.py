"""A device stands in every answer: the map, its files, a pose, a comparison, the page, glTF, a plan, the listing."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import trimesh
from support.box_scenario import SCENARIO
from support.dicom_plans import beam, static, write_plan

import simulator as sim
from simulator import cli
from simulator.errors import SimulatorError
from simulator.maps.provenance import require_map_of
from simulator.plans.check import check_plan
from simulator.report import results as report
from simulator.report.plan_report import plan_result
from simulator.view.export.gltf import write_gltf
from simulator.view.export.page import write_html

BOX = SCENARIO.format(couch_mm=20)
DEVICE = '[[fixation]]\nmodel = "wing_board"\nanchor = "centre"\nshift_mm = [0, 40, 0]\n'
WITHOUT = '[[variants]]\nname = "without"\nset = { fixation = [] }\n'
ASSUMED = "the patient lies on wing_board, 20 mm above the table top"
TILTED = '[[fixation]]\nmodel = "breast_board"\nanchor = "centre"\noptions = { incline_deg = "15" }\n'
WARNING = "breast_board is inclined by 15°, and the body of box_phantom is as it was made"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fixation")
    (folder / "board.toml").write_text(BOX + DEVICE + WITHOUT)
    (folder / "bare.toml").write_text(BOX)
    (folder / "tilted.toml").write_text(BOX + TILTED)
    return folder


@pytest.fixture(scope="module")
def setup(folder: Path) -> sim.Setup:
    return sim.load_setup(folder / "board.toml")


@pytest.fixture
def command(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    def run(*arguments: str) -> tuple[str, str]:
        monkeypatch.chdir(folder)
        monkeypatch.setattr(sys, "argv", ["simulator", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        assert stop.value.code == 0
        return capsys.readouterr()

    return run


def test_a_run_with_a_variant_without(command) -> None:
    out = command("run", "board.toml", "--method", "sampled", "--output", "run", "--json").out
    found = json.loads(out)
    (device,) = found["provenance"]["fixation"]
    assert device["name"] == "wing_board" and device["anchor"] == "centre" and device["shift_mm"] == [0, 40, 0]
    assert ASSUMED in found["provenance"]["assumptions"]
    assert "wing board" in found["provenance"]["meshes_sha256"]
    assert any("wing board – box phantom" in excused["pairs"] for excused in found["provenance"]["excused"])
    assert "head cover – wing board" in found["provenance"]["pairs_checked"]


def test_a_summary(setup: sim.Setup) -> None:
    text = report.summary(report.result(sim.collision_map(setup, method="sampled", workers=1)))
    assert "  fixation  wing_board: Wing board for raised arms; at centre, moved by [0, 40, 0] mm\n" in text
    assert f"  assumed   {ASSUMED}\n" in text


@pytest.mark.parametrize(
    ("arguments", "door"),
    [
        (("pose", "tilted.toml", "--gantry", "0", "--couch", "0"), "err"),
        (("compare", "bare.toml", "tilted.toml", "--method", "sampled"), "out"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
def test_a_body_that_lies_flat_on_an_incline_is_warned_of(command, arguments: tuple[str, ...], door: str) -> None:
    assert f"warning: {WARNING}" in getattr(command(*arguments), door)


def test_a_comparison_with_a_change(command) -> None:
    out = command("compare", "board.toml", "--set", "fixation=[]", "--method", "sampled").out
    assert "fixation=[]" in out and "wing board" in out


def test_the_listing(command) -> None:
    out = command("list").out
    section = out.partition("fixation devices\n")[2].partition("patients\n")[0]
    for name in ("breast_board", "wing_board", "vacuum_bag", "head_neck_board", "head_adjuster"):
        assert f"  {name} " in section
    assert "incline_deg: 0, 7.5, 15" in section and "at: hips" in section and "landmarks: vertex" in out


def test_room_files(setup: sim.Setup, folder: Path, tmp_path: Path) -> None:
    write_gltf(setup, tmp_path / "room.glb")
    tilted = sim.load_setup(folder / "tilted.toml")
    write_html(tilted, tmp_path / "room.html", sim.collision_map(tilted, method="sampled", workers=1))
    content = (tmp_path / "room.glb").read_bytes()
    assert b'"wing board"' in content and b'"fixation_0"' in content
    page = (tmp_path / "room.html").read_text()
    assert "breast board" in page and WARNING in page


def test_a_map_is_not_shown_in_a_room_without_the_device(setup: sim.Setup, folder: Path) -> None:
    cmap = sim.collision_map(setup, method="sampled", workers=1)
    with pytest.raises(SimulatorError, match=r"differs in meshes_sha256 \(of wing board\), pairs_checked, fixation"):
        require_map_of(sim.load_setup(folder / "bare.toml"), cmap.provenance)


def test_a_plan_that_a_device_blocks(setup: sim.Setup, folder: Path, tmp_path: Path) -> None:
    """A slab beside the patient, 700 mm high, is where the head is at gantry 0."""
    high = {"fixation": [{"mesh": "slab.stl", "units": "mm", "surface_z_mm": 0}]}
    trimesh.creation.box(bounds=[(200, -2000, 0), (260, -10, 700)]).export(folder / "slab.stl")
    plan = sim.Plan.read(write_plan(tmp_path / "plan.dcm", beam(1, static(gantry=0))))
    free = check_plan(plan, setup)
    assert free.is_free and ASSUMED in plan_result(free)["assumptions"]
    blocked = check_plan(plan, sim.load_setup(sim.Scenario.read(folder / "bare.toml").with_changes(high)))
    assert not blocked.is_free
    assert {way.pair for each in blocked.beams for way in [each.worst]} <= {
        "head cover – slab",
        "interface plate – slab",
    }
