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
    assert (below.start_deg, above.stop_deg) == (pytest.approx(above.start_deg - 360), 185.0)
    assert above.stop_culprit == ""
    for arc in (below, above):
        for end, outwards, culprit in (
            (arc.start_deg, -0.011, arc.start_culprit),
            (arc.stop_deg, 0.011, arc.stop_culprit),
        ):
            assert culprit in brain.check(end + outwards, 45).culprits if culprit else end == 185.0
        inside = np.linspace(arc.start_deg, arc.stop_deg, 500)
        assert not brain.checker.pair_status(np.stack([inside, np.full(500, 45.0)], axis=1)).any()


@settings(derandomize=True, deadline=None, max_examples=12)
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
    setup = small_room(head + around, limits=limits, gantry=(0.0, 360.0, 1.0))
    arcs = setup.free_arcs(couch=0)
    for arc in arcs:
        if slack < 360:
            assert limits[0] <= arc.start_deg < arc.stop_deg <= limits[1]
        start, stop = sorted(arc.start_deg + share * (arc.stop_deg - arc.start_deg) for share in asked)
        if 1e-3 < stop - start < 359.999:
            written = (start % 360.0, stop % 360.0)
            check = setup.check_arc(gantry=written, couch=0, direction="CW")
            assert check.is_free, (arc, check)
            assert check.stop_deg - check.start_deg == pytest.approx(stop - start)
    values = np.arange(limits[0], min(limits[1], limits[0] + 720), 0.37)
    is_free = (setup.checker.pair_status(np.stack([values, 0 * values], axis=1)) == 0).all(axis=0)
    turns = (-720.0, -360.0, 0.0, 360.0, 720.0) if slack >= 360 else (0.0,)  # of an endless joint, arcs are told once
    held = [
        any(arc.start_deg - 0.02 <= value + turn <= arc.stop_deg + 0.02 for arc in arcs for turn in turns)
        for value in values
    ]
    assert not (is_free & ~np.array(held)).any()
    sampled = sim.collision_map(setup, method="sampled", workers=1).arcs()
    found = [(arc.start_deg, arc.stop_deg) for arc in arcs]
    np.testing.assert_allclose(
        sampled[["start_deg", "stop_deg"]].to_numpy(), np.array(found).reshape(-1, 2), atol=0.15
    )


def test_angles_are_taken_as_plans_write_them(brain: sim.Setup) -> None:
    assert brain.free_arcs(couch=350) == brain.free_arcs(couch=-10)
    assert repr(brain.check(350, 720)) == repr(brain.check(-10, 0))
    assert brain.check(gantry=300, couch=350).gantry_deg == -60.0
    written, plain = (
        brain.check_arc(gantry=ends, couch=couch, direction="CC")
        for ends, couch in (((390, 330), 370), ((30, -30), 10))
    )
    assert written == plain


def test_couch_arcs_at_a_gantry_angle(brain: sim.Setup) -> None:
    arc = brain.free_arcs(gantry=60)[0]
    assert (arc.start_deg, arc.start_culprit) == (-90.0, "")
    assert brain.check(60, arc.stop_deg).free
    assert arc.stop_culprit in brain.check(60, arc.stop_deg + 0.011).culprits
    assert repr(arc).startswith("FreeArc(-90.00° to 30.40°; beyond: end of range | ")


def test_an_arc_that_is_free_says_how_much_room_there_is(brain: sim.Setup) -> None:
    check = brain.check_arc(gantry=(30, 330), couch=10, direction="CC")
    assert (check.start_deg, check.stop_deg) == (30.0, -30.0)
    assert check.is_free
    ways = np.linspace(-30, 30, 121)
    measured, _, _ = brain.checker.clearance(
        np.stack([ways, np.full(121, 10.0)], axis=1), brain.scene.clearance_pairs
    )
    assert check.clearance_mm <= measured.min()
    assert brain.check(check.at_deg, 10).clearance_mm - check.clearance_mm <= 0.1 + 1e-6
    assert brain.check(check.at_deg, 10).nearest == check.pair


def test_an_arc_that_is_not_free_says_where_it_first_touches(brain: sim.Setup) -> None:
    check = brain.check_arc(gantry=(181, 179), couch=10, direction="CW")
    assert (check.start_deg, check.stop_deg) == (-179.0, 179.0)
    assert not check.is_free
    assert not brain.check(check.at_deg + 0.011, 10).free
    assert check.pair in brain.check(check.at_deg + 0.011, 10).culprits
    before = np.arange(-179.0, check.at_deg, 0.5)
    assert not brain.checker.pair_status(np.stack([before, np.full(len(before), 10.0)], axis=1)).any()


def test_the_way_back_touches_at_the_other_side(brain: sim.Setup) -> None:
    there = brain.check_arc(gantry=(-179, 179), couch=10, direction="CW")
    back = brain.check_arc(gantry=(179, -179), couch=10, direction="CC")
    assert there.at_deg < back.at_deg
    assert brain.check(back.at_deg, 10).free or back.at_deg == 179.0


def test_couch_arcs_turn_the_other_way_round(brain: sim.Setup) -> None:
    """CW, seen from above, decreases a couch angle (DICOM PS3.3 C.8.8.14.8)."""
    check = brain.check_arc(gantry=0, couch=(20, 340), direction="CW")
    assert (check.start_deg, check.stop_deg) == (20.0, -20.0)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"gantry": (170, 200), "couch": 0, "direction": "CW"}, "limits of joint 'gantry'"),
        ({"gantry": (0, 10), "couch": 100, "direction": "CW"}, "limits of joint 'couch'"),
        ({"gantry": (0, 10), "couch": 0, "direction": "left"}, "available: CW, CC"),
        ({"gantry": 0, "couch": 0, "direction": "CW"}, "must have"),
        ({"gantry": (0, 1), "couch": (0, 1), "direction": "CW"}, "must have"),
        ({"gantry": (0, float("nan")), "couch": 0, "direction": "CW"}, "gantry: must be from -185 to 185"),
        ({"gantry": ("0", 1), "couch": 0, "direction": "CW"}, "gantry: must be from -185 to 185 .* was '0'"),
        ({"gantry": (0, 1), "couch": True, "direction": "CW"}, "couch: must be from -95 to 95 .* was True"),
        ({"gantry": (0, 1, 2), "couch": 0, "direction": "CW"}, "two angles"),
    ],
)
def test_what_cannot_be_travelled_is_refused(brain: sim.Setup, asked: dict, message: str) -> None:
    with pytest.raises(sim.SimulatorError, match=message):
        brain.check_arc(**asked)


@pytest.mark.parametrize("asked", [{}, {"gantry": 0, "couch": 0}])
def test_one_joint_stands_and_one_travels(brain: sim.Setup, asked: dict) -> None:
    with pytest.raises(sim.SimulatorError, match="must have either"):
        brain.free_arcs(**asked)
