"""Structure sets as values: what pydicom wrote is read back, and what is damaged is refused in one message."""

import numpy as np
import pydicom
import pytest
from support.dicom_plans import beam, static, write_plan
from support.dicom_references import reference
from support.dicom_structures import RoiToWrite, circle, rectangle, write_structure_set

from simulator.dicom import structure_set as module
from simulator.dicom.structure_set import StructureSet
from simulator.errors import SimulatorError

BODY = ("BODY", "EXTERNAL", [circle(z, 80.0) for z in (0.0, 3.0, 6.0)])


def written(tmp_path, *rois, **fields):
    return StructureSet.read(write_structure_set(tmp_path / "RS.dcm", list(rois), **fields))


def changed(tmp_path, change, *rois):
    """Read a structure set that pydicom has changed on the way."""
    path = write_structure_set(tmp_path / "RS.dcm", list(rois) or [BODY])
    dataset = pydicom.dcmread(path)
    change(dataset)
    dataset.save_as(path)
    return StructureSet.read(path)


@pytest.mark.parametrize("fields", [{}, {"implicit": True}, {"preamble": False}])
def test_names_types_contours_and_points_are_read_back(tmp_path, fields):
    found = written(
        tmp_path,
        BODY,
        RoiToWrite("Iso", "ISOCENTER", [[(1.5, -2.25, 3.0)]], "POINT"),
        RoiToWrite("Wire", "MARKER", [circle(0, 5)], "OPEN_PLANAR"),
        RoiToWrite("Ring", "PTV", [circle(0, 9), circle(0, 5)], "CLOSEDPLANAR_XOR"),
        RoiToWrite("Nothing", "ORGAN"),
        RoiToWrite("Untold", None, [circle(0, 5)]),
        **fields,
    )
    assert [(roi.name, roi.type) for roi in found.rois] == [
        ("BODY", "EXTERNAL"), ("Iso", "ISOCENTER"), ("Wire", "MARKER"), ("Ring", "PTV"), ("Nothing", "ORGAN"),
        ("Untold", ""),
    ]  # fmt: skip
    for contour, drawn in zip(found.roi("BODY").contours, BODY[2], strict=True):
        assert contour == pytest.approx(drawn, abs=1e-6)
    assert found.roi("Iso").points.tolist() == [[1.5, -2.25, 3.0]] and not found.roi("Iso").contours
    assert found.roi("Wire").others == ("OPEN_PLANAR",) and not found.roi("Wire").contours
    assert len(found.roi("Ring").contours) == 2
    assert found.roi("Nothing").is_empty and not found.roi("Wire").is_empty


def test_rois_of_one_name_are_told_apart_by_their_numbers(tmp_path):
    found = written(tmp_path, BODY, ("PTV", "PTV", [circle(0, 5)]), ("PTV", "PTV", [circle(0, 9)]))
    assert [roi.name for roi in found.rois] == ["BODY", "PTV (ROI 2)", "PTV (ROI 3)"]


def test_an_unknown_name_lists_what_there_is(tmp_path):
    with pytest.raises(SimulatorError, match=r"RS\.dcm: ROI: unknown name 'Body'; available: BODY"):
        written(tmp_path, BODY).roi("Body")


def test_contours_of_a_roi_that_is_not_listed_are_kept(tmp_path):
    def unlist(dataset):
        del dataset.StructureSetROISequence[1]

    found = changed(tmp_path, unlist, BODY, ("Couch", "SUPPORT", [rectangle(0, (-1, 1), (2, 3))]))
    assert [(roi.name, roi.type) for roi in found.rois] == [("BODY", "EXTERNAL"), ("ROI 2", "SUPPORT")]


def test_no_sequence_at_all_is_no_roi(tmp_path):
    def strip(dataset):
        del dataset.ROIContourSequence, dataset.RTROIObservationsSequence

    assert changed(tmp_path, strip).roi("BODY").is_empty


def test_frames_of_reference_are_kept_apart(tmp_path):
    def move(dataset):
        dataset.StructureSetROISequence[1].ReferencedFrameOfReferenceUID = "2.25.9"

    found = changed(tmp_path, move, BODY, ("Couch", "SUPPORT", [rectangle(0, (-1, 1), (2, 3))]))
    assert found.rois[0].frame_of_reference != found.rois[1].frame_of_reference == "2.25.9"


def first_contour(dataset):
    return dataset.ROIContourSequence[0].ContourSequence[0]


def set_data(values):
    def change(dataset):
        first_contour(dataset).ContourData = values
        del first_contour(dataset).NumberOfContourPoints

    return change


