"""Which of some cubes a ray meets first, against marching along it."""

from __future__ import annotations

import numpy as np

from simulator.view.window.picking import first_box


def test_the_first_cube_on_a_ray_is_found() -> None:
    rng, met = np.random.default_rng(3), 0
    for _ in range(60):
        middles, half = rng.uniform(-50, 50, (12, 3)), 9.0
        start = np.array([-200.0, *rng.uniform(-40, 40, 2)])
        along = np.array([1.0, *rng.uniform(-0.2, 0.2, 2)])
        steps = start + np.arange(0, 400, 0.02)[:, None] * along
        inside = (np.abs(steps[:, None] - middles) <= half).all(axis=-1)
        hit = inside.any(axis=1)
        expected = None if not hit.any() else np.flatnonzero(inside[hit.argmax()])
        found = first_box(start, along, middles, half)
        assert (found is None) == (expected is None)
        if found is not None:
            assert found in expected
            met += 1
    assert 20 < met < 60


def test_what_is_behind_is_not_met() -> None:
    middles = np.array([[-10.0, 0.0, 0.0]])
    assert first_box(np.zeros(3), np.array([1.0, 0.0, 0.0]), middles, 2.0) is None
    assert first_box(np.zeros(3), np.array([-1.0, 0.0, 0.0]), middles, 2.0) == 0
