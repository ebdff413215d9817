"""Attributes as numbers and text, or a message that names them."""

import pytest
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from support.dicom_plans import EMPTY, filled, items

from simulator.dicom.attributes import LONGEST_TEXT, Item
from simulator.errors import SimulatorError


def item(**values):
    return Item(filled(values), "RP.dcm: beam 2")


def written(keyword_tag, vr, value):
    """Return an item with an attribute as it stands in a file, whatever pydicom would say of it."""
    dataset = Dataset()
    tag = Tag(keyword_tag)
    dataset[tag] = RawDataElement(tag, vr, len(value), value, 0, False, True)
    return Item(dataset, "RP.dcm: beam 2")


def test_a_number_is_itself_and_none_where_there_is_none():
    assert item(gantry=12.5).number("GantryAngle") == 12.5
    assert item(gantry=EMPTY).number("GantryAngle") is None
    assert item().number("GantryAngle") is None
    assert item(gantry=EMPTY).has("GantryAngle")
    assert not item().has("GantryAngle")


def test_several_numbers_where_one_is_asked_for_are_refused():
    with pytest.raises(SimulatorError) as refused:
        item(isocentre=(1.0, 2.0)).number("IsocenterPosition")
    assert str(refused.value) == "RP.dcm: beam 2: Isocenter Position (300A,012C): must be one number, was 2"
    with pytest.raises(SimulatorError, match="must be 3 numbers, was 2"):
        item(isocentre=(1.0, 2.0)).numbers("IsocenterPosition", 3)
    assert item(isocentre=EMPTY).numbers("IsocenterPosition", 3) == ()


@pytest.mark.parametrize("value", [b"NaN ", b"inf ", b"1e9 ", b"ten ", b"1,5 ", b"1\x005 "])
def test_what_is_no_number_of_a_plan_is_refused_with_its_tag(value):
    with pytest.raises(SimulatorError, match=r"^RP.dcm: beam 2: Gantry Angle \(300A,011E\): must be "):
        written(0x300A011E, "DS", value).number("GantryAngle")


@pytest.mark.parametrize("value", [b"1.5 ", b"one "])
def test_what_is_no_whole_number_is_refused(value):
    with pytest.raises(SimulatorError, match=r"^RP.dcm: beam 2: Beam Number \(300A,00C0\): must be "):
        written(0x300A00C0, "IS", value).integer("BeamNumber")


def test_a_larger_number_is_taken_where_it_may_be():
    assert item(meterset=2e10).number("CumulativeMetersetWeight", largest=1e15) == 2e10
    with pytest.raises(SimulatorError, match="within ±1e"):
        item(meterset=2e10).number("CumulativeMetersetWeight")


def test_text_is_of_one_line_and_not_without_end():
    assert written(0x300A00C2, "LO", b"a\nb\x1b[31m").text("BeamName") == "a b [31m"
    long = item(BeamDescription="x" * 500).text("BeamDescription")
    assert len(long) == LONGEST_TEXT
    assert long.endswith("…")
    assert item().text("BeamName") == ""


def test_items_are_called_by_their_place():
    found = item(ApplicatorSequence=items({"ApplicatorID": "a"}, {"ApplicatorID": "b"})).items(
        "ApplicatorSequence", "one"
    )
    assert [each.where for each in found] == ["RP.dcm: beam 2: one 1", "RP.dcm: beam 2: one 2"]
    assert [each.text("ApplicatorID") for each in found] == ["a", "b"]
    assert item().items("ApplicatorSequence", "one") == []
    assert found[0].called("elsewhere").where == "elsewhere"
