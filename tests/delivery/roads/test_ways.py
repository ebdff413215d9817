"""Ways as values: where one is at a time, and how ways and what stands between are told."""

import numpy as np
import pytest
from support.moving_rooms import MOTIONS, pose

import simulator as sim
from simulator.delivery.roads.ways import WayLeg


def way(moves="together", clearance_mm=12.34):
    """Two legs: 60 degrees of the gantry in 12 s, then 30 of the couch in 12 s."""
    legs = (
        WayLeg(pose(0, 0), pose(60, 0), 12.0, clearance_mm, "head cover – couch top"),
        WayLeg(pose(60, 0), pose(60, -30), 12.0, 50.0, "head cover – couch top"),
    )
    return sim.Way(
        start=pose(0, 0),
        stop=pose(60, -30),
        legs=legs,
        moves=moves,
        time_s=24.0,
        clearance_mm=clearance_mm,
        pair="head cover – couch top",
        place=pose(31, 0),
        motions=MOTIONS,
    )


@pytest.mark.parametrize(
    ("time_s", "where"),
    [
        (-1.0, pose(0, 0)),
        (0.0, pose(0, 0)),
        (1.0, pose(1.5, 0)),  # 3 / 2 t²
        (6.0, pose(30, 0)),
        (11.0, pose(58.5, 0)),
        (12.0, pose(60, 0)),
        (18.0, pose(60, -15)),
        (24.0, pose(60, -30)),
        (99.0, pose(60, -30)),
    ],
)
@pytest.mark.parametrize("moves", ["together", "one at a time"])
def test_a_way_is_at_a_pose_at_any_time(moves, time_s, where):
    assert way(moves).at(time_s) == pytest.approx(where)


def test_a_way_is_told_with_its_time_and_where_it_is_nearest():
    assert repr(way()) == (
        "Way(gantry 0°, couch 0° to gantry 60°, couch -30°: 24.0 s in 2 legs, together, least clearance 12.3 mm at "
        "gantry 31°, couch 0°: head cover – couch top)"
    )
    assert repr(way().legs[1]) == (
        "WayLeg(couch 0° to couch -30°: 12.0 s, least clearance 50.0 mm: head cover – couch top)"
    )


def test_what_was_not_measured_is_not_told():
    assert way(clearance_mm=np.nan).told == "24.0 s in 2 legs, together"


@pytest.mark.parametrize(
    ("is_proven", "says"), [(True, "there is no free way"), (False, "no way could be proven free")]
)
def test_no_way_says_what_stands_between_and_whether_that_is_proven(is_proven, says):
    refused = sim.NoWay(
        pose(0, 0),
        pose(80, 0),
        is_proven=is_proven,
        pairs=("head cover – couch top", "gantry arm – floor"),
        blocked=({"gantry": (40.0, 50.0), "couch": (0.0, 0.0)},),
    )
    assert isinstance(refused, sim.SimulatorError)
    assert str(refused) == (
        f"gantry 0°, couch 0° to gantry 80°, couch 0°: {says}; between them: head cover – couch top, "
        "gantry arm – floor (gantry 40°, couch 0° to gantry 50°, couch 0°)"
    )
