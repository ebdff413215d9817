"""The glTF file, read by its specification, by VTK and by trimesh."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh
from scipy.spatial.transform import Rotation
from support.glb import Glb

import simulator as sim
from simulator.maps.look_up import look_up
from simulator.models.kinematics import ROOT
from simulator.view.colours import STATUS_COLOURS, Palette, rgb
from simulator.view.export.gltf import write_gltf

POSES = [(0.0, 0.0), (60.0, 15.0), (-135.0, -70.0), (178.5, 90.0)]
VTK = """
import json, sys
from vtkmodules.vtkIOGeometry import vtkGLTFReader
from vtkmodules.util.numpy_support import vtk_to_numpy
reader = vtkGLTFReader()
reader.SetFileName(sys.argv[1])
reader.Update()
found = {}
def walk(block, name):
    if hasattr(block, "GetNumberOfBlocks"):
        for k in range(block.GetNumberOfBlocks()):
            told = block.GetMetaData(k)
            walk(block.GetBlock(k), told.Get(block.NAME()) if told and told.Has(block.NAME()) else name)
    elif block is not None:
        found[name] = vtk_to_numpy(block.GetPoints().GetData()).tolist()
walk(reader.GetOutput(), "")
print(json.dumps(found))
"""


def written(tmp_path: Path, setup: sim.Setup, *cmap: sim.CollisionMap, **pose: float) -> Glb:
    path = tmp_path / "room.glb"
    write_gltf(setup, path, *cmap, **pose)
    return Glb(path.read_bytes())


def in_gltf(points_mm: np.ndarray) -> np.ndarray:
    """Metres, y up: x to the right, z up to y, y (to the gantry) to -z."""
    return np.stack([points_mm[..., 0], points_mm[..., 2], -points_mm[..., 1]], axis=-1) / 1000


def corners_of_body(setup: sim.Setup, index: int, gantry: float, couch: float) -> np.ndarray:
    """The triangles (m, 3, 3) of a body where the checker has them, in the file's axes."""
    mesh = setup.scene.bodies[index].mesh
    T = setup.scene.T_fixed_body(index, np.array([[gantry, couch]]))[0]
    return in_gltf(mesh.vertices_mm @ T[:3, :3].T + T[:3, 3])[mesh.faces]


@pytest.mark.parametrize(("gantry", "couch"), POSES)
def test_every_part_stands_where_the_checker_has_it(brain, tmp_path: Path, gantry: float, couch: float) -> None:
    glb = written(tmp_path, brain, gantry=gantry, couch=couch)
    for index, body in enumerate(brain.scene.bodies):
        found = glb.triangles(glb.node(part=body.name))
        np.testing.assert_allclose(found, corners_of_body(brain, index, gantry, couch), atol=1e-6)


def test_pitch_and_roll_are_in_the_tree(coarse, tmp_path: Path) -> None:
    setup, _ = coarse
    glb = written(tmp_path, setup, gantry=20.0, couch=30.0)
    index = [body.name for body in setup.scene.bodies].index("box phantom")
    found = glb.triangles(glb.node(part="box phantom"))
    np.testing.assert_allclose(found, corners_of_body(setup, index, 20.0, 30.0), atol=1e-6)


def test_the_nodes_are_the_kinematic_tree(brain, tmp_path: Path) -> None:
    glb = written(tmp_path, brain)
    assert glb.version == 2
    root = glb.path(glb.node(unit="mm", up="z"))
    assert "IEC 61217" in root[-1] and "mm" in root[-1]
    for joint in brain.scene.tree.joints:
        assert glb.path(glb.node(joint=joint.name)) == [*root, *brain.scene.tree.path(joint.name)]
    for body in brain.scene.bodies:
        path = glb.path(glb.node(part=body.name))
        assert path[-2:] == [root[-1] if body.joint == ROOT else body.joint, body.name]


