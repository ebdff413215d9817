"""Compiled code is made once on a machine, however many workers of a study begin at the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from simulator.certify import kernels
from simulator.compiled import _folder as code_folder
from simulator.studies.file_lock import locked

MARK = "warm"
"""A file in the folder of compiled code, where a case of a study was worked on from end to end."""


@contextmanager
def compiled_once() -> Iterator[None]:
    """Let one worker alone work while the folder of compiled code is new; the others wait, and then load from it.

    Where nothing can be kept or locked, each compiles for itself.
    """
    folder = code_folder(Path(kernels.__path__[0]))
    if folder is None or (folder / MARK).exists():
        yield
        return
    with ExitStack() as held:
        with suppress(OSError):
            held.enter_context(locked(folder / f"{MARK}.lock", wait=True))
        if (folder / MARK).exists():  # another one was first
            held.close()
        yield
        with suppress(OSError):
            (folder / MARK).touch()
