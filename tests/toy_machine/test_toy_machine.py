"""A machine with other joints is a folder with a description and meshes: every command answers for it."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from support.commands import run
from support.toy_machine import directions, write_toy_machine

from simulator.view.renderer import missing


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def simulator(folder: Path, *arguments: str) -> str:
    """What a command prints, which speaks of no joint of another machine."""
    done = run(folder, *arguments)
    assert done.code == 0, done.err
    assert "gantry" not in done.out.lower()
    return done.out


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The toy, and what a run of it wrote."""
    folder = tmp_path_factory.mktemp("toy")
    write_toy_machine(folder)
    simulator(folder, "run", "treated.toml", "--tolerance", "0.02", "--output", "out")
    return folder


def test_open_space_is_half_of_the_sphere(folder: Path) -> None:
    """4π sin 45° sin 45°, exactly: nothing is in the way."""
    simulator(folder, "run", "open.toml", "--tolerance", "0.02", "--json", "--output", "open")
    found = json.loads((folder / "open/result.json").read_text())
    for field in ("solid_angle_sr", "solid_angle_lower_sr", "solid_angle_upper_sr"):
        assert found[field] == pytest.approx(2 * math.pi, abs=1e-6)
    assert found["bounds"] == "proven"
    assert found["free"] == found["poses"] == 36 * 36


def test_a_run_has_the_axes_that_the_scenario_names(folder: Path) -> None:
    """In its order, and beams that point where scipy's rotations point them."""
    with xr.open_dataset(folder / "out/map.nc", engine="scipy") as cmap:
        assert cmap["status"].dims == ("spin", "tilt")
        assert cmap["status"].shape == (13, 24)
        is_free = cmap["status"].values == 0
    beams = pd.read_csv(folder / "out/beams.csv")
    assert len(beams) == is_free.sum() > 20
    assert (~is_free).sum() > 20
    x, y, z = directions(beams["tilt_deg"], beams["spin_deg"]).T
    np.testing.assert_allclose(
        beams[["patient_x", "patient_y", "patient_z"]], np.stack([x, -z, y], axis=1), atol=1e-8
    )
    found = json.loads((folder / "out/result.json").read_text())
    assert found["solid_angle_lower_sr"] <= found["solid_angle_sr"] <= found["solid_angle_upper_sr"] < 2 * math.pi
    pictures = {"map.png", "sphere.png", "costs.png", "omega.png"}
    assert pictures <= {path.name for path in (folder / "out").iterdir()}


def test_a_pose_is_asked_by_the_names_of_the_joints(folder: Path) -> None:
    free = simulator(folder, "pose", "treated.toml", "--spin", "0", "--tilt", "0")
    assert "tilt 0°" in free and "spin 0°" in free and ": free" in free
    blocked = simulator(folder, "pose", "treated.toml", "--spin", "0", "--tilt", "180")
    assert ": colliding" in blocked and "board" in blocked
    done = run(folder, "pose", "treated.toml", "--gantry", "0", "--couch", "0")
    assert done.code == 2 and "tilt" in done.err and done.err.count("\n") == 1


def test_the_room_is_a_page_and_a_picture(folder: Path) -> None:
    simulator(folder, "view", "treated.toml", "--map", "out/map.nc", "--html", "room.html", "--gltf", "room.glb")
    page = (folder / "room.html").read_text(encoding="utf-8")
    assert "tilt" in page and "spin" in page
    if missing() is not None:
        pytest.skip(missing())
    pose = ("--spin", "30", "--tilt", "-15")
    simulator(folder, "view", "treated.toml", "--map", "out/map.nc", *pose, "--screenshot", "room.png")
    assert (folder / "room.png").stat().st_size > 10_000


def test_a_change_is_compared(folder: Path) -> None:
    """A larger buffer only takes away."""
    found = json.loads(simulator(folder, "compare", "treated.toml", "--set", "buffers.couch_mm=60", "--json"))
    assert found["lost"]["poses"] > 0 == found["gained"]["poses"]
    assert found["lost"]["upper_sr"] > 0.0
    assert simulator(folder, "compare", "out/map.nc", "out/map.nc", "--output", "same").count("0.000 sr") >= 2


def test_promises_are_kept_or_told(folder: Path) -> None:
    """The same scenario with a promise that it cannot keep fails."""
    told = simulator(folder, "baseline", "treated.toml")
    assert "treated.nc" in told and (folder / "baselines/treated.nc").exists()
    (folder / "kept").mkdir()
    (folder / "not_kept").mkdir()
    for name in ("toy", "bench", "baselines"):
        shutil.copytree(folder / name, folder / "kept" / name)
        shutil.copytree(folder / name, folder / "not_kept" / name)
    shutil.copy(folder / "treated.toml", folder / "kept")
    shutil.copy(folder / "broken.toml", folder / "not_kept")
    done = python(
        folder, "-m", "pytest", "-p", "no:cacheprovider", "-v", "--scenarios", "kept", "--scenarios", "not_kept"
    )
    assert done.returncode == 1 and "fraction_of_4pi" in done.stdout, done.stdout
    for told in ("kept/treated.toml::treated PASSED", "not_kept/broken.toml::broken FAILED"):
        assert told in done.stdout
