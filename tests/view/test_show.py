"""Pictures of the window, in files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

import simulator as sim
from simulator.view.colours import STATUS_COLOURS, rgb
from simulator.view.window.window import Window


def share_of(picture: np.ndarray, colour: str) -> float:
    """Return the share of the pixels that have the hue of a colour, in whatever light."""
    wanted = np.array(rgb(colour))
    length = np.linalg.norm(picture, axis=-1)
    along = picture @ wanted / np.linalg.norm(wanted)
    return float(((along > 0.985 * length) & (length > 0.35)).mean())


@pytest.mark.usefixtures("renderer")
@pytest.mark.parametrize(
    ("gantry", "couch", "status"),
    [(0.0, 0.0, sim.Status.FREE), (85.0, 20.0, sim.Status.WITHIN_BUFFER), (100.0, 60.0, sim.Status.COLLIDING)],
)
def test_parts_in_the_way_have_the_colour_of_the_status(
    brain: sim.Setup, tmp_path: Path, gantry: float, couch: float, status: sim.Status
) -> None:
    assert brain.check(gantry=gantry, couch=couch).status is status
    sim.show(brain, gantry=gantry, couch=couch, screenshot=tmp_path / "room.png")
    picture = imread(tmp_path / "room.png")[..., :3][100:, :]  # below the words
    for each in (sim.Status.WITHIN_BUFFER, sim.Status.COLLIDING):
        share = share_of(picture, STATUS_COLOURS[each])
        assert share > 0.02 if each is status else share < 0.004, each


@pytest.mark.usefixtures("renderer")
def test_the_sphere_and_the_map_are_there_with_a_map(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    with Window(brain, brain_map, off_screen=True) as window:
        with_sphere = window.picture() / 255.0
        window.show_sphere(False)
        without = window.picture() / 255.0
    assert with_sphere.shape == (800, 1440, 3)
    bluer = (with_sphere[..., 2] - with_sphere[..., 0]) - (without[..., 2] - without[..., 0])
    assert 0.02 < (bluer[:, :864] > 0.1).mean() < 0.2
    assert share_of(with_sphere[:, 864:], "#0072b2") > 0.05
    np.testing.assert_array_equal(with_sphere[:, 874:], without[:, 874:])


@pytest.mark.usefixtures("renderer")
def test_the_same_picture_has_the_same_bytes(brain: sim.Setup, brain_map: sim.CollisionMap, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        sim.show(brain, brain_map, gantry=60.0, couch=15.0, screenshot=tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


@pytest.mark.usefixtures("renderer")
def test_what_cannot_be_shown_is_refused(brain: sim.Setup, open_map: sim.CollisionMap, tmp_path: Path) -> None:
    path = tmp_path / "room.png"
    with pytest.raises(
        sim.SimulatorError, match=r"the map must be one of the set-up .*'brain'.*'open_space'.*meshes"
    ):
        sim.show(brain, open_map, screenshot=path)
    with pytest.raises(sim.SimulatorError, match="couch: must be from"):
        sim.show(brain, couch=200.0, screenshot=path)
    with pytest.raises(sim.SimulatorError, match=r"must end in \.png"):
        sim.show(brain, screenshot=tmp_path / "room.bmp")
    assert list(tmp_path.iterdir()) == []


def test_a_moving_isocentre_needs_a_map_and_a_window(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    with pytest.raises(sim.SimulatorError, match="live: needs the map"):
        sim.show(brain, live=True)
    with pytest.raises(sim.SimulatorError, match="live: must be left out beside a screenshot"):
        sim.show(brain, brain_map, live=True, screenshot="room.png")


def test_a_changed_room_is_not_that_of_the_map(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    from simulator.maps.provenance import require_map_of

    finer = replace(brain, sweep=brain.sweep.with_steps(gantry=1.0, couch=1.0))
    require_map_of(finer, brain_map.provenance)
    for changed, name in (
        (replace(brain, buffers=sim.Buffers(patient_mm=5.0)), "buffers"),
        (replace(brain, shift_mm=(0.0, 0.0, 1.0)), "shift_mm"),
        (replace(brain, collimator_deg=10.0), "collimator_deg"),
        (replace(brain, machine=sim.Machine.load("c_arm", imagers="deployed")), "kV source"),
    ):
        with pytest.raises(sim.SimulatorError, match=name):
            require_map_of(changed, brain_map.provenance)
