"""Plans and structure sets of six systems, as they are read: what their README says, and what they say twice."""

import numpy as np
import pydicom
import pytest
from support.reference_data import REFERENCE

from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError

FOLDER = REFERENCE / "dicom"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the plans of other systems are not here")
PLANS = {
    "aria_vmat_178cc182_tabletop_RTPLAN": 1,
    "brainlab_srs_15_noncoplanar_arcs_RTPLAN": 15,
    "dicompyler_breast_RTPLAN_4imrt": 4,
    "monaco_2fullarcs_no_preamble_RTPLAN": 2,
    "monaco_2partial_arcs_RTPLAN": 2,
    "monaco_breast_6imrt_RTPLAN": 6,
    "monaco_endometrium_9imrt_RTPLAN": 9,
    "pinnacle_2static_treatment_device_RTPLAN": 2,
    "pydicom_rtplan": 1,
    "topas_rtion_snout_rangeshifter_RTIONPLAN": 1,
}
OTHERS = {
    "dicompyler_breast_CT_one_slice": "CT Image",
    "dicompyler_breast_RTSTRUCT": "RT Structure Set",
    "monaco_box_nested_external_RTSTRUCT": "RT Structure Set",
    "pydicom_rtstruct": "RT Structure Set",
    "rtutils_mim_RTSTRUCT": "RT Structure Set",
}


def read(name):
    return Plan.read(FOLDER / f"{name}.dcm")


def ways(plan, axis="gantry"):
    """Return from where to where each beam goes in all, and by which leg first and last."""
    return [(beam.start[axis], sum(leg.stop[axis] - leg.start[axis] for leg in beam.legs)) for beam in plan.beams]


def test_every_file_is_in_the_table():
    assert {path.stem for path in FOLDER.glob("*.dcm")} == {*PLANS, *OTHERS}


@pytest.mark.parametrize(("name", "beams"), PLANS.items())
def test_every_plan_is_read(name, beams):
    plan = read(name)
    assert len(plan.beams) == beams
    assert all(
        beam.position == "HFS" and not beam.takes_images and len(beam.isocentre_mm) == 3 for beam in plan.beams
    )
    for beam in plan.beams:
        for before, after in zip(beam.legs, beam.legs[1:], strict=False):
            for axis, value in after.start.items():
                turned = np.deg2rad(value - before.stop[axis])
                assert value == before.stop[axis] or np.cos(turned) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("name", "kind"), OTHERS.items())
def test_every_other_file_is_refused_by_what_it_is(name, kind):
    with pytest.raises(SimulatorError, match=rf"must be RT Plan or RT Ion Plan \(DICOM\), is {kind}"):
        read(name)


def test_fifteen_arcs_of_160_degrees():
    plan = read("brainlab_srs_15_noncoplanar_arcs_RTPLAN")
    assert {round(abs(length), 6) for _, length in ways(plan)} == {160}
    assert {beam.start["couch"] for beam in plan.beams} == {0, 280, 320, 20, 60}
    assert {beam.isocentre_mm for beam in plan.beams} == {(-3.457, -180.141, -64.107)}


def test_an_arc_with_a_table_position():
    plan = read("aria_vmat_178cc182_tabletop_RTPLAN")
    assert ways(plan) == [(178, pytest.approx(-356))]
    (beam,) = plan.beams
    assert [beam.start[f"table_{name}"] for name in ("vertical", "longitudinal", "lateral")] == [-190, 1000, -20]
    assert not beam.is_table_relative


def test_full_and_partial_arcs_there_and_back():
    full = ways(read("monaco_2fullarcs_no_preamble_RTPLAN"))
    assert full == [(180.1, pytest.approx(359.8)), (179.9, pytest.approx(-359.8))]
    assert ways(read("monaco_2partial_arcs_RTPLAN")) == [(90, pytest.approx(60)), (270, pytest.approx(-60))]


def test_static_beams_at_any_angle():
    plan = read("dicompyler_breast_RTPLAN_4imrt")
    assert [beam.start["gantry"] for beam in plan.beams] == [327, 0, 56, 150]
    assert all(len(beam.legs) == 1 and beam.start == beam.stop for beam in plan.beams)
    assert [beam.ssd_mm for beam in plan.beams] == pytest.approx([927, 944, 937.05, 895.05], abs=0.01)


def test_an_ion_beam_with_a_snout_and_a_range_shifter():
    (beam,) = read("topas_rtion_snout_rangeshifter_RTIONPLAN").beams
    assert beam.start["snout"] == pytest.approx(192.27)
    assert beam.source_axis_mm == (1800, 2000)
    assert ("range shifter", "40mm") in {(each.kind, each.id) for each in beam.accessories}


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("monaco_2partial_arcs_RTPLAN", 0),
        ("monaco_breast_6imrt_RTPLAN", 0),
        ("monaco_endometrium_9imrt_RTPLAN", 0),
        ("monaco_2fullarcs_no_preamble_RTPLAN", 2),  # stale ones, 90° off
    ],
)
def test_entry_points_agree_with_directions(name, told):
    assert sum("entry point" in remark for remark in read(name).remarks) == told


@pytest.mark.parametrize("name", [name for name in PLANS if name.startswith("monaco") and "full" not in name])
def test_the_first_direction_is_that_of_the_entry_point_read_with_pydicom_alone(name):
    """For a patient on the back, couch at 0: the gantry angle is atan2(x, −y) of where the beam enters."""
    dataset = pydicom.dcmread(FOLDER / f"{name}.dcm", force=True)
    entries = {}
    for beam in dataset.BeamSequence:
        first = beam.ControlPointSequence[0]
        assert float(first.PatientSupportAngle) == 0
        x, y, z = np.subtract(list(first.SurfaceEntryPoint), list(first.IsocenterPosition)).astype(float)
        assert z == pytest.approx(0, abs=0.1)
        entries[int(beam.BeamNumber)] = np.rad2deg(np.arctan2(x, -y))
    for beam in read(name).beams:
        off = (beam.start["gantry"] - entries[beam.number] + 180) % 360 - 180
        assert abs(off) < 0.15  # points are written to a tenth of a millimetre, at 50 mm and more
