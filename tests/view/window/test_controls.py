"""The window is moved through the toolkit's events, and what it then says is asked of the checker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from support.two_axes import C_ARM, directions

import simulator as sim
from simulator.view.joint_axes import collimator_axis
from simulator.view.sphere import RADIUS_MM
from simulator.view.window.controls import Controls, letters_of
from simulator.view.window.window import Window

pytestmark = pytest.mark.usefixtures("renderer")

START = (20.0, 10.0)


class Hand:
    """What a person does at the window."""

    def __init__(self, setup: sim.Setup, cmap: sim.CollisionMap | None) -> None:
        self.window = Window(setup, cmap, gantry=START[0], couch=START[1], off_screen=True)
        self.controls = Controls(self.window)
        self.window.plotter.show(auto_close=False, interactive=False)
        self.interactor = self.window.plotter.iren.interactor

    @property
    def pose(self) -> tuple[float, float]:
        return self.window.check.pose["gantry"], self.window.check.pose["couch"]

    def type(self, *keys: str, shift: bool = False) -> None:
        for key in keys:
            self.interactor.SetKeyEventInformation(0, int(shift), key if len(key) == 1 else "\0", 0, key)
            self.interactor.KeyPressEvent()
            self.interactor.CharEvent()
            self.interactor.KeyReleaseEvent()

    def click(self, x: float, y: float) -> None:
        self.drag((x, y), (x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        for at, event in (
            (start, "MouseMoveEvent"),
            (start, "LeftButtonPressEvent"),
            (end, "MouseMoveEvent"),
            (end, "LeftButtonReleaseEvent"),
        ):
            self.interactor.SetEventInformation(round(at[0]), round(at[1]), 0, 0)
            getattr(self.interactor, event)()

    def tick(self) -> None:
        self.interactor.InvokeEvent("TimerEvent")

    def slider_at(self, joint: str, angle: float) -> tuple[float, float]:
        """Return where the knob of a slider is at an angle, in pixels."""
        shown = self.controls.sliders[joint].GetRepresentation()
        ends = [
            np.array(end.GetComputedDisplayValue(self.window.plotter.renderers[0]))
            for end in (shown.GetPoint1Coordinate(), shown.GetPoint2Coordinate())
        ]
        share = (angle - shown.GetMinimumValue()) / (shown.GetMaximumValue() - shown.GetMinimumValue())
        x, y = ends[0] + (0.1 + 0.8 * share) * (ends[1] - ends[0])  # the knob's middle does not reach the ends
        return float(x), float(y)

    def highlighted(self) -> set[str]:
        """Return the names of the parts whose colour is not their own."""
        bodies = self.window.setup.scene.bodies
        actors = self.window.room.bodies
        return {
            body.name
            for body, actor in zip(bodies, actors, strict=True)
            if actor.prop.color.hex_rgb != type(actor.prop.color)(body.colour).hex_rgb
        }


@pytest.fixture(scope="module")
def one_hand(brain: sim.Setup, brain_map: sim.CollisionMap) -> Iterator[Hand]:
    hand = Hand(brain, brain_map)
    yield hand
    hand.window.plotter.close()


@pytest.fixture
def hand(one_hand: Hand) -> Hand:
    """The window as at the start."""
    one_hand.type("space", "r")
    one_hand.window.show_sphere(True)
    one_hand.window.move_to(gantry=START[0], couch=START[1])
    return one_hand


def asserts_what_the_checker_says(hand: Hand) -> None:
    """Status, culprits, their colour, clearance, sliders and texts are those of the pose."""
    window = hand.window
    asked = window.setup.check(gantry=hand.pose[0], couch=hand.pose[1])
    assert window.check == asked
    parts = {part for name in asked.culprits for part in name.split(" – ")}
    assert hand.highlighted() == parts
    assert hand.controls.sliders["gantry"].GetRepresentation().GetValue() == pytest.approx(hand.pose[0])
    assert hand.controls.sliders["couch"].GetRepresentation().GetValue() == pytest.approx(hand.pose[1])
    status, details = window.captions.texts
    assert status == str(asked.status).upper()
    assert f"gantry {hand.pose[0]:g}°, couch {hand.pose[1]:g}°" in details
    assert (f"{asked.clearance_mm:.1f} mm" in details) == (asked.points_mm is not None)
    assert all(name in details for name in asked.culprits[:3])


def test_the_pose_asked_for_is_the_pose_shown(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    """Also between the angles of the grid: making the sliders moves nothing."""
    hand = Hand(brain, brain_map)
    hand.window.move_to(gantry=33.3, couch=-7.7)
    fresh = Window(brain, brain_map, gantry=33.3, couch=-7.7, off_screen=True)
    Controls(fresh)
    assert fresh.check.pose == {"gantry": 33.3, "couch": -7.7}
    fresh.plotter.close()
    hand.window.plotter.close()


@pytest.mark.parametrize(
    ("joint", "angle"), [("gantry", 100.0), ("gantry", -60.0), ("couch", 60.0), ("couch", -80.0)]
)
def test_a_slider_moves_the_machine(hand: Hand, joint: str, angle: float) -> None:
    column = ("gantry", "couch").index(joint)
    hand.drag(hand.slider_at(joint, START[column]), hand.slider_at(joint, angle))
    assert hand.pose[column] == pytest.approx(angle, abs=0.03 * (360.0, 180.0)[column])
    assert hand.pose[column] % 5.0 == 0.0
    assert hand.pose[1 - column] == START[1 - column]
    asserts_what_the_checker_says(hand)


def test_a_click_on_the_map_goes_there(hand: Hand, brain_map: sim.CollisionMap) -> None:
    seen = set()
    for gantry, couch in [(-180, -90), (100, 60), (-90, -30), (85, 20), (0, 90), (170, 40), (-110, -10)]:
        hand.click(*hand.window.panel.point_of(gantry, couch))
        assert hand.pose == (gantry, couch)
        asserts_what_the_checker_says(hand)
        there = brain_map.dataset.sel(gantry=gantry, couch=couch)
        assert int(there["status"]) == hand.window.check.status
        seen.add(hand.window.check.status)
    assert seen == set(sim.Status)


def test_a_map_that_is_cut_open_elsewhere_is_clicked_at_its_own_angles(brain: sim.Setup) -> None:
    """Its plot goes from -180 to 180, its angles from -185 to 175: a click at 177 means -183."""
    sweep = sim.Sweep(gantry=(-185, 175, 5), couch=(-90, 90, 30))
    hand = Hand(brain, sim.collision_map(brain, sweep=sweep, method="sampled", workers=1))
    for shown, meant in [(-185.0, -185.0), (174.8, -185.0), (178.0, -180.0), (-179.0, -180.0), (60.0, 60.0)]:
        hand.click(*hand.window.panel.point_of(shown, 60.0))
        assert hand.pose == (meant, 60.0)
        asserts_what_the_checker_says(hand)
    hand.window.plotter.close()


def test_a_click_beside_the_map_goes_nowhere(hand: Hand) -> None:
    size = hand.window.plotter.window_size
    for x, y in [(size[0] - 2, size[1] - 2), (size[0] * 0.62, 5)]:
        hand.click(x, y)
        assert hand.pose == START


def test_the_map_is_where_its_clicks_are(hand: Hand, brain_map: sim.CollisionMap) -> None:
    """The colour on the screen at a pose is that of its status: white where it is free, and only there."""
    hand.window.move_to(gantry=0.0, couch=0.0)
    picture = hand.window.plotter.screenshot(return_img=True)[..., :3]
    rng = np.random.default_rng(7)
    agreed = 0
    for row, column in zip(rng.integers(1, 71, 80), rng.integers(1, 36, 80), strict=True):
        around = brain_map.is_free[row - 1 : row + 2, column - 1 : column + 2]
        if around.all() or not around.any():
            pose = (float(brain_map.dataset["gantry"][row]), float(brain_map.dataset["couch"][column]))
            if np.hypot(pose[0] / 2, pose[1]) < 20:
                continue  # the marker is there
            x, y = hand.window.panel.point_of(*pose)
            patch = picture[picture.shape[0] - 1 - round(y) - 2 :, round(x) - 2 :][:5, :5]
            is_white = (patch.reshape(-1, 3) > 240).all(axis=1).mean() > 0.5
            agreed += is_white == bool(around.all())
            assert is_white == bool(around.all()), pose
    assert agreed > 30


def test_a_click_on_the_sphere_aims_from_there(hand: Hand) -> None:
    """The machine stands where the source is seen from the isocentre, whatever the couch angle was."""
    window, renderer = hand.window, hand.window.plotter.renderers[0]
    clicked = 0
    for couch in (0.0, 40.0, -70.0):
        for gantry, direction_couch in [(-60.0, 30.0), (-35.0, 60.0), (-80.0, -20.0), (-110.0, 10.0), (20.0, 75.0)]:
            window.move_to(gantry=150.0, couch=couch)
            support = directions(C_ARM, [gantry], [direction_couch])[0]
            turn = np.radians(couch)
            rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
            renderer.SetWorldPoint(*(RADIUS_MM * rotation @ support), 1.0)
            renderer.WorldToDisplay()
            x, y = (round(value) for value in renderer.GetDisplayPoint()[:2])
            seen = window.direction_at(x, y)
            if seen is None or np.linalg.norm(seen - support) > 0.05:
                continue  # behind the machine, or on the far half
            hand.click(x, y)
            found = directions(C_ARM, *np.array(hand.pose)[:, None])[0]
            assert np.degrees(np.arccos(np.clip(found @ support, -1, 1))) < 4.0
            asserts_what_the_checker_says(hand)
            clicked += 1
    assert clicked >= 6


def test_a_click_on_a_hidden_sphere_goes_nowhere(hand: Hand) -> None:
    size = hand.window.plotter.window_size
    at = (size[0] * 0.3, size[1] * 0.55)
    assert hand.window.direction_at(*at) is not None
    hand.type("d")
    assert hand.window.direction_at(*at) is None
    hand.click(*at)
    assert hand.pose == START
    hand.type("d")
    assert hand.window.direction_at(*at) is not None


def test_what_stands_before_the_sphere_hides_it_from_clicks(hand: Hand) -> None:
    """From below the floor nothing can be aimed at."""
    camera = hand.window.plotter.renderers[0].camera
    camera.position = (0.0, -3000.0, -6000.0)
    hand.window.plotter.renderers[0].reset_camera_clipping_range()
    hand.window.plotter.render()
    size = hand.window.plotter.window_size
    assert hand.window.direction_at(size[0] * 0.3, size[1] * 0.5) is None


def test_turning_the_view_moves_no_machine(hand: Hand) -> None:
    before = hand.window.plotter.renderers[0].camera.position
    size = hand.window.plotter.window_size
    hand.drag((size[0] * 0.3, size[1] * 0.6), (size[0] * 0.4, size[1] * 0.65))
    assert hand.pose == START
    assert not np.allclose(hand.window.plotter.renderers[0].camera.position, before, atol=1.0)
    hand.type("r")
    np.testing.assert_allclose(hand.window.plotter.renderers[0].camera.position, before)


def test_arrows_step_along_the_grid(hand: Hand) -> None:
    for key, moved in (("Left", (-5, 0)), ("Right", (5, 0)), ("Up", (0, 5)), ("Down", (0, -5))):
        before = hand.pose
        hand.type(key)
        assert hand.pose == (before[0] + moved[0], before[1] + moved[1])
        asserts_what_the_checker_says(hand)
    hand.type("Right", shift=True)
    assert hand.pose == (START[0] + 50.0, START[1])


def test_arrows_stop_at_the_end_of_a_range_and_go_on_over_a_full_turn(hand: Hand) -> None:
    hand.window.move_to(gantry=175.0, couch=90.0)
    hand.type("Right", "Up")
    assert hand.pose == (-180.0, 90.0)
    hand.type("Left")
    assert hand.pose == (175.0, 90.0)


def test_playing_the_gantry_stays_on_its_free_arc(hand: Hand, brain: sim.Setup) -> None:
    hand.window.move_to(gantry=20.0, couch=60.0)
    hand.type("g")
    poses = []
    for _ in range(70):
        hand.tick()
        poses.append(hand.pose)
    assert hand.window.check.pose["couch"] == 60.0
    assert poses[0] == (25.0, 60.0)
    statuses = brain.checker.pair_status(np.array(sorted(set(poses))))
    assert not statuses.any()
    assert len(set(poses)) > 20
    hand.type("space")
    hand.tick()
    assert hand.pose == poses[-1]


def test_what_plays_has_a_timer_until_it_stops(hand: Hand) -> None:
    timers: list[str] = []
    seen = [
        hand.interactor.AddObserver(event, lambda _, name: timers.append(name))
        for event in ("CreateTimerEvent", "DestroyTimerEvent")
    ]
    hand.type("c", "g", "space", "Left")
    assert timers == ["CreateTimerEvent", "DestroyTimerEvent", "CreateTimerEvent", "DestroyTimerEvent"]
    for observer in seen:
        hand.interactor.RemoveObserver(observer)


def test_the_whole_map_is_seen_in_a_window_of_any_size(hand: Hand) -> None:
    before = hand.window.plotter.window_size
    for size in [(1200, 900), (1800, 700), (800, 800)]:
        hand.window.plotter.window_size = size
        hand.window.plotter.render()
        (left, bottom), (right, top) = (hand.window.panel.point_of(*pose) for pose in [(-180, -90), (180, 90)])
        assert 0.6 * size[0] < left < right <= size[0]
        assert 0 < bottom < top <= size[1]
        hand.click(*hand.window.panel.point_of(-60, 40))
        assert hand.pose == (-60.0, 40.0)
        hand.window.move_to(gantry=START[0], couch=START[1])
    hand.window.plotter.window_size = before


def test_playing_the_couch_goes_to_and_fro(hand: Hand) -> None:
    hand.type("c")
    couch = []
    for _ in range(72):
        hand.tick()
        couch.append(hand.pose[1])
        assert hand.pose[0] == START[0]
    assert couch[0] == 15.0
    assert {min(couch), max(couch)} == {-90.0, 90.0}
    assert set(np.abs(np.diff(couch))) == {5.0}
    assert couch[-1] == START[1]
    hand.type("Left")
    before = hand.pose
    hand.tick()
    assert hand.pose == before


def test_the_beams_eye_goes_with_the_source(hand: Hand, brain: sim.Setup) -> None:
    hand.type("b")
    camera = hand.window.plotter.renderers[0].camera
    for gantry in (START[0], -90.0):
        hand.window.move_to(gantry=gantry)
        turn = np.radians(gantry)
        np.testing.assert_allclose(camera.position, (1000 * np.sin(turn), 0, 1000 * np.cos(turn)), atol=1e-6)
        np.testing.assert_allclose(camera.focal_point, 0.0, atol=1e-9)
        np.testing.assert_allclose(camera.up, (0, 1, 0), atol=1e-9)
    shown = {
        body.name for body, actor in zip(brain.scene.bodies, hand.window.room.bodies, strict=True) if actor.visibility
    }
    assert "head cover" not in shown
    assert "patient head" in shown
    hand.type("r")
    assert all(actor.visibility for actor in hand.window.room.bodies)


def test_other_keys_change_nothing(hand: Hand) -> None:
    before = hand.window.plotter.screenshot(return_img=True)
    hand.type("w", "s", "v", "3", "p", "f", "e", "u", "plus", "minus")
    np.testing.assert_array_equal(hand.window.plotter.screenshot(return_img=True), before)
    assert hand.pose == START


def test_no_move_touches_a_mesh(hand: Hand) -> None:
    def meshes() -> list[tuple[str, int]]:
        inputs = [actor.mapper.GetInput() for actor in (*hand.window.room.bodies, *hand.window.room.sphere)]
        return [(data.GetAddressAsString("vtkObject"), data.GetMTime()) for data in inputs]

    before = meshes()
    for pose in [(0, 0), (100, 60), (-60, -20)]:
        hand.window.move_to(gantry=pose[0], couch=pose[1])
    assert meshes() == before


@pytest.fixture(scope="module")
def applicator() -> sim.Setup:
    machine = sim.Machine.load("c_arm", accessory="electron_applicator")
    patient = sim.Patient.load("adult", arms="up")
    x, y, z = patient.site("liver")
    skin_mm = (x, y - 120.0, z)  # above it, as for electrons
    return sim.Setup(machine=machine, couch=sim.Couch.load("igrt"), patient=patient, isocentre_mm=skin_mm)


def test_a_round_plate_needs_no_collimator_angle(brain: sim.Setup, applicator: sim.Setup) -> None:
    assert collimator_axis(brain.scene) is None
    turned = collimator_axis(applicator.scene)
    assert turned is not None and (*turned.extent, turned.step) == (-180.0, 180.0, 1.0)


def test_the_collimator_turns_what_hangs_on_it(applicator: sim.Setup) -> None:
    """The answer is that of a set-up with that angle."""
    hand = Hand(applicator, None)
    found: list[sim.PoseCheck] = []
    for angle in (45.0, -90.0):
        start = hand.controls.sliders["collimator"].GetRepresentation().GetValue()
        hand.drag(hand.slider_at("collimator", start), hand.slider_at("collimator", angle))
        turned = hand.window.check.pose["collimator"]
        assert turned == pytest.approx(angle, abs=0.05 * 330)
        asked = replace(applicator, collimator_deg=turned).check(gantry=START[0], couch=START[1])
        assert replace(hand.window.check, pose=asked.pose) == asked
        assert f"collimator {turned:g}°" in hand.window.captions.texts[1]
        found.append(asked)
    assert found[0].clearance_mm != found[1].clearance_mm
    hand.window.plotter.close()


def test_keys_are_the_first_letters_that_mean_nothing_else() -> None:
    assert letters_of(("gantry", "couch")) == {"gantry": "g", "couch": "c"}
    assert letters_of(("ring", "radial")) == {"ring": "i", "radial": "a"}
    assert letters_of(("b", "dbr")) == {"b": "1", "dbr": "2"}
