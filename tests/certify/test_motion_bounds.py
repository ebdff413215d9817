"""Bounds on motion against plain kinematics: true at every pose of a cell, and short of it by second-order terms."""

import numpy as np
import pytest
from support.carried import KINDS, REACHES, SAMPLES, Carried, triple, unit

from simulator.certify.kernels.motion_bounds import (
    box_support,
    decrease,
    direction,
    displacement,
    most_apart,
    placed,
    triangle_support,
    unplaced,
)
from simulator.certify.kernels.penetration import relative_displacement
from simulator.geometry.transforms import apply, inverse

ROUNDING_MM = 1e-9


def every_case(count):
    """Joints of each kind that reach each way, several random ones of each."""
    for kind in KINDS:
        for reach in REACHES:
            for seed in range(count):
                rng = np.random.default_rng([KINDS.index(kind), int(1e4 * reach), seed])
                yield rng, Carried.random(rng, kind, reach)


def points_in_body(rng, count):
    """Points of a body, small or large, near or far, from what carries it."""
    return rng.uniform(-500, 500, 3) + rng.choice([0.1, 10.0, 400.0]) * rng.uniform(-1, 1, (count, 3))


def check(bound, truth, loss):
    """A bound from below that may fall short of the truth by a loss."""
    assert bound <= truth + ROUNDING_MM
    assert bound >= truth - loss - ROUNDING_MM


def test_the_middle_is_where_the_joint_says():
    for rng, body in every_case(3):
        point = points_in_body(rng, 1)
        in_room = apply(body.T_middle, point)[0]
        np.testing.assert_allclose(placed(body.motion, triple(point[0])), in_room, atol=ROUNDING_MM)
        np.testing.assert_allclose(unplaced(body.motion, triple(in_room)), point[0], atol=ROUNDING_MM)


def test_support_of_a_triangle():
    for rng, body in every_case(12):
        corners, n = points_in_body(rng, 3), unit(rng)
        truth = float((body.everywhere(corners) @ n).min())
        loss = body.second_order * body.radius_mm(corners)
        check(triangle_support(body.motion, direction(body.motion, triple(n)), corners), truth, loss)


def test_support_of_a_box():
    """The box pays for turning by its own size in the first order, and for its way by the second order alone."""
    signs = np.array(np.meshgrid(*[(-1, 1)] * 3)).reshape(3, -1).T
    for rng, body in every_case(12):
        centre, half, n = points_in_body(rng, 1)[0], rng.uniform(0, rng.choice([0.1, 10, 300]), 3), unit(rng)
        radius = float(np.linalg.norm(half))
        corners = centre + signs * half
        truth = float((body.everywhere(corners) @ n).min())
        loss = 2 * body.first_order * radius + body.second_order * body.radius_mm(centre[None])
        to = direction(body.motion, triple(n))
        check(box_support(body.motion, to, triple(centre), triple(half), radius), truth, loss)


def test_decrease_along_a_direction():
    """Of any vector, not of unit vectors alone: the bound from above asks with the whole way between two points."""
    for rng, body in every_case(12):
        point, n = points_in_body(rng, 1), rng.uniform(0.01, 300.0) * unit(rng)
        along = body.everywhere(point)[:, 0] @ n
        truth = float(apply(body.T_middle, point)[0] @ n - along.min())
        loss = np.linalg.norm(n) * (body.second_order * body.radius_mm(point) + ROUNDING_MM)
        found = decrease(body.motion, direction(body.motion, triple(n)), triple(point[0]))
        check(-found, -truth + np.linalg.norm(n) * ROUNDING_MM, loss)


def test_displacement_of_a_point():
    """Exactly as far as the point gets, which it does at the end of the reach."""
    for rng, body in every_case(12):
        point = points_in_body(rng, 1)
        middle = apply(body.T_middle, point)[0]
        truth = float(np.linalg.norm(body.everywhere(point)[:, 0] - middle, axis=1).max())
        assert displacement(body.motion, triple(middle)) == pytest.approx(truth, abs=ROUNDING_MM)


