"""What a scenario promises: joints of any machine by their fields, and what is refused, when it is read or set up."""

from __future__ import annotations

import pytest

from simulator.errors import SimulatorError
from simulator.scenario.scenario import Scenario
from simulator.setup.loading import load_setup

POSE = {"gantry_deg": 0, "couch_deg": 0}


def promising(**expect: object) -> Scenario:
    return Scenario(
        title="T", couch={"model": "no_couch"}, patient={"model": "point", "site": "point"}, expect=expect
    )  # type: ignore[arg-type]


def test_joints_are_named_by_their_fields() -> None:
    expect = promising(
        free=[{**POSE, "table_lateral_mm": 5, "clearance_mm": 20}],
        free_arc=[{"gantry_deg": [320, 75], "couch_deg": 15, "direction": "CW"}],
    ).expect
    assert expect is not None
    (pose,), (arc,) = expect.free, expect.free_arc
    assert (pose.joints, pose.clearance_mm) == ({"gantry": 0, "couch": 0, "table_lateral": 5}, 20)
    assert (arc.joints, arc.direction) == ({"gantry": (320, 75), "couch": 15}, "CW")
    load_setup(promising(free=[{**POSE, "table_lateral_mm": 5}]))


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        (
            {},
            "expect: must promise something: baseline, colliding, fraction_of_4pi, free, free_arc, "
            "free_fraction, pairs_in_the_way, plan, reachable_fraction_of_4pi, robust",
        ),
        ({"boundary_tolerance_deg": 0.1}, "expect: must promise something: baseline"),
        ({"variants": True}, "expect: must promise something: baseline"),
        (
            {"variants": True, "baseline": "a.nc"},
            "expect: variants must stand beside what they are to keep: free, free_arc, colliding, plan",
        ),
        ({"variants": 1, "free": [{"gantry_deg": 0}]}, "expect.variants: must be a valid boolean, was 1"),
        ({"solid_angle_sr": {"value": 3}}, "expect.solid_angle_sr: value and tolerance must stand together"),
        (
            {"solid_angle_sr": {"at_least": 3, "at_most": 2}},
            "expect.solid_angle_sr: at_least must not be above at_mo",
        ),
        ({"free": [{}]}, "expect.free.0: must have values of joints, such as gantry_deg"),
        ({"free": [{"clearance_mm": 3}]}, "expect.free.0: must have values of joints, such as gantry_deg"),
        ({"free": [POSE, {"gantry": 0}]}, "expect.free.1: gantry: must be the name of a joint and its unit"),
        (
            {"free": [{"gantry_deg": "a"}]},
            "expect.free.0: gantry_deg: must be a number within ±100000, or two: [from,",
        ),
        ({"free": [{"gantry_deg": True}]}, "expect.free.0: gantry_deg: must be a number within ±100000"),
        ({"free": [{"gantry_deg": float("nan")}]}, "expect.free.0: gantry_deg: must be a number within ±100000"),
        (
            {"free": [{**POSE, "gantry_deg": [0, 3]}]},
            "expect.free.0: each joint must be one value; [from, to] is gant",
        ),
        (
            {"free_arc": [POSE]},
            "expect.free_arc.0: one joint must be [from, to], the others one value; [from, to] is",
        ),
        ({"free_arc": [{"gantry_deg": [0, 3], "couch_deg": [0, 3]}]}, "[from, to] is gantry_deg, couch_deg"),
        ({"free_arc": [{"gantry_deg": [0, 3, 4]}]}, "expect.free_arc.0: gantry_deg: must be a number within ±100000"),
        ({"free_arc": [{"gantry_deg": [0, "4"]}]}, "expect.free_arc.0: gantry_deg: must be a number within ±100000"),
        ({"free_arc": [{**POSE, "gantry_deg": [0, 3], "direction": "left"}]}, "direction: must be 'CW', 'CC', 'incr"),
        ({"colliding": [{**POSE, "parts": ["a"]}]}, "expect.colliding.0.parts.1: is missing"),
    ],
)
def test_what_is_no_promise_is_refused_when_it_is_read(expect: dict[str, object], message: str) -> None:
    with pytest.raises(SimulatorError) as refused:
        promising(**expect)
    assert message in str(refused.value) and len(str(refused.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        (
            {"free": [{"ring_deg": 0}]},
            "T: expect.free.0: field: unknown name 'ring_deg'; available: clearance_mm, gant",
        ),
        ({"free": [{"gantry_mm": 0}]}, "T: expect.free.0: field: unknown name 'gantry_mm'; available: clearance_mm"),
        ({"free": [{**POSE, "clearence_mm": 9}]}, "T: expect.free.0: field: unknown name 'clearence_mm'; available"),
        (
            {"free": [POSE, {"gantry_deg": 0}]},
            "T: expect.free.1: pose: must have a value for gantry, couch; missing: c",
        ),
        ({"colliding": [{"gantry_deg": 900, "couch_deg": 0}]}, "T: expect.colliding.0: gantry: must be from -185 to"),
        (
            {"free_arc": [{**POSE, "gantry_deg": [0, 3]}]},
            "T: expect.free_arc.0: gantry: direction: unknown name None",
        ),
        (
            {"free_arc": [{**POSE, "gantry_deg": [170, 200], "direction": "CW"}]},
            "T: expect.free_arc.0: gantry: must be from -185 to 185 deg",
        ),
        (
            {"free_arc": [{"gantry_deg": [0, 3], "direction": "CW"}]},
            "T: expect.free_arc.0: arc: one joint must move",
        ),
    ],
)
def test_joints_that_are_not_there_are_refused_when_it_is_set_up(expect: dict[str, object], message: str) -> None:
    with pytest.raises(SimulatorError) as refused:
        load_setup(promising(**expect))
    assert message in str(refused.value) and len(str(refused.value).splitlines()) == 1
