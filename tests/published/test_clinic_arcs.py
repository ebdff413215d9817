"""Arcs that planners of a clinic start from (University of Wisconsin, github.com/wrssc/ray_scripts).

A real machine can deliver each of them; with the couch on the other side, most would go through patient or couch, and
no planner has them. Isocentres are not given. Buffers are 0: what is asked is whether bodies meet.

The shipped scenarios hold the arcs as promises: only that they hold these and no others needs the data.
"""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest
from support.reference_data import REFERENCE

import simulator as sim
from simulator.scenario.scenario import Scenario

DATA = REFERENCE / "clinic_arcs.csv"
SCENARIOS = Path(__file__).parents[2] / "scenarios"


def promised(site: str) -> list[tuple[float, float, str, float]]:
    """Return gantry from and to, direction and couch of the arcs that the scenario of a site promises."""
    expect = Scenario.read(SCENARIOS / f"what_clinics_plan_{site}.toml").expect
    assert expect is not None and expect.variants
    return [(*arc.joints["gantry"], arc.direction, arc.joints["couch"]) for arc in expect.free_arc]


def written(site: str) -> list[tuple[float, float, str, float]]:
    """Return the same of the clinic's arcs."""
    with DATA.open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["site"] == site]
    fields = ("gantry_start_deg", "gantry_stop_deg", "direction", "couch_deg")
    return [
        (float(a), float(b), direction, float(c)) for a, b, direction, c in ([row[f] for f in fields] for row in rows)
    ]


def free(setup: sim.Setup, arc: tuple[float, float, str, float], couch_side: int = 1) -> bool:
    start, stop, direction, couch = arc
    way = {"gantry": (start, stop), "couch": couch_side * couch}
    return setup.check_arc(direction=direction, clearance=False, **way).is_free


@pytest.mark.skipif(not DATA.is_file(), reason=f"the clinic's arcs are not here: {DATA.name}")
@pytest.mark.parametrize("site", ["brain", "abdomen"])
def test_the_scenario_promises_these_arcs_and_no_others(site: str) -> None:
    assert Counter(promised(site)) == Counter(written(site))


def test_with_the_couch_on_the_other_side_at_most_two_brain_arcs_are_free() -> None:
    """The gantry goes as given: mirrored, too, a machine that is the same on both sides would tell nothing."""
    setup = sim.load_setup(Scenario.read(SCENARIOS / "what_clinics_plan_brain.toml"))
    arcs = promised("brain")
    assert len(arcs) == 31
    assert sum(free(setup, arc, couch_side=-1) for arc in arcs) <= 2
    assert all(free(setup, arc) for arc in arcs)


def test_mirrored_altogether_an_arc_is_what_it_was() -> None:
    """Gantry, couch and direction mirrored: models and isocentre are the same left and right."""
    setup = sim.load_setup(Scenario.read(SCENARIOS / "what_clinics_plan_brain.toml"))
    for start, stop, direction, couch in promised("brain")[:3]:
        assert free(setup, (-start, -stop, "CC" if direction == "CW" else "CW", -couch))
