"""The user's cache folder: what can be made again, kept so that it need not be.

A file begins with a checksum of its name and of all that follows: what is damaged, cut short or copied from elsewhere
counts as missing, and is made again and replaced. Files are written under another name first, so they appear whole or
not at all, and any number of processes may share the folder. If something fails (no home, no rights, no space), work
goes on without a cache.

Nothing is ever removed, and what another version of the code has made is not used: the folder may be deleted at any
time. The checksum guards against accidents, not against malice: what lies there is unpickled and run. So the folder
is used only if nobody else can write to it (`_others_may_write`); new folders are made so.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import stat
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

FORMAT = b"1"
"""Of the files; part of every checksum."""
PROGRAM = Path("treatment-geometry-simulator")

Arrays = dict[str, NDArray[Any]]
Layout = Mapping[str, tuple[DTypeLike, tuple[int, ...]]]
"""Type and shape of each array."""
Bytes = bytes | memoryview


def cache_folder(name: str) -> Path | None:
    """Return where things of one kind are kept, whether it exists or not; None where there is no place to trust.

    The environment variable ``SIMULATOR_CACHE`` names another place.
    """
    try:
        root, below = _place()
    except RuntimeError:  # there is no home
        return None
    folder = root / below / name
    between = [folder, *folder.parents][: len((below / name).parts) + 1]
    for each in between:
        if _others_may_write(each):
            _tell(each)
            return None
    return folder


def _place() -> tuple[Path, Path]:
    """Return the folder that is the user's, by name or as home, and the place of the cache below it."""
    if chosen := os.environ.get("SIMULATOR_CACHE"):
        return Path(chosen), Path()
    if sys.platform == "win32":
        named, usual = os.environ.get("LOCALAPPDATA"), Path("AppData", "Local")
    elif sys.platform == "darwin":
        named, usual = None, Path("Library", "Caches")
    else:
        named, usual = os.environ.get("XDG_CACHE_HOME"), Path(".cache")
    return (Path(named), PROGRAM) if named else (Path.home(), usual / PROGRAM)


def _others_may_write(folder: Path) -> bool:
    """Return whether a folder belongs to another user (but the system's), or group or others may write to it.

    Where POSIX's owners and modes are unknown, as on Windows, nothing is asked: a user's profile is the user's there.
    """
    if not hasattr(os, "geteuid"):
        return False
    try:
        found = folder.stat()
    except OSError:  # not there yet, or out of reach
        return False
    is_writable = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return found.st_uid not in (0, os.geteuid()) or bool(is_writable)


@cache
def _tell(folder: Path) -> None:
    logging.getLogger("simulator").warning(
        "simulator: warning: %s: others can write to this folder, so nothing is loaded from it or kept in it, and "
        "code is compiled anew each time; make it yours alone (chmod go-w), or name another one in SIMULATOR_CACHE",
        folder,
    )


def code_of(*files: Path) -> str | None:
    """Return a hash of source files; None where there are none to read, and then nothing can be kept."""
    try:
        hashes = [hashlib.sha256(file.read_bytes()).digest() for file in files]
    except OSError:
        return None
    return hashlib.sha256(b"".join(hashes)).hexdigest() if hashes else None


def kept(name: str, key: str, layout: Layout, make: Callable[[], Arrays]) -> Arrays:
    """Return arrays from the cache; if they are not there, make and keep them.

    Parameters
    ----------
    name : str
        Of the folder.
    key : str
        Of the file: hashes of all that the arrays depend on, the code that makes them included.
    layout : mapping
        The arrays, in order; anything else is not used.
    make : callable
        Makes them.
    """
    content = read(name, key)
    header = _header(layout)
    if content is not None and content[: len(header)] == header:
        arrays, start = {}, len(header)
        for each, (kind, shape) in layout.items():
            arrays[each] = np.ndarray(shape, kind, content, start).copy()  # aligned, and open to writing
            start += arrays[each].nbytes
        return arrays
    arrays = make()
    header = _header({each: (array.dtype, array.shape) for each, array in arrays.items()})
    write(name, key, [header, *(np.ascontiguousarray(array).data for array in arrays.values())])
    return arrays


def read(name: str, key: str) -> memoryview | None:
    """Return what is kept in a file; None if there is none, or if it is not what was written."""
    folder = cache_folder(name)
    try:
        found = memoryview((folder / key).read_bytes() if folder is not None else b"")
    except OSError:
        return None
    size = hashlib.sha256().digest_size
    return found[size:] if found[:size] == _checksum(name, key, [found[size:]]) else None


def write(name: str, key: str, pieces: list[Bytes]) -> None:
    """Keep something in a file, if that can be done."""
    folder = cache_folder(name)
    if folder is None:
        return
    part = folder / f"{key}.{secrets.token_hex(4)}"
    with suppress(OSError):
        _make(folder)
        try:
            with part.open("xb") as file:
                file.writelines([_checksum(name, key, pieces), *pieces])
            part.replace(folder / key)
        finally:
            part.unlink(missing_ok=True)


def _make(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for the user alone."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def _checksum(name: str, key: str, pieces: list[Bytes]) -> bytes:
    checksum = hashlib.sha256(b"%s %s/%s\n" % (FORMAT, name.encode(), key.encode()))
    for piece in pieces:
        checksum.update(piece)
    return checksum.digest()


def _header(layout: Layout) -> bytes:
    return f"{[(name, np.dtype(kind).str, shape) for name, (kind, shape) in layout.items()]}\n".encode()
