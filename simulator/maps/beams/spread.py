"""Points spread evenly over a region of the sphere of any shape, and the share of the region that each stands for.

A region is given by samples, each with the solid angle that it stands for; points are always some of them, so that
what holds for every sample holds for a point.

*Farthest points* first (Gonzalez, Theor. Comput. Sci. 38 (1985) 293): the next point is the sample farthest from all
points so far. So when the farthest is r away, no two points are nearer than r, and none of the region is farther than
r from one, whatever its shape: narrow strips and islands get theirs, and no other choice of as many points comes
twice as near to all of it. But such points lie on the rim of the region, where something is nearly in the way.

*Lloyd's relaxation* then moves each point to the middle of what is nearest to it (Du, Faber and Gunzburger, SIAM
Review 41 (1999) 637): off the rim, and to shares that are nearly equal. That may bring points together across a gap
in the region, and leave what is far behind: of points too near to each other one is taken away, and farthest points
are added once more. So in the end, too, none of the region is farther than r from a point, and no two points are
nearer than three quarters of r.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Directions = NDArray[np.float64]
Index = NDArray[np.intp]
ROUNDS = 12
"""Of the relaxation: more change little."""
APART = 0.75
"""How near to each other points may come in the relaxation, as a share of the farthest that a direction may be."""
SAME = 1e-7
"""A chord: samples within it are one direction, which two poses have."""
WIDE = 0.4
"""A chord: within less it is worth while to look samples up in a tree."""


def chord(angle_deg: float) -> float:
    """Return how far apart two points of the unit sphere are that an angle is between."""
    return float(2.0 * np.sin(np.deg2rad(angle_deg) / 2.0))


def evenly_spread(
    samples: Directions, weights: NDArray[np.float64], *, count: int | None = None, spacing_deg: float = 0.0
) -> Index:
    """Return which samples are points spread evenly over the region.

    Parameters
    ----------
    samples : ndarray, shape (m, 3)
        Unit vectors.
    weights : ndarray, shape (m,)
        What each stands for.
    count : int, optional
        So many, or as many as there are different samples.
    spacing_deg : float
        Else: no sample is farther from a point than that, and no two points are nearer to each other than three
        quarters of it.
    """
    found = np.zeros(0, dtype=np.intp)
    if not len(samples):
        return found
    found = farthest_points(samples, found, count=count, spacing_deg=spacing_deg)
    apart = chord(spacing_deg) if count is None else _least_distance(samples[found])
    found = relaxed(samples, weights, found)
    return farthest_points(samples, _thinned(samples, found, APART * apart), count=count, spacing_deg=spacing_deg)


def farthest_points(
    samples: Directions, start: Index, *, count: int | None = None, spacing_deg: float = 0.0
) -> Index:
    """Return some samples, and after them more, each the farthest from all before it.

    Parameters
    ----------
    samples : ndarray, shape (m, 3)
        Unit vectors, one at least.
    start : ndarray of int, shape (n,)
        Samples to begin with; if empty, the first.
    count : int, optional
        Stop with so many, or with all that differ.
    spacing_deg : float
        Stop when no sample is farther than that from the nearest point.

    Returns
    -------
    ndarray of int
        Indices of samples; those of the start first.
    """
    from scipy.spatial import cKDTree

    tree, limit = cKDTree(samples), max(chord(spacing_deg), SAME)
    chosen = start.tolist() if len(start) else [0]
    nearest = np.asarray(cKDTree(samples[chosen]).query(samples)[0])
    while len(chosen) != count:
        farthest = int(nearest.argmax())
        if not nearest[farthest] > limit:
            break
        chosen.append(farthest)
        point, far = samples[farthest], nearest[farthest]
        # A sample that is farther from this point than that is nearer to another one.
        near = tree.query_ball_point(point, far) if far < WIDE else slice(None)
        nearest[near] = np.minimum(nearest[near], np.linalg.norm(samples[near] - point, axis=1))
    return np.array(chosen, dtype=np.intp)


def relaxed(samples: Directions, weights: NDArray[np.float64], start: Index, rounds: int = ROUNDS) -> Index:
    """Return as many samples, each the nearest to the middle of those that are nearer to it than to any other.

    Parameters
    ----------
    samples : ndarray, shape (m, 3)
        Unit vectors.
    weights : ndarray, shape (m,)
        What each stands for.
    start : ndarray of int, shape (n,)
        Samples to begin with.
    rounds : int
        How often points are moved; they stop before one would be left without samples.
    """
    middles, of = samples[start], nearest_points(samples, samples[start])
    for _ in range(rounds):
        moved = _middles(samples, weights, of, middles)
        of_moved = nearest_points(samples, moved)
        if np.bincount(of_moved, minlength=len(start)).min() == 0:
            break
        middles, of = moved, of_moved
    away = np.linalg.norm(samples - middles[of], axis=1)
    order = np.lexsort((away, of))
    return np.asarray(order[np.searchsorted(of[order], np.arange(len(start)))], dtype=np.intp)


def _middles(samples: Directions, weights: NDArray[np.float64], of: Index, before: Directions) -> Directions:
    sums = np.stack([np.bincount(of, weights * samples[:, k], len(before)) for k in range(3)], axis=1)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    # Samples all around the sphere have no middle.
    return np.where(length > 0.0, sums / np.where(length > 0.0, length, 1.0), before)


def _thinned(samples: Directions, points: Index, apart: float) -> Index:
    """Return points without those that are nearer than a chord to one before them that stays."""
    from scipy.spatial import cKDTree

    stays = np.ones(len(points), dtype=bool)
    for first, second in sorted(cKDTree(samples[points]).query_pairs(apart)):
        if stays[first]:
            stays[second] = False
    return points[stays]


def _least_distance(points: Directions) -> float:
    from scipy.spatial import cKDTree

    return float(cKDTree(points).query(points, k=2)[0][:, 1].min()) if len(points) > 1 else 0.0


def nearest_points(samples: Directions, points: Directions) -> Index:
    """Return which point (n, 3) is the nearest to each sample (m, 3), shape (m,)."""
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(points).query(samples)[1], dtype=np.intp)


def shares(samples: Directions, weights: NDArray[np.float64], points: Directions) -> NDArray[np.float64]:
    """Return what is nearest to each point (n, 3): its Voronoi cell within the region, shape (n,).

    A sample stands for a patch around it, taken as a square. Where the border to the second nearest point goes
    through that, both get their part of it. With 100 samples a point, cells within the region are off by 0.3 % (one
    standard deviation) from those of scipy's SphericalVoronoi, six times less than where samples are counted whole.
    """
    from scipy.spatial import cKDTree

    if len(points) < 2:
        return np.full(len(points), weights.sum())
    first, second = cKDTree(points).query(samples, k=2)[1].T
    across = points[first] - points[second]
    apart = np.linalg.norm(across, axis=1)
    inside = np.einsum("ij,ij->i", samples, across) / np.where(apart > 0.0, apart, 1.0)
    side = np.sqrt(np.where(weights > 0.0, weights, 1.0))
    part = weights * np.minimum(0.5 + inside / side, 1.0)
    return np.asarray(np.bincount(first, part, len(points)) + np.bincount(second, weights - part, len(points)))
