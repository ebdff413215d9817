"""One file, written whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.errors import SimulatorError
from simulator.stopping import undisturbed


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


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield another name to write a file under; when that is done, the file takes its own, and else is taken away.

    Its folder is made if there is none.

    Raises
    ------
    SimulatorError
        If it cannot be written.
    """
    unfinished = path.with_name(f".simulator-{secrets.token_hex(4)}{path.suffix}")
    try:
        if path.parent.exists() and not path.parent.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        raise SimulatorError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with undisturbed(), suppress(OSError):
            unfinished.unlink(missing_ok=True)
