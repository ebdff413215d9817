"""A lock on a file that the system lifts when its owner ends, however that is."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

AGAIN_S = 0.02
"""So often it is asked whether another owner has lifted it; a signal is heard in between."""


class TakenError(Exception):
    """Another owner has the lock."""


@contextmanager
def locked(path: Path, *, patience_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of a file, which is made if there is none, and stays.

    Parameters
    ----------
    path : Path
        The file; its folder must be there.
    patience_s : float
        How long to wait for another owner to lift it.

    Raises
    ------
    TakenError
        If another one still has it then.
    OSError
        If the file cannot be made, or the file system has no locks.
    """
    until = time.monotonic() + patience_s
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not _take(descriptor):
            if time.monotonic() >= until:
                raise TakenError
            time.sleep(AGAIN_S)
        try:
            yield
        finally:
            _lift(descriptor)
    finally:
        os.close(descriptor)


if os.name == "nt":
    import msvcrt

    def _take(descriptor: int) -> bool:
        """Take the lock, or return that another one has it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except PermissionError:
            return False
        return True

    def _lift(descriptor: int) -> None:
        """Lift the lock."""
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)  # type: ignore[attr-defined]

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        """Take the lock, or return that another one has it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _lift(descriptor: int) -> None:
        """Lift the lock, which a process that was forked meanwhile would keep: it has the same open file."""
        fcntl.flock(descriptor, fcntl.LOCK_UN)
