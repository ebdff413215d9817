"""Ctrl-C, SIGTERM and a closed terminal: what is at work ends in order, and what must not be cut in two is not."""

from __future__ import annotations

import atexit
import gc
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
SOME_OBJECTS = 20_000
"""So many new ones are worth a visit: several times the number that Python begins with."""


class _Wish:
    """What was asked so far, and how many are at something that is to be finished first."""

    asked = False
    holding = 0


def was_asked() -> bool:
    """Return whether a signal asked to stop, even if a library has swallowed the exception that it raised."""
    return _Wish.asked


@contextmanager
def listening() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` for each signal of those that the caller of the program does not want ignored."""
    _Wish.asked = False
    before = {number: signal.getsignal(number) for number in SIGNALS}
    before = {number: handler for number, handler in before.items() if handler not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, _stop)
    atexit.register(ignore)
    try:
        yield
    finally:
        if _Wish.asked:
            ignore()
        else:
            for number, handler in before.items():
                signal.signal(number, handler)


def ignore() -> None:
    """Take no more notice of the signals: all that is left is to end."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def collect_seldom() -> None:
    """Let Python look for cycles of objects seldom in this process, and not once more when it ends.

    Libraries make hundreds of thousands of objects that stay. To visit them again and again takes some tenths of a
    second, and half a second at the end, when the system frees them at once.
    """
    gc.set_threshold(SOME_OBJECTS, 20, 20)
    atexit.register(gc.freeze)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Finish what is within before a signal counts: files are moved all or none, what is unfinished is removed."""
    if threading.current_thread() is not threading.main_thread():  # signals interrupt the main one only
        yield
        return
    _Wish.holding += 1
    asked = _Wish.asked
    try:
        yield
    finally:
        _Wish.holding -= 1
    if _Wish.asked and not asked:
        raise KeyboardInterrupt


def _stop(number: int, frame: FrameType | None) -> None:
    del number, frame
    _Wish.asked = True
    if not _Wish.holding:
        raise KeyboardInterrupt
