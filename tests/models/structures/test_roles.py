"""Which ROI is the body: by type, by name, or asked; and what the others are."""

import numpy as np
import pytest
from support.contoured import ring, roi

from simulator.dicom.structure_set import Roi, StructureSet
from simulator.errors import SimulatorError
from simulator.models.structures.roles import roles

RINGS = (ring(50.0, 0.0), ring(50.0, 3.0))


def named(name, type="", contours=RINGS, **fields):
    return roi(*contours, name=name, type=type, **fields)


def points(name, type=""):
    return Roi(1, name, type, (), np.zeros((1, 3)))


def found(*rois, external=None, parts=()):
    return roles(StructureSet(rois, "RS.dcm"), external, parts)


def names(rois):
    return [each.name for each in rois]


def test_the_type_says_it_whatever_the_name():
    assert found(named("Body", "ORGAN"), named("Contour 1", "EXTERNAL")).external.name == "Contour 1"


@pytest.mark.parametrize(
    "name", ["BODY", "External", "skin", " Patient ", "Outer Contour", "OUTER_CONTOUR", "outline"]
)
def test_without_a_type_the_name_says_it_and_that_is_told(name):
    answer = found(named("PTV"), named(name), named("Body ring"))
    assert answer.external.name == name
    assert answer.remarks == (f"no ROI is of type EXTERNAL: {name!r} is taken for the body by its name",)


@pytest.mark.parametrize("name", ["Body-PTV", "Skin 5mm", "NoBODY", "Patientwall", "BODY (old)"])
def test_a_name_that_only_holds_the_word_is_not_taken(name):
    with pytest.raises(SimulatorError, match=r"has none: say patient\.external.*available: PTV \(PTV\); "):
        found(named("PTV", "PTV"), named(name))


def test_a_type_that_says_something_else_is_believed():
    with pytest.raises(SimulatorError, match=r"available: Body \(PTV\); Skin \(empty\)"):
        found(named("Body", "PTV"), named("Skin", contours=()))


@pytest.mark.parametrize("types", [("EXTERNAL", "EXTERNAL"), ("", "ORGAN")])
def test_if_two_may_be_meant_it_is_asked(types):
    with pytest.raises(SimulatorError, match=r"'Body', 'Skin' may be: say patient\.external = \"Body\""):
        found(named("Body", types[0]), named("Skin", types[1]))


def test_the_answer_counts_and_the_other_external_is_told():
    answer = found(named("Body", "EXTERNAL"), named("Skin", "EXTERNAL"), external="Skin")
    assert answer.external.name == "Skin"
    assert answer.remarks == ("ROI 'Body' is EXTERNAL, too, and not used",)


def test_an_empty_external_is_none():
    assert found(named("Body", "EXTERNAL", ()), named("Skin", "EXTERNAL")).external.name == "Skin"


def test_an_answer_that_is_not_there_lists_what_is():
    with pytest.raises(SimulatorError, match=r"RS\.dcm: ROI: unknown name 'Corpus'; available: Body, PTV"):
        found(named("Body", "EXTERNAL"), named("PTV"), external="Corpus")


def test_parts_come_first_then_the_body_then_what_lies_on_it_and_what_it_lies_on():
    answer = found(
        named("Couch", "SUPPORT"), named("Mask", "FIXATION"), named("Flab", "BOLUS"), named("Body", "EXTERNAL"),
        named("Left arm"), named("PTV", "PTV"), parts=["Left arm", "Mask", "Body", "Left arm"],
    )  # fmt: skip
    assert names(answer.rois) == ["Left arm", "Mask", "Body", "Flab", "Couch"]
    assert answer.remarks == ()


def test_empty_ones_are_passed_over_and_told():
    answer = found(named("Body", "EXTERNAL"), named("Flab", "BOLUS", ()), named("Couch", "SUPPORT", ()))
    assert names(answer.rois) == ["Body"]
    assert answer.remarks == ("ROI 'Flab' of type BOLUS is empty", "ROI 'Couch' of type SUPPORT is empty")


def test_a_part_that_is_empty_points_or_open_is_refused():
    body = named("Body", "EXTERNAL")
    with pytest.raises(SimulatorError, match=r"RS\.dcm: ROI 'Arm': must have closed contours.*has none"):
        found(body, named("Arm", contours=()), parts=["Arm"])
    with pytest.raises(SimulatorError, match="has points"):
        found(body, points("Arm"), parts=["Arm"])
    with pytest.raises(SimulatorError, match=r"ROI 'Couch'.*has OPEN_PLANAR"):
        found(body, named("Couch", "SUPPORT", others=("OPEN_PLANAR",)))


def test_another_frame_of_reference_is_refused_without_showing_it():
    body = named("Body", "EXTERNAL", frame_of_reference="1.2.3")
    with pytest.raises(SimulatorError, match="ROI 'Couch': must be in the frame of reference of 'Body'") as caught:
        found(body, named("Couch", "SUPPORT", frame_of_reference="1.2.4"))
    assert "1.2" not in str(caught.value)
