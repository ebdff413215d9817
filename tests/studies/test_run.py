"""A study that is stopped at any moment goes on, and ends with the bytes of one that never was."""

from __future__ import annotations

import os
import random
import shutil
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest
from support.campaign import times
from support.toy_study import CASES, COMPARED, NOT_PLACED, STUDY, contents, toy_study

import simulator as sim
from simulator.errors import SimulatorError
from simulator.scenario.study import Study
from simulator.studies import run, worker
from simulator.studies.evaluate import evaluated


def started(place, folder, **given):
    with ThreadPoolExecutor(1) as one:
        return sim.run_study(Study.read(place / "study.toml"), folder=place / folder, executor=one, **given)


def journal_of(folder):
    return {file: (file.stat().st_mtime_ns, file.stat().st_ino) for file in folder.glob("journal/*/[0-9]*.json")}


def test_all_files_are_there(place):
    names = sorted(path.name for path in (place / "whole").iterdir())
    assert names == sorted((*COMPARED, "journal", "study.lock", "times.csv"))
    assert (place / "whole/times.csv").read_text().count("\n") == CASES + 1


def test_one_that_is_done_makes_no_case_again(place, monkeypatch):
    before = contents(place / "whole")
    monkeypatch.setattr(worker, "evaluated", None)
    started(place, "whole")
    assert contents(place / "whole") == before


def test_without_a_folder_the_table_is_the_same(place):
    with ThreadPoolExecutor(3) as three:
        found = sim.run_study(place / "study.toml", executor=three)
    assert found.table.equals(sim.StudyResult.read(place / "whole").table) and found.folder is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked and killed")
def test_killed_at_random_moments_it_ends_with_the_same_bytes(place):
    """Each time at another number of chunks done, and a random part of a chunk later."""
    rng = random.Random(16)
    for turn in range(times(1)):
        folder = place / f"killed_{turn}"
        for wanted in sorted(rng.sample(range(CASES), 3)):
            kept = journal_of(folder)
            _killed_when(place, folder, wanted, rng.random())
            assert kept.items() <= journal_of(folder).items(), "a case that was done ran again"
        kept = journal_of(folder)
        started(place, folder.name)
        assert kept.items() <= journal_of(folder).items() and len(journal_of(folder)) == CASES
        assert contents(folder) == contents(place / "whole")
        shutil.rmtree(folder)


def _killed_when(place, folder, done, more):
    """Run the study in a process of its own, and kill that when so many chunks are done, and something ``more``."""
    child = os.fork()
    if child == 0:
        try:
            started(place, folder.name)
        finally:
            os._exit(0)
    while len(journal_of(folder)) < done:
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "it ended before all was done"
    for _ in range(int(2000 * more)):
        folder.exists()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_ctrl_c_keeps_what_is_done(place, monkeypatch):
    def stopping(done, _):
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        started(place, "stopped", progress=stopping)
    kept = journal_of(place / "stopped")
    assert len(kept) == 4
    told, seen = [], []

    def counted(study, cases, **given):
        seen.extend(case.index for case in cases)
        return evaluated(study, cases, **given)

    monkeypatch.setattr(worker, "evaluated", counted)
    started(place, "stopped", progress=lambda *each: told.append(each))
    assert sorted([*seen, *(int(file.stem) for file in kept)]) == list(range(CASES)), "each case once"
    assert told == [(done, CASES) for done in range(4, CASES + 1)]
    assert kept.items() <= journal_of(place / "stopped").items()
    assert contents(place / "stopped") == contents(place / "whole")


def test_tables_that_do_not_fit_on_the_disk_are_made_the_next_time(place, monkeypatch):
    shutil.copytree(place / "whole", place / "full")
    (place / "full/table.parquet").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", _no_room)
        with pytest.raises(SimulatorError, match="No space left on device"):
            started(place, "full")
    with pytest.raises(SimulatorError, match="is not done"):
        sim.StudyResult.read(place / "full")
    started(place, "full")
    assert contents(place / "full") == contents(place / "whole")


def _no_room(_):
    raise OSError(28, os.strerror(28))


def test_a_mesh_that_changed_is_refused(place, tmp_path):
    shutil.copytree(place, tmp_path / "copy")
    copy = tmp_path / "copy"
    started(copy, "whole")
    shutil.copy(copy / "hoop/wall.stl", copy / "hoop/block.stl")
    with pytest.raises(SimulatorError, match=r"differs in files_sha256.machine hoop/block.stl$"):
        started(copy, "whole")


def test_another_version_of_the_program_is_refused(place, monkeypatch):
    usual = run.provenance_of
    monkeypatch.setattr(run, "provenance_of", lambda cases: {**usual(cases), "program": {"numpy": "0"}})
    with pytest.raises(SimulatorError, match=r"differs in program\."):
        started(place, "whole")


def test_maps_are_kept_where_they_are_asked_for(tmp_path):
    toy_study(tmp_path, STUDY.replace("[measure]", "[measure]\nkeep_maps = true"))
    found = started(tmp_path, "out")
    kept = sorted(int(path.stem) for path in (tmp_path / "out/maps").iterdir())
    assert kept == [index for index in range(CASES) if index not in NOT_PLACED]
    assert found.map_of(5).free_extent().lower == found.table["free_lower"][5]
    with pytest.raises(SimulatorError, match="needs a folder"):
        sim.run_study(tmp_path / "study.toml")


def test_names_of_other_columns_are_refused(tmp_path):
    toy_study(tmp_path, STUDY.replace('name = "lies"', 'name = "status"'))
    with pytest.raises(SimulatorError, match="'status' must have another name"):
        sim.run_study(tmp_path / "study.toml")
