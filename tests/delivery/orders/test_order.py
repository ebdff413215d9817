"""Beams in order: proven ways between them, times that add up, what cannot be delivered, in a room of boxes."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations

import numpy as np
import pandas as pd
import pytest
from support.island_room import room

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.listed import ListedBeam
from simulator.delivery.orders.order import with_clearances
from simulator.delivery.roads.mapping import road_map
from simulator.models.motion import Motion

SPEED, ACCELERATION = {"gantry": 6.0, "couch": 3.0}, {"gantry": 3.0, "couch": 1.5}
ROUNDING = 1e-6
NONE = np.empty((0, 3))


def moving(setup):
    """The set-up, with motions of its joints."""
    motions = {joint: Motion(SPEED[joint], ACCELERATION[joint], "test") for joint in SPEED}
    return replace(
        setup,
        machine=replace(setup.machine, motions={"gantry": motions["gantry"]}),
        couch=replace(setup.couch, motions={"couch": motions["couch"]}),
    )


@pytest.fixture(scope="module")
def setup():
    """A wall at gantry 60 to 70°, an island behind it; at -60 to -50° a door, which turns away with the couch."""
    return moving(room((60.0, 70.0), doors=((-60.0, -50.0),)))


@pytest.fixture(scope="module")
def roads(setup):
    return road_map(setup, sweep=setup.sweep, tolerance=0.02, workers=1)


def listed(setup, *rows):
    """Beams as (gantry, couch) or (gantry, couch, gantry where it stops)."""
    columns = ["gantry_deg", "couch_deg", "gantry_stop_deg"]
    return BeamList.of(setup, pd.DataFrame([[*row, *[None] * (3 - len(row))] for row in rows], columns=columns))


def deliver(setup, roads, *rows, **asked):
    return sim.order_beams(setup, listed(setup, *rows), roads=roads, **asked)


def rest_to_rest(joint, degrees):
    """How long a joint takes: half the way faster and faster, half slower; or with a stretch at full speed."""
    v, a = SPEED[joint], ACCELERATION[joint]
    return 2 * (degrees / a) ** 0.5 if degrees <= v * v / a else degrees / v + v / a


ROWS = [(-120.0, 5.0), (30.0, -20.0), (-90.0, -5.0, -170.0), (40.0, 25.0), (-20.0, 0.0)]


@pytest.mark.parametrize("moves", ["together", "one at a time"])
def test_no_other_order_takes_less(setup, roads, moves) -> None:
    """Against all orders and directions, by the times of single ways."""
    found = deliver(setup, roads, *ROWS, moves=moves)
    assert found.is_whole and found.is_exact
    home = {"gantry": 0.0, "couch": 0.0}
    ends = [
        [{"gantry": row[0], "couch": row[1]}, {"gantry": row[-1] if row[2:] else row[0], "couch": row[1]}]
        for row in ROWS
    ]
    poses = [home, *(end for both in ends for end in both)]
    times_s = roads.times_s(poses, moves=moves)
    taken = []
    for order in permutations(range(len(ROWS))):
        for turned in (0, 1):
            stays = [(0, 0)]
            stays += [(2 + 2 * i, 1 + 2 * i) if i == 2 and turned else (1 + 2 * i, 2 + 2 * i) for i in order]
            stays += [(0, 0)]
            taken.append(sum(times_s[leave, enter] for (_, leave), (enter, _) in pairwise(stays)))
    assert found.travel_s == pytest.approx(min(taken), abs=1e-6)
    assert found.lower_bound_s == pytest.approx(found.travel_s)
    assert found.compared["as given"] >= found.travel_s - ROUNDING
    assert found.compared["no obstacles"] <= found.travel_s + ROUNDING


def test_events_follow_each_other_and_add_up(setup, roads) -> None:
    found = deliver(setup, roads, *ROWS, beam_on_s=12.0, pause_s=3.0)
    assert found.events[0].start_s == 0.0
    for before, after in pairwise(found.events):
        assert (before.stop_s, dict(before.stop)) == (after.start_s, dict(after.start))
    on = [event for event in found.events if event.kind == "beam"]
    assert [found.beams[event.beam].start for event in on] == [dict(event.start) for event in on]
    assert sorted(beam.name for beam in found.beams) == ["1", "2", "3", "4", "5"]
    assert found.beam_s == pytest.approx(4 * 12.0 + rest_to_rest("gantry", 80.0))
    assert found.waiting_s == pytest.approx(4 * 3.0)
    assert found.total_s == pytest.approx(found.beam_s + found.gantry_s + found.couch_s + found.waiting_s)
    assert found.travel_s == pytest.approx(sum(way.time_s for way in found.ways))
    assert (found.at(-1.0), found.at(found.total_s + 1.0)) == ({"gantry": 0.0, "couch": 0.0},) * 2
    assert any("12 s" in text for text in found.assumptions)


@pytest.mark.parametrize("moves", ["together", "one at a time"])
def test_every_pose_is_free_and_no_joint_too_fast(setup, roads, moves) -> None:
    """FCL at every 0.2 s: the door is passed with the couch turned, though straight ways go through it."""
    found = deliver(setup, roads, *ROWS, moves=moves, beam_on_s=1.0)
    times_s = np.arange(0.0, found.total_s + 0.2, 0.2)
    poses = np.array([list(found.at(time_s).values()) for time_s in times_s])
    assert (setup.checker.pair_status(poses) == 0).all()
    steps = np.abs(np.diff(poses, axis=0))
    assert (steps <= 0.2 * np.array([SPEED[joint] for joint in roads.joints]) + ROUNDING).all()
    if moves == "one at a time":
        both = [(steps[at] > ROUNDING).all() for at in range(len(steps))]
        assert sum(both) <= len(found.events), "in one step, both joints move only where a leg ends"
    straight = np.linspace((-20.0, 0.0), (-120.0, 5.0), 200)
    assert not (setup.checker.pair_status(straight) == 0).all()


def test_an_arc_goes_the_way_that_is_better(setup, roads) -> None:
    forward = deliver(setup, roads, (-90.0, -5.0, -170.0), first={"gantry": -85.0, "couch": -5.0}, last=None)
    assert forward.is_reversed == (False,)
    back = deliver(setup, roads, (-170.0, -5.0, -90.0), first={"gantry": -85.0, "couch": -5.0}, last=None)
    assert back.is_reversed == (True,)
    assert (back.beams[0].start, back.beams[0].stop) == (forward.beams[0].start, forward.beams[0].stop)
    assert back.travel_s == pytest.approx(rest_to_rest("gantry", 5.0))


def test_an_arc_is_delivered_as_it_is_listed_if_it_may_not_be_reversed(setup, roads) -> None:
    """And that one is delivered backwards is told as an assumption."""
    asked = {"first": {"gantry": -85.0, "couch": -5.0}, "last": None}
    back = deliver(setup, roads, (-170.0, -5.0, -90.0), **asked)
    listed_so = deliver(setup, roads, (-170.0, -5.0, -90.0), **asked, may_reverse=False)
    assert listed_so.is_reversed == (False,)
    assert listed_so.travel_s == pytest.approx(rest_to_rest("gantry", 85.0))
    told = [any("backwards" in line for line in found.assumptions) for found in (back, listed_so)]
    assert told == [True, False]


def test_a_road_map_with_the_table_elsewhere_is_refused(setup) -> None:
    away = road_map(setup, sweep=setup.sweep, stands={"table_longitudinal": -50.0}, tolerance=0.02, workers=1)
    for asked in (lambda: deliver(setup, away, (30.0, 0.0)), lambda: sim.propose_trajectory(setup, NONE, roads=away)):
        with pytest.raises(sim.SimulatorError, match=r"as it stands, was of table longitudinal -50 mm"):
            asked()


def test_what_cannot_be_delivered_is_told(setup, roads) -> None:
    found = deliver(setup, roads, (30.0, 0.0), (65.0, 10.0), (120.0, 0.0), (50.0, 0.0, 80.0))
    assert [beam.name for beam in found.beams] == ["1"]
    reasons = {each.beam.name: each.reason for each in found.unreachable}
    assert list(reasons) == ["2", "3", "4"]
    assert reasons["2"].startswith("colliding")
    assert all("wall 0" in reason and "needle" in reason for reason in reasons.values())
    assert not found.is_whole


def test_wherever_it_is_best_to_start_more_beams_are_reached(setup, roads) -> None:
    """Behind the wall there are two beams, before it one: without a first and a last pose the two are delivered."""
    found = deliver(setup, roads, (100.0, 0.0), (120.0, 0.0), (30.0, 0.0), first=None, last=None)
    assert {beam.name for beam in found.beams} == {"1", "2"}
    assert len(found.ways) == 1
    assert found.travel_s == pytest.approx(rest_to_rest("gantry", 20.0))


@pytest.mark.parametrize("ends", [{}, {"first": None, "last": None}])
def test_nothing_can_be_delivered(setup, roads, ends) -> None:
    found = deliver(setup, roads, (65.0, 0.0), **ends)
    assert (found.beams, found.ways, found.events, found.total_s) == ((), (), (), 0.0)
    with pytest.raises(sim.SimulatorError, match="has none"):
        found.at(0.0)


def test_one_beam_from_wherever_it_is(setup, roads) -> None:
    found = deliver(setup, roads, (30.0, 5.0), first=None, last=None, beam_on_s=4.0)
    assert (found.ways, found.travel_s, found.total_s) == ((), 0.0, 4.0)
    assert found.at(2.0) == {"gantry": 30.0, "couch": 5.0}
    assert set(found.compared.values()) == {0.0}


def test_sorted_by_couch_goes_by_gantry_0(setup, roads) -> None:
    """In the open: home, couch -20 at gantry 0, beam; up to 0, couch to 25, beam; and home the same way."""
    found = deliver(setup, roads, (40.0, 25.0), (30.0, -20.0))
    gantry_s = 2 * rest_to_rest("gantry", 30.0) + 2 * rest_to_rest("gantry", 40.0)
    couch_s = rest_to_rest("couch", 20.0) + rest_to_rest("couch", 45.0) + rest_to_rest("couch", 25.0)
    assert found.compared["sorted by couch"] == pytest.approx(gantry_s + couch_s, abs=1e-6)


def test_at_one_couch_angle_the_gantry_goes_straight(setup, roads) -> None:
    found = deliver(setup, roads, (40.0, 0.0), (20.0, 0.0))
    expected_s = 2 * rest_to_rest("gantry", 20.0) + rest_to_rest("gantry", 40.0)
    assert found.compared["sorted by couch"] == pytest.approx(expected_s, abs=1e-6)


def test_the_order_of_the_list_does_not_matter(setup, roads) -> None:
    one, other = (deliver(setup, roads, *rows).travel_s for rows in (ROWS, ROWS[::-1]))
    assert one == pytest.approx(other, abs=1e-6)


def test_clearances_are_proven(setup, roads) -> None:
    """Never more than FCL measures to parts of the couch."""
    (way,) = with_clearances(deliver(setup, roads, (-40.0, 12.0), last=None), roads).ways
    assert np.isfinite(way.clearance_mm)
    for share in np.linspace(0.0, 1.0, 9):
        check = setup.check(**way.at(share * way.time_s))
        assert way.clearance_mm <= check.clearance_mm + ROUNDING


def test_times_of_a_list(setup, roads) -> None:
    beams = listed(setup, (30.0, 0.0), (-90.0, -5.0, -170.0))
    slow = replace(beams, beams=tuple(replace(beam, beam_on_s=25.0) for beam in beams.beams))
    assert sim.order_beams(setup, slow, roads=roads).beam_s == 50.0
    fast = replace(beams, beams=tuple(replace(beam, beam_on_s=5.0) for beam in beams.beams))
    with pytest.raises(sim.SimulatorError, match=r"beam '2': beam_on_s must be at least 15\.33 s"):
        sim.order_beams(setup, fast, roads=roads)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (
            {"first": {"gantry": 65.0, "couch": 0.0}},
            r"first: must be .* was gantry 65°, couch 0°, colliding: .*wall 0",
        ),
        ({"last": {"gantry": 120.0, "couch": 0.0}}, "no free way"),
        ({"beam_on_s": -1.0}, "beam_on_s: must be at least 0 s, was -1"),
        ({"pause_s": float("nan")}, "pause_s: must be a number, was nan"),
        ({"moves": "sideways"}, "moves: must be 'together' or 'one at a time'"),
        ({"first": {"gantry": 0.0}}, "missing: couch"),
    ],
)
def test_what_is_refused(setup, roads, asked, message) -> None:
    with pytest.raises(sim.SimulatorError, match=message):
        deliver(setup, roads, (30.0, 0.0), **asked)


def test_lists_for_another_room(setup, roads) -> None:
    beams = listed(setup, (30.0, 0.0))
    turned = ListedBeam("turned", {"gantry": 0.0, "couch": 0.0, "collimator": 10.0})
    for other, message in (
        (replace(beams, position="FFS"), "position must be the set-up's HFS"),
        (replace(beams, isocentre_mm=(0.0, 9.0, 0.0)), r"isocentre must be the set-up's \[0, 0, 0\] mm"),
        (replace(beams, beams=(turned,)), "beam 'turned': the collimator must be at 0°"),
    ):
        with pytest.raises(sim.SimulatorError, match=message):
            sim.order_beams(setup, other, roads=roads)
    elsewhere = moving(room((80.0, 90.0)))
    with pytest.raises(sim.SimulatorError, match="roads: must be of the set-up"):
        sim.order_beams(elsewhere, beams, roads=roads)


def test_joints_of_unknown_speed() -> None:
    silent = room((60.0, 70.0))
    with pytest.raises(sim.SimulatorError, match="motion"):
        sim.order_beams(silent, listed(silent, (30.0, 0.0)))
