"""The room of each beam: isocentre, position, angles and accessories; and what no machine here can deliver."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.plan_values import beam, plan

import simulator as sim
from simulator.dicom.beams import Accessory
from simulator.errors import SimulatorError
from simulator.models.scan import Scan
from simulator.plans.check import check_plan
from simulator.plans.rooms import Rooms
from simulator.setup.lying import Lying

POINT = {"gantry": 0.0, "couch": 0.0}
BODY = ("body", shapes.cuboid((-50.0, -100.0, -50.0), (50.0, 100.0, 50.0)))


@pytest.fixture(scope="module")
def brain():
    return sim.load_setup("brain")


def room(**options):
    return shapes.room(patient_parts=[BODY], **options)


def with_scan(setup, frame="1.2.3"):
    return replace(setup, patient=replace(setup.patient, scan=Scan("HFS", frame)))


def rooms_of(of_plan, setup):
    return Rooms(of_plan, setup).of_beams(tuple(b.number for b in of_plan.beams))


def test_isocentres_are_the_plans_where_both_name_one_frame_of_reference():
    of_plan = plan(beam(1, POINT, isocentre_mm=(10.0, 20.0, 30.0)), frame_of_reference="1.2.3")
    (found,) = rooms_of(of_plan, with_scan(room()))
    assert found.setup.isocentre_patient_mm == (10.0, 20.0, 30.0)


@pytest.mark.parametrize(("plans", "patients"), [("", ""), ("1.2.3", ""), ("1.2.3", "1.2.4"), ("", "1.2.3")])
def test_else_the_set_ups_own_stands_for_the_first_and_that_is_told(plans, patients):
    beams = [beam(1, POINT, isocentre_mm=(500.0, 0.0, 0.0)), beam(2, POINT, isocentre_mm=(510.0, -5.0, 0.0))]
    setup = with_scan(room(), patients)
    first, second = rooms_of(plan(*beams, frame_of_reference=plans), setup)
    assert first.setup is setup
    assert second.setup.isocentre_patient_mm == (10.0, -5.0, 0.0)
    check = check_plan(plan(*beams, frame_of_reference=plans), setup)
    assert any("isocentre of beam 1 is the isocentre of the set-up" in text for text in check.assumptions)
    assert any("do not name one frame of reference" in text for text in check.warnings)
    assert "1.2" not in " ".join((*check.assumptions, *check.warnings))


def test_a_site_stands_for_the_first_beam_of_the_plan_whatever_the_order(brain):
    beams = [beam(1, POINT, isocentre_mm=(0.0, 0.0, 0.0)), beam(2, POINT, isocentre_mm=(0.0, 0.0, -20.0))]
    check = check_plan(plan(*beams), brain, order=(2, 1))
    assert check.beams[1].setup is brain
    assert any("isocentre of beam 1 is site 'brain'" in text for text in check.assumptions)


def test_the_patient_lies_on_the_table_as_before_where_its_position_was_given():
    """Another isocentre: the table goes elsewhere, the patient's place on it stays."""
    lies = Lying("given", position_mm=(3.0, -40.0, -120.0))
    setup = replace(room(), lies=lies, shift_mm=(0.0, 0.0, 0.0))
    beams = [beam(1, POINT), beam(2, POINT, isocentre_mm=(10.0, 0.0, 7.0))]
    first, second = rooms_of(plan(*beams), setup)
    np.testing.assert_allclose(first.setup.table_position_mm, (3.0, -40.0, -120.0), atol=1e-9)
    np.testing.assert_allclose(second.setup.table_position_mm, (-7.0, -47.0, -120.0), atol=1e-9)
    origins = [found.setup.scene.tree["patient"].origin_mm for found in (first, second)]
    np.testing.assert_allclose(origins[0], origins[1], atol=1e-9)


@pytest.mark.parametrize("lies", [None, Lying("given", position_mm=(-60.0, 300.0, -180.0))])
def test_devices_stay_with_the_patient_whatever_the_isocentre(brain, lies):
    setup = replace(brain, fixation=(sim.Fixation.load("wing_board"),), lies=lies)
    beams = [beam(1, POINT), beam(2, POINT, isocentre_mm=(10.0, 0.0, -7.0))]
    first, second = rooms_of(plan(*beams), setup)
    trees = [found.setup.scene.tree for found in (first, second)]
    assert second.setup.fixation == setup.fixation
    for frame in ("patient", "fixation_0"):
        np.testing.assert_allclose(trees[0][frame].origin_mm, trees[1][frame].origin_mm, atol=1e-9)


@pytest.mark.parametrize("lies", [{"height_mm": -180.0}, {"position_mm": (0.0, 200.0, -180.0)}])
def test_where_the_table_is_holds_for_no_patient_who_lies_otherwise(lies):
    setup = room(lies=Lying("given", **lies))
    with pytest.raises(SimulatorError, match=r"^beam 1: patient position must be HFS, .* \(given\), was HFP"):
        Rooms(plan(beam(1, POINT, position="HFP")), setup).of_beams((1,))


