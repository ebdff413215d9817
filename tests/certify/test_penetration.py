"""Inside, outside and how deep: against winding numbers, trimesh, rational numbers and sampled motion."""

import numpy as np
import pytest
import trimesh
from support import shapes
from support.carried import KINDS, Carried, triple
from support.exact import distance_to_triangle
from support.winding import winding_number

from simulator.certify.kernels.bvh import box_tree
from simulator.certify.kernels.moving_pair import workspace
from simulator.certify.kernels.penetration import DIRECTIONS, distance_to, is_inside, most_outside
from simulator.certify.kernels.sentinels import FAR_MM
from simulator.geometry.transforms import apply, inverse
from simulator.models.mesh import Mesh

CAP_MM = 1e6
ROUNDING_MM = 1e-6


def answers(body, points_mm):
    """For each point: whether it could be decided, and whether it is inside."""
    tree, stack = box_tree(body), workspace().nodes
    found = np.array([is_inside(tree, triple(point), stack) for point in points_mm])
    return found[:, 0], found[:, 1]


def distances(body, points_mm, cap_mm=CAP_MM):
    tree, stack = box_tree(body), workspace().nodes
    return np.array([distance_to(tree, triple(point), cap_mm, stack) for point in points_mm])


def as_trimesh(body):
    return trimesh.Trimesh(body.vertices_mm, body.faces, process=False)


def random_body(rng):
    """One or two bodies, apart, in each other or across each other; thin, far off, or turned inside out."""
    size = float(rng.choice([5.0, 100.0, 900.0]))
    body = shapes.crumpled(rng, size, corners=int(rng.integers(6, 20)))
    if rng.random() < 0.6:
        second = shapes.crumpled(rng, size * rng.uniform(0.1, 1.0))
        body = shapes.joined(body, second.mapped(np.eye(3), size * rng.uniform(-0.8, 0.8, 3)))
    body = body.mapped(np.diag(rng.choice([0.02, 1.0], 3)) @ shapes.random_turns(rng, 1)[0, :3, :3])
    body = body.mapped(np.eye(3), rng.choice([0.0, 2000.0]) * rng.uniform(-1, 1, 3))
    return shapes.inside_out(body) if rng.random() < 0.3 else body


def near_surface(rng, body, count):
    """Points on the surface and a little off it."""
    on_it = trimesh.sample.sample_surface(as_trimesh(body), count, seed=int(rng.integers(1e6)))[0]
    return on_it + rng.normal(size=on_it.shape) * rng.choice([1e-4, 0.1, 10.0], (count, 1))


# --- inside or outside ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(30))
def test_inside_against_winding_numbers(seed):
    rng = np.random.default_rng(seed)
    body = random_body(rng)
    low, high = body.bounds_mm
    points = np.concatenate([rng.uniform(low - 1, high + 1, (100, 3)), near_surface(rng, body, 100)])
    known, inside = answers(body, points)
    assert known.mean() > 0.99
    np.testing.assert_array_equal(inside[known], (np.abs(winding_number(points, body)) > 0.5)[known])


def test_inside_against_trimesh():
    rng = np.random.default_rng(40)
    for body in (shapes.sphere(80.0, 40), shapes.prism(7, 50.0, -20.0, 90.0), shapes.crumpled(rng, 100.0, 15)):
        points = rng.uniform(-100, 100, (300, 3))
        known, inside = answers(body, points)
        assert known.all()
        rays = trimesh.ray.ray_triangle.RayMeshIntersector(as_trimesh(body))
        np.testing.assert_array_equal(inside, rays.contains_points(points))


def test_shells_cavities_and_doubles():
    """Solid and void by turns; two bodies that share a volume; a body in a body, both wound outwards."""
    cubes = [shapes.box(size, size, size) for size in (200.0, 160.0, 120.0)]
    onion = shapes.joined(cubes[0], shapes.inside_out(cubes[1]), cubes[2])
    across = shapes.joined(cubes[0], cubes[0].mapped(np.eye(3), (150.0, 0, 0)))
    doubled = shapes.joined(cubes[0], cubes[2])
    for body, places in (
        (onion, {3.0: True, 70.0: False, 90.0: True, 101.0: False}),
        (across, {3.0: True, 70.0: True, 200.0: True, 251.0: False}),
        (doubled, {3.0: True, 70.0: True, 101.0: False}),
    ):
        known, inside = answers(body, [(x, 0.7, 0.3) for x in places])
        assert known.all()
        assert inside.tolist() == list(places.values())


