"""Affine forms hold the functions they are of, everywhere in their box."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from simulator.arms.affine import Affine, angle_of, arccos, beside, norm, sine_cosine

N, K = 3_000, 3


def coordinates(width: float, seed: int = 1) -> tuple[np.ndarray, np.ndarray, list[Affine]]:
    """Return the ends (N, K) of random boxes, and their coordinates as forms."""
    rng = np.random.default_rng(seed)
    middle, half = rng.uniform(-2.0, 2.0, (N, K)), width * rng.uniform(0.0, 1.0, (N, K))
    low, high = middle - half, middle + half
    return low, high, [Affine.coordinate(low[:, at], high[:, at], at, K) for at in range(K)]


FUNCTIONS: dict[str, tuple[Callable[..., Affine], Callable[..., np.ndarray]]] = {
    "sum": (lambda x, y, z: x + y * 2.0 - z + 0.5, lambda x, y, z: x + 2.0 * y - z + 0.5),
    "product": (lambda x, y, z: (x * y) * z - x, lambda x, y, z: x * y * z - x),
    "cancelling": (lambda x, y, z: x * y - y * x + z, lambda x, y, z: z + 0.0 * x * y),
    "sine": (lambda x, y, z: sine_cosine(x + y * z)[0], lambda x, y, z: np.sin(x + y * z)),
    "cosine": (lambda x, y, z: sine_cosine(x * y)[1] + z, lambda x, y, z: np.cos(x * y) + z),
    "norm": (lambda x, y, z: norm(x, y * z), lambda x, y, z: np.hypot(x, y * z)),
    "arccos": (lambda x, y, z: arccos(x * 0.4) + y * z, lambda x, y, z: np.arccos(0.4 * x) + y * z),
    "leg": (lambda x, y, z: beside(x + 3.0, 0.7)[0] + y * z, lambda x, y, z: np.sqrt((x + 3.0) ** 2 - 0.49) + y * z),
    "lateral": (lambda x, y, z: beside(x + 3.0, -0.7)[1] + y * z, lambda x, y, z: np.arcsin(-0.7 / (x + 3)) + y * z),
}


@pytest.mark.parametrize("width", [0.0, 1e-9, 0.01, 0.3, 3.0])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_lie_in_their_form(name: str, width: float) -> None:
    of_forms, of_numbers = FUNCTIONS[name]
    low, high, forms = coordinates(width)
    with np.errstate(divide="ignore", invalid="ignore"):
        form = of_forms(*forms)
    rng = np.random.default_rng(2)
    for draw in range(8):
        share = rng.uniform(0.0, 1.0, (N, K)) if draw else rng.integers(0, 2, (N, K))
        with np.errstate(invalid="ignore"):
            value = of_numbers(*(low + share * (high - low)).T)
        is_outside = (value < form.low) | (value > form.high)
        assert not is_outside.any()


def test_an_angle_goes_on_over_the_half_turn() -> None:
    low, high = np.array([[-1.1, -0.2]]), np.array([[-0.9, 0.2]])
    x, y = (Affine.coordinate(low[:, at], high[:, at], at, 2) for at in range(2))
    form = angle_of(y, x)
    at = np.linspace(-0.2, 0.2, 41)
    angles = np.arctan2(at, -0.9) % (2 * np.pi)
    turned = angles + 2 * np.pi * np.round((form.centre - angles) / (2 * np.pi))
    assert ((form.low <= turned) & (turned <= form.high)).all()
    assert form.high[0] - form.low[0] < 0.6
    assert ((form.low < np.pi).all() and (form.high > np.pi).all()) or (form.low < -np.pi).all()


def test_what_cannot_be_bounded_proves_nothing() -> None:
    low, high = np.array([[-0.5, -0.5]]), np.array([[0.5, 0.5]])
    x, y = (Affine.coordinate(low[:, at], high[:, at], at, 2) for at in range(2))
    with np.errstate(divide="ignore", invalid="ignore"):
        for form in (angle_of(y, x), beside(x, 1.0)[0], beside(norm(x, y), 0.0)[1]):
            assert not ((form.low > -1e9) & (form.high < 1e9)).any()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_left_falls_with_the_square(name: str) -> None:
    of_forms, _ = FUNCTIONS[name]
    rests = []
    for width in (2e-3, 1e-3):
        form = of_forms(*coordinates(width)[2])
        rests.append(form.rest)
    is_known = np.isfinite(rests[0]) & (rests[0] > 1e-11)
    assert not is_known.any() or np.median(rests[0][is_known] / rests[1][is_known]) == pytest.approx(4.0, abs=0.1)
