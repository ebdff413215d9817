import numpy as np
import pytest

from simulator.errors import SimulatorError
from simulator.geometry.positions import PATIENT_POSITIONS, rotation_top_patient
from simulator.geometry.transforms import is_rigid, rotation_y, rotation_z

X, Y, Z = 2.0, 3.0, 5.0  # a patient vector whose coordinates cannot be confused
PUBLISHED = {
    "HFS": (X, Z, -Y),
    "HFP": (-X, Z, Y),
    "FFS": (-X, -Z, -Y),
    "FFP": (X, -Z, Y),
    "HFDL": (-Y, Z, -X),
    "HFDR": (Y, Z, X),
    "FFDL": (Y, -Z, -X),
    "FFDR": (-Y, -Z, X),
}
HEAD, UP, DOWN = (0, 0, 1), (0, 0, 1), (0, 0, -1)
SIDE_DOWN = {"S": (0, 1, 0), "P": (0, -1, 0), "DL": (1, 0, 0), "DR": (-1, 0, 0)}  # patient axes


def as_transform(R):
    T = np.eye(4)
    T[:3, :3] = R
    return T


def test_the_eight_names():
    assert set(PATIENT_POSITIONS) == set(PUBLISHED)
    assert len(PATIENT_POSITIONS) == 8


@pytest.mark.parametrize("position", PATIENT_POSITIONS)
def test_every_position_is_a_rotation_and_no_mirror_image(position):
    R = rotation_top_patient(position)
    assert np.linalg.det(R) == 1.0
    assert np.array_equal(R @ R.T, np.eye(3))
    assert is_rigid(as_transform(R))


@pytest.mark.parametrize("position", PATIENT_POSITIONS)
def test_published_coordinates(position):
    assert np.array_equal(rotation_top_patient(position) @ (X, Y, Z), PUBLISHED[position])


@pytest.mark.parametrize("position", PATIENT_POSITIONS)
def test_what_the_name_says(position):
    R = rotation_top_patient(position)
    towards_gantry = (0, 1, 0) if position.startswith("HF") else (0, -1, 0)
    assert np.array_equal(R @ HEAD, towards_gantry)
    assert np.array_equal(R @ SIDE_DOWN[position[2:]], DOWN)


def test_the_published_mirrored_feet_first_prone_fails_the_determinant():
    mirrored = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])  # (-x, -z, y)
    assert np.array_equal(mirrored @ (X, Y, Z), (-X, -Z, Y))
    assert np.linalg.det(mirrored) == -1.0
    assert not is_rigid(as_transform(mirrored))
    # It has head and belly where they belong, so that only left and right betray it.
    assert np.array_equal(mirrored @ HEAD, rotation_top_patient("FFP") @ HEAD)
    assert np.array_equal(mirrored @ SIDE_DOWN["P"], DOWN)


@pytest.mark.parametrize("first", ["HF", "FF"])
def test_a_roll_of_90_leads_from_each_position_to_the_next(first):
    # Seen from the foot of the table a positive roll is clockwise: a head-first supine patient rolls onto the
    # left side... and feet first the same roll leads the other way round.
    order = ["S", "DL", "P", "DR"] if first == "HF" else ["S", "DR", "P", "DL"]
    roll = rotation_y(90.0)[:3, :3]
    for here, there in zip(order, order[1:] + order[:1], strict=True):
        assert np.array_equal(roll @ rotation_top_patient(first + here), rotation_top_patient(first + there))


@pytest.mark.parametrize("side", ["S", "P"])
def test_feet_first_is_head_first_turned_by_180_about_the_vertical(side):
    half_turn = rotation_z(180.0)[:3, :3]
    assert np.array_equal(half_turn @ rotation_top_patient("HF" + side), rotation_top_patient("FF" + side))


@pytest.mark.parametrize("position", ["hfs", "", "SITTING", None])
def test_other_names_are_refused_with_the_choice(position):
    with pytest.raises(
        SimulatorError,
        match=r"patient position: unknown name .*; available: HFS, HFP, HFDR, HFDL, FFS, FFP, FFDR, FFDL",
    ):
        rotation_top_patient(position)


def test_the_table_of_positions_cannot_be_changed_from_outside():
    rotation_top_patient("HFS")[0, 0] = 7.0
    assert rotation_top_patient("HFS")[0, 0] == 1.0
