"""Every pose of a sweep through the checker, on all cores, in parts that can be watched and stopped."""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import lru_cache
from itertools import pairwise
from threading import Lock
from time import monotonic
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.collision.blocks import SIZE
from simulator.collision.checker import Checker
from simulator.maps.helpers import children_deaf, helpers, worker_count
from simulator.maps.progress import Progress

Answer = NDArray[np.int8]
"""Status of every pair, shape (pairs, n)."""
LEAST_POSES = 4000
"""Fewer poses than this are not worth a second process."""
PARTS_PER_WORKER = 3
BLOCK = 4 * SIZE
"""Parts end where this many degrees (or mm) of the first joint do, so that no block of the checker is cut."""
PATIENCE_S, PATIENCE = 20.0, 10.0
"""A part that others have is done here, too, if it is not back after so long, or so many times what one takes here:
where a process ends at a bad moment, a pool may wait for it for ever."""


class Part(NamedTuple):
    """Poses (n, k) that follow each other, and which pairs are asked there (pairs, n); all if None."""

    poses: NDArray[np.float64]
    asked: NDArray[np.bool_] | None


def evaluate(
    checker: Checker,
    poses: NDArray[np.float64],
    asked: NDArray[np.bool_] | None = None,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Return the status of every pair at every pose.

    The answer is the same, to the bit, for any number of workers and any executor: a pose's answer depends on the
    pose alone. This process works along, and does what the others do not bring.

    Parameters
    ----------
    checker : Checker
        Of the scene.
    poses : ndarray, shape (n, k)
        Values of the scanned joints in degrees or mm, sorted so that the first changes least often.
    asked : ndarray of bool, shape (pairs, n), optional
        Which pairs to ask at which poses, all if not given; see `Checker.pair_status`.
    workers : int, optional
        Number of processes, this one included; all cores if not given. With an executor, how many parts it has at a
        time.
    executor : concurrent.futures.Executor, optional
        Does the work instead of processes of our own: of threads, of processes, or of a cluster, as a Dask client's
        ``get_executor()``. It is not shut down.
    progress : callable, optional
        Called as ``progress(done, total)`` after every part.

    Returns
    -------
    ndarray of int8, shape (pairs, n)
    """
    count = worker_count(workers)
    parts = _parts(poses, asked, PARTS_PER_WORKER * count)
    if executor is not None:
        return _shared_out(executor, count, checker, parts, progress)
    ours = helpers(count - 1) if len(poses) >= LEAST_POSES else None

    def end_ours() -> None:
        if ours is not None:
            ours.shutdown(wait=False, kill_workers=True)  # type: ignore[call-arg]

    try:
        return _shared_out(ours, count - 1, checker, parts, progress, end_ours)
    except BaseException:
        end_ours()
        raise


def _shared_out(
    executor: Executor | None,
    at_a_time: int,
    checker: Checker,
    parts: list[Part],
    progress: Progress | None,
    lost: Callable[[], None] = lambda: None,
) -> Answer:
    """Return the answers of all parts: the executor gets them from the front, this process takes them from the back.

    It has only so many at a time: what waits in its queue this process could not take. What does not come back in
    time is done here, and ``lost`` is called.
    """
    scene = b"" if executor is None else pickle.dumps(checker.scene)
    waiting = deque(range(len(parts)))
    sent: dict[int, Future[Answer]] = {}
    answers: dict[int, Answer] = {}
    choosing, longest_s = Lock(), 0.0

    def send(_: object = None) -> None:
        """Give the executor its next part; called again when it is done."""
        with choosing, children_deaf():
            if executor is None or not waiting:
                return
            try:
                future = executor.submit(_work, scene, *parts[waiting[0]])
            except Exception:  # no more processes, or none left
                return
            sent[waiting.popleft()] = future
        future.add_done_callback(send)

    def note(index: int, answer: Answer) -> None:
        answers[index] = answer
        if progress is not None:
            progress(sum(len(parts[each].poses) for each in answers), sum(len(part.poses) for part in parts))

    try:
        for _ in range(at_a_time):
            send()
        while True:
            with choosing:
                if not waiting:
                    break
                index = waiting.pop()
            began = monotonic()
            note(index, checker.pair_status(*parts[index]))
            longest_s = max(longest_s, monotonic() - began)
        for index, future in sent.items():
            try:
                answer = future.result(timeout=max(PATIENCE_S, PATIENCE * longest_s))
            except Exception as error:  # its process has ended, or is lost; faulty work fails here, too
                if isinstance(error, TimeoutError):
                    lost()
                answer = checker.pair_status(*parts[index])
            note(index, answer)
    except BaseException:
        waiting.clear()
        for future in list(sent.values()):
            future.cancel()
        raise
    return np.concatenate([answers[index] for index in range(len(parts))], axis=1)


def _parts(poses: NDArray[np.float64], asked: NDArray[np.bool_] | None, wanted: int) -> list[Part]:
    """Divide poses where a row of blocks ends, or evenly where there are fewer rows than wanted parts.

    Where only some pairs are asked there are no blocks: each part has as many questions.
    """
    if asked is None:
        cuts = np.flatnonzero(np.diff(np.floor(poses[:, 0] / BLOCK))) + 1
        if len(cuts) + 1 < wanted:
            cuts = np.linspace(0, len(poses), wanted + 1).astype(int)[1:-1]
    else:
        questions = np.cumsum(asked.sum(axis=0))
        cuts = np.searchsorted(questions, np.linspace(0, questions[-1], wanted + 1)[1:-1])
    ends = pairwise(np.unique([0, *cuts, len(poses)]).tolist())
    return [Part(poses[at:to], None if asked is None else asked[:, at:to]) for at, to in ends]


@lru_cache(maxsize=1)
def _checker_of(scene: bytes) -> Checker:
    """Return a worker's checker of a scene; FCL's trees cannot be sent, so each builds its own."""
    return Checker(pickle.loads(scene))


def _work(scene: bytes, poses: NDArray[np.float64], asked: NDArray[np.bool_] | None) -> Answer:
    return _checker_of(scene).pair_status(poses, asked)
