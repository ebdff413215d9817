"""Promises that are kept, and what is said of those that are not."""

from __future__ import annotations

from dataclasses import replace
from math import pi

import pytest
from support.island_room import room

import simulator as sim
from simulator.regression.judge import judge, needs_map, tolerance_for
from simulator.scenario.expectations import Amount, Expect

FREE = {"gantry_deg": 0.0, "couch_deg": 0.0}
COLLIDING = {"gantry_deg": 110.0, "couch_deg": 30.0}
MADE: dict[tuple[int, float, str], tuple[sim.Setup, sim.CollisionMap]] = {}
"""Maps of this process; each keeps its set-up, so that no other one gets its identity."""


@pytest.fixture(autouse=True)
def each_map_once(monkeypatch):
    """Many promises ask for one map."""

    def mapped(setup, *, tolerance, workers=None, **given):
        key = id(setup), tolerance, str(given)
        if key not in MADE:
            MADE[key] = setup, sim.collision_map(setup, tolerance=tolerance, workers=workers, **given)
        return MADE[key][1]

    monkeypatch.setattr("simulator.regression.judge.collision_map", mapped)


def broken(setup, **promises):
    return judge(setup, Expect.model_validate(promises)).broken


@pytest.mark.parametrize(
    "promises",
    [
        {"free": [FREE]},
        {"free": [{**FREE, "clearance_mm": 1.0}]},
        {"free": [{"gantry_deg": 360.0, "couch_deg": -720.0}]},
        {"colliding": [{"gantry_deg": 470.0, "couch_deg": 390.0}]},
        {"free_arc": [{"gantry_deg": (690.0, 30.0), "couch_deg": 360.0, "direction": "CW"}]},
        {"colliding": [COLLIDING]},
        {"colliding": [{**COLLIDING, "parts": ["couch top", "head cover"]}]},
        {"free_arc": [{"gantry_deg": (330.0, 30.0), "couch_deg": 0.0, "direction": "CW", "clearance_mm": 1.0}]},
        {"free_arc": [{"gantry_deg": 0.0, "couch_deg": (-10.0, 10.0), "direction": "CC"}]},
        {"solid_angle_sr": {"at_least": 3.6, "at_most": 4.2}},
        {"fraction_of_4pi": {"value": 0.31, "tolerance": 0.03}},
    ],
)
def test_what_is_true_is_kept(setup, promises):
    assert broken(setup, **promises) == []


@pytest.mark.parametrize(
    ("promises", "message"),
    [
        ({"free": [COLLIDING]}, "gantry 110°, couch 30°: must be free, is colliding: head cover – "),
        (
            {"free": [{"gantry_deg": 470.0, "couch_deg": 30.0}]},
            "gantry 470° = 110°, couch 30°: must be free, is colliding: head cover – ",
        ),
        ({"free": [{**FREE, "clearance_mm": 900}]}, "gantry 0°, couch 0°: must have 900 mm of clearance, has "),
        ({"colliding": [FREE]}, "gantry 0°, couch 0°: must collide, is free: nothing is in the way"),
        (
            {"colliding": [{**COLLIDING, "parts": ["couch top", "patient legs"]}]},
            "expect: couch top and patient legs are never checked against each other",
        ),
        (
            {"colliding": [{**COLLIDING, "parts": ["counterweight", "couch pedestal"]}]},
            "must be a collision of counterweight and couch pedestal, is one of head cover – ",
        ),
        (
            {"free_arc": [{"gantry_deg": (0, 180), "couch_deg": 30, "direction": "CW"}]},
            "gantry 0 to 180°, couch 30°, CW: must be free all the way, first contact at ",
        ),
        (
            {"free_arc": [{"gantry_deg": (330, 30), "couch_deg": 0, "direction": "CW", "clearance_mm": 500}]},
            "gantry 330 to 30°, couch 0°, CW: must have 500 mm of clearance all the way, has ",
        ),
        ({"solid_angle_sr": {"at_least": 5.0}}, "solid_angle_sr: must be at least 5 sr, is proven to be "),
        ({"fraction_of_4pi": {"at_most": 0.2}}, "fraction_of_4pi: must be at most 0.2, is proven to be 0.3"),
        ({"pairs_in_the_way": [["couch top", "head cover"]]}, "pairs_in_the_way: "),
    ],
)
def test_what_is_not_true_is_told(setup, promises, message):
    try:
        found = broken(setup, **promises)
    except sim.SimulatorError as error:
        found = [str(error)]
    assert found
    assert message in found[0]


def test_in_doubt_a_promise_is_not_kept(setup):
    """The bounds hold what is asked for between them: nobody knows."""
    omega = judge(setup, Expect(solid_angle_sr=Amount(at_least=0.0))).cmap.solid_angle()
    (text,) = broken(setup, solid_angle_sr={"at_least": omega.sr})
    assert text.endswith("it may or may not be")