def test_pitch_and_roll_are_those_of_the_first_control_point(brain):
    (found,) = rooms_of(plan(beam(1, {**POINT, "table_pitch": 358.0, "table_roll": 1.5})), brain)
    assert (found.setup.pitch_deg, found.setup.roll_deg) == (-2.0, 1.5)


def test_positions_are_the_plans_and_differences_are_told():
    check = check_plan(plan(beam(1, POINT, position="HFP"), beam(2, POINT, position="")), room())
    assert [b.setup.position for b in check.beams] == ["HFP", "HFS"]
    assert any("beam 1: the patient lies HFP" in text for text in check.assumptions)
    assert any("beam 2: the plan has no patient position" in text for text in check.assumptions)


@pytest.mark.parametrize("said", [(), (1000.0,), (1000.9,), (999.1, 2300.0)])
def test_a_source_axis_distance_of_the_model_is_taken(said):
    assert rooms_of(plan(beam(1, POINT, source_axis_mm=said)), room())


def test_everything_that_the_machine_cannot_do_is_refused_at_once():
    beams = [
        beam(1, POINT, source_axis_mm=(800.0,)),
        beam(2, {**POINT, "snout": 100.0}, {"snout": 200.0}),
        beam(3, POINT, source_axis_mm=(1800.0, 2000.0)),
        beam(4, POINT, position="SITTING"),
    ]
    with pytest.raises(SimulatorError) as refused:
        check_plan(plan(*beams), room())
    lines = str(refused.value).splitlines()
    assert lines[0].startswith(
        "beam 1: source-axis distance must be that of the model machine, 1000 mm within 1 mm, was 800"
    )
    assert lines[1].startswith("beam 2: control point 1: snout must stand still")
    assert lines[2].startswith("beam 3: source-axis distance") and "1800 and 2000" in lines[2]
    assert lines[3].startswith("beam 4: patient position must be one of HFS")
    assert len(lines) == 4


def test_pitch_that_the_couch_does_not_have_is_refused():
    setup = sim.Setup(
        machine=sim.Machine.load("c_arm"),
        couch=sim.Couch.load("igrt_head_board"),
        patient=sim.Patient.load("adult"),
        site="brain",
    )
    couch = setup.couch
    flat = replace(
        couch,
        joints=tuple(j for j in couch.joints if j.name not in ("table_pitch", "table_roll")),
        parts=(),
        table_top=replace(couch.table_top, joint="table_lateral"),
    )
    flat_setup = replace(setup, couch=flat)
    with pytest.raises(SimulatorError, match=r"control point 0: table_pitch must be 0: .* was 2"):
        check_plan(plan(beam(1, {**POINT, "table_pitch": 2.0})), flat_setup)
    with pytest.raises(SimulatorError, match="control point 1: table_roll must stand still"):
        check_plan(plan(beam(1, {**POINT, "table_roll": 0.0}, {"table_roll": 1.0})), flat_setup)


def test_beyond_the_limits_is_refused_by_beam(brain):
    with pytest.raises(SimulatorError, match=r"beam 1: .*table_pitch.*must be from -3 to 3"):
        check_plan(plan(beam(1, {**POINT, "table_pitch": 5.0})), brain)
    with pytest.raises(SimulatorError, match="beam 1: control point 1: couch must be from -95 to 95"):
        check_plan(plan(beam(1, POINT, {"couch": 120.0})), brain)


def test_a_machine_without_a_gantry_is_refused_and_other_joints_are_told():
    setup = room()
    gantry, collimator = setup.machine.joints
    ring = replace(gantry, name="ring")
    machine = replace(
        setup.machine,
        joints=(ring, replace(collimator, parent="ring")),
        sweep=sim.Sweep(ring=(-180.0, 180.0, 1.0), couch=(-90.0, 90.0, 2.0)),
    )
    machine = replace(machine, beam=replace(machine.beam, joint="ring"))
    with pytest.raises(
        SimulatorError, match="beam 1: the machine must have a joint 'gantry' for the plan's angle of 90°"
    ):
        check_plan(plan(beam(1, {"gantry": 90.0, "couch": 0.0})), replace(setup, machine=machine, sweep=None))
    check = check_plan(plan(beam(1, {"gantry": 90.0})), room())
    assert any("beam 1: couch stands at 0" in text for text in check.assumptions)


def test_an_axis_that_only_mimics_another_is_not_there(brain):
    joints = tuple(
        replace(j, mimic="table_pitch", limits=None) if j.name == "table_roll" else j for j in brain.couch.joints
    )
    setup = replace(brain, couch=replace(brain.couch, joints=joints))
    with pytest.raises(SimulatorError, match=r"control point 0: table_roll must be 0: .* was 1"):
        check_plan(plan(beam(1, {**POINT, "table_roll": 1.0})), setup)


