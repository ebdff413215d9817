"""numba, and what it compiled before: loaded when a compiled function is first called.

A function is compiled once on a machine, however many processes first call it at the same moment: tests, helpers, the
workers of a study. One compiles, and the others wait and load what it has kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator
from numba.core.compiler_lock import global_compiler_lock
from numba.extending import overload

from simulator.file_lock import TakenError, locked

__all__ = ["choose", "dispatcher", "global_compiler_lock"]

Compiling = Callable[[Any], Any]
"""Makes code for a signature."""
PATIENCE_S = 120.0
"""So long one process waits for what another one compiles: then that one may have been stopped, and both compile."""


def dispatcher(function: Callable[..., Any], folder: Path | None, **options: bool) -> Any:
    """Return what compiles a function for each kind of arguments, or finds it in a folder; itself where numba is off.

    Parameters
    ----------
    function : callable
        Python.
    folder : Path, optional
        Where its code is kept; nowhere if not given.
    **options
        Of ``numba.njit``.
    """
    if numba.config.DISABLE_JIT:
        return function
    made = numba.njit(error_model="numpy", no_cfunc_wrapper=True, **options)(function)
    # What a function closes over is compiled in, and no file tells what it was.
    if folder is not None and function.__closure__ is None:
        with _cache_dir(folder), suppress(RuntimeError):  # there is no place that numba can write to
            kept = _Cache(function, is_borrowing=not options.get("_nrt", True))
            if Path(kept.cache_path) == folder:  # else it is one where only the function's own file counts
                made._cache = kept
                made.compile = _one_at_a_time(made.compile, folder, function)
    return made


def choose(called: Callable[..., Any], function: Callable[..., Any], otherwise: Callable[..., Any]) -> None:
    """Let compiled code call ``otherwise`` for ``called`` where the first argument is None, else ``function``."""

    def chosen(*arguments: Any) -> Callable[..., Any]:
        return otherwise if isinstance(arguments[0], numba.types.NoneType) else function

    overload(called, strict=False, jit_options={"error_model": "numpy"})(chosen)


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
