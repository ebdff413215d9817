"""What is kept is what was made: damage is mended, never believed, and nothing depends on there being a cache."""

import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from numba.core import event

from simulator.models.mesh import Mesh
from simulator.proofs import compiled, storage, trees
from simulator.proofs.storage import kept, read

LAYOUT = {"a": (np.float64, (2, 3)), "b": (np.int32, (4,)), "none": (np.int32, (0, 3))}


def arrays(seed=0):
    rng = np.random.default_rng(seed)
    return {
        "a": rng.normal(size=(2, 3)),
        "b": rng.integers(0, 99, 4).astype(np.int32),
        "none": np.empty((0, 3), dtype=np.int32),
    }


class Maker:
    """Makes arrays, and counts how often."""

    def __init__(self, seed=0):
        self.seed, self.count = seed, 0

    def __call__(self):
        self.count += 1
        return arrays(self.seed)


def equal(found, expected):
    return list(found) == list(expected) and all(
        found[name].dtype == expected[name].dtype and np.array_equal(found[name], expected[name]) for name in expected
    )


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The cache of a test; it does not exist yet."""
    monkeypatch.setenv("SIMULATOR_CACHE", str(tmp_path / "new" / "cache"))
    return tmp_path / "new" / "cache"


@pytest.fixture
def file(folder):
    """A good file."""
    kept("things", "key", LAYOUT, Maker())
    return folder / "things" / "key"


def assert_rebuilt(file):
    """The file is not believed, but made again, and good from then on."""
    make = Maker()
    assert equal(kept("things", "key", LAYOUT, make), arrays()) and make.count == 1
    assert equal(kept("things", "key", LAYOUT, make), arrays()) and make.count == 1
    assert list(file.parent.iterdir()) == [file]


def test_what_is_kept_is_not_made_again(file):
    make = Maker()
    found = kept("things", "key", LAYOUT, make)
    assert equal(found, arrays()) and make.count == 0
    flags = [array.flags for array in found.values()]
    assert all(flag.writeable and flag.aligned and flag.c_contiguous for flag in flags)
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.usefixtures("folder")
def test_arrays_of_any_order_in_memory_are_kept():
    turned = np.asfortranarray(np.arange(6.0).reshape(2, 3))
    kept("things", "key", {"a": (np.float64, (2, 3))}, lambda: {"a": turned})
    assert equal(kept("things", "key", {"a": (np.float64, (2, 3))}, Maker()), {"a": turned})


def test_every_flipped_bit_is_noticed(file):
    good = file.read_bytes()
    for bit in range(8 * len(good)):
        content = bytearray(good)
        content[bit // 8] ^= 1 << bit % 8
        file.write_bytes(content)
        assert read("things", "key") is None
    assert_rebuilt(file)


def test_every_other_length_is_noticed(file):
    good = file.read_bytes()
    for content in [*(good[:length] for length in range(len(good))), good + b"\0", good + good]:
        file.write_bytes(content)
        assert read("things", "key") is None
    assert_rebuilt(file)


def test_contents_of_another_name_are_not_used(file):
    kept("things", "other", LAYOUT, Maker(seed=1))
    kept("elsewhere", "key", LAYOUT, Maker(seed=1))
    (file.parent / "other").replace(file)
    assert_rebuilt(file)
    (file.parents[1] / "elsewhere" / "key").replace(file)
    assert_rebuilt(file)


@pytest.mark.parametrize("content", [b"", b"\0" * 4096, b"solid ascii\nendsolid\n", bytes(range(256)) * 64])
def test_foreign_files_are_replaced(file, content):
    file.write_bytes(content)
    assert_rebuilt(file)


def test_files_of_another_format_are_replaced(file, monkeypatch):
    file.unlink()
    with monkeypatch.context() as patch:
        patch.setattr(storage, "FORMAT", b"0")
        kept("things", "key", LAYOUT, Maker())
    assert_rebuilt(file)


@pytest.mark.parametrize(
    "layout",
    [
        {**LAYOUT, "a": (np.float64, (3, 2))},
        {**LAYOUT, "b": (np.uint32, (4,))},
        {**LAYOUT, "b": (np.dtype(np.int32).newbyteorder(), (4,))},
        {"b": LAYOUT["b"], "a": LAYOUT["a"], "none": LAYOUT["none"]},
        {"a": LAYOUT["a"], "b": LAYOUT["b"]},
    ],
)
def test_other_arrays_than_expected_are_replaced(file, layout):
    def make():
        return {name: np.ones(shape, dtype=kind) for name, (kind, shape) in layout.items()}

    assert equal(kept("things", "key", layout, make), make())
    assert_rebuilt(file)


def test_a_folder_in_place_of_a_file_does_no_harm(file):
    file.unlink()
    file.mkdir()
    make = Maker()
    assert equal(kept("things", "key", LAYOUT, make), arrays()) and make.count == 1
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("place", ["below a file", "read only", "no home"])
def test_without_a_place_to_write_all_is_made(tmp_path, monkeypatch, place):
    monkeypatch.setenv("SIMULATOR_CACHE", str(tmp_path / "x"))
    if place == "below a file":
        (tmp_path / "x").write_text("a file")
    elif place == "read only":
        (tmp_path / "x").mkdir(mode=0o500)
        if os.access(tmp_path / "x", os.W_OK):
            pytest.skip("this user may write anywhere")
    else:
        monkeypatch.delenv("SIMULATOR_CACHE")
        monkeypatch.setattr(Path, "home", raise_no_home)
    make = Maker()
    for count in (1, 2):
        assert equal(kept("things", "key", LAYOUT, make), arrays()) and make.count == count


def raise_no_home():
    raise RuntimeError("Could not determine home directory.")


def test_a_disk_that_fills_up_leaves_nothing_behind(folder):
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    make, many = Maker(), {**LAYOUT, "many": (np.float64, (100_000,))}
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        kept("things", "key", many, lambda: {**make(), "many": np.ones(100_000)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert make.count == 1 and list((folder / "things").iterdir()) == []


@pytest.mark.parametrize("variable", ["SIMULATOR_CACHE", "XDG_CACHE_HOME"])
def test_the_environment_names_the_folder(tmp_path, monkeypatch, variable):
    if variable != "SIMULATOR_CACHE":
        monkeypatch.delenv("SIMULATOR_CACHE", raising=False)
        monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv(variable, str(tmp_path))
    kept("things", "key", LAYOUT, Maker())
    (found,) = tmp_path.rglob("key")
    assert found.parent.name == "things"
    monkeypatch.setenv(variable, "")
    assert tmp_path not in storage.cache_folder("things").parents


def together(script, *arguments):
    """Run a script in two processes that begin at the same moment, and return what they print."""
    begin = "import sys; print('ready', flush=True); sys.stdin.readline()"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script.format(begin=begin), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    printed = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return printed


MANY = """
import numpy as np
from simulator.proofs.storage import kept
{begin}
for i in range(200):
    found = kept("things", str(i), {{"a": (np.float64, (10_000,))}}, lambda: {{"a": np.full(10_000, float(i))}})
    assert (found["a"] == i).all()
