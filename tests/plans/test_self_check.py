"""Source to surface distance and entry point: against a box and a sphere, and trimesh's own rays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.plan_values import beam, plan
from support.reference_data import REFERENCE

import simulator as sim
from simulator.models.scan import Scan
from simulator.plans.check import check_plan

FOLDER = REFERENCE / "dicom"
BOX = shapes.cuboid((-150.0, -100.0, -200.0), (150.0, 100.0, 200.0))


def scanned(tight=BOX):
    setup = shapes.room(patient_parts=[("body", BOX)])
    return replace(setup, patient=replace(setup.patient, scan=Scan("HFS", "", tight=tight)))


def checks(*beams, tight=BOX):
    return check_plan(plan(*beams), scanned(tight))


@pytest.mark.parametrize(
    ("gantry", "couch", "ssd_mm"),
    [
        (0.0, 0.0, 900.0),
        (90.0, 0.0, 850.0),
        (180.0, 0.0, 900.0),
        (270.0, 30.0, 1000.0 - 150.0 / np.cos(np.radians(30.0))),
    ],
)
def test_the_distance_to_a_box_is_the_closed_form(gantry, couch, ssd_mm):
    (found,) = checks(beam(1, {"gantry": gantry, "couch": couch}, ssd_mm=900.0)).beams
    assert found.self_check.ssd_mm == pytest.approx(ssd_mm, abs=1e-6)
    assert found.self_check.ssd_difference_mm == pytest.approx(ssd_mm - 900.0, abs=1e-6)


def test_a_difference_of_more_than_5_mm_is_a_warning():
    check = checks(
        *(beam(n, {"gantry": 0.0, "couch": 0.0}, ssd_mm=ssd) for n, ssd in ((1, 904.9), (2, 905.1), (3, 894.9)))
    )
    warned = [text for text in check.warnings if "source to surface" in text]
    assert [text.split(":")[0] for text in warned] == ["beam 2", "beam 3"]
    assert "905.1 mm, the patient's 900.0 mm: -5.1 mm" in warned[0]


def test_entry_points_are_compared_and_old_ones_told():
    check = checks(
        beam(1, {"gantry": 0.0, "couch": 0.0}, entry_point_mm=(0.0, -100.0, 3.0)),
        beam(2, {"gantry": 90.0, "couch": 0.0}, entry_point_mm=(0.0, -100.0, 0.0)),
    )
    assert check.beams[0].self_check.entry_offset_mm == pytest.approx(3.0)
    assert check.beams[1].self_check.entry_offset_mm == pytest.approx(np.hypot(150.0, 100.0))
    assert [text.split(":")[0] for text in check.warnings if "entry point" in text] == ["beam 2"]


def test_a_beam_beside_the_patient_is_told():
    small = shapes.cuboid((-150.0, 50.0, -200.0), (150.0, 100.0, 200.0))
    check = checks(beam(1, {"gantry": 90.0, "couch": 0.0}, ssd_mm=900.0), tight=small)
    assert check.beams[0].self_check.ssd_mm is None
    assert any("beam 1: the beam's axis does not meet the patient" in text for text in check.warnings)


def test_ions_and_patients_of_the_library_have_none():
    point = {"gantry": 0.0, "couch": 0.0}
    ion = checks(beam(1, point, radiation="PROTON", source_axis_mm=(1000.0, 1000.0), ssd_mm=500.0)).beams[0]
    assert ion.self_check.ssd_mm is None
    plain = check_plan(plan(beam(1, point, ssd_mm=500.0)), shapes.room(patient_parts=[("body", BOX)])).beams[0]
    assert plain.self_check.ssd_mm is None
    assert plain.self_check.ssd_plan_mm == 500.0


@pytest.mark.skipif(not FOLDER.is_dir(), reason="the plans of other systems are not here")
def test_four_beams_on_a_breast_meet_the_skin_where_their_plan_says():
    """Two files of another system: axes, position, isocentre, sign and surface, all at once."""
    of_plan = sim.Plan.read(FOLDER / "dicompyler_breast_RTPLAN_4imrt.dcm")
    setup = sim.Setup(
        machine=sim.Machine.load("c_arm"),
        couch=sim.Couch.load("igrt"),
        patient=sim.Patient.from_dicom(FOLDER / "dicompyler_breast_RTSTRUCT.dcm"),
        isocentre_mm=(0.0, -200.0, 0.0),
    )
    check = check_plan(of_plan, setup)
    assert max(abs(each.self_check.ssd_difference_mm) for each in check.beams) < 1.0
    assert any("the isocentres are the plan's" in text for text in check.assumptions)