@pytest.mark.parametrize(("joint", "by"), [("gantry", 35.0), ("gantry", -150.0), ("couch", -62.5)])
def test_turning_a_node_turns_the_room(brain, tmp_path: Path, joint: str, by: float) -> None:
    """About the axis that the node's extras name, by anybody's rotation matrix."""
    pose = {"gantry": 20.0, "couch": 10.0}
    glb = written(tmp_path, brain, **pose)
    node = glb.node(joint=joint)
    extras = glb.nodes[node]["extras"]
    assert (extras["value"], extras["unit"], extras["type"]) == (pose[joint], "deg", "revolute")
    turn = np.eye(4)
    turn[:3, :3] = Rotation.from_rotvec(np.deg2rad(by) * np.array(extras["axis"])).as_matrix()
    glb.turned[node] = glb.local(node) @ turn
    pose[joint] += by
    for index, body in enumerate(brain.scene.bodies):
        found = glb.triangles(glb.node(part=body.name))
        np.testing.assert_allclose(found, corners_of_body(brain, index, **pose), atol=1e-6)


def test_vtk_and_trimesh_find_the_same_room(brain, tmp_path: Path) -> None:
    glb = written(tmp_path, brain, gantry=60.0, couch=15.0)
    path = tmp_path / "room.glb"
    done = subprocess.run([sys.executable, "-c", VTK, str(path)], capture_output=True, text=True, check=True)
    by_vtk = {int(name.removeprefix("Mesh_")): np.array(points) for name, points in json.loads(done.stdout).items()}
    by_trimesh = trimesh.load_scene(path)
    assert len(by_vtk) == len(glb.tree["meshes"])
    for index, body in enumerate(brain.scene.bodies):
        expected = corners_of_body(brain, index, 60.0, 15.0)
        bounds = [expected.min(axis=(0, 1)), expected.max(axis=(0, 1))]
        node = glb.node(part=body.name)
        points = by_vtk[glb.nodes[node]["mesh"]]
        np.testing.assert_allclose(points[glb.faces(node)], expected, atol=1e-6)
        T, name = by_trimesh.graph[body.name]
        seen = by_trimesh.geometry[name].copy().apply_transform(T).bounds
        np.testing.assert_allclose(seen, bounds, atol=1e-6)


def test_the_file_keeps_to_the_schema_of_gltf(coarse, tmp_path: Path) -> None:
    pytest.importorskip("jsonschema", reason="jsonschema reads the schema")
    from trimesh.exchange.gltf import validate

    setup, cmap = coarse
    for maps in ((), (cmap,)):
        validate(written(tmp_path, setup, *maps).tree)


def test_what_is_flat_is_lit_flat(brain, tmp_path: Path) -> None:
    """A box has 24 corners in the file, each with the normal of its side."""
    glb = written(tmp_path, brain)
    node = glb.node(part="floor")
    normals = glb.attribute(node, "NORMAL")
    assert len(normals) == 24
    np.testing.assert_allclose(np.sort(np.abs(normals), axis=1), np.broadcast_to([0.0, 0.0, 1.0], (24, 3)), atol=1e-6)


def colour_of(glb: Glb, part: str) -> np.ndarray:
    """The colour on the screen (sRGB) of a part, 0 to 1."""
    light = np.array(glb.material(glb.node(part=part))["pbrMetallicRoughness"]["baseColorFactor"][:3])
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize(("gantry", "couch"), [(0.0, 0.0), (100.0, 60.0), (-60.0, -34.0), (140.0, 0.0)])
def test_culprits_alone_have_the_colour_of_the_status(brain, tmp_path: Path, gantry: float, couch: float) -> None:
    glb = written(tmp_path, brain, gantry=gantry, couch=couch)
    check = brain.check(gantry=gantry, couch=couch)
    culprits = {part for pair in check.culprits for part in pair.split(" – ")}
    for body in brain.scene.bodies:
        expected = STATUS_COLOURS[check.status] if body.name in culprits else body.colour
        np.testing.assert_allclose(colour_of(glb, body.name), rgb(expected), atol=1e-4)


def test_the_poses_above_are_of_all_kinds(brain) -> None:
    assert brain.check(gantry=0.0, couch=0.0).is_free
    assert brain.check(gantry=100.0, couch=60.0).status is sim.Status.COLLIDING


