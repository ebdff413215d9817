"""What a scan left out, assumed from the phantom: cuts of the phantom itself must be mended by it."""

import operator
from dataclasses import replace
from functools import reduce

import numpy as np
import pytest
import trimesh
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from manifold3d import CrossSection, FillRule, JoinType
from support.phantom_slices import body_solid, disc, sliced
from support.reference_data import REFERENCE
from support.shapes import to_solid

import simulator as sim
from simulator.dicom.structure_set import StructureSet
from simulator.errors import SimulatorError
from simulator.models.mesh_files import MeshWarning
from simulator.models.structures.completion import Wanted, completed
from simulator.models.structures.contours import Slices

BREAST = REFERENCE / "dicom" / "dicompyler_breast_RTSTRUCT.dcm"
HEADLESS = body_solid(without=("patient head",))
HEAD = to_solid(sim.Patient.load("adult").parts[0].mesh)
FAR_MM = np.arange(-1787.0, 300.0, 37.0)


@pytest.fixture(scope="module", params=["down", "up"])
def arms(request):
    return request.param


@pytest.fixture(scope="module")
def adult(arms):
    return body_solid(sim.Patient.load("adult", arms=arms))


def missing_mm2(whole, parts, z_mm, within_mm):
    """The largest area of a section of a solid that is more than a distance outside the parts."""
    together = reduce(operator.add, (to_solid(part.mesh) for part in parts))
    found = [
        (whole.slice(z).offset(-within_mm, JoinType.Round) - together.slice(z)).area()
        for z in np.asarray(z_mm, float)
    ]
    return max(found, default=0.0)


def beyond(slices, whole):
    low, high = slices.offsets_mm[[0, -1]]
    box = whole.bounding_box()
    inside = FAR_MM[(box[2] + 3.0 < FAR_MM) & (box[5] - 3.0 > FAR_MM)]
    return inside[(inside < low - 0.1) | (inside > high + 0.1)]


CUTS = [(-700.0, -420.0), (-1050.0, -760.0), (-260.0, 5.0), (-1770.0, -1100.0), (-620.0, -250.0), (-1200.0, 5.0)]


@pytest.mark.parametrize(("low", "high"), CUTS)
def test_the_adult_cut_somewhere_is_whole_again_within_3_mm(adult, arms, low, high):
    scan = sliced(adult, np.arange(low, high, 4.0) + 0.3)
    found = completed(scan, Wanted(arms=arms))
    assert missing_mm2(adult, found.parts, beyond(scan, adult), 3.0) < 1.0
    assert all(part.mesh.is_closed and part.group == "patient" for part in found.parts)
    names = [part.name for part in found.parts]
    assert names == [
        name for name in ("assumed head", "assumed arms", "assumed trunk", "assumed legs") if name in names
    ]
    for part in found.parts:  # nothing but what lies beyond the cuts
        z = part.mesh.vertices_mm[part.mesh.faces, 2]
        middle = z.mean(axis=1)
        assert ((middle <= scan.offsets_mm[0] + 1e-6) | (middle >= scan.offsets_mm[-1] - 1e-6)).all()
    assert found.remarks[0].startswith("BODY: assumed, and measured by nobody: ")


@settings(max_examples=8, phases=[Phase.explicit, Phase.generate])
@given(
    low=st.floats(-1000.0, -550.0),
    long=st.floats(250.0, 500.0),
    x=st.floats(-300.0, 300.0),
    y=st.floats(-300.0, 300.0),
    z=st.floats(-1000.0, 1000.0),
    breadth=st.floats(0.9, 1.3),
    depth=st.floats(0.8, 1.3),
)
def test_broader_and_deeper_bodies_anywhere_are_found_by_their_sections(low, long, x, y, z, breadth, depth):
    """The phantom's breadth and depth follow the scan's, so a scaled adult is the adult scaled, but for its head."""
    whole = (HEADLESS.scale((breadth, depth, 1.0)) + HEAD).translate((x, y, z))
    scan = sliced(whole, z + np.arange(low, min(low + long, -250.0), 6.0))
    found = completed(scan)
    levels = beyond(replace(scan, offsets_mm=scan.offsets_mm - z), whole.translate((0, 0, -z))) + z
    below_head = levels[levels < z - 300.0]
    assert missing_mm2(whole, found.parts, below_head, 6.0) < 1.0


