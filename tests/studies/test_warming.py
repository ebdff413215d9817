"""On a machine without compiled code one worker goes first, and the others wait for it."""

from __future__ import annotations

import threading

import pytest

from simulator.studies import warming
from simulator.studies.file_lock import TakenError, locked
from simulator.studies.warming import MARK, compiled_once


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(warming, "code_folder", lambda _: tmp_path)
    return tmp_path


def test_one_goes_first_and_all_others_after_it(folder):
    order, is_first, may_end = [], threading.Event(), threading.Event()

    def first():
        with compiled_once():
            is_first.set()
            may_end.wait(30)
            order.append("first")

    def other():
        with compiled_once():
            order.append("other")

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert is_first.wait(30)
    threads += [threading.Thread(target=other) for _ in range(3)]
    for thread in threads[1:]:
        thread.start()
    assert order == []
    may_end.set()
    for thread in threads:
        thread.join()
    assert order == ["first", "other", "other", "other"] and (folder / MARK).exists()


def test_where_code_is_nobody_waits(folder):
    (folder / MARK).touch()
    with locked(folder / f"{MARK}.lock", wait=False), compiled_once():
        pass


def test_one_that_fails_leaves_it_to_the_next(folder):
    with pytest.raises(MemoryError), compiled_once():
        raise MemoryError
    assert not (folder / MARK).exists()
    with compiled_once(), pytest.raises(TakenError):
        locked(folder / f"{MARK}.lock", wait=False).__enter__()
    assert (folder / MARK).exists()


def test_where_nothing_can_be_kept_each_compiles(monkeypatch):
    monkeypatch.setattr(warming, "code_folder", lambda _: None)
    with compiled_once(), compiled_once():
        pass
