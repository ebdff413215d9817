"""A lock on a file that the system lifts when its owner ends, however that is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class TakenError(Exception):
    """Another process has the lock."""


@contextmanager
def locked(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock of a file, which is made if there is none, and stays.

    Parameters
    ----------
    path : Path
        The file; its folder must be there.
    wait : bool
        Whether to wait for another owner to lift it.

    Raises
    ------
    TakenError
        If another one has it, and nobody waits.
    OSError
        If the file cannot be made, or the file system has no locks.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, wait)
        yield
    finally:
        os.close(descriptor)  # which lifts it


if os.name == "nt":
    import msvcrt

    def _take(descriptor: int, wait: bool) -> None:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
            except OSError:
                if wait:  # it gives up after ten seconds
                    continue
                raise TakenError from None
            return

else:
    import fcntl

    def _take(descriptor: int, wait: bool) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise TakenError from None