def test_a_thin_body_that_may_as_well_be_a_broad_one_without_arms_is_held_by_its_hull():
    """Then limbs stand wider apart, or a centimetre off; what counts is what can be reached from outside."""
    whole = HEADLESS.scale((0.8166, 1.0, 1.0)) + HEAD
    scan = sliced(whole, np.arange(-600.0, -111.0, 6.0))
    together = reduce(operator.add, (to_solid(part.mesh) for part in completed(scan).parts))
    for level in (each for each in beyond(scan, whole) if each < -300.0):
        within = whole.slice(level).offset(-15.0, JoinType.Round)
        assert (within - together.slice(level).hull()).area() < 1.0


def test_a_thin_body_has_no_smaller_head(adult, arms):
    whole = adult.scale((0.8, 0.8, 1.0))
    found = completed(sliced(whole, np.arange(-700.0, -400.0, 4.0)), Wanted(arms=arms))
    head, legs = (part.mesh.bounds_mm for part in (found.parts[0], found.parts[-1]))
    assert np.ptp(head[:, 0]) == pytest.approx(155.0, abs=0.5)
    assert np.ptp(legs[:, 0]) == pytest.approx(0.8 * 356.0, rel=0.02)


def test_height_and_mass_are_those_given(arms):
    patient = sim.Patient.load("adult", arms=arms, height_cm=160, mass_kg=85)
    whole = body_solid(patient)
    scan = sliced(whole, np.arange(-700.0, -400.0, 4.0))
    for wanted in (Wanted(arms=arms, height_cm=160, mass_kg=85), Wanted(arms=arms, height_cm=160)):
        found = completed(scan, wanted)
        assert missing_mm2(whole, found.parts, beyond(scan, whole), 3.0) < 1.0
        assert "160 cm" in found.remarks[0]
    assert "breadth × 1.00, depth × 1.00" in completed(scan, Wanted(arms=arms, height_cm=160, mass_kg=85)).remarks[0]


def test_a_phantom_of_the_mass_given_is_made_larger_to_hold_the_cut(adult, arms):
    """A patient 8 % broader and deeper than the phantom of 73 kg."""
    whole = adult.scale((1.08, 1.08, 1.0))
    scan = sliced(whole, np.arange(-700.0, -400.0, 4.0))
    found = completed(scan, Wanted(arms=arms, mass_kg=73.0))
    assert [f"made {percent} % larger" in found.remarks[2] for percent in (7, 8, 9)].count(True) == 1
    assert "its section there holds the cut's" in found.remarks[2]
    levels = beyond(scan, whole)
    assert missing_mm2(whole, found.parts, levels[levels < scan.offsets_mm[0]], 4.0) < 1.0


@pytest.mark.parametrize("tilt_deg", [8.0, 12.3])
def test_a_body_on_a_board_goes_on_as_it_is_inclined(adult, arms, tilt_deg):
    whole = adult.rotate((tilt_deg, 0.0, 0.0))  # about x: towards the head the back rises, to smaller y
    scan = sliced(whole, np.arange(-760.0, -400.0, 4.0))
    found = completed(scan, Wanted(arms=arms))
    assert f"tilted by {tilt_deg:.0f}° as the back is" in found.remarks[-1]
    levels = beyond(scan, whole)
    assert missing_mm2(whole, found.parts, levels[levels > scan.offsets_mm[-1]], 25.0) < 1.0
    feet = to_solid(next(part.mesh for part in found.parts if part.name == "assumed legs"))
    assert feet.bounding_box()[4] < scan.bounds_mm[1, 1] + 10.0  # level, not down into the table