APPLICATOR = Accessory("applicator", "A10", "ELECTRON_SQUARE", "")


def test_accessories_are_parts_of_the_machine_by_id(brain):
    beams = [
        beam(1, POINT, accessories=(APPLICATOR,)),
        beam(2, POINT, accessories=(Accessory("cone", "C10", "STEREOTACTIC", ""),)),
        beam(3, POINT),
    ]
    check = check_plan(plan(*beams), brain)
    options = [dict(b.setup.machine.options)["accessory"] for b in check.beams]
    assert options == ["electron_applicator", "srs_cone", "none"]
    assert check.unknown_accessories == ()
    assert any(
        "beam 1: checked with accessory = electron_applicator for applicator A10" in t for t in check.assumptions
    )
    near = check.beams[0].worst.clearance_mm
    assert near < check.beams[2].worst.clearance_mm
    assert "electron applicator" in check.beams[0].worst.pair


@pytest.mark.parametrize(
    "accessory",
    [
        Accessory("applicator", "A25", "ELECTRON_SQUARE", ""),
        Accessory("wedge", "W45", "STANDARD", ""),
        Accessory("block tray", "T1", "", ""),
        Accessory("bolus", "", "", ""),
        Accessory("snout", "S1", "", ""),
    ],
)
def test_what_the_machine_does_not_know_is_told_and_no_beam_with_it_is_free(brain, accessory):
    check = check_plan(plan(beam(1, POINT, accessories=(accessory,)), beam(2, POINT)), brain)
    assert [b.is_free for b in check.beams] == [False, True]
    assert not check.is_free
    assert check.unknown_accessories[0].startswith(f"beam 1: {accessory.kind}")
    assert "beam 1 with an accessory that is not known" in check.verdict
    assert accessory.kind in repr(check.beams[0])


def test_a_bolus_by_its_roi_is_none_of_a_patient_of_the_library(brain):
    check = check_plan(plan(beam(1, POINT, bolus=(4,))), brain)
    assert check.unknown_accessories == ("beam 1: bolus",)


def test_a_bolus_of_a_structure_set_is_part_of_the_patient():
    of_plan = plan(beam(1, POINT, accessories=(Accessory("bolus", "", "", ""),)))
    assert check_plan(of_plan, with_scan(room())).unknown_accessories == ()


def test_wedges_within_the_head_have_no_outer_size(brain):
    check = check_plan(plan(beam(1, POINT, accessories=(Accessory("wedge", "", "DYNAMIC", ""),))), brain)
    assert check.unknown_accessories == ()


def test_two_accessories_that_are_one_option_cannot_both_be_there(brain):
    cone = Accessory("cone", "", "", "")
    check = check_plan(plan(beam(1, POINT, accessories=(APPLICATOR, cone))), brain)
    assert check.unknown_accessories == ("beam 1: cone together with another one",)


def test_imagers_are_out_for_a_set_up_beam(brain):
    beams = [beam(1, POINT, delivery="SETUP"), beam(2, POINT)]
    check = check_plan(plan(*beams), brain)
    assert dict(check.beams[0].setup.machine.options)["imagers"] == "deployed"
    assert {"kV source", "MV panel"} <= {part.name for part in check.beams[0].setup.machine.parts}
    assert dict(check.beams[1].setup.machine.options)["imagers"] == "retracted"
    assert any("beam 1: checked with imagers = deployed" in text for text in check.assumptions)


def test_a_machine_without_imagers_is_told_for_a_set_up_beam():
    check = check_plan(plan(beam(1, POINT, delivery="SETUP")), room())
    assert check.unknown_accessories == ("beam 1: imagers of a set-up beam",)
    assert not check.is_free


def test_a_move_between_accessories_is_checked_with_either(brain):
    """Head-first with an applicator, gantry and couch turn in between: the pair in the way is the applicator's."""
    beams = [beam(1, POINT, accessories=(APPLICATOR,)), beam(2, {"gantry": 60.0, "couch": 0.0})]
    (move,) = check_plan(plan(*beams), brain).moves
    (back,) = check_plan(plan(*beams), brain, order=(2, 1)).moves
    assert move.orders[0].clearance_mm == pytest.approx(back.orders[0].clearance_mm, abs=0.2)
    assert "electron applicator" in move.orders[0].pair
    assert "electron applicator" in back.orders[0].pair


def test_an_axis_that_is_not_there_and_stands_off_zero_is_told():
    check = check_plan(plan(beam(1, {**POINT, "snout": 120.0})), room())
    assert check.unknown_accessories == ("beam 1: snout 120 mm",)
