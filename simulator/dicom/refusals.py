"""All that is wrong with a file, told at once: a user mends a plan in the planning system, not line by line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from simulator.errors import SimulatorError


class Refusals:
    """Errors of a file, or of a part of it, kept until all of it has been looked at."""

    def __init__(self) -> None:
        self._messages: list[str] = []

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the error that reading raises, and go on behind it."""
        try:
            yield
        except SimulatorError as error:
            self._messages += str(error).split("\n")

    def raise_if_any(self) -> None:
        """Raise one error with a line for each that was kept.

        Raises
        ------
        SimulatorError
            If any was.
        """
        if self._messages:
            raise SimulatorError("\n".join(dict.fromkeys(self._messages)))