def corners_and_edges(rng, body, count):
    """Vertices, and points on edges."""
    edges = body.vertices_mm[body.faces[rng.integers(0, len(body.faces), count)][:, :2]]
    share = rng.choice([0.0, 0.5, rng.random()], (count, 1))
    return edges[:, 0] + share * (edges[:, 1] - edges[:, 0])


@pytest.mark.parametrize("direction", range(len(DIRECTIONS)))
def test_rays_through_vertices_and_edges(direction):
    """From inside and outside, so that a ray meets a vertex or an edge up to rounding: undecided, or right."""
    rng = np.random.default_rng(direction)
    decided = 0
    for seed in range(12):
        body = shapes.box(200, 120, 80) if seed == 0 else random_body(rng)
        extent = float(np.ptp(body.bounds_mm, axis=0).max())
        along = extent * rng.choice([-0.7, -1e-3, 1e-3, 0.1, 0.7], (60, 1))
        points = corners_and_edges(rng, body, 60) - along * np.asarray(DIRECTIONS[direction])
        winds = winding_number(points, body)
        plain = np.abs(winds - np.round(winds)) < 1e-6
        known, inside = answers(body, points)
        np.testing.assert_array_equal(inside[known & plain], (np.abs(winds) > 0.5)[known & plain])
        decided += int((known & plain).sum())
    assert decided > 500


def test_triangles_without_an_area_change_nothing():
    """A vertex put on an edge, with a triangle that is a line to keep the surface closed."""
    plain = shapes.box(200, 120, 80)
    a, b = plain.vertices_mm[plain.faces[0][:2]]
    middle = len(plain.vertices_mm)
    faces = np.concatenate(
        [[[plain.faces[0][0], middle, plain.faces[0][2]], [middle, *plain.faces[0][1:]]], plain.faces[1:]]
    )
    flat = [[plain.faces[0][0], plain.faces[0][1], middle]]
    body = Mesh(np.vstack([plain.vertices_mm, (a + b) / 2]), np.concatenate([faces, flat]).astype(np.int32))
    assert as_trimesh(body).is_watertight
    rng = np.random.default_rng(41)
    at_it = a + rng.random((100, 1)) * (b - a) - rng.uniform(-90, 90, (100, 1)) * np.asarray(DIRECTIONS[0])
    points = np.concatenate([rng.uniform(-110, 110, (300, 3)), at_it])
    known, inside = answers(body, points)
    truth = (np.abs(points) < (100, 60, 40)).all(axis=1)
    assert known.mean() > 0.9
    np.testing.assert_array_equal(inside[known], truth[known])
    np.testing.assert_allclose(distances(body, points), distances(plain, points), atol=1e-9)


# --- how far from the surface -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_distance_against_trimesh(seed):
    rng = np.random.default_rng(seed)
    body = random_body(rng)
    low, high = body.bounds_mm
    points = np.concatenate([rng.uniform(low - 50, high + 50, (60, 3)), near_surface(rng, body, 40)])
    _, expected, _ = trimesh.proximity.closest_point(as_trimesh(body), points)
    for cap_mm in (np.inf, 7.0):
        found, truth = distances(body, points, cap_mm), np.minimum(expected, cap_mm)
        assert (found <= truth + 1e-9).all()
        # Less by what rounding misplaces the nearest point on an edge, seen from near by.
        np.testing.assert_allclose(found, truth, atol=2e-5)


