"""The map as a picture: what it shows is measured on its elements and lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from scipy.interpolate import RegularGridInterpolator
from support.pictures import assert_marks_are_inside, colours_of, elements_at, marks_of, shades

import simulator as sim
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.sealed import sealed
from simulator.view.colours import FREE, OKABE_ITO, OTHERS, Palette, rgb
from simulator.view.plots.maps import map_figure


def drawn(cmap: sim.CollisionMap):
    """Return axes with a map."""
    return sim.plot_map(cmap, Figure(figsize=(7, 4), layout="constrained").add_subplot())


def lines_of(axes, colour: str) -> list[np.ndarray]:
    """Return the lines (n, 2) of contours of a colour."""
    return [
        polygon
        for contour in axes.collections
        if to_hex(contour.get_edgecolor()[0]) == colour
        for path in contour.get_paths()
        for polygon in path.to_polygons(closed_only=False)
    ]


def with_clearance(cmap: sim.CollisionMap, clearance_mm: np.ndarray) -> sim.CollisionMap:
    """Return a map in which these clearances were measured."""
    return sim.CollisionMap(sealed(cmap.dataset.assign(clearance_mm=(("gantry", "couch"), clearance_mm))))


def test_what_is_white_is_the_proven_solid_angle(brain_map: sim.CollisionMap) -> None:
    picture = colours_of(drawn(brain_map).images[0])
    white = np.isclose(picture, rgb(FREE)).all(axis=-1)  # couch up, gantry across
    cosines = np.cos(np.radians(np.linspace(-180, 180, white.shape[1] + 1)))
    weights = np.abs(np.diff(cosines)) * np.pi / white.shape[0]
    assert (white * weights).sum() == pytest.approx(brain_map.solid_angle().lower_sr, abs=2e-4 * FULL_SPHERE_SR)


@pytest.mark.parametrize("name", ["brain_map", "deployed_map"])
def test_a_pose_that_is_not_free_has_the_colour_of_its_culprit(name: str, request: pytest.FixtureRequest) -> None:
    """Culprits are ranked here by counting, and the colours taken in that order."""
    cmap = request.getfixturevalue(name)
    culprit = cmap.dataset["culprit"].values
    counts = np.bincount(culprit[culprit >= 0], minlength=len(cmap.pairs))
    rank = np.argsort(np.argsort(-counts, kind="stable"))
    rows, columns = np.nonzero(~cmap.is_free)
    shown = elements_at(
        drawn(cmap).images[0], cmap.dataset["gantry"].values[rows], cmap.dataset["couch"].values[columns]
    )

    def colour(pair: int, status: int) -> tuple[float, float, float]:
        dark, light = shades(OKABE_ITO[rank[pair]] if rank[pair] < len(OKABE_ITO) else OTHERS)
        return dark if status == sim.Status.COLLIDING else light

    expected = [colour(culprit[at], cmap.status[at]) for at in zip(rows, columns, strict=True)]
    same = np.isclose(shown, expected).all(axis=1)
    assert same.mean() > 0.98
    # What differs is free a tenth of a degree beside the pose, where an element has its middle, or FCL has it there.
    setup = sim.load_setup(str(cmap.dataset.attrs["name"]))
    for at in np.flatnonzero(~same & ~np.isclose(shown, 1.0).all(axis=1)):
        pose = np.array([cmap.dataset["gantry"].values[rows[at]], cmap.dataset["couch"].values[columns[at]]])
        beside = pose + 0.25 * np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)])
        statuses = setup.checker.pair_status(beside)
        worst = statuses.max(axis=0)
        names = [setup.scene.pairs[first].name for first in (statuses == worst).argmax(axis=0)]
        colours = [
            colour(cmap.pairs.index(name), status) for name, status in zip(names, worst, strict=True) if status
        ]
        assert np.isclose(colours, shown[at]).all(axis=1).any()


def test_it_is_shown_from_180_to_180_with_iec_axes(brain_map: sim.CollisionMap) -> None:
    axes = drawn(brain_map)
    assert axes.get_xlim() == (-180.0, 180.0)
    assert axes.get_ylim() == (-90.0, 90.0)
    assert {-180.0, 0.0, 180.0} <= set(axes.get_xticks())
    assert axes.get_xlabel() == "gantry angle / ° (IEC 61217)"
    assert axes.get_ylabel() == "couch angle / ° (IEC 61217)"
    picture = colours_of(axes.images[0])
    # Both rims show the same poses: a tenth of a degree to either side of the seam. Borders there are steep: they are
    # some degrees of the couch further on at the other rim.
    assert np.isclose(picture[:, 0], picture[:, -1]).all(axis=-1).mean() > 0.9
    assert not np.isclose(picture[:, 0], 1.0).all()


def test_a_range_that_does_not_turn_fully_is_shown_as_it_is(brain_map: sim.CollisionMap) -> None:
    setup = sim.load_setup("brain")
    sweep = sim.Sweep(gantry=(-60, 120, 10), couch=(-40, 90, 10))
    part = drawn(sim.collision_map(setup, sweep=sweep, workers=1))
    assert (part.get_xlim(), part.get_ylim()) == ((-60.0, 120.0), (-40.0, 90.0))
    gantry, couch = (at.ravel() for at in np.meshgrid(np.arange(-59.3, 120, 1.7), np.arange(-39.3, 90, 1.7)))
    both = [
        np.isclose(elements_at(axes.images[0], gantry, couch), 1.0).all(axis=1) for axes in (part, drawn(brain_map))
    ]
    assert (both[0] != both[1]).mean() < 0.01  # both are proven, but their cells are cut elsewhere


def test_the_outline_parts_white_from_colours_and_does_not_run_along_the_rims(brain_map: sim.CollisionMap) -> None:
    axes = drawn(brain_map)
    lines = lines_of(axes, "#000000")
    vertices = np.concatenate(lines)
    around = [
        np.isclose(elements_at(axes.images[0], *(vertices + shift).T), 1.0).all(axis=1)
        for shift in ((-0.15, -0.15), (-0.15, 0.15), (0.15, -0.15), (0.15, 0.15))
    ]
    inner = (np.abs(vertices[:, 0]) < 179.8) & (np.abs(vertices[:, 1]) < 89.8)
    assert (np.any(around, axis=0) & ~np.all(around, axis=0))[inner].all()
    assert inner.sum() > 500
    for line in lines:
        ends = np.abs(np.stack([line[:-1], line[1:]]))
        ends = ends[:, np.linalg.norm(ends[1] - ends[0], axis=1) > 0]
        assert not ((ends[..., 0] > 179.9).all(axis=0) | (ends[..., 1] > 89.9).all(axis=0)).any()
    assert np.abs(vertices[:, 1]).max() >= 89.9  # but they reach it


def test_the_outline_of_a_sampled_map_follows_its_rectangles(deployed_map: sim.CollisionMap) -> None:
    vertices = np.concatenate(lines_of(drawn(deployed_map), "#000000"))
    away = [
        np.abs(vertices[:, axis, None] - edges).min(axis=1)
        for axis, edges in enumerate(axis.edges() for axis in deployed_map.sweep)
    ]
    assert np.minimum(*away).max() < 0.11


@pytest.mark.parametrize("name", ["brain_map", "deployed_map"])
def test_each_region_has_its_number_inside(name: str, request: pytest.FixtureRequest) -> None:
    cmap = request.getfixturevalue(name)
    figure = map_figure(cmap)
    (axes,) = figure.axes
    assert_marks_are_inside(axes, figure)
    found = {text.get_text() for text in marks_of(axes)}
    # Culprits of a twentieth of the poses have a region that is large enough.
    shares = np.sort(np.bincount(cmap.dataset["culprit"].values.ravel() + 1)[1:])[::-1] / cmap.status.size
    assert {str(i + 1) for i in np.flatnonzero(shares[: len(OKABE_ITO)] > 0.05)} <= found
    assert ("+" in found) == (len(cmap.pairs) > 20)
    (legend,) = figure.legends
    lines = [text.get_text() for text in legend.get_texts()]
    ranked = sorted(cmap.pairs, key=lambda pair: -(cmap.dataset["culprit"].values == cmap.pairs.index(pair)).sum())
    assert lines[:3] == ["free", f"1 {ranked[0]}", f"2 {ranked[1]}"]
    assert found <= {line.split()[0] for line in lines[1:]}


def test_lines_are_where_the_clearance_is_what_they_say(open_map: sim.CollisionMap) -> None:
    """A clearance that goes round: 110 − 100 cos(gantry) + couch / 9, so 50 mm at couch 0 is at ±53.13°."""
    gantry, couch = np.meshgrid(*(open_map.dataset[name].values for name in ("gantry", "couch")), indexing="ij")
    axes = drawn(with_clearance(open_map, 110 - 100 * np.cos(np.radians(gantry)) + couch / 9))
    (contour,) = axes.collections
    assert list(contour.levels) == [50, 100, 200]
    assert {text.get_text() for text in axes.texts} == {"50", "100", "200"}
    for level, path in zip(contour.levels, contour.get_paths(), strict=True):
        at = path.vertices[path.codes != path.CLOSEPOLY]
        assert np.abs(110 - 100 * np.cos(np.radians(at[:, 0])) + at[:, 1] / 9 - level).max() < 2.0  # linear in 10°
        assert at[:, 0].min() < 0 < at[:, 0].max()
    far = contour.get_paths()[2].vertices
    assert np.abs(far[:, 0]).max() > 175  # 200 mm goes through the seam


def test_measured_clearances_are_interpolated_between_the_poses() -> None:
    box = sim.load_setup("box")
    cmap = sim.collision_map(
        box, sweep=box.sweep.with_steps(gantry=15.0, couch=15.0), method="sampled", clearance=True, workers=1
    )
    axes = drawn(cmap)
    contour = next(lines for lines in axes.collections if len(lines.levels) == 3 and lines.levels[0] == 50)
    gantry, couch = np.append(cmap.dataset["gantry"].values, 180.0), cmap.dataset["couch"].values
    clearance = cmap.dataset["clearance_mm"].values
    value_at = RegularGridInterpolator((gantry, couch), np.append(clearance, clearance[:1], 0))
    for level, path in zip(contour.levels, contour.get_paths(), strict=True):
        at = path.vertices[(path.codes != path.CLOSEPOLY) & (np.abs(path.vertices[:, 0]) <= 180)]
        within = np.clip(at, (-180.0, couch[0]), (180.0, couch[-1]))  # ends of lines are beyond by rounding
        np.testing.assert_allclose(within, at, atol=1e-9)
        away = np.abs(value_at(within) - level)
        assert len(at) > 20
        assert np.median(away) < 1e-9
        assert away.max() < 3.0  # where a line is cut for its number, between the sides of a rectangle of poses


def test_lines_are_only_for_clearances_above_the_buffers(open_map: sim.CollisionMap) -> None:
    setup = sim.load_setup("open_space")
    setup = replace(setup, sweep=open_map.sweep, buffers=sim.Buffers(patient_mm=10.0, couch_mm=0.0))
    ramp = np.broadcast_to(np.linspace(0, 90, 36)[:, None], open_map.status.shape)
    for cmap, levels in ((open_map, [50]), (sim.collision_map(setup, method="sampled", workers=1), [20, 50])):
        (contour,) = drawn(with_clearance(cmap, ramp)).collections
        assert list(contour.levels) == levels


def test_a_map_without_obstacles_is_white_and_has_no_lines(open_map: sim.CollisionMap) -> None:
    figure = map_figure(open_map)
    (axes,) = figure.axes
    np.testing.assert_allclose(colours_of(axes.images[0]), 1.0)
    assert not axes.collections
    assert not axes.texts
    assert figure.legends[0].get_title().get_text() == "nothing is in the way"


def test_a_single_couch_angle_is_a_strip_with_the_ends_of_its_arcs() -> None:
    setup = sim.load_setup("brain")
    cmap = sim.collision_map(setup, sweep=sim.Sweep(gantry=(-180, 180, 5), couch=(30, 30, 1)), workers=1)
    figure = map_figure(cmap)
    (axes,) = figure.axes
    figure.draw_without_rendering()
    assert list(axes.get_yticks()) == [30.0]
    ends = {round(line[:, 0].mean(), 3) for line in lines_of(axes, "#000000")}
    arcs = cmap.arcs()
    blocked = [*arcs["start_deg"][arcs["start_culprit"] != ""], *arcs["stop_deg"][arcs["stop_culprit"] != ""]]
    expected = {round((angle + 180) % 360 - 180, 3) for angle in blocked}
    np.testing.assert_allclose(sorted(ends), sorted(expected), atol=0.5)
    # Its label is no longer than the strip is high.
    assert axes.yaxis.label.get_window_extent().height < axes.get_window_extent().height
    assert_marks_are_inside(axes, figure)


def test_colours_and_the_legend_agree(brain_map: sim.CollisionMap) -> None:
    shown = {key.label: key.rgb for key in Palette(brain_map).legend()}
    worst = int(np.argmax(np.bincount(brain_map.dataset["culprit"].values.ravel() + 1)[1:]))
    assert shown[brain_map.pairs[worst]] == rgb(OKABE_ITO[0])


def test_colours_differ_in_greyscale_from_free() -> None:
    luminance = [np.dot(rgb(colour), (0.2126, 0.7152, 0.0722)) for colour in OKABE_ITO]
    assert max(luminance) < 0.75
