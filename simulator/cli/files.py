"""Files that a command writes: all of them, or none."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from simulator.errors import SimulatorError


def scratch_beside(folder: Path) -> tempfile.TemporaryDirectory[str]:
    """Return a temporary folder beside the output: what cannot be written to is known before any work is done."""
    try:
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        parent = folder.absolute().parent
        while not parent.exists():
            parent = parent.parent
        return tempfile.TemporaryDirectory(prefix=".simulator-", dir=parent)
    except OSError as error:
        raise _not_writable(folder, error) from None


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
        f"--output: must be a folder that can be written to, {str(folder)!r} is not: {error.strerror}"
    )
