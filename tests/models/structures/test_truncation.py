"""Cut ends and clipped sides: ellipsoids in closed form, the adult phantom cut on purpose, and a public patient."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support.phantom_slices import body_solid, disc, sliced
from support.reference_data import REFERENCE

import simulator as sim
from simulator.dicom.image_headers import ScanCircle
from simulator.dicom.structure_set import StructureSet
from simulator.models.structures.contours import Slices
from simulator.models.structures.truncation import ROUND_MM, cut_ends, reaches_scan_circle

BREAST = REFERENCE / "dicom" / "dicompyler_breast_RTSTRUCT.dcm"
SAGITTAL = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])


@pytest.fixture(scope="module")
def arms_down():
    return body_solid()


@pytest.fixture(scope="module")
def arms_up():
    return body_solid(sim.Patient.load("adult", arms="up"))


def ellipsoid(a, b, c, gap, phase):
    """Slices of an ellipsoid by planes a gap apart, none in a pole, where an area is nothing but rounding."""
    z = np.arange(-np.ceil(c / gap) - 1, np.ceil(c / gap) + 2) * gap + phase * gap
    z = z[np.abs(z) < c * (1 - 1e-6)]
    shares = np.sqrt(1 - (z / c) ** 2)
    return Slices("BODY", np.eye(3), z, tuple((disc(1.0, corners=90) * (a, b) * share,) for share in shares))


def first(slices, stop):
    return replace(slices, offsets_mm=slices.offsets_mm[:stop], polygons=slices.polygons[:stop])


@settings(max_examples=40)
@given(
    a=st.floats(40.0, 250.0),
    b=st.floats(40.0, 200.0),
    c=st.floats(60.0, 500.0),
    slices_in_c=st.floats(8.0, 100.0),
    phase=st.floats(0.0, 0.999),
    dropped=st.integers(3, 100),
)
@example(a=40.0, b=40.0, c=228.39485390272992, slices_in_c=10.0, phase=0.0, dropped=20)
def test_an_ellipsoid_is_whole_and_without_its_last_slices_it_is_cut(a, b, c, slices_in_c, phase, dropped):
    whole = ellipsoid(a, b, c, c / slices_in_c, phase)
    if a * b / c <= ROUND_MM:  # what ends flatter may be a cut, and is told as one
        assert cut_ends(whole) == ()
    cut = first(whole, max(1, len(whole) - dropped))
    (found,) = [end for end in cut_ends(cut) if end.end == "last"]
    z = cut.offsets_mm[-1]
    share = (1 - (z / c) ** 2) / (1 - np.min(cut.offsets_mm**2) / c**2)
    assert (found.side, found.offset_mm) == ("head", z)
    assert found.share == pytest.approx(share, rel=1e-6)
    assert found.breadth_mm == pytest.approx(2 * a * np.sqrt(1 - (z / c) ** 2), rel=1e-6)
    assert found.depth_mm == pytest.approx(2 * b * np.sqrt(1 - (z / c) ** 2), rel=1e-2)
    assert found.centre_mm == pytest.approx((0.0, 0.0), abs=1e-6)


CUTS = [
    ("whole, its soles flat", -1765.0, 10.0, ["feet"]),
    ("head and neck", -255.0, 10.0, ["feet"]),
    ("neck to pelvis", -900.0, -250.0, ["feet", "head"]),
    ("middle of the trunk", -700.0, -420.0, ["feet", "head"]),
    ("thighs down", -1765.0, -1050.0, ["feet", "head"]),
    ("vertex to thighs", -1050.0, 10.0, ["feet"]),
]


@pytest.mark.parametrize(("low", "high", "sides"), [cut[1:] for cut in CUTS], ids=[cut[0] for cut in CUTS])
@pytest.mark.parametrize("gap", [2.0, 5.0])
def test_the_adult_is_cut_where_it_was_cut(arms_down, arms_up, low, high, sides, gap):
    z = np.arange(low, high, gap) + 0.3
    assert [end.side for end in cut_ends(sliced(arms_down, z))] == sides
    above = ["head"] if -300 < high < 200 and "head" not in sides else []  # of arms that are up, above the vertex
    assert [end.side for end in cut_ends(sliced(arms_up, z))] == sides + above


def test_one_section_and_uniform_bodies_may_be_cut():
    box = np.array([(-150.0, -100.0), (150.0, -100.0), (150.0, 100.0), (-150.0, 100.0)])
    slices = Slices("box", np.eye(3), np.arange(0.0, 100.0, 10.0), ((box,),) * 10)
    for each in (slices, first(slices, 1)):
        ends = cut_ends(each)
        assert [end.side for end in ends] == ["feet", "head"]
        assert all("unless it really ends flat" in end.remark for end in ends)
    assert cut_ends(slices)[1].remark.startswith("box: cut off at the head end (z = 90.0 mm)")


def test_ends_of_other_planes_are_named_as_the_patient_has_them():
    box = disc(80.0)
    slices = Slices("BODY", SAGITTAL, np.arange(-40.0, 50.0, 10.0), ((box,),) * 9)
    assert [end.side for end in cut_ends(slices)] == ["right", "left"]
    assert reaches_scan_circle(slices, ScanCircle(0.0, 0.0, 50.0)) == ()


@pytest.mark.parametrize("diameter_mm", [500.0, 560.0, 600.0])
@pytest.mark.parametrize("x_mm", [0.0, 40.0])
def test_arms_that_a_circle_clips_are_found_without_and_with_the_images(arms_up, diameter_mm, x_mm):
    centre = (x_mm, -100.0)
    z = np.arange(-500.0, 200.0, 3.0)
    free, clipped = sliced(arms_up, z), sliced(arms_up, z, disc(diameter_mm / 2, centre))
    assert reaches_scan_circle(free) == ()
    (found,) = reaches_scan_circle(clipped)
    assert f"a circle of about {diameter_mm:.0f} mm" in found.remark
    differs = [at for at, (one, other) in enumerate(zip(free.area_mm2, clipped.area_mm2, strict=True)) if one > other]
    expected = clipped.offsets_mm[differs]
    assert expected.min() - 3.0 <= min(found.offsets_mm) and max(found.offsets_mm) <= expected.max() + 3.0
    assert len(found.offsets_mm) > 0.7 * len(expected)
    (known,) = reaches_scan_circle(clipped, ScanCircle(*centre, diameter_mm / 2))
    assert set(found.offsets_mm) <= set(known.offsets_mm)
    assert f"the circle of {diameter_mm:.0f} mm that the CT was reconstructed in" in known.remark


def test_sides_that_the_edge_of_an_image_clips_are_found(arms_down):
    square = np.array([(-225.0, -400.0), (700.0, -400.0), (700.0, 300.0), (-225.0, 300.0)])
    (found,) = reaches_scan_circle(sliced(arms_down, np.arange(-800.0, -300.0, 5.0), square))
    assert "a straight line at x = -225 mm" in found.remark


@pytest.mark.parametrize("scale", [(1.0, 1.0), (1.5, 1.5), (1.3, 0.9), (0.5, 0.5)])
def test_no_body_is_said_to_be_clipped_that_is_not(arms_down, arms_up, scale):
    for solid in (arms_down, arms_up):
        grown = solid.scale((*scale, 1.0))
        assert reaches_scan_circle(sliced(grown, np.arange(-1765.0, 300.0, 7.0))) == ()


def test_flat_flanks_that_turn_without_a_corner_are_not_clipped():
    """The curve |x/170|⁴ + |y/110|⁴ = 1 runs within 0.75 mm of a straight line for 80 mm."""
    turn = np.linspace(0.0, 2 * np.pi, 720, endpoint=False)
    cosine, sine = np.cos(turn), np.sin(turn)
    outline = np.column_stack(
        [170 * np.sign(cosine) * np.abs(cosine) ** 0.5, 110 * np.sign(sine) * np.abs(sine) ** 0.5]
    )
    assert reaches_scan_circle(Slices("BODY", np.eye(3), np.arange(0.0, 100.0, 5.0), ((outline,),) * 20)) == ()


def test_a_back_that_lies_flat_is_not_clipped(arms_up):
    """Flat below, whether the patient lies on the back or on a side."""
    lying = sliced(arms_up, np.arange(-900.0, -300.0, 5.0), [(-600, -500), (600, -500), (600, -20), (-600, -20)])
    assert reaches_scan_circle(lying) == ()
    turned = Slices(
        "BODY", np.eye(3), lying.offsets_mm, tuple(tuple(p[:, ::-1] for p in ps) for ps in lying.polygons)
    )
    assert reaches_scan_circle(turned, vertical=0) == ()
    assert len(reaches_scan_circle(turned)) == 1


@pytest.mark.skipif(not BREAST.is_file(), reason=f"the public structure set is not here: {BREAST.name}")
def test_the_public_patient_is_cut_at_both_ends_and_an_arm_is_at_the_edge():
    body = Slices.of(StructureSet.read(BREAST).roi("BODY"))
    feet, head = cut_ends(body)
    assert (round(feet.share, 2), round(head.share, 2)) == (0.90, 0.84)
    assert (feet.side, head.side) == ("feet", "head")
    assert (feet.offset_mm, head.offset_mm) == pytest.approx((-122.44, 168.56))
    (arm,) = reaches_scan_circle(body, ScanCircle(-0.537, -249.537, 275.0))
    assert arm.offsets_mm == pytest.approx((168.56,))
