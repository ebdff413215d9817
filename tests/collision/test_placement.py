"""The cheapest bound of a distance: never more than the distance, and never above 0 where bodies touch."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.collision.placement import Hull, Placement, Relative


def relative(mesh_a, T_a, mesh_b, T_b) -> Relative:
    """Two meshes against each other where the transforms (n, 4, 4) place them."""
    each = np.arange(len(T_a))
    return Relative.at(Placement(T_a, Hull.around(mesh_a), each), Placement(T_b, Hull.around(mesh_b), each), each)


def placed(shapes, rng, n: int, reach_mm: float) -> np.ndarray:
    """Random places, turned every way."""
    T = shapes.random_turns(rng, n)
    T[:, :3, 3] = rng.uniform(-reach_mm, reach_mm, (n, 3))
    return T


@pytest.mark.parametrize("seed", range(4))
def test_it_is_never_more_than_the_least_distance_of_vertices(shapes, seed: int) -> None:
    """The distance of two bodies is at most that of any two of their vertices."""
    rng = np.random.default_rng(seed)
    a, b = shapes.box(*rng.uniform(5, 400, 3), at=rng.uniform(-200, 200, 3)), shapes.crumpled(rng, 150.0)
    T_a, T_b = placed(shapes, rng, 200, 500.0), placed(shapes, rng, 200, 500.0)
    gap = relative(a, T_a, b, T_b).gap_mm()
    of_a, of_b = (
        np.einsum("nij,kj->nki", T[:, :3, :3], mesh.vertices_mm) + T[:, None, :3, 3]
        for T, mesh in ((T_a, a), (T_b, b))
    )
    least = np.linalg.norm(of_a[:, :, None] - of_b[:, None], axis=-1).min(axis=(1, 2))
    assert (gap <= least).all()
    assert (gap > 0).mean() > 0.3


def test_it_is_the_distance_of_boxes_that_face_each_other(shapes) -> None:
    a, b = shapes.box(100.0, 20.0, 30.0), shapes.box(10.0, 200.0, 30.0, at=(70.0, 0.0, 5.0))
    here = np.eye(4)[None]
    assert relative(a, here, b, here).gap_mm()[0] == pytest.approx(15.0, abs=2e-6)


@pytest.mark.parametrize("seed", range(20))
def test_boxes_that_touch_are_asked_about(shapes, seed: int) -> None:
    """In numbers that binary fractions do not hold: rounding must not part them."""
    rng = np.random.default_rng(seed)
    low, middle, high = np.sort(rng.uniform(-900, 900, 3))
    a = shapes.cuboid((low, -50.0, -50.0), (middle, 50.0, 50.0))
    b = shapes.cuboid((middle, -20.0, -20.0), (high, 20.0, 20.0))
    shift = np.eye(4)[None].copy()
    shift[:, :3, 3] = rng.uniform(-900, 900, 3)
    for T in (np.eye(4)[None], shift):
        assert relative(a, T, b, T).gap_mm()[0] == 0.0
