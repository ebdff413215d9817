"""The isocentre dragged and the table moved by the toolkit's events; what is seen is asked of the proofs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.maps.live.live_map import LiveMap
from simulator.maps.live.moving_map import LiveBounds, OutOfReach
from simulator.setup.contents import PATIENT_FRAME
from simulator.view.joint_axes import T_fixed_frame
from simulator.view.live_picture import KEYS
from simulator.view.window.controls import Controls
from simulator.view.window.live_controls import LiveControls
from simulator.view.window.window import Window

pytestmark = pytest.mark.usefixtures("renderer")

PATIENCE_S = 60.0
TOLERANCES = (0.5, 0.3)


class Hand:
    """What a person does at the window."""

    def __init__(self, setup: sim.Setup, cmap: sim.CollisionMap, live: LiveMap) -> None:
        self.live = live
        self.window = Window(setup, cmap, off_screen=True, gantry=30.0, couch=20.0)
        Controls(self.window)
        self.controls = LiveControls(self.window, live)
        self.window.plotter.show(auto_close=False, interactive=False)
        self.interactor = self.window.plotter.iren.interactor

    def event(self, x: float, y: float, name: str) -> None:
        self.interactor.SetEventInformation(round(x), round(y), 0, 0)
        getattr(self.interactor, name)()

    def grasp(self) -> tuple[float, float]:
        x, y, _ = self.controls.marker.pixel()
        self.event(x, y, "LeftButtonPressEvent")
        return x, y

    def settle(self) -> LiveBounds | OutOfReach | None:
        """Let the timer go off once all is proven."""
        assert self.live.settled(PATIENCE_S)
        self.interactor.InvokeEvent("TimerEvent")
        return self.controls.answer


@pytest.fixture(scope="module")
def hand() -> Iterator[Hand]:
    box = sim.load_setup("box")
    box = replace(box, sweep=box.sweep.with_steps(gantry=15.0, couch=15.0))
    cmap = sim.collision_map(box, method="sampled", workers=1)
    with LiveMap(box, tolerances=TOLERANCES, workers=1) as live:
        hand = Hand(box, cmap, live)
        hand.settle()
        yield hand
        hand.window.plotter.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "live map"]


def patient_in_room(hand: Hand) -> np.ndarray:
    return T_fixed_frame(hand.window.setup, PATIENT_FRAME, hand.window.check.pose)


def asserts_what_is_proven_is_seen(hand: Hand) -> None:
    """The share above the map, and the colours of map and sphere, are those of the answer."""
    answer = hand.controls.answer
    assert isinstance(answer, LiveBounds)
    lower, upper = answer.bounds_of_4pi
    assert f"{100 * lower:.1f} to {100 * upper:.1f} % of the sphere" in hand.controls.text
    for value in (*answer.isocentre_mm, *answer.table_position_mm):
        assert f"{value:.1f}" in hand.controls.text
    picture = hand.window.picture()
    for status in (FREE, UNDECIDED, NOT_FREE):
        cells = answer.cells.only(answer.cells.status == status)
        largest = int(np.argmax((cells.high - cells.low).prod(axis=1)))
        inner, outer = (cells.low[largest] + cells.high[largest]) / 2
        x, y = hand.window.panel.point_of(inner, outer)
        np.testing.assert_allclose(
            picture[len(picture) - 1 - round(y), round(x)] / 255, KEYS[status].rgb, rtol=0, atol=0.02
        )


def test_at_the_start_the_isocentre_has_its_bounds(hand: Hand) -> None:
    assert hand.controls.answer.is_final
    assert "(final)" in hand.controls.text
    asserts_what_is_proven_is_seen(hand)


def test_the_isocentre_is_dragged_in_the_patient_and_the_table_follows_once_it_is_let_go(hand: Hand) -> None:
    before, room = patient_in_room(hand), hand.window.setup
    x, y = hand.grasp()
    camera = hand.window.plotter.renderers[0].camera.position
    hand.event(x + 20.0, y - 10.0, "MouseMoveEvent")
    hand.settle()
    assert hand.window.plotter.renderers[0].camera.position == camera  # the view is not turned
    assert hand.window.setup is room
    place = hand.controls.marker.place_mm
    assert np.linalg.norm(place) > 10.0
    in_patient = np.linalg.inv(before) @ np.append(place, 1.0)
    np.testing.assert_allclose(hand.controls.answer.isocentre_mm, in_patient[:3], rtol=0, atol=1e-6)
    np.testing.assert_allclose(hand.controls.marker.pixel()[:2], (x + 20.0, y - 10.0), rtol=0, atol=1.0)
    asserts_what_is_proven_is_seen(hand)
    hand.event(x + 20.0, y - 10.0, "LeftButtonReleaseEvent")
    hand.settle()
    np.testing.assert_allclose(patient_in_room(hand)[:3, 3], before[:3, 3] - place, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(hand.controls.marker.place_mm, 0.0)
    np.testing.assert_allclose(hand.window.setup.isocentre_patient_mm, in_patient[:3], rtol=0, atol=1e-6)
    assert hand.window.check == hand.window.setup.check(gantry=30.0, couch=20.0)
    asserts_what_is_proven_is_seen(hand)


def test_the_tables_slider_moves_the_room(hand: Hand) -> None:
    slider = hand.controls.sliders["table_vertical"]
    low, high = hand.live.table_limits_mm["table_vertical"]
    shown = slider.GetRepresentation()
    assert (shown.GetMinimumValue(), shown.GetMaximumValue()) == (low, high)
    before = hand.window.setup.table_position_mm
    shown.SetValue(before[2] - 40.0)
    slider.InvokeEvent("InteractionEvent")
    hand.settle()
    np.testing.assert_allclose(hand.window.setup.table_position_mm, np.add(before, (0.0, 0.0, -40.0)), atol=1e-3)
    assert shown.GetValue() == pytest.approx(before[2] - 40.0, abs=1e-3)
    assert hand.controls.sliders["table_lateral"].GetRepresentation().GetValue() == pytest.approx(before[0], abs=1e-3)
    asserts_what_is_proven_is_seen(hand)


def test_out_of_reach_is_told_and_moves_nothing(hand: Hand) -> None:
    room = hand.window.setup
    x, y = hand.grasp()
    for name in ("MouseMoveEvent", "LeftButtonReleaseEvent"):
        hand.event(x - 300.0, y + 200.0, name)
    answer = hand.settle()
    assert isinstance(answer, OutOfReach)
    assert "out of the table's reach" in " ".join(hand.controls.text.split())
    assert hand.window.setup is room
    np.testing.assert_array_equal(hand.controls.marker.place_mm, 0.0)


def test_a_press_beside_the_marker_turns_the_view(hand: Hand) -> None:
    camera = hand.window.plotter.renderers[0].camera.position
    x, y, _ = hand.controls.marker.pixel()
    hand.event(x + 60.0, y + 60.0, "MouseMoveEvent")
    hand.event(x + 60.0, y + 60.0, "LeftButtonPressEvent")
    hand.event(x + 110.0, y + 90.0, "MouseMoveEvent")
    hand.event(x + 110.0, y + 90.0, "LeftButtonReleaseEvent")
    assert hand.window.plotter.renderers[0].camera.position != camera
    np.testing.assert_array_equal(hand.controls.marker.place_mm, 0.0)


def test_without_a_map_there_is_nothing_to_follow(hand: Hand) -> None:
    with (
        Window(hand.window.setup, None, off_screen=True) as bare,
        pytest.raises(sim.SimulatorError, match="map that has a solid angle"),
    ):
        LiveControls(bare, hand.live)
