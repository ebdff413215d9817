"""Every pose of a grid through the checker, on all cores, in parts that can be watched and stopped."""

from __future__ import annotations

import hashlib
import pickle
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.collision.checker import Checker
from simulator.collision.scene import Scene
from simulator.mapping.progress import Progress

Answer = NDArray[np.int8]
"""Status of every pair, shape (pairs, n)."""
LEAST_POSES = 4000
"""Fewer poses than this are not worth a second process."""
PARTS_PER_WORKER = 3
BLOCK_DEG = 16.0
"""Parts end where the checker's blocks end, so that no block is cut."""


def grid_poses(gantry_deg: NDArray[np.float64], couch_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the poses (n, 2) of a grid, all gantry angles of the first couch angle first."""
    couch, gantry = np.meshgrid(couch_deg, gantry_deg, indexing="ij")
    return np.stack([gantry.ravel(), couch.ravel()], axis=1)


def evaluate(
    checker: Checker,
    poses_deg: NDArray[np.float64],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Return the status of every pair at every pose.

    The answer is the same, to the bit, for any number of workers: a pose's answer depends on the pose alone.

    Parameters
    ----------
    checker : Checker
        Of the scene.
    poses_deg : ndarray, shape (n, 2)
        Sorted so that neighbours follow each other.
    workers : int, optional
        Number of processes; all cores if not given.
    progress : callable, optional
        Called as ``progress(done, total)`` after every part.

    Returns
    -------
    ndarray of int8, shape (pairs, n)
    """
    count = worker_count(workers) if len(poses_deg) >= LEAST_POSES else 1
    parts = _parts(poses_deg, PARTS_PER_WORKER * count)
    done = 0

    def note(part: NDArray[np.float64], answer: Answer) -> Answer:
        nonlocal done
        done += len(part)
        if progress is not None:
            progress(done, len(poses_deg))
        return answer

    if count == 1:
        answers = [note(part, checker.pair_status(part)) for part in parts]
    else:
        answers = _shared_out(checker, parts, count - 1, note)
    return np.concatenate(answers, axis=1)


def start_helpers(workers: int | None = None) -> None:
    """Start the processes that :func:`evaluate` will use, so that they load while the caller loads meshes."""
    helpers = worker_count(workers) - 1
    if helpers > 0:
        _executor(helpers).submit(_checker_of, "")


def _executor(helpers: int) -> Any:
    from loky import get_reusable_executor

    return get_reusable_executor(max_workers=helpers)


def _shared_out(
    checker: Checker,
    parts: list[NDArray[np.float64]],
    helpers: int,
    note: Callable[[NDArray[np.float64], Answer], Answer],
) -> list[Answer]:
    """Return the answers of all parts: helper processes take them from the front, this one from the back."""
    executor = _executor(helpers)
    scene = pickle.dumps(checker.scene)
    key = hashlib.sha256(scene).hexdigest()
    waiting = deque(range(len(parts)))
    sent: dict[int, Future[Answer]] = {}
    answers: dict[int, Answer] = {}
    choosing = Lock()

    def send(_: object = None) -> None:
        """Give a helper its next part; called again when it is done, so that none is kept in a queue."""
        index = None
        with suppress(IndexError), choosing:
            index = waiting.popleft()
            sent[index] = executor.submit(_work, key, scene, parts[index])
        if index is not None:
            sent[index].add_done_callback(send)

    try:
        for _ in range(helpers):
            send()
        with suppress(IndexError):
            while True:
                with choosing:
                    index = waiting.pop()
                answers[index] = note(parts[index], checker.pair_status(parts[index]))
        for index in range(len(parts)):
            if index not in answers:
                answers[index] = note(parts[index], sent[index].result())
    except BaseException:
        waiting.clear()
        executor.shutdown(wait=False, kill_workers=True)
        raise
    return [answers[index] for index in range(len(parts))]


def worker_count(workers: int | None) -> int:
    """Return how many processes or threads to use: all cores if not said."""
    from loky import cpu_count

    return max(1, int(cpu_count()) if workers is None else workers)


def _parts(poses_deg: NDArray[np.float64], wanted: int) -> list[NDArray[np.float64]]:
    """Divide poses where a new row of blocks begins, or evenly where there are fewer rows than wanted parts."""
    rows = np.floor(poses_deg[:, 1] / BLOCK_DEG)
    cuts = np.flatnonzero(np.diff(rows)) + 1
    if len(cuts) + 1 < wanted:
        cuts = np.linspace(0, len(poses_deg), wanted + 1).astype(int)[1:-1]
    return [part for part in np.split(poses_deg, np.unique(cuts)) if len(part)]


@lru_cache(maxsize=1)
def _checker_of(key: str) -> list[Checker]:
    """Return the place where a worker keeps its checker; FCL's trees cannot be sent, so each builds its own."""
    del key
    return []


def _work(key: str, scene: bytes, poses_deg: NDArray[np.float64]) -> Answer:
    place = _checker_of(key)
    if not place:
        restored: Scene = pickle.loads(scene)
        place.append(Checker(restored))
    return place[0].pair_status(poses_deg)