def test_a_part_that_is_not_there(setup):
    with pytest.raises(sim.SimulatorError, match=r"expect: part: unknown name 'sofa'; available: .*couch top"):
        broken(setup, pairs_in_the_way=[["sofa", "head cover"]])


def test_a_baseline_is_a_promise(setup, baseline):
    assert judge(setup, Expect(baseline="liver.nc"), baseline).broken == []
    assert needs_map(Expect(baseline="liver.nc"))
    assert not needs_map(Expect.model_validate({"free": [FREE]}))


def test_bounds_are_as_near_as_the_question_needs():
    assert tolerance_for(Expect.model_validate({"free": [FREE]})) == 0.002
    narrow = Expect(solid_angle_sr=Amount(value=8.0, tolerance=0.01))
    assert tolerance_for(narrow) == pytest.approx(0.25 * 0.02 / (4 * pi))


@pytest.mark.parametrize(
    ("promises", "message"),
    [
        ({}, "must promise something"),
        ({"boundary_tolerance_deg": 1.0}, "must promise something"),
        ({"solid_angle_sr": {}}, "must have either value and tolerance, or at_least or at_most"),
        ({"solid_angle_sr": {"value": 8.0}}, "value and tolerance must stand together"),
        ({"solid_angle_sr": {"value": 8.0, "tolerance": 1.0, "at_least": 7.0}}, "must have either value and toler"),
        ({"solid_angle_sr": {"at_least": 9.0, "at_most": 8.0}}, "at_least must not be above at_most"),
        ({"solid_angle_sr": {"at_least": float("nan")}}, "must be a finite number"),
        (
            {"free_arc": [{"gantry_deg": 0, "couch_deg": 0, "direction": "CW"}]},
            "one joint must be [from, to], the others one value; [from, to] is none",
        ),
        (
            {"free_arc": [{"gantry_deg": (0, 9), "couch_deg": 0, "direction": "up"}]},
            "direction: must be 'CW', 'CC', 'increasing' or 'decreasing', was 'up'",
        ),
        ({"free": [{"gantry": 0.0}]}, "gantry: must be the name of a joint and its unit, such as gantry_deg"),
        ({"free": [{"gantry_deg": (0, 9)}]}, "each joint must be one value; [from, to] is gantry_deg"),
        ({"colliding": [{"parts": ["couch top", "head cover"]}]}, "must have values of joints, such as gantry_deg"),
        ({"colliding": [{**COLLIDING, "parts": ["couch top"]}]}, "colliding.0.parts"),
        ({"baselines": "liver.nc"}, "baselines: unknown field; available: solid_angle_sr, fraction_of_4pi, "),
    ],
)
def test_a_promise_that_makes_no_sense(promises, message):
    from simulator.scenario.schema import validated

    with pytest.raises(sim.SimulatorError) as caught:
        validated(promises, Expect, "case.toml: expect")
    assert message in str(caught.value)


def test_a_robust_promise_is_judged_by_proven_bounds(setup):
    erring = replace(setup, errors=sim.Errors(vertical_mm={"bound": 5}, pitch_deg={"bound": 1}))
    assert broken(erring, robust_fraction_of_4pi={"at_least": 0.25, "at_most": 0.33}) == []
    (text,) = broken(erring, robust_fraction_of_4pi={"at_least": 0.5})
    assert text.startswith("robust_fraction_of_4pi: must be at least 0.5, is proven to be 0.2")


def test_a_robust_promise_needs_bounds():
    plain = {"title": "t", "patient": {"model": "adult", "site": "brain"}}
    promise = {"expect": {"robust_fraction_of_4pi": {"at_least": 0.5}}}
    for errors in ({}, {"roll_deg": {"standard_deviation": 1.0}}):
        with pytest.raises(sim.SimulatorError, match="robust_fraction_of_4pi must stand beside errors"):
            sim.Scenario(**plain, **promise, errors=errors)


def test_how_much_can_be_reached_may_be_promised():
    """A wall at gantry 60 to 70° leaves an island behind it, which is free but no part of what is promised."""
    walled = room((60.0, 70.0))
    assert broken(walled, reachable_fraction_of_4pi={"at_least": 0.2, "at_most": 0.26}) == []
    (text,) = broken(walled, reachable_fraction_of_4pi={"at_least": 0.3})
    assert text.startswith("reachable_fraction_of_4pi: must be at least 0.3, is proven to be 0.2")
    (text,) = broken(room((60.0, 70.0), home=None), reachable_fraction_of_4pi={"at_least": 0.1})
    assert text.startswith("reachable_fraction_of_4pi: not told")
    promised = Expect.model_validate({"reachable_fraction_of_4pi": {"at_least": 0.2, "at_most": 0.20001}})
    assert needs_map(promised) and tolerance_for(promised) == pytest.approx(1e-4)
