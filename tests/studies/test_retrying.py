"""A case that ends its worker is found and told, and costs no other case; one that raises is told, too."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import pytest
from support.toy_study import CASES, Breaking, toy_study

from simulator.errors import SimulatorError
from simulator.studies import worker
from simulator.studies.cases import Cases
from simulator.studies.executors import Pool
from simulator.studies.retrying import ENDED, work_off
from simulator.studies.rows import unanswered
from simulator.studies.worker import Order


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Rows without a map: here only who gets which matters."""
    monkeypatch.setattr(worker, "evaluated", lambda _, cases, **__: [quick_row(case) for case in cases])


def quick_row(case):
    return {**unanswered(case, "mapped", f"case {case.index}"), "free": float(case.index)}


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    return Cases.of(toy_study(tmp_path_factory.mktemp("study")))


def worked_off(cases, chunks, fatal, *, at_a_time=4, asked=None, order=None):
    """The rows by case, of chunks given as ranges of cases."""
    pool = Pool(lambda: Breaking(fatal, asked), at_a_time, is_ours=True)
    found = {}

    def finish(number, done):
        assert number not in found, "a chunk is done twice"
        found[number] = done.rows

    listed = [(number, tuple(cases[index] for index in chunk)) for number, chunk in enumerate(chunks)]
    work_off(pool, order or Order.of(cases), listed, finish)
    return {row["index"]: row for rows in found.values() for row in rows}


ONE_BY_ONE = [range(index, index + 1) for index in range(CASES)]


@pytest.mark.parametrize("culprits", [(), (0,), (4,), (8,), (3, 5), (0, 1, 2)])
@pytest.mark.parametrize("at_a_time", [1, 4, 100])
def test_those_that_end_their_worker_are_told_and_no_others(cases, culprits, at_a_time):
    asked = []
    rows = worked_off(cases, ONE_BY_ONE, culprits.__contains__, at_a_time=at_a_time, asked=asked)
    assert sorted(rows) == list(range(CASES))
    for index, row in rows.items():
        if index in culprits:
            assert (row["status"], row["reason"], row["free"]) == ("failed", ENDED, None)
            assert row["buffers.couch_mm"] == cases[index].values["buffers.couch_mm"]
            assert 1 <= asked.count([index]) <= 2, "once among others, once alone"
        else:
            assert row == quick_row(cases[index])


def test_one_that_ends_once_is_mapped_the_second_time(cases):
    tried = []
    rows = worked_off(cases, ONE_BY_ONE, lambda index: index == 2 and (tried.append(index), len(tried) == 1)[1])
    assert rows[2]["status"] == "mapped" and len(tried) == 2


def test_of_a_chunk_the_case_at_fault_is_found(cases):
    asked = []
    rows = worked_off(cases, [range(3), range(3, 9)], (5).__eq__, asked=asked)
    assert [index for index, row in rows.items() if row["status"] == "failed"] == [5]
    assert sorted(rows) == list(range(CASES))
    assert [3, 4, 5, 6, 7, 8] in asked and [4] in asked


def test_what_the_program_raises_is_told_in_one_line(cases, monkeypatch):
    def raising(_, cases, **__):
        if cases[0].index in (3, 5):
            raise MemoryError("no\nroom")
        return [quick_row(case) for case in cases]

    monkeypatch.setattr(worker, "evaluated", raising)
    rows = worked_off(cases, ONE_BY_ONE, lambda _: False)
    failed = {index: row["reason"] for index, row in rows.items() if row["status"] == "failed"}
    assert failed == {3: "MemoryError: no room", 5: "MemoryError: no room"}


def test_workers_of_another_version_are_refused(cases):
    order = Order(Order.of(cases).study, "another")
    with pytest.raises(SimulatorError, match="same version"):
        worked_off(cases, ONE_BY_ONE, lambda _: False, order=order)


def test_an_executor_of_somebody_is_not_made_anew(cases):
    pool = Pool(lambda: Breaking((1).__eq__), 2, is_ours=False)
    done = []
    chunks = [(index, (cases[index],)) for index in range(CASES)]
    with pytest.raises(SimulatorError, match="with a new executor"):
        work_off(pool, Order.of(cases), chunks, lambda number, _: done.append(number))
    assert done == [0]


def test_an_executor_that_has_no_answer_says_why(cases):
    """And not that a process had ended."""

    class Lost(Executor):
        def submit(self, *_):
            future = Future()
            future.set_exception(ModuleNotFoundError("no module named 'simulator'"))
            return future

    pool, found = Pool(Lost, 4, is_ours=False), {}
    work_off(pool, Order.of(cases), [(0, (cases[0],))], found.__setitem__)
    (row,) = found[0].rows
    assert row["status"] == "failed" and row["reason"].endswith(
        "twice: ModuleNotFoundError: no module named 'simulator'"
    )
    with pytest.raises(SimulatorError, match="no worker can be started"):
        pool.start(Order.of(cases))
