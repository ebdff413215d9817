"""Beams with and without what is only assumed of the patient's body."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.dicom_plans import arc, beam, static, write_plan

import simulator as sim
from simulator.models.scan import Scan

ARMS = "patient arms"


@pytest.fixture(scope="module")
def setups():
    """The room of the brain scenario as if the arms were assumed; and the room without arms, placed by hand."""
    brain = sim.load_setup("brain")
    assumed = Scan(assumed_parts=(ARMS,), assumptions=("arms",))
    whole = replace(brain, patient=replace(brain.patient, scan=assumed))
    parts = tuple(part for part in brain.patient.parts if part.name != ARMS)
    ranges = {"longitudinal_within_mm": (-100.0, 100.0), "lateral_within_mm": (-20.0, 20.0)}
    table = sim.Lying("a test", position_mm=brain.table_position_mm, **ranges)
    return whole, replace(brain, patient=replace(brain.patient, parts=parts), lies=table)


def test_a_beam_that_only_meets_what_is_assumed_is_free_as_scanned(tmp_path, setups):
    whole, bare = setups
    reaching = arc(40.0, 64.0, "CW", couch=30.0)
    plan = sim.Plan.read(write_plan(tmp_path / "plan.dcm", beam(1, reaching), beam(2, static(gantry=0.0))))
    found, expected = sim.check_plan(plan, whole), sim.check_plan(plan, bare)
    assert ARMS in found.beams[0].worst.pair
    for one, other in zip(found.beams, expected.beams, strict=True):
        assert one.as_scanned.status == other.status
        assert one.as_scanned.clearance_mm == pytest.approx(other.worst.clearance_mm, abs=0.1)
        assert one.as_scanned.clearance_mm >= one.worst.clearance_mm - 0.1
        assert ARMS not in one.as_scanned.pair
    assert found.beams[0].status > found.beams[0].as_scanned.status
    assert all(beam.as_scanned is None for beam in expected.beams)
