"""Machine sets of SlicerRT: files are LPS unless their header says RAS, then comes the matrix."""

import json

import numpy as np
import pytest
import trimesh
from support.reference_data import REFERENCE

from simulator.errors import SimulatorError
from simulator.models.couch import Couch
from simulator.models.kinematics import KinematicTree
from simulator.models.machine import Machine
from simulator.models.mesh_files import MeshWarning

TRUEBEAM = REFERENCE / "slicerrt_truebeam_stx" / "VarianTrueBeamSTx.json"
HALF_TURN = np.diag([-1, -1, 1, 1]).tolist()
IDENTITY = np.eye(4).tolist()
GUESSED = pytest.mark.filterwarnings("ignore:.*no surface_z_mm is given")
BOUNDS = [[-40, -80, -120], [60, 120, 180]]
TURNED = [[-60, -120, -120], [40, 80, 180]]


def part(kind, name=None, matrix=IDENTITY, **more):
    return {"Type": kind, "Name": name or kind, "FilePath": "box.stl", "FileToRASTransformMatrix": matrix, **more}


@pytest.fixture
def write_set(tmp_path, box):
    """Return a function that writes a set whose parts are one box, and returns its path as text."""
    box.export(tmp_path / "box.stl")

    def write(*parts):
        path = tmp_path / "own.json"
        path.write_text(json.dumps({"TreatmentMachineName": "Own", "Author": "nobody", "Part": parts}))
        return str(path)

    return write


def mesh(model, name):
    return next(part.mesh for part in model.parts if part.name == name)


def test_an_stl_file_is_lps_and_the_matrix_comes_after(write_set):
    machine = Machine.load(write_set(part("Gantry", "plain"), part("Body", "turned", HALF_TURN)))
    assert np.allclose(mesh(machine, "plain").bounds_mm, TURNED)
    assert np.allclose(mesh(machine, "turned").bounds_mm, BOUNDS)


def test_a_header_that_says_ras_is_believed(write_set, tmp_path, box):
    content = box.export(file_type="stl")
    (tmp_path / "box.stl").write_bytes(b"SPACE=RAS".ljust(80, b"\0") + content[80:])
    machine = Machine.load(write_set(part("Gantry", "plain"), part("Body", "turned", HALF_TURN)))
    assert np.allclose(mesh(machine, "plain").bounds_mm, BOUNDS)
    assert np.allclose(mesh(machine, "turned").bounds_mm, TURNED)


def test_the_matrix_is_applied_in_ras_with_its_shift(write_set):
    quarter = [[0, -1, 0, 1], [1, 0, 0, 2], [0, 0, 1, 3], [0, 0, 0, 1]]
    loaded = mesh(Machine.load(write_set(part("Gantry", matrix=quarter))), "Gantry")
    # File (x, y, z) is RAS (-x, -y, z), which the matrix takes to (y + 1, -x + 2, z + 3).
    assert np.allclose(loaded.bounds_mm, [[-79, -58, -117], [121, 42, 183]])
    assert trimesh.Trimesh(loaded.vertices_mm, loaded.faces).volume == pytest.approx(6e6)


def test_a_mirrored_machine_is_refused_and_named(write_set):
    mirrored = np.diag([-1, 1, 1, 1]).tolist()
    with pytest.raises(SimulatorError, match=r"part 'Gantry': .* was a mirror image \(determinant -1\)"):
        Machine.load(write_set(part("Gantry", matrix=mirrored)))


@GUESSED
def test_parts_are_carried_by_the_joints_of_their_type(write_set):
    machine_parts = ("Collimator", "Gantry", "ImagingPanelLeft", "ImagingPanelRight", "Body", "FlatPanel")
    path = write_set(*map(part, (*machine_parts, "PatientSupport", "TableTop")))
    machine, couch = Machine.load(path), Couch.load(path)
    assert {part.name: part.joint for part in machine.parts} == {
        "Collimator": "collimator",
        "Gantry": "gantry",
        "ImagingPanelLeft": "gantry",
        "ImagingPanelRight": "gantry",
        "Body": "fixed",
        "FlatPanel": "gantry",
    }
    assert {part.name: part.joint for part in couch.parts} == {
        "PatientSupport": "table_vertical",
        "TableTop": "table_roll",
    }
    assert KinematicTree((*machine.joints, *couch.joints)).path("table_roll")[0] == "couch"
    assert (machine.name, machine.title) == ("own", "Own") and "not vendor-validated" in machine.note


def test_states_and_colours(write_set):
    path = write_set(
        part("Gantry", Color=[255, 0, 300]), part("Body", State="Disabled"), part("Collimator", State="Passive")
    )
    machine = Machine.load(path)
    assert [(part.name, part.colour) for part in machine.parts] == [("Gantry", "#ff00ff"), ("Collimator", "#b4b4b4")]


def test_the_table_surface_is_the_top_of_the_table_top_and_told(write_set):
    with pytest.warns(MeshWarning, match=r"no surface_z_mm is given: .*highest point, 180\.0 mm"):
        couch = Couch.load(write_set(part("TableTop", matrix=HALF_TURN), part("PatientSupport")))
    assert (couch.table_top.surface_z_mm, couch.table_top.head_end_y_mm) == (180, 120)


def test_a_set_has_no_options_and_is_no_patient(write_set):
    with pytest.raises(SimulatorError, match="option: unknown name 'imagers'; available: none"):
        Machine.load(write_set(part("Gantry")), imagers="deployed")


@pytest.mark.skipif(not TRUEBEAM.is_file(), reason=f"SlicerRT's machine set is not in {TRUEBEAM.parent}")
@GUESSED
class TestTrueBeam:
    """The one real set, as it was measured; see its README."""

    @pytest.fixture
    def machine(self):
        return Machine.load(str(TRUEBEAM))

    @pytest.fixture
    def couch(self):
        return Couch.load(str(TRUEBEAM))

    def test_collimator_and_gantry(self, machine):
        assert mesh(machine, "Collimator").bounds_mm[0, 2] == pytest.approx(374.7, abs=0.05)
        assert machine.title == "Varian TrueBeam STx"
        # The gantry stands on the side that is y > 0, and the body behind it.
        assert mesh(machine, "Linac body").bounds_mm[1, 1] > 1500
        assert np.abs(mesh(machine, "Collimator").vertices_mm[:, :2].mean(axis=0)).max() < 20

    def test_table_top(self, couch):
        low, high = mesh(couch, "Table top").bounds_mm
        assert high[2] == pytest.approx(-391, abs=0.5)
        assert high[0] - low[0] == pytest.approx(562, abs=0.5)
        assert (low[1], high[1]) == pytest.approx((-1622, 312), abs=0.5)
        assert couch.table_top.surface_z_mm == high[2] and couch.table_top.head_end_y_mm == high[1]

    def test_all_parts_are_closed(self, machine, couch):
        parts = (*machine.parts, *couch.parts)
        assert len(parts) == 7
        assert all(part.mesh.is_closed for part in parts)
        assert machine.warnings == ()
        assert [text.partition("couch: ")[2] for text in couch.warnings] == [
            "no surface_z_mm is given: the patient lies at the highest point, -391.5 mm"
        ]
