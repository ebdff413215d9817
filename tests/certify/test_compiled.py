"""Compiled code is kept as it was compiled: what has changed, is damaged or does not load is compiled again."""

import runpy
import sys

import numpy as np
import pytest
from numba.core import event
from support.processes import together

from simulator.certify.kernels import compiled, storage

KERNELS = """
import numpy as np
from simulator.certify.kernels.compiled import inlined, jit
from other import FACTOR

@inlined
def times(x: float) -> float:
    return FACTOR * x

@inlined
def total(values):
    result = 0.0
    for i in range(len(values)):
        result += times(values[i])
    return result

@inlined
def itself(values):
    return values

@jit
def totals(count):
    values = np.ones(count)
    return np.array([total(values), total(values[1:])])

@jit
def returns_borrowed(values):
    return itself(values)

def adds(what):
    @jit
    def added(x):
        return x + what

    return added
"""


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A folder with compiled functions."""
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "kernels.py").write_text(KERNELS)
    (tmp_path / "room" / "other.py").write_text("FACTOR = 2.0\n")
    monkeypatch.syspath_prepend(tmp_path / "room")
    # Python's own bytecode goes by seconds and size: a file changed within a second would stay as it was.
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return tmp_path / "room"


def load(room):
    """Return the functions as a fresh process would see them."""
    compiled._source.cache_clear()
    sys.modules.pop("other", None)
    return runpy.run_path(str(room / "kernels.py"), run_name="kernels")


def compilations(function, *arguments):
    """Return what a function returns, and how many functions had to be compiled for it."""
    with event.install_recorder("numba:compile") as recorder:
        result = function(*arguments)
    names = [each.data["dispatcher"].__name__ for _, each in recorder.buffer if each.is_start]
    return result, sum(name in KERNELS for name in names)


@pytest.mark.usefixtures("folder")
def test_compiled_code_is_kept(room):
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 3
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 0


@pytest.mark.usefixtures("folder")
def test_functions_for_compiled_callers_can_be_called_from_python_too(room):
    functions = load(room)
    assert functions["times"](4.0) == 8.0 and functions["total"](np.ones(3)) == 6.0


@pytest.mark.usefixtures("folder")
def test_a_change_in_another_file_of_the_folder_is_noticed(room):
    load(room)["totals"](5)
    (room / "other.py").write_text("FACTOR = 3.0\n")
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [15.0, 12.0] and count == 3


def test_damaged_code_is_compiled_again(folder, room):
    load(room)["totals"](5)
    good = {file: file.read_bytes() for file in (folder / "compiled").iterdir()}
    assert len(good) == 3
    for share in (0.0, 0.01, 0.3, 0.6, 0.999):
        for file, content in good.items():
            at = int(share * len(content))
            file.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        result, count = compilations(load(room)["totals"], 5)
        assert list(result) == [10.0, 8.0] and count == 3
    for file, content in good.items():
        file.write_bytes(content[: len(content) // 2])
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 3
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 0


def test_code_that_does_not_load_is_compiled_again(folder, room):
    """As from a library that changed without its version."""
    load(room)["totals"](5)
    for file in (folder / "compiled").iterdir():
        storage.write("compiled", file.name, [b"not what is expected"])
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 3


def test_what_a_function_closes_over_is_not_kept(folder, room):
    functions = load(room)
    assert functions["adds"](1.0)(1.0) == 2.0
    assert functions["adds"](2.0)(1.0) == 3.0
    assert not (folder / "compiled").exists()


@pytest.mark.usefixtures("folder")
def test_a_function_that_returns_what_it_borrows_is_refused(room):
    with pytest.raises(TypeError, match="itself returns an array"):
        load(room)["returns_borrowed"](np.ones(3))


def test_compiled_code_needs_no_cache(room, tmp_path, monkeypatch):
    (tmp_path / "x").write_text("a file")
    monkeypatch.setenv("SIMULATOR_CACHE", str(tmp_path / "x"))
    for _ in range(2):
        result, count = compilations(load(room)["totals"], 5)
        assert list(result) == [10.0, 8.0] and count == 3


COMPILING = """
import runpy, sys
sys.path.insert(0, sys.argv[1])
totals = runpy.run_path(sys.argv[1] + "/kernels.py", run_name="kernels")["totals"]
{begin}
print(totals(5).tolist())
"""


def test_two_processes_compile_at_once(folder, room):
    for _ in range(2):
        assert together(COMPILING, str(room)) == ["[10.0, 8.0]\n"] * 2
    assert len(list((folder / "compiled").iterdir())) == 3
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 0