def with_slivers(length_mm, width_mm, count):
    """A block 1000 high whose top and one side have a fan of thin triangles from one end to the other."""
    half, y = length_mm / 2, (np.arange(count + 1) - count / 2) * width_mm
    fan = [(-half, 0.0, 0.0), *((half, value, 0.0) for value in y), (half, 0.0, -1000.0)]
    block = [(i * half, j * half, z) for z in (0.0, -1000.0) for i, j in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    foot = count + 2
    a, b, c, d, e, f, g, h = range(foot + 1, foot + 9)
    faces = [(0, i, i + 1) for i in range(1, count + 1)] + [(foot, i + 1, i) for i in range(1, count + 1)]
    faces += [(0, a, b), (0, b, 1), (0, count + 1, c), (0, c, d), (foot, 1, b), (foot, b, f), (foot, c, count + 1)]
    faces += [(foot, g, c), (a, e, f), (a, f, b), (c, g, h), (c, h, d), (0, d, h), (0, h, e), (0, e, a)]
    faces += [(f, e, h), (f, h, g), (f, g, foot)]
    body = Mesh(np.array([*fan, *block]), np.array(faces, dtype=np.int32))
    assert as_trimesh(body).is_watertight
    return body


@pytest.mark.parametrize("width_mm", [1e-1, 1e-3, 3e-4, 1e-5, 1e-7])
def test_thin_triangles_hide_no_surface(width_mm):
    """Just below the fan: a depth that is too large would be a proof of what is not so."""
    rng = np.random.default_rng(42)
    for count in (1, 4, 25):
        turn, shift = shapes.random_turns(rng, 1)[0, :3, :3], rng.uniform(-1000, 1000, 3)
        body = with_slivers(2000.0, width_mm, count).mapped(turn, shift)
        x, depth = rng.uniform(-900, 900, 25), 10.0 ** rng.uniform(-7, -3, 25)
        y = rng.uniform(-0.5, 0.5, 25) * width_mm * count * (x + 1000.0) / 2000.0
        points = np.column_stack([x, y, -depth]) @ turn.T + shift
        corners = body.vertices_mm[body.faces]
        for point, found in zip(points, distances(body, points), strict=True):
            truth = min(distance_to_triangle(point, triangle) for triangle in corners)
            assert found <= truth + ROUNDING_MM


# --- how far out a point gets -----------------------------------------------------------------------------------


def outside_mm(body, points_mm):
    """How far points are from a closed body: 0 inside."""
    _, apart, _ = trimesh.proximity.closest_point(as_trimesh(body), points_mm)
    return np.where(np.abs(winding_number(points_mm, body)) > 0.5, 0.0, apart)


@pytest.mark.parametrize("seed", range(6))
def test_how_far_out_a_point_gets(seed):
    """A bound over the cell, "inside at every pose" included; it is no use if it never says so."""
    rng = np.random.default_rng(seed)
    sure = 0
    for _ in range(15):
        reaches = rng.choice([0.0, 0.01, 0.3, 2.0, 20.0], 2)
        a, b = (Carried.random(rng, rng.choice(KINDS), float(reach)) for reach in reaches)
        body = shapes.crumpled(rng, 100.0)
        tree, stack = box_tree(body), workspace().nodes
        for point in near_surface(rng, body, 6) * rng.choice([0.3, 1.0], (6, 1)):
            middle = apply(b.T_middle, point[None])
            found = most_outside(a.motion, b.motion, tree, triple(middle[0]), stack)
            if found == FAR_MM:
                continue  # not inside in the middle, or not known: nothing is claimed
            ways = apply(a.T, apply(inverse(a.T_middle), middle))[::6, 0]
            seen_from_b = np.concatenate([apply(T_b_room, ways) for T_b_room in inverse(b.T[::6])])
            truth = outside_mm(body, seen_from_b).max()
            assert truth <= max(found, 0.0) + ROUNDING_MM
            sure += found < 0.0
    assert sure > 5


def test_a_point_on_the_surface_is_never_inside_at_every_pose():
    rng = np.random.default_rng(43)
    still = Carried.random(rng, "fixed", 0.0)
    for body in (shapes.box(100, 100, 100), shapes.sphere(50.0), shapes.crumpled(rng, 100.0)):
        tree, stack = box_tree(body), workspace().nodes
        for point in corners_and_edges(rng, body, 50):
            middle = apply(still.T_middle, point[None])[0]
            assert most_outside(still.motion, still.motion, tree, triple(middle), stack) > 0.0
