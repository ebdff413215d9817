"""How far a direction parts two boxes that stand."""

from __future__ import annotations

from simulator.certify.kernels.vectors import (
    Rows,
    Vector,
    column,
    component,
    extent_along,
    length,
    row,
    scaled,
)
from simulator.compiled import inlined

TINY = 1e-300


@inlined
def best_direction(of_a: Vector, of_b: Vector, half_a: Vector, half_b: Vector, R: Rows) -> tuple[float, Vector]:
    """Return how far a direction separates two boxes that stand, and the direction, in the first one's axes.

    It is the best of seven: the line of their middles, and the normals of their faces.

    Parameters
    ----------
    of_a, of_b : Vector
        From the middle of the second box to that of the first, in the axes of either.
    half_a, half_b : Vector
        Half edges.
    R : Rows
        The rotation from the second one's axes to the first one's.
    """
    far = max(length(of_a), TINY)
    gap, n = far - (extent_along(of_a, half_a) + extent_along(of_b, half_b)) / far, scaled(1.0 / far, of_a)
    for k in range(3):
        beyond = abs(component(of_a, k)) - component(half_a, k) - extent_along(row(R, k), half_b)
        if beyond > gap:
            side = 1.0 if component(of_a, k) >= 0.0 else -1.0
            gap, n = beyond, (side if k == 0 else 0.0, side if k == 1 else 0.0, side if k == 2 else 0.0)
    for k in range(3):
        beyond = abs(component(of_b, k)) - component(half_b, k) - extent_along(column(R, k), half_a)
        if beyond > gap:
            gap, n = beyond, scaled(1.0 if component(of_b, k) >= 0.0 else -1.0, column(R, k))
    return gap, n  # @parting
