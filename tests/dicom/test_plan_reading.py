"""A plan as a whole: its beams in the order of the file, what is refused, and what is kept to itself."""

from dataclasses import replace

import pytest
from support.dicom_plans import ABSENT, arc, beam, items, static, write_plan

import simulator as sim
from simulator.errors import SimulatorError
from simulator.geometry.positions import PATIENT_POSITIONS


def test_beams_are_in_the_order_of_the_file_and_called_by_number(read):
    plan = read(beam(7, static(gantry=10)), beam(2, static(gantry=20)), beam(5, static(gantry=30)))
    assert [each.number for each in plan.beams] == [7, 2, 5]
    assert plan.beam(2).start["gantry"] == 20
    assert {leg.beam for each in plan.beams for leg in each.legs} == {7, 2, 5}
    with pytest.raises(SimulatorError, match="beam of the plan: unknown name 3; available: 7, 2, 5"):
        plan.beam(3)


def test_a_plan_is_read_from_python(tmp_path):
    path = write_plan(tmp_path / "plan.dcm", beam(1, static()))
    assert sim.Plan.read(path) == sim.Plan.read(str(path))


@pytest.mark.parametrize("preamble", [True, False])
@pytest.mark.parametrize("implicit", [True, False])
def test_how_a_file_is_encoded_changes_nothing(tmp_path, preamble, implicit):
    beams = beam(1, arc(181, 179, "CW", pitch=1.5)), beam(2, static(gantry=8.4737249e-10))
    plain = sim.Plan.read(write_plan(tmp_path / "plain.dcm", *beams))
    other = sim.Plan.read(write_plan(tmp_path / "other.dcm", *beams, preamble=preamble, implicit=implicit))
    assert other == plain
    assert other.sha256 == plain.sha256


def test_what_a_beam_says(read):
    (found,) = read(beam(4, static(ssd=912.5, entry=(0, -100, 0)), RadiationType="ELECTRON")).beams
    assert (found.number, found.radiation, found.delivery, found.machine) == (4, "ELECTRON", "TREATMENT", "unit")
    assert found.source_axis_mm == (1000,)
    assert found.ssd_mm == 912.5
    assert found.entry_point_mm == (0, -100, 0)
    assert not found.takes_images


def test_the_other_distance_to_the_surface_is_taken_where_the_first_is_missing(read):
    assert read(beam(1, static(SourceToExternalContourDistance=905.0))).beams[0].ssd_mm == 905
    assert read(beam(1, static())).beams[0].ssd_mm is None


def test_an_ion_beam_has_two_source_axis_distances(read):
    (found,) = read(beam(1, static(snout=200.0), ion=True), ion=True).beams
    assert found.source_axis_mm == (1800, 2000)
    assert found.radiation == "PROTON"
    assert found.support_type == "TABLE"


def test_an_ion_plan_that_says_it_is_of_photons_is_known_by_its_beams(read):
    plan = read(beam(1, static(), ion=True), ion=True, SOPClassUID="1.2.840.10008.5.1.4.1.1.481.5")
    assert plan.kind == "RT Ion Plan"


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
@pytest.mark.parametrize("delivery", ["SETUP", "OPEN_PORTFILM", "TRMT_PORTFILM", "Setup", "KV_IMAGE"])
def test_beams_that_take_images_or_may_are_known(read, delivery):
    assert read(beam(1, static(), TreatmentDeliveryType=delivery)).beams[0].takes_images


def test_a_beam_of_no_delivery_type_treats(read):
    assert read(beam(1, static(), TreatmentDeliveryType=ABSENT)).beams[0].delivery == "TREATMENT"


@pytest.mark.parametrize("position", PATIENT_POSITIONS)
def test_all_eight_positions_are_read(read, position):
    assert read(beam(1, static()), positions=(position,)).beams[0].position == position


def test_beams_may_lie_in_different_positions(read):
    plan = read(
        beam(1, static(), ReferencedPatientSetupNumber=2),
        beam(2, static(), ReferencedPatientSetupNumber=1),
        positions=("HFS", "FFP"),
    )
    assert [each.position for each in plan.beams] == ["FFP", "HFS"]


