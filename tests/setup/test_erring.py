"""Errors as joints of the room: where the table top gets to, and that the planned room stays as it is."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from support.erring_rooms import erring_room

import simulator as sim

SIX = ("lateral_mm", "longitudinal_mm", "vertical_mm", "rotation_deg", "pitch_deg", "roll_deg")


@pytest.fixture(scope="module")
def brain():
    return sim.load_setup("brain")


def placed(scene, frame, **values):
    """Where a frame is with joints at these values."""
    return scene.tree.T_fixed_frame(frame, {**scene.rest, **values})


def test_the_planned_room_keeps_its_hash_and_its_pairs(brain):
    erring = replace(brain, errors=sim.Errors(**{field: {"bound": 1.0} for field in SIX}))
    assert erring.scene.sha256 == brain.scene.sha256
    assert erring.erring_scene.pairs == brain.scene.pairs


@pytest.mark.parametrize("frame", ["patient", "table_roll", "table_vertical", "gantry"])
def test_without_errors_the_room_is_the_planned_one(brain, frame):
    erring = replace(
        brain, errors=sim.Errors(**{field: {"bound": 1.0} for field in (*SIX, "gantry_deg", "couch_deg")})
    )
    for couch in (0.0, 37.0):
        now = placed(erring.erring_scene, frame, couch=couch, gantry=11.0)
        assert np.allclose(now, placed(brain.scene, frame, couch=couch, gantry=11.0), atol=1e-9)


@pytest.mark.parametrize("couch", [0.0, -70.0])
@pytest.mark.parametrize("tilt", [0.0, 2.0])
def test_the_top_slides_and_turns_about_the_isocentre_in_axes_that_the_couch_turns(brain, couch, tilt):
    erring = replace(brain, pitch_deg=tilt, errors=sim.Errors(**{field: {"bound": 1.0} for field in SIX}))
    values = dict(zip(SIX, (1.0, -2.0, 3.0, 0.4, -0.9, 1.3), strict=True))
    joints = {f"error_{field.rpartition('_')[0]}": value for field, value in values.items()}
    R = Rotation.from_euler("ZXY", [0.4, -0.9, 1.3], degrees=True).as_matrix()
    C = Rotation.from_euler("z", couch, degrees=True).as_matrix()
    planned = placed(erring.scene, "patient", couch=couch)
    found = placed(erring.erring_scene, "patient", couch=couch, **joints)
    expected = C @ (R @ C.T @ planned[:3, 3] + [1.0, -2.0, 3.0])
    assert np.allclose(found[:3, 3], expected, atol=1e-9)
    assert np.allclose(found[:3, :3], C @ R @ C.T @ planned[:3, :3], atol=1e-12)


def test_what_carries_the_top_slides_with_it_but_does_not_turn(brain):
    erring = replace(brain, errors=sim.Errors(**{field: {"bound": 1.0} for field in SIX}))
    before = placed(erring.erring_scene, "table_vertical")
    slid = placed(erring.erring_scene, "table_vertical", error_lateral=4.0)
    turned = placed(erring.erring_scene, "table_vertical", error_pitch=1.0, error_rotation=1.0)
    assert np.allclose(slid[:3, 3] - before[:3, 3], [4.0, 0.0, 0.0])
    assert np.allclose(turned, before)


def test_a_joint_that_is_misread_stands_where_the_sum_says(brain):
    erring = replace(brain, errors=sim.Errors(gantry_deg={"bound": 1.0}, couch_deg={"bound": 1.0})).erring_scene
    for frame, joint in (("gantry", "gantry"), ("patient", "couch"), ("table_vertical", "couch")):
        found = placed(erring, frame, **{joint: 30.0, f"error_{joint}": 0.7})
        assert np.allclose(found, placed(brain.scene, frame, **{joint: 30.7}), atol=1e-9)


def test_directions_are_those_of_the_planned_pose(brain):
    erring = replace(brain, errors=sim.Errors(rotation_deg={"bound": 3.0}))
    assert np.array_equal(erring.directions_top(gantry=60, couch=15), brain.directions_top(gantry=60, couch=15))


class TestOnePose:
    """The block's top is 100 mm below the plate, and 1000 mm long."""

    def test_a_slide_takes_its_bound(self):
        assert erring_room(vertical_mm={"bound": 99.9}).check_robust(gantry=0, couch=0).is_free
        found = erring_room(vertical_mm={"bound": 99.9}, buffer_mm=0.2).check_robust(gantry=0, couch=0)
        assert found.verdict == "not free"
        assert found.errors == {"vertical_mm": 99.9}
        assert found.found.culprits == ("plate – block",) or found.found.culprits == ("block – plate",)

    def test_a_turn_takes_the_sine_of_its_lever(self):
        """A pitch of -δ raises the far end by 1000 sin δ; its upper edge is at height 0."""
        touching = np.degrees(np.arcsin(0.1))
        assert erring_room(pitch_deg={"bound": 0.995 * touching}).check_robust(gantry=0, couch=0).is_free
        found = erring_room(pitch_deg={"bound": 1.005 * touching}).check_robust(gantry=0, couch=0)
        assert found.verdict == "not free"
        assert found.errors["pitch_deg"] == pytest.approx(-1.005 * touching)

    def test_slide_and_turn_add(self):
        """Up by 40 and 1000 sin 3.4° = 59.3 leaves 0.7 mm; 3.5° takes 61.05."""
        slide = {"vertical_mm": {"bound": 40.0}}
        assert erring_room(**slide, pitch_deg={"bound": 3.4}).check_robust(gantry=0, couch=0).is_free
        found = erring_room(**slide, pitch_deg={"bound": 3.5}).check_robust(gantry=0, couch=0)
        assert found.errors == {"vertical_mm": 40.0, "pitch_deg": -3.5}
        assert "pitch -3.5°" in found.stated()

    def test_errors_that_move_nothing_nearer_cost_nothing(self):
        errors = {field: {"bound": 50.0} for field in ("lateral_mm", "longitudinal_mm")}
        assert (
            erring_room(**errors, rotation_deg={"bound": 1.0}, buffer_mm=98.0).check_robust(gantry=0, couch=0).is_free
        )

    def test_a_pose_that_is_not_free_as_planned_says_so(self):
        found = erring_room(vertical_mm={"bound": 5.0}, buffer_mm=101.0).check_robust(gantry=0, couch=0)
        assert found.verdict == "not free"
        assert "even as planned" in found.stated()

    def test_without_errors_it_is_the_plain_answer(self):
        assert erring_room().check_robust(gantry=0, couch=0).is_free
        assert not erring_room(buffer_mm=101.0).check_robust(gantry=0, couch=0).is_free

    def test_standard_deviations_are_no_bounds(self):
        with pytest.raises(sim.SimulatorError, match="pitch_deg has a standard deviation"):
            erring_room(pitch_deg={"standard_deviation": 1.0}).check_robust(gantry=0, couch=0)
