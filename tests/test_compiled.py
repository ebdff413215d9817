"""Compiled code is kept as it was compiled: what has changed, is damaged or does not load is compiled again."""

import os
import pickle
import runpy
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np
import pytest
from numba.core import event
from support.processes import together

from simulator import compiled, compiler
from simulator.file_lock import locked

KERNELS = """
import numpy as np
from simulator.compiled import inlined, jit
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
def folder(tmp_path, monkeypatch):
    """The cache of a test; it does not exist yet."""
    monkeypatch.setenv("SIMULATOR_CACHE", str(tmp_path / "new" / "cache"))
    return tmp_path / "new" / "cache"


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
    compiled._folder.cache_clear()
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
def test_threads_that_call_at_once_compile_once(room):
    totals, ready = load(room)["totals"], threading.Barrier(8)

    def called(count):
        ready.wait()
        return totals(count).tolist()

    with event.install_recorder("numba:compile") as recorder, ThreadPoolExecutor(8) as threads:
        found = list(threads.map(called, range(1, 9)))
    assert found == [[2.0 * count, 2.0 * count - 2.0] for count in range(1, 9)]
    assert sum(each.is_start and each.data["dispatcher"].__name__ in KERNELS for _, each in recorder.buffer) == 3


@pytest.mark.usefixtures("folder")
def test_what_was_compiled_for_compiled_callers_is_not_taken_for_python(room):
    load(room)["totals"](5)
    assert load(room)["times"](4.0) == 8.0


@pytest.mark.usefixtures("folder")
def test_a_change_in_another_file_of_the_folder_is_noticed(room):
    load(room)["totals"](5)
    (room / "other.py").write_text("FACTOR = 3.0\n")
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [15.0, 12.0] and count == 3


@pytest.mark.usefixtures("folder")
def test_a_copy_of_the_sources_finds_what_was_compiled(room, tmp_path, monkeypatch):
    """As another checkout, or an installation of the same version."""
    load(room)["totals"](5)
    shutil.copytree(room, tmp_path / "copy")
    monkeypatch.syspath_prepend(tmp_path / "copy")
    result, count = compilations(load(tmp_path / "copy")["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 0


def kept(folder):
    """The files of compiled code."""
    return sorted(folder.rglob("*.nbc"))


@pytest.mark.parametrize("ending", ["nbc", "nbi"])
@pytest.mark.parametrize("content", [b"", b"half", b"whole, but not what is expected"])
def test_code_that_does_not_load_is_compiled_again(folder, room, ending, content):
    """As after a crash that left the files without their content, or from a library that changed."""
    load(room)["totals"](5)
    for file in folder.rglob(f"*.{ending}"):
        whole = file.read_bytes()
        file.write_bytes({b"half": whole[: len(whole) // 2], b"": b""}.get(content, pickle.dumps(content)))
    for expected in (3, 0):
        result, count = compilations(load(room)["totals"], 5)
        assert list(result) == [10.0, 8.0] and count == expected


def test_code_for_other_arguments_is_not_used(folder, room):
    """As two processes leave it that at the same moment first compile a function, each for arguments of its own."""
    load(room)["times"](4.0)
    (of_floats,) = kept(folder)
    content = of_floats.read_bytes()
    load(room)["times"](4)
    of_floats.write_bytes(next(file.read_bytes() for file in kept(folder) if file != of_floats))
    assert of_floats.read_bytes() != content
    result, count = compilations(load(room)["times"], 4.5)
    assert result == 9.0 and count == 1


def test_what_a_function_closes_over_is_not_kept(folder, room):
    functions = load(room)
    assert functions["adds"](1.0)(1.0) == 2.0
    assert functions["adds"](2.0)(1.0) == 3.0
    assert kept(folder) == []


@pytest.mark.usefixtures("folder")
def test_a_function_that_returns_what_it_borrows_is_refused(room):
    with pytest.raises(TypeError, match="itself returns an array"):
        load(room)["returns_borrowed"](np.ones(3))


@pytest.mark.parametrize("place", ["below a file", "read only", "no home"])
def test_compiled_code_needs_no_cache(room, tmp_path, monkeypatch, place):
    monkeypatch.setenv("SIMULATOR_CACHE", str(tmp_path / "x" / "y"))
    if place == "below a file":
        (tmp_path / "x").write_text("a file")
    elif place == "read only":
        (tmp_path / "x").mkdir(mode=0o500)
        if os.access(tmp_path / "x", os.W_OK):
            pytest.skip("this user may write anywhere")
    else:
        monkeypatch.delenv("SIMULATOR_CACHE")
        monkeypatch.setattr(compiled, "user_cache_path", raise_no_home)
    for _ in range(2):
        result, count = compilations(load(room)["totals"], 5)
        assert list(result) == [10.0, 8.0] and count == 3


def raise_no_home(*_):
    raise RuntimeError("Could not determine home directory.")


def test_a_disk_that_fills_up_does_no_harm(folder, room):
    resource = pytest.importorskip("resource")
    functions = load(room)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        assert list(functions["totals"](5)) == [10.0, 8.0]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert kept(folder) == []
    assert compilations(load(room)["totals"], 5)[1] == 3


@pytest.mark.skipif(sys.platform != "linux", reason="each system has its own variable")
def test_the_environment_names_the_folder(room, tmp_path, monkeypatch):
    monkeypatch.delenv("SIMULATOR_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "usual"))
    load(room)["totals"](5)
    assert len(kept(tmp_path / "usual" / "treatment-geometry-simulator")) == 3


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are POSIX's")
@pytest.mark.parametrize("mode", [0o720, 0o702, "another's"])
def test_a_folder_that_others_may_write_to_is_not_used(folder, room, mode, caplog):
    """What lies there is run: so it is neither read nor added to, and that is told."""
    load(room)["totals"](5)
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    if mode != "another's":
        folder.chmod(mode)
    elif os.geteuid() == 0:
        os.chown(folder, 12345, -1)
    else:
        pytest.skip("only root gives folders away")
    assert compilations(load(room)["totals"], 5)[1] == 3
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before
    assert len(caplog.records) == 1 and str(folder) in caplog.text


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are POSIX's")
def test_new_folders_are_the_users_alone(folder, room):
    """Even where the user lets the group write to all else."""
    before = os.umask(0o002)
    try:
        load(room)["totals"](5)
    finally:
        os.umask(before)
    (below,) = folder.iterdir()
    assert [each.stat().st_mode & 0o777 for each in (folder, below)] == [0o700] * 2


COMPILING = """
import runpy, sys
from numba.core import event
sys.path.insert(0, sys.argv[1])
totals = runpy.run_path(sys.argv[1] + "/kernels.py", run_name="kernels")["totals"]
{begin}
with event.install_recorder("numba:compile") as recorder:
    assert totals(5).tolist() == [10.0, 8.0]
