"""What runs the chunks of a study: processes of this machine, a Dask cluster, ranks of an MPI job, any executor.

All are executors of `concurrent.futures`. Those that this module makes are made anew when a worker's end broke them.
"""

from __future__ import annotations

import multiprocessing
import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import Any

from simulator.errors import SimulatorError, unknown
from simulator.maps.helpers import children_deaf, require_submits, worker_count
from simulator.stopping import collect_seldom
from simulator.studies.case import Case
from simulator.studies.worker import Done, Order, require_program, work

NAMES = ("loky", "processes", "dask:tcp://HOST:PORT", "mpi")
ADDRESS = re.compile(r"inproc://\S+|([a-z]+://)?\S+:\d+")
"""Of a Dask scheduler."""
IN_HAND = 2
"""So many chunks beyond one for each worker are sent out: none waits for its next, and few are lost with one."""
MEMORY_BYTES = "2e9"
"""What a worker keeps beyond this loky takes for a leak, and starts it anew: models are kept, and compiled code."""
POLL_S = 0.5
"""So often a worker looks whether the process that started it is there."""
OF_OTHERS = 256
"""Chunks that executors of others have at a time where nobody says: they may have any number of workers."""


class Pool:
    """An executor, and what to do when it breaks.

    Parameters
    ----------
    make : callable
        Returns the executor, and a new one after each break.
    at_a_time : int
        So many chunks it has at a time.
    is_ours : bool
        Whether it may be made anew; one that somebody gave may not.
    """

    def __init__(self, make: Callable[[], Executor], at_a_time: int, *, is_ours: bool) -> None:
        self._make, self.at_a_time, self._is_ours = make, at_a_time, is_ours
        self._executor = make()

    def submit(self, order: Order, cases: tuple[Case, ...]) -> Future[Done]:
        """Send out a chunk; of a broken executor the future has the error."""
        try:
            with children_deaf():
                return self._executor.submit(work, order, cases)
        except BrokenExecutor as error:
            broken: Future[Done] = Future()
            broken.set_exception(error)
            return broken

    def start(self, order: Order) -> None:
        """Start the workers, and refuse those that cannot work.

        Raises
        ------
        SimulatorError
            If none starts, or has another version of the program.
        """
        try:
            with children_deaf():
                started = self._executor.submit(require_program, order.program)
            started.result()
        except SimulatorError:
            raise
        except Exception as error:
            raise SimulatorError(f"executor: no worker can be started: {_line(error)}") from None

    def renew(self, order: Order) -> None:
        """Take a new executor in place of one that is broken.

        Raises
        ------
        SimulatorError
            If it was given by somebody, or no worker starts.
        """
        if not self._is_ours:
            raise SimulatorError(
                "executor: one of its workers ended, and with it all that it had to do; what is done stays in the "
                "folder of the study: run it again with a new executor"
            )
        end(self._executor, at_once=True)
        self._executor = self._make()
        self.start(order)

    def end(self, *, at_once: bool) -> None:
        """End an executor of ours, at once or when its workers have nothing more to do."""
        if self._is_ours:
            end(self._executor, at_once=at_once)


def end(executor: Executor, *, at_once: bool) -> None:
    """Shut an executor down; at once means with what its workers are at, where it can do so."""
    try:
        executor.shutdown(wait=True, kill_workers=at_once)  # type: ignore[call-arg]
    except TypeError:  # loky alone knows how
        executor.shutdown(wait=not at_once, **({"cancel_futures": True} if at_once else {}))


