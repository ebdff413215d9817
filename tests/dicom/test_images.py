"""CT slices of a folder: Hounsfield units in patient axes, and one message for each thing that is wrong."""

import shutil

import numpy as np
import pydicom
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pydicom.encaps import encapsulate
from support.campaign import times
from support.dicom_images import Scan, write_ct
from support.dicom_plans import filled, write
from support.dicom_structures import write_structure_set

from simulator.dicom.images import CTImages
from simulator.errors import SimulatorError

SMALL = {"pixels": 24, "spacing_mm": 10.0, "z_mm": (0.0, 5.0, 10.0)}
JPEG_LOSSLESS = "1.2.840.10008.1.2.4.70"
RLE = "1.2.840.10008.1.2.5"
ORIENTATIONS = [
    (1, 0, 0, 0, 1, 0),
    (-1, 0, 0, 0, -1, 0),
    (0, 1, 0, 1, 0, 0),
    (0, -1, 0, 1, 0, 0),
    (1, 0, 0, 0, -1, 0),
    (1, 0, 0, 0, 0.9999999, 4e-4),
]


def own_pixels(dataset, at):
    """Stored values that say where they are: 100 times the row and the column, and the slice."""
    rows, columns = dataset.Rows, dataset.Columns
    values = 100 * np.arange(rows)[:, None] + np.arange(columns) + 4000 * (at % 2)
    dataset.PixelData = values.astype("<u2").tobytes()
    dataset.BitsStored, dataset.HighBit = 16, 15


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_pixel_is_where_the_standard_puts_it(tmp_path, orientation):
    """PS3.3 C.7.6.2.1.1: the origin, plus columns along the first vector, plus rows along the second."""
    spacing = [4.0, 7.0]  # between rows, between columns

    def change(dataset, at):
        own_pixels(dataset, at)
        dataset.PixelSpacing = spacing
        dataset.ImagePositionPatient = [-31.0, 12.5, float(dataset.ImagePositionPatient[2])]
        dataset.RescaleSlope, dataset.RescaleIntercept = 2, -1000

    scan = Scan(**SMALL, orientation=orientation)
    images = CTImages.read(write_ct(tmp_path / "ct", scan, change))
    found = images.slice(0)
    row, column = np.round(np.array(orientation, dtype=float).reshape(2, 3))
    for i, j in ((0, 0), (3, 17), (23, 5)):
        point = np.array([-31.0, 12.5, 0.0]) + row * spacing[1] * j + column * spacing[0] * i
        x, y = np.abs(found.x_mm - point[0]).argmin(), np.abs(found.y_mm - point[1]).argmin()
        assert abs(found.x_mm[x] - point[0]) < 0.05 and abs(found.y_mm[y] - point[1]) < 0.05
        assert found.hu[y, x] == 2 * (100 * i + j) - 1000
    assert (np.diff(found.x_mm) > 0).all() and (np.diff(found.y_mm) > 0).all()


def test_slices_come_by_their_place_and_others_are_passed_over(tmp_path):
    folder = write_ct(tmp_path / "ct", Scan(**{**SMALL, "z_mm": (10.0, -5.0, 2.5)}), own_pixels)
    write_structure_set(folder / "RS.dcm", [("BODY", "EXTERNAL", [[(0, 0, 0), (9, 0, 0), (0, 9, 0)]])])
    (folder / "note.txt").write_text("not DICOM", encoding="utf-8")
    (folder / "empty").write_bytes(b"")
    (folder / "below").mkdir()
    scout = pydicom.dcmread(folder / "slice_000.dcm")
    scout.ImageType, scout.ImageOrientationPatient = ["ORIGINAL", "PRIMARY", "LOCALIZER"], [1, 0, 0, 0, 0, -1]
    scout.save_as(folder / "scout.dcm")
    other = filled({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.4", "SOPInstanceUID": "2.25.5", "Modality": "MR"})
    write(folder / "mr.dcm", other)
    images = CTImages.read(folder)
    assert images.z_mm.tolist() == [-5.0, 2.5, 10.0]
    assert [file.name for file in images.files] == ["slice_001.dcm", "slice_002.dcm", "slice_000.dcm"]
    assert images.passed_over == 5
    assert images.position == "HFS"
    assert [each.z_mm for each in images.spread(2)] == [-5.0, 10.0]
    assert images.slice(0).hu[0, 0] == 4000 - 1024


def test_the_circle_is_about_the_middle_of_the_pixels_and_identifiers_are_not_shown(tmp_path):
    images = CTImages.read(write_ct(tmp_path / "ct", Scan(**SMALL)))
    assert images.circle is not None
    assert (images.circle.x_mm, images.circle.y_mm, images.circle.radius_mm) == pytest.approx((0.0, 0.0, 120.0))
    assert images.frame_of_reference == "2.25.1234567890"
    assert "2.25" not in repr(images)
    left_out = write_ct(tmp_path / "none", Scan(**SMALL), lambda d, _: d.__delattr__("ReconstructionDiameter"))
    assert CTImages.read(left_out).circle is None


def test_what_numpy_can_decode_is_read(tmp_path):
    plain = CTImages.read(write_ct(tmp_path / "plain", Scan(**SMALL))).slice(1)
    folder = write_ct(tmp_path / "packed", Scan(**SMALL))
    for file in folder.iterdir():
        dataset = pydicom.dcmread(file)
        dataset.compress(RLE)
        dataset.save_as(file)
    assert (CTImages.read(folder).slice(1).hu == plain.hu).all()


def altered(**values):
    def change(dataset, at):
        if at == 1:
            for keyword, value in values.items():
                setattr(dataset, keyword, value)

    return change


WRONG = [
    ({"SeriesInstanceUID": "2.25.78"}, "must be of one series, are of 2 (2 and 1 slices)"),
    ({"FrameOfReferenceUID": "2.25.79"}, "must be of one frame of reference, are of 2"),
    ({"PatientPosition": "HFP"}, "must be of one patient position, are of 2"),
    ({"PatientPosition": "SITTING"}, "Patient Position (0018,5100): unknown name 'SITTING'; available: HFS"),
    ({"ReconstructionDiameter": 500}, "must be of one reconstruction diameter"),
    ({"ImagePositionPatient": [-115, -115, 0]}, "must hold one CT slice at each z"),
    ({"ImagePositionPatient": [-100, -115, 5]}, "must have the same pixels in x and y"),
    ({"ImagePositionPatient": None}, "Image Position (Patient) (0020,0032): must be 3 numbers, is absent or empty"),
    ({"ImageOrientationPatient": [1, 0, 0, 0, 0.9998, 0.02]}, "must be axial"),
    ({"ImageOrientationPatient": [1, 0, 0, 0, 0, -1]}, "must be axial"),
    ({"ImageOrientationPatient": [1, 0, 0, 1, 0, 0]}, "must be axial"),
    ({"PixelSpacing": [0, 1]}, "Pixel Spacing (0028,0030): must be positive"),
    ({"Rows": 0}, "Rows (0028,0010): must be a whole number from 1"),
    ({"NumberOfFrames": 3}, "must be a CT image of one slice"),
]


@pytest.mark.parametrize(("values", "message"), WRONG, ids=[message[:45] for _, message in WRONG])
def test_slices_that_do_not_belong_together_are_refused(tmp_path, values, message):
    folder = write_ct(tmp_path / "ct", Scan(**SMALL), altered(**values))
    with pytest.raises(SimulatorError) as error:
        CTImages.read(folder)
    assert message in str(error.value)
    assert "\n" not in str(error.value) and "2.25" not in str(error.value) and "ecret" not in str(error.value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"RescaleSlope": None}, "Rescale Slope (0028,1053): must be there, is absent or empty"),
        ({"PixelData": b"\0" * 10}, "Pixel Data (7FE0,0010): must be readable, is absent, damaged or too short"),
        ({"SamplesPerPixel": 3, "PixelData": b"\0" * 3456, "PlanarConfiguration": 0}, "must be one grey image"),
    ],
)
def test_pixels_that_cannot_be_read_are_refused_when_they_are_asked_for(tmp_path, values, message):
    images = CTImages.read(write_ct(tmp_path / "ct", Scan(**SMALL), altered(**values)))
    images.slice(0)
    with pytest.raises(SimulatorError) as error:
        images.slice(1)
    assert message in str(error.value)


