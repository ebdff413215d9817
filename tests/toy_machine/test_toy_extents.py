"""Machines of one axis, and of axes that slide, are folders too: every command answers, or refuses in one line."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr
from support.commands import run
from support.toy_extents import write_toy_extents

from simulator.view.renderer import missing

POSES = {"hoop": ("--spin", "-36"), "slot": ("--target-x", "-80", "--target-y", "0")}
SLOT_FREE_MM2 = 150.0 * 120.0
"""The bench is 100 mm wide to the right of its middle, the jaws begin at 150: from -50 to 100 mm, for all y."""


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def simulator(folder: Path, *arguments: str) -> str:
    done = run(folder, *arguments)
    assert done.code == 0, done.err
    return done.out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both toys, and what a run of each wrote."""
    folder = tmp_path_factory.mktemp("extents")
    write_toy_extents(folder)
    for toy in POSES:
        simulator(folder, "run", f"{toy}.toml", "--output", toy + "_out")
    return folder


def test_a_run_of_one_axis_tells_degrees_and_no_solid_angle(folder: Path) -> None:
    found = json.loads((folder / "hoop_out/result.json").read_text())
    extent = found["free_extent"]
    assert (extent["unit"], extent["of"], extent["bounds"]) == ("deg", 360.0, "proven")
    assert extent["lower"] <= extent["value"] <= extent["upper"] < 350.0
    assert found["solid_angle_sr"] == found["solid_angle_upper_sr"] == 0.0
    assert [culprit["pair"] for culprit in found["culprits"]] == ["wall – block"]
    beams = pd.read_csv(folder / "hoop_out/beams.csv")
    assert len(beams) == found["free"] and beams["weight_deg"].sum() == 10.0 * len(beams)
    assert {"map.png", "costs.png"} <= set(found["files"]) and "sphere.png" not in found["files"]


def test_a_run_of_slides_tells_their_area_and_no_beams(folder: Path) -> None:
    found = json.loads((folder / "slot_out/result.json").read_text())
    extent = found["free_extent"]
    assert extent["lower"] <= SLOT_FREE_MM2 <= extent["upper"] and extent["unit"] == "mm2"
    assert found["solid_angle_sr"] is None and "beams.csv" not in found["files"]
    assert {"blocks_mm2", "alone_mm2", "pair"} == set(found["culprits"][0])
    with xr.open_dataset(folder / "slot_out/map.nc", engine="scipy") as cmap:
        assert cmap["status"].dims == ("target_x", "target_y")


@pytest.mark.parametrize("toy", POSES)
def test_a_pose_and_the_room_are_shown(folder: Path, toy: str) -> None:
    assert ": colliding" in simulator(folder, "pose", f"{toy}.toml", *POSES[toy])
    files = ["--html", f"{toy}.html", "--gltf", f"{toy}.glb"]
    files += [] if missing() is not None else ["--screenshot", f"{toy}.png"]
    simulator(folder, "view", f"{toy}.toml", "--map", f"{toy}_out/map.nc", *POSES[toy], *files)
    page = (folder / f"{toy}.html").read_text(encoding="utf-8")
    assert "proven" in page and "not told: the map gives no area on the sphere" in page
    assert (folder / f"{toy}.glb").read_bytes().find(b'"directions"') < 0


@pytest.mark.parametrize(("toy", "unit"), [("hoop", "deg"), ("slot", "mm2")])
def test_a_change_is_compared(folder: Path, toy: str, unit: str) -> None:
    """A larger buffer only takes away."""
    arguments = ("compare", f"{toy}.toml", "--set", "buffers.couch_mm=40", "--output", f"{toy}_change", "--json")
    found = json.loads(simulator(folder, *arguments))
    assert found["lost"]["lower"] > 0.0 == found["gained"]["lower"] and found["lost"]["unit"] == unit
    assert found["difference"]["upper"] < 0.0 and found["difference"]["is_certain"]
    assert (folder / f"{toy}_change/compare.png").stat().st_size > 10_000


def test_promises_are_kept_or_told(folder: Path) -> None:
    """With a baseline of its own; a share that is not reached is told with its bounds."""
    for toy in POSES:
        assert "it is the first" in simulator(folder, "baseline", f"{toy}.toml")
    for name in ("kept", "broken"):
        (folder / name).mkdir()
        for part in ("hoop", "bench", "slot", "positioner", "baselines"):
            shutil.copytree(folder / part, folder / name / part)
        for toy in POSES:
            shutil.copy(folder / (f"{toy}.toml" if name == "kept" else f"{toy}_broken.toml"), folder / name)
    both = ("--scenarios", "kept", "--scenarios", "broken")
    done = python(folder, "-m", "pytest", "-p", "no:cacheprovider", "-v", *both)
    assert done.returncode == 1 and "2 failed, 2 passed" in done.stdout, done.stdout
    for toy in POSES:
        assert f"kept/{toy}.toml::{toy} PASSED" in done.stdout
        assert f"broken/{toy}_broken.toml::{toy}_broken FAILED" in done.stdout
    assert done.stdout.count("free_fraction: must be at least 0.99") >= 2


@pytest.mark.parametrize("toy", POSES)
def test_what_needs_directions_is_refused_in_one_line(folder: Path, toy: str) -> None:
    beams = folder / "hoop_out/beams.csv"
    for arguments in (
        ("beams", f"{toy}.toml", "--count", "20", "--output", "list.csv"),
        ("beams", f"{toy}.toml", "--check", str(beams)),
    ):
        done = run(folder, *arguments)
        assert done.code == 2 and done.err.count("\n") == 1, done.err
        assert "turn the beam" in done.err or "turns the beam" in done.err
