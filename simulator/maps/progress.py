"""How far long work is: told to a caller, or drawn on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

MEASURED_S = 3600.0
"""The time left is told from the speed of the last hour: parts may take minutes."""
Progress = Callable[[int, int], None]
"""Called with what is done, and with all."""


@contextmanager
def shown(progress: Progress | None, what: str) -> Iterator[Progress | None]:
    """Yield the caller's callback, or one that draws a bar on a terminal; None where there is neither."""
    if progress is not None or not sys.stderr.isatty():
        yield progress
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True, speed_estimate_period=MEASURED_S) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
