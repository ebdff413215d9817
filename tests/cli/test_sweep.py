"""``simulator sweep``: its files and summary, and one message where it cannot work."""

from __future__ import annotations

import json

import pytest
from support.toy_study import COMPARED, STUDY, toy_study

import simulator as sim
from simulator.studies import run


@pytest.fixture
def in_one_thread(monkeypatch):
    """Processes start slowly; here only what is written and printed matters."""
    from concurrent.futures import ThreadPoolExecutor

    usual, executor = run.pool_of, ThreadPoolExecutor(1)
    monkeypatch.setattr(run, "pool_of", lambda _, workers, order: usual(executor, workers, order))
    yield
    executor.shutdown()


@pytest.mark.usefixtures("in_one_thread")
def test_a_study_has_files_and_a_summary(command, tmp_path, monkeypatch):
    toy_study(tmp_path, STUDY.replace("values = [0.0, 20.0, 40.0]", "values = [0.0]"))
    monkeypatch.chdir(tmp_path)
    code, out, err = command("sweep", "study.toml", "-o", "out")
    assert (code, err) == (0, "")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {*COMPARED, "journal", "study.lock", "times.csv"}
    lines = out.splitlines()
    assert lines[:2] == ["Toy hoop", "  cases     3: 2 mapped, 1 not placed, 0 failed"]
    assert any(line.startswith("  least ") and "% of all, between" in line for line in lines)
    assert any("1 × patient.shift_mm" in line for line in lines) and "no result is a clinical clearance" in out
    assert lines[-1] == "  files in out"
    code, again, _ = command("sweep", "study.toml", "-o", "out", "--json")
    found, table = json.loads(again), sim.StudyResult.read(tmp_path / "out").table
    assert code == 0 and found["cases"] == 3 and found["least"]["fraction_lower"] == table["fraction_lower"].min()


@pytest.mark.usefixtures("in_one_thread")
def test_a_study_in_which_nothing_can_be_placed_does_not_end_well(command, tmp_path, monkeypatch):
    lines = STUDY.replace("[0.0, 20.0, 40.0]", "[0.0]").splitlines(keepends=True)
    toy_study(tmp_path, "".join(line for line in lines if "on the top" not in line and "above it" not in line))
    monkeypatch.chdir(tmp_path)
    code, out, err = command("sweep", "study.toml", "-o", "out")
    assert code == 2 and "0 mapped, 1 not placed, 0 failed" in out
    assert err.startswith("simulator: study.toml: none of 1 cases has an answer; the first: ")
    assert err.count("\n") == 1
    assert (tmp_path / "out/table.csv").is_file()


def test_a_folder_of_another_study_is_one_message(command, tmp_path, monkeypatch):
    toy_study(tmp_path)
    (tmp_path / "out").mkdir()
    (tmp_path / "out/study.json").write_text('{"title": "Another"}')
    monkeypatch.chdir(tmp_path)
    code, out, err = command("sweep", "study.toml", "-o", "out")
    assert code == 2 and out == "" and err.count("\n") == 1 and "what it holds differs in title" in err
    assert (tmp_path / "out/study.json").read_text() == '{"title": "Another"}'
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"study.json", "study.lock"}


def test_an_unknown_executor_is_one_message(command, tmp_path, monkeypatch):
    toy_study(tmp_path)
    monkeypatch.chdir(tmp_path)
    code, _, err = command("sweep", "study.toml", "-o", "out", "--executor", "ray")
    assert code == 2 and err.count("\n") == 1 and "available: loky, processes, dask" in err
