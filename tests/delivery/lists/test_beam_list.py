"""Lists of beams as values: out of tables and back, on the scales of the joints."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.beam_lists import empty_room
from support.small_rooms import small_room

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList, ListedBeam

ANGLE = st.floats(-180.0, 180.0).map(lambda value: round(value, 6))


def listed(**columns: list) -> BeamList:
    return BeamList.of(empty_room(), pd.DataFrame(columns))


def test_angles_come_onto_the_scales_of_their_joints() -> None:
    beams = listed(gantry_deg=[350, 181.0], couch_deg=[10, 300], collimator_deg=[30.0, math.nan])
    assert [beam.start for beam in beams.beams] == [
        {"gantry": -10.0, "couch": 10.0, "collimator": 30.0},
        {"gantry": 181.0, "couch": 300.0},
    ]
    assert [beam.name for beam in beams.beams] == ["1", "2"]


@pytest.mark.parametrize(
    ("first", "last", "start", "stop"),
    [
        (170.0, 184.0, 170.0, 184.0),  # through 180, as far as the joint goes
        (190.0, 170.0, None, None),  # beyond the joint, and -170 to -190 as well
        (350.0, 370.0, -10.0, 10.0),
        (181.0, 539.0, -179.0, 179.0),  # both ends are turned alike
        (-180.0, 180.0, -180.0, 180.0),  # a full turn
        (20.0, 20.0, 20.0, None),  # stands still
    ],
)
def test_an_arc_keeps_its_way(first: float, last: float, start: float | None, stop: float | None) -> None:
    columns = {"gantry_deg": [first], "couch_deg": [0.0], "gantry_stop_deg": [last]}
    if start is None:
        with pytest.raises(sim.SimulatorError, match="table: row 1, gantry_deg: must be from -185 to 185"):
            listed(**columns)
        return
    (beam,) = listed(**columns).beams
    assert beam.start == {"gantry": start, "couch": 0.0}
    assert beam.stop == (None if stop is None else {"gantry": stop, "couch": 0.0})


def beam_of(poses: list[tuple[float, float]], names: int) -> ListedBeam:
    start, *stop = [{"gantry": gantry, "couch": couch} for gantry, couch in poses]
    return ListedBeam(f"beam {names}", start, stop[0] if stop and stop[0] != start else None, 0.25, None)


@settings(max_examples=30)
@given(st.lists(st.lists(st.tuples(ANGLE, ANGLE), min_size=1, max_size=2), min_size=1, max_size=5))
def test_a_table_holds_all_of_a_list(drawn: list[list[tuple[float, float]]]) -> None:
    setup = empty_room()
    beams = tuple(beam_of(poses, at) for at, poses in enumerate(drawn))
    if any(max(abs(b.stop[j] - b.start[j]) for j in b.start) > 360.0 for b in beams if b.stop):
        return
    again = BeamList.of(setup, BeamList(beams, "HFS", setup.isocentre_patient_mm).table())
    assert [(b.name, b.weight_sr, b.beam_on_s) for b in again.beams] == [(b.name, 0.25, None) for b in beams]
    for found, meant in zip(again.beams, beams, strict=True):
        assert found.start == pytest.approx(meant.start)
        assert (found.stop is None) == (meant.stop is None)
        assert found.stop is None or found.stop == pytest.approx(meant.stop)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"gantry_deg": [1.0]}, "table: row 1, couch_deg: is missing"),
        ({"gantry_deg": [1.0, math.nan], "couch_deg": [0, 0]}, "table: row 2, gantry_deg: is missing"),
        ({"gantry_deg": [1.0, 721.0], "couch_deg": [0, 0]}, "table: row 2, gantry_deg: must be from -185 to 185 deg"),
        ({"gantry_deg": ["left"], "couch_deg": [0]}, "gantry_deg: must be from -185 to 185 .* was 'left'"),
        ({"gantry_deg": [0], "couch_deg": [math.inf]}, "couch_deg: must be from -720 to 720 deg, was inf"),
        ({"gantry_deg": [0], "couch_deg": [0], "gantry_stop_deg": [400]}, "an arc must be of at most 360°"),
        ({"gantry_deg": [0], "couch_deg": [0], "weight_sr": [-1]}, "weight_sr: must be a number of at least 0"),
        ({"gantry_deg": [0, 9], "couch_deg": [0, 0], "name": ["a", "a"]}, "beam 2: name: must be another one"),
        ({"gantry_deg": [], "couch_deg": []}, "must have at least one beam"),
    ],
)
def test_a_table_that_is_no_list_is_refused_by_row_and_column(columns, message) -> None:
    with pytest.raises(sim.SimulatorError, match=message):
        listed(**columns)


def couch_room(limits: tuple[float, float]) -> sim.Setup:
    """A room whose couch goes further to one side than to the other."""
    from dataclasses import replace

    setup = small_room((), couch_deg=(0.0, 20.0, 1.0))
    joints = tuple(replace(j, limits=limits) if j.name == "couch" else j for j in setup.couch.joints)
    return replace(setup, couch=replace(setup.couch, joints=joints))


def test_a_couch_angle_that_fits_with_the_other_sign_only_says_so() -> None:
    table = pd.DataFrame({"gantry_deg": [30.0], "couch_deg": [-60.0]})
    with pytest.raises(sim.SimulatorError, match=r"was -60.0; 60 would be within: is its sign that of another scale"):
        BeamList.of(couch_room((-20.0, 95.0)), table)


def test_a_couch_angle_that_is_beyond_both_limits_says_the_pose_that_aims_alike() -> None:
    table = pd.DataFrame({"gantry_deg": [30.0], "couch_deg": [120.0]})
    with pytest.raises(sim.SimulatorError, match="the same direction has gantry -30 and couch -60"):
        BeamList.of(couch_room((-95.0, 95.0)), table)


def test_another_patient_position_is_refused_by_those_there_are() -> None:
    with pytest.raises(sim.SimulatorError, match="available: HFS, HFP"):
        BeamList((ListedBeam("1", {"gantry": 0.0, "couch": 0.0}),), "SUPINE", (0.0, 0.0, 0.0))
