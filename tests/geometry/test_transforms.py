import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from simulator.errors import SimulatorError
from simulator.geometry.transforms import (
    apply,
    direction,
    inverse,
    is_rigid,
    rotation,
    rotation_between,
    rotation_x,
    rotation_y,
    rotation_z,
    rpy,
    translation,
)

angles = st.floats(-720.0, 720.0)
lengths = st.floats(-3000.0, 3000.0)
vectors = st.tuples(lengths, lengths, lengths)
TURNS = {"x": rotation_x, "y": rotation_y, "z": rotation_z}
AXES = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}


@pytest.mark.parametrize("axis", "xyz")
def test_right_angles_give_only_exact_integers(axis):
    T = TURNS[axis](90.0 * np.arange(-8, 9))
    assert np.isin(T, [-1.0, 0.0, 1.0]).all()
    assert not np.signbit(T[T == 0.0]).any()
    oracle = Rotation.from_euler(axis, 90.0 * np.arange(-8, 9)[:, None], degrees=True).as_matrix()
    np.testing.assert_allclose(T[:, :3, :3], oracle, atol=1e-15)


@pytest.mark.parametrize(
    ("turn", "start", "end"),
    [
        (rotation_x, [0, 1, 0], [0, 0, 1]),
        (rotation_y, [0, 0, 1], [1, 0, 0]),
        (rotation_z, [1, 0, 0], [0, 1, 0]),
    ],
)
def test_positive_is_the_right_hand_rule(turn, start, end):
    assert np.array_equal(direction(turn(90.0), start), end)


@pytest.mark.parametrize("axis", "xyz")
def test_the_turning_axis_itself_stays_exact_at_any_angle(axis):
    turned = direction(TURNS[axis](np.linspace(-200.0, 200.0, 777)), AXES[axis])
    assert np.array_equal(turned, np.broadcast_to(AXES[axis], turned.shape))


@given(axis=vectors.filter(lambda v: np.linalg.norm(v) > 1e-3), angle_deg=angles)
def test_rodrigues_agrees_with_scipy(axis, angle_deg):
    unit = np.array(axis) / np.linalg.norm(axis)
    oracle = Rotation.from_rotvec(unit * angle_deg, degrees=True).as_matrix()
    np.testing.assert_allclose(rotation(unit, angle_deg)[:3, :3], oracle, atol=1e-14)


def test_rotation_by_zero_is_exactly_the_identity_about_any_axis():
    assert np.array_equal(rotation(np.array([1.0, 2.0, 2.0]) / 3.0, 0.0), np.eye(4))


@pytest.mark.parametrize("axis", [(0.0, 0.0, 0.0), (1.0, 1.0, 0.0), (0.0, 0.0, 1.0 + 1e-6), (1.0, 0.0), np.eye(3)])
def test_an_axis_that_is_no_unit_vector_is_refused(axis):
    with pytest.raises(SimulatorError, match="axis must"):
        rotation(axis, 10.0)


@given(offset=vectors, a=angles, b=angles, points=st.lists(vectors, min_size=1, max_size=5))
def test_inverse_takes_points_back(offset, a, b, points):
    T = translation(offset) @ rotation_z(a) @ rotation_x(b)
    points = np.array(points)
    np.testing.assert_allclose(apply(inverse(T), apply(T, points)), points, atol=1e-9)
    np.testing.assert_allclose(inverse(T) @ T, np.eye(4), atol=1e-9)
    assert np.array_equal(inverse(inverse(T))[..., :3, :3], T[..., :3, :3])


def test_inverse_is_the_general_inverse_of_a_batch():
    T = translation([[1.0, 2.0, 3.0], [-4.0, 5.0, 6.0]]) @ rotation_y([[10.0], [-95.0], [200.0]])
    assert T.shape == (3, 2, 4, 4)
    np.testing.assert_allclose(inverse(T), np.linalg.inv(T), atol=1e-14)


def test_translation_puts_the_child_origin_at_the_offset():
    offset = np.arange(24.0).reshape(2, 4, 3)
    T = translation(offset)
    assert np.array_equal(apply(T, np.zeros((1, 3)))[..., 0, :], offset)
    assert np.array_equal(T[..., :3, :3], np.broadcast_to(np.eye(3), (2, 4, 3, 3)))


def test_points_are_displaced_and_directions_are_not():
    T = translation([10.0, 20.0, 30.0]) @ rotation_z(90.0)
    assert np.array_equal(apply(T, [[1.0, 0.0, 0.0]]), [[10.0, 21.0, 30.0]])
    assert np.array_equal(direction(T, [1.0, 0.0, 0.0]), [0.0, 1.0, 0.0])


def test_batches_broadcast():
    T = rotation_y(np.zeros((5, 1))) @ rotation_z(np.zeros(7))
    assert apply(T, np.zeros((11, 3))).shape == (5, 7, 11, 3)
    assert apply(T[0, 0], np.zeros((11, 3))).shape == (11, 3)
    assert apply(T, np.zeros((0, 3))).shape == (5, 7, 0, 3)
    assert direction(T, np.ones((7, 3))).shape == (5, 7, 3)
    assert inverse(T).shape == (5, 7, 4, 4)
    assert is_rigid(T).shape == (5, 7)


