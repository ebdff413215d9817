"""``simulator baseline``: where it writes, what it says, and what it refuses."""

from __future__ import annotations

import sys

import pytest
from support.box_scenario import PROMISE, SCENARIO

from simulator.cli import main


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Return a function that runs the command line in a folder with a scenario: exit code, output and errors."""
    (tmp_path / "box.toml").write_text(SCENARIO.format(couch_mm=20))
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["simulator", *arguments])
        try:
            main()
            code = 0
        except SystemExit as stopped:
            code = stopped.code
        found = capsys.readouterr()
        return code, found.out, found.err

    return run


def test_it_is_written_beside_the_scenario(run, tmp_path):
    code, out, _ = run("baseline", "box.toml")
    path = tmp_path / "baselines" / "box.nc"
    assert code == 0
    assert out.splitlines() == [
        f"written: {path}",
        "it is the first",
        'to compare with it, write into box.toml, under [expect]: baseline = "baselines/box.nc"',
    ]
    first = path.read_bytes()
    (tmp_path / "box.toml").write_text(SCENARIO.format(couch_mm=20) + PROMISE)
    code, out, _ = run("baseline", "box.toml")
    assert out.splitlines() == [f"written: {path}", "nothing has moved"]
    assert path.read_bytes() == first


def test_what_moved_is_told(run, tmp_path):
    run("baseline", "box.toml", "--output", "other.nc")
    (tmp_path / "box.toml").write_text(SCENARIO.format(couch_mm=60))
    code, out, _ = run("baseline", "box.toml", "--output", "other.nc")
    assert code == 0
    assert "BLOCKED       by up to" in out
    assert not (tmp_path / "baselines").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.toml"], "none.toml: there is no such file"),
        (["box.toml", "--output", "box.toml/x.nc"], "cannot be written"),
    ],
)
def test_bad_input_is_one_message(run, tmp_path, arguments, message):
    code, _, err = run("baseline", *arguments)
    assert code == 2
    assert message in err
    assert "Traceback" not in err
    assert [file.name for file in tmp_path.iterdir()] == ["box.toml"]
