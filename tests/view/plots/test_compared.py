"""Pictures of a comparison: what they show is measured on their pixels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.image import imread
from support.pictures import colours_of, elements_at

import simulator as sim
from simulator.view.colours import OKABE_ITO, Palette, culprits_by_poses, rgb
from simulator.view.plots.compared import CHANGES, plot_changed_sphere, plot_changes, save_comparison


@pytest.fixture(scope="module")
def maps() -> tuple[sim.CollisionMap, sim.CollisionMap]:
    """Return a box without imagers and with them; the second over fewer couch angles, all on coarse grids."""
    box = sim.load_setup("box")
    deployed = replace(box, machine=sim.Machine.load("c_arm", imagers="deployed"))
    sweeps = (sim.Sweep(gantry=(-180, 180, 20), couch=(-end, end, 15)) for end in (90, 60))
    first, second = (
        sim.collision_map(setup, sweep=sweep, method="sampled", workers=1)
        for setup, sweep in zip((box, deployed), sweeps, strict=True)
    )
    return first, second


def share(change, colour: str) -> float:
    """Return the share of the sphere that has a colour, from both hemispheres' pixels, which are equal in area."""
    counts = np.zeros(2)
    for side in ("anterior", "posterior"):
        picture = colours_of(plot_changed_sphere(change, Figure().add_subplot(), side).images[0])
        place = (np.arange(len(picture)) + 0.5) / len(picture) * 2 - 1
        disc = picture[np.hypot(*np.meshgrid(place, place)) <= 1]
        counts += np.isclose(disc, rgb(colour)).all(axis=-1).sum(), len(disc)
    return counts[0] / counts[1]


def test_areas_on_the_sphere_are_what_is_gained_lost_and_left_out(maps) -> None:
    first, second = maps
    for change in (first.compare(second), second.compare(first)):
        assert share(change, CHANGES["gained"]) == pytest.approx(change.gained.fraction_of_4pi, abs=0.004)
        assert share(change, CHANGES["lost"]) == pytest.approx(change.lost.fraction_of_4pi, abs=0.004)
        assert share(change, CHANGES["not compared"]) == pytest.approx(1 / 3, abs=0.004)
    assert change.gained.sr > 1.0


def test_the_map_shows_each_common_pose(maps) -> None:
    change = maps[0].compare(maps[1])
    axes = plot_changes(change, Figure().add_subplot())
    assert axes.get_ylim() == (-60.0, 60.0) and "gantry" in axes.get_xlabel()
    gantry, couch = np.meshgrid(change.axes[0].values, change.axes[1].values, indexing="ij")
    colours = elements_at(axes.images[0], gantry, couch)
    lost = np.isclose(colours, rgb(CHANGES["lost"])).all(axis=-1)
    np.testing.assert_array_equal(lost, change.free_before & ~change.free_after)


def test_changes_are_told_apart_by_their_greys() -> None:
    greys = sorted(np.dot(rgb(colour), (0.2126, 0.7152, 0.0722)) for colour in CHANGES.values())
    assert np.diff(greys).min() > 0.1


def test_a_pair_has_one_colour_in_both_maps(maps) -> None:
    ranking = culprits_by_poses(*maps)
    for cmap in maps:
        palette = Palette(cmap, ranking)
        for name in set(ranking[: len(OKABE_ITO)]) & set(cmap.pairs):
            index = np.array([cmap.pairs.index(name)], dtype=np.int16)
            colour = palette.image(np.array([2], dtype=np.int8), index)[0]
            np.testing.assert_allclose(colour, rgb(OKABE_ITO[ranking.index(name)]))


def test_the_picture_is_the_same_bytes_again(maps, tmp_path: Path) -> None:
    change = maps[0].compare(maps[1])
    for name in ("a.png", "b.png"):
        save_comparison(change, *maps, tmp_path / name)
    assert imread(tmp_path / "a.png")[..., :3].std() > 0.1
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
