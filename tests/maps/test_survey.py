"""Machines at sites: what joints alone allow, what a claim is worth beside proven bounds, rows that say why not."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from simulator.errors import SimulatorError
from simulator.maps.kinematic import kinematic_solid_angle
from simulator.maps.solid_angle import SolidAngle
from simulator.maps.survey import Surveyed, run_survey
from simulator.scenario.scenario import Scenario
from simulator.scenario.survey import Survey, SurveyMachine, SurveySite
from simulator.scenario.sweep import Sweep
from simulator.setup.loading import load_setup

OPEN = Scenario(title="Open", couch={"model": "no_couch"}, patient={"model": "point", "site": "point"})
POINT = SurveySite(name="point", set={"patient.model": "point", "patient.site": "point"}, is_open=True)


def survey(**given: object) -> Survey:
    usual = {
        "title": "Test",
        "step_deg": 30.0,
        "scenario": {"title": "Base", "patient": {"model": "box_phantom", "site": "centre"}},
        "machines": [
            {
                "name": "C-arm",
                "set": {"machine.model": "c_arm"},
                "in_the_open": {"couch.model": "no_couch"},
            }
        ],
        "sites": [POINT],
    }
    return Survey(**{**usual, **given})


@pytest.mark.parametrize(
    ("sweep", "sr"),
    [
        (Sweep(gantry=(-180, 180, 30), couch=(-90, 90, 30)), 4 * math.pi),
        (Sweep(gantry=(-180, 180, 30), couch=(-30, 30, 30)), 4 * math.pi / 3),
        (Sweep(gantry=(0, 180, 30), couch=(-90, 90, 30)), 2 * math.pi),
        (Sweep(gantry=(-180, 180, 30), couch=(0, 0, 1)), 0.0),
    ],
)
def test_joints_alone_allow_an_area_in_closed_form(sweep: Sweep, sr: float) -> None:
    """A full turn of the gantry with the couch within ±φ covers 8 φ."""
    found = kinematic_solid_angle(load_setup(OPEN), sweep=sweep)
    assert found.lower_sr == pytest.approx(sr, abs=1e-9) and found.upper_sr == pytest.approx(sr, abs=1e-9)
    assert found.is_proven


def test_a_point_in_the_open_is_reached_from_everywhere() -> None:
    """The machine's changes for the open take the couch away."""
    (row,) = run_survey(survey(), workers=1)
    assert row.achievable is not None and row.achievable.lower_sr == pytest.approx(4 * math.pi, abs=1e-6)
    assert row.culprits == () and row.note == "" and row.verdict == ""


def test_rows_are_machines_by_sites_and_hold_a_claim_against_the_bounds() -> None:
    sites = [
        {
            "name": "box",
            "set": {"patient.isocentre_mm": [0.0, 0.0, 0.0]},
            "claim": "nearly none",
            "claimed_at_most": 0.1,
        }
    ]
    machines = [
        {"name": name, "set": {"machine.options.imagers": imagers}}
        for name, imagers in (("parked", "retracted"), ("out", "deployed"))
    ]
    parked, out = run_survey(survey(machines=machines, sites=sites), tolerance=0.2, workers=1)
    assert [parked.machine, out.machine] == ["parked", "out"] and parked.site == out.site == "box"
    assert parked.verdict == "exceeded" and parked.claim == "nearly none"
    assert parked.achievable is not None and out.achievable is not None
    assert out.achievable.lower_sr < parked.achievable.lower_sr
    assert 1 <= len(parked.culprits) <= 3 and all(blocks_sr > 0 for _, blocks_sr in parked.culprits)


def test_a_machine_that_cannot_be_placed_has_a_row_with_the_reason() -> None:
    far = SurveySite(name="far", set={"patient.isocentre_mm": [0.0, 0.0, 9000.0]}, claim="?", claimed_at_most=0.5)
    (row,) = run_survey(survey(sites=[far]), workers=1)
    assert row.achievable is None and row.kinematic is None
    assert "out of the table's reach" in row.note and row.verdict == "" and row.claim == "?"


@pytest.mark.parametrize(
    ("lower_sr", "upper_sr", "verdict"),
    [(6.29, 6.5, "exceeded"), (6.0, 6.28, "kept"), (6.2, 6.4, "open")],
)
def test_a_verdict_needs_both_bounds(lower_sr: float, upper_sr: float, verdict: str) -> None:
    """2π is 6.283 sr."""
    row = Surveyed("m", "s", achievable=SolidAngle(6.3, lower_sr, upper_sr, is_proven=True), claimed_at_most=0.5)
    assert row.verdict == verdict
    assert replace(row, claimed_at_most=None).verdict == ""


def test_some_machines_or_sites_are_chosen_by_name() -> None:
    machines = [SurveyMachine(name=name, set={"machine.model": "c_arm"}) for name in ("a", "b", "c")]
    asked = survey(machines=machines).only(["c", "a"], None)
    assert [machine.name for machine in asked.machines] == ["a", "c"] and len(asked.sites) == 1
    with pytest.raises(SimulatorError, match=r"--machines: unknown name 'd'; available: a, b, c"):
        survey(machines=machines).only(["d"], None)


def test_a_field_that_is_not_there_is_refused_with_machine_and_site() -> None:
    wrong = SurveyMachine(name="C-arm", set={"machine.modle": "c_arm"})
    with pytest.raises(SimulatorError, match=r"C-arm, point: .*machine\.modle: unknown field"):
        run_survey(survey(machines=[wrong]), workers=1)
