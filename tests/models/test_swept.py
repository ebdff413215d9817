"""What a body passes over, against the union of its translates by manifold3d, which had no say in it."""

import manifold3d
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.shapes import cuboid, from_solid, joined, to_solid

from simulator.models.swept import is_convex, swept

LENGTHS = st.floats(-300.0, 300.0)
WAYS = st.lists(st.tuples(st.tuples(LENGTHS, LENGTHS, LENGTHS), st.tuples(LENGTHS, LENGTHS, LENGTHS)), max_size=2)


@settings(max_examples=60)
@given(WAYS, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_holds_the_body_wherever_it_may_be(ways, a, b):
    mesh = cuboid((-40.0, -20.0, -5.0), (40.0, 30.0, 5.0))
    whole = swept(mesh, np.array(ways).reshape(-1, 2, 3))
    shares = np.array([a, b])[: len(ways)]
    shift = sum(
        (np.array(s) * (1 - t) + np.array(e) * t for (s, e), t in zip(ways, shares, strict=True)), np.zeros(3)
    )
    moved = to_solid(mesh.mapped(np.eye(3), shift))
    assert (moved - to_solid(whole)).volume() == pytest.approx(0.0, abs=1e-3)
    assert whole.is_closed


def test_holds_nothing_else_along_one_way():
    mesh = cuboid((0.0, 0.0, 0.0), (10.0, 20.0, 30.0))
    whole = swept(mesh, [[(-5.0, 0.0, 0.0), (7.0, 0.0, 0.0)]])
    assert whole.bounds_mm.tolist() == [[-5.0, 0.0, 0.0], [17.0, 20.0, 30.0]]
    assert whole.surface.volume_mm3.sum() == pytest.approx(22.0 * 20.0 * 30.0)


def test_a_parallelogram_of_two_ways():
    mesh = cuboid((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    whole = swept(mesh, [[(0.0, 0.0, 0.0), (3.0, 0.0, 0.0)], [(0.0, -2.0, 0.0), (0.0, 5.0, 0.0)]])
    assert whole.surface.volume_mm3.sum() == pytest.approx(4.0 * 8.0 * 1.0)


def test_each_body_by_itself():
    left, right = cuboid((-50.0, 0.0, 0.0), (-40.0, 10.0, 10.0)), cuboid((40.0, 0.0, 0.0), (50.0, 10.0, 10.0))
    whole = swept(joined(left, right), [[(0.0, 0.0, 0.0), (0.0, 5.0, 0.0)]])
    assert whole.surface.count == 2
    assert whole.surface.volume_mm3.sum() == pytest.approx(2 * 10.0 * 15.0 * 10.0)


def test_what_is_convex():
    cube = manifold3d.Manifold.cube
    u = cube((30.0, 30.0, 10.0)) - cube((10.0, 20.0, 10.0)).translate((10.0, 10.0, 0.0))
    assert not is_convex(from_solid(u))
    assert is_convex(cuboid((0.0, 0.0, 0.0), (10.0, 20.0, 30.0)))
