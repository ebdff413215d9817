"""Bad input of every kind: one message that names file and field, exit code 2, no traceback, nothing written.

The tables in this folder are the list of what a person, an exporter or a broken disk can do; each line is one input
and the words that the answer must contain. They promise at least 200 cases and have more; each file holds its own
tables to a number: 130 in test_scenarios.py, 70 in test_models.py, 30 in test_machine_sets.py, 70 in test_meshes.py
and 30 in test_commands.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.hinted import require_hints
from support.sound_inputs import FILES, POSE

from simulator import cli


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder with a sound mesh, two folders named like files and two links to themselves."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIMULATOR_MODELS", str(tmp_path / "models"))
    (tmp_path / "box.stl").write_bytes(FILES["stl"])
    for suffix in ("toml", "stl"):
        (tmp_path / f"folder.{suffix}").mkdir()
        (tmp_path / f"loop.{suffix}").symlink_to(f"loop.{suffix}")
    return tmp_path


@pytest.fixture
def refused(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Return a function that runs a command line, asserts that it is refused as promised, and returns the message."""

    def run(*arguments: str) -> str:
        before = sorted(folder.rglob("*"))
        monkeypatch.setattr(sys, "argv", ["simulator", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        output, errors = capsys.readouterr()
        assert stop.value.code == 2, errors
        assert output == ""
        assert errors.startswith("simulator: ") and errors.endswith("\n")
        assert errors.count("simulator: ") == 1 and "Traceback" not in errors
        assert sorted(folder.rglob("*")) == before
        require_hints(errors)
        return errors

    return run


@pytest.fixture
def accepted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., None]:
    """Return a function that asserts that the scenario case.toml is answered without a complaint, or with one."""

    def run(warning: str = "") -> None:
        assert (folder / "case.toml").exists()
        monkeypatch.setattr(sys, "argv", ["simulator", "pose", "case.toml", *POSE])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        output, errors = capsys.readouterr()
        assert stop.value.code == 0, errors
        assert output.startswith("gantry 0°, couch 0°: ")
        assert warning in errors and errors.count("\n") == bool(warning)

    return run
