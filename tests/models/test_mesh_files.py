"""Mesh files of all formats: one mesh in mm, or a reason; repaired only on request."""

import zipfile

import numpy as np
import pytest
import trimesh

from simulator.errors import SimulatorError
from simulator.models.mesh_files import FORMATS, MILLIMETRES, MeshWarning, read_mesh

BOUNDS = [[-40, -80, -120], [60, 120, 180]]


def corners(mesh):
    return np.unique(np.round(mesh.vertices_mm, 3), axis=0)


def is_the_box(mesh):
    """Whether a mesh is the cuboid of BOUNDS and nothing else."""
    solid = trimesh.Trimesh(mesh.vertices_mm, mesh.faces)
    return np.allclose(mesh.bounds_mm, BOUNDS) and len(mesh.faces) == 12 and solid.volume == pytest.approx(6e6)


def write(mesh, path, units="mm"):
    mesh.copy().apply_scale(1 / MILLIMETRES[units]).export(path)
    return path


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("units", MILLIMETRES)
@pytest.mark.filterwarnings("ignore:.*the file says millimeter:simulator.models.mesh_files.MeshWarning")
def test_every_format_in_every_unit_is_the_same_mesh(tmp_path, box, suffix, units):
    mesh, report = read_mesh(write(box, tmp_path / f"box{suffix}", units), units)
    assert np.allclose(mesh.bounds_mm, BOUNDS, atol=1e-3)
    assert len(corners(mesh)) == len(mesh.vertices_mm) == 8
    assert (report.triangles, report.bodies, report.repairs) == (12, 1, ())
    assert mesh.is_closed and report.is_closed and report.findings == ()
    assert mesh.vertices_mm.dtype == np.float64 and mesh.faces.dtype == np.int32


@pytest.mark.parametrize("encoding", ["ascii", "binary"])
def test_upper_case_and_ascii_are_read(tmp_path, box, encoding):
    content = box.export(file_type="ply", encoding=encoding)
    content = content.replace(b"property float x", b"comment mm\nproperty float x")
    (tmp_path / "BOX.PLY").write_bytes(content)
    text = box.export(file_type="stl_ascii").replace("\n", "\r\n")
    (tmp_path / "BOX.STL").write_bytes(text.encode())
    for name in ("BOX.PLY", "BOX.STL"):
        assert np.allclose(read_mesh(tmp_path / name, "mm")[0].bounds_mm, BOUNDS)


@pytest.mark.parametrize("suffix", [".glb", ".3mf"])
def test_transforms_of_a_scene_are_applied_and_axes_stay(tmp_path, box, suffix):
    """A part stands where the scene puts it; the y-up convention of GLB does not turn it."""
    turned = trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0), (0, 0, 0))
    turned[:3, 3] = (0, 0, 1000)
    scene = trimesh.Scene()
    scene.add_geometry(box, node_name="lying")
    scene.add_geometry(box, node_name="standing", transform=turned)
    scene.export(tmp_path / f"scene{suffix}")
    mesh, report = read_mesh(tmp_path / f"scene{suffix}", "mm")
    # (x, y, z) goes to (x, -z, y + 1000).
    assert np.allclose(mesh.bounds_mm, [[-40, -180, -120], [60, 120, 1120]], atol=1e-3)
    assert report.bodies == 2 and mesh.is_closed


def test_a_mirrored_instance_in_a_scene_is_wound_outwards(tmp_path, box):
    scene = trimesh.Scene()
    scene.add_geometry(box, transform=np.diag([-1.0, 1.0, 1.0, 1.0]))
    scene.export(tmp_path / "mirrored.glb")
    mesh, _ = read_mesh(tmp_path / "mirrored.glb", "mm")
    assert np.allclose(mesh.bounds_mm, [[-60, -80, -120], [40, 120, 180]], atol=1e-3)
    assert trimesh.Trimesh(mesh.vertices_mm, mesh.faces).volume == pytest.approx(6e6)


def rewritten_3mf(path, unit):
    """Write the unit into a 3MF file: trimesh always writes millimetres."""
    with zipfile.ZipFile(path) as given:
        files = {name: given.read(name) for name in given.namelist()}
    with zipfile.ZipFile(path, "w") as written:
        for name, content in files.items():
            written.writestr(name, content.replace(b'unit="millimeter"', unit))
    return path


def test_the_given_unit_holds_against_that_of_a_3mf_file_with_a_warning(tmp_path, box):
    path = write(box, tmp_path / "box.3mf", "cm")
    with pytest.warns(
        MeshWarning, match="box.3mf: the file says millimeter; the unit that was given is used instead"
    ):
        mesh, report = read_mesh(path, "cm")
    assert np.allclose(mesh.bounds_mm, BOUNDS, atol=1e-3)
    assert report.other_unit == "millimeter"


@pytest.mark.parametrize(
    ("unit", "units"), [(b'unit="inch"', "in"), (b'unit="meter"', "m"), (b'unit="centimeter"', "cm"), (b"", "mm")]
)
def test_a_3mf_file_that_agrees_is_no_matter(tmp_path, box, unit, units):
    path = rewritten_3mf(write(box, tmp_path / "box.3mf", units), unit)
    mesh, report = read_mesh(path, units)
    assert report.other_unit is None and report.warnings == ()
    assert np.allclose(mesh.bounds_mm, BOUNDS, atol=1e-3)


def test_an_open_mesh_is_accepted_with_a_warning(tmp_path, box):
    box.update_faces(np.arange(len(box.faces)) > 0)
    box.export(tmp_path / "open.stl")
    with pytest.warns(MeshWarning, match=r"open\.stl: not watertight: what it encloses is not known"):
        mesh, report = read_mesh(tmp_path / "open.stl", "mm")
    assert not report.is_closed and report.triangles == 11 and report.repairs == ()
    assert is_the_box(mesh)
    assert len(report.warnings) == 1


