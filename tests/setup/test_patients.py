"""Patients of scenarios that come from DICOM files: what says where the isocentre and the table are, in its order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.dicom_images import Scan as ScannedSlices
from support.dicom_images import write_ct
from support.dicom_plans import beam, static, write_plan
from support.dicom_structures import write_structure_set

import simulator as sim
from simulator.errors import SimulatorError
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import validated

LEVELS = np.arange(-60.0, 61.0, 10.0)
BACK_MM, TOP_MM = 50.0, 62.0
"""y of the body's lowest contour, and of a couch that somebody contoured."""
ISOCENTRE = (10.0, -20.0, 5.0)
PLANNED = {"structures": "plain.dcm", "plan": "plan.dcm"}


def rectangles(x, y):
    corners = np.array([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])])
    return [np.column_stack([corners, np.full(4, z)]) for z in LEVELS]


BODY = ("BODY", "EXTERNAL", rectangles((-60.0, 60.0), (-70.0, BACK_MM)))
TARGET = ("PTV", "PTV", rectangles((0.0, 20.0), (-40.0, 0.0)))
SUPPORT = ("Couch", "SUPPORT", rectangles((-50.0, 70.0), (TOP_MM, TOP_MM + 20.0)))


@pytest.fixture
def files(tmp_path):
    """Structure sets, a plan with table positions, and CT slices, that say each another height."""
    write_structure_set(tmp_path / "with_support.dcm", [BODY, TARGET, SUPPORT])
    write_structure_set(tmp_path / "plain.dcm", [BODY, TARGET])
    at = {"isocentre": ISOCENTRE}
    write_plan(tmp_path / "plan.dcm", beam(1, static(**at)), beam(2, static(gantry=90.0, **at)))
    table = {"vertical": -100.0, "lateral": -30.0, "longitudinal": 900.0}
    write_plan(tmp_path / "with_table.dcm", beam(1, static(**at, **table)))
    write_ct(tmp_path / "ct", ScannedSlices(table_mm=85.0, z_mm=tuple(LEVELS[::3])))
    return tmp_path


def setup_of(folder: Path, couch=None, **patient) -> sim.Setup:
    data = {"title": "T", "couch": {"model": "igrt", **(couch or {})}, "patient": patient}
    scenario = validated(data, Scenario, "T")
    scenario._path = folder / "case.toml"
    return sim.load_setup(scenario)


def table_top_y_mm(setup: sim.Setup) -> float:
    """y of patient axes at which a supine patient meets the table's upper face, from how the room is placed."""
    scene = setup.scene
    T_patient_fixed = np.linalg.inv(scene.T_fixed_frame("patient", scene.at_zero)[0])
    T_fixed_top = scene.T_fixed_frame(setup.couch.table_top.joint, scene.at_zero)[0]
    return float((T_patient_fixed @ T_fixed_top @ (0, 0, setup.couch.table_top.surface_z_mm, 1))[1])


def test_the_order_in_which_files_are_asked(files):
    """Given; a SUPPORT; the plan; the CT; the lowest point: each without those before it."""
    everything = {"structures": "with_support.dcm", "plan": "with_table.dcm", "ct": "ct"}
    given = setup_of(files, **everything, table_top_y_mm=70.0)
    assert (table_top_y_mm(given), given.assumptions[0][:60]) == (
        pytest.approx(70.0),
        "the table is where this says: given, table_top_y_mm = 70, an"[:60],
    )
    support = setup_of(files, **everything)
    assert table_top_y_mm(support) == pytest.approx(TOP_MM)
    assert "SUPPORT structure Couch" in support.assumptions[0]
    plan = setup_of(files, **{**everything, "structures": "plain.dcm"})
    assert table_top_y_mm(plan) == pytest.approx(ISOCENTRE[1] + 100.0)
    assert "vertical table position -100 mm of beam 1" in plan.assumptions[0]
    ct = setup_of(files, structures="plain.dcm", plan="plan.dcm", ct="ct")
    assert table_top_y_mm(ct) == pytest.approx(85.0, abs=1.5)
    assert "the CT: " in ct.assumptions[0]
    lowest = setup_of(files, structures="plain.dcm", plan="plan.dcm")
    assert table_top_y_mm(lowest) == pytest.approx(BACK_MM, abs=3.0)
    assert any("nothing says where it is" in text for text in lowest.warnings)
    assert not any("nothing says where it is" in text for one in (given, support, plan, ct) for text in one.warnings)


def test_a_table_at_0_0_0_is_one_that_nobody_placed(files):
    nowhere = {"vertical": 0.0, "lateral": 0.0, "longitudinal": 0.0}
    write_plan(files / "nowhere.dcm", beam(1, static(isocentre=ISOCENTRE, **nowhere)))
    assert "lowest point" in setup_of(files, structures="plain.dcm", plan="nowhere.dcm").assumptions[0]


def test_a_plan_of_another_frame_of_reference_is_refused(files):
    write_plan(files / "other.dcm", beam(1, static(isocentre=ISOCENTRE)), FrameOfReferenceUID="2.25.99")
    with pytest.raises(SimulatorError, match=r"other\.dcm: must be in the frame of reference of the structure set"):
        setup_of(files, structures="plain.dcm", plan="other.dcm")


