"""The searches of two trees: FCL's distance where nothing moves, a true bound where something does."""

import fcl
import numpy as np
import pytest
import trimesh
from support import shapes
from support.carried import ARRAYS, KINDS, SAMPLES, Carried, triple

from simulator.certify.kernels.bvh import box_tree
from simulator.certify.kernels.motion_bounds import FIXED, Kinematics, standing
from simulator.certify.kernels.moving_pair import MovingPair, workspace
from simulator.certify.kernels.nearest import in_the_middle, near_points, nearest
from simulator.certify.kernels.separation import separation
from simulator.certify.kernels.vectors import ORIGIN
from simulator.models.mesh import Mesh

NONE = (-1, -1)
FAR_MM = 1e6
EXACT_MM = 1e-6


def random_body(rng):
    """Closed bodies of one or two parts, balls with many triangles, loose triangles."""
    size = float(rng.choice([3.0, 60.0, 400.0]))
    kind = rng.integers(0, 4)
    if kind == 0:
        return shapes.sphere(size, int(rng.choice([8, 40])))
    if kind == 1:
        return Mesh(size * rng.uniform(-1, 1, (30, 3)), rng.integers(0, 30, (25, 3)).astype(np.int32))
    body = shapes.crumpled(rng, size, corners=int(rng.integers(6, 30)))
    return body if kind == 2 else shapes.joined(body, shapes.needle(-size, size, 0.01 * size))


def placed(T):
    """A body that no joint carries, placed by T (4, 4)."""
    rows, nowhere = tuple(map(triple, T[:3, :3])), np.zeros(1)
    return standing(Kinematics(FIXED, 0, ORIGIN, (0.0, 0.0, 1.0), rows, triple(T[:3, 3]), *ARRAYS), nowhere)


def gap_of(pair, cap=FAR_MM, floor=0.0, slack=0.0, first=NONE):
    return separation(pair, cap, floor, slack, first, workspace())


def gap_standing(pair, cap=FAR_MM, floor=0.0, slack=0.0, first=NONE):
    return nearest(in_the_middle(pair), cap, floor, slack, first, workspace())


searched = pytest.mark.parametrize("gap_at", [gap_of, gap_standing])


class Fcl:
    """Two meshes as FCL has them."""

    def __init__(self, *bodies):
        self.objects = [shapes.fcl_object(body) for body in bodies]

    def distance(self, *T):
        """The distance with the bodies at T (4, 4); 0 where their surfaces cross."""
        for moved, there in zip(self.objects, T, strict=True):
            moved.setTransform(fcl.Transform(there[:3, :3].copy(), there[:3, 3].copy()))
        if fcl.collide(*self.objects, fcl.CollisionRequest(), fcl.CollisionResult()):
            return 0.0
        return max(fcl.distance(*self.objects, fcl.DistanceRequest(), fcl.DistanceResult()), 0.0)


def placed_pairs(rng, count):
    """Random bodies at random places, some across each other, with the distance that FCL finds."""
    for _ in range(count):
        a, b = random_body(rng), random_body(rng)
        T = shapes.random_turns(rng, 2)
        T[1, :3, 3] = rng.choice([0.3, 1.0, 3.0]) * 200.0 * rng.uniform(-1, 1, 3)
        trees = box_tree(a), box_tree(b)
        yield MovingPair(trees[0], placed(T[0]), trees[1], placed(T[1])), Fcl(a, b).distance(*T)


# --- trees ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_every_triangle_is_in_one_leaf_and_every_box_holds_what_is_below_it(seed):
    rng = np.random.default_rng(seed)
    bodies = [random_body(rng), Mesh(np.eye(3), np.array([[0, 1, 2]], dtype=np.int32))]
    for body in bodies:
        tree = box_tree(body)
        given = body.vertices_mm[body.faces]
        order = np.lexsort(tree.corners.reshape(-1, 9).T)
        np.testing.assert_array_equal(tree.corners[order], given[np.lexsort(given.reshape(-1, 9).T)])
        leaves = np.flatnonzero(tree.right == 0)
        np.testing.assert_array_equal(np.sort(tree.first[leaves]), np.arange(len(given)))
        assert (tree.below[leaves] == 1).all()
        assert (tree.first[0], tree.below[0]) == (0, len(given))
        for node in range(len(tree.centre)):
            inside = tree.corners[tree.first[node] : tree.first[node] + tree.below[node]]
            assert (np.abs(inside - tree.centre[node]) <= tree.half[node] + 1e-9).all()
            assert tree.radius[node] == pytest.approx(np.linalg.norm(tree.half[node]))
            if tree.right[node] > 0:
                children = [node + 1, tree.right[node]]
                assert tree.below[children].sum() == tree.below[node]
                assert tree.first[children].tolist() == [tree.first[node], tree.first[node] + tree.below[node + 1]]


# --- nothing moves ----------------------------------------------------------------------------------------------


