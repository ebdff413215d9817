"""Functions compiled to machine code by numba, kept in the user's cache folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba

from simulator.proofs.storage import cache_folder

Function = TypeVar("Function", bound=Callable[..., Any])


def jit(function: Function) -> Function:
    """Compile a function when it is first called; it releases the interpreter's lock while it runs."""
    return _compiled(function, forceinline=False)


def inlined(function: Function) -> Function:
    """Compile a small function into each of its callers: handing over a tree costs more than a product of vectors."""
    return _compiled(function, forceinline=True)


def _compiled(function: Function, *, forceinline: bool) -> Function:
    """Compile with a cache on disk.

    numba keys what it keeps by the file of the function alone, and would not notice a change in a file that the
    function calls into. So the folder carries a digest of all files of this room.
    """
    folder = _folder()
    before = numba.config.CACHE_DIR
    try:
        numba.config.CACHE_DIR = str(folder) if folder is not None else before
        compiled: Function = numba.njit(
            nogil=True, error_model="numpy", cache=folder is not None, forceinline=forceinline
        )(function)
    finally:
        numba.config.CACHE_DIR = before
    return compiled


@cache
def _folder() -> Path | None:
    """Return where compiled code is kept; None if nothing can be written there."""
    digest = hashlib.sha256()
    for file in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(file.read_bytes())
    return cache_folder(f"compiled-{digest.hexdigest()[:16]}")
