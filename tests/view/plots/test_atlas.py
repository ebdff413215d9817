"""Slices of an atlas: what is drawn where, of answers that are known, around a box."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from support.made_study import lattice_table, share_at

from simulator.models.patient import Patient
from simulator.view.lattice import LatticeVolume, volumes_of
from simulator.view.plots.atlas import COLOURS, NO_ANSWER, VIEWS, atlas_figure, colours_of, outline_of, plot_atlas
from simulator.view.study_table import Shares


@pytest.fixture(scope="module")
def box() -> Patient:
    return Patient.load("box_phantom")


def drawn(plane: str, box: Patient, unplaced=(), at_mm=None):
    (volume,) = volumes_of(lattice_table(unplaced=unplaced))
    return plot_atlas(volume, box, Figure(figsize=(4, 4)).add_subplot(), plane, at_mm=at_mm), volume


def answers_of(axes):
    """Middles (n, 2) and values (n,) of the elements that have an answer."""
    (mesh,) = [each for each in axes.collections if each.get_gid() == "answers"]
    edges, values = mesh.get_coordinates(), mesh.get_array()
    middles = (edges[:-1, :-1] + edges[1:, 1:]) / 2
    is_known = ~np.ma.getmaskarray(values).reshape(middles.shape[:2])
    return middles[is_known], np.asarray(values).reshape(is_known.shape)[is_known]


@pytest.mark.parametrize("plane", VIEWS)
def test_each_element_has_the_answer_of_its_place(plane: str, box: Patient) -> None:
    axes, volume = drawn(plane, box)
    view = VIEWS[plane]
    middles, values = answers_of(axes)
    assert len(values) > 4
    for middle, value in zip(middles, values, strict=True):
        place = np.zeros(3)
        place[[view.right[0], view.up[0]]] = middle
        place[view.across] = volume.axes_mm[view.across][volume.plane(view.across, None)]
        assert value == pytest.approx(100 * share_at(place))


def test_slices_are_seen_as_radiology_shows_them(box: Patient) -> None:
    """The patient's left (x) is on the right, the front (-y) above and on the left, the head (z) above."""
    directions = {}
    for plane in VIEWS:
        axes, _ = drawn(plane, box)
        directions[plane] = np.diff(axes.get_xlim())[0] > 0, np.diff(axes.get_ylim())[0] > 0
        assert {text.get_text() for text in axes.texts} >= set(VIEWS[plane].letters)
    assert directions == {"transverse": (True, False), "coronal": (True, True), "sagittal": (True, True)}


def test_targets_without_an_answer_are_grey_and_no_others(box: Patient) -> None:
    axes, _ = drawn("transverse", box, unplaced={0, 1})
    grey = axes.collections[0]
    assert (~np.ma.getmaskarray(grey.get_array())).sum() == 1
    assert grey.get_cmap()(0)[:3] == pytest.approx(to_rgb(NO_ANSWER))


def test_the_outline_is_where_the_plane_cuts_the_body(box: Patient) -> None:
    low, high = np.array([part.mesh.bounds_mm for part in box.parts]).min(axis=(0,)).tolist()
    segments = outline_of(box, 2, (low[2] + high[2]) / 2)
    assert segments[..., 2] == pytest.approx((low[2] + high[2]) / 2)
    assert segments.min(axis=(0, 1))[:2] == pytest.approx(low[:2])
    assert segments.max(axis=(0, 1))[:2] == pytest.approx(high[:2])
    length = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1).sum()
    assert length == pytest.approx(2 * (high[0] - low[0] + high[1] - low[1]))
    assert not len(outline_of(box, 2, high[2] + 1.0))


def test_contours_run_where_the_answer_is_what_they_say(box: Patient) -> None:
    axes, volume = drawn("transverse", box)
    at = float(volume.axes_mm[2][volume.plane(2, None)])
    lines = [each for each in axes.collections if hasattr(each, "levels")]
    assert lines
    points = 0
    for level, path in zip(lines[0].levels, lines[0].get_paths(), strict=True):
        for x, y in path.vertices:
            assert 100 * share_at((x, y, at)) == pytest.approx(level, abs=0.2)
            points += 1
    assert points > 3


@pytest.mark.parametrize("steepness", [0.0, 3.0, 9.0])
def test_no_label_of_a_contour_covers_another(box: Patient, steepness: float) -> None:
    """Answers that change evenly, or within a few planes, as where a head ends."""
    places_mm = 10.0 * np.arange(-12, 13)
    along = places_mm / places_mm[-1]
    changes = along if steepness == 0.0 else np.tanh(steepness * (along + 0.6))
    percent = np.broadcast_to(60.0 + 6.0 * changes, (25, 25, 25)) - 2.0 * along[:, None, None] ** 2
    shares = Shares(percent, percent, percent)
    volume = LatticeVolume("", (places_mm,) * 3, shares, np.arange(25**3).reshape(25, 25, 25))
    figure = atlas_figure(volume, box)
    figure.draw_without_rendering()
    for axes in figure.axes[: len(VIEWS)]:
        labels = [text for text in axes.texts if text.get_text().isdigit()]
        corners = [text.get_window_extent() for text in labels]
        assert labels or axes is figure.axes[0], "only the transverse slice is nearly of one colour"
        assert not [1 for a, b in combinations(corners, 2) if a.overlaps(b)], [text.get_text() for text in labels]


def test_colours_can_be_read_in_grey() -> None:
    grey = colormaps[COLOURS](np.linspace(0, 1, 64))[:, :3] @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(grey) > 0).all()
    assert colours_of(np.array([np.nan, 10.0]), (0.0, 10.0))[0] == NO_ANSWER


def test_the_figure_tells_the_bounds_and_shares_one_scale(box: Patient) -> None:
    (volume,) = volumes_of(lattice_table(gap=0.02))
    figure = atlas_figure(volume, box, "Atlas of $a$ box", transverse=0.0)
    assert "proven bounds 2.0 % of 4π apart on average, 2.0 % at most" in figure.get_suptitle()
    scales = {mesh.get_clim() for axes in figure.axes for mesh in axes.collections if mesh.get_gid() == "answers"}
    assert len(scales) == 1
    assert figure.axes[0].get_title().startswith("transverse, z = 0 mm")
