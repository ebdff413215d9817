"""What is kept is what was made: damage is mended, never believed, and nothing depends on there being a cache."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from support.processes import together

from simulator.certify.kernels import bvh as trees
from simulator.certify.kernels import storage
from simulator.certify.kernels.storage import kept, read
from simulator.models.mesh import Mesh

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


MANY = """
import numpy as np
from simulator.certify.kernels.storage import kept
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
    mesh = Mesh(ball.vertices, ball.faces.astype(np.int32))
    trees.box_tree(Mesh(mesh.vertices_mm, mesh.faces[:10]))  # compiled code comes from where it always does
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
    trees.box_tree(Mesh(large.vertices_mm, large.faces[:100]))
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


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are POSIX's")
@pytest.mark.parametrize("part", [".", "things"])
@pytest.mark.parametrize("mode", [0o720, 0o702])
def test_a_folder_that_others_may_write_to_is_not_used(file, part, mode, caplog):
    """What lies there is run: so it is neither read nor added to, and that is told once."""
    storage._tell.cache_clear()
    shared = file.parents[1] / part
    shared.chmod(mode)
    make, before = Maker(seed=1), file.read_bytes()
    for _ in range(2):
        assert equal(kept("things", "key", LAYOUT, make), arrays(1))
    assert make.count == 2 and file.read_bytes() == before
    assert len(caplog.records) == 1 and str(shared) in caplog.text
    shared.chmod(0o700)
    assert equal(kept("things", "key", LAYOUT, make), arrays()) and make.count == 2


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives folders away")
@pytest.mark.parametrize("part", [".", "things"])
def test_a_folder_of_another_user_is_not_used(file, part):
    os.chown(file.parents[1] / part, 12345, -1)
    make = Maker(seed=1)
    assert equal(kept("things", "key", LAYOUT, make), arrays(1)) and make.count == 1


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes are POSIX's")
def test_new_folders_are_the_users_alone(tmp_path, monkeypatch):
    """Even where the user lets the group write to all else."""
    monkeypatch.setenv("SIMULATOR_CACHE", str(tmp_path / "a" / "b"))
    before = os.umask(0o002)
    try:
        kept("things", "key", LAYOUT, Maker())
    finally:
        os.umask(before)
    made = [tmp_path / "a", tmp_path / "a/b", tmp_path / "a/b/things"]
    assert [folder.stat().st_mode & 0o777 for folder in made] == [0o700] * 3