def same_number(dataset):
    dataset.StructureSetROISequence[1].ROINumber = 1


def same_reference(dataset):
    dataset.ROIContourSequence[1].ReferencedROINumber = 1


def no_number(dataset):
    dataset.StructureSetROISequence[0].ROINumber = None


def wrong_count(dataset):
    first_contour(dataset).NumberOfContourPoints = 71


def shifted(dataset):
    first_contour(dataset).ContourOffsetVector = [0, 0, 5]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            set_data([1, 2, 3, 4]),
            r"ROI 'BODY': contour 1: Contour Data \(3006,0050\): must be three numbers for each",
        ),
        (wrong_count, r"Contour Data \(3006,0050\): must be 71 points, as the file says, was 72"),
        (set_data([1e8, 0, 0]), "finite numbers within"),
        (shifted, r"Contour Offset Vector \(3006,0045\): must be zero"),
        (same_number, "each ROI must have its own number, 1 is used again"),
        (same_reference, r"Referenced ROI Number \(3006,0084\): must be another for each item, was 1 again"),
        (no_number, r"ROI Number \(3006,0022\): must be a whole number, is empty"),
    ],
)
def test_what_is_wrong_is_refused_by_name(tmp_path, change, message):
    with pytest.raises(SimulatorError, match=message):
        changed(tmp_path, change, BODY, ("Couch", "SUPPORT", [rectangle(0, (-1, 1), (2, 3))]))


@pytest.mark.parametrize("text", [b"nan", b"inf", b"1_0", b"0x10", b"one", b"1.0.0", b"", b"--1"])
def test_numbers_that_are_none_are_refused(tmp_path, text):
    """By putting other bytes of the same length where a number of the file stands."""
    path = write_structure_set(tmp_path / "RS.dcm", [("BODY", "EXTERNAL", [rectangle(0, (-111.25, 1), (2, 3))])])
    content = path.read_bytes()
    assert content.count(b"-111.250000") == 2
    path.write_bytes(content.replace(b"-111.250000", text.ljust(11, b"x" if not text else b" "), 1))
    with pytest.raises(SimulatorError, match=r"Contour Data \(3006,0050\): must be"):
        StructureSet.read(path)


def test_a_plan_is_refused_for_what_it_is(tmp_path):
    path = write_plan(tmp_path / "RP.dcm", beam(1, static()))
    with pytest.raises(SimulatorError, match=r"RP\.dcm: must be RT Structure Set \(DICOM\), is RT Plan"):
        StructureSet.read(path)


@pytest.mark.parametrize(("limit", "message"), [("MOST_CONTOURS", "at most 2 contours, has 3"),
                                                ("MOST_POINTS", "at most 2 points, has more")])  # fmt: skip
def test_too_many_are_refused(tmp_path, monkeypatch, limit, message):
    monkeypatch.setattr(module, limit, 2)
    with pytest.raises(SimulatorError, match=rf"must have {message}"):
        written(tmp_path, BODY)


def test_a_file_that_is_cut_is_refused_at_any_length(tmp_path):
    path = write_structure_set(tmp_path / "RS.dcm", [BODY])
    content = path.read_bytes()
    for length in np.linspace(1, len(content) - 1, 40).astype(int):
        path.write_bytes(content[:length])
        with pytest.raises(SimulatorError, match=r"RS\.dcm"):
            StructureSet.read(path)


def test_nobody_s_name_is_read(tmp_path):
    found = written(tmp_path, BODY)
    assert "ecret" not in repr(vars(found)) + repr([vars(roi) for roi in found.rois])


@pytest.mark.parametrize(
    ("file", "name", "type", "contours", "points"),
    [
        ("dicompyler_breast_RTSTRUCT", "BODY", "EXTERNAL", 141, 51_846),
        ("monaco_box_nested_external_RTSTRUCT", "patient", "EXTERNAL", 9, 78),
        ("pydicom_rtstruct", "patient", "EXTERNAL", 3, 17),
        ("rtutils_mim_RTSTRUCT", "ROI-1", "", 3, 356),
    ],
)
def test_real_structure_sets(file, name, type, contours, points):
    path = reference(file)
    found = StructureSet.read(path).roi(name)
    assert (found.type, len(found.contours), sum(map(len, found.contours))) == (type, contours, points)
    dataset = pydicom.dcmread(path, force=True)
    (drawn,) = [roi for roi in dataset.ROIContourSequence if roi.ReferencedROINumber == found.number]
    for contour, item in zip(found.contours, drawn.ContourSequence, strict=True):
        assert contour.ravel().tolist() == [float(value) for value in item.ContourData]
