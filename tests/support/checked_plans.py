"""A plan of everything that a report has to tell, in a room that is checked in seconds."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from support.box_scenario import SCENARIO
from support.dicom_plans import arc, beam, items, static, write_plan

import simulator as sim
from simulator.plans.check import check_plan
from simulator.plans.checked import PlanCheck

NAMES = ("Doe-name", "Doe-unit", "Secret^Name", "secret-id", "secret label", "2.25.42", "2.25.1234567890", "19700203")
"""What the plan holds and no output may."""


def write_box_plan(path: Path) -> Path:
    """Write a plan and return its path: a free beam, a blocked arc, an accessory that no machine knows, images."""
    return write_plan(
        path,
        beam(1, static(gantry=0, ssd=900.0), BeamName="Doe-name", TreatmentMachineName="Doe-unit"),
        beam(2, arc(60, 175, "CW", couch=30), BeamName="<b>Doe-name</b> & more"),
        beam(
            3,
            static(gantry=20),
            GeneralAccessorySequence=items({"GeneralAccessoryID": "G<1>", "GeneralAccessoryType": "GRATICULE"}),
        ),
        beam(4, static(gantry=0), TreatmentDeliveryType="SETUP"),
        tolerances=({"GantryAngleTolerance": 1.0},),
    )


def write_free_plan(path: Path) -> Path:
    """Write a plan of two beams that are free, and return its path."""
    return write_plan(path, beam(1, static(gantry=0)), beam(2, arc(350, 10, "CW")))


def box_setup(folder: Path) -> sim.Setup:
    """Return the room."""
    path = folder / "box.toml"
    path.write_text(SCENARIO.format(couch_mm=20))
    return sim.load_setup(path)


@cache
def box_check() -> PlanCheck:
    """Return what holds of the plan in the room; computed once."""
    with tempfile.TemporaryDirectory() as folder:
        return check_plan(sim.Plan.read(write_box_plan(Path(folder) / "plan.dcm")), box_setup(Path(folder)))


@cache
def free_check() -> PlanCheck:
    """Return what holds of the plan of free beams."""
    with tempfile.TemporaryDirectory() as folder:
        return check_plan(sim.Plan.read(write_free_plan(Path(folder) / "plan.dcm")), box_setup(Path(folder)))