def test_a_level_can_be_said_and_organs_tell_it(adult, arms):
    scan = sliced(adult, np.arange(-700.0, -420.0, 4.0))
    middle = (scan.offsets_mm[0] + scan.offsets_mm[-1]) / 2
    for level, below in (("thoracic_spine", 470), (470, 470), (900.0, 900)):
        remarks = completed(scan, Wanted(arms=arms, level=level)).remarks
        assert f"the middle of the scan was said to be {below} mm below the vertex" in remarks[1]
        going_on_mm = below - (scan.offsets_mm[-1] - middle)
        assert f"the phantom goes on {going_on_mm:.0f} mm below its vertex" in remarks[3]
    places = {
        "Heart": (0.0, -100.0, -500.0),
        "Lungs": (0.0, -100.0, -475.0),
        "PTV_brain": (0, 0, 0),
        "Lung board": (0, 0, 0),
    }
    remarks = completed(scan, Wanted(arms=arms), places=places).remarks
    assert "the level is from Heart, Lungs, which differ by 20 mm" in remarks[1]
    assert f"the phantom goes on {-10 - scan.offsets_mm[-1]:.0f} mm below its vertex" in remarks[3]


def test_sections_that_tell_no_level_are_said_to_be_in_doubt():
    """A prism is alike all along."""
    ellipse = disc(1.0, corners=60) * (165.0, 112.0)
    slices = Slices("BODY", np.eye(3), np.arange(0.0, 200.0, 5.0), ((ellipse,),) * 40)
    remark = completed(slices).remarks[1]
    assert float(remark.partition("in doubt by ")[2].partition(" mm")[0]) > 50.0


def test_the_cuts_section_goes_on_whatever_the_phantom_has(arms):
    """A square section, which no ellipse of its size holds, is not left open beside the phantom's."""
    square = np.array([(-190.0, -230.0), (190.0, -230.0), (190.0, 0.0), (-190.0, 0.0)])
    slices = Slices("BODY", np.eye(3), np.arange(-700.0, -400.0, 5.0), ((square,),) * 60)
    found = completed(slices, Wanted(arms=arms))
    together = reduce(operator.add, (to_solid(part.mesh) for part in found.parts))
    for z in (*slices.offsets_mm[0] - (0.1, 25.0, 49.0), *slices.offsets_mm[-1] + (0.1, 25.0, 49.0)):
        assert (CrossSection([square], FillRule.Positive) - together.slice(z)).area() < 1e-6
    assert all("does not hold the cut's by" in remark for remark in found.remarks if " end (z = " in remark)


def test_arms_that_the_scan_clips_are_added_beside_it(adult, arms):
    """An arm that is nearly whole in the scan counts as there, unless its edge is said to be clipped."""
    scan = sliced(adult, np.arange(-700.0, -420.0, 4.0), disc(235.0, (0.0, -110.0)))
    without, found = (completed(scan, Wanted(arms=arms), is_clipped=clipped) for clipped in (False, True))
    before, limb = (
        {part.name: to_solid(part.mesh) for part in each.parts}["assumed arms"] for each in (without, found)
    )
    for z in scan.offsets_mm[5:-5:10]:
        assert before.slice(z).is_empty() and (limb.slice(z).area() > 1000.0) == (arms == "down")
    assert "beside the scan nothing was added but the arms" in found.remarks[-1]


def test_arms_that_the_scan_has_not_are_added_beside_it():
    """Contoured without arms, from the throat to the thighs: they hang from the shoulders, or are raised."""
    bare = sliced(body_solid(without=("patient arms",)), np.arange(-1000.0, -250.0, 5.0))
    for arms in ("down", "up"):
        whole = body_solid(sim.Patient.load("adult", arms=arms))
        found = completed(bare, Wanted(arms=arms))
        rest = [part for part in found.parts if part.name == "assumed arms"]
        inside = np.array([z for z in bare.offsets_mm[::7] if not (bare.offsets_mm[0] < z < -1090.0)])
        alone = whole - body_solid(without=("patient arms",))
        assert missing_mm2(alone, rest, inside, 5.0) < 1.0
        assert f"no arms are in the scan where arms {arms} would be" in found.remarks[-1]


def test_where_nothing_is_cut_off_nothing_is_added_and_that_is_said(adult, arms):
    ball = Slices(
        "BODY", np.eye(3), np.arange(-99.0, 100.0, 6.0),
        tuple((disc(float(np.sqrt(100.0**2 - z**2))),) for z in np.arange(-99.0, 100.0, 6.0)),
    )  # fmt: skip
    found = completed(ball, Wanted(arms=arms))
    assert found.parts == () and found.remarks == ("BODY: nothing is cut off, and nothing was added from 'adult'",)
    whole = completed(sliced(adult, np.arange(-1762.0, 260.0, 4.0)), Wanted(arms=arms))
    assert whole.parts == () and "measured by nobody: nothing of phantom" in whole.remarks[0]


