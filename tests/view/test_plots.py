"""The pictures: what they show is measured on their pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread

import simulator as sim
from simulator.view.colours import FREE, OKABE_ITO, Palette, rgb
from simulator.view.plots import plot_map, plot_sphere, save_map, save_sphere


@pytest.fixture(scope="module")
def brain_map() -> sim.CollisionMap:
    setup = sim.load_setup("brain")
    return sim.collision_map(replace(setup, grid=setup.grid.with_steps(5.0, 5.0)), workers=1)


def hemisphere(cmap: sim.CollisionMap, side: str) -> np.ndarray:
    """Return the picture of a hemisphere, shape (n, n, 3), outside the disc NaN."""
    picture = np.array(plot_sphere(cmap, Figure().add_subplot(), side).images[0].get_array())
    size = len(picture)
    place = (np.arange(size) + 0.5) / size * 2 - 1
    picture[np.hypot(*np.meshgrid(place, place)) > 1] = np.nan
    return picture


def share_of(picture: np.ndarray, colour: str) -> tuple[int, int]:
    """Return how many pixels have a colour, and how many are on the disc."""
    return int(np.isclose(picture, rgb(colour)).all(axis=-1).sum()), int(np.isfinite(picture[..., 0]).sum())


def test_the_sphere_is_equal_area(brain_map: sim.CollisionMap) -> None:
    """So counting white pixels measures the solid angle."""
    counts = np.array([share_of(hemisphere(brain_map, side), FREE) for side in ("anterior", "posterior")])
    white, disc = counts.sum(axis=0)
    assert white / disc == pytest.approx(brain_map.solid_angle().fraction_of_4pi, abs=0.003)


def test_what_is_lost_for_a_brain_is_towards_the_feet(brain_map: sim.CollisionMap) -> None:
    for side in ("anterior", "posterior"):
        picture = hemisphere(brain_map, side)
        upper, lower = np.split(picture, 2)
        assert share_of(upper, FREE)[0] / share_of(upper, FREE)[1] > 0.85
        assert share_of(lower, FREE)[0] < share_of(upper, FREE)[0]


def test_the_hemispheres_are_seen_from_outside() -> None:
    """Gantry 90 comes from the left of a head-first supine patient: on the right from the front, left from behind."""
    machine = sim.Machine.load("c_arm")
    setup = sim.Setup(
        machine=machine,
        couch=sim.Couch.load("no_couch"),
        patient=sim.Patient.load("point"),
        site="point",
        grid=sim.Grid(
            gantry_deg=sim.Range(start=60.0, stop=120.0, step=5.0),
            couch_deg=sim.Range(start=-30.0, stop=30.0, step=5.0),
        ),
    )
    cmap = sim.collision_map(setup)
    for side, column in (("anterior", -1), ("posterior", 0)):
        picture = hemisphere(cmap, side)
        middle = picture[len(picture) // 2]
        inside = middle[np.isfinite(middle[:, 0])]
        np.testing.assert_allclose(inside[column], rgb(FREE))
        assert not np.allclose(inside[-1 - column], rgb(FREE))


def test_the_map_has_iec_axes_and_the_colours_of_its_culprits(brain_map: sim.CollisionMap) -> None:
    axes = plot_map(brain_map, Figure().add_subplot())
    assert "gantry" in axes.get_xlabel()
    assert "couch" in axes.get_ylabel()
    assert axes.get_xlim() == (-182.5, 177.5)
    palette = Palette(brain_map)
    colours = palette.image(brain_map.status, brain_map.dataset["culprit"].values)
    np.testing.assert_allclose(colours[brain_map.is_free], 1.0)
    shown = {key.label: key.rgb for key in palette.legend()}
    worst = int(np.argmax(np.bincount(brain_map.dataset["culprit"].values.ravel() + 1)[1:]))
    assert shown[brain_map.pairs[worst]] == rgb(OKABE_ITO[0])


def test_colours_differ_in_greyscale_from_free() -> None:
    luminance = [np.dot(rgb(colour), (0.2126, 0.7152, 0.0722)) for colour in OKABE_ITO]
    assert max(luminance) < 0.75


def test_pictures_are_written(brain_map: sim.CollisionMap, tmp_path: Path) -> None:
    for save in (save_map, save_sphere):
        path = tmp_path / f"{save.__name__}.png"
        save(brain_map, path)
        assert imread(path).shape[:2] == (780, 1650)
        assert imread(path)[..., :3].std() > 0.1