@contextmanager
def pool_of(executor: Executor | str | None, workers: int | None, order: Order) -> Iterator[Pool]:
    """Yield the pool of an executor, or of the name of one, with its workers started; ended afterwards.

    Parameters
    ----------
    executor : Executor or str, optional
        One that somebody made, and will shut down; or ``"loky"`` (if not given), ``"processes"``,
        ``"dask:tcp://HOST:PORT"``, ``"mpi"``.
    workers : int, optional
        Number of processes, all cores if not given; with Dask, MPI or an executor of somebody, how many chunks it
        has at a time.
    order : Order
        Of the run.

    Raises
    ------
    SimulatorError
        If the name is unknown, what it needs is not installed, or no worker can be started.
    """
    require_executor(executor)
    count = worker_count(workers)
    if executor is None or executor in ("loky", "processes"):
        make = _processes if executor == "processes" else _loky
        found = Pool(lambda: make(count), count + IN_HAND, is_ours=True)
        try:
            found.start(order)
            yield found
        except BaseException:
            found.end(at_once=True)
            raise
        found.end(at_once=False)
        return
    with _of_others(executor) as given:
        found = Pool(lambda: given, OF_OTHERS if workers is None else count, is_ours=False)
        found.start(order)
        yield found


def require_executor(executor: Executor | str | None) -> None:
    """Refuse a name that is none of `NAMES`, and of Dask an address that none can be at.

    Raises
    ------
    SimulatorError
        If it is none.
    """
    if not isinstance(executor, str):
        require_submits(executor)
    elif executor not in NAMES:
        kind, _, address = executor.partition(":")
        if kind != "dask":
            raise unknown("--executor", executor, NAMES)
        if not ADDRESS.fullmatch(address):
            raise _no_scheduler(address, "HOST:PORT, or PROTOCOL://HOST:PORT")


@contextmanager
def _of_others(executor: Executor | str) -> Iterator[Executor]:
    if not isinstance(executor, str):
        yield executor
    elif executor == "mpi":
        with _mpi() as ranks:
            yield ranks
    else:
        with _dask_client(executor.removeprefix("dask:")) as client:
            yield client.get_executor(pure=False)


def _loky(count: int) -> Executor:
    from loky import ProcessPoolExecutor

    resource_tracker.ensure_running()  # started later, it would hear Ctrl-C
    started = {"initializer": _end_with, "initargs": (os.getpid(),)}
    return ProcessPoolExecutor(count, env={"LOKY_MAX_MEMORY_LEAK_SIZE": MEMORY_BYTES}, **started)  # type: ignore[no-any-return]


def _processes(count: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor

    resource_tracker.ensure_running()
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_end_with, initargs=(os.getpid(),))


def _end_with(parent: int) -> None:
    """Let a worker process end when the one that shares out the work does, even if that is killed."""

    def watch() -> None:
        while os.getppid() == parent:  # on Windows it stays, and such a worker is left to its user
            time.sleep(POLL_S)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
    collect_seldom()


def _dask_client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise _not_installed("dask", "distributed") from None
    try:
        return Client(address, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _no_scheduler(address, _line(error)) from None


@contextmanager
def _mpi() -> Iterator[Executor]:
    try:
        from mpi4py.futures import MPIPoolExecutor, _core
    except ImportError:
        raise _not_installed("mpi", "mpi4py") from None
    if _core.SharedPool is None:
        raise SimulatorError(
            "--executor: mpi needs a job of two ranks at least, the first of which shares out the work: "
            "mpiexec -n 3 python -m mpi4py.futures -m simulator sweep STUDY --executor mpi"
        )
    executor = MPIPoolExecutor()
    try:
        yield executor
    except BaseException:
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown()


def _no_scheduler(address: str, why: str) -> SimulatorError:
    return SimulatorError(
        f"--executor: dask: must be the address of a scheduler that runs, such as tcp://127.0.0.1:8786, was "
        f"{address!r}: {why}"
    )


def _not_installed(extra: str, package: str) -> SimulatorError:
    return SimulatorError(
        f"--executor: {extra} needs {package}, which is not installed: pip install "
        f"'treatment-geometry-simulator[{extra}]'"
    )


def _line(error: BaseException) -> str:
    """Return an error as one short line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