REFUSED = [
    (Wanted(model="giant"), "unknown name 'giant'"),
    (Wanted(model="water_cylinder"), "must be a phantom with head, arms, trunk and legs, such as 'adult'"),
    (Wanted(arms="sideways"), "'sideways'"),
    (Wanted(mass_kg=700.0), "patient.mass_kg: must be 3 to 400, was 700"),
    (Wanted(level="knee"), "unknown name 'knee'; available: brain, lung"),
]


@pytest.mark.parametrize(("wanted", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_cannot_complete_is_refused(wanted, message):
    slices = Slices("BODY", np.eye(3), np.arange(0.0, 50.0, 5.0), ((disc(100.0),),) * 10)
    with pytest.raises(SimulatorError) as error:
        completed(slices, wanted)
    assert message in str(error.value)


def test_a_phantom_whose_limbs_are_no_solids_is_refused(tmp_path):
    """One that extends the adult, with a head of its own that is wound inwards."""
    folder = tmp_path / "inward"
    folder.mkdir()
    box = trimesh.creation.box((150.0, 200.0, 300.0))
    box.faces = box.faces[:, ::-1]
    box.export(folder / "inward.ply")
    (folder / "model.toml").write_text(
        'kind = "patient"\nextends = "adult"\ntitle = "Inward"\nnote = "A test."\n'
        '[[parts]]\nname = "patient head"\nmesh = "inward.ply"\nunits = "mm"\ngroup = "patient"\n',
        encoding="utf-8",
    )
    slices = Slices("BODY", np.eye(3), np.arange(0.0, 50.0, 5.0), ((disc(100.0),),) * 10)
    with (
        pytest.warns(MeshWarning),
        pytest.raises(SimulatorError, match=r"part 'patient head' of .* must be one closed surface"),
    ):
        completed(slices, Wanted(model=str(folder)))


def test_one_slice_is_cut_at_both_ends():
    slices = Slices("BODY", np.eye(3), np.array([10.0]), ((disc(1.0) * (165.0, 112.0),),))
    found = completed(slices)
    assert [part.name for part in found.parts] == ["assumed head", "assumed arms", "assumed trunk", "assumed legs"]
    assert all(part.mesh.is_closed for part in found.parts)


def test_planes_that_are_not_transversal_are_refused():
    sagittal = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    slices = Slices("BODY", sagittal, np.arange(0.0, 50.0, 5.0), ((disc(100.0),),) * 10)
    with pytest.raises(SimulatorError, match="must be transversal"):
        completed(slices)


@pytest.mark.skipif(not BREAST.is_file(), reason=f"the public structure set is not here: {BREAST.name}")
def test_the_public_patient_gets_head_arms_trunk_and_legs():
    """On a board of 12.3°; her lungs, heart and breast agree within 20 mm."""
    structures = StructureSet.read(BREAST)
    body = Slices.of(structures.roi("BODY"))
    places = {roi.name: tuple(Slices.of(roi).centroid_mm) for roi in structures.rois if len(roi.contours)}
    found = completed(body, Wanted(arms="up"), places=places, is_clipped=True)
    assert [part.name for part in found.parts] == ["assumed head", "assumed arms", "assumed trunk", "assumed legs"]
    assert all(part.mesh.is_closed for part in found.parts)
    assert "the level is from Breast, Heart, Lt Lung, which differ by 16 mm" in found.remarks[1]
    assert "tilted by 12° as the back is" in found.remarks[3]
    head, _, _, legs = (part.mesh.bounds_mm for part in found.parts)
    assert head[1, 1] < -190.0  # above the board, which is at -200 where the scan ends
    assert -130.0 < legs[1, 1] < -70.7  # above the table


def test_a_broad_trunk_whose_neck_tapers_is_not_taken_for_a_head():
    whole = HEADLESS.scale((1.206, 1.29, 1.0)) + HEAD
    found = completed(sliced(whole, np.arange(-729.0, -268.0, 6.0)))
    trunk = next(part for part in found.parts if part.name == "assumed trunk")
    assert np.ptp(trunk.mesh.bounds_mm[:, 0]) < 1.5 * 400.0
