"""The sphere as two discs: what they show is measured on their elements."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.pictures import assert_marks_are_inside, colours_of, marks_of

import simulator as sim
from simulator.view.colours import FREE, OUT_OF_RANGE, rgb
from simulator.view.plots.hemispheres import sphere_figure

SIDES = ("anterior", "posterior")


def hemisphere(cmap: sim.CollisionMap, side: str) -> np.ndarray:
    """Return the picture of a hemisphere, shape (n, n, 3), outside the disc NaN."""
    picture = colours_of(sim.plot_sphere(cmap, Figure().add_subplot(), side).images[0])
    size = len(picture)
    place = (np.arange(size) + 0.5) / size * 2 - 1
    picture[np.hypot(*np.meshgrid(place, place)) > 1] = np.nan
    return picture


def share_of(picture: np.ndarray, colour: str) -> tuple[int, int]:
    """Return how many pixels have a colour, and how many are on the disc."""
    return int(np.isclose(picture, rgb(colour)).all(axis=-1).sum()), int(np.isfinite(picture[..., 0]).sum())


def test_the_sphere_is_equal_area(brain_map: sim.CollisionMap) -> None:
    """So counting white pixels measures the solid angle that is proven."""
    counts = np.array([share_of(hemisphere(brain_map, side), FREE) for side in SIDES])
    white, disc = counts.sum(axis=0)
    omega = brain_map.solid_angle()
    assert white / disc == pytest.approx(omega.lower_sr / (4 * np.pi), abs=5e-4)


def test_what_is_lost_for_a_brain_is_towards_the_feet(brain_map: sim.CollisionMap) -> None:
    for side in SIDES:
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
        sweep=sim.Sweep(gantry=(60, 120, 5), couch=(-30, 30, 5)),
    )
    cmap = sim.collision_map(setup)
    for side, column in (("anterior", -1), ("posterior", 0)):
        picture = hemisphere(cmap, side)
        middle = picture[len(picture) // 2]
        inside = middle[np.isfinite(middle[:, 0])]
        np.testing.assert_allclose(inside[column], rgb(FREE))
        assert not np.allclose(inside[-1 - column], rgb(FREE))


@pytest.mark.parametrize("name", ["brain_map", "deployed_map"])
def test_each_region_has_the_number_of_the_map(name: str, request: pytest.FixtureRequest) -> None:
    cmap = request.getfixturevalue(name)
    found = set()
    for side in SIDES:
        figure = Figure(figsize=(3.3, 3.3), dpi=300)
        axes = sim.plot_sphere(cmap, figure.add_subplot(), side)
        assert_marks_are_inside(axes, figure)
        found |= {text.get_text() for text in marks_of(axes)}
    assert {"1", "2"} <= found


def test_the_letters_stand_outside_the_disc_and_away_from_the_title(brain_map: sim.CollisionMap) -> None:
    for size in (2.0, 4.0):
        figure = Figure(figsize=(size, size), dpi=300, layout="constrained")
        axes = sim.plot_sphere(brain_map, figure.add_subplot(), "posterior")
        figure.draw_without_rendering()
        title = axes.title.get_window_extent()
        letters = {text.get_text(): text.get_window_extent() for text in axes.texts if text.get_text() in "LRHF"}
        assert letters["L"].x0 < letters["R"].x0
        assert letters["F"].y0 < letters["H"].y0
        middle, rim = axes.transData.transform([(0.0, 0.0), (np.sqrt(2.0), 0.0)])
        for box in letters.values():
            assert not box.overlaps(title)
            nearest = np.clip(middle, (box.x0, box.y0), (box.x1, box.y1))
            assert np.hypot(*(nearest - middle)) > rim[0] - middle[0]


def test_directions_that_no_pose_has_are_told_from_those_that_are_blocked(brain_map: sim.CollisionMap) -> None:
    setup = sim.load_setup("open_space")
    sweep = sim.Sweep(gantry=(-180, 180, 15), couch=(-45, 45, 15))
    half = sim.collision_map(setup, sweep=sweep, method="sampled", workers=1)
    legends = []
    for cmap in (brain_map, half):
        (legend,) = sphere_figure(cmap).legends
        legends.append({text.get_text() for text in legend.get_texts()})
    assert "no pose of the map" not in legends[0]
    assert "no pose of the map" in legends[1]
    counts = np.array([share_of(hemisphere(half, side), OUT_OF_RANGE) for side in SIDES]).sum(axis=0)
    assert counts[0] / counts[1] == pytest.approx(0.5, abs=0.002)
