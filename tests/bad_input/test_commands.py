"""Command lines that are refused, Ctrl-C, and folders and files that cannot be read or written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.sound_inputs import MESH, POSE, edited, scenario, short

from simulator import cli
from simulator.models.library import scenarios

COARSE = ("--gantry-step", "90", "--method", "sampled")
COMMANDS = [
    (("fly",), 'Unknown command "fly". Available commands: run, pose'),
    (("--fly",), "--fly"),
    (("run",), "SCENARIO requires an argument"),
    (("run", "brian"), "scenario: unknown name 'brian'; available: box, brain"),
    (("run", "none.toml"), "none.toml: there is no such file"),
    (("run", "folder.toml"), "folder.toml: must be a TOML file, is a folder"),
    (("run", "loop.toml"), "loop.toml: cannot be read: Too many levels of symbolic links"),
    (("run", "a\0b.toml"), "must be the name of a file: embedded null byte"),
    (("run", "b" * 300), "scenario: unknown name 'bbb"),
    (("run", f"{'b' * 300}.toml"), "cannot be read: File name too long"),
    (("run", "box.stl/brain.toml"), "box.stl/brain.toml: cannot be read: Not a directory"),
    (("run", ""), "scenario: unknown name ''; available: box"),
    (("run", "brain", "liver"), "liver"),
    (("run", "brain", "--outptu", "x"), 'unable to convert "x" into float'),
    (("run", "brain", "--outptu", "3"), "--outptu: unknown option; available for this scenario: --gantry-step, --c"),
    (("run", "brain", "--gantry", "3"), "--gantry: unknown option; available for this scenario: --gantry-step, --co"),
    (("run", "brain", "--ring-step", "3"), "--ring-step: unknown option; available for this scenario: --gantry-step"),
    (
        ("compare", "box", "brain", "--ring-step", "3"),
        "--ring-step: unknown option; available for this scenario: --g",
    ),
    (("commission", "fly"), 'Unknown command "fly". Available commands: plan, fit, validate'),
    (("commission", "plan"), "FILE requires an argument"),
    (("commission", "plan", "none.toml"), "none.toml: there is no such file"),
    (("commission", "plan", "folder.toml"), "folder.toml: must be a TOML file, is a folder"),
    (("commission", "plan", "box.stl"), "box.stl: must be"),
    (("commission", "fit", "none.toml"), "READINGS requires an argument"),
    (("commission", "fit", "none.toml", "none.csv"), "none.toml: there is no such file"),
    (("run", "brain", "--output"), "--output requires an argument"),
    (("run", "brain", "--output", ""), "--output: must be a value, was ''"),
    (("run", "brain", "-o", ""), "-o: must be a value, was ''"),
    (("run", "brain", "--output="), "--output: must be a value, was ''"),
    (("sweep", "population", "--executor", ""), "--executor: must be a value, was ''"),
    (("run", "brain", "--output", "box.stl"), "--output: must be a folder that can be written to, 'box.stl' is"),
    (("run", "brain", "--output", "box.stl/results"), "'box.stl/results' is not: Not a directory"),
    (("run", "brain", "--output", "o" * 300), "is not: File name too long"),
    (("run", "brain", "--gantry-step", "0"), "grid.gantry_deg: step: must be greater than or equal to 0.01, was 0.0"),
    (("run", "brain", "--gantry-step", "7"), "gantry_deg: stop - start must be a whole number of steps"),
    (("run", "brain", "--gantry-step", "nan"), "gantry: must be a number, was nan"),
    (("run", "brain", "--couch-step", "-1"), "grid.couch_deg: step: must be greater than or equal to 0.01, was -1.0"),
    (("run", "brain", "--couch-step", "inf"), "grid.couch_deg: step: must be a finite number, was inf"),
    (("run", "brain", "--couch-step", "two"), 'unable to convert "two" into float'),
    (("run", "brain", "--gantry-step", "0.01", "--couch-step", "0.01"), "must have at most 4,000,000 poses, has"),
    (("run", "variants.toml"), "variants.toml: variant 'a': couch.model: unknown name 'sofa'; available: "),
    (("view",), "SCENARIO requires an argument"),
    (("view", "brian", "--html", "r.html"), "scenario: unknown name 'brian'; available: box, brain"),
    (("view", "box", "--screenshot", "room.jpg"), "room.jpg: must end in .png"),
    (("view", "box", "--movie", "room.avi"), "room.avi: must end in .mp4 or .gif"),
    (("view", "box", "--gltf", "room.stl"), "room.stl: must end in .glb"),
    (("view", "box", "--html", "room.pdf"), "room.pdf: must end in .html or .htm"),
    (("view", "box", "--html", "r.html", "--gantry", "800"), "gantry: must be from -185 to 185 deg (limits of joint"),
    (("view", "box", "--html", "r.html", "--couch", "nan"), "couch: must be"),
    (("view", "box", "--html", "r.html", "--couch", "north"), 'unable to convert "north" into float'),
    (("view", "box", "--html", "r.html", "--map", "none.nc"), "none.nc: there is no such map"),
    (("view", "box", "--html", "r.html", "--map", "damaged.nc"), "damaged.nc: must be a map of this"),
    (("view", "box", "--html", "r.html", "--along", "couch", "--along"), "--along"),
    (
        ("view", "box", "--room-only", "--html", "box.stl/r.html"),
        "box.stl/r.html: cannot be written: Not a directory",
    ),
    (("compare",), "A requires an argument"),
    (("compare", "box"), "must have either a second scenario or map, or changes of the first with --set"),
    (
        ("compare", "box", "brain", "--set", "couch.model=igrt"),
        "must have either a second scenario or map, or changes",
    ),
    (("compare", "box", "brian"), "scenario: unknown name 'brian'; available: box, brain"),
    (("compare", "none.nc", "box"), "none.nc: there is no such map"),
    (("compare", "box", "damaged.nc"), "damaged.nc: must be a map of this simulator"),
    (
        ("compare", "box", "--set", "couch.model"),
        "--set: must be a field and its value, such as couch.model=igrt, was",
    ),
    (("compare", "box", "--set", "=3"), "--set: must be a field and its value, such as couch.model=igrt, was '=3'"),
    (("compare", "box", "--set", "couch.model=sofa"), "box.toml: couch.model: unknown name 'sofa'; available: "),
    (("compare", "box", "--set", "couch.modell=x"), "couch.modell: unknown field; available: model, options"),
    (("compare", "box", "--set", "buffers.couch_mm=five"), "buffers.couch_mm: must be a valid number, was 'five'"),
    (
        ("compare", "box", "--set", "title=1", "--set", "title=2"),
        "--set: must change a field once, title stands there",
    ),
    (("compare", "box", "brain", "--output", "box.stl"), "'box.stl' is not: Not a directory"),
    (("compare", "box", "brain", "--gantry-step", "7"), "gantry_deg: stop - start must be a whole number of steps"),
    (
        ("compare", "open_space", "prone.toml", *COARSE),
        "patient position, pitch and roll, they have HFS with pitch 0°",
    ),
    (("compare", "open_space", "apart.toml", *COARSE), "must have couch values in common, they have -90 to 90°"),
    (("pose", "brain"), "pose: must have a value for gantry, couch; missing: gantry, couch"),
    (("pose", "brain", "--gantry", "0"), "pose: must have a value for gantry, couch; missing: couch"),
    (
        ("pose", "brain", "--gantry", "0", "--ring", "0"),
        "joint: unknown name 'ring'; available: gantry, collimator, c",
    ),
    (("pose", "brain", "--gantry", "0", "--couch"), "--couch requires an argument"),
    (("view", "box", "--html", "r.html", "--ring", "0"), "joint: unknown name 'ring'; available: gantry, collimator"),
    (
        ("view", "box", "--html", "r.html", "--ring-step", "2"),
        "--ring-step: unknown option; available for this scena",
    ),
    (("pose", "brain", "--gantry", "up", "--couch", "0"), 'Invalid value for --gantry: unable to convert "up" into'),
    (("pose", "brain", "--gantry", "nan", "--couch", "0"), "gantry: must be a number, was nan"),
    (("pose", "brain", "--gantry", "721", "--couch", "0"), "or whole turns from there within ±720), was 721"),
    (("pose", "brain", "--gantry", "0", "--couch", "-inf"), "or whole turns from there within ±720), was -inf"),
    (("pose", "brain", "--gantry", "1e999", "--couch", "0"), "or whole turns from there within ±720), was inf"),
    (("pose", "brain", "--gantry", "721", "--couch", "0"), "gantry: must be from -185 to 185 deg (limits of joint"),
    (("pose", "brain", "--gantry", "0", "--couch", "-95.5"), "couch: must be from -95 to 95 deg (limits of joint"),
    (("pose", "brain_slicerrt", *POSE), "there is no file 'VarianTrueBeamSTx.json' beside the scenario or in a"),
]


def test_there_are_at_least_30_cases() -> None:
    assert len(COMMANDS) >= 30


@pytest.fixture
def files(folder: Path) -> None:
    """Scenarios and a map for command lines that need one."""
    open_space = scenarios()["open_space"].read_text()
    (folder / "damaged.nc").write_bytes(b"CDF")
    (folder / "variants.toml").write_text(open_space + "[[variants]]\nname = 'a'\nset = { couch.model = 'sofa' }\n")
    for name, changes in (
        ("prone", "position = 'HFP'"),
        ("apart", "[grid.couch_deg]\nstart = 1\nstop = 1\nstep = 1"),
    ):
        patient = "title = 'T'\ncouch = { model = 'no_couch' }\n[patient]\nmodel = 'point'\nsite = 'point'\n"
        (folder / f"{name}.toml").write_text(patient + changes)


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(("arguments", "message"), COMMANDS, ids=[short(*case[0]) for case in COMMANDS])
def test_a_command_line(refused, arguments: tuple[str, ...], message: str) -> None:
    assert message in refused(*arguments)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_what_must_not_be_read_or_written(folder: Path, refused) -> None:
    (folder / "case.toml").write_text(scenario())
    (folder / "case.toml").chmod(0)
    assert "case.toml: cannot be read: Permission denied" in refused("run", "case.toml")
    (folder / "locked").mkdir(mode=0o500)
    assert "is not: Permission denied" in refused("run", "box", "--output", "locked/out")


def test_stopped_by_ctrl_c(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = sorted(folder.rglob("*"))
    monkeypatch.setattr("simulator.maps.compute.collision_map", interrupted)
    monkeypatch.setattr(sys, "argv", ["simulator", "run", "open_space", "--output", "out"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 1
    assert capsys.readouterr() == ("", "simulator: stopped\n")
    assert sorted(folder.rglob("*")) == before


def test_a_folder_where_a_result_should_go(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    (folder / "out" / "map.nc").mkdir(parents=True)
    before = sorted(folder.rglob("*"))
    steps = ("--gantry-step", "90", "--couch-step", "90")
    monkeypatch.setattr(sys, "argv", ["simulator", "run", "open_space", "--output", "out", *steps])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert "'out' is not: map.nc is a folder there" in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "case.toml"), "case.toml: buffers.patient_mm: must be greater than or equal to 0, was -1"),
        (("pose", "brain", "--gantry", "0"), "pose: must have a value for gantry, couch; missing: couch"),
        (("pose", "mesh.toml", *POSE), "damaged.stl: cannot be read as STL: "),
        (("run", "brain", "--output", "box.stl"), "'box.stl' is not: Not a directory"),
    ],
)
def test_in_a_process_of_its_own(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    """What a library prints or logs behind our back is seen here."""
    (folder / "case.toml").write_text(scenario(buffers="patient_mm = -1"))
    damaged = edited("stl_ascii", "vertex -50.0", "vertex abc").replace(b"normal -1.0", b"normal x")
    (folder / "damaged.stl").write_bytes(damaged)
    (folder / "mesh.toml").write_text(scenario(patient=MESH.replace("box.stl", "damaged.stl")))
    before = sorted(folder.rglob("*"))
    ended = subprocess.run(
        [sys.executable, "-c", "from simulator.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("simulator: ") and len(ended.stderr.splitlines()) == 1
    assert message in ended.stderr
    assert sorted(folder.rglob("*")) == before
