"""The package as a whole: what importing loads, the public interface, and a wheel installed elsewhere."""

from __future__ import annotations

import inspect
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import commands

import simulator as sim
from simulator.models.description import KINDS, read_description
from simulator.models.library import models

ROOT = Path(__file__).parents[1]
TOP = {
    *(".ci", ".github", "docs", "meshes", "scenarios", "simulator", "tests"),
    *("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md"),
    *(".gitignore", "CITATION.cff", "LICENSE", "pyproject.toml", "requirements-dev.txt"),
}
"""What belongs at the top of the repository: an example that is run there leaves its files."""
TWO_CORES = os.environ | {"LOKY_MAX_CPU_COUNT": "2"}
"""As most users have it: a helper draws beside the proofs."""


def python(*arguments: str, path: Path | None = None, cwd: Path | None = None) -> str:
    """Run this Python on arguments and return what it prints; ``path`` goes before everything that is installed."""
    environment = TWO_CORES.copy()
    if path is not None:
        environment["PYTHONPATH"] = str(path)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_names_that_the_readme_uses_are_public_and_explained() -> None:
    """Whatever is public and can be called says what it does."""
    used = set(re.findall(r"\bsim\.(\w+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    assert used and used <= set(sim.__all__)
    made = [getattr(sim, name) for name in sim.__all__]
    assert [each for each in made if callable(each) and not inspect.getdoc(each)] == []
    with pytest.raises(AttributeError, match="no_such_name"):
        sim.no_such_name  # noqa: B018


def test_importing_costs_nothing() -> None:
    loaded = python("-c", "import sys, simulator; print(*sys.modules)").split()
    assert not {"numpy", "trimesh", "fcl", "xarray", "matplotlib", "pyvista"} & set(loaded)


def test_nothing_else_is_kept_at_the_top() -> None:
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git, or no repository of it")
    kept = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {path.split("/")[0] for path in kept.splitlines()} == TOP


def test_the_numerical_core_never_loads_a_renderer() -> None:
    code = (
        "import sys, simulator as sim; s = sim.load_setup('box');"
        "m = sim.collision_map(s, sweep=s.sweep.with_steps(gantry=30.0, couch=30.0));"
        "m.solid_angle(); m.beams(); m.pair_costs(); s.check(gantry=0, couch=0); print(*sys.modules)"
    )
    loaded = {name.partition(".")[0] for name in python("-c", code).split()}
    assert not {"vtk", "vtkmodules", "pyvista", "matplotlib"} & loaded


def test_poses_and_maps_that_are_there_need_no_compiler(tmp_path: Path) -> None:
    setup = sim.load_setup("box")
    sweep = setup.sweep.with_steps(gantry=30.0, couch=30.0)
    sim.collision_map(setup, sweep=sweep, tolerance=0.1).save(tmp_path / "map.nc")
    code = (
        "import sys, simulator as sim; m = sim.CollisionMap.load('map.nc');"
        "m.solid_angle(); m.beams(); m.pair_costs(); m.compare(m); sim.load_setup('box').check(gantry=0, couch=0);"
        "from simulator.view.plots.maps import map_figure; map_figure(m);"
        "from simulator.view.plots.hemispheres import sphere_figure; sphere_figure(m); print(*sys.modules)"
    )
    loaded = {name.partition(".")[0] for name in python("-c", code, cwd=tmp_path).split()}
    assert "matplotlib" in loaded and not {"numba", "llvmlite"} & loaded


def test_a_run_never_loads_vtk(tmp_path: Path) -> None:
    code = (
        "import sys; from simulator.cli.commands import app;"
        "app(['run', 'box', '--json', '--gantry-step', '30', '--couch-step', '30', '--method', 'sampled'],"
        "result_action='return_value');"
        "assert not any(name.startswith(('vtk', 'pyvista')) for name in sys.modules)"
    )
    json.loads(python("-c", code, cwd=tmp_path))


def test_a_script_without_a_main_guard_uses_both_cores(tmp_path: Path) -> None:
    """Worker processes must not run the user's script again."""
    script = tmp_path / "script.py"
    script.write_text(
        "import simulator as sim\nprint('once')\ns = sim.load_setup('box')\n"
        "print(sim.collision_map(s, sweep=s.sweep.with_steps(gantry=3.0, couch=3.0), workers=2))\n"
    )
    out = python(str(script), cwd=tmp_path)
    assert out.count("once") == 1
    assert "120 × 61 poses" in out


def test_pipes_are_silent(tmp_path: Path) -> None:
    coarse = ("--gantry-step", "30", "--couch-step", "30", "--method", "sampled")
    done = subprocess.run(
        [sys.executable, "-m", "simulator", "run", "box", *coarse],
        cwd=tmp_path,
        env=TWO_CORES,
        capture_output=True,
        check=True,
    )
    said = [line for line in done.stderr.splitlines() if not line.startswith(b"simulator: no room.png")]
    assert said == []


def test_a_wheel_installed_elsewhere_runs_the_same_scenario(tmp_path: Path) -> None:
    site, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    elsewhere.mkdir()
    python(
        "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(ROOT)
    )
    wheel = next(tmp_path.glob("*.whl"))
    assert wheel.stat().st_size < 5_000_000
    python("-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel))
    where = python("-c", "import simulator; print(simulator.__file__)", path=site, cwd=elsewhere)
    assert Path(where.strip()).is_relative_to(site)
    coarse = ("--gantry-step", "30", "--couch-step", "30", "--tolerance", "0.1")
    run = ("run", "brain", "--json", *coarse, "--output")
    python("-m", "simulator", *run, "wheel", path=site, cwd=elsewhere)
    assert commands.run(elsewhere, *run, "checkout").code == 0
    assert (elsewhere / "wheel" / "map.nc").read_bytes() == (elsewhere / "checkout" / "map.nc").read_bytes()
    python("-m", "simulator", "view", "box", "--room-only", "--html", "room.html", path=site, cwd=elsewhere)
    assert "Box phantom" in (elsewhere / "room.html").read_text(encoding="utf-8")
    # The example of the README, as its owner's own folder: the plugin comes with the wheel.
    shutil.copytree(ROOT / "tests" / "example", elsewhere / "my couch")
    found = python("-m", "pytest", "--scenarios", ".", "-v", path=site, cwd=elsewhere / "my couch")
    assert "liver_on_my_couch.toml::liver_on_my_couch PASSED" in found


def test_ci_runs_the_readme_s_own_test_line() -> None:
    """.ci/run takes the line from the README, so that there is one truth; both must agree on where it stands."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = [line for line in readme.splitlines() if line.startswith("python -m pip install") and "pytest" in line]
    assert len(lines) == 1
    assert "README.md" in (ROOT / ".ci" / "run").read_text()


def test_every_shipped_model_says_what_it_is_not() -> None:
    for kind in KINDS:
        for name, folder in models(kind):
            note = read_description(folder).note
            assert "no clinical clearance" in note, name
            assert kind == "patient" or name == "no_couch" or "not vendor-validated" in note, name
