"""Poses shared out: the same bytes whoever does the work, and none of it lost where somebody fails or stops."""

from __future__ import annotations

from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import numpy as np
import pytest
from support import shapes

from simulator.collision.checker import Checker
from simulator.maps.pool import LEAST_POSES, evaluate
from simulator.scenario.sweep import Sweep

SWEEP = Sweep(first=(-40, 40, 0.5), second=(-20, 30, 1))


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(shapes.random_scene(np.random.default_rng(5)))


@pytest.fixture(scope="module")
def whole(checker: Checker) -> bytes:
    """The answers of one process to all poses at once, which are enough to be shared out."""
    assert SWEEP.size >= LEAST_POSES
    answers = checker.pair_status(SWEEP.poses())
    assert set(np.unique(answers)) == {0, 1, 2}
    return answers.tobytes()


@contextmanager
def cluster(workers: int):
    """The executor of a Dask client, where there is Dask."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(workers, processes=False, dashboard_address=None) as made:
        yield made.get_client().get_executor()


EXECUTORS = {
    "threads": lambda: ThreadPoolExecutor(2),
    "processes": lambda: ProcessPoolExecutor(2, mp_context=get_context("spawn")),
    "cluster": lambda: cluster(2),
}


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_any_number_of_processes_gives_the_same_bytes(checker: Checker, whole: bytes, workers: int) -> None:
    assert evaluate(checker, SWEEP.poses(), workers=workers).tobytes() == whole


@pytest.mark.parametrize("kind", EXECUTORS)
def test_any_executor_gives_the_same_bytes(checker: Checker, whole: bytes, kind: str) -> None:
    """And it can be used again, for another scene, too."""
    with EXECUTORS[kind]() as executor:
        assert evaluate(checker, SWEEP.poses(), workers=2, executor=executor).tobytes() == whole
        other = Checker(shapes.random_scene(np.random.default_rng(6)))
        expected = other.pair_status(SWEEP.poses()).tobytes()
        assert evaluate(other, SWEEP.poses(), executor=executor).tobytes() == expected


@pytest.mark.parametrize("values", [(7, 7, 1), (0, 3, 1)])
def test_a_sweep_of_few_first_values_is_shared_out_too(checker: Checker, values) -> None:
    poses = Sweep(first=values, second=(-20, 30, 0.01)).poses()
    told: list[int] = []
    answers = evaluate(checker, poses, workers=2, progress=lambda done, _: told.append(done))
    assert answers.tobytes() == checker.pair_status(poses).tobytes()
    assert len(told) >= 6


@pytest.mark.parametrize("count", [1, 2])
def test_few_poses(checker: Checker, count: int) -> None:
    poses = SWEEP.poses()[:count]
    with ThreadPoolExecutor(2) as executor:
        for chosen in (None, executor):
            assert evaluate(checker, poses, executor=chosen).tobytes() == checker.pair_status(poses).tobytes()


class Faulty(Executor):
    """Does work as it is given it, until it does not."""

    def __init__(self, fault: str, after: int) -> None:
        self.fault, self.after, self.count = fault, after, 0

    def submit(self, function, *arguments):
        self.count += 1
        future: Future = Future()
        if self.count <= self.after:
            future.set_result(function(*arguments))
        elif self.fault == "takes no more":
            raise BlockingIOError("Resource temporarily unavailable")
        else:
            future.set_exception(RuntimeError("a worker process was terminated"))
        return future


@pytest.mark.parametrize("after", [0, 1, 3])
@pytest.mark.parametrize("fault", ["takes no more", "brings nothing"])
def test_what_others_do_not_bring_this_process_does(checker: Checker, whole: bytes, fault: str, after: int) -> None:
    executor = Faulty(fault, after)
    assert evaluate(checker, SWEEP.poses(), workers=3, executor=executor).tobytes() == whole
    assert executor.count > after


@pytest.mark.parametrize("options", [{"workers": 1}, {"workers": 2}, {"executor": Faulty("brings nothing", 2)}])
def test_progress_ends_with_all(checker: Checker, options) -> None:
    told: list[tuple[int, int]] = []
    evaluate(checker, SWEEP.poses(), progress=lambda *so_far: told.append(so_far), **options)
    done = [each for each, _ in told]
    assert done == sorted(set(done)) and len(done) >= 3
    assert told[-1] == (SWEEP.size, SWEEP.size)


def test_a_callback_that_raises_stops_the_work(checker: Checker) -> None:
    """Nothing more is begun; an executor stays its owner's."""

    def stop(done: int, total: int) -> None:
        raise IndexError(f"{done} of {total}")

    with ThreadPoolExecutor(1) as executor:
        with pytest.raises(IndexError, match=f"of {SWEEP.size}"):
            evaluate(checker, SWEEP.poses(), workers=1, executor=executor, progress=stop)
        assert executor.submit(int, "1").result() == 1
    with pytest.raises(IndexError):
        evaluate(checker, SWEEP.poses(), workers=2, progress=stop)


def test_an_error_of_the_checker_is_told_as_it_is(checker: Checker) -> None:
    with pytest.raises(ValueError), ThreadPoolExecutor(2) as executor:
        evaluate(checker, np.zeros((5000, 1)), executor=executor)


class Lost(Executor):
    """Takes work, and never brings any: as a pool whose processes ended at a bad moment."""

    def submit(self, *_, **__) -> Future:
        return Future()


def test_what_does_not_come_back_is_done_here(checker: Checker, whole: bytes, monkeypatch) -> None:
    monkeypatch.setattr("simulator.maps.pool.PATIENCE_S", 0.0)
    monkeypatch.setattr("simulator.maps.pool.PATIENCE", 0.0)
    assert evaluate(checker, SWEEP.poses(), workers=2, executor=Lost()).tobytes() == whole
