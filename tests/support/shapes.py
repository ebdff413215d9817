"""Bodies of all shapes, and scenes and rooms made of them."""

from dataclasses import replace
from itertools import count

import fcl
import manifold3d
import numpy as np
from scipy.spatial.transform import Rotation

import simulator as sim
from simulator.collision.scene import Body, Pair, Scene
from simulator.models.couch import Couch, TableTop
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.machine import Machine
from simulator.models.mesh import Mesh
from simulator.models.model import Part
from simulator.models.patient import Patient
from simulator.models.surfaces import Surface

NO_NOTE = "Made for a test."
COUCH_JOINTS = (
    Joint("couch", "revolute", "fixed", (0.0, 0.0, 1.0)),
    Joint("table_vertical", "prismatic", "couch", (0.0, 0.0, 1.0)),
    Joint("table_longitudinal", "prismatic", "table_vertical", (0.0, 1.0, 0.0)),
    Joint("table_lateral", "prismatic", "table_longitudinal", (1.0, 0.0, 0.0)),
    Joint("table_pitch", "revolute", "table_lateral", (1.0, 0.0, 0.0)),
    Joint("table_roll", "revolute", "table_pitch", (0.0, 1.0, 0.0)),
)
GANTRY = Joint("gantry", "revolute", "fixed", (0.0, 1.0, 0.0))


def from_solid(solid):
    """The closed mesh of a manifold3d solid."""
    mesh = solid.to_mesh64()
    return Mesh(np.array(mesh.vert_properties[:, :3]), np.array(mesh.tri_verts, dtype=np.int32))


def to_solid(mesh, T=None):
    """The manifold3d solid of a closed mesh, placed by T (4, 4)."""
    vertices = mesh.vertices_mm if T is None else mesh.vertices_mm @ T[:3, :3].T + T[:3, 3]
    solid = manifold3d.Manifold(
        manifold3d.Mesh64(vert_properties=np.ascontiguousarray(vertices), tri_verts=mesh.faces.astype(np.uint64))
    )
    assert solid.status() == manifold3d.Error.NoError
    return solid


def box(x, y, z, at=(0.0, 0.0, 0.0)):
    """A cuboid with edges x, y and z about a point."""
    half = np.array([x, y, z]) / 2
    return cuboid(np.asarray(at) - half, np.asarray(at) + half)


