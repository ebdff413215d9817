"""The shell around a body: everything within the radius is in it, whatever the body looks like."""

import numpy as np
import pytest
from scipy.spatial import ConvexHull

import simulator as sim
from simulator.collision import checker as checker_module
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.containment import Probes
from simulator.collision.placement import Hull, Placement, Relative
from simulator.collision.shells import Patches
from simulator.geometry.transforms import ROUNDING_MM
from simulator.models.mesh import Mesh

RADII_MM = (1e-3, 0.5, 20.0, 300.0)


def hulls(shell):
    """The half-spaces (faces, 4) of each hull, in the order of the patches."""
    bodies = sorted(shell.mesh.bodies, key=lambda indices: indices[0])
    return [ConvexHull(shell.mesh.vertices_mm[indices]).equations for indices in bodies]


def depth(points, equations):
    """How far points (n, 3) are inside a hull; negative outside."""
    return -(points @ equations[:, :3].T + equations[:, 3]).max(axis=1)


def directions(rng, n):
    vectors = rng.normal(size=(n, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def on_triangles(rng, mesh, n):
    corners = mesh.vertices_mm[mesh.faces[rng.integers(0, len(mesh.faces), n)]]
    weights = rng.dirichlet([0.5] * 3, n)  # often near an edge or a corner
    return np.einsum("ni,nij->nj", weights, corners)


def assert_holds(rng, mesh, radius_mm, n=400):
    shell = Patches.of(mesh).swollen(np.full(len(Patches.of(mesh).corners_mm), radius_mm))
    lengths = radius_mm * rng.choice([1.0, 0.999, 0.5, 0.0], (n, 1))
    points = on_triangles(rng, mesh, n) + directions(rng, n) * lengths
    deepest = np.max([depth(points, equations) for equations in hulls(shell)], axis=0)
    assert deepest.min() > 0.0
    assert shell.may_swallow(points).all()


def sheet(shapes, thickness):
    return shapes.box(400.0, 300.0, thickness)


def plane(n=6):
    """A flat open square of 2 n² triangles."""
    x, y = np.meshgrid(np.linspace(0, 100, n + 1), np.linspace(0, 100, n + 1))
    vertices = np.column_stack([x.ravel(), y.ravel(), np.full(x.size, 7.0)])
    i = (np.arange(n)[:, None] * (n + 1) + np.arange(n)).ravel()
    faces = np.concatenate([np.stack([i, i + 1, i + n + 2], axis=1), np.stack([i, i + n + 2, i + n + 1], axis=1)])
    return Mesh(vertices, faces.astype(np.int32))


def one_triangle(*corners):
    return Mesh(np.array(corners, dtype=float), np.array([[0, 1, 2]], dtype=np.int32))


@pytest.mark.parametrize("radius_mm", RADII_MM)
@pytest.mark.parametrize("seed", range(6))
def test_random_bodies(shapes, seed, radius_mm):
    rng = np.random.default_rng(seed)
    body = shapes.joined(shapes.crumpled(rng, 300.0, 20), shapes.crumpled(rng, 40.0).mapped(np.eye(3), (500, 0, 90)))
    assert_holds(rng, body, radius_mm)


@pytest.mark.parametrize("radius_mm", RADII_MM)
def test_flat_thin_and_degenerate_bodies(shapes, radius_mm):
    rng = np.random.default_rng(40)
    turned = shapes.random_turns(rng, 1)[0, :3, :3]
    thin = [
        sheet(shapes, 0.5),
        sheet(shapes, 1e-7),
        plane(),
        shapes.needle(0.0, 800.0, 0.05),
        one_triangle((0, 0, 0), (100, 0, 0), (0, 100, 0)),
        one_triangle((0, 0, 0), (100, 100, 100), (200, 200, 200)),  # a line
        one_triangle((5, 5, 5), (5, 5, 5), (5, 5, 5)),  # a point
    ]
    for body in thin:
        assert_holds(rng, body, radius_mm)
        assert_holds(rng, body.mapped(turned, rng.uniform(-3000, 3000, 3)), radius_mm)


@pytest.mark.parametrize("noise_mm", [1e-12, 1e-9, 1e-6, 1e-3])
def test_patches_that_are_nearly_flat(shapes, noise_mm):
    """Many points on almost one plane: what a convex hull is worst at."""
    rng = np.random.default_rng(41)
    flat = plane(30)
    for _ in range(5):
        vertices = flat.vertices_mm + noise_mm * rng.normal(size=flat.vertices_mm.shape)
        body = Mesh(vertices, flat.faces).mapped(shapes.random_turns(rng, 1)[0, :3, :3], (900, 0, 0))
        for radius_mm in (1e-3, 20.0):
            assert_holds(rng, body, radius_mm, 200)


def test_shipped_bodies():
    rng = np.random.default_rng(42)
    for body in sim.load_setup("brain").scene.bodies:
        assert_holds(rng, body.mesh, float(rng.choice(RADII_MM)), 300)


def test_each_patch_has_its_own_radius(shapes):
    rng = np.random.default_rng(43)
    patches = Patches.of(shapes.sphere(200.0, 48))
    radii_mm = rng.uniform(0.1, 60.0, len(patches.corners_mm))
    for corners, radius_mm, equations in zip(
        patches.corners_mm, radii_mm, hulls(patches.swollen(radii_mm)), strict=True
    ):
        mixed = rng.dirichlet([0.3] * len(corners), 100) @ corners
        assert depth(mixed + radius_mm * directions(rng, 100), equations).min() > 0.0


def test_a_shell_is_not_much_larger_than_it_must_be(shapes):
    """Hulls of patches hug the body: nothing beyond a corner of the polyhedron around the ball, 1 / 0.79 radii."""
    patches = Patches.of(shapes.box(200, 200, 200))
    low, high = patches.swollen(np.full(len(patches.corners_mm), 10.0)).mesh.bounds_mm
    assert (high <= 100 + 10 / 0.79).all()
    assert (high >= 100 + 10 + ROUNDING_MM).all()
    np.testing.assert_allclose(low, -high, atol=1e-9)


# --- bodies that are wholly inside a hull ------------------------------------------------------------------------


def relative(offset):
    """A body a that stands at an offset from b."""
    T = np.tile(np.eye(4), (len(offset), 1, 1))
    T[:, :3, 3] = offset
    each, hull = np.arange(len(offset)), Hull(np.zeros(3), 1.0, np.ones(3))
    return Relative.at(Placement(T, hull, each), Placement(np.eye(4)[None], hull, np.zeros_like(each)), each)


def test_nothing_that_is_inside_a_hull_is_called_free_of_it(shapes):
    rng = np.random.default_rng(44)
    outer = shapes.crumpled(rng, 200.0)
    patches = Patches.of(outer)
    shell = patches.swollen(np.full(len(patches.corners_mm), 50.0))
    small = shapes.joined(shapes.sphere(2.0, 8, at=(1000, 0, 0)), shapes.sphere(3.0, 8, at=(4, 0, 0)))
    offsets = rng.uniform(-300, 300, (2000, 3))
    placed = [small.vertices_mm[indices] for indices in small.bodies]
    swallowed = np.zeros(len(offsets), dtype=bool)
    for equations in hulls(shell):
        for points in placed:
            depths = depth((points[None] + offsets[:, None]).reshape(-1, 3), equations).reshape(len(offsets), -1)
            swallowed |= (depths > 0).all(axis=1)
    assert swallowed.sum() > 100
    assert Probes.of(small).may_be_swallowed(relative(offsets), shell)[swallowed].all()


@pytest.mark.parametrize("few_poses", [1, 10**9], ids=["blocks", "pose by pose"])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_grain_deep_inside_the_buffer(shapes, monkeypatch, few_poses, swapped):
    """A grain of 1 mm crosses no hull of 80 mm, and is within the buffer all the same."""
    monkeypatch.setattr(checker_module, "FEW_POSES", few_poses)
    bodies = [(shapes.box(300, 300, 300), "x"), (shapes.sphere(0.5, 8), "y")]
    order = (0, 1) if swapped else (1, 0)
    checker = Checker(shapes.sliding_scene(bodies, [(*order, 80.0)]))
    x = np.linspace(151.0, 260.0, 400)
    poses = np.column_stack([x, np.linspace(-3, 3, 400)])
    expected = np.where(x - 150.5 <= 80.0, Status.WITHIN_BUFFER, Status.FREE)
    np.testing.assert_array_equal(checker.pair_status(poses)[0], expected)
    np.testing.assert_array_equal(checker.pair_status(poses[::-1])[0], expected[::-1])
