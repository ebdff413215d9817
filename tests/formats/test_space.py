"""Patient axes that a file names, as 3D Slicer writes them: honoured for a patient, contradicted aloud elsewhere."""

import numpy as np
import pytest
import trimesh

from simulator.errors import SimulatorError
from simulator.models.couch import Couch
from simulator.models.mesh_files import MeshWarning, read_mesh
from simulator.models.patient import Patient

BOUNDS = np.array([[-40, -80, -120], [60, 120, 180]])
TURNED = np.array([[-60, -120, -120], [40, 80, 180]])


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a box that is not symmetric, with a name of axes in its header or comments."""
    box = trimesh.creation.box((100.0, 200.0, 300.0)).apply_translation((10.0, 20.0, 30.0))

    def write(suffix, space):
        note = f"3D Slicer output. SPACE={space}".encode() if space else b"no word of axes"
        content = box.export(file_type=suffix[1:])
        if suffix == ".stl":
            content = note.ljust(80) + content[80:]
        elif suffix == ".ply":
            content = content.replace(b"\nelement", b"\ncomment " + note + b"\nelement", 1)
        else:
            content = b"# " + note + b"\n" + content.encode()
        (tmp_path / f"box{suffix}").write_bytes(content)
        return tmp_path / f"box{suffix}"

    return write


@pytest.mark.parametrize("suffix", [".stl", ".ply", ".obj"])
@pytest.mark.parametrize(
    ("space", "axes", "bounds"),
    [
        (None, None, BOUNDS), (None, "dicom", BOUNDS), (None, "ras", TURNED),
        ("LPS", None, BOUNDS), ("LPS", "dicom", BOUNDS), ("RAS", None, TURNED), ("RAS", "ras", TURNED),
    ],
)  # fmt: skip
def test_a_patient_is_in_the_axes_that_the_file_names(written, suffix, space, axes, bounds):
    (part,) = Patient.from_mesh(written(suffix, space), "mm", axes=axes).parts
    assert np.allclose(part.mesh.bounds_mm, bounds)


@pytest.mark.parametrize(("space", "axes", "right"), [("RAS", "dicom", "ras"), ("LPS", "ras", "dicom")])
def test_axes_against_the_word_of_the_file_are_refused(written, space, axes, right):
    with pytest.raises(
        SimulatorError, match=rf"box\.stl: patient\.axes must be '{right}'.*SPACE={space}, was '{axes}'"
    ):
        Patient.from_mesh(written(".stl", space), "mm", axes=axes)


def test_a_couch_top_in_patient_axes_is_warned_of(written):
    with pytest.warns(MeshWarning, match=r"says patient axes, SPACE=RAS; IEC table-top axes are assumed"):
        couch = Couch.from_mesh(written(".stl", "RAS"), "mm", surface_z_mm=0.0)
    assert any("SPACE=RAS" in warning for warning in couch.warnings)


def test_a_part_of_a_patient_model_in_other_axes_is_refused(written, tmp_path):
    written(".stl", "RAS")
    (tmp_path / "own").mkdir()
    (tmp_path / "box.stl").rename(tmp_path / "own" / "box.stl")
    text = 'kind = "patient"\ntitle = "Own"\nnote = "No clinical clearance."\n'
    text += '[[parts]]\nname = "box"\ngroup = "patient"\nmesh = "box.stl"\nunits = "mm"\n'
    text += '[[sites]]\nname = "middle"\nposition_mm = [0, 0, 0]\n'
    (tmp_path / "own" / "model.toml").write_text(text)
    with pytest.raises(SimulatorError, match=r"box\.stl: meshes of a patient model must be in DICOM patient axes"):
        Patient.load(str(tmp_path / "own"))


def test_a_plain_reading_tells_what_the_file_names(written):
    assert read_mesh(written(".stl", "RAS"), "mm")[1].space == "RAS"


def test_polygons_far_from_a_plane_are_refused_by_how_far(tmp_path):
    (tmp_path / "bent.obj").write_text("v 0 0 0\nv 90 0 0\nv 90 90 4\nv 0 90 0\nf 1 2 3 4\n")
    with pytest.raises(SimulatorError, match=r"polygons must be flat within 1 mm.*export triangles"):
        read_mesh(tmp_path / "bent.obj", "mm")
