"""Movies of the window, frame by frame."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import simulator as sim
from simulator.view.window import movie

pytestmark = pytest.mark.usefixtures("renderer")


@pytest.fixture
def short(brain: sim.Setup) -> sim.Setup:
    return replace(brain, sweep=sim.Sweep(gantry=(-180, 180, 5), couch=(-20, 20, 10)))


def test_a_gif_has_a_frame_for_every_other_pose(short: sim.Setup, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "couch.gif"
    movie.write_movie(short, path, gantry=90.0, couch=0.0, along="couch", progress=lambda *done: told.append(done))
    with Image.open(path) as found:
        assert found.n_frames == 3
        assert found.size == (720, 400)
        frames = []
        for index in range(3):
            found.seek(index)
            frames.append(np.asarray(found.convert("RGB"), dtype=float))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert all(np.abs(a - b).mean() > 0.5 for a, b in pairwise(frames))


def test_a_movie_has_a_frame_for_every_pose(short: sim.Setup, tmp_path: Path) -> None:
    from imageio_ffmpeg import count_frames_and_secs

    movie.write_movie(short, tmp_path / "couch.mp4", gantry=90.0, couch=0.0, along="couch")
    frames, seconds = count_frames_and_secs(str(tmp_path / "couch.mp4"))
    assert frames == 5
    assert seconds == pytest.approx(5 / movie.FRAMES_PER_SECOND, abs=0.05)


def test_a_movie_that_is_stopped_leaves_nothing(short: sim.Setup, tmp_path: Path) -> None:
    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    for name in ("couch.mp4", "couch.gif"):
        with pytest.raises(KeyboardInterrupt):
            movie.write_movie(short, tmp_path / name, gantry=90.0, couch=0.0, along="couch", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_other_kinds_of_files_are_refused(short: sim.Setup, tmp_path: Path) -> None:
    with pytest.raises(sim.SimulatorError, match=r"must end in \.mp4 or \.gif"):
        movie.write_movie(short, tmp_path / "room.avi", gantry=0.0, couch=0.0, along="gantry")
    assert list(tmp_path.iterdir()) == []
