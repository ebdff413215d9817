"""Arcs asked of a setup: where one may go while the other stands, and whether one way is free."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support import shapes
from support.small_rooms import small_room

import simulator as sim


@pytest.fixture(scope="module")
def brain() -> sim.Setup:
    return sim.load_setup("brain")


def test_gantry_arcs_at_a_couch_angle(brain: sim.Setup) -> None:
    """Free from 177 through 180 to 44: all of it from below, and what the gantry can do of it from above."""
    below, above = brain.free_arcs(couch=45)
    assert (below.start, above.stop) == (pytest.approx(above.start - 360), 185.0)
    assert above.stop_pair == ""
    for arc in (below, above):
        for end, outwards, culprit in (
            (arc.start, -0.011, arc.start_pair),
            (arc.stop, 0.011, arc.stop_pair),
        ):
            assert culprit in brain.check(gantry=end + outwards, couch=45).culprits if culprit else end == 185.0
        inside = np.linspace(arc.start, arc.stop, 500)
        assert not brain.checker.pair_status(np.stack([inside, np.full(500, 45.0)], axis=1)).any()


@settings(max_examples=12)
@given(
    low=st.integers(-400, -180),
    slack=st.integers(0, 500),
    posts=st.lists(st.integers(0, 359), max_size=3, unique=True),
    asked=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
)
def test_a_free_arc_can_be_travelled_and_none_is_lost(low, slack, posts, asked) -> None:
    """Any part of any free arc, as a plan writes it, is accepted and free; and what is free is on some arc."""
    limits = (float(low), float(low + 360 + slack))
    head = [("head", shapes.box(60.0, 60.0, 60.0, at=(0.0, 0.0, 500.0)), "gantry")]
    turned = [Rotation.from_euler("y", angle, degrees=True).as_matrix() for angle in posts]
    around = [
        (f"post {angle}", shapes.box(40.0, 40.0, 40.0, at=(0.0, 0.0, 500.0)).mapped(R, (0, 0, 0)), "fixed")
        for angle, R in zip(posts, turned, strict=True)
    ]
    setup = small_room(head + around, limits=limits, gantry=(-180.0, 180.0, 1.0))
    arcs = setup.free_arcs(couch=0)
    for arc in arcs:
        if slack < 360:
            assert limits[0] <= arc.start < arc.stop <= limits[1]
        start, stop = sorted(arc.start + share * (arc.stop - arc.start) for share in asked)
        if 1e-3 < stop - start < 359.999:
            written = (start % 360.0, stop % 360.0)
            check = setup.check_arc(gantry=written, couch=0, direction="CW")
            assert check.is_free, (arc, check)
            assert check.stop - check.start == pytest.approx(stop - start)
    values = np.arange(limits[0], min(limits[1], limits[0] + 720), 0.37)
    is_free = (setup.checker.pair_status(np.stack([values, 0 * values], axis=1)) == 0).all(axis=0)
    turns = (-720.0, -360.0, 0.0, 360.0, 720.0) if slack >= 360 else (0.0,)  # of an endless joint, arcs are told once
    held = [
        any(arc.start - 0.02 <= value + turn <= arc.stop + 0.02 for arc in arcs for turn in turns) for value in values
    ]
    assert not (is_free & ~np.array(held)).any()
    sampled = sim.collision_map(setup, method="sampled", workers=1).arcs()
    found = [(arc.start, arc.stop) for arc in arcs]
    np.testing.assert_allclose(
        sampled[["start_deg", "stop_deg"]].to_numpy(), np.array(found).reshape(-1, 2), atol=0.15
    )


def test_angles_are_taken_as_plans_write_them(brain: sim.Setup) -> None:
    assert brain.free_arcs(couch=350) == brain.free_arcs(couch=-10)
    assert repr(brain.check(gantry=350, couch=720)) == repr(brain.check(gantry=-10, couch=0))
    assert brain.check(gantry=300, couch=350).pose == {"gantry": -60.0, "couch": -10.0}
    written, plain = (
        brain.check_arc(gantry=ends, couch=couch, direction="CC")
        for ends, couch in (((390, 330), 370), ((30, -30), 10))
    )
    assert written == plain


def test_couch_arcs_at_a_gantry_angle(brain: sim.Setup) -> None:
    arc = brain.free_arcs(gantry=60)[0]
    assert (arc.start, arc.start_pair) == (-95.0, "")
    assert brain.check(gantry=60, couch=arc.stop).is_free
    assert arc.stop_pair in brain.check(gantry=60, couch=arc.stop + 0.011).culprits
    assert repr(arc).startswith("FreeArc(-95.00° to 30.39°; beyond: end of range | ")


def test_an_arc_that_is_free_says_how_much_room_there_is(brain: sim.Setup) -> None:
    check = brain.check_arc(gantry=(30, 330), couch=10, direction="CC")
    assert (check.start, check.stop) == (30.0, -30.0)
    assert check.is_free
    ways = np.linspace(-30, 30, 121)
    measured, _, _ = brain.checker.clearance(
        np.stack([ways, np.full(121, 10.0)], axis=1), brain.scene.clearance_pairs
    )
    assert check.clearance_mm <= measured.min()
    assert brain.check(gantry=check.at, couch=10).clearance_mm - check.clearance_mm <= 0.1 + 1e-6
    assert brain.check(gantry=check.at, couch=10).nearest == check.pair


def test_an_arc_that_is_not_free_says_where_it_first_touches(brain: sim.Setup) -> None:
    check = brain.check_arc(gantry=(181, 179), couch=10, direction="CW")
    assert (check.start, check.stop) == (-179.0, 179.0)
    assert not check.is_free
    assert not brain.check(gantry=check.at + 0.011, couch=10).is_free
    assert check.pair in brain.check(gantry=check.at + 0.011, couch=10).culprits
    before = np.arange(-179.0, check.at, 0.5)
    assert not brain.checker.pair_status(np.stack([before, np.full(len(before), 10.0)], axis=1)).any()


def test_the_way_back_touches_at_the_other_side(brain: sim.Setup) -> None:
    there = brain.check_arc(gantry=(-179, 179), couch=10, direction="CW")
    back = brain.check_arc(gantry=(179, -179), couch=10, direction="CC")
    assert there.at < back.at
    assert brain.check(gantry=back.at, couch=10).is_free or back.at == 179.0


def test_couch_arcs_turn_the_other_way_round(brain: sim.Setup) -> None:
    """CW, seen from above, decreases a couch angle (DICOM PS3.3 C.8.8.14.8)."""
    check = brain.check_arc(gantry=0, couch=(20, 340), direction="CW")
    assert (check.start, check.stop) == (20.0, -20.0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"gantry": (170, 200), "couch": 0, "direction": "CW"}, "limits of joint 'gantry'"),
        ({"gantry": (0, 10), "couch": 100, "direction": "CW"}, "limits of joint 'couch'"),
        ({"gantry": (0, 10), "couch": 0, "direction": "left"}, "available: increasing, decreasing, CW, CC$"),
        (
            {"gantry": 0, "couch": 0, "direction": "CW"},
            "arc: one joint must move, .* of gantry, couch .*: none does$",
        ),
        (
            {"gantry": (0, 1), "couch": (0, 1), "direction": "CW"},
            "arc: one joint must move, .*; here: gantry, couch$",
        ),
        ({"couch": 0, "direction": "CW"}, r"arc: must have \(from, to\) for one joint .*, was gantry left out$"),
        (
            {"gantry": (0, 1), "couch": 0, "nose": 0, "direction": "CW"},
            "joint: unknown name 'nose'; available: gantry",
        ),
        (
            {"gantry": (0, 1), "couch": 0},
            "gantry: direction: unknown name None; available: increasing, decreasing, CW",
        ),
        (
            {"gantry": 0, "couch": 0, "table_lateral": (0, 5), "direction": "decreasing"},
            "table_lateral: direction must be left out, or increasing, was decreasing",
        ),
        ({"gantry": (0, float("nan")), "couch": 0, "direction": "CW"}, r"gantry: .* each a number, was \(0, nan\)"),
        ({"gantry": ("0", 1), "couch": 0, "direction": "CW"}, r"gantry: .* each a number, was \('0', 1\)"),
        ({"gantry": (0, 1), "couch": True, "direction": "CW"}, "couch: must be a number .*, was True"),
        ({"gantry": (0, 1, 2), "couch": 0, "direction": "CW"}, r"gantry: .* a row of 2, .* was \(0, 1, 2\)"),
    ],
)
def test_what_cannot_be_travelled_is_refused(brain: sim.Setup, asked: dict, message: str) -> None:
    with pytest.raises(sim.SimulatorError, match=message):
        brain.check_arc(**asked)


@pytest.mark.parametrize("asked", [{}, {"gantry": 0, "couch": 0}])
def test_one_joint_stands_and_one_travels(brain: sim.Setup, asked: dict) -> None:
    with pytest.raises(sim.SimulatorError, match="arc: one joint must move, left out or given"):
        brain.free_arcs(**asked)


def test_arcs_go_as_far_as_the_limits_or_as_it_is_asked(brain: sim.Setup) -> None:
    for couch in (0, 45):
        assert brain.free_arcs(couch=couch, gantry=(0, 360)) == brain.free_arcs(couch=couch)
    assert [(arc.start, arc.stop) for arc in brain.free_arcs(couch=0, gantry=(350, 10))] == [(-10.0, 10.0)]
    assert [(arc.start, arc.stop) for arc in brain.free_arcs(couch=0, gantry=(175, 185))] == [(175.0, 185.0)]
    assert [(arc.start, arc.stop) for arc in brain.free_arcs(gantry=0, couch=(-30, 30))] == [(-30.0, 30.0)]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"gantry": (170, 190)}, "gantry: must be from -185 to 185 deg .* was the way from 170 increasing to 190$"),
        ({"gantry": (10, 5)}, "gantry: must be from -185 to 185 deg .* was the way from 10 increasing to 5$"),
        ({"gantry": (-185, 185)}, r"gantry: must be \(from, to\), at most a full turn, was -185 to 185$"),
        ({"gantry": (0, 721)}, "gantry: must be from -185 to 185 deg .* was 721$"),
        ({"gantry": ("a", 3)}, r"gantry: must be a number or a row of 2, each a number, was \('a', 3\)$"),
        ({"gantry": (0, 1, 2)}, r"gantry: must be a number or a row of 2, each a number, was \(0, 1, 2\)$"),
        ({"gantry": 0, "table_lateral": (5, -5)}, r"table_lateral: must be \(from, to\), ascending, was 5 to -5$"),
        ({"gantry": 0, "table_lateral": (0, 500)}, "table_lateral: must be from -230 to 230 mm .* was 500$"),
    ],
)
def test_no_arc_is_told_of_where_the_joint_cannot_go(brain: sim.Setup, asked: dict, message: str) -> None:
    with pytest.raises(sim.SimulatorError, match=message):
        brain.free_arcs(couch=0, **asked)


def test_a_full_turn_is_one_whatever_its_direction_is_called(brain: sim.Setup) -> None:
    """From -180 to 180 is not where it starts."""
    turn = brain.check_arc(gantry=(-180, 180), couch=45, direction="CW")
    assert (turn.start, turn.stop, turn.is_free) == (-180.0, 180.0, False)
    assert brain.check_arc(gantry=(-180, 180), couch=45, direction="increasing") == turn
    assert not brain.check_arc(gantry=(180, -180), couch=45, direction="decreasing").is_free


@pytest.mark.parametrize(("way", "is_free"), [((330.0, 30.0), True), ((30.0, 150.0), False)])
def test_an_arc_without_its_clearance_is_judged_alike(brain, way, is_free):
    """Where nobody asks how much room there is, none is claimed; what is in the way is named all the same."""
    plain = brain.check_arc(gantry=way, couch=30, direction="CW", clearance=False)
    full = brain.check_arc(gantry=way, couch=30, direction="CW")
    assert plain.is_free == full.is_free == is_free
    assert plain.clearance_mm == 0
    assert (plain.pair == "") == is_free
    assert repr(plain).endswith("free)") == is_free
