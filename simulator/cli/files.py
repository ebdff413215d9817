"""Files that a command writes: all of them, or none."""

from __future__ import annotations

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import SimulatorError
from simulator.stopping import undisturbed


@contextmanager
def scratch_beside(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder beside the output: what cannot be written to is known before any work is done.

    Raises
    ------
    SimulatorError
        If it cannot be written to, or what is written meanwhile does not fit.
    """
    try:
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        parent = folder.absolute().parent
        while not parent.exists():
            parent = parent.parent
    except OSError as error:
        raise _not_writable(folder, error) from None
    scratch = parent / f".simulator-{secrets.token_hex(4)}"
    try:
        scratch.mkdir(mode=0o700)
        yield scratch
    except OSError as error:
        raise _not_writable(folder, error) from None
    finally:
        with undisturbed():
            shutil.rmtree(scratch, ignore_errors=True)


@undisturbed()
def move_files(unfinished: Path, folder: Path) -> None:
    """Move finished files to where they go, all or none."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files = sorted(unfinished.iterdir())
        for file in files:
            if (folder / file.name).is_dir():
                raise IsADirectoryError(errno.EISDIR, f"{file.name} is a folder there")
        for file in files:
            file.replace(folder / file.name)
    except OSError as error:
        raise _not_writable(folder, error) from None


def _not_writable(folder: Path, error: OSError) -> SimulatorError:
    return SimulatorError(
        f"--output: must be a folder that can be written to, {str(folder)!r} is not: {error.strerror or error}"
    )