"""


def test_two_processes_at_once_leave_one_good_file_of_each(folder):
    together(MANY)
    assert sorted(path.name for path in (folder / "things").iterdir()) == sorted(map(str, range(200)))
    for i in range(200):
        found = kept("things", str(i), {"a": (np.float64, (10_000,))}, Maker())
        assert (found["a"] == i).all()


# Trees


@pytest.fixture(scope="module")
def large():
    ball = trimesh.creation.icosphere(subdivisions=5, radius=100.0)
    assert len(ball.faces) > trees.WORTH_KEEPING
    mesh = Mesh(ball.vertices, ball.faces.astype(np.int32), is_closed=True)
    trees.box_tree(
        Mesh(mesh.vertices_mm, mesh.faces[:10], is_closed=False)
    )  # compiled code comes from where it always does
    return mesh


def equal_trees(a, b):
    return all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in zip(a, b, strict=True))


def test_the_tree_of_a_large_mesh_is_built_once(folder, large, monkeypatch):
    built = trees.box_tree(large)
    with monkeypatch.context() as patch:
        patch.setattr(trees, "_build", None)
        assert equal_trees(trees.box_tree(large), built)
    moved = large.mapped(np.diag([1.0, 1.0, 1.0 + 1e-15]))
    trees.box_tree(moved)
    assert len(list((folder / "trees").iterdir())) == 2


def test_the_tree_of_a_small_mesh_is_not_kept(folder, large):
    trees.box_tree(Mesh(large.vertices_mm, large.faces[:100], is_closed=False))
    assert not (folder / "trees").exists()


def test_a_damaged_tree_is_built_again(folder, large):
    built = trees.box_tree(large)
    (file,) = (folder / "trees").iterdir()
    good = file.read_bytes()
    for at in np.linspace(0, len(good) - 1, 20).astype(int):
        file.write_bytes(good[:at] + bytes([good[at] ^ 16]) + good[at + 1 :])
        assert equal_trees(trees.box_tree(large), built)
        assert file.read_bytes() == good


def test_trees_that_other_code_has_built_are_not_used(folder, large, monkeypatch):
    built, build, count = trees.box_tree(large), trees._build, []
    monkeypatch.setattr(trees, "_build", lambda *arguments: (count.append(1), build(*arguments))[1])
    monkeypatch.setattr(trees, "CODE", "of another version")
    assert equal_trees(trees.box_tree(large), built) and len(count) == 1
    assert len(list((folder / "trees").iterdir())) == 2
    monkeypatch.setattr(trees, "CODE", None)
    assert equal_trees(trees.box_tree(large), built) and len(count) == 2
    assert len(list((folder / "trees").iterdir())) == 2


# Compiled code

KERNELS = """
import numpy as np
from simulator.proofs.compiled import inlined, jit
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
