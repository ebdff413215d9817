"""Work that a helper does beside this process: pictures, while there is still something to be proven."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from typing import ParamSpec, TypeVar

from simulator.errors import SimulatorError
from simulator.maps.helpers import children_deaf, helpers, worker_count

Found = TypeVar("Found")
Arguments = ParamSpec("Arguments")
PATIENCE_S = 120.0
"""What a helper has not brought after so long is done here, too: its pool may have lost it."""


def beside(
    function: Callable[Arguments, Found], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Callable[[], Found]:
    """Let a helper call a function, and return what waits for its answer.

    Where there are no helpers, the function is called here, and not before its answer is asked for; so it is where a
    helper has ended, as libraries can end a process.

    Parameters
    ----------
    function : callable
        Of a module. Its answer depends on its arguments alone.
    *arguments, **named
        What can be pickled; taken as it is now.

    Returns
    -------
    callable
        Returns the answer, or raises what the function raises.
    """
    ours = helpers(worker_count(None) - 1)
    future: Future[Found] | None = None
    if ours is not None:
        with suppress(Exception), children_deaf():
            future = ours.submit(function, *arguments, **named)

    def answer() -> Found:
        if future is not None:
            try:
                return future.result(timeout=PATIENCE_S)
            except SimulatorError:
                raise
            except Exception:  # its process has ended, or is lost; if the work is at fault, it fails here as well
                pass
        return function(*arguments, **named)

    return answer