def test_a_point_lands_on_the_same_bits_alone_and_in_a_batch():
    rng = np.random.default_rng(5)
    T = (
        translation(rng.normal(size=(40, 3)))
        @ rotation_x(rng.uniform(0, 360, 40))
        @ rotation_y(rng.uniform(0, 360, 40))
    )
    points = rng.normal(scale=500.0, size=(1001, 3))
    together = apply(T, points)
    alone = np.stack([np.concatenate([apply(pose, point[None]) for point in points[::50]]) for pose in T])
    assert np.array_equal(together[:, ::50], alone)


@pytest.mark.parametrize(
    ("T", "expected"),
    [
        (np.eye(4), True),
        (np.diag([1.0, 1.0, -1.0, 1.0]), False),  # a mirror image
        (np.diag([-1.0, -1.0, 1.0, 1.0]), True),  # a half turn
        (np.diag([2.0, 2.0, 2.0, 1.0]), False),  # a scale, as from a file in cm
        (np.diag([1.0, 1.0, 1.0, 2.0]), False),
        (np.eye(4) + 0.1 * np.eye(4, k=1), False),  # a shear
        (np.eye(4)[[0, 1, 3, 2]], False),
        (np.eye(4) * np.nan, False),
        (np.zeros((4, 4)), False),
        (np.diag([1.0 + 1e-12, 1.0, 1.0, 1.0]), True),
        (np.diag([1.0 + 1e-6, 1.0, 1.0, 1.0]), False),
    ],
)
def test_is_rigid(T, expected):
    assert is_rigid(T) == expected
    assert np.array_equal(is_rigid(np.stack([np.eye(4), T])), [True, expected])


def test_is_rigid_takes_the_tolerance_it_is_given():
    assert is_rigid(np.diag([1.0 + 1e-6, 1.0, 1.0, 1.0]), tolerance=1e-5)
    assert not is_rigid(rotation_x(33.0), tolerance=-1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: translation([1.0, 2.0]),
        lambda: inverse(np.eye(3)),
        lambda: apply(np.eye(4), [1.0, 2.0, 3.0]),
        lambda: apply(np.eye(4), np.zeros((4, 2))),
        lambda: direction(np.eye(4), [1.0, 2.0]),
        lambda: is_rigid(np.eye(3)),
    ],
)
def test_wrong_shapes_are_refused(call):
    with pytest.raises(SimulatorError, match=r"must have shape .*; was \("):
        call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: rotation_x(np.nan),
        lambda: translation([0.0, np.inf, 0.0]),
        lambda: apply(np.full((4, 4), np.nan), np.zeros((1, 3))),
        lambda: apply(np.eye(4), [[0.0, 0.0, np.nan]]),
    ],
)
def test_numbers_that_are_not_finite_are_refused(call):
    with pytest.raises(SimulatorError, match="must be finite"):
        call()


class TestRollPitchYaw:
    @given(angles_deg=st.tuples(angles, angles, angles))
    def test_is_what_scipy_calls_extrinsic_xyz(self, angles_deg):
        oracle = Rotation.from_euler("xyz", angles_deg, degrees=True).as_matrix()
        np.testing.assert_allclose(rpy(angles_deg)[:3, :3], oracle, atol=1e-14)

    def test_right_angles_are_exact(self):
        assert np.array_equal(direction(rpy((90.0, 0.0, 180.0)), np.eye(3)), [[-1, 0, 0], [0, 0, 1], [0, 1, 0]])

    @pytest.mark.parametrize("angles_deg", [(0.0, np.nan, 0.0), (0.0, 0.0, np.inf)])
    def test_refuses_what_is_no_angle(self, angles_deg):
        with pytest.raises(SimulatorError, match=r"^rpy must"):
            rpy(angles_deg)


units = vectors.filter(lambda v: np.linalg.norm(v) > 1e-3).map(lambda v: np.array(v) / np.linalg.norm(v))


class TestRotationBetween:
    @given(start=units, stop=units)
    def test_brings_one_to_the_other_and_turns_no_further(self, start, stop):
        R = rotation_between(start, stop)
        np.testing.assert_allclose(R @ start, stop, atol=1e-7)
        np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(R) == pytest.approx(1.0, abs=1e-12)
        between = np.arctan2(np.linalg.norm(np.cross(start, stop)), start @ stop)
        assert Rotation.from_matrix(R).magnitude() == pytest.approx(between, abs=1e-6)

    @pytest.mark.parametrize("axis", np.eye(3).tolist())
    def test_opposite_ones_are_a_half_turn_apart(self, axis):
        R = rotation_between(axis, np.negative(axis))
        assert np.array_equal(R @ axis, np.negative(axis)) and np.linalg.det(R) == pytest.approx(1.0)

    @given(start=units, away=units, exponent=st.floats(-12.0, -0.5))
    def test_holds_near_opposite_ones(self, start, away, exponent):
        stop = -start + 10.0**exponent * away
        stop /= np.linalg.norm(stop)
        R = rotation_between(start, stop)
        np.testing.assert_allclose(R @ start, stop, atol=1e-7)
        np.testing.assert_allclose(R @ R.T, np.eye(3), atol=1e-12)