def test_inconsistent_winding_is_accepted_with_a_warning(tmp_path, box):
    box.faces[0] = box.faces[0][::-1]
    box.export(tmp_path / "wound.ply")
    with pytest.warns(MeshWarning, match=r"wound\.ply: triangles are wound inconsistently"):
        mesh, report = read_mesh(tmp_path / "wound.ply", "mm")
    assert not report.is_closed and is_the_box(mesh)


def test_repair_closes_holes_and_turns_the_winding_and_says_so(tmp_path, box):
    box.faces[0] = box.faces[0][::-1]
    box.update_faces(np.arange(len(box.faces)) != 5)
    box.export(tmp_path / "broken.ply")
    mesh, report = read_mesh(tmp_path / "broken.ply", "mm", repair=True)
    assert mesh.is_closed and report.triangles == 12
    assert report.repairs[0] == "1 triangles added to holes, closed"
    assert trimesh.Trimesh(mesh.vertices_mm, mesh.faces).volume == pytest.approx(6e6)


def test_an_inside_out_mesh_is_turned_only_on_request(tmp_path, box):
    box.invert()
    box.export(tmp_path / "inverted.ply")
    with pytest.warns(MeshWarning, match="wound inwards, taken for solid"):
        as_it_is, report = read_mesh(tmp_path / "inverted.ply", "mm")
    assert report.repairs == () and trimesh.Trimesh(as_it_is.vertices_mm, as_it_is.faces).volume < 0
    mended, report = read_mesh(tmp_path / "inverted.ply", "mm", repair=True)
    assert report.repairs == ("winding turned outwards of 1 of 1 bodies",)
    assert trimesh.Trimesh(mended.vertices_mm, mended.faces).volume == pytest.approx(6e6)


def test_repair_drops_degenerate_triangles_and_says_how_many(tmp_path, box):
    faces = np.vstack([box.faces, [[0, 1, 1]], [[2, 2, 2]]])
    trimesh.Trimesh(box.vertices, faces, process=False).export(tmp_path / "needles.ply")
    mesh, report = read_mesh(tmp_path / "needles.ply", "mm", repair=True)
    assert report.repairs == ("2 degenerate triangles dropped",)
    assert mesh.is_closed and len(mesh.faces) == 12


def test_a_hole_that_repair_cannot_close_is_told_and_warned_of(tmp_path):
    ball = trimesh.creation.icosphere(subdivisions=2, radius=100)
    ball.update_faces(ball.triangles_center[:, 2] < 50)
    ball.export(tmp_path / "cup.ply")
    with pytest.warns(MeshWarning, match="not watertight"):
        mesh, report = read_mesh(tmp_path / "cup.ply", "mm", repair=True)
    assert not report.is_closed and mesh.is_closed and report.repairs[0].endswith("added to holes, still open")


def test_a_sound_mesh_is_not_changed_by_repair(tmp_path, box):
    path = write(box, tmp_path / "box.ply")
    (plain, _), (mended, report) = read_mesh(path, "mm"), read_mesh(path, "mm", repair=True)
    assert report.repairs == () and plain.sha256 == mended.sha256


@pytest.mark.parametrize(
    ("longest_mm", "is_plausible"), [(4.99, False), (5.0, True), (20_000.0, True), (20_001.0, False)]
)
def test_plausible_sizes(tmp_path, longest_mm, is_plausible):
    trimesh.creation.box((longest_mm / 2, longest_mm, longest_mm / 4)).export(tmp_path / "box.glb")
    if is_plausible:
        assert np.ptp(read_mesh(tmp_path / "box.glb", "mm")[0].bounds_mm, axis=0).max() == pytest.approx(longest_mm)
    else:
        with pytest.raises(SimulatorError, match=r"largest extent must be 5 to 20000 mm, was .*; available"):
            read_mesh(tmp_path / "box.glb", "mm")


def test_a_unit_is_needed_and_must_be_known(tmp_path, box):
    with pytest.raises(SimulatorError, match=r"box\.stl: units: unknown name 'ft'; available: mm, cm, m, in"):
        read_mesh(write(box, tmp_path / "box.stl"), "ft")


def test_the_same_mesh_has_the_same_hash_whatever_file_it_came_from(tmp_path, box):
    hashes = {read_mesh(write(box, tmp_path / name), "mm")[0].sha256 for name in ("a.ply", "b.ply", "c.glb")}
    assert len(hashes) == 1


def test_a_mirrored_mesh_is_wound_outwards_again(tmp_path, box):
    mesh, _ = read_mesh(write(box, tmp_path / "box.ply"), "mm")
    mirrored = mesh.mapped(np.diag([-1.0, 1.0, 1.0]), (0.0, 0.0, 5.0))
    assert np.allclose(mirrored.bounds_mm, [[-60, -80, -115], [40, 120, 185]])
    assert trimesh.Trimesh(mirrored.vertices_mm, mirrored.faces).volume == pytest.approx(6e6)


def test_bodies_are_found_largest_first(tmp_path, box):
    ball = trimesh.creation.icosphere(subdivisions=1, radius=20).apply_translation((500, 0, 0))
    trimesh.util.concatenate([box, ball]).export(tmp_path / "two.ply")
    mesh, report = read_mesh(tmp_path / "two.ply", "mm")
    assert report.bodies == 2
    assert [len(indices) for indices in mesh.bodies] == [len(ball.vertices), 8]
    assert repr(mesh) == "Mesh(92 triangles, 560 × 200 × 300 mm, closed)"
