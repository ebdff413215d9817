"""Changes that somebody made by mistake, each told with the right part; and silence where nothing moved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import trimesh

import simulator as sim
from simulator.models.mesh import Mesh
from simulator.models.mesh_files import MeshWarning, read_mesh
from simulator.regression.changes import changes
from simulator.scenario.expectations import Expect

TOLERANCE_DEG = Expect.model_fields["boundary_tolerance_deg"].default


@pytest.fixture(scope="module")
def since(baseline, mapped):
    """Return a function that tells what has changed in a set-up since the baseline."""
    return lambda setup: changes(baseline, mapped(setup), TOLERANCE_DEG)


def with_part(setup, kind, name, change):
    """The set-up with the mesh of one part changed; a change that goes through a file has a report, too."""
    model = getattr(setup, kind)

    def changed(part):
        mesh = change(part.mesh)
        return replace(part, mesh=mesh) if isinstance(mesh, Mesh) else replace(part, mesh=mesh[0], report=mesh[1])

    parts = tuple(changed(part) if part.name == name else part for part in model.parts)
    return replace(setup, **{kind: replace(model, parts=parts)})


def lower_below(height_mm, by_mm):
    """Return a change of a mesh: what lies below a height goes down."""

    def change(mesh):
        drop = np.where(mesh.vertices_mm[:, 2] < height_mm, by_mm, 0.0)
        return replace(mesh, vertices_mm=mesh.vertices_mm - np.outer(drop, (0.0, 0.0, 1.0)))

    return change


def scaled(factor):
    return lambda mesh: replace(mesh, vertices_mm=mesh.vertices_mm * factor)


def with_sign_flipped(mesh):
    """A mesh whose y axis goes the other way, its triangles still facing outwards."""
    return Mesh(mesh.vertices_mm * (1.0, -1.0, 1.0), mesh.faces[:, ::-1].copy())


@pytest.mark.parametrize(
    ("kind", "part", "change", "is_freed"),
    [
        ("couch", "couch top", lower_below(-40.0, 5.0), False),
        ("machine", "head cover", lower_below(450.0, 10.0), False),
        ("couch", "couch top", scaled(1.001), False),
        ("patient", "patient arms", with_sign_flipped, True),
    ],
    ids=["couch top 5 mm thicker", "head face 10 mm lower", "scaled by 1.001", "sign of a frame flipped"],
)
def test_a_changed_mesh_is_told_by_its_part(setup, since, kind, part, change, is_freed):
    found = since(with_part(setup, kind, part, change))
    assert found.has_moved
    assert f"{part} (mesh)" in found.inputs
    assert any(part in segment.pair for segment in found.segments if segment.is_freed == is_freed)
    assert f"what was changed: {part} (mesh)" in list(found.lines())


def test_a_changed_joint_is_told_though_no_field_names_it(setup, since):
    """The gantry's cover hangs 20 mm lower: the meshes are what they were."""
    joints = tuple(
        replace(joint, origin_mm=(0.0, 0.0, -20.0)) if joint.name == "collimator" else joint
        for joint in setup.machine.joints
    )
    found = since(replace(setup, machine=replace(setup.machine, joints=joints)))
    assert found.has_moved
    assert found.inputs == ("joints or placements",)


def test_what_frees_poses_is_told_as_loudly(setup, mapped, since, baseline):
    """The thinner table top that is the reverse of a thicker one."""
    thicker = with_part(setup, "couch", "couch top", lower_below(-40.0, 5.0))
    blocked = since(thicker)
    freed = changes(type(baseline).of(mapped(thicker)), mapped(setup), TOLERANCE_DEG)
    assert all(segment.is_freed for segment in freed.segments)
    assert [segment.length for segment in freed.segments] == pytest.approx(
        [segment.length for segment in blocked.segments]
    )
    assert any(line.startswith("FREED") for line in freed.lines())
    assert any(line.startswith("BLOCKED") for line in blocked.lines())


def test_a_patient_moved_by_10_mm(setup, since):
    found = since(replace(setup, shift_mm=(0.0, 0.0, 10.0)))
    assert found.has_moved
    assert "shift_mm: [0.0, 0.0, 0.0] → [0.0, 0.0, 10.0]" in found.inputs
    assert found.segments[0].length > 1.0
    assert all(segment.pair for segment in found.segments)


def test_imagers_deployed(setup, since):
    found = since(replace(setup, machine=sim.Machine.load("c_arm", imagers="deployed")))
    assert any("imagers" in name for name in found.inputs)
    assert any("deployed" in name or "kV" in name for name in found.pairs_new)
    assert found.before.lower_sr > found.after.upper_sr
    assert found.culprits_new


def test_a_pair_dropped_from_the_checks(setup, since):
    machine = setup.machine
    group = {part.name: part.group for part in (*machine.parts, *setup.couch.parts)}
    dropped = (group["counterweight"], f"couch:{group['couch pedestal']}")
    found = since(replace(setup, machine=replace(machine, may_touch=(*machine.may_touch, dropped))))
    assert found.has_moved
    assert "counterweight – couch pedestal" in found.pairs_gone


def test_the_sign_of_a_joint_axis_is_told(setup, since):
    """A couch that turns the other way is another machine, whose directions are known; the liver lies to one side."""
    joints = tuple(
        replace(joint, axis=(0.0, 0.0, -1.0)) if joint.name == "couch" else joint for joint in setup.couch.joints
    )
    found = since(replace(setup, couch=replace(setup.couch, joints=joints)))
    assert found.has_moved
    assert found.inputs == ("joints or placements",)


def as_file(mesh, path, flipped=()):
    faces = mesh.faces.copy()
    faces[list(flipped)] = faces[list(flipped), ::-1]
    trimesh.Trimesh(mesh.vertices_mm, faces, process=False).export(path)
    return path


def test_a_flipped_triangle(setup, since, tmp_path):
    """Such a surface has no inside, and its bounding box stands for it."""

    def through_a_file(mesh):
        with pytest.warns(MeshWarning, match="wound inconsistently"):
            return read_mesh(as_file(mesh, tmp_path / "top.stl", flipped=[3]), "mm")

    found = since(with_part(setup, "couch", "couch top", through_a_file))
    assert found.has_moved
    assert found.opened == ("couch top",)
    assert "no longer a closed surface: couch top" in list(found.lines())


def permuted(mesh):
    order = np.random.default_rng(1).permutation(len(mesh.vertices_mm))
    place = np.argsort(order).astype(np.int32)
    return Mesh(mesh.vertices_mm[order], place[mesh.faces][::-1])


def subdivided(mesh):
    vertices, faces = trimesh.remesh.subdivide(mesh.vertices_mm, mesh.faces)
    return Mesh(vertices, faces.astype(np.int32))


@pytest.mark.parametrize("change", [permuted, subdivided])
def test_nothing_is_told_where_only_the_triangles_changed(setup, since, change):
    found = since(with_part(setup, "couch", "couch top", change))
    assert found.inputs == ("couch top (mesh)",)
    assert not found.has_moved
    assert not found.segments


@pytest.mark.parametrize("suffix", [".stl", ".ply", ".obj"])
def test_nothing_is_told_where_only_the_format_changed(setup, since, tmp_path, suffix):
    def through_a_file(mesh):
        return read_mesh(as_file(mesh, tmp_path / f"top{suffix}"), "mm")[0]

    assert not since(with_part(setup, "couch", "couch top", through_a_file)).has_moved