def test_the_beam_goes_from_the_source_to_the_isocentre(brain, tmp_path: Path) -> None:
    glb = written(tmp_path, brain, gantry=60.0, couch=15.0)
    beam = glb.node(role="beam")
    assert glb.path(beam)[-3:] == ["gantry", "collimator", "beam"]
    corners = glb.triangles(beam)
    apex = in_gltf(1000 * np.array([np.sin(np.pi / 3), 0.0, np.cos(np.pi / 3)]))
    np.testing.assert_allclose(corners[:, 0], np.broadcast_to(apex, corners[:, 0].shape), atol=1e-6)
    rim = corners[:, 1:].reshape(-1, 3)
    np.testing.assert_allclose(np.linalg.norm(rim, axis=1), 0.05, atol=1e-6)
    np.testing.assert_allclose(rim @ apex, 0.0, atol=1e-6)
    assert glb.material(beam)["alphaMode"] == "BLEND"


def test_the_nearest_points_are_joined(brain, tmp_path: Path) -> None:
    check = brain.check(gantry=60.0, couch=15.0)
    glb = written(tmp_path, brain, gantry=60.0, couch=15.0)
    gap = glb.node(role="clearance")
    ends = in_gltf(np.array(check.points_mm))
    corners = np.unique(glb.triangles(gap).reshape(-1, 3), axis=0)
    away = np.linalg.norm(corners[:, None] - ends[None], axis=2).min(axis=1)
    np.testing.assert_allclose(away, 0.006, atol=1e-6)
    assert check.nearest in glb.nodes[gap]["name"]
    touching = written(tmp_path, brain, gantry=100.0, couch=60.0)
    assert not any(node.get("extras", {}).get("role") == "clearance" for node in touching.nodes)


def colours_towards(glb: Glb, directions: np.ndarray) -> np.ndarray:
    """The picture's colours (n, 4) where rays from the isocentre go through the sphere, and how far off that is."""
    node = glb.node(role="directions")
    triangles, places = glb.triangles(node), glb.attribute(node, "TEXCOORD_0")[glb.faces(node)]
    weights = np.einsum("nk,mkj->nmj", directions, np.linalg.inv(triangles))
    inside = weights.min(axis=2)
    hit = inside.argmax(axis=1)
    assert (inside.max(axis=1) > -1e-4).all()
    found = weights[np.arange(len(hit)), hit]
    across, down = np.einsum("nj,njk->kn", found / found.sum(axis=1, keepdims=True), places[hit])
    picture = glb.picture(node)
    rows = np.clip((down * len(picture)).astype(int), 0, len(picture) - 1)
    return picture[rows, (across * picture.shape[1]).astype(int) % picture.shape[1]]


@pytest.mark.parametrize("at_couch", [0.0, 30.0])
def test_the_sphere_shows_the_map_in_the_room(coarse, tmp_path: Path, at_couch: float) -> None:
    """At each pose of the grid: where the source would stand, turned with the couch, is the colour of the answer."""
    setup, cmap = coarse
    glb = written(tmp_path, setup, cmap, couch=at_couch)
    inner_couch = cmap.dataset["couch"].values[1:-1]  # the outer ones are at the rim of what is coloured
    gantry, couch = np.meshgrid(cmap.dataset["gantry"].values, inner_couch, indexing="ij")
    away_from_poles = np.abs(np.sin(np.deg2rad(gantry))) > 0.1
    poses = np.stack([gantry[away_from_poles], couch[away_from_poles]], axis=1)
    directions = np.array([setup.directions_patient(gantry=gantry, couch=couch) for gantry, couch in poses])
    status, culprit = look_up(cmap, directions)
    expected = np.rint(255 * Palette(cmap).image(status, culprit))
    towards = Rotation.from_euler("z", at_couch - poses[:, 1:], degrees=True).apply(
        np.stack([np.sin(np.deg2rad(poses[:, 0])), np.zeros(len(poses)), np.cos(np.deg2rad(poses[:, 0]))], axis=1)
    )
    found = colours_towards(glb, in_gltf(towards))
    np.testing.assert_array_equal(found[:, :3], expected)
    assert len(np.unique(expected, axis=0)) > 5
    clear = status == sim.Status.FREE
    assert found[clear, 3].max() < found[~clear, 3].min()
    mirrored = colours_towards(glb, in_gltf(towards * (1.0, -1.0, 1.0)))
    assert (mirrored[:, :3] != expected).any(axis=1).mean() > 0.1