@searched
@pytest.mark.parametrize("seed", range(10))
def test_at_one_pose_the_gap_is_the_distance(seed, gap_at):
    apart = 0
    for pair, expected in placed_pairs(np.random.default_rng(seed), 30):
        gap, i, j = gap_at(pair)
        assert gap == pytest.approx(expected, abs=EXACT_MM)
        assert i >= 0
        assert j >= 0
        apart += expected > 0.0
    assert 3 < apart < 30


@searched
def test_the_triangles_named_are_the_nearest(gap_at):
    for pair, expected in placed_pairs(np.random.default_rng(20), 40):
        _, i, j = gap_at(pair)
        faces = np.array([[0, 1, 2]], dtype=np.int32)
        alone = [box_tree(Mesh(tree.corners[k], faces)) for tree, k in ((pair.tree_a, i), (pair.tree_b, j))]
        found, _, _ = gap_at(MovingPair(alone[0], pair.a, alone[1], pair.b))
        assert found == pytest.approx(expected, abs=EXACT_MM)


def test_the_points_of_two_triangles_are_as_far_apart_as_they_are():
    """In the room, one on each triangle; where the two cross, both are where they do."""
    for pair, expected in placed_pairs(np.random.default_rng(22), 40):
        _, i, j = gap_standing(pair)
        points = np.array(near_points(pair, i, j, workspace()))
        assert np.linalg.norm(points[0] - points[1]) == pytest.approx(expected, abs=EXACT_MM)
        triangles = (pair.a, pair.tree_a.corners[i]), (pair.b, pair.tree_b.corners[j])
        for point, (body, corners) in zip(points, triangles, strict=True):
            in_room = corners @ np.array(body.rows).T + body.shift
            on_triangle = trimesh.triangles.closest_point([in_room], [point])[0]
            np.testing.assert_allclose(on_triangle, point, atol=EXACT_MM)


# --- cap, floor, slack and a first guess ------------------------------------------------------------------------


@searched
@pytest.mark.parametrize("first", ["none", "any", "nearest"])
def test_what_the_search_promises(first, gap_at):
    """Whatever is asked, the answer is never above the distance; and as near to it as what is asked allows."""
    rng = np.random.default_rng(21)
    for pair, expected in placed_pairs(rng, 60):
        _, *triangles = gap_at(pair)
        some = [int(rng.integers(len(tree.corners))) for tree in (pair.tree_a, pair.tree_b)]
        guess = {"none": NONE, "any": tuple(some), "nearest": tuple(triangles)}[first]
        for share in (0.5, 0.99, 1.01, 3.0):
            cap = max(share * expected, 1.0)
            gap, i, j = gap_at(pair, cap=cap, first=guess)
            assert gap == pytest.approx(min(cap, expected), abs=EXACT_MM)
            assert (min(i, j) < 0) == (expected >= cap)
            slack = float(rng.uniform(0, 20))
            gap, _, _ = gap_at(pair, slack=slack, first=guess)
            assert expected - slack - EXACT_MM <= gap <= expected + EXACT_MM
            floor = share * expected
            gap, _, _ = gap_at(pair, floor=floor, first=guess)
            if expected > floor + EXACT_MM:
                assert gap == pytest.approx(expected, abs=EXACT_MM)
            else:
                assert gap <= floor + EXACT_MM


# --- one or both move -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_over_a_cell_the_gap_is_a_bound(seed):
    """Below the distance at every sampled pose, and by no more than the motion below that in the middle."""
    rng = np.random.default_rng(seed)
    told = 0
    for _ in range(12):
        reaches = rng.choice([0.0, 0.01, 0.5, 3.0, 40.0], 2)
        a, b = (Carried.random(rng, rng.choice(KINDS), float(reach)) for reach in reaches)
        first, second = random_body(rng), random_body(rng)
        # The second body stands near the first, which its joint may have brought anywhere.
        to_b = np.linalg.inv(b.T_middle) @ a.T_middle
        second = second.mapped(to_b[:3, :3], to_b[:3, 3] + rng.uniform(-300, 300, 3))
        gap, _, _ = gap_of(MovingPair(box_tree(first), a.motion, box_tree(second), b.motion))
        truth = Fcl(first, second)
        which = [0, SAMPLES - 1, *rng.integers(0, SAMPLES, 4)]
        sampled = [truth.distance(a.T[i], b.T[j]) for i in which for j in which]
        assert gap <= min(sampled) + EXACT_MM
        moved = sum(
            np.linalg.norm(
                body.everywhere(mesh.vertices_mm) - body.everywhere(mesh.vertices_mm)[SAMPLES // 2], axis=2
            ).max()
            for body, mesh in ((a, first), (b, second))
        )
        assert gap >= truth.distance(a.T_middle, b.T_middle) - 1.5 * moved - EXACT_MM
        told += gap > 0.0
    assert told > 2