def pairs_of_bodies(count):
    for seed in range(count):
        rng = np.random.default_rng(1000 + seed)
        a, b = (Carried.random(rng, rng.choice(KINDS), float(rng.choice(REACHES))) for _ in range(2))
        point = points_in_body(rng, 1)
        middle = apply(a.T_middle, point)[0]
        other = middle + rng.choice([0.0, 1e-3, 1.0, 50.0]) * unit(rng)
        yield a, b, middle, other


def ways(a, b, middle, other):
    """Where a point of a and a point of b get to in the room: (samples, 3) each."""
    p = a.everywhere(apply(inverse(a.T_middle), middle[None]))[:, 0]
    q = b.everywhere(apply(inverse(b.T_middle), other[None]))[:, 0]
    return p, q


def test_most_apart():
    for a, b, middle, other in pairs_of_bodies(400):
        p, q = ways(a, b, middle, other)
        truth = float(np.linalg.norm(p[:, None] - q, axis=2).max())
        found = most_apart(a.motion, b.motion, triple(middle), triple(other))
        apart = np.linalg.norm(middle - other)
        furthest = [np.linalg.norm(way - way[SAMPLES // 2], axis=1).max() for way in (p, q)]
        bent = sum(
            body.second_order * body.radius_mm(apply(inverse(body.T_middle), point[None]))
            for body, point in ((a, middle), (b, other))
        )
        assert found >= truth - ROUNDING_MM
        assert found <= apart + sum(furthest) + ROUNDING_MM
        assert found**2 <= truth**2 + 4 * apart * bent + sum(furthest) ** 2 + 1e-6


def test_reach_of_a_point_into_a_body():
    """Against b, in the axes of b: at least as far as it gets, and hardly more than the two ways together."""
    for a, b, middle, _ in pairs_of_bodies(400):
        p, own = ways(a, b, middle, middle)
        seen_from_b = np.stack([apply(T_b_room, p) for T_b_room in inverse(b.T)])
        at_middle = apply(inverse(b.T_middle), middle[None])[0]
        truth = float(np.linalg.norm(seen_from_b - at_middle, axis=2).max())
        way_a, way_b = (np.linalg.norm(way - way[SAMPLES // 2], axis=1).max() for way in (p, own))
        found = relative_displacement(a.motion, b.motion, triple(middle))
        assert found >= truth - ROUNDING_MM
        assert found <= way_a + way_b + b.first_order * way_a + ROUNDING_MM


def test_a_joint_that_reaches_nowhere_costs_nothing():
    for rng, body in ((rng, body) for rng, body in every_case(2) if body.reach == 0.0):
        corners, n = points_in_body(rng, 3), unit(rng)
        truth = float((apply(body.T_middle, corners) @ n).min())
        found = triangle_support(body.motion, direction(body.motion, triple(n)), corners)
        assert found == pytest.approx(truth, abs=ROUNDING_MM)
        assert displacement(body.motion, triple(corners[0])) == 0.0


@pytest.mark.parametrize("reach", [91.0, 135.0, 180.0, 200.0, 400.0])
def test_bounds_of_more_than_half_a_turn_hold_too(reach):
    """Cells that large prove little, but nothing wrong."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        a, b = (Carried.random(rng, kind, reach) for kind in ("revolute", rng.choice(KINDS)))
        corners, n = points_in_body(rng, 3), unit(rng)
        least = float((a.everywhere(corners) @ n).min())
        assert triangle_support(a.motion, direction(a.motion, triple(n)), corners) <= least + ROUNDING_MM
        centre, half = corners[0], np.abs(corners[1] - corners[0])
        box = centre + half * np.array([(i, j, k) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)])
        least = float((a.everywhere(box) @ n).min())
        found = box_support(
            a.motion, direction(a.motion, triple(n)), triple(centre), triple(half), float(np.linalg.norm(half))
        )
        assert found <= least + ROUNDING_MM
        p, q = points_in_body(rng, 1), points_in_body(rng, 1)
        ways_p, ways_q = a.everywhere(p)[:, 0], b.everywhere(q)[:, 0]
        furthest = float(np.linalg.norm(ways_p[:, None] - ways_q[None], axis=2).max())
        in_room = (apply(body.T_middle, point)[0] for body, point in ((a, p), (b, q)))
        assert most_apart(a.motion, b.motion, *map(triple, in_room)) >= furthest - ROUNDING_MM
