"""One file, written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

from simulator.errors import SimulatorError


def file_path(path: str | os.PathLike[str], *endings: str) -> Path:
    """Return a path whose name ends as what it will hold.

    Raises
    ------
    SimulatorError
        If it ends otherwise: programs go by it.
    """
    found = Path(path)
    if found.suffix.lower() not in endings:
        raise SimulatorError(f"{found}: must end in {' or '.join(endings)}")
    return found


def write_whole(path: Path, content: bytes) -> None:
    """Write a file under another name first, so that it appears whole; its folder is made if there is none.

    Raises
    ------
    SimulatorError
        If it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        if path.parent.exists() and not path.parent.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise SimulatorError(f"{path}: cannot be written: {error.strerror}") from None