def test_the_sphere_is_around_the_isocentre_wherever_the_couch_joint_is(coarse, tmp_path: Path) -> None:
    """A model may put the joint's origin at the floor, and its column back up."""
    setup, _ = coarse
    lowered = {"couch": (0.0, 0.0, -700.0), "table_vertical": (0.0, 0.0, 700.0)}
    joints = tuple(replace(each, origin_mm=lowered.get(each.name, each.origin_mm)) for each in setup.couch.joints)
    setup = replace(setup, couch=replace(setup.couch, joints=joints))
    cmap = sim.collision_map(setup, method="sampled", workers=1)
    glb = written(tmp_path, setup, cmap, couch=30.0)
    np.testing.assert_allclose(np.linalg.norm(glb.triangles(glb.node(role="directions")), axis=2), 0.8, atol=1e-6)


def test_the_sphere_is_seen_as_it_is(coarse, tmp_path: Path) -> None:
    """No light falls on it, from inside it is the same, and what is free is nearly clear."""
    glb = written(tmp_path, *coarse)
    sphere = glb.node(role="directions")
    assert glb.path(sphere)[-2] == "couch"
    material = glb.material(sphere)
    assert material["alphaMode"] == "BLEND" and material["doubleSided"]
    assert "KHR_materials_unlit" in material["extensions"] and "KHR_materials_unlit" in glb.tree["extensionsUsed"]
    np.testing.assert_allclose(np.linalg.norm(glb.triangles(sphere), axis=2), 0.8, atol=1e-6)


def test_names_may_be_used_for_a_joint_and_a_part(tmp_path: Path) -> None:
    setup = sim.load_setup("box")
    parts = tuple(
        replace(part, name="gantry") if part.name == "gantry drum" else part for part in setup.machine.parts
    )
    setup = replace(setup, machine=replace(setup.machine, parts=parts))
    glb = written(tmp_path, setup, gantry=40.0)
    index = [body.name for body in setup.scene.bodies].index("gantry")
    found = glb.triangles(glb.node(part="gantry"))
    np.testing.assert_allclose(found, corners_of_body(setup, index, 40.0, 0.0), atol=1e-6)


def test_the_same_room_is_the_same_bytes(coarse, tmp_path: Path) -> None:
    setup, cmap = coarse
    for name in ("a.glb", "b.glb"):
        write_gltf(setup, tmp_path / name, cmap, gantry=10.0, couch=-20.0)
    assert (tmp_path / "a.glb").read_bytes() == (tmp_path / "b.glb").read_bytes()
    code = (
        "import sys, simulator as sim; from simulator.view.export.gltf import write_gltf;"
        "write_gltf(sim.load_setup('box'), sys.argv[1], gantry=10.0);"
        "assert not {'vtkmodules.vtkRenderingCore', 'matplotlib'} & set(sys.modules)"
    )
    for seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", code, str(tmp_path / f"{seed}.glb")], env=environment, check=True)
    assert (tmp_path / "1.glb").read_bytes() == (tmp_path / "2.glb").read_bytes()


def test_poses_that_cannot_be_are_refused(brain, tmp_path: Path) -> None:
    with pytest.raises(sim.SimulatorError, match="gantry: must be from -185 to 185"):
        write_gltf(brain, tmp_path / "room.glb", gantry=800.0)
    with pytest.raises(sim.SimulatorError, match="couch: must be a number, was nan"):
        write_gltf(brain, tmp_path / "room.glb", couch=float("nan"))
    assert list(tmp_path.iterdir()) == []


def test_files_that_cannot_be_written_leave_nothing_behind(brain, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.glb").mkdir()
    for path, message in [
        (tmp_path / "file" / "room.glb", "cannot be written"),
        (tmp_path / "folder.glb", "cannot be written"),
        (tmp_path / "room.gltf", "must end in .glb"),
        (tmp_path, "must end in .glb"),
    ]:
        with pytest.raises(sim.SimulatorError, match=message) as told:
            write_gltf(brain, path)
        assert str(path) in str(told.value) and "\n" not in str(told.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.glb"]
    write_gltf(brain, tmp_path / "new" / "room.GLB")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["room.GLB"]