def cuboid(low, high):
    """A cuboid between two corners."""
    signs = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    vertices = np.where(signs, high, low).astype(float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [triangle for a, b, c, d in quads for triangle in ((a, b, c), (a, c, d))]
    return Mesh(vertices, np.array(faces, dtype=np.int32))


def prism(sides, radius, low, high):
    """A right prism along z over a regular polygon, one corner of it on +x."""
    turn = 2 * np.pi * np.arange(sides) / sides
    ring = np.stack([radius * np.cos(turn), radius * np.sin(turn)], axis=1)
    rings = [np.column_stack([ring, np.full(sides, z)]) for z in (low, high)]
    vertices = np.concatenate([*rings, [(0.0, 0.0, low), (0.0, 0.0, high)]])
    i = np.arange(sides)
    j = (i + 1) % sides
    low_end, high_end = np.full(sides, 2 * sides), np.full(sides, 2 * sides + 1)
    faces = np.concatenate(
        [
            np.stack([i, j, j + sides], axis=1),
            np.stack([i, j + sides, i + sides], axis=1),
            np.stack([j, i, low_end], axis=1),
            np.stack([i + sides, j + sides, high_end], axis=1),
        ]
    )
    return Mesh(vertices, faces.astype(np.int32))


def needle(tip, end, half_width):
    """A three-sided pyramid along z: its tip is one vertex at z = tip, its base is at z = end."""
    turn = 2 * np.pi * np.arange(3) / 3
    base = np.column_stack([half_width * np.cos(turn), half_width * np.sin(turn), np.full(3, end)])
    faces = np.array([(0, 2, 1), (0, 3, 2), (0, 1, 3), (1, 2, 3)], dtype=np.int32)
    return Mesh(np.concatenate([[(0.0, 0.0, tip)], base]), faces if end > tip else faces[:, ::-1])


def sphere(radius, segments=24, at=(0.0, 0.0, 0.0)):
    """A sphere; every vertex is on it."""
    return from_solid(manifold3d.Manifold.sphere(radius, segments)).mapped(np.eye(3), at)


def joined(*meshes):
    """One mesh of several bodies; a body within another must be turned inside out to be a cavity."""
    offsets = np.cumsum([0, *(len(mesh.vertices_mm) for mesh in meshes)])
    faces = [mesh.faces + offset for mesh, offset in zip(meshes, offsets, strict=False)]
    vertices = np.concatenate([mesh.vertices_mm for mesh in meshes])
    return Mesh(vertices, np.concatenate(faces).astype(np.int32))


def inside_out(mesh):
    """The same surface with its outside inside."""
    return replace(mesh, faces=mesh.faces[:, ::-1])


def without(mesh, faces):
    """What is read of a mesh in which some triangles are missing: a box stands for it."""
    return Mesh(*Surface.of(mesh.vertices_mm, np.delete(mesh.faces, faces, axis=0)).without_open())


def crumpled(rng, size, corners=9):
    """A closed body that is not convex: a random convex hull with another taken out of it."""
    outer = manifold3d.Manifold.hull_points(size * rng.uniform(-1, 1, (corners, 3)))
    bite_corners = rng.uniform(-0.7, 0.7, (corners, 3)) + rng.uniform(0, 0.7, 3)
    bite = manifold3d.Manifold.hull_points(size * bite_corners)
    left = outer - bite
    return from_solid(left if left.volume() > 0 else outer)


def shared_mm3(mesh_a, T_a, mesh_b, T_b):
    """The volume that two closed bodies share."""
    return abs((to_solid(mesh_a, T_a) ^ to_solid(mesh_b, T_b)).volume())


def fcl_object(mesh):
    """A mesh as FCL has it."""
    model = fcl.BVHModel()
    model.beginModel(len(mesh.faces), len(mesh.vertices_mm))
    model.addSubModel(np.array(mesh.vertices_mm), np.array(mesh.faces))
    model.endModel()
    return fcl.CollisionObject(model, fcl.Transform())


def random_turns(rng, n):
    """Rigid transforms (n, 4, 4) with uniform rotations and no shift."""
    T = np.tile(np.eye(4), (n, 1, 1))
    T[:, :3, :3] = Rotation.from_quat(rng.normal(size=(n, 4))).as_matrix()
    return T


def scene_of(joints, bodies, pairs, scan=("gantry", "couch"), **rest):
    """A scene from joints, (mesh, joint) and (a, b, buffer)."""
    tree = KinematicTree(tuple(joints))
    numbered = tuple(Body(f"body {i}", mesh, joint) for i, (mesh, joint) in enumerate(bodies))
    named = tuple(Pair(a, b, f"{a} – {b}", buffer_mm) for a, b, buffer_mm in pairs)
    return Scene(tree, numbered, named, scan, rest)


def sliding_scene(bodies, pairs):
    """Bodies (mesh, joint) on joints "x" and "y": a pose is the offset of those on "y" from those on "x", in mm."""
    joints = [Joint("x", "prismatic", axis=(-1.0, 0.0, 0.0)), Joint("y", "prismatic", axis=(0.0, 1.0, 0.0))]
    return scene_of(joints, bodies, pairs, ("x", "y"))


def random_scene(rng, *, stacked=False):
    """Crumpled bodies on a random tree: tilted axes that miss the isocentre, turned and sliding scanned joints.

    The two scanned joints are on two branches, or one carries the other.
    """

    def unit():
        vector = rng.normal(size=3)
        return tuple(vector / np.linalg.norm(vector))

    def rotation():
        return tuple(map(tuple, random_turns(rng, 1)[0, :3, :3]))

    numbers = count()

    def joint(parent, name=None, kinds=("revolute", "prismatic", "fixed")):
        name = name or f"joint {next(numbers)}"
        return Joint(name, rng.choice(kinds), parent, unit(), tuple(rng.uniform(-60, 60, 3)), None, rotation())

    before_first, first, after_first = joint("fixed"), "first", joint("first")
    before_second, second, after_second = joint("first" if stacked else "fixed"), "second", joint("second")
    moving = ("revolute", "revolute", "prismatic")
    joints = [
        before_first,
        joint(before_first.name, first, moving),
        after_first,
        before_second,
        joint(before_second.name, second, moving),
        after_second,
    ]
    rest = {name.name: float(rng.uniform(-40, 40)) for name in joints if name.name not in (first, second)}
    carriers = ["fixed", first, after_first.name, second, after_second.name]
    bodies = [(crumpled(rng, rng.uniform(15, 120)), carrier) for carrier in carriers]
    pairs = [
        (a, b, float(rng.choice([0.0, 5.0, 20.0])))
        for b in range(len(bodies))
        for a in range(len(bodies))
        if a != b and {a, b} not in ({1, 2}, {3, 4})
    ]
    return scene_of(joints, bodies, pairs, (first, second), **rest)


def room(machine_parts=(), couch_parts=(), patient_parts=(), *, above_top_mm=100.0, **options):
    """A C-arm setup from (name, mesh, joint): the isocentre above the origin of the table top, which is its surface.

    A patient's parts stand as they are given, in DICOM axes with the isocentre at 0, if the lowest is at y =
    ``above_top_mm``, its ends are at z = ±any and it is as wide to the left as to the right.
    """
    shared = {"title": "test", "note": NO_NOTE}
    machine = Machine(
        name="machine",
        parts=tuple(Part(name, mesh, joint, "machine") for name, mesh, joint in machine_parts),
        joints=(GANTRY, Joint("collimator", "revolute", "gantry")),
        **shared,
    )
    couch = Couch(
        name="couch",
        parts=tuple(Part(name, mesh, joint, "couch") for name, mesh, joint in couch_parts),
        joints=COUCH_JOINTS,
        table_top=TableTop("table_roll", 0.0, 20.0 + max([0.0, *(m.bounds_mm[1, 2] for _, m in patient_parts)])),
        **shared,
    )
    patient = Patient(
        name="patient",
        parts=tuple(Part(name, mesh, "fixed", "patient") for name, mesh in patient_parts),
        **shared,
    )
    shift_mm = (0.0, 0.0, 0.0 if patient_parts else above_top_mm)
    return sim.Setup(machine, couch, patient, isocentre_mm=(0.0, 0.0, 0.0), shift_mm=shift_mm, name="room", **options)
