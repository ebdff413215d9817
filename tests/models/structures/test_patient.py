"""Patients from structure sets that pydicom wrote, and from real ones."""

import numpy as np
import pydicom
import pytest
import trimesh
from support.contoured import area_outside_mm2
from support.dicom_images import Scan, write_ct
from support.dicom_references import reference
from support.dicom_structures import RoiToWrite, circle, rectangle, write_structure_set

from simulator.dicom.structure_set import StructureSet
from simulator.errors import SimulatorError
from simulator.models.patient import Patient

Z = range(-60, 61, 6)
BODY = ("BODY", "EXTERNAL", [circle(z, 100.0 * np.sqrt(max(1.0 - (z / 60.5) ** 2, 0.0))) for z in Z])
COUCH = ("Couch", "SUPPORT", [rectangle(z, (-240, 260), (110, 160)) for z in Z])
MASK = ("Mask", "FIXATION", [rectangle(z, (-90, 90), (-110, -105)) for z in Z])
FLAB = ("Flab", "BOLUS", [rectangle(z, (-40, 40), (-110, -100)) for z in Z[8:12]])
ARM = ("Left arm", "ORGAN", [circle(z, 30.0, centre=(150.0, 0.0)) for z in Z])
PTV = ("PTV", "PTV", [circle(z, 20.0, centre=(12.0, -30.0)) for z in (-6, 0, 6)])


def patient(tmp_path, *rois, **choices):
    write_structure_set(tmp_path / "RS.dcm", list(rois))
    return Patient.from_dicom("RS.dcm", beside=tmp_path, **choices)


@pytest.fixture(scope="module")
def breast():
    return Patient.from_dicom(reference("dicompyler_breast_RTSTRUCT"))


def told(found, word):
    return [remark for remark in found.warnings if word in remark]


def test_parts_their_groups_and_their_order(tmp_path):
    found = patient(tmp_path, COUCH, MASK, FLAB, BODY, ARM, PTV, parts=["Left arm"])
    assert [(part.name, part.group, part.joint) for part in found.parts] == [
        ("Left arm", "patient", "fixed"),
        ("BODY", "patient", "fixed"),
        ("Flab", "patient", "fixed"),
        ("Couch", "fixation", "fixed"),
        ("Mask", "fixation", "fixed"),
    ]
    read = StructureSet.read(tmp_path / "RS.dcm")
    for part in found.parts:
        assert part.mesh.is_closed
        assert area_outside_mm2(part.mesh, read.roi(part.name)) < 1e-6


def test_a_file_that_changed_is_another_patient_and_the_same_contours_are_not_worked_on_again(tmp_path):
    first = patient(tmp_path, BODY, ARM, parts="Left arm")
    again = patient(tmp_path, ARM, BODY, parts="Left arm")
    assert {part.name: part.mesh.sha256 for part in again.parts} == {
        part.name: part.mesh.sha256 for part in first.parts
    }
    wider = ("Left arm", "ORGAN", [*ARM[2][:-1], circle(Z[-1], 30.5, centre=(150.0, 0.0))])
    (arm, body), (wide, same) = first.parts, patient(tmp_path, BODY, wider, parts="Left arm").parts
    assert wide.mesh.bounds_mm[1, 0] > arm.mesh.bounds_mm[1, 0] + 0.2
    assert same.mesh is body.mesh
    upwards = ("Left arm", "ORGAN", [contour + np.array([0.0, 0.0, 1.0]) for contour in ARM[2]])
    assert patient(tmp_path, BODY, upwards, parts="Left arm").parts[0].mesh.sha256 != arm.mesh.sha256


def test_one_name_may_stand_alone(tmp_path):
    found = patient(tmp_path, BODY, ARM, parts="Left arm")
    assert [part.name for part in found.parts] == ["Left arm", "BODY"]


def test_sites_are_centroids_and_points(tmp_path):
    found = patient(
        tmp_path, BODY, PTV, RoiToWrite("Iso", "ISOCENTER", [[(1, 2, 3)]], "POINT"),
        RoiToWrite("Beads", "MARKER", [[(1, 0, 0)], [(0, 5, 0)]], "POINT"), ("Nothing", "PTV", []),
    )  # fmt: skip
    assert found.site("PTV") == pytest.approx((12.0, -30.0, 0.0))
    assert found.site("BODY") == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)
    assert found.site("Iso") == (1.0, 2.0, 3.0)
    assert found.site("Beads 2") == (0.0, 5.0, 0.0)
    with pytest.raises(SimulatorError, match="unknown name 'Nothing'; available: BODY, PTV, Iso, Beads 1, Beads 2"):
        found.site("Nothing")


