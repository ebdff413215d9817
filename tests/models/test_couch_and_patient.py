"""A couch top or a patient from one mesh file; patients of other sizes."""

import numpy as np
import pytest

from simulator.errors import SimulatorError
from simulator.models.couch import Couch
from simulator.models.mesh_files import MeshWarning
from simulator.models.patient import Patient

ADULT = {"height_cm": 176.0, "mass_kg": 73.0}


def volume(patient):
    """Signed volume of all parts that scale, in mm³."""
    total = 0.0
    for part in patient.parts:
        if part.anchor is None:
            a, b, c = np.moveaxis(part.mesh.vertices_mm[part.mesh.faces], 1, 0)
            total += float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)
    return total


def bounds(patient, name=None):
    parts = [part for part in patient.parts if name in (None, part.name)]
    return np.min([part.mesh.bounds_mm[0] for part in parts], 0), np.max(
        [part.mesh.bounds_mm[1] for part in parts], 0
    )


@pytest.fixture
def top(box, tmp_path):
    box.export(tmp_path / "top.stl")
    return tmp_path / "top.stl"


class TestCouchFromMesh:
    def test_the_top_is_replaced_and_the_support_stays(self, top):
        couch, igrt = Couch.from_mesh(top, "mm", surface_z_mm=180), Couch.load("igrt")
        names = [part.name for part in couch.parts]
        assert names == ["turntable", "couch pedestal", "couch column", "couch carriage", "couch top"]
        assert couch.joints == igrt.joints and couch.may_touch == igrt.may_touch
        assert couch.parts[-1].joint == igrt.table_top.joint and couch.parts[-1].group == "couch"
        assert couch.name == "top" and couch.title == "top.stl on the support of igrt"

    def test_the_patient_lies_on_the_highest_point_at_the_end_unless_told_otherwise(self, top):
        with pytest.warns(MeshWarning, match=r"top\.stl: couch: no surface_z_mm is given: .*, 180\.0 mm"):
            couch = Couch.from_mesh(top, "mm")
        assert len(couch.warnings) == 1
        assert (couch.table_top.surface_z_mm, couch.table_top.head_end_y_mm) == (180, 120)
        told = Couch.from_mesh(top, "mm", surface_z_mm=0.0, head_end_y_mm=-5.0)
        assert (told.table_top.surface_z_mm, told.table_top.head_end_y_mm) == (0, -5)
        assert told.warnings == ()

    def test_units_support_and_where_the_file_is(self, top):
        couch = Couch.from_mesh("top.stl", "cm", support="no_couch", surface_z_mm=0, beside=top.parent)
        assert np.allclose(couch.parts[0].mesh.bounds_mm, [[-400, -800, -1200], [600, 1200, 1800]])
        assert len(couch.parts) == 1

    def test_a_head_board_goes_with_the_top_it_is_fixed_to(self, top):
        couch = Couch.from_mesh(top, "mm", support="igrt_head_board", surface_z_mm=180)
        assert "head board" not in [part.name for part in couch.parts]

    def test_an_unknown_support_is_named(self, top):
        with pytest.raises(SimulatorError, match=r"couch\.support: unknown name 'sofa'; available: .*igrt, "):
            Couch.from_mesh(top, "mm", support="sofa")


class TestPatientFromMesh:
    def test_dicom_axes_are_taken_as_they_are(self, top):
        patient = Patient.from_mesh(top, "mm")
        assert np.allclose(bounds(patient), [[-40, -80, -120], [60, 120, 180]])
        assert [(part.name, part.group, part.joint) for part in patient.parts] == [("patient", "patient", "fixed")]
        assert patient.sites == {}

    def test_ras_axes_are_turned_about_the_long_axis(self, top):
        patient = Patient.from_mesh("top.stl", "mm", axes="ras", beside=top.parent)
        assert np.allclose(bounds(patient), [[-60, -120, -120], [40, 80, 180]])
        assert volume(patient) == pytest.approx(6e6)

    def test_other_axes_and_sites_are_refused(self, top):
        with pytest.raises(SimulatorError, match=r"patient\.axes: unknown name 'iec'; available: dicom, ras"):
            Patient.from_mesh(top, "mm", axes="iec")
        with pytest.raises(SimulatorError, match="unknown name 'brain'; available: none"):
            Patient.from_mesh(top, "mm").site("brain")


class TestSize:
    @pytest.mark.parametrize(
        ("height_cm", "mass_kg"), [(176, 100), (150, 73), (200, 73), (120, 22), (None, 50), (190, None)]
    )
    def test_lengths_follow_the_height_and_the_volume_follows_the_mass(self, height_cm, mass_kg):
        reference, patient = Patient.load("adult"), Patient.load("adult", height_cm=height_cm, mass_kg=mass_kg)
        low, high = np.subtract(*reversed(bounds(reference))), np.subtract(*reversed(bounds(patient)))
        assert high[2] / low[2] == pytest.approx((height_cm or 176) / 176)
        assert high[0] / low[0] == pytest.approx(high[1] / low[1])
        assert volume(patient) / volume(reference) == pytest.approx((mass_kg or 73) / 73)

    def test_the_reference_size_changes_nothing(self):
        for plain, sized in zip(Patient.load("adult").parts, Patient.load("adult", **ADULT).parts, strict=True):
            assert plain.mesh.sha256 == sized.mesh.sha256

    def test_sites_stay_in_the_same_place_of_the_body(self):
        reference, patient = Patient.load("adult"), Patient.load("adult", height_cm=160, mass_kg=90)
        for name in reference.sites:
            low, high = bounds(reference)
            share = (np.array(reference.sites[name]) - low) / (high - low)
            low, high = bounds(patient)
            assert np.allclose((np.array(patient.sites[name]) - low) / (high - low), share)

    @pytest.mark.parametrize(("fixation", "name"), [("head_frame", "head frame"), ("mask", "thermoplastic mask")])
    def test_anchored_parts_keep_their_size_and_go_with_their_site(self, fixation, name):
        reference = Patient.load("adult", fixation=fixation)
        patient = Patient.load("adult", fixation=fixation, height_cm=200, mass_kg=120)
        assert np.allclose(
            np.array(bounds(reference, name)) - reference.site("brain"),
            np.array(bounds(patient, name)) - patient.site("brain"),
        )
        assert not np.allclose(reference.site("brain"), patient.site("brain"))

    @pytest.mark.parametrize(
        ("size", "message"),
        [
            ({"height_cm": 1.76}, r"patient\.height_cm: must be 50 to 250, was 1\.76"),
            ({"mass_kg": 730.0}, r"patient\.mass_kg: must be 3 to 400, was 730"),
            ({"height_cm": 60.0, "mass_kg": 300.0}, r"must go together .* were 60 and 300 \(index 833\.3\)"),
        ],
    )
    def test_implausible_sizes(self, size, message):
        with pytest.raises(SimulatorError, match=message):
            Patient.load("adult", **size)

    def test_a_phantom_has_one_size(self):
        with pytest.raises(SimulatorError, match=r"must be left out: the model has no \[reference_size\]"):
            Patient.load("box_phantom", mass_kg=70)