def test_a_ct_of_another_position_is_refused(files):
    with pytest.raises(SimulatorError, match="CT images must be of a patient who lies as in the plan, HFP"):
        setup_of(files, structures="plain.dcm", site="PTV", position="HFP", ct="ct")


@pytest.mark.parametrize("tilt", [{"pitch": 3.0}, {"roll": 358.0}])
def test_a_tilted_table_says_no_height(files, tilt):
    """900 mm from where it turns, 3 degrees of pitch are 47 mm."""
    points = static(isocentre=ISOCENTRE, vertical=-100.0, lateral=-30.0, longitudinal=900.0, **tilt)
    write_plan(files / "tilted.dcm", beam(1, points))
    assert "lowest point" in setup_of(files, structures="plain.dcm", plan="tilted.dcm").assumptions[0]


def test_a_table_under_a_patient_who_lies_otherwise_says_no_height(files):
    table = {"isocentre": ISOCENTRE, "vertical": -100.0}
    prone = beam(2, static(**table), ReferencedPatientSetupNumber=2)
    write_plan(files / "both.dcm", beam(1, static(isocentre=ISOCENTRE)), prone, positions=("HFS", "HFP"))
    found = setup_of(files, structures="plain.dcm", plan="both.dcm", position="HFS")
    assert "lowest point" in found.assumptions[0]


def test_a_table_position_says_all(files):
    setup = setup_of(files, {"table_position_mm": [15.0, 200.0, -80.0]}, structures="plain.dcm", site="PTV")
    assert setup.table_position_mm == pytest.approx((15.0, 200.0, -80.0))
    assert setup.lies.unknown == ()


def test_what_is_not_known_of_the_table_is_told_and_can_be_given(files):
    setup = setup_of(files, structures="plain.dcm", site="PTV")
    assert any("longitudinal" in text and "lateral" in text for text in setup.assumptions)
    known = {"longitudinal_within_mm": [0.0, 0.0], "lateral_within_mm": [-5.0, 5.0]}
    assert setup_of(files, known, structures="plain.dcm", site="PTV").lies.unknown == ("lateral -5 to +5 mm",)
    # A contoured couch shows where its middle is, a plan may.
    assert len(setup_of(files, structures="with_support.dcm", site="PTV").lies.unknown) == 1
    plan = setup_of(files, structures="plain.dcm", plan="with_table.dcm")
    assert [text.split()[0] for text in plan.lies.unknown] == ["longitudinal"]
    assert plan.table_position_mm[0] == pytest.approx(-30.0)


def test_sites_are_rois_and_plans_have_isocentres(files):
    assert setup_of(files, structures="plain.dcm", site="PTV").isocentre_patient_mm == pytest.approx(
        (10.0, -20.0, 0.0)
    )
    assert setup_of(files, structures="plain.dcm", plan="plan.dcm").isocentre_patient_mm == pytest.approx(ISOCENTRE)
    with pytest.raises(SimulatorError, match=r"patient\.site .*unknown name 'GTV'; available: .*PTV"):
        setup_of(files, structures="plain.dcm", site="GTV")


def test_a_beam_says_which_of_several_isocentres(files):
    other = (10.0, -20.0, 40.0)
    write_plan(files / "two.dcm", beam(1, static(isocentre=ISOCENTRE)), beam(7, static(isocentre=other)))
    with pytest.raises(SimulatorError, match=r"two\.dcm: has several isocentres: say beam = NUMBER; beam 1: "):
        setup_of(files, structures="plain.dcm", plan="two.dcm")
    assert setup_of(files, structures="plain.dcm", plan="two.dcm", beam=7).isocentre_patient_mm == pytest.approx(
        other
    )
    with pytest.raises(SimulatorError, match=r"patient\.beam: two\.dcm: must be the number of a beam, was 3"):
        setup_of(files, structures="plain.dcm", plan="two.dcm", beam=3)


def test_a_plan_says_how_the_patient_lies(files):
    at = {"isocentre": ISOCENTRE}
    write_plan(files / "prone.dcm", beam(1, static(**at)), positions=["HFP"])
    assert setup_of(files, structures="plain.dcm", plan="prone.dcm").position == "HFP"
    with pytest.raises(SimulatorError, match=r"patient\.position: must be that of the plan, HFP, or left out"):
        setup_of(files, structures="plain.dcm", plan="prone.dcm", position="HFS")


@pytest.mark.parametrize("position", ["HFS", "HFP", "FFS", "FFP"])
def test_in_every_position_the_ct_says_the_same(files, position):
    """The same table, at the same y of patient axes, given and found: two ways to one room."""
    y_mm = 85.0 if position.endswith("S") else -165.0
    folder = write_ct(files / "other", ScannedSlices(position=position, table_mm=y_mm, z_mm=tuple(LEVELS[::3])))
    here = {"structures": "plain.dcm", "site": "PTV", "position": position}
    found = setup_of(files, **here, ct=folder.name)
    given = setup_of(files, **here, table_top_y_mm=y_mm)
    assert found.table_position_mm == pytest.approx(given.table_position_mm, abs=1.5)
