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
from simulator.collision.contact import Status
from simulator.collision.scene import Scene

Answer = tuple[NDArray[np.int8], NDArray[np.float64] | None]
"""Status of every pair (pairs, n), and the least distances (n,) where they were asked for."""
Progress = Callable[[int, int], None]
"""Called with the number of poses done and of all poses."""
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
    clearance: bool = False,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Return the status of every pair at every pose, and on request the least distance at every pose.

    The answer is the same, to the bit, for any number of workers: a pose's answer depends on the pose alone.

    Parameters
    ----------
    checker : Checker
        Of the scene.
    poses_deg : ndarray, shape (n, 2)
        Sorted so that neighbours follow each other.
    clearance : bool
        Whether to measure distances too (milliseconds a pose).
    workers : int, optional
        Number of processes; all cores if not given.
    progress : callable, optional
        Called as ``progress(done, total)`` after every part.

    Returns
    -------
    pair_status : ndarray of int8, shape (pairs, n)
    clearance_mm : ndarray, shape (n,), or None
    """
    count = _worker_count(workers) if len(poses_deg) >= LEAST_POSES else 1
    parts = _parts(poses_deg, PARTS_PER_WORKER * count)
    done = 0

    def note(part: NDArray[np.float64], answer: Answer) -> Answer:
        nonlocal done
        done += len(part)
        if progress is not None:
            progress(done, len(poses_deg))
        return answer

    if count == 1:
        answers = [note(part, _answer(checker, part, clearance)) for part in parts]
    else:
        answers = _shared_out(checker, parts, clearance, count - 1, note)
    statuses = np.concatenate([status for status, _ in answers], axis=1)
    clearances = [clearance_mm for _, clearance_mm in answers if clearance_mm is not None]
    return statuses, np.concatenate(clearances) if clearances else None


def start_helpers(workers: int | None = None) -> None:
    """Start the processes that :func:`evaluate` will use, so that they load while the caller loads meshes."""
    helpers = _worker_count(workers) - 1
    if helpers > 0:
        _executor(helpers).submit(_checker_of, "")


def _executor(helpers: int) -> Any:
    from loky import get_reusable_executor

    return get_reusable_executor(max_workers=helpers)


def _shared_out(
    checker: Checker,
    parts: list[NDArray[np.float64]],
    clearance: bool,
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
            sent[index] = executor.submit(_work, key, scene, parts[index], clearance)
        if index is not None:
            sent[index].add_done_callback(send)

    try:
        for _ in range(helpers):
            send()
        with suppress(IndexError):
            while True:
                with choosing:
                    index = waiting.pop()
                answers[index] = note(parts[index], _answer(checker, parts[index], clearance))
        for index in range(len(parts)):
            if index not in answers:
                answers[index] = note(parts[index], sent[index].result())
    except BaseException:
        waiting.clear()
        executor.shutdown(wait=False, kill_workers=True)
        raise
    return [answers[index] for index in range(len(parts))]


def _worker_count(workers: int | None) -> int:
    from loky import cpu_count

    return max(1, int(cpu_count()) if workers is None else workers)


def _parts(poses_deg: NDArray[np.float64], wanted: int) -> list[NDArray[np.float64]]:
    """Divide poses where a new row of blocks begins, or evenly where there are fewer rows than wanted parts."""
    rows = np.floor(poses_deg[:, 1] / BLOCK_DEG)
    cuts = np.flatnonzero(np.diff(rows)) + 1
    if len(cuts) + 1 < wanted:
        cuts = np.linspace(0, len(poses_deg), wanted + 1).astype(int)[1:-1]
    return [part for part in np.split(poses_deg, np.unique(cuts)) if len(part)]


def _answer(checker: Checker, poses_deg: NDArray[np.float64], clearance: bool) -> Answer:
    statuses = checker.pair_status(poses_deg)
    if not clearance:
        return statuses, None
    clearance_mm, _, _ = checker.clearance(poses_deg, checker.scene.clearance_pairs)
    return statuses, np.where(statuses.max(axis=0, initial=0) == Status.COLLIDING, 0.0, clearance_mm)


@lru_cache(maxsize=1)
def _checker_of(key: str) -> list[Checker]:
    """Return the place where a worker keeps its checker; FCL's trees cannot be sent, so each builds its own."""
    del key
    return []


def _work(key: str, scene: bytes, poses_deg: NDArray[np.float64], clearance: bool) -> Answer:
    place = _checker_of(key)
    if not place:
        restored: Scene = pickle.loads(scene)
        place.append(Checker(restored))
    return _answer(place[0], poses_deg, clearance)
