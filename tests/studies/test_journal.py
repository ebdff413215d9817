"""What is done stays: whole files, one process at a time, one study in a folder, disks that are full."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
from dataclasses import replace

import pytest

from simulator.errors import SimulatorError
from simulator.studies.journal import Entry, Journal, opened

ROWS = [{"index": 0, "status": "mapped", "free": 0.1 + 0.2, "reason": None}]
STUDY = {"title": "One", "study": {"measure": {"step_deg": 5.0}}, "files_sha256": {"machine hoop/block.stl": "a"}}


def entry(seconds=1.0):
    return Entry(ROWS, seconds, 0.5)


def test_what_is_written_is_read_to_the_last_digit(tmp_path):
    with opened(tmp_path, STUDY) as journal:
        journal.write(7, entry(), {})
        journal.write(1234, entry(2.0), {3: b"a map"})
    with opened(tmp_path, STUDY) as journal:
        assert journal.done == {7, 1234} and list(journal.entries()) == [entry(), replace(entry(2.0), maps=[3])]
    assert (tmp_path / "maps/000003.nc").read_bytes() == b"a map"


def test_a_chunk_whose_map_is_lost_is_not_done(tmp_path):
    with opened(tmp_path, STUDY) as journal:
        journal.write(0, entry(), {0: b"a map"})
        journal.write(1, entry(), {1: b"another", 2: b"a third"})
    (tmp_path / "maps/000002.nc").unlink()
    with opened(tmp_path, STUDY) as journal:
        assert journal.done == {0}


@pytest.mark.parametrize("damage", [b"", b"{", "cut", "changed"])
def test_a_damaged_file_is_as_if_it_were_not_there(tmp_path, damage):
    with opened(tmp_path, STUDY) as journal:
        journal.write(0, entry(), {})
        journal.write(1, entry(), {})
    file = next(tmp_path.glob("journal/*/000001.json"))
    whole = file.read_bytes()
    file.write_bytes({"cut": whole[:-3], "changed": whole.replace(b"0.3", b"0.4")}.get(damage, damage))
    with opened(tmp_path, STUDY) as journal:
        assert journal.done == {0}


def test_what_a_killed_process_left_unfinished_goes_away(tmp_path):
    with opened(tmp_path, STUDY) as journal:
        journal.write(0, entry(), {})
    (tmp_path / "journal/0000/.simulator-1234.json").write_text("{")
    (tmp_path / ".simulator-5678.csv").write_text("index")
    with opened(tmp_path, STUDY):
        assert not list(tmp_path.rglob(".simulator-*"))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"title": "Two"}, "title"),
        ({"study": {"measure": {"step_deg": 4.0}}}, "study.measure.step_deg"),
        ({"files_sha256": {"machine hoop/block.stl": "b"}}, "files_sha256.machine hoop/block.stl"),
        ({"program": {"numpy": "1"}}, "program"),
    ],
)
def test_a_folder_of_another_study_is_refused_with_what_differs(tmp_path, change, named):
    with opened(tmp_path, STUDY) as journal:
        journal.write(0, entry(), {})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    with pytest.raises(SimulatorError, match=f"differs in {named}$"), opened(tmp_path, {**STUDY, **change}):
        pass
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}


def test_a_folder_that_lost_its_study_is_refused(tmp_path):
    with opened(tmp_path, STUDY) as journal:
        journal.write(0, entry(), {})
    (tmp_path / "study.json").unlink()
    with pytest.raises(SimulatorError, match=r"no study\.json"), opened(tmp_path, STUDY):
        pass


def test_of_two_at_once_the_second_is_refused(tmp_path):
    with opened(tmp_path, STUDY), pytest.raises(SimulatorError, match="another process works"):
        opened(tmp_path, STUDY).__enter__()
    with opened(tmp_path, STUDY):
        pass


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked")
def test_the_lock_of_a_killed_process_is_lifted(tmp_path):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            with opened(tmp_path, STUDY):
                os.write(writing, b"in")
                signal.pause()
        finally:
            os._exit(1)
    assert os.read(reading, 2) == b"in"
    with pytest.raises(SimulatorError, match="another process works"), opened(tmp_path, STUDY):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    with opened(tmp_path, STUDY):
        pass


def test_a_full_disk_is_one_message_and_what_is_done_stays(tmp_path, monkeypatch):
    with opened(tmp_path, STUDY) as journal:
        journal.write(0, entry(), {})

        def full(_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(SimulatorError, match="No space left on device; what is done of the study stays"):
                journal.write(1, entry(), {})
        assert journal.done == {0}
    with opened(tmp_path, STUDY) as journal:
        assert journal.done == {0} and not list(tmp_path.rglob(".simulator-*"))
        journal.write(1, entry(), {})
        assert len(list(journal.entries())) == 2


@pytest.fixture
def small_disk(tmp_path):
    """A disk of its own, of 64 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_small_disk_goes_on_once_there_is_room(small_disk):
    (small_disk / "other").write_bytes(bytes(40_000))
    with pytest.raises(SimulatorError, match="No space left"), opened(small_disk / "out", STUDY) as journal:
        for chunk in range(100):
            journal.write(chunk, entry(), {})
    done = journal.done
    assert 0 < len(done) < 15
    (small_disk / "other").unlink()
    with opened(small_disk / "out", STUDY) as journal:
        assert journal.done == done
        journal.write(len(done), entry(), {})
        assert list(journal.entries()) == [entry()] * (len(done) + 1)


def test_a_folder_that_cannot_be_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SimulatorError, match="must be a folder that can be written to"):
        opened(tmp_path / "file", STUDY).__enter__()


def test_the_study_stands_there_as_it_is_given(tmp_path):
    with opened(tmp_path, STUDY):
        pass
    assert json.loads((tmp_path / "study.json").read_text()) == STUDY
    assert Journal(tmp_path).done == set()


def test_files_that_are_of_no_study_are_not_replaced(tmp_path):
    (tmp_path / "table.csv").write_text("mine")
    with pytest.raises(SimulatorError) as error, opened(tmp_path, STUDY, ("table.csv", "study.nc")):
        pass
    assert str(error.value).endswith("no study.json says that table.csv is of one: take another folder")
    assert (tmp_path / "table.csv").read_text() == "mine" and not (tmp_path / "study.json").exists()


def test_a_folder_of_a_run_that_was_killed_is_left_alone(tmp_path):
    (tmp_path / ".simulator-abc").mkdir()
    with opened(tmp_path, STUDY) as journal:
        journal.write(0, entry(), {})
    assert (tmp_path / ".simulator-abc").is_dir()
