"""Plans that are damaged in many ways: one message each, and never another plan than the one that was written."""

import copy
import struct
import warnings

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.datadict import dictionary_description, dictionary_VR, tag_for_keyword
from pydicom.dataelem import RawDataElement
from support.campaign import times
from support.dicom_plans import arc, beam, items, plan, static, write

from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError

SEED, CASES = 1212, 50
NEEDED = (
    "BeamNumber",
    "NumberOfControlPoints",
    "ControlPointSequence",
    "GantryAngle",
    "GantryRotationDirection",
    "PatientSupportAngle",
    "IsocenterPosition",
    "BeamSequence",
    "PatientSetupSequence",
    "PatientSetupNumber",
)
"""Without one of these in every place a plan cannot be understood."""
NUMBERS = ("BeamNumber", "GantryAngle", "PatientSupportAngle", "IsocenterPosition", "NumberOfControlPoints")


def sound():
    """Return a plan with a static beam, an arc and an applicator, in explicit little endian."""
    return plan(
        beam(1, static(gantry=30, couch=15), ApplicatorSequence=items({"ApplicatorID": "A10"})),
        beam(2, arc(181, 179, "CW", couch=5, isocentre=(1.0, -200.5, 30.25))),
    )


def message(path):
    """Return what is said of a file, one line without a warning; None if it is read after all, as it was written."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found = Plan.read(path)
        except SimulatorError as error:
            assert str(error).startswith(str(path))
            assert "ecret" not in str(error)
            return str(error)
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "plan.dcm"
    return write(path, sound()).read_bytes(), Plan.read(path)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "plan.dcm"


def test_a_plan_that_is_cut_is_refused(path, whole):
    content, _ = whole
    for length in np.random.default_rng(SEED).integers(0, len(content), times(CASES)):
        path.write_bytes(content[:length])
        assert isinstance(message(path), str), length


def test_zeros_in_a_plan_are_refused_or_lie_where_nothing_is_read(path, whole):
    content, before = whole
    random = np.random.default_rng(SEED)
    refused = 0
    for _ in range(times(CASES)):
        start, length = int(random.integers(0, len(content))), int(random.integers(16, 400))
        path.write_bytes(content[:start] + bytes(len(content[start : start + length])) + content[start + length :])
        found = message(path)
        refused += isinstance(found, str)
        assert isinstance(found, str) or found == before, (start, length)
    assert refused > 0.8 * times(CASES)


def test_bytes_that_were_changed_are_refused_or_change_a_value_only(path, whole):
    """A changed digit cannot be seen; what must not come is another error, a warning, or two messages."""
    content, _ = whole
    random = np.random.default_rng(SEED)
    for _ in range(times(CASES)):
        damaged = bytearray(content)
        for at in random.integers(0, len(content), 3):
            damaged[at] = random.integers(0, 256)
        path.write_bytes(bytes(damaged))
        assert message(path) is not None


def places(dataset, keyword):
    """Return all data sets within one that have an attribute."""
    found = [dataset] if keyword in dataset else []
    for element in dataset:
        if element.VR == "SQ":
            found += [place for item in element.value for place in places(item, keyword)]
    return found


@pytest.mark.parametrize("keyword", NEEDED)
def test_an_attribute_that_is_missing_is_named(path, keyword):
    damaged = sound()
    for place in places(damaged, keyword):
        del place[keyword]
    found = message(write(path, damaged))
    assert isinstance(found, str)
    assert "(DICOM)" in found or "beam" in found


@pytest.mark.parametrize("keyword", NUMBERS)
@pytest.mark.parametrize("value", ["NaN", "inf", "-inf", "1e30", "ten", "0x10", "1\\2\\3\\4", "", "1e", "1\0", " - "])
def test_a_number_that_is_none_is_named(path, keyword, value):
    """The bytes of the first one are replaced in the file: pydicom would not write such a thing."""
    wide = beam("000000000001", static(gantry="30.0000000", couch="15.0000000"), NumberOfControlPoints="000000000002")
    content = write(path, plan(wide)).read_bytes()
    tag = tag_for_keyword(keyword)
    start = content.index(struct.pack("<HH", tag >> 16, tag & 0xFFFF) + dictionary_VR(tag).encode()) + 8
    length = int.from_bytes(content[start - 2 : start], "little")
    path.write_bytes(content[:start] + value.encode().ljust(length) + content[start + length :])
    found = message(path)
    assert isinstance(found, str)
    assert dictionary_description(tag) in found or "overwritten by zeros" in found


@pytest.mark.parametrize(
    "keyword", ["ControlPointSequence", "BeamSequence", "PatientSetupSequence", "ApplicatorSequence"]
)
def test_a_sequence_that_is_text_is_refused(path, keyword):
    damaged = sound()
    place = places(damaged, keyword)[0]
    tag = place[keyword].tag
    del place[keyword]
    place[tag] = RawDataElement(tag, "LO", 4, b"text", 0, False, True)
    assert isinstance(message(write(path, damaged)), str)


def test_sequences_within_sequences_without_end_are_refused(path):
    damaged = sound()
    inner = Dataset()
    for _ in range(80):
        outer = Dataset()
        outer.BeamSequence = [inner]
        inner = outer
    damaged.BeamSequence = [inner]
    assert "nested too deep" in message(write(path, damaged))


def test_a_great_many_beams_are_read(path):
    many = plan(*[copy.deepcopy(beam(number, static(gantry=number % 360))) for number in range(1, 501)])
    assert len(Plan.read(write(path, many)).beams) == 500
