"""Functions compiled to machine code by numba, kept in the user's cache folder.

What is kept is found by the source of the whole folder that a function is in. So a compiled function may use
functions, types and constants of its own folder and of installed packages: a change anywhere else would go unnoticed.
"""

from __future__ import annotations

import hashlib
import pickle
import sys
from collections.abc import Callable
from functools import cache, wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from simulator.certify.kernels.storage import code_of, read, write

Function = TypeVar("Function", bound=Callable[..., Any])

VERSIONS = (sys.version, *map(version, ("numpy", "numba", "llvmlite")))


def jit(function: Function) -> Function:
    """Compile a function when it is first called; called from Python, it releases the interpreter's lock."""
    return _compiled(function)


def inlined(function: Function) -> Function:
    """Compile a small function into each of its callers: it is done sooner than a tree is handed over.

    It borrows its caller's arrays and counts no references, so it must make no array and return none: where two trees
    are searched, counting takes as long as all else.
    """
    return _compiled(function, _nrt=False, forceinline=True)


def _compiled(function: Function, **options: bool) -> Function:
    """Compile for callers that are compiled themselves, and apart from that for Python, if it ever calls.

    It calls few of them, and what turns its objects into trees takes as long to compile as all else.
    """
    if numba.config.DISABLE_JIT:
        return function
    inner = _dispatcher(function, no_cpython_wrapper=True, **options)
    outer = _dispatcher(function, nogil=True)

    @wraps(function)
    def called(*arguments: Any) -> Any:
        return outer(*arguments)

    # The type is what numba sees in place of the Python function, and does not keep its owner alive.
    vars(called).update(_inner=inner, _numba_type_=inner._numba_type_)
    return cast(Function, called)


def _dispatcher(function: Callable[..., Any], **options: bool) -> Any:
    dispatcher = numba.njit(error_model="numpy", no_cfunc_wrapper=True, **options)(function)
    dispatcher._cache = _Shelf(function, options)
    return dispatcher


class _Shelf(NullCache):  # type: ignore[misc]
    """Where numba looks for compiled code, and puts it: a file with a checksum for each function and signature.

    Its own cache believes what it finds, and runs it.
    """

    def __init__(self, function: Callable[..., Any], options: dict[str, bool]) -> None:
        code = function.__code__
        source = _source(Path(code.co_filename).parent)
        self._name, self._borrows = function.__qualname__, not options.get("_nrt", True)
        self._about = (VERSIONS, source, function.__module__, self._name, code.co_firstlineno, options)
        # What a function closes over is compiled in, and no file tells what it was.
        self._can_keep = source is not None and function.__closure__ is None

    def load_overload(self, signature: Any, target: Any) -> Any:
        """Return the code for a signature; None if it must be compiled."""
        target.refresh()
        content = read("compiled", self._key(signature, target.codegen())) if self._can_keep else None
        if content is None:
            return None
        try:
            kept_signature, code = pickle.loads(content)
            return CompileResult._rebuild(target, *code) if kept_signature == signature else None
        except Exception:  # whatever does not fit in spite of all versions can be compiled again
            return None

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep the code for a signature."""
        if self._borrows and "array(" in str(result.signature.return_type):
            raise TypeError(f"{self._name} returns an array that it only borrows")
        if self._can_keep and not result.library.has_dynamic_globals:
            write("compiled", self._key(signature, result.codegen), [dumps((signature, result._reduce()))])

    def _key(self, signature: Any, codegen: Any) -> str:
        return hashlib.sha256(repr((self._about, signature, codegen.magic_tuple())).encode()).hexdigest()


@cache
def _source(folder: Path) -> str | None:
    return code_of(*sorted(folder.glob("*.py")))
