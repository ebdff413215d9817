"""A slab between two triangles that turns with one of them.

A slab that stands (`motion_bounds`) loses θ times the length of a face that turns. In the axes of the body
whose face it is, which turns by θ about w through o, nothing of it moves, and a point q of the other body, which goes
to q + y v − V' r, has

    (n + x w × n − V n')·(q + y v − V' r − o),    x = sin θ,  V = 1 − cos θ,  n' the part of n across w,

along n. Less what the two bodies lean (`Stand.slope`, `Stand.bend`), each term is greatest at an end of its range.
"""

from __future__ import annotations

import numpy as np

from simulator.certify.kernels.compiled import inlined, jit
from simulator.certify.kernels.motion_bounds import TURNING, Stand, pace
from simulator.certify.kernels.vectors import Floats, Vector, cross, dot, scaled, sub, vector


@inlined
def carried_slab(near: Stand, own: Floats, far: Stand, other: Floats, n: Vector) -> float:
    """Return how wide a slab lies between two triangles (3, 3), in the room, if it turns with the first."""
    least = min(dot(n, vector(own, 0)), min(dot(n, vector(own, 1)), dot(n, vector(own, 2))))
    turned = cross(near.axis, n)
    across = sub(n, scaled(dot(n, near.axis), near.axis))
    most = -np.inf
    for k in range(3):
        q = vector(other, k)
        arm = sub(q, near.origin)
        v, r = pace(far, q)
        loss = near.sine * abs(dot(turned, arm) + near.slope) + far.sine * abs(dot(n, v) + far.slope)
        loss += near.versine * max(0.0, -dot(across, arm) - near.bend)
        loss += far.versine * max(0.0, -dot(n, r) - far.bend)
        loss += near.sine * far.sine * abs(dot(turned, v)) + near.versine * far.sine * abs(dot(across, v))
        loss += near.sine * far.versine * abs(dot(turned, r)) + near.versine * far.versine * abs(dot(across, r))
        most = max(most, dot(n, q) + loss)  # @carried
    return least - most


@jit
def carried_gap(a: Stand, b: Stand, n: Vector, A: Floats, B: Floats) -> float:
    """Return how wide a slab of normal n lies between two triangles (3, 3), from b to a, if it turns with either."""
    gap = -np.inf
    if a.kind == TURNING:
        gap = carried_slab(a, A, b, B, n)
    if b.kind == TURNING:
        gap = max(gap, carried_slab(b, B, a, A, scaled(-1.0, n)))
    return gap
