"""Planes that separate two triangles and turn with one of them.

Planes that stand (`motion_bounds`) lose θ times the length of a face that turns. In the axes of the body
whose face it is, which turns by θ about w through o, nothing of it moves, and a point q of the other body, which goes
to q + y v − V' r, has

    (n + x w × n − V n')·(q + y v − V' r − o),    x = sin θ,  V = 1 − cos θ,  n' the part of n across w,

along n. Less the slopes and bends of the two bodies (`Motion`), each term is greatest at an end of its range.
Slides (`drift`) carry the first body's face in its own axes by u, and the second body's points by R(θ) u. Neither
body may be on a chain.
"""

from __future__ import annotations

import numpy as np

from simulator.certify.kernels.drift import straight, turned_drift
from simulator.certify.kernels.motion_bounds import TURNING, Motion, rates
from simulator.certify.kernels.vectors import Floats, Vector, cross, dot, scaled, sub, vector
from simulator.compiled import inlined, jit


@inlined
def turning_plane_width(near: Motion, own: Floats, far: Motion, other: Floats, n: Vector) -> float:
    """Return how far apart planes separate two triangles (3, 3), in the room, if they turn with the first."""
    least = min(dot(n, vector(own, 0)), min(dot(n, vector(own, 1)), dot(n, vector(own, 2))))
    turned = cross(near.axis, n)
    across = sub(n, scaled(dot(n, near.axis), near.axis))
    most = -np.inf
    for k in range(3):
        q = vector(other, k)
        arm = sub(q, near.origin)
        v, r = rates(far, q)
        loss = near.sine * abs(dot(turned, arm) + near.slope) + far.sine * abs(dot(n, v) + far.slope)
        loss += near.versine * max(0.0, -dot(across, arm) - near.bend)
        loss += far.versine * max(0.0, -dot(n, r) - far.bend)
        loss += near.sine * far.sine * abs(dot(turned, v)) + near.versine * far.sine * abs(dot(across, v))
        loss += near.sine * far.versine * abs(dot(turned, r)) + near.versine * far.versine * abs(dot(across, r))
        most = max(most, dot(n, q) + loss)  # @turning_plane
    return least - most - straight(near.drift, n) - turned_drift(far.drift, n, near.turn)


@jit
def turning_plane_gap(a: Motion, b: Motion, n: Vector, A: Floats, B: Floats) -> float:
    """Return how far apart planes of normal n separate two triangles (3, 3), b to a, if they turn with either."""
    gap = -np.inf
    if a.kind == TURNING:
        gap = turning_plane_width(a, A, b, B, n)
    if b.kind == TURNING:
        gap = max(gap, turning_plane_width(b, B, a, A, scaled(-1.0, n)))
    return gap
