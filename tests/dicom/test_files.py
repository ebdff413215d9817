"""Files that are read, and what each other kind of file is told."""

import zlib

import numpy as np
import pytest
from support.dicom_plans import RT_PLAN, beam, filled, plan, static, write, write_plan
from support.dicom_structures import circle, write_structure_set

from simulator.dicom.files import Kind, read_dicom
from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError

PLANS = (Kind.PLAN, Kind.ION_PLAN)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.dcm"


def refusal(path):
    with pytest.raises(SimulatorError) as refused:
        read_dicom(path, *PLANS)
    assert "\n" not in str(refused.value)
    assert str(refused.value).startswith(str(path))
    return str(refused.value)[len(str(path)) :]


def test_a_structure_set_is_none_and_is_read_as_one(path):
    write_structure_set(path, [("BODY", "EXTERNAL", [circle(0, 100)])])
    assert refusal(path) == ": must be RT Plan or RT Ion Plan (DICOM), is RT Structure Set"
    assert read_dicom(path, Kind.STRUCTURE_SET)[1] is Kind.STRUCTURE_SET


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (10, "RT Physician Intent Storage"),
        (12, "RT Radiation Set Storage"),
        (13, "C-Arm Photon-Electron Radiation Storage"),
        (14, "Tomotherapeutic Radiation Storage"),
        (15, "Robotic-Arm Radiation Storage"),
        (21, "RT Radiation Set Delivery Instruction Storage"),
    ],
)
def test_objects_of_the_second_generation_are_refused_by_name(path, number, name):
    write(path, filled({"SOPClassUID": f"1.2.840.10008.5.1.4.1.1.481.{number}", "SOPInstanceUID": "2.25.1"}))
    assert refusal(path).endswith(f"is {name}, a second-generation RT object, which is not read")


@pytest.mark.parametrize(
    ("uid", "name"),
    [
        ("1.2.840.10008.5.1.4.1.1.481.2", "RT Dose Storage"),
        ("1.2.840.10008.5.1.4.1.1.481.4", "RT Beams Treatment Record Storage"),
        ("1.2.840.10008.5.1.4.1.1.128", "Positron Emission Tomography Image Storage"),
        ("1.2.3.4", "something else, or damaged"),
    ],
)
def test_other_objects_are_refused_by_name(path, uid, name):
    write(path, filled({"SOPClassUID": uid, "SOPInstanceUID": "2.25.1"}))
    assert refusal(path).endswith(f"must be RT Plan or RT Ion Plan (DICOM), is {name}")


def test_a_plan_that_does_not_say_what_it_is_is_known_by_its_beams(path):
    dataset = plan(beam(1, static()))
    del dataset.SOPClassUID
    assert read_dicom(write(path, dataset, preamble=False), *PLANS)[1] is Kind.PLAN


@pytest.mark.parametrize(
    "content", [b"", b"no DICOM", b"\0" * 4096, b"DICM", b"\0" * 128 + b"DICM", b"[machine]\n" * 50]
)
def test_what_is_not_dicom_is_told_so(path, content):
    path.write_bytes(content)
    assert "must be RT Plan or RT Ion Plan (DICOM), is something else, or damaged" in refusal(path)


def test_a_folder_and_a_missing_file_are_told_so(tmp_path):
    assert refusal(tmp_path) == ": must be a DICOM file, is a folder"
    assert refusal(tmp_path / "none.dcm") == ": there is no such file"
    with pytest.raises(SimulatorError, match="must be the name of a file"):
        read_dicom("a\0b", *PLANS)


def test_a_plan_cut_at_any_place_is_refused(path):
    whole = write_plan(path, beam(1, static())).read_bytes()
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(SimulatorError, match=f"^{path}: [^\n]*$"):
            Plan.read(path)


def test_a_file_that_goes_on_behind_its_end_is_refused(path):
    whole = write_plan(path, beam(1, static())).read_bytes()
    path.write_bytes(whole + b"\0" * 100)
    assert "must be a whole DICOM file" in refusal(path)


def test_a_compressed_file_is_read_and_refused_if_damaged(path):
    dataset = plan(beam(1, static()))
    whole = write(path, dataset).read_bytes()
    start = whole.index(b"\x08\x00\x16\x00UI")
    head = whole[:start].replace(b"1.2.840.10008.1.2.1\0", b"1.2.840.10008.1.2.1.99")
    head = head.replace(b"\x02\x00\x10\x00UI\x14\x00", b"\x02\x00\x10\x00UI\x16\x00")
    length = int.from_bytes(head[140:144], "little") + 2
    head = head[:140] + length.to_bytes(4, "little") + head[144:]
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(whole[start:]) + packer.flush()
    path.write_bytes(head + packed)
    assert read_dicom(path, *PLANS)[1] is Kind.PLAN
    path.write_bytes(head + packed[:-20])
    assert refusal(path)


def test_nothing_of_the_patient_is_in_a_message(path):
    whole = write_plan(path, beam(1, static())).read_bytes()
    for at in np.random.default_rng(7).integers(0, len(whole), 50):
        path.write_bytes(whole[: int(at)])
        with pytest.raises(SimulatorError) as refused:
            Plan.read(path)
        assert "ecret" not in str(refused.value)


def test_a_file_that_says_what_it_is_but_holds_nothing_is_read_as_that(path):
    write(path, filled({"SOPClassUID": RT_PLAN, "SOPInstanceUID": "2.25.1"}))
    assert read_dicom(path, *PLANS)[1] is Kind.PLAN