def test_the_scan_says_where_the_table_is_and_in_which_axes(tmp_path):
    found = patient(tmp_path, BODY, COUCH, position="HFS")
    assert found.scan is not None
    assert (found.scan.support_name, found.scan.position) == ("Couch", "HFS")
    assert found.scan.support_top_mm == pytest.approx(-110.0)
    assert found.scan.support_middle_mm == pytest.approx(10.0)
    assert found.scan.frame_of_reference
    assert patient(tmp_path, BODY, COUCH, parts=["Couch"]).scan.support_top_mm == pytest.approx(-110.0)
    assert patient(tmp_path, BODY).scan.support_top_mm is None


def test_the_tight_surface_is_the_body_as_drawn(tmp_path):
    found = patient(tmp_path, ("BODY", "EXTERNAL", [circle(z, 80.0, points=360) for z in Z]), COUCH)
    mesh = found.scan.tight
    side = mesh.vertices_mm[np.abs(mesh.vertices_mm[:, 2]) < 55]
    assert np.hypot(side[:, 0], side[:, 1]) == pytest.approx(np.full(len(side), 80.0), abs=0.1)


def test_ends_that_taper_are_silent_and_cuts_are_told(tmp_path):
    whole = patient(tmp_path, BODY)
    assert whole.scan.cut_ends == () and not told(whole, "cut off")
    cut = patient(tmp_path, ("BODY", "EXTERNAL", BODY[2][:12]))
    assert cut.scan.cut_ends == ("head",)
    assert len(told(cut, "cut off at the head end")) == 1


def test_what_is_cut_off_is_added_on_request_and_told(tmp_path):
    trunk = [np.column_stack([180 * np.cos(a), 110 * np.sin(a), np.full(60, z)]) for z in range(-200, 1, 10)
             for a in [np.arange(60) * np.pi / 30]]  # fmt: skip
    found = patient(tmp_path, ("BODY", "EXTERNAL", trunk), COUCH, complete="adult", arms="up", height_cm=180)
    names = [part.name for part in found.parts]
    assert names[:2] == ["BODY", "Couch"] and "assumed head" in names and "assumed legs" in names
    assert any("measured by nobody" in text for text in found.scan.assumptions)
    assert found.scan.cut_ends == ("feet", "head")


def test_a_size_without_what_could_have_it_is_refused(tmp_path):
    with pytest.raises(SimulatorError, match=r"patient\.height_cm, mass_kg: must stand beside complete"):
        patient(tmp_path, BODY, height_cm=180)


def test_the_circle_of_the_scan_says_what_it_clipped(tmp_path):
    clipped = ("BODY", "EXTERNAL", [circle(z, 100.0, centre=(176.0, 0.0)) for z in Z])
    write_structure_set(tmp_path / "RS.dcm", [clipped])
    ct = write_ct(tmp_path / "ct", Scan())
    found = Patient.from_dicom("RS.dcm", ct=ct.name, beside=tmp_path)
    assert told(found, "clipped at the edge of the scan")


def test_images_in_other_axes_are_refused(tmp_path):
    write_structure_set(tmp_path / "RS.dcm", [BODY], frame_of_reference="2.25.77")
    ct = write_ct(tmp_path / "ct", Scan())
    with pytest.raises(SimulatorError, match="CT slices must be in the frame of reference of the structure set"):
        Patient.from_dicom("RS.dcm", ct=ct.name, beside=tmp_path)


def test_loose_pieces_are_told_and_dropped_on_request(tmp_path):
    board = [circle(z, 8.0, centre=(0.0, 130.0)) for z in Z[5:9]]
    body = ("BODY", "EXTERNAL", [*BODY[2], *board, circle(0, 1.0, centre=(130.0, 0.0))])
    kept = patient(tmp_path, body)
    assert kept.parts[0].mesh.surface.count == 3
    assert told(kept, "2 loose pieces") and told(kept, "1 of 26 contours are specks")
    dropped = patient(tmp_path, body, drop=["below 25 mm2", "BODY at 0, 130, 0"])
    assert dropped.parts[0].mesh.surface.count == 1
    assert told(dropped, "1 contours below 25 mm² are dropped") and told(dropped, "is dropped, as asked")
    assert not told(dropped, "loose")
    with pytest.raises(SimulatorError, match="unknown name 'Couch'; available: BODY"):
        patient(tmp_path, body, drop=["Couch at 0, 130, 0"])


def test_a_body_in_centimetres_is_told(tmp_path):
    body = ("BODY", "EXTERNAL", [rectangle(z / 10, (0, 40), (0, 20)) for z in range(0, 60, 5)])
    assert "is only 40 × 20 mm" in told(patient(tmp_path, body), "another unit")[0]
    assert told(patient(tmp_path, BODY), "another unit") == []


