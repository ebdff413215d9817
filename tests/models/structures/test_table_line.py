"""The table top in CT slices: found where a flat one is drawn, and never where there is none."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from support.dicom_images import Scan, write_ct
from support.reference_data import REFERENCE

from simulator.dicom.images import CTImages
from simulator.errors import SimulatorError
from simulator.models.structures.table_line import table_line

BREAST = REFERENCE / "dicom" / "dicompyler_breast_CT_one_slice.dcm"
FEW = tuple(np.arange(-60.0, 61.0, 20.0))


def found(folder: Path, scan: Scan):
    return table_line(CTImages.read(write_ct(folder / "ct", scan)))


@pytest.mark.parametrize(
    ("position", "height_mm", "axis"),
    [
        ("HFS", 60.0, "y"),
        ("FFS", 73.3, "y"),
        ("HFP", -66.6, "y"),
        ("FFP", -80.0, "y"),
        ("HFDL", 90.0, "x"),
        ("FFDL", 77.7, "x"),
        ("HFDR", -90.4, "x"),
        ("FFDR", -70.0, "x"),
    ],
)
def test_it_is_found_below_the_patient_in_all_positions(tmp_path, position, height_mm, axis):
    scan = Scan(position=position, table_mm=height_mm, z_mm=FEW)
    line = found(tmp_path, scan)
    assert line.axis == axis
    assert line.upper_mm == pytest.approx(height_mm, abs=scan.spacing_mm)
    thick_mm = abs(line.lower_mm - line.upper_mm)
    assert thick_mm == pytest.approx(scan.thick_mm, abs=2 * scan.spacing_mm)
    assert line.spread_mm < 0.5
    assert f"flat upper face at {axis} = {line.upper_mm:.1f} mm" in line.remark and "7 of 7 slices" in line.remark


@settings(max_examples=12, phases=[Phase.explicit, Phase.generate])
@given(
    height_mm=st.floats(30.0, 120.0),
    spacing_mm=st.floats(0.7, 1.6),
    table=st.sampled_from(["sandwich", "hollow", "solid"]),
    thick_mm=st.floats(15.0, 55.0),
    gap_mm=st.floats(0.0, 40.0),
    noise_hu=st.floats(0.0, 60.0),
    seed=st.integers(0, 1000),
)
def test_it_is_found_within_half_a_pixel(
    tmp_path_factory, height_mm, spacing_mm, table, thick_mm, gap_mm, noise_hu, seed
):
    scan = Scan(
        table=table,
        table_mm=height_mm,
        spacing_mm=spacing_mm,
        pixels=round(500.0 / spacing_mm),
        thick_mm=thick_mm,
        gap_mm=gap_mm,
        noise_hu=noise_hu,
        seed=seed,
        z_mm=(0.0, 10.0, 20.0),
    )
    line = found(tmp_path_factory.mktemp("scan"), scan)
    assert line.upper_mm == pytest.approx(height_mm, abs=spacing_mm / 2 + 0.05)


def test_a_tilted_board_is_not_the_table_and_a_level_one_is_told(tmp_path):
    for tilt_deg, is_told in ((12.3, False), (3.0, False), (0.0, True)):
        line = found(tmp_path / f"{tilt_deg}", Scan(board_deg=tilt_deg, z_mm=FEW))
        assert line.upper_mm == pytest.approx(60.0, abs=1.2)
        assert ("was taken for a board" in line.remark) == is_told
    lying = found(tmp_path / "lying", Scan(board_deg=0.0, board_mm=15.0, z_mm=FEW))
    assert lying.upper_mm == pytest.approx(60.0, abs=3.0)  # its lower skin lies on the table's upper one


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("curved", "a curved top has none"),
        ("none", "a curved top has none"),
        ("trough", "it may be the lower face of a curved top"),
        ("skin", "it may be the lower face of a curved top"),
    ],
)
def test_where_there_is_no_flat_top_none_is_guessed(tmp_path, table, reason):
    line = found(tmp_path, Scan(table=table, z_mm=FEW, noise_hu=30.0))
    assert (line.upper_mm, line.lower_mm) == (None, None)
    assert line.remark.startswith("no table top was found in the CT slices") and reason in line.remark


def test_a_face_that_ends_with_the_image_is_not_made_up(tmp_path):
    line = found(tmp_path, Scan(table_mm=235.0, z_mm=FEW))
    assert line.upper_mm == pytest.approx(235.0, abs=1.2) and line.lower_mm is None
    assert "its lower face is not in the images" in line.remark
    beyond = found(tmp_path / "beyond", Scan(table_mm=300.0, z_mm=FEW))
    assert beyond.upper_mm is None


def test_something_flat_above_the_body_is_no_table(tmp_path):
    """The patient turned over, the table left where it was."""
    folder = write_ct(tmp_path / "ct", Scan(z_mm=FEW), lambda dataset, _: setattr(dataset, "PatientPosition", "HFP"))
    line = table_line(CTImages.read(folder))
    assert line.upper_mm is None and "above the body" in line.remark


def test_noise_alone_is_no_table(tmp_path):
    """Every pixel an edge, those of the first and the last rows, too."""

    def noise(dataset, at):
        values = np.random.default_rng(at).integers(0, 400, (dataset.Rows, dataset.Columns))
        dataset.PixelData = values.astype("<u2").tobytes()

    line = table_line(CTImages.read(write_ct(tmp_path / "ct", Scan(z_mm=FEW, pixels=64, spacing_mm=8.0), noise)))
    assert line.upper_mm is None


def test_one_slice_says_that_it_is_one(tmp_path):
    line = found(tmp_path, Scan(z_mm=(0.0,)))
    assert line.upper_mm == pytest.approx(60.0, abs=1.2)
    assert "with one slice a tilted board cannot be told from it" in line.remark


def test_a_position_that_the_images_do_not_say_must_be_given(tmp_path):
    folder = write_ct(tmp_path / "ct", Scan(z_mm=FEW), lambda dataset, _: setattr(dataset, "PatientPosition", ""))
    with pytest.raises(SimulatorError, match=r"Patient Position \(0018,5100\): must be given"):
        table_line(CTImages.read(folder))
    assert table_line(CTImages.read(folder), "HFS").upper_mm == pytest.approx(60.0, abs=1.2)


@pytest.mark.skipif(not BREAST.is_file(), reason=f"the public CT slice is not here: {BREAST.name}")
def test_the_public_slice_has_its_table_below_the_board(tmp_path):
    """By eye the middle of the upper skin is at -69, of the lower one at -47.5, and the board's top at -201."""
    shutil.copy(BREAST, tmp_path)
    line = table_line(CTImages.read(tmp_path))
    assert line.upper_mm == pytest.approx(-70.0, abs=1.5) and line.lower_mm == pytest.approx(-46.0, abs=1.5)
    assert "at y = -200.5 mm, was taken for a board" in line.remark
