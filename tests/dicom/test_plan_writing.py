"""An RT Plan without fluence: pydicom and our reader find the geometry, and nothing of a patient."""

from __future__ import annotations

import io

import pydicom
import pytest
from support.plan_values import beam, plan

import simulator as sim
from simulator.dicom.plan_writing import WITHOUT_FLUENCE, plan_bytes

BEAMS = (
    beam(1, {"gantry": 350.0, "couch": 15.0, "collimator": 0.1}, {"gantry": 370.0}),
    beam(2, {"gantry": 181.0, "couch": 0.0}, {"gantry": 539.0}),
    beam(3, {"gantry": 10.0, "couch": 170.0}, {"couch": -180.0, "gantry": 5.0}, {"gantry": 30.0}),
    beam(4, {"gantry": 20.0, "couch": 0.0, "table_pitch": 2.5, "table_roll": -1.5}, position="FFDL"),
    beam(5, {"gantry": 0.0, "couch": 0.0}, {"gantry": 360.0}),
)


def read(content: bytes, tmp_path) -> sim.Plan:
    path = tmp_path / "plan.dcm"
    path.write_bytes(content)
    return sim.Plan.read(path)


def test_our_reader_finds_every_leg_with_its_way(tmp_path) -> None:
    found = read(plan_bytes(plan(*BEAMS), "c_arm"), tmp_path)
    assert len(found.beams) == len(BEAMS)
    for one, meant in zip(found.beams, BEAMS, strict=True):
        assert (one.number, one.name, one.position, one.isocentre_mm) == (
            meant.number,
            meant.name,
            meant.position,
            meant.isocentre_mm,
        )
        assert len(one.legs) == len(meant.legs)
        for leg, other in zip(one.legs, meant.legs, strict=True):
            assert leg.start.keys() == other.start.keys()
            for axis, value in other.start.items():
                assert (leg.start[axis] - value) % 360.0 == pytest.approx(0.0, abs=1e-9) or abs(
                    (leg.start[axis] - value) % 360.0 - 360.0
                ) < 1e-9
                assert leg.stop[axis] - leg.start[axis] == pytest.approx(other.stop[axis] - value, abs=1e-9)


def test_pydicom_finds_geometry_alone_and_says_so() -> None:
    dataset = pydicom.dcmread(io.BytesIO(plan_bytes(plan(*BEAMS), "c_arm")))
    assert dataset.file_meta.MediaStorageSOPClassUID.name == "RT Plan Storage"
    assert dataset.RTPlanDescription == WITHOUT_FLUENCE
    assert {each.BeamDescription for each in dataset.BeamSequence} == {WITHOUT_FLUENCE}
    assert (dataset.PatientName, dataset.PatientID, dataset.StudyDate) == ("", "", "")
    assert [each.PatientPosition for each in dataset.PatientSetupSequence] == ["HFS", "FFDL"]
    first = dataset.BeamSequence[0].ControlPointSequence[0]
    assert (first.GantryAngle, first.GantryRotationDirection) == (350, "CW")
    assert dataset.BeamSequence[2].ControlPointSequence[0].PatientSupportRotationDirection == "CW"
    assert all(
        len(str(point.GantryAngle)) <= 16 for each in dataset.BeamSequence for point in each.ControlPointSequence[:1]
    )
    assert "BeamLimitingDevicePositionSequence" not in first


def test_the_same_plan_is_the_same_bytes_and_another_has_other_identifiers() -> None:
    one, again, other = (plan_bytes(plan(*beams), "c_arm") for beams in (BEAMS, BEAMS, BEAMS[:2]))
    assert one == again
    uids = [pydicom.dcmread(io.BytesIO(content)).SOPInstanceUID for content in (one, other)]
    assert uids[0] != uids[1]
    assert all(uid.is_valid and uid.startswith("2.25.") for uid in uids)


@pytest.mark.parametrize("name", ["a\\b", "a\nb", "x" * 65, " a"])
def test_a_name_that_cannot_stand_in_a_file_is_refused(name: str) -> None:
    with pytest.raises(sim.SimulatorError, match="beam 7: name: must be of at most 64 letters"):
        plan_bytes(plan(beam(7, {"gantry": 0.0, "couch": 0.0}, name=name)), "c_arm")
