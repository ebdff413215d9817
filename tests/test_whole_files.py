"""A file is there whole, or not at all; so are the files of a run, and of an earlier one its own go, nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import simulator as sim
from simulator import whole_files
from simulator.whole_files import move_files, names_of, scratch_beside, written_whole

LISTING = "result.json"


def test_it_appears_when_it_is_done(tmp_path: Path) -> None:
    path = tmp_path / "new" / "room.glb"
    with written_whole(path) as unfinished:
        unfinished.write_bytes(b"half")
        assert not path.exists()
        assert unfinished.suffix == path.suffix
        unfinished.write_bytes(b"whole")
    assert path.read_bytes() == b"whole"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError, OSError(28, "No space left on device")])
def test_what_fails_leaves_the_old_one(tmp_path: Path, failure) -> None:
    path = tmp_path / "room.glb"
    path.write_bytes(b"old")
    expected = sim.SimulatorError if isinstance(failure, OSError) else failure
    with pytest.raises(expected), written_whole(path) as unfinished:
        unfinished.write_bytes(b"half")
        raise failure
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_in_the_way_of_its_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        pytest.raises(sim.SimulatorError, match=r"room\.glb: cannot be written: Not a directory"),
        written_whole(tmp_path / "file" / "room.glb"),
    ):
        pass


def run(folder: Path, *names: str) -> None:
    """Write files of these names, as a command does."""
    with scratch_beside(folder) as scratch:
        unfinished = Path(scratch)
        for name in names:
            (unfinished / name).write_text(f"new {name}")
        (unfinished / LISTING).write_text(json.dumps({"files": names_of(unfinished, LISTING)}))
        move_files(unfinished, folder, LISTING)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of an earlier run, with a file of the user's beside its own, and something outside."""
    folder = tmp_path / "results"
    run(folder, "map.nc", "room.png", "variants.csv")
    (folder / "notes.txt").write_text("mine")
    (tmp_path / "outside.txt").write_text("mine")
    return folder


def test_what_an_earlier_run_left_goes_and_nothing_else(folder: Path) -> None:
    run(folder, "map.nc", "beams.csv")
    assert {path.name for path in folder.iterdir()} == {"map.nc", "beams.csv", LISTING, "notes.txt"}
    assert json.loads((folder / LISTING).read_text())["files"] == ["beams.csv", "map.nc", LISTING]
    assert (folder / "map.nc").read_text() == "new map.nc"
    assert [path.name for path in folder.parent.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    "listing",
    [
        "",
        "{",
        "[]",
        "3",
        '"files"',
        "[" * 100_000,
        b"\xff\xfe\x00",
        '{"files": 3}',
        '{"files": "notes.txt"}',
        '{"files": {"result.json": 1, "notes.txt": 2}}',
        '{"files": ["notes.txt"]}',
        *(
            json.dumps({"files": [LISTING, "notes.txt", name]})
            for name in (
                "../outside.txt",
                "..",
                ".",
                "",
                "sub/../../outside.txt",
                "sub//x",
                "/etc/hostname",
                "a\0b",
                "./notes.txt",
                3,
                None,
                ["x"],
            )
        ),
    ],
    ids=lambda listing: repr(listing)[:40],
)
def test_a_listing_that_is_none_of_ours_removes_nothing(folder: Path, listing: str | bytes) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "x").write_text("mine")
    (folder / LISTING).write_bytes(listing if isinstance(listing, bytes) else listing.encode())
    before = contents(folder.parent)
    run(folder, "map.nc")
    after = contents(folder.parent)
    assert after.keys() == before.keys()
    changed = {name for name in before if before[name] != after[name]} - {f"results/{LISTING}"}
    assert changed == set()


def test_folders_and_links_stay_whatever_is_listed(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "link").symlink_to(folder.parent / "outside.txt")
    (folder / LISTING).write_text(json.dumps({"files": [LISTING, "sub", "link", "room.png", "not there"]}))
    run(folder, "map.nc")
    assert {path.name for path in folder.iterdir()} == {
        "map.nc",
        LISTING,
        "notes.txt",
        "variants.csv",
        "sub",
        "link",
    }
    assert (folder.parent / "outside.txt").read_text() == "mine"


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("moves", range(7))
def test_a_move_that_fails_leaves_everything_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, moves: int, failure: BaseException
) -> None:
    """After none, one, two, ... moves: two files stay, two are replaced, one is new, one goes."""
    before = contents(folder.parent)
    replace: Callable[[Path, Path], Path] = Path.replace
    done = []

    def failing(source: Path, target: Path) -> Path:
        done.append(source)
        if len(done) == moves + 1:
            raise failure
        return replace(source, target)

    monkeypatch.setattr(whole_files.Path, "replace", failing)
    expected = sim.SimulatorError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected):
        run(folder, "map.nc", "variants.csv", "beams.csv")
    assert len(done) > moves
    assert contents(folder.parent) == before


def test_folders_of_an_earlier_run_go_with_their_files_and_those_of_others_stay(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    for run_number, names in enumerate((["model/a.ply", "model/b.ply", "old/c.ply"], ["model/a.ply"])):
        with scratch_beside(folder) as scratch:
            for name in names:
                (scratch / name).parent.mkdir(exist_ok=True)
                (scratch / name).write_text(f"{name} of run {run_number}")
            (scratch / LISTING).write_text(json.dumps({"files": names_of(scratch, LISTING)}))
            move_files(scratch, folder, LISTING)
        (folder / "model" / "mine.txt").write_text("mine")
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert found == {LISTING, "model", "model/a.ply", "model/mine.txt"}
    assert (folder / "model" / "a.ply").read_text() == "model/a.ply of run 1"


def test_what_a_linked_folder_holds_stays(folder: Path) -> None:
    outside = folder.parent / "elsewhere"
    outside.mkdir()
    (outside / "x").write_text("mine")
    (folder / "linked").symlink_to(outside)
    (folder / LISTING).write_text(json.dumps({"files": [LISTING, "linked/x"]}))
    run(folder, "map.nc")
    assert (outside / "x").read_text() == "mine"


FAILING = """
import os, sys
from pathlib import Path
from simulator.whole_files import move_files

replace, left = Path.replace, int(sys.argv[3])

def failing(source, target):
    global left
    if left == 0:
        os._exit(9)
    left -= 1
    return replace(source, target)

Path.replace = failing
move_files(Path(sys.argv[1]), Path(sys.argv[2]), "result.json")
"""


@pytest.mark.parametrize("moves", range(8))
def test_whenever_the_power_fails_a_listing_names_nothing_that_is_not_there(tmp_path: Path, moves: int) -> None:
    """Six moves: three files of the run before, and three of this one."""
    for name, files in (("out", ["a.png", "result.json", "z.png"]), ("new", ["b.png", "result.json", "z.png"])):
        for file in files:
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / file).write_text(name)
        (tmp_path / name / "result.json").write_text(json.dumps({"files": files}))
    command = [sys.executable, "-c", FAILING, str(tmp_path / "new"), str(tmp_path / "out"), str(moves)]
    assert subprocess.run(command).returncode == (9 if moves < 6 else 0)
    listing = tmp_path / "out/result.json"
    assert listing.exists() == (moves in (0, 6, 7))
    if listing.exists():
        assert all((tmp_path / "out" / name).exists() for name in json.loads(listing.read_text())["files"])
