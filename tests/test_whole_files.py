"""A file is there whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

import simulator as sim
from simulator.whole_files import written_whole


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
