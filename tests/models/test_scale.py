"""What an angle that somebody wrote means on the scale of a joint, against a search over all whole turns."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.scale import angle_on_scale, range_on_scale, sweep_on_scale, way_on_scale
from simulator.scenario.axis import Axis, Range
from simulator.scenario.sweep import Sweep

TURNS = [360.0 * k for k in range(-6, 7)]
LIFT = Joint("lift", "prismatic", limits=(-50.0, 200.0))
ENDLESS = Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0))

degrees = st.one_of(st.floats(-720.0, 720.0), st.integers(-720, 720).map(float))
limits = st.tuples(degrees, degrees).filter(lambda ends: ends[0] < ends[1])


def gantry(low: float = -185.0, high: float = 185.0) -> Joint:
    return Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0), limits=(low, high))


def nearest_to_zero(low: float, high: float, joint: Joint) -> float | None:
    """The same by trying: by which turns an interval comes within the limits, nearest to 0, above before below."""
    least, most = joint.limits
    found = [turn for turn in TURNS if least <= low + turn and high + turn <= most]
    if 0.0 in found:
        return 0.0
    return min(found, key=lambda turn: (abs((low + turn) + (high + turn)), -turn), default=None)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(350, -10), (300, -60), (-180, -180), (180, 180), (540, 180), (185, 185), (186, -174), (-186, 174), (720, 0)],
)
def test_angles_as_people_write_them(value: float, expected: float) -> None:
    assert angle_on_scale(gantry(), value, "here") == expected


def test_a_joint_without_limits_takes_all_as_they_are() -> None:
    assert [angle_on_scale(ENDLESS, value, "here") for value in (350, -300.5, 540)] == [350.0, -300.5, 540.0]


@settings(max_examples=300)
@given(value=degrees, ends=limits)
def test_itself_or_the_equivalent_nearest_to_zero(value: float, ends: tuple[float, float]) -> None:
    joint = gantry(*ends)
    turn = nearest_to_zero(value, value, joint)
    if turn is None:
        with pytest.raises(SimulatorError, match=r"^here: must be from .* was "):
            angle_on_scale(joint, value, "here")
    else:
        assert angle_on_scale(joint, value, "here") == value + turn


@pytest.mark.parametrize(
    "value",
    [np.float32(300.0), np.int64(300), Fraction(300), 300, np.float64(300.0)],
    ids=lambda value: type(value).__name__,
)
def test_any_plain_number_will_do(value: object) -> None:
    found = angle_on_scale(gantry(), value, "here")
    assert (type(found), found) == (float, -60.0)


BAD = [float("nan"), float("inf"), -float("inf"), 1e308, 721.0, 10**5000, True, np.True_, "60", None, [60], 1j]


@pytest.mark.parametrize("joint", [gantry(), ENDLESS, LIFT], ids=["limits", "endless", "lift"])
@pytest.mark.parametrize("value", BAD, ids=lambda value: type(value).__name__)
def test_what_is_no_angle_is_refused_with_its_field(joint: Joint, value: object) -> None:
    with pytest.raises(SimulatorError) as caught:
        angle_on_scale(joint, value, "here")
    assert str(caught.value).startswith("here: must be from ")
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("joint", "value", "message"),
    [
        (LIFT, 200.5, r"here: must be from -50 to 200 mm \(limits of joint 'lift'\), was 200.5"),
        (LIFT, -160.0, "was -160"),
        (
            gantry(-90, 90),
            -91,
            r"here: must be from -90 to 90 deg \(limits of joint 'gantry', or whole .*\), was -91",
        ),
        (ENDLESS, 721, "here: must be from -720 to 720 deg, was 721"),
    ],
)
def test_values_beyond_the_limits(joint: Joint, value: float, message: str) -> None:
    with pytest.raises(SimulatorError, match=message):
        angle_on_scale(joint, value, "here")


def test_limits_are_part_of_the_scale() -> None:
    assert [angle_on_scale(LIFT, value, "here") for value in (-50, 200)] == [-50.0, 200.0]


@pytest.mark.parametrize(
    ("ends", "direction", "expected"),
    [
        ((330, 30), "CW", (-30, 30)),
        ((30, 330), "CC", (30, -30)),
        ((181, 179), "CW", (-179, 179)),
        ((170, 185), "CW", (170, 185)),
        ((170, -175), "CW", (170, 185)),
        ((700, 20), "CW", (-20, 20)),
        ((-180, 180), "CW", (-180, 180)),
        ((180, 180), "CW", (-180, 180)),
        ((180, -180), "CC", (180, -180)),
    ],
)
def test_ways_as_plans_write_them(ends: tuple[float, float], direction: str, expected: tuple[float, float]) -> None:
    assert way_on_scale(gantry(), ends, direction, "here") == expected


@settings(max_examples=300)
@given(start=st.integers(-720, 720), length=st.integers(1, 360), turns=st.integers(-1, 1), ends=limits)
def test_a_way_is_one_interval_of_the_joint(start: int, length: int, turns: int, ends: tuple[float, float]) -> None:
    """However its ends are written, it goes as far, the way it should, and within the limits or not at all."""
    assume(-720 <= start + length + 360 * turns <= 720)
    joint, asked = gantry(*ends), (start, start + length + 360 * turns)
    turn = nearest_to_zero(start, start + length, joint)
    if turn is None:
        with pytest.raises(SimulatorError, match=r"the way from .* CW to "):
            way_on_scale(joint, asked, "CW", "here")
    else:
        assert way_on_scale(joint, asked, "CW", "here") == (start + turn, start + turn + length)


@settings(max_examples=200)
@given(start=st.integers(-720, 720), stop=st.integers(-720, 720))
def test_a_gantry_increases_clockwise(start: int, stop: int) -> None:
    """A joint that DICOM does not know goes the same ways, those that are a full turn, too."""
    ring = Joint("ring", "revolute", axis=(0.0, 1.0, 0.0))
    for dicom, direction in (("CW", "increasing"), ("CC", "decreasing")):
        expected = way_on_scale(ENDLESS, (start, stop), dicom, "here")
        assert way_on_scale(ENDLESS, (start, stop), direction, "here") == expected
        assert way_on_scale(ring, (start, stop), direction, "here") == expected
    with pytest.raises(
        SimulatorError, match=r"^here: direction: unknown name 'CW'; available: increasing, decreasing$"
    ):
        way_on_scale(ring, (start, stop), "CW", "here")


@pytest.mark.parametrize("direction", ["left", "cw", "NONE", "", None, 1])
def test_a_direction_that_nobody_knows_is_refused_with_those_that_are_known(direction: object) -> None:
    with pytest.raises(SimulatorError, match=r"^here: direction: unknown .* increasing, decreasing, CW, CC$"):
        way_on_scale(gantry(), (0.0, 10.0), direction, "here")  # type: ignore[arg-type]


def test_a_slide_has_one_way() -> None:
    assert [way_on_scale(LIFT, (5, -5), which, "here") for which in (None, "decreasing")] == [(5, -5)] * 2
    assert [way_on_scale(LIFT, (-5, 5), which, "here") for which in (None, "increasing")] == [(-5, 5)] * 2
    for direction in ("increasing", "CW", "left"):
        with pytest.raises(SimulatorError, match=r"^here: direction must be left out, or decreasing, was "):
            way_on_scale(LIFT, (5, -5), direction, "here")


@pytest.mark.parametrize("end", BAD, ids=lambda value: type(value).__name__)
def test_ends_that_are_no_angles(end: object) -> None:
    for ends in ((0.0, end), (end, 0.0)):
        with pytest.raises(SimulatorError, match=r"^here: must be from"):
            way_on_scale(gantry(), ends, "CW", "here")
    with pytest.raises(SimulatorError, match="must be two angles"):
        way_on_scale(gantry(), (0.0, 1.0, 2.0), "CW", "here")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((-180, 180, 1), (-180, 180)),
        ((0, 360, 1), (-180, 180)),
        ((0.5, 360.5, 1), (-179.5, 180.5)),
        ((270, 350, 2), (-90, -10)),
        ((0, 180, 1), (0, 180)),
        ((540, 545, 1), (-180, -175)),
    ],
)
def test_ranges_as_people_write_them(asked: tuple[float, float, float], expected: tuple[float, float]) -> None:
    found = range_on_scale(gantry(), Range(start=asked[0], stop=asked[1], step=asked[2]), "here")
    assert (found.start, found.stop, found.step) == (*expected, asked[2])


@settings(max_examples=200)
@given(start=st.integers(-360, 360), step=st.sampled_from([0.5, 1.0, 7.2, 30.0, 120.0]), slack=st.floats(0.0, 60.0))
def test_a_full_turn_keeps_its_poses(start: int, step: float, slack: float) -> None:
    """It is cut open at another of them, within the limits, or is refused; then none of them could be the cut."""
    asked, joint = Range(start=start, stop=start + 360, step=step), gantry(-180 - slack, 180 + slack)
    poses = np.round(np.mod(asked.values(), 360.0), 6)
    try:
        found = range_on_scale(joint, asked, "here")
    except SimulatorError as error:
        assert str(error).startswith("here: must be from")
        cuts = (poses[:, None] + np.array(TURNS)).ravel()
        assert not ((cuts >= -180 - slack + 1e-6) & (cuts <= -180 + slack - 1e-6)).any()
        return
    assert found.is_full_turn
    assert -180 - slack <= found.start and found.stop <= 180 + slack
    np.testing.assert_allclose(
        np.unique(np.round(np.mod(found.values(), 360.0), 6) % 360.0), np.unique(poses % 360.0), atol=1e-6
    )


def test_a_range_that_no_turn_brings_within_the_limits() -> None:
    with pytest.raises(SimulatorError, match=r"here: must be from -185 to 185 deg .* was 170 to 200"):
        range_on_scale(gantry(), Range(start=170.0, stop=200.0, step=1.0), "here")


TREE = KinematicTree((gantry(), LIFT, Joint("lid", "prismatic", mimic="lift"), Joint("post", "fixed")))


def test_a_sweep_keeps_its_axes_and_what_they_mean() -> None:
    lift = Axis(joint="lift", start=0, stop=100, step=50, over="any", unit="mm")
    found = sweep_on_scale(TREE, Sweep(lift, gantry=(0.0, 360.0, 1.0)))
    assert found == Sweep(lift, gantry=(-180.0, 180.0, 1.0))


@pytest.mark.parametrize(
    ("sweep", "message"),
    [
        (Sweep(ring=(0, 1, 1)), r"^grid\.ring_deg: joint: unknown name 'ring'; available: gantry, lift$"),
        (Sweep(post=(0, 1, 1)), r"^grid\.post_deg: joint: unknown name 'post'; available: gantry, lift$"),
        (
            Sweep(Axis(joint="lid", start=0, stop=1, step=1, unit="mm")),
            "unknown name 'lid'; available: gantry, lift$",
        ),
        (Sweep(lift=(0, 1, 1)), r"^grid\.lift_deg: must be lift_mm: the joint is prismatic$"),
        (Sweep(gantry=(170, 200, 1)), r"^grid\.gantry_deg: must be from -185 to 185 deg .* was 170 to 200$"),
        ("gantry", r"^grid: must be a sweep, such as Sweep\(gantry=\(-180, 180, 1\)\), was 'gantry'$"),
    ],
)
def test_a_sweep_that_the_joints_cannot_make(sweep: Sweep, message: str) -> None:
    with pytest.raises(SimulatorError, match=message):
        sweep_on_scale(TREE, sweep)
