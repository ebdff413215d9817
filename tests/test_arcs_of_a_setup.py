"""Arcs asked of a setup: where one may go while the other stands, and whether one way is free."""

from __future__ import annotations

import numpy as np
import pytest

import simulator as sim


@pytest.fixture(scope="module")
def brain() -> sim.Setup:
    return sim.load_setup("brain")


def test_gantry_arcs_at_a_couch_angle(brain: sim.Setup) -> None:
    (arc,) = brain.free_arcs(couch=45)
    assert arc.start_deg < 180 < arc.stop_deg
    for end, outwards, culprit in (
        (arc.start_deg, -0.011, arc.start_culprit),
        (arc.stop_deg, 0.011, arc.stop_culprit),
    ):
        beyond = brain.check((end + outwards + 180) % 360 - 180, 45)
        assert not beyond.free
        assert culprit in beyond.culprits
    inside = (np.linspace(arc.start_deg, arc.stop_deg, 500) + 180) % 360 - 180
    assert not brain.checker.pair_status(np.stack([inside, np.full(500, 45.0)], axis=1)).any()


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
        ({"gantry": (0, float("nan")), "couch": 0, "direction": "CW"}, "two angles"),
    ],
)
def test_what_cannot_be_travelled_is_refused(brain: sim.Setup, asked: dict, message: str) -> None:
    with pytest.raises(sim.SimulatorError, match=message):
        brain.check_arc(**asked)


@pytest.mark.parametrize("asked", [{}, {"gantry": 0, "couch": 0}])
def test_one_joint_stands_and_one_travels(brain: sim.Setup, asked: dict) -> None:
    with pytest.raises(sim.SimulatorError, match="must have either"):
        brain.free_arcs(**asked)
