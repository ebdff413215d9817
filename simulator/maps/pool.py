"""Every pose of a grid through the checker, on all cores, in parts that can be watched and stopped."""

from __future__ import annotations

import hashlib
import os
import pickle
import signal
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import lru_cache
from multiprocessing import active_children, parent_process
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.collision.checker import Checker
from simulator.collision.scene import Scene
from simulator.maps.progress import Progress

Answer = NDArray[np.int8]
"""Status of every pair, shape (pairs, n)."""
LEAST_POSES = 4000
"""Fewer poses than this are not worth a second process."""
PARTS_PER_WORKER = 3
BLOCK_DEG = 16.0
"""Parts end where the checker's blocks end, so that no block is cut."""
PATIENCE_S = 1.0
"""How often to look whether there still is a helper to wait for; the answer does not depend on it."""
OWNER = os.getpid()
"""A fork of this process inherits the names of its helpers, but not the threads that talk to them."""
_in_use = Lock()


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

    with _helpers(count - 1) as executor:
        if executor is None:
            answers = [note(part, checker.pair_status(part)) for part in parts]
        else:
            answers = _shared_out(executor, count - 1, checker, parts, note)
    return np.concatenate(answers, axis=1)


def start_helpers(workers: int | None = None) -> None:
    """Start the processes that :func:`evaluate` will use, so that they load while the caller loads meshes."""
    with _helpers(worker_count(workers) - 1) as executor, suppress(Exception):
        if executor is not None:
            _submit(executor, _checker_of, "")


def stop_helpers() -> None:
    """End the processes that were started, whatever they are at."""
    for process in active_children():
        process.terminate()


@contextmanager
def _helpers(count: int) -> Iterator[Any]:
    """Yield what runs work in other processes; None where this one does better alone.

    It does where it was started or forked by another one, which shares out work itself and whose helpers are not its
    own; while another thread of it has the helpers; and where the system gives no processes, or nothing to share.
    """
    if count <= 0 or os.getpid() != OWNER or parent_process() is not None or not _in_use.acquire(blocking=False):
        yield None
        return
    try:
        yield _executor(count)
    finally:
        _in_use.release()


def _executor(count: int) -> Any:
    try:
        from loky import get_reusable_executor

        if hasattr(signal, "pthread_sigmask"):
            from multiprocessing import resource_tracker

            resource_tracker.ensure_running()  # to start it later would open the ears of the next helper again
        return get_reusable_executor(max_workers=count)
    except Exception:  # no semaphores, no memory to share: whatever the system lacks
        return None


def _submit(executor: Any, *work: Any) -> Future[Any]:
    """Give a helper work, and start one for it if there is none."""
    with _children_deaf():
        return executor.submit(*work)  # type: ignore[no-any-return]


@contextmanager
def _children_deaf() -> Iterator[None]:
    """Let processes that are started meanwhile be deaf to Ctrl-C: this one hears it, and ends its helpers."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _shared_out(
    executor: Any,
    helpers: int,
    checker: Checker,
    parts: list[NDArray[np.float64]],
    note: Callable[[NDArray[np.float64], Answer], Answer],
) -> list[Answer]:
    """Return the answers of all parts: helper processes take them from the front, this one from the back.

    What helpers cannot be given, or do not bring back because they ended, this process does, too.
    """
    scene = pickle.dumps(checker.scene)
    key = hashlib.sha256(scene).hexdigest()
    waiting = deque(range(len(parts)))
    sent: dict[int, Future[Answer]] = {}
    answers: dict[int, Answer] = {}
    choosing = Lock()

    def send(_: object = None) -> None:
        """Give a helper its next part; called again when it is done, so that none is kept in a queue."""
        with choosing:
            if not waiting:
                return
            try:
                future = _submit(executor, _work, key, scene, parts[waiting[0]])
            except Exception:  # no more processes, or none left
                return
            sent[waiting.popleft()] = future
        future.add_done_callback(send)

    try:
        for _ in range(helpers):
            send()
        with suppress(IndexError):
            while True:
                with choosing:
                    index = waiting.pop()
                answers[index] = note(parts[index], checker.pair_status(parts[index]))
        for index, future in sent.items():
            answer = _brought(future)
            answers[index] = note(parts[index], checker.pair_status(parts[index]) if answer is None else answer)
    except BaseException:
        waiting.clear()
        executor.shutdown(wait=False, kill_workers=True)
        raise
    return [answers[index] for index in range(len(parts))]


def _brought(future: Future[Answer]) -> Answer | None:
    """Return what a helper brings; None if it failed, of which the true cause comes again here, or if none is left.

    The executor notices most deaths; one that ends as it is given work, because it idled for long, may escape it.
    """
    while True:
        try:
            return future.result(timeout=PATIENCE_S)
        except Exception:
            if future.done() or not active_children():
                return None


def worker_count(workers: int | None) -> int:
    """Return how many processes or threads to use: all cores if not said."""
    if workers is not None:
        return max(1, workers)
    try:
        from loky import cpu_count
    except ImportError:  # a system without semaphores
        return 1
    return max(1, int(cpu_count()))


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
