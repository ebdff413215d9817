"""Functions compiled to machine code by numba, kept in the user's cache folder.

numba keeps what it compiles by the file that a function stands in, and does not notice when a function that was
compiled in with it changes in another file. So what is kept is found here by the source of the whole folder: a
compiled function may use functions, types and constants of its own folder and of installed packages.

What is kept is unpickled and run. So the folder is made for the user alone, and used only if nobody else can put
anything into it: folders that a group may write to are common, and what others put there would run as this user. It
may be deleted at any time.

numba is loaded when a function is first called, in `simulator.compiler`: to read, draw and compare maps needs none.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Callable
from functools import cache, update_wrapper, wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

from platformdirs import user_cache_path

Function = TypeVar("Function", bound=Callable[..., Any])

_OWN = [Path(__file__).with_name(name) for name in ("compiled.py", "compiler.py")]
VERSIONS = tuple(map(version, ("numpy", "numba", "llvmlite")))
_chosen: list[tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = []
"""What numba is to be told of when it is loaded: see :func:`unless_none`."""


def jit(function: Function) -> Function:
    """Compile a function when it is first called; called from Python, it releases the interpreter's lock."""
    return cast(Function, _Compiled(function))


def inlined(function: Function) -> Function:
    """Compile a small function into each of its callers: it is done sooner than a tree is handed over.

    It borrows its caller's arrays and counts no references, so it must make no array and return none: where two trees
    are searched, counting takes as long as all else.
    """
    return cast(Function, _Compiled(function, _nrt=False, forceinline=True))


def unless_none(otherwise: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function into its callers; where its first argument is None, ``otherwise`` stands in its place.

    The type of the argument decides, so that of what is not there nothing is left in the code.
    """

    def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def called(*arguments: Any) -> Any:
            return otherwise(*arguments) if arguments[0] is None else function(*arguments)

        _chosen.append((called, function, otherwise))
        return called

    return decorated


class _Compiled:
    """A function compiled for callers that are compiled themselves, and apart from that for Python, if it ever calls.

    It calls few of them, and what turns its objects into trees takes as long to compile as all else.
    """

    def __init__(self, function: Callable[..., Any], **options: bool) -> None:
        update_wrapper(self, function)
        self._function, self._options = function, options
        # Now, and not when it is first called: the sources may be others then.
        self._folder = _folder(Path(function.__code__.co_filename).parent)
        self._made: dict[str, Any] = {}

    def __call__(self, *arguments: Any) -> Any:
        return (self._made.get("outer") or self._dispatcher("outer", nogil=True))(*arguments)

    @property
    def _numba_type_(self) -> Any:
        """What numba sees in place of this object where a compiled function calls it."""
        return self._dispatcher("inner", no_cpython_wrapper=True, **self._options)._numba_type_

    def _dispatcher(self, name: str, **options: bool) -> Any:
        """Return what numba compiles for one kind of callers, made once, whichever thread is the first."""
        from simulator import compiler

        with compiler.global_compiler_lock:
            while _chosen:
                compiler.choose(*_chosen[-1])
                _chosen.pop()
            if name not in self._made:
                folder = None if self._folder is None else self._folder / name
                self._made[name] = compiler.dispatcher(self._function, folder, **options)
            return self._made[name]


@cache
def _folder(sources: Path) -> Path | None:
    """Return where code compiled from a folder of sources is kept; None where there is no place to trust.

    The environment variable ``SIMULATOR_CACHE`` names another place.
    """
    try:
        content = [file.read_bytes() for file in (*_OWN, *sorted(sources.glob("*.py")))]
        place = Path(os.environ.get("SIMULATOR_CACHE") or user_cache_path("treatment-geometry-simulator", False))
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _others_may_write(place):
            logging.getLogger("simulator").warning(
                "simulator: warning: %s: others can write to this folder, so code is neither loaded from it nor kept "
                "in it, and compiled anew each time; make it yours alone (chmod go-w), or name another one in "
                "SIMULATOR_CACHE",
                place,
            )
            return None
        hashes = b"".join(hashlib.sha256(each).digest() for each in content)
        folder = place / hashlib.sha256(hashes + repr(VERSIONS).encode()).hexdigest()[:20]
        folder.mkdir(mode=0o700, exist_ok=True)
    except (OSError, RuntimeError):  # no rights, no home: work goes on without
        return None
    return folder


def _others_may_write(folder: Path) -> bool:
    """Return whether a folder belongs to another user, or group or others may write to it.

    Where POSIX's owners and modes are unknown, as on Windows, nothing is asked: a user's profile is the user's there.
    """
    if not hasattr(os, "geteuid"):
        return False
    found = folder.stat()
    return found.st_uid != os.geteuid() or bool(found.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
