"""The atlas in a window, without a screen: what is shown, what a click chooses, and the map that it asks for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from support.made_study import lattice_table, sample_table

import simulator as sim
from simulator.studies.result import StudyResult
from simulator.view.lattice import NO_CASE, volumes_of
from simulator.view.window.atlas import AtlasWindow

UNPLACED = 3


@dataclass(frozen=True)
class MadeSetups:
    """In place of those of a study: one set-up and its map for all targets, but none for one."""

    first: sim.Setup
    cmap: sim.CollisionMap
    result: StudyResult

    def map_of(self, index: int) -> sim.CollisionMap:
        if index == UNPLACED:
            raise sim.SimulatorError("table_vertical: is out of reach")
        return self.cmap


@pytest.fixture(scope="module")
def setups(coarse) -> MadeSetups:
    table = lattice_table(unplaced={UNPLACED})
    return MadeSetups(*coarse, StudyResult(table, {"title": "Atlas of a box"}))


@pytest.fixture(scope="module")
def window(setups: MadeSetups, renderer: None):
    with AtlasWindow(setups, off_screen=True) as opened:  # type: ignore[arg-type]
        yield opened


def point_of(window: AtlasWindow, target: int) -> tuple[float, float]:
    """Where the window shows the middle of a target, in its pixels."""
    seen = window.plotter.renderers[0]
    seen.SetWorldPoint(*window.places_mm[target], 1.0)
    seen.WorldToDisplay()
    return seen.GetDisplayPoint()[:2]


def test_slices_show_the_targets_of_a_plane(window: AtlasWindow) -> None:
    cells = np.argwhere(window.volume.row != NO_CASE)
    for plane, axis in (("transverse", 2), ("coronal", 1), ("sagittal", 0)):
        window.show_slice(plane, 0)
        assert np.array_equal(window.is_shown, cells[:, axis] == 0)
        window.step(1)
        assert np.array_equal(window.is_shown, cells[:, axis] == 1)
        window.step(100)
        assert np.array_equal(window.is_shown, cells[:, axis] == cells[:, axis].max())
    window.show_slice(None)
    assert window.is_shown.all()


def test_a_click_meets_the_target_in_front(window: AtlasWindow) -> None:
    window.show_slice(None)
    eye = np.array(window.plotter.renderers[0].camera.position)
    for target in range(len(window.places_mm)):
        found = window.target_at(*point_of(window, target))
        assert found is not None
        away = np.linalg.norm(window.places_mm - eye, axis=1)
        assert away[found] <= away[target] + 1e-6
    assert window.target_at(5.0, 5.0) is None
    assert window.target_at(1400.0, 400.0) is None  # the map


def test_a_target_has_its_map_its_sphere_and_its_words(window: AtlasWindow, setups: MadeSetups) -> None:
    before = window.picture()
    target = int(np.flatnonzero(window.rows == 7)[0])
    window.choose(target)
    assert window.cmap is setups.cmap
    after = window.picture()
    right = slice(int(0.62 * before.shape[1]), None)
    assert (before[:, right] != after[:, right]).mean() > 0.02  # the map is there
    assert (before[:, : right.start] != after[:, : right.start]).any(axis=-1).mean() > 0.05  # and the sphere


def test_a_target_that_cannot_be_placed_says_why(window: AtlasWindow) -> None:
    window.choose(int(np.flatnonzero(window.rows == UNPLACED)[0]))
    assert window.cmap is None
    assert "out of reach" in window.texts[1]


def test_a_study_without_a_lattice_is_refused(setups: MadeSetups) -> None:
    made = replace(setups, result=StudyResult(sample_table(), {"title": "Sizes"}))
    assert volumes_of(made.result.table) == []
    with pytest.raises(sim.SimulatorError, match="must have isocentres on a lattice"):
        AtlasWindow(made, off_screen=True)  # type: ignore[arg-type]
