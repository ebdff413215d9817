"""Chunks through a pool, each until it is done: one whose worker ends is tried once more, alone, and then given up.

A process that ends takes the pool with it, and all that it had at the time is suspected. Suspects wait until all
others are done; then each has the pool to itself, so that the one at fault is known. Of a chunk of several cases that
fails again, each case has one more try of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from itertools import islice

from simulator.errors import SimulatorError
from simulator.studies.case import Case
from simulator.studies.executors import Pool
from simulator.studies.worker import Done, Order

ENDED = "the worker process ended while it was at this case, twice"
Chunk = tuple[int, tuple[Case, ...]]
"""Its number, and its cases."""


def work_off(pool: Pool, order: Order, chunks: Iterable[Chunk], finish: Callable[[int, Done], None]) -> None:
    """Do all chunks, and call ``finish(number, done)`` with each, in the order in which they are done.

    Raises
    ------
    SimulatorError
        If there are no workers, or none of this version of the program.
    """
    waiting, at_work, suspects = iter(chunks), dict[Future[Done], Chunk](), list[Chunk]()
    while True:
        for number, cases in islice(waiting, pool.at_a_time - len(at_work)):
            at_work[pool.submit(order, cases)] = number, cases
        if not at_work:
            break
        settled, _ = wait(at_work, return_when=FIRST_COMPLETED)
        is_broken = any(isinstance(_error_of(future), BrokenExecutor) for future in settled)
        if is_broken:
            settled, _ = wait(at_work)  # what such a pool has ends as well
        for future in settled:
            chunk = at_work.pop(future)
            if _error_of(future) is None and not future.result().error:
                finish(chunk[0], future.result())
            else:
                suspects.append(chunk)
        if is_broken:
            pool.renew(order)
    for number, cases in sorted(suspects, key=lambda chunk: chunk[0]):
        finish(number, _alone(pool, order, cases))


def _alone(pool: Pool, order: Order, cases: tuple[Case, ...]) -> Done:
    """Return what is found of a suspected chunk, or of each of its cases, with the error of those that fail."""
    found = _tried(pool, order, cases)
    if not found.error:
        return found
    if len(cases) == 1:
        return Done.failed(cases[0], found.error)
    parts = []
    for case in cases:
        of_case = _tried(pool, order, (case,))
        parts.append(Done.failed(case, of_case.error) if of_case.error else of_case)
    return Done.joined(parts)


def _tried(pool: Pool, order: Order, cases: tuple[Case, ...]) -> Done:
    """Return what is found of cases that the pool has alone; an error if its worker ends."""
    future = pool.submit(order, cases)
    wait([future])
    error = _error_of(future)
    if error is None:
        return future.result()
    if not isinstance(error, BrokenExecutor):
        return Done([], " ".join(f"the executor had no answer, twice: {type(error).__name__}: {error}".split()))
    pool.renew(order)
    return Done([], ENDED)


def _error_of(future: Future[Done]) -> BaseException | None:
    """Return why a chunk that was settled was not done, as far as that is no fault of all.

    Raises
    ------
    SimulatorError
        If the executor gave up, or its workers refuse to work.
    """
    try:
        error = future.exception()
    except CancelledError:
        raise SimulatorError("executor: was shut down, or lost, before all was done") from None
    if isinstance(error, SimulatorError):
        raise error
    return error
