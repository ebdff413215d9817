"""An open mesh is told wherever its results are shown: that a box stands for it, a reader of any of them sees."""

from __future__ import annotations

import json
import subprocess
import sys
import warnings
from pathlib import Path
from xml.etree import ElementTree

import pytest
import trimesh

import simulator as sim
from simulator import cli
from simulator.maps.variant_table import variant_table
from simulator.report import differences
from simulator.report import results as report
from simulator.view.export.gltf import write_gltf
from simulator.view.export.page import write_html
from simulator.view.plots.figures import titles
from simulator.view.renderer import missing
from simulator.view.window.window import Window

CLOSED = """
title = "Box"
[patient]
model = "box_phantom"
site = "centre"
[grid]
gantry_deg = { start = -180, stop = 180, step = 45 }
couch_deg = { start = -30, stop = 30, step = 30 }
[expect]
fraction_of_4pi = { at_least = 0.01 }
"""
OPEN = CLOSED + '[couch]\nmesh = "<top>.stl"\nunits = "mm"\nsurface_z_mm = 0\n'
WARNING = (
    "<top>.stl: not watertight: what it encloses is not known, so its bounding box (530 × 2000 × 50 mm) is checked "
    "in its place; repair = true closes holes and turns triangles"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario with a table top that lacks a triangle, and one without; a name that must not become markup."""
    folder = tmp_path_factory.mktemp("open")
    top = trimesh.creation.box(bounds=[(-265.0, -2000.0, -50.0), (265.0, 0.0, 0.0)])
    top.update_faces(range(len(top.faces) - 1))
    top.export(folder / "<top>.stl")
    (folder / "open.toml").write_text(OPEN)
    (folder / "closed.toml").write_text(CLOSED)
    return folder


@pytest.fixture(scope="module")
def setup(folder: Path) -> sim.Setup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sim.load_setup(folder / "open.toml")


@pytest.fixture(scope="module")
def cmap(setup: sim.Setup, folder: Path) -> sim.CollisionMap:
    """The map as it comes back from its file."""
    sim.collision_map(setup, method="sampled", workers=1).save(folder / "open.nc")
    return sim.CollisionMap.load(folder / "open.nc")


@pytest.fixture(scope="module")
def closed(folder: Path) -> sim.CollisionMap:
    sim.collision_map(sim.load_setup(folder / "closed.toml"), method="sampled", workers=1).save(folder / "closed.nc")
    return sim.CollisionMap.load(folder / "closed.nc")


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


@pytest.mark.usefixtures("cmap", "closed")
@pytest.mark.parametrize(
    ("arguments", "door"),
    [
        (("run", "open.toml", "--method", "sampled", "--output", "o", "--json"), "out"),
        (("compare", "closed.toml", "open.toml", "--method", "sampled"), "out"),
        (("compare", "open.nc", "closed.nc"), "out"),
        (("compare", "closed.nc", "open.nc", "--json"), "out"),
        (("baseline", "open.toml", "--output", "b.nc"), "err"),
        (("pose", "open.toml", "--gantry", "0", "--couch", "0"), "err"),
        (("view", "open.toml", "--map", "open.nc", "--html", "room.html"), "err"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else value,
)
def test_commands(command, arguments: tuple[str, ...], door: str) -> None:
    assert WARNING in getattr(command(*arguments), door)


def test_a_summary(cmap: sim.CollisionMap) -> None:
    assert f"  warning: {cmap.warnings[0]}\n" in report.summary(report.result(cmap))


def test_variants_tell_what_the_scenario_does_not(cmap: sim.CollisionMap, closed: sim.CollisionMap) -> None:
    for maps, count in ([closed, cmap], 1), ([cmap, closed], 0), ([cmap, cmap], 0):
        rows = differences.variants(variant_table(["mine", "v"], maps), maps)
        assert differences.variants_text(rows).count(f"  v: warning: {cmap.warnings[0]}") == count


def test_nothing_is_said_where_there_is_nothing_to_say(command, closed: sim.CollisionMap) -> None:
    found = command("compare", "closed.nc", "closed.toml", "--method", "sampled")
    assert "warning" not in found.out + found.err
    for silent in (repr(closed), repr(closed.solid_angle()), *titles(closed), closed._repr_html_()):
        assert "warning" not in silent


@pytest.mark.usefixtures("cmap", "closed")
def test_files_of_a_comparison(command, folder: Path) -> None:
    command("compare", "closed.nc", "open.nc", "--output", "c")
    found = json.loads((folder / "c" / "compare.json").read_text())
    assert found["first"]["provenance"]["warnings"] == []
    assert WARNING in found["second"]["provenance"]["warnings"][0]


def test_in_python(cmap: sim.CollisionMap, setup: sim.Setup) -> None:
    for value in (cmap, cmap.solid_angle(), cmap.compare(cmap), sim.buffer_curve(setup, [0.0, 20.0], tolerance=0.5)):
        assert repr(value).endswith("; 1 warning)")


def test_in_a_notebook(cmap: sim.CollisionMap) -> None:
    for value in (cmap, cmap.solid_angle()):
        html = value._repr_html_()
        assert f"warning: {cmap.warnings[0]}".replace("<", "&lt;").replace(">", "&gt;") in html


def test_above_a_picture(cmap: sim.CollisionMap) -> None:
    assert titles(cmap)[1].endswith("; 1 warning")


@pytest.mark.parametrize("has_map", [False, True])
def test_on_the_page(cmap: sim.CollisionMap, setup: sim.Setup, tmp_path: Path, has_map: bool) -> None:
    write_html(setup, tmp_path / "room.html", cmap if has_map else None)
    assert WARNING.replace("<", "&lt;").replace(">", "&gt;") in (tmp_path / "room.html").read_text()


def test_in_a_gltf_file(setup: sim.Setup, tmp_path: Path) -> None:
    write_gltf(setup, tmp_path / "room.glb")
    content = (tmp_path / "room.glb").read_bytes()
    head = json.loads(content[20 : 20 + int.from_bytes(content[12:16], "little")])
    assert WARNING in head["asset"]["extras"]["note"]


def test_in_the_window_at_every_pose(cmap: sim.CollisionMap, setup: sim.Setup) -> None:
    if missing() is not None:
        pytest.skip(missing())
    with Window(setup, cmap, gantry=0.0, couch=0.0, off_screen=True) as window:
        for gantry in (0.0, 90.0):
            window.move_to(gantry=gantry)
            assert WARNING in " ".join(window.captions.texts[1].split())


def test_scenarios_that_pass(folder: Path, tmp_path: Path) -> None:
    scenarios = ("--scenarios", "open.toml", "-q", "-n", "2")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *scenarios]
    done = subprocess.run(
        [*command, f"--junitxml={tmp_path / 'found.xml'}"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{WARNING}\n" in done.stdout
    told = [item.get("value") for item in ElementTree.parse(tmp_path / "found.xml").iter("property")]
    assert any(WARNING in text for text in told)
