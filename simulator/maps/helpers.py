"""Processes of this machine that help: they load while the caller loads, work along, and draw beside it.

To start them takes no numpy, so that they begin with what they load as soon as a command is known.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing import active_children, parent_process
from numbers import Integral

from simulator.errors import SimulatorError, shown
from simulator.stopping import collect_seldom

WORK = "simulator.maps.pool"
"""What every helper loads."""
IDLE_S = 300
"""So long helpers wait for more work."""
KEEPING = {"LOKY_MAX_MEMORY_LEAK_SIZE": "4e9"}
"""What a helper keeps for more work, as what VTK has loaded to draw, is no leak for which it were to be ended."""
OWNER = os.getpid()
"""A fork of this process inherits the names of its helpers, but not the threads that talk to them."""


def start_helpers(workers: int | None = None, first: Callable[[], None] | None = None) -> None:
    """Start the processes that `simulator.maps.pool.evaluate` will use, so that they load while the caller does.

    Each calls ``first``, if there is one, before other work: it loads what that will need.
    """
    count = worker_count(workers) - 1
    ours = helpers(count)
    if ours is not None:
        with suppress(Exception), children_deaf():
            for _ in range(count):
                ours.submit(_begin, first)


def stop_helpers() -> None:
    """End the processes that were started, whatever they are at."""
    for process in active_children():
        process.terminate()


def worker_count(workers: int | None) -> int:
    """Return how many processes or threads to use: all cores if not said.

    Raises
    ------
    SimulatorError
        If it is no whole number of at least 1.
    """
    if workers is not None:
        if not isinstance(workers, Integral) or isinstance(workers, bool) or workers < 1:
            raise SimulatorError(f"workers: must be a whole number of at least 1, was {workers!r}")
        return int(workers)
    try:
        from loky import cpu_count
    except ImportError:  # a system without semaphores
        return 1
    return max(1, int(cpu_count()))


def require_submits(executor: Executor | None) -> None:
    """Refuse what nothing can be handed over to: a name, or the class in place of an executor.

    Raises
    ------
    SimulatorError
        What it must be, and what it was.
    """
    if executor is not None and not hasattr(type(executor), "submit"):
        raise SimulatorError(f"executor: must be as those of concurrent.futures, was {shown(executor)}")


def helpers(count: int) -> Executor | None:
    """Return processes that need no ``__main__`` guard and fork no window; None where this one does better alone.

    It does where it was started or forked by another one, which shares out work itself and whose helpers are not its
    own; and where the system gives no processes, or nothing to share.
    """
    if count <= 0 or os.getpid() != OWNER or parent_process() is not None:
        return None
    try:
        from multiprocessing import resource_tracker

        from loky import get_reusable_executor

        if hasattr(signal, "pthread_sigmask"):
            resource_tracker.ensure_running()  # to start it later would open the ears of the next helper again
        return get_reusable_executor(  # type: ignore[no-any-return]
            max_workers=count, timeout=IDLE_S, env=KEEPING, initializer=collect_seldom
        )
    except Exception:  # no semaphores, no memory to share: whatever the system lacks
        return None


@contextmanager
def children_deaf() -> Iterator[None]:
    """Let processes that are started meanwhile be deaf to Ctrl-C: this one hears it, and ends its helpers."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(first: Callable[[], None] | None) -> None:
    """Load in a helper what it will need."""
    if first is not None:
        first()
    import_module(WORK)