names = [each.data["dispatcher"].__name__ for _, each in recorder.buffer if each.is_start]
print(sum(name in ("times", "total", "totals") for name in names))
"""


@pytest.mark.parametrize("expected", [3, 0])
def test_each_function_is_compiled_by_one_of_two_processes(folder, room, expected):
    """For whichever is first; the other one waits for it, and loads what it has kept."""
    if expected == 0:
        load(room)["totals"](5)
    assert sum(map(int, together(COMPILING, str(room)))) == expected
    assert len(kept(folder)) == 3
    result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 0


def test_one_that_was_stopped_while_it_compiled_is_not_waited_for_for_ever(folder, room, monkeypatch):
    """Its locks stay as long as it does."""
    load(room)["totals"](5)
    for file in kept(folder):
        file.unlink()
    monkeypatch.setattr(compiler, "PATIENCE_S", 0.0)
    with ExitStack() as held:
        for file in folder.rglob("*.lock"):
            held.enter_context(locked(file))
        result, count = compilations(load(room)["totals"], 5)
    assert list(result) == [10.0, 8.0] and count == 3


def test_where_nothing_can_be_locked_each_compiles(folder, room):
    load(room)["totals"](5)
    for file in (*kept(folder), *folder.rglob("*.lock")):
        file.unlink()
        if file.suffix == ".lock":
            file.mkdir()
    assert compilations(load(room)["totals"], 5)[1] == 3
