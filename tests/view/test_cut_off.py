"""What is free and cannot be reached is hatched: on the map, the sphere, in their legends, and nothing else is."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure
from support.island_room import MARGIN_DEG, map_of, room, strip_sr

import simulator as sim
from simulator.collision.contact import Status
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.look_up import cut_off, look_up_chart
from simulator.maps.rich_display import html
from simulator.view.colours import Palette
from simulator.view.export.page import write_html
from simulator.view.plots.figures import titles
from simulator.view.plots.maps import map_figure
from simulator.view.plots.marks import CUT_OFF
from simulator.view.sphere import picture


@pytest.fixture(scope="module")
def setup() -> sim.Setup:
    return room((60.0, 70.0))


@pytest.fixture(scope="module")
def walled(setup) -> sim.CollisionMap:
    return map_of(setup, tolerance=0.01)


@pytest.fixture(scope="module")
def open_() -> sim.CollisionMap:
    return map_of(room(), tolerance=0.01)


def hatched(axes) -> list[np.ndarray]:
    """The outlines (n, 2) of what is hatched."""
    return [
        polygon
        for drawn in axes.collections
        if any(getattr(drawn, "hatches", None) or ())
        for path in drawn.get_paths()
        for polygon in path.to_polygons()
        if len(polygon) > 2
    ]


def free_of(cmap: sim.CollisionMap, directions: np.ndarray) -> np.ndarray:
    return look_up_chart(cmap, directions)[0] == Status.FREE


def area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2


def labels(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_the_island_is_hatched_on_the_map_and_in_the_legend(walled, open_) -> None:
    figure = map_figure(walled)
    (largest, *_) = sorted(hatched(figure.axes[0]), key=area, reverse=True)
    (left, bottom), (right, top) = largest.min(axis=0), largest.max(axis=0)
    assert (left, right) == pytest.approx((70 + MARGIN_DEG, 180), abs=1.0)
    assert (bottom, top) == pytest.approx((-30, 30), abs=0.5)
    assert CUT_OFF in labels(figure)
    assert hatched(map_figure(open_).axes[0]) == [] and CUT_OFF not in labels(map_figure(open_))


def test_what_cannot_be_reached_is_a_part_of_what_is_free(walled) -> None:
    cut = walled.fine_cut_off
    assert cut.shape == walled.fine.status.shape
    assert not (cut & (walled.fine.status != Status.FREE)).any()
    weights = np.abs(np.diff(np.cos(np.radians(walled.fine.inner_edges))))[:, None] * np.radians(
        np.diff(walled.fine.outer_edges)
    )
    island = walled.reachable().islands[0]
    assert (cut * weights).sum() == pytest.approx(island.lower_sr, abs=3e-3)


def test_a_direction_is_cut_off_if_none_of_its_poses_can_be_reached() -> None:
    """Couch ±180 has each direction of the island once more, before the wall."""
    directions = np.random.default_rng(1).normal(size=(500, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    both = map_of(room((60.0, 70.0), couch_deg=(-180.0, 180.0, 30.0)), tolerance=0.02)
    assert both.fine_cut_off.any() and not cut_off(both, directions, free_of(both, directions)).any()


def test_the_share_of_the_sphere_that_is_cut_off(walled) -> None:
    rng = np.random.default_rng(2)
    directions = rng.normal(size=(40_000, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    share = cut_off(walled, directions, free_of(walled, directions)).mean()
    assert share * FULL_SPHERE_SR == pytest.approx(strip_sr(70 + MARGIN_DEG, 180), abs=0.08)


def test_the_sphere_in_the_room_has_stripes_there_only(walled) -> None:
    """One of four picture elements there is a line's. Rows are even in the angle from the pole."""
    dark = (picture(walled, Palette(walled))[..., :3] < 100).all(axis=-1)
    polar = np.radians((np.arange(len(dark)) + 0.5) * 180 / len(dark))
    share = (dark.mean(axis=1) * np.sin(polar)).sum() / np.sin(polar).sum()
    assert 4 * share * FULL_SPHERE_SR == pytest.approx(strip_sr(70 + MARGIN_DEG, 180), abs=0.05)


def test_titles_notebook_and_page_tell_it(setup, walled, tmp_path) -> None:
    sr = f"{walled.reachable().solid_angle.sr:.2f} sr"
    assert any(line.startswith("reachable ") and sr in line for line in titles(walled))
    shown = html(walled)
    assert f"reachable {sr}" in shown and "island" in shown and "from the home pose" in shown
    assert "island" in html(walled.reachable())
    write_html(setup, tmp_path / "room.html", walled, gantry=0.0, couch=0.0)
    page = (tmp_path / "room.html").read_text(encoding="utf-8")
    assert f"reachable {sr}" in page and CUT_OFF in page


def test_what_is_not_known_is_not_hatched() -> None:
    silent = map_of(room((60.0, 70.0), home=None), tolerance=0.02)
    assert silent.fine_cut_off is None and not cut_off(silent, np.eye(3), np.ones(3, dtype=bool)).any()
    assert len(titles(silent)) == 2 and hatched(map_figure(silent).axes[0]) == []
    assert "not told" in html(silent)
