"""Functions compiled to machine code by numba, kept in the user's cache folder.

numba keeps what it compiles by the file that a function stands in, and does not notice when a function that was
compiled in with it changes in another file. So what is kept is found here by the source of the whole folder: a
compiled function may use functions, types and constants of its own folder and of installed packages.

What is kept is unpickled and run. So the folder is made for the user alone, and used only if nobody else can put
anything into it: folders that a group may write to are common, and what others put there would run as this user. It
may be deleted at any time.

A function is compiled once on a machine, however many processes first call it at the same moment: tests, helpers, the
workers of a study. One compiles, and the others wait and load what it has kept.
"""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator
from numba.core.compiler_lock import global_compiler_lock
from numba.extending import overload
from platformdirs import user_cache_path

from simulator.file_lock import TakenError, locked

Function = TypeVar("Function", bound=Callable[..., Any])
Compiling = Callable[[Any], Any]
"""Makes code for a signature."""

VERSIONS = tuple(map(version, ("numpy", "numba", "llvmlite")))
PATIENCE_S = 120.0
"""So long one process waits for what another one compiles: then that one may have been stopped, and both compile."""


def jit(function: Function) -> Function:
    """Compile a function when it is first called; called from Python, it releases the interpreter's lock."""
    return _compiled(function)


def inlined(function: Function) -> Function:
    """Compile a small function into each of its callers: it is done sooner than a tree is handed over.

    It borrows its caller's arrays and counts no references, so it must make no array and return none: where two trees
    are searched, counting takes as long as all else.
    """
    return _compiled(function, _nrt=False, forceinline=True)


def unless_none(otherwise: Callable[..., Any]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile a function into its callers; where its first argument is None, ``otherwise`` stands in its place.

    The type of the argument decides, so that of what is not there nothing is left in the code.
    """

    def decorated(function: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(function)
        def called(*arguments: Any) -> Any:
            return otherwise(*arguments) if arguments[0] is None else function(*arguments)

        def chosen(*arguments: Any) -> Callable[..., Any]:
            return otherwise if isinstance(arguments[0], numba.types.NoneType) else function

        overload(called, strict=False, jit_options={"error_model": "numpy"})(chosen)
        return called

    return decorated


def _compiled(function: Function, **options: bool) -> Function:
    """Compile for callers that are compiled themselves, and apart from that for Python, if it ever calls.

    It calls few of them, and what turns its objects into trees takes as long to compile as all else.
    """
    if numba.config.DISABLE_JIT:
        return function
    inner = _dispatcher(function, "inner", no_cpython_wrapper=True, **options)
    outer = _dispatcher(function, "outer", nogil=True)

    @wraps(function)
    def called(*arguments: Any) -> Any:
        return outer(*arguments)

    # The type is what numba sees in place of the Python function, and does not keep its owner alive.
    vars(called).update(_inner=inner, _numba_type_=inner._numba_type_)
    return cast(Function, called)


def _dispatcher(function: Callable[..., Any], name: str, **options: bool) -> Any:
    dispatcher = numba.njit(error_model="numpy", no_cfunc_wrapper=True, **options)(function)
    folder = _folder(Path(function.__code__.co_filename).parent)
    # What a function closes over is compiled in, and no file tells what it was.
    if folder is not None and function.__closure__ is None:
        with _cache_dir(folder / name), suppress(RuntimeError):  # there is no place that numba can write to
            kept = _Cache(function, is_borrowing=not options.get("_nrt", True))
            if Path(kept.cache_path) == folder / name:  # else it is one where only the function's own file counts
                dispatcher._cache = kept
                dispatcher.compile = _one_at_a_time(dispatcher.compile, folder / name, function)
    return dispatcher


def _one_at_a_time(compiling: Compiling, folder: Path, function: Callable[..., Any]) -> Compiling:
    """Return what compiles for a signature while no other process does, or loads what another one has just kept.

    Nobody waits in a ring. Within a process numba's lock, which is taken first, lets one thread compile. Between
    processes, who waits for a function holds the locks of its callers alone, and no function is among its own.
    """

    def alone(signature: Any) -> Any:
        told = f"{function.__module__}.{function.__qualname__} {signature}"
        file = folder / f"{hashlib.sha256(told.encode()).hexdigest()[:20]}.lock"
        with global_compiler_lock, ExitStack() as held:
            with suppress(OSError, TakenError):  # a place that is read only, or without locks
                held.enter_context(locked(file, patience_s=PATIENCE_S))
            return compiling(signature)

    return alone


class _Locator(UserProvidedCacheLocator):  # type: ignore[misc]
    """Where code is kept does not depend on where its sources lie: any copy of them finds it, in any environment."""

    @classmethod
    def get_suitable_cache_subpath(cls, py_file: str) -> str:  # noqa: ARG003 - numba's own goes by it
        """Return nothing: the folder is named by the content of the sources."""
        return ""


class _Kept(CompileResultCacheImpl):  # type: ignore[misc]
    """numba's own, in that place only."""

    _locator_classes = [_Locator]


class _Cache(FunctionCache):  # type: ignore[misc]
    """numba's own, where a file that is damaged or cannot be written is one that is not there."""

    _impl_class = _Kept

    def __init__(self, function: Callable[..., Any], *, is_borrowing: bool) -> None:
        super().__init__(function)
        self._is_borrowing = is_borrowing

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the code for a signature; None if it must be compiled."""
        try:
            found = super().load_overload(signature, target)
        except Exception:  # cut short, or of a library that changed without its version
            with suppress(OSError):
                self.flush()
            return None
        # Two processes that first compile a function for different arguments may write under one name.
        return found if found is not None and found.signature.args == tuple(signature) else None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep the code for a signature, if that can be done."""
        if self._is_borrowing and "array(" in str(result.signature.return_type):
            raise TypeError(f"{result.fndesc.qualname} returns an array that it only borrows")
        with suppress(OSError):
            super().save_overload(signature, result)


@contextmanager
def _cache_dir(folder: Path) -> Iterator[None]:
    """Set what the environment variable NUMBA_CACHE_DIR sets."""
    before, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(folder)
    try:
        yield
    finally:
        numba.config.CACHE_DIR = before


@cache
def _folder(sources: Path) -> Path | None:
    """Return where code compiled from a folder of sources is kept; None where there is no place to trust.

    The environment variable ``SIMULATOR_CACHE`` names another place.
    """
    try:
        content = [file.read_bytes() for file in (Path(__file__), *sorted(sources.glob("*.py")))]
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
