"""Primitive solids in closed form: round ones contain the true one."""

import numpy as np
import pytest
from support.built_solids import corners, is_inside

from simulator.models.solids import primitives


class TestPrimitives:
    @pytest.mark.parametrize("segments", [8, 24, 64])
    def test_a_polygon_contains_its_circle_and_is_as_wide(self, segments):
        polygon = primitives.circle(235.0, segments=segments)
        middles = (polygon + np.roll(polygon, -1, axis=0)) / 2
        assert np.allclose(np.hypot(*middles.T), 235.0, rtol=1e-12)
        assert np.allclose(np.abs(polygon).max(axis=0), 235.0, rtol=1e-12)

    def test_a_cylinder_contains_the_true_one_and_a_bore_lies_in_it(self):
        solid = primitives.cylinder(50, (0, 10))
        assert np.hypot(*corners(primitives.bore(50, (0, 10)))[:, :2].T).max() <= 50 + 1e-6
        # The prism over a tangent polygon of n sides: n r² tan(π/n) h.
        assert solid.volume() == pytest.approx(64 * 50**2 * np.tan(np.pi / 64) * 10)
        assert primitives.bore(50, (0, 10)).volume() < np.pi * 50**2 * 10 < solid.volume()

    def test_a_cone_contains_the_true_one(self):
        cone = primitives.revolve([(0, 0), (60, 0), (20, 90), (0, 90)])
        exact = np.pi * 90 / 3 * (60**2 + 60 * 20 + 20**2)
        polygon = 64 * np.tan(np.pi / 64) / np.pi
        assert cone.volume() == pytest.approx(exact * polygon, rel=1e-6)
        assert np.allclose(np.abs(corners(cone)[:, :2]).max(axis=0), 60)

    def test_a_sphere_contains_the_true_one(self):
        solid = primitives.hull(primitives.sphere((1, 2, 3), 40, segments=16))
        directions = np.random.default_rng(0).normal(size=(500, 3))
        directions /= np.linalg.norm(directions, axis=1)[:, None]
        # The support of a convex solid containing a ball is nowhere less than the ball's.
        support = ((corners(solid) - (1, 2, 3)) @ directions.T).max(axis=0)
        assert support.min() >= 40 - 1e-9
        assert all(is_inside(solid, (1, 2, 3) + 39.7 * direction) for direction in directions[:100])

    @pytest.mark.parametrize(
        ("axis", "bounds"), [("x", (7, 0, 0, 9, 3, 5)), ("y", (0, 7, 0, 3, 9, 5)), ("z", (0, 0, 7, 3, 5, 9))]
    )
    def test_a_prism_goes_where_its_axis_says(self, axis, bounds):
        prism = primitives.extrude([(0, 0), (3, 0), (3, 5)], axis, (9, 7))
        assert prism.bounding_box() == pytest.approx(bounds)
        assert prism.volume() == pytest.approx(15)

    def test_the_others(self):
        assert primitives.box((1, -1), (0, 3), (2, 4)).volume() == pytest.approx(12)
        assert primitives.mirrored([(1, 0), (2, 5)]).tolist() == [[1, 0], [2, 5], [-2, 5], [-1, 0]]
        assert primitives.both_sides(primitives.box((1, 2), (0, 1), (0, 1))).volume() == pytest.approx(2)
        pair = [primitives.box((0, 2), (0, 1), (0, 1)), primitives.box((1, 3), (0, 1), (0, 1))]
        assert primitives.union(pair).volume() == pytest.approx(3)
        squares = [np.array([[0, 0, z], [1, 0, z], [1, 1, z], [0, 1, z]]) for z in (0, 1, 3)]
        assert primitives.loft(squares).volume() == pytest.approx(3)
