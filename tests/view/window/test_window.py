"""The window looks as it did: a few plain pictures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support.references import share_that_differs

import simulator as sim
from simulator.view.window.window import Window

pytestmark = pytest.mark.usefixtures("renderer")

MOST = 0.004


@pytest.fixture(scope="module")
def window() -> Iterator[Window]:
    box = sim.load_setup("box")
    box = replace(box, sweep=box.sweep.with_steps(gantry=15.0, couch=15.0))
    cmap = sim.collision_map(box, method="sampled", workers=1)
    with Window(box, cmap, off_screen=True) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "gantry", "couch"), [("free", 30.0, 45.0), ("colliding", 120.0, 60.0), ("from_below", 180.0, 0.0)]
)
def test_the_window_at_a_pose(window: Window, name: str, gantry: float, couch: float) -> None:
    window.look_from_the_room()
    window.move_to(gantry=gantry, couch=couch)
    assert share_that_differs(window.picture(), name) < MOST


def test_the_beams_eye(window: Window) -> None:
    window.move_to(gantry=60.0, couch=30.0)
    window.look_from_the_beam()
    assert share_that_differs(window.picture(), "beams_eye") < MOST


def test_a_turn_by_five_degrees_is_seen(window: Window) -> None:
    window.look_from_the_room()
    for gantry, couch in ((35.0, 45.0), (30.0, 50.0)):
        window.move_to(gantry=gantry, couch=couch)
        assert share_that_differs(window.picture(), "free") > 2 * MOST