def test_all_that_is_refused_is_told_at_once_a_line_each(read):
    with pytest.raises(SimulatorError) as refused:
        read(
            beam(1, static(eccentric=10)),
            beam(2, static(gantry_pitch=5.0, isocentre=ABSENT)),
            beam(3, [{}, {"isocentre": (0, 0, 9)}]),
            beam(4, static(), PatientSupportType="CHAIR"),
            beam(5, static(), ReferencedPatientSetupNumber=2),
            beam(6, arc(0, 10, "NONE")),
            beam(6, static()),
            positions=("HFS", "SITTING"),
        )
    lines = str(refused.value).split("\n")
    expected = (
        "beam 1: control point 0: Table Top Eccentric Angle (300A,0125)",
        "beam 2: control point 0: Isocenter Position (300A,012C)",
        "beam 2: control point 0: Gantry Pitch Angle (300A,014A)",
        "beam 3: control point 1: Isocenter Position (300A,012C)",
        "beam 4: Patient Support Type (300A,0350): must be TABLE",
        "patient set-up 2: Patient Position (0018,5100): must be one of HFS",
        "beam 6: control point 0: Gantry Rotation Direction (300A,011F)",
    )
    assert len(lines) == len(expected)
    for line, part in zip(lines, expected, strict=True):
        assert part in line


def test_two_beams_of_one_number_are_refused(read):
    with pytest.raises(SimulatorError, match=r"Beam Number .*another one for each beam, was 6 more than once"):
        read(beam(6, static()), beam(6, static()))


def test_a_beam_without_a_number_is_refused(read):
    with pytest.raises(SimulatorError, match=r"beam 1: Beam Number .*was missing"):
        read(beam(ABSENT, static()))


def test_a_plan_without_beams_is_refused(read):
    with pytest.raises(SimulatorError, match="must be a plan with beams, has none"):
        read()
    with pytest.raises(SimulatorError, match="must be a plan with beams, is one of brachytherapy"):
        read(ApplicationSetupSequence=items({"ApplicationSetupNumber": 1}))


def test_control_points_that_are_not_all_there_are_refused(read):
    with pytest.raises(SimulatorError, match=r"Number of Control Points .*was 3, and 2 are there"):
        read(beam(1, static(), NumberOfControlPoints=3))
    with pytest.raises(SimulatorError, match=r"Number of Control Points .*at least 2, was 1, and 1 are there"):
        read(beam(1, [{}]))


def test_control_points_out_of_order_are_refused(read):
    with pytest.raises(SimulatorError, match=r"control point 0: Control Point Index .*must be 0, in order, was 1"):
        read(beam(1, [{"ControlPointIndex": 1}, {"ControlPointIndex": 0}]))


def test_a_plan_of_a_machine_is_read_and_told(read):
    plan = read(beam(1, static()), RTPlanGeometry="TREATMENT_DEVICE")
    assert plan.geometry == "TREATMENT_DEVICE"
    assert any("TREATMENT_DEVICE" in remark for remark in plan.remarks)


def test_the_hash_is_of_values_and_not_of_names(read):
    plan = read(beam(1, arc(10, 20, "CW"), BeamName="Doe"), FrameOfReferenceUID="2.25.1", RTPlanLabel="Doe")
    same = read(beam(1, arc(10, 20, "CW"), BeamName="Roe"), FrameOfReferenceUID="2.25.2", RTPlanLabel="Roe")
    other = read(beam(1, arc(10, 20, "CC"), BeamName="Doe"), FrameOfReferenceUID="2.25.1", RTPlanLabel="Doe")
    assert plan.sha256 == same.sha256 != other.sha256
    moved = replace(plan, beams=(replace(plan.beams[0], isocentre_mm=(0, 0, 0.1)),))
    assert moved.sha256 != plan.sha256


def test_nothing_that_identifies_a_patient_is_shown(read):
    plan = read(beam(1, arc(5, 5, "CW"), BeamName="Doe"), FrameOfReferenceUID="2.25.777")
    assert repr(plan) == "Plan(RT Plan, 1 beam)"
    assert repr(plan.beams[0]) == "Beam(1: PHOTON, TREATMENT, HFS, isocentre [0, 0, 0] mm, 1 leg)"
    for shown in (repr(plan), repr(plan.beams), *plan.remarks):
        for secret in ("Secret", "secret", "Doe", "2.25.777", "19700203"):
            assert secret not in shown
