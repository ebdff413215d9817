"""The film of a delivery: as long as asked, at the poses of the delivery, with words beside."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support.island_room import room
from support.made_delivery import made_delivery

import simulator as sim
from simulator.view.window.delivery_movie import moments_of
from simulator.view.window.movie import FRAMES_PER_SECOND
from simulator.view.window.window import Window


def test_a_film_goes_evenly_from_the_first_pose_to_the_last() -> None:
    delivery = made_delivery()
    moments = moments_of(delivery, 10.0)
    assert len(moments) == 10 * FRAMES_PER_SECOND
    times = np.linspace(0.0, delivery.total_s, len(moments))
    assert [pose for pose, _ in moments] == [delivery.at(time) for time in times]
    assert moments[0][0] == delivery.first and moments[-1][0] == delivery.last


def test_a_short_delivery_is_as_fast_as_it_is() -> None:
    delivery = made_delivery()
    moments = moments_of(delivery, 10_000.0)
    assert len(moments) == round(delivery.total_s * FRAMES_PER_SECOND)
    assert moments[0][1].endswith("1 times as fast")


def test_each_moment_says_what_happens() -> None:
    delivery = made_delivery()
    lines = [line for _, line in moments_of(delivery, 20.0)]
    heads = list(dict.fromkeys(line.split("    ")[0] for line in lines))
    assert heads == [
        *("move to beam 1 of 3 (<first>)", "BEAM ON: beam 1 of 3 (<first>)"),
        *("move to beam 2 of 3 (second)", "before beam 2 of 3 (second)", "BEAM ON: beam 2 of 3 (second)"),
        *("move to beam 3 of 3 (arc)", "before beam 3 of 3 (arc)", "BEAM ON: beam 3 of 3 (arc)"),
        "move to the last pose",
    ]
    assert f"0 s of {delivery.total_s:.0f} s    {delivery.total_s / 20:.3g} times as fast" in lines[0]


@pytest.mark.usefixtures("renderer")
def test_the_film_is_written_with_a_frame_for_each_moment(tmp_path: Path) -> None:
    delivery, told = made_delivery(), []
    sim.write_delivery_movie(
        delivery.setup, delivery, tmp_path / "d.gif", seconds=0.32, progress=lambda *done: told.append(done)
    )
    with Image.open(tmp_path / "d.gif") as film:
        assert film.n_frames == 4 and told[-1] == (4, 4)
        pictures = []
        for index in range(4):
            film.seek(index)
            pictures.append(np.asarray(film.convert("L"), dtype=float))
    assert all(np.abs(a - b).max() > 50 for a, b in pairwise(pictures))


@pytest.mark.usefixtures("renderer")
def test_the_moment_is_written_into_the_picture() -> None:
    delivery = made_delivery()
    with Window(delivery.setup, None, off_screen=True, **delivery.first) as window:
        plain = window.picture().astype(float)
        window.captions.tell_moment("BEAM ON: beam 1 of 3")
        window.move_to()
        marked = window.picture().astype(float)
    rows = np.flatnonzero(np.abs(marked - plain).max(axis=(1, 2)) > 50)
    assert len(rows) and rows.min() > 0.85 * len(plain)  # in the lowest part of the picture


def test_what_cannot_be_shown_is_refused(tmp_path: Path) -> None:
    delivery = made_delivery()
    with pytest.raises(sim.SimulatorError, match="of another room"):
        sim.write_delivery_movie(room((80.0, 90.0)), delivery, tmp_path / "d.mp4")
    with pytest.raises(sim.SimulatorError, match="no beam is delivered"):
        sim.write_delivery_movie(delivery.setup, replace(delivery, events=()), tmp_path / "d.mp4")
    with pytest.raises(sim.SimulatorError, match="seconds must be more than 0, was 0"):
        sim.write_delivery_movie(delivery.setup, delivery, tmp_path / "d.mp4", seconds=0.0)
    with pytest.raises(sim.SimulatorError, match=r"must end in \.mp4 or \.gif"):
        sim.write_delivery_movie(delivery.setup, delivery, tmp_path / "d.avi")
    assert list(tmp_path.iterdir()) == []
