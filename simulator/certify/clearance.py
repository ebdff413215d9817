"""The least clearance of several pairs at many poses, in waves: what is known of few poses makes others cheap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.distances import clearances, distances, floors
from simulator.certify.kernels.pair_bounds import ROUNDING_MM, Side
from simulator.collision.blocks import Blocks

Sides = list[tuple[Side, Side]]
WAVES = ((256, 64.0), (16, 16.0), (1, 4.0))
"""Of every so many poses, and blocks of so many degrees. Measured on the shipped scenarios."""
FAR_MM = 1e6
"""Further than anything in a room."""


def least_clearances(
    sides: Sides, rows: list[int], poses: NDArray[np.float64], slack_mm: float
) -> tuple[NDArray[np.float64], NDArray[np.int16]]:
    """Return the clearance (n,) at poses (n, k), and which pair has it; see `Prover.clearance_mm`."""
    count = len(poses)
    found, nearest = np.full(count, FAR_MM), np.full(count, -1, dtype=np.int32)
    witness = np.full((count, 2), -1, dtype=np.int32)
    order, done = list(rows), np.zeros(count, dtype=bool)
    for stride, size in WAVES:
        wave = np.flatnonzero(~done[::stride]) * stride
        if len(wave) == 0:
            continue
        known = np.flatnonzero(done & (nearest >= 0))
        if len(known):
            _take_over(sides, poses, known, wave, found, nearest, witness)
        asked, upper, pair, triangles = poses[wave], found[wave], nearest[wave], witness[wave]
        blocks = Blocks.divide(asked, size)
        for row in order:
            side_a, side_b = sides[row]
            least = _floors(side_a, side_b, asked, blocks, upper)
            clearances(side_a, side_b, row, asked, slack_mm, least, upper, pair, triangles)
        found[wave], nearest[wave], witness[wave] = upper, pair, triangles
        done[wave] = True
        # Pairs that are often nearest first: what they find spares the others most of their search.
        often = np.bincount(nearest[nearest >= 0], minlength=len(sides))
        order.sort(key=lambda row: -often[row])
    clearance_mm = np.where(nearest < 0, np.inf, np.maximum(found - ROUNDING_MM, 0.0))
    return clearance_mm, nearest.astype(np.int16)


def _floors(
    side_a: Side, side_b: Side, poses: NDArray[np.float64], blocks: Blocks, upper_mm: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return a lower bound (n,) of a pair's distance: one for all poses of a block."""
    cap, floor = np.zeros(len(blocks.centre)), np.full(len(blocks.centre), FAR_MM)
    np.maximum.at(cap, blocks.of_pose, upper_mm)
    np.minimum.at(floor, blocks.of_pose, upper_mm)
    asked = np.flatnonzero(cap > 0.0)
    answer, least = np.empty(len(asked)), np.zeros(len(cap))
    floors(side_a, side_b, poses[blocks.centre[asked]], blocks.reach[asked], cap[asked], floor[asked], answer)
    least[asked] = answer
    return np.asarray(least[blocks.of_pose])


def _take_over(
    sides: Sides,
    poses: NDArray[np.float64],
    known: NDArray[np.intp],
    wave: NDArray[np.intp],
    found: NDArray[np.float64],
    nearest: NDArray[np.int32],
    witness: NDArray[np.int32],
) -> None:
    """Begin with what is nearest at the nearest pose known: the distance of those triangles is an upper bound."""
    from scipy.spatial import cKDTree

    _, place = cKDTree(poses[known]).query(poses[wave])
    like = known[place]
    for row in np.unique(nearest[like]):
        asked = (nearest[like] == row) & (witness[like, 0] >= 0)
        place, triangles = wave[asked], witness[like[asked]]
        apart = np.empty(len(place))
        side_a, side_b = sides[row]
        distances(side_a, side_b, poses[place], triangles, apart)
        found[place], nearest[place], witness[place] = apart, row, triangles  # @witness