def test_slices_that_are_missing_are_told(tmp_path):
    rings = [circle(z, 80.0) for z in Z if not 0 < z < 40]
    assert told(patient(tmp_path, ("BODY", "EXTERNAL", rings)), "up to 42 mm apart (0 to 42 mm), 6 mm elsewhere")


def test_one_slice_is_refused_by_name(tmp_path):
    with pytest.raises(SimulatorError, match=r"RS\.dcm: ROI 'Flab': must have contours on at least 2 slices"):
        patient(tmp_path, BODY, ("Flab", "BOLUS", [circle(0, 30.0, centre=(0.0, 130.0))]))


def test_a_roi_that_is_not_flat_is_no_site_and_no_part(tmp_path):
    bent = circle(0, 20.0)
    bent[:10, 2] = 5.0
    found = patient(tmp_path, BODY, ("Bent", "PTV", [bent]))
    assert list(found.sites) == ["BODY"]
    with pytest.raises(SimulatorError, match=r"RS\.dcm: ROI 'Bent': contours must be flat"):
        patient(tmp_path, BODY, ("Bent", "PTV", [bent]), parts=["Bent"])


def test_part_names_are_readable_and_unique(tmp_path):
    found = patient(tmp_path, BODY, ("Left  arm", "ORGAN", ARM[2]), ("Left arm", "ORGAN", PTV[2]),
                    parts=["Left  arm", "Left arm"])  # fmt: skip
    assert [part.name for part in found.parts] == ["Left arm", "Left arm 2", "BODY"]


def test_neither_the_file_s_name_nor_an_identifier_is_in_the_patient(tmp_path):
    write_structure_set(tmp_path / "MUSTERMANN_12345.dcm", [BODY, COUCH])
    found = Patient.from_dicom(tmp_path / "MUSTERMANN_12345.dcm")
    shown = [found.name, found.title, found.note, repr(found), *found.warnings, *found.scan.assumptions]
    assert not [
        text for text in shown if "MUSTER" in text or "ecret" in text or found.scan.frame_of_reference in text
    ]
    assert (found.name, found.title) == ("structure set", "Patient from a structure set")


def test_the_breast_patient(breast):
    """The board lies under the arm; the body is cut at both ends; no contour point is outside."""
    path, found = reference("dicompyler_breast_RTSTRUCT"), breast
    (body,) = found.parts
    assert area_outside_mm2(body.mesh, StructureSet.read(path).roi("BODY")) < 1e-6
    assert 10_000 < len(body.mesh.faces) < 30_000
    assert "at most 2.5 mm outside" in found.note
    assert found.scan.cut_ends == ("feet", "head")
    assert told(found, "10 loose pieces") and told(found, "25 of 141 contours are specks")
    assert found.site("Tumor Bed") == pytest.approx((111.7, -312.5, -13.7), abs=0.1)
    low, high = found.scan.tight.bounds_mm
    assert low == pytest.approx([-229.5, -419.5, -123.9], abs=1.0)
    assert high == pytest.approx([244.7, -109.0, 170.1], abs=1.0)


def test_the_nested_patient():
    found = Patient.from_dicom(reference("monaco_box_nested_external_RTSTRUCT"))
    (body,) = found.parts
    assert body.name == "patient" and body.mesh.surface.count == 1
    assert body.mesh.bounds_mm == pytest.approx(np.array([[-150, -150, -150], [150, 150, 150]]), abs=2.0)


def test_a_file_without_types_asks():
    path = reference("rtutils_mim_RTSTRUCT")
    with pytest.raises(SimulatorError, match=r"say patient\.external = .*available: ROI-1 \(no type\); ROI-2"):
        Patient.from_dicom(path)
    assert Patient.from_dicom(path, external="ROI-2", parts=["ROI-1"]).parts[1].name == "ROI-2"


def test_distances_to_the_skin_are_those_of_the_plan(breast):
    """Four beams of the breast plan, by a ray from the source to the isocentre: for HFS at couch 0 IEC z is -y."""
    tight = breast.scan.tight
    skin = trimesh.Trimesh(tight.vertices_mm, tight.faces, process=False)
    beams = pydicom.dcmread(reference("dicompyler_breast_RTPLAN_4imrt")).BeamSequence
    for beam in beams:
        point = beam.ControlPointSequence[0]
        gantry = np.radians(float(point.GantryAngle))
        isocentre = np.array(point.IsocenterPosition, dtype=float)
        way = np.array([-np.sin(gantry), np.cos(gantry), 0.0])
        source = isocentre - 1000.0 * way
        hits, _, _ = skin.ray.intersects_location([source], [way])
        distance = np.linalg.norm(hits - source, axis=1).min()
        assert distance == pytest.approx(float(point.SourceToSurfaceDistance), abs=0.5)
