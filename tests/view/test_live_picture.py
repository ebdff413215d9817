"""Pictures of cells, against each cell asked one by one."""

from __future__ import annotations

import numpy as np
import pytest

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.geometry.angles import sin_cos_deg
from simulator.scenario.sweep import Sweep
from simulator.view.live_picture import KEYS, LivePicture

JOINTS = ("gantry", "couch")


@pytest.fixture(scope="module")
def box() -> sim.Setup:
    return sim.load_setup("box")


def drawn_cells(rng: np.random.Generator, sweep: Sweep) -> Cells:
    """A partition of the sweep in cells of random status."""
    edges = [np.unique([*axis.extent, *rng.uniform(*axis.extent, 12)]) for axis in sweep]
    low, high = (
        np.stack(np.meshgrid(*(each[part] for each in edges), indexing="ij"), axis=-1).reshape(-1, 2)
        for part in (slice(None, -1), slice(1, None))
    )
    status = rng.choice(np.array([FREE, UNDECIDED, NOT_FREE], dtype=np.int8), len(low))
    return Cells(low, high, status, np.full(len(low), -1, dtype=np.int16))


@pytest.mark.parametrize("order", [JOINTS, JOINTS[::-1]])
def test_each_element_is_as_the_cell_that_its_middle_is_in(box: sim.Setup, order: tuple[str, str]) -> None:
    ranges = {"gantry": (-180, 180, 1), "couch": (-70, 50, 2)}
    sweep = box.on_scale(Sweep(**{joint: ranges[joint] for joint in order}))
    picture = LivePicture(sweep, box.aim_of(sweep).chart)
    cells = drawn_cells(np.random.default_rng(1), sweep)
    status = picture.status(cells)
    inner, outer = ((each[:-1] + each[1:]) / 2 for each in picture.edges)
    assert status.shape == (360, 120)
    for row, column in np.random.default_rng(2).integers(0, status.shape, (200, 2)):
        pose = {"gantry": inner[row], "couch": outer[column]}
        at = np.array([pose[joint] for joint in order])
        (held,) = np.flatnonzero(((cells.low <= at) & (at <= cells.high)).all(axis=1))
        assert status[row, column] == cells.status[held]


def test_a_direction_is_as_the_better_of_its_poses(box: sim.Setup) -> None:
    """On a C-arm, (gantry, couch) and (-gantry, couch + 180°) are one direction."""
    sweep = box.on_scale(Sweep(gantry=(-180, 180, 1), couch=(-90, 90, 2)))
    picture = LivePicture(sweep, chart := box.aim_of(sweep).chart)
    status = picture.status(drawn_cells(np.random.default_rng(3), sweep))
    pixels = picture.sphere(status)
    assert pixels.shape == (180, 360, 4)
    colours = np.rint(255 * np.array([key.rgb for key in KEYS]))
    rng = np.random.default_rng(4)
    for row, column in rng.integers(0, (180, 360), (200, 2)):
        (sin_p, cos_p), (sin_a, cos_a) = sin_cos_deg(row + 0.5), sin_cos_deg(column + 0.5 - 180.0)
        inner, outer = chart.angles(np.array([sin_p * cos_a, sin_p * sin_a, cos_p]))
        best = [
            status[int((g + 180.0) % 360.0), int(c + 90.0)]
            for g, c in ((float(inner), float(outer)), (-float(inner), float(outer) + 180.0))
            if -90.0 <= (c := (c + 180.0) % 360.0 - 180.0) <= 90.0
        ]
        np.testing.assert_array_equal(pixels[row, column, :3], colours[min(best)])


def test_what_no_pose_aims_from_is_clear(box: sim.Setup) -> None:
    sweep = box.on_scale(Sweep(gantry=(-60, 60, 1), couch=(-10, 10, 1)))
    picture = LivePicture(sweep, box.aim_of(sweep).chart)
    pixels = picture.sphere(np.full([len(each) - 1 for each in picture.edges], NOT_FREE, dtype=np.int8))
    shown = (pixels[..., :3] == np.rint(255 * np.array(KEYS[NOT_FREE].rgb))).all(axis=-1)
    assert 0.05 < shown.mean() < 0.5
    assert (pixels[~shown, 3] < pixels[shown, 3].min()).all()
