"""The least clearance of several pairs at many poses, from few poses to all: what is known makes others cheap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.distances import Nearest, clearances, distances, floors
from simulator.certify.kernels.pair_bounds import Collider
from simulator.certify.kernels.sentinels import FAR_MM, NO_TRIANGLE, ROUNDING_MM
from simulator.collision.blocks import Blocks

Colliders = list[tuple[Collider, Collider]]
ROUNDS = ((256, 64.0), (16, 16.0), (1, 4.0))
"""Of every so many poses, and blocks of so many degrees. Measured on the shipped scenarios."""


def least_clearances(
    pairs: Colliders, rows: list[int], poses: NDArray[np.float64], slack_mm: float, places: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """Return the clearance (n,) at poses (n, k), and which pair has it; see `Prover.clearance_mm`.

    A bound of a block counts how far its poses are apart along every joint, so that blocks may be of any shape.
    """
    count = len(poses)
    found = Nearest(
        np.full(count, FAR_MM), np.full(count, -1, dtype=np.int32), np.full((count, 2), NO_TRIANGLE, dtype=np.int32)
    )
    order, done = list(rows), np.zeros(count, dtype=bool)
    for stride, size in ROUNDS:
        asked = np.flatnonzero(~done[::stride]) * stride
        if len(asked) == 0:
            continue
        known = np.flatnonzero(done & (found.pair >= 0))
        if len(known):
            _take_over(pairs, poses, known, asked, found)
        some = Nearest(found.clearance[asked], found.pair[asked], found.triangles[asked])
        # What is far away at one place is so at its neighbours: one bound for all places at which a joint slides.
        edges = np.array([size] * (poses.shape[1] - places) + [np.inf] * places)
        blocks = Blocks.divide(poses[asked], edges)
        for row in order:
            least = _floors(*pairs[row], poses[asked], blocks, some.clearance)
            some = clearances(*pairs[row], row, poses[asked], slack_mm, least, some)
        found.clearance[asked], found.pair[asked], found.triangles[asked] = some
        done[asked] = True
        # Pairs that are often nearest first: what they find spares the others most of their search.
        often = np.bincount(found.pair[found.pair >= 0], minlength=len(pairs))
        order.sort(key=lambda row: -often[row])
    clearance_mm = np.where(found.pair < 0, np.inf, np.maximum(found.clearance - ROUNDING_MM, 0.0))
    return clearance_mm, found.pair.astype(np.int16)


def _floors(
    body_a: Collider, body_b: Collider, poses: NDArray[np.float64], blocks: Blocks, upper_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a lower bound (n,) of a pair's distance: one for all poses of a block."""
    cap, floor = np.zeros(len(blocks.centre)), np.full(len(blocks.centre), FAR_MM)
    np.maximum.at(cap, blocks.of_pose, upper_mm)
    np.minimum.at(floor, blocks.of_pose, upper_mm)
    asked, least = np.flatnonzero(cap > 0.0), np.zeros(len(cap))
    least[asked] = floors(body_a, body_b, poses[blocks.centre[asked]], blocks.reach[asked], floor[asked], cap[asked])
    return np.asarray(least[blocks.of_pose])


def _take_over(
    pairs: Colliders, poses: NDArray[np.float64], known: NDArray[np.intp], asked: NDArray[np.intp], found: Nearest
) -> None:
    """Begin with what is nearest at the nearest pose known: the distance of those triangles is an upper bound."""
    from scipy.spatial import cKDTree

    like = known[cKDTree(poses[known]).query(poses[asked])[1]]
    for row in np.unique(found.pair[like]):
        of_row = (found.pair[like] == row) & (found.triangles[like, 0] >= 0)
        at, triangles = asked[of_row], found.triangles[like[of_row]]
        body_a, body_b = pairs[row]
        apart = distances(body_a, body_b, poses[at], triangles)
        found.clearance[at], found.pair[at], found.triangles[at] = apart, row, triangles  # @witness
