"""How the patient lies for each beam, and how far the machine may be off."""

import pytest
from support.dicom_plans import ABSENT, EMPTY, beam, items, static

from simulator.errors import SimulatorError


def test_a_beam_that_refers_to_none_lies_as_all_set_ups_say(read):
    one = beam(1, static(), ReferencedPatientSetupNumber=ABSENT)
    assert read(one, positions=("FFS",)).beams[0].position == "FFS"
    assert read(one, positions=("FFS", "FFS")).beams[0].position == "FFS"


def test_of_several_set_ups_one_must_be_chosen(read):
    with pytest.raises(
        SimulatorError, match=r"Referenced Patient Setup Number .*one patient position, leaves FFS, HFS"
    ):
        read(beam(1, static(), ReferencedPatientSetupNumber=ABSENT), positions=("HFS", "FFS"))


def test_a_set_up_that_is_not_there_is_refused(read):
    with pytest.raises(SimulatorError, match="must be the number of a patient set-up of the plan, was 3 of 1, 2"):
        read(beam(1, static(), ReferencedPatientSetupNumber=3), positions=("HFS", "FFS"))


def test_a_position_that_does_not_concern_a_beam_is_not_asked(read):
    assert read(beam(1, static()), positions=("HFS", "SITTING")).beams[0].position == "HFS"


@pytest.mark.parametrize("position", ["SITTING", "LFP"])
def test_an_unknown_position_is_refused(read, position):
    with pytest.raises(SimulatorError, match=f"Patient Position .*must be one of HFS, .*was '{position}'"):
        read(beam(1, static()), positions=(position,))


def test_an_additional_position_is_refused(read):
    setups = items({"PatientSetupNumber": 1, "PatientAdditionalPosition": "standing"})
    with pytest.raises(SimulatorError, match=r"Patient Additional Position \(300A,0184\)"):
        read(beam(1, static()), PatientSetupSequence=setups)


@pytest.mark.parametrize("setups", [ABSENT, []])
def test_a_set_up_of_a_plan_that_has_none_is_refused(read, setups):
    with pytest.raises(SimulatorError, match="must be the number of a patient set-up of the plan, was 1 of none"):
        read(beam(1, static()), PatientSetupSequence=setups)


@pytest.mark.parametrize(("setups", "number"), [(ABSENT, ABSENT), (items({"PatientSetupNumber": 1}), 1)])
def test_no_position_at_all_is_told(read, setups, number):
    plan = read(beam(1, static(), ReferencedPatientSetupNumber=number), PatientSetupSequence=setups)
    assert plan.beams[0].position == ""
    assert plan.remarks == ("beam 1: no patient position",)


def test_tolerances_are_those_of_the_beams_table(read):
    plan = read(
        beam(1, static(), ReferencedToleranceTableNumber=2),
        beam(2, static(), ReferencedToleranceTableNumber=1),
        beam(3, static()),
        tolerances=(
            {"GantryAngleTolerance": 1.0, "TableTopVerticalPositionTolerance": EMPTY},
            {
                "GantryAngleTolerance": 2.0,
                "BeamLimitingDeviceAngleTolerance": 5.0,
                "PatientSupportAngleTolerance": 0.5,
                "TableTopPitchAngleTolerance": 1.0,
                "TableTopRollAngleTolerance": 1.5,
                "TableTopVerticalPositionTolerance": 10.0,
                "TableTopLongitudinalPositionTolerance": 20.0,
                "TableTopLateralPositionTolerance": 30.0,
            },
        ),
    )
    assert plan.beams[0].tolerances == {
        "gantry": 2,
        "collimator": 5,
        "couch": 0.5,
        "table_pitch": 1,
        "table_roll": 1.5,
        "table_vertical": 10,
        "table_longitudinal": 20,
        "table_lateral": 30,
    }
    assert plan.beams[1].tolerances == {"gantry": 1}
    assert plan.beams[2].tolerances == {}


def test_the_snout_of_an_ion_plan_has_a_tolerance(read):
    plan = read(
        beam(1, static(snout=200.0), ion=True, ReferencedToleranceTableNumber=1),
        ion=True,
        tolerances=({"SnoutPositionTolerance": 3.0},),
    )
    assert plan.beams[0].tolerances == {"snout": 3}


def test_a_tolerance_below_zero_is_refused(read):
    with pytest.raises(SimulatorError, match=r"Gantry Angle Tolerance .*at least 0, was -1"):
        read(beam(1, static(), ReferencedToleranceTableNumber=1), tolerances=({"GantryAngleTolerance": -1.0},))


def test_fixation_devices_are_told(read):
    setups = items(
        {
            "PatientSetupNumber": 1,
            "PatientPosition": "HFS",
            "FixationDeviceSequence": items({"FixationDeviceType": "HEAD_FRAME"}, {"FixationDeviceType": "MASK"}),
        }
    )
    assert read(beam(1, static()), PatientSetupSequence=setups).remarks == (
        "fixation device HEAD_FRAME: it is checked only if it is of the patient's structures or the room's fixation",
        "fixation device MASK: it is checked only if it is of the patient's structures or the room's fixation",
    )


def test_a_tolerance_table_that_is_not_there_is_told(read):
    there = beam(1, static(), ReferencedToleranceTableNumber=1)
    missing = beam(2, static(), ReferencedToleranceTableNumber=7)
    found = read(there, missing, tolerances=({"GantryAngleTolerance": 1.0},))
    assert [text for text in found.remarks if "tolerance" in text] == ["beam 2: tolerance table 7 is not in the plan"]
