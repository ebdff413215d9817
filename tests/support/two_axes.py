"""Two turning axes and a beam without a chart: an oracle of scipy's rotations and Paden and Kahan's subproblem."""

import numpy as np
from scipy.spatial.transform import Rotation

C_ARM = ((0.0, 0.0, -1.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
"""Axis of the couch, axis of the gantry, beam: the couch carries the patient, and so turns the beam the other way."""


def at_angles(alpha_deg, beta_deg, sign=1.0, azimuth_deg=0.0, start_deg=0.0):
    """Outer axis, inner axis and beam with these angles between them."""
    inner = Rotation.from_euler("yz", [alpha_deg, azimuth_deg], degrees=True).apply((0, 0, 1))
    beam = Rotation.from_euler("yz", [alpha_deg - beta_deg, azimuth_deg], degrees=True).apply((0, 0, 1))
    return np.array((0.0, 0.0, sign)), inner, Rotation.from_rotvec(np.deg2rad(start_deg) * inner).apply(beam)


def directions(vectors, inner_deg, outer_deg):
    """Where the source stands, (n, 3)."""
    outer, inner, beam = (np.asarray(vector) for vector in vectors)
    turned = Rotation.from_rotvec(np.multiply.outer(np.deg2rad(outer_deg), outer))
    return (turned * Rotation.from_rotvec(np.multiply.outer(np.deg2rad(inner_deg), inner))).apply(beam)


def poses(vectors, directions):
    """Both poses of each direction, inner and outer of shape (2, n); NaN where there are none.

    The beam after the inner turn, w, has w·a1 = u·a1, w·a2 = b·a2 and length 1 (Murray, Li, Sastry 1994, 3.3).
    """
    a1, a2, b = (np.asarray(vector) for vector in vectors)
    dot, along1, along2 = a1 @ a2, directions @ a1, b @ a2
    of1, of2 = (along1 - dot * along2) / (1 - dot**2), (along2 - dot * along1) / (1 - dot**2)
    across = np.cross(a1, a2)
    with np.errstate(invalid="ignore"):
        rest = np.sqrt((1 - of1**2 - of2**2 - 2 * of1 * of2 * dot) / (across @ across))
    w = np.outer(of1, a1) + np.outer(of2, a2) + np.multiply.outer([1, -1], rest)[..., None] * across
    return turn_deg(a2, np.broadcast_to(b, w.shape), w), turn_deg(a1, w, np.broadcast_to(directions, w.shape))


def turn_deg(axis, start, stop):
    """By how much one vector is turned about an axis into another."""
    return np.rad2deg(
        np.arctan2(np.cross(start, stop) @ axis, (start * stop).sum(axis=-1) - (start @ axis) * (stop @ axis))
    )


def reached(vectors, low, high, directions):
    """Which directions some pose of some cell has: by exhaustion over cells, both poses, and whole turns."""
    found = np.zeros(len(directions), dtype=bool)
    for inner, outer in zip(*poses(vectors, directions), strict=True):
        for (inner0, outer0), (inner1, outer1) in zip(low, high, strict=True):
            found |= ((inner - inner0) % 360 <= inner1 - inner0) & ((outer - outer0) % 360 <= outer1 - outer0)
    return found


def on_the_sphere(rng, count):
    """Directions at random, uniformly."""
    vectors = rng.normal(size=(count, 3))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def cells_of(inner_edges, outer_edges, mask):
    """The True cells of a grid: low and high, shapes (n, 2)."""
    i, j = np.nonzero(mask)
    low = np.stack([inner_edges[i], outer_edges[j]], axis=1)
    return low, np.stack([inner_edges[i + 1], outer_edges[j + 1]], axis=1)