def test_a_transfer_syntax_that_needs_a_decoder_is_named(tmp_path):
    folder = write_ct(tmp_path / "ct", Scan(**SMALL))
    for file in folder.iterdir():
        dataset = pydicom.dcmread(file)
        dataset.PixelData = encapsulate([b"\xff\xd8\xff\xd9" * 8])
        dataset["PixelData"].is_undefined_length = True
        dataset["PixelData"].VR = "OB"
        dataset.file_meta.TransferSyntaxUID = JPEG_LOSSLESS
        dataset.save_as(file)
    images = CTImages.read(folder)
    with pytest.raises(SimulatorError) as error:
        images.slice(0)
    assert "transfer syntax JPEG Lossless" in str(error.value)
    assert "export the images uncompressed" in str(error.value)


def test_folders_without_slices_are_one_message(tmp_path):
    for path, message in ((tmp_path / "absent", "must be a folder"), (tmp_path, "must hold CT slices (DICOM), none")):
        with pytest.raises(SimulatorError) as error:
            CTImages.read(path)
        assert message in str(error.value)


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    return write_ct(tmp_path_factory.mktemp("ct") / "sound", Scan(**SMALL)) / "slice_001.dcm"


@settings(max_examples=60)
@given(share=st.floats(0.0, 0.999))
def test_a_slice_that_is_cut_short_is_refused_or_no_slice(sound, tmp_path_factory, share):
    """Cut within the first bytes nothing says that it is DICOM; anywhere behind, it is a damaged file."""
    folder = tmp_path_factory.mktemp("cut")
    shutil.copy(sound.parent / "slice_000.dcm", folder)
    content = sound.read_bytes()
    kept = int(share * len(content))
    (folder / "cut.dcm").write_bytes(content[:kept])
    if kept < 132:
        assert len(CTImages.read(folder)) == 1
        return
    with pytest.raises(SimulatorError) as error:
        CTImages.read(folder).slice(1)
    assert str(folder / "cut.dcm") in str(error.value)


@settings(max_examples=times(60), phases=[Phase.explicit, Phase.generate])
@given(at=st.integers(0, 1300), count=st.integers(1, 30), damage=st.sampled_from(["zeroed", "left out", "doubled"]))
def test_a_damaged_slice_is_read_or_refused_in_one_line(sound, tmp_path_factory, at, count, damage):
    folder = tmp_path_factory.mktemp("damaged")
    shutil.copy(sound.parent / "slice_000.dcm", folder)
    content = sound.read_bytes()
    middle = {"zeroed": bytes(count), "left out": b"", "doubled": 2 * content[at : at + count]}[damage]
    (folder / "damaged.dcm").write_bytes(content[:at] + middle + content[at + count :])
    try:
        images = CTImages.read(folder)
        slices = [images.slice(each) for each in range(len(images))]
    except SimulatorError as error:
        assert "\n" not in str(error) and "ecret" not in str(error)
    else:
        assert all(np.isfinite(each.hu).all() for each in slices)
