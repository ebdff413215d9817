"""What holds of whole cells: where all pairs are proven apart, or one in the way; nothing is divided."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.kernels.sentinels import NO_TRIANGLE, ROUNDING_MM
from simulator.certify.prover import Prover


def near_at(prover: Prover, poses: NDArray[np.float64]) -> NDArray[np.int8]:
    """Return which pairs are not proven to keep their clearance at poses (n, k): 1 or 0, shape (pairs, n).

    That is what FCL finds, several times as fast and on all cores; it is for what only proposes.
    """
    found = np.zeros((len(prover.scene.pairs), len(poses)), dtype=np.int8)
    for row, pair in enumerate(prover.scene.pairs):
        found[row] = is_near_at(prover, row, poses, np.full(len(poses), pair.buffer_mm))
    return found


def is_near_at(
    prover: Prover, row: int, poses: NDArray[np.float64], demanded_mm: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Return at which poses (n, k) a pair is not proven to be further apart than so many mm (n,); 0 is touching."""
    hint = np.full((len(poses), 2), NO_TRIANGLE, dtype=np.int32)
    bounds = prover.bounds(row, poses, np.zeros_like(poses), demanded_mm + ROUNDING_MM, demanded_mm, hint)
    return np.asarray(bounds.least < demanded_mm + ROUNDING_MM)


def may_be_in_the_way(prover: Prover, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.int16]:
    """Return the first pair of each cell (n, k) that is not proven to keep its clearance; -1 where all are."""
    found = np.full(len(low), -1, dtype=np.int16)
    middle, reach = (low + high) / 2, (high - low) / 2
    for row, pair in enumerate(prover.scene.pairs):
        left = np.flatnonzero(found < 0)
        demanded = np.full(len(left), pair.buffer_mm)
        hint = np.full((len(left), 2), NO_TRIANGLE, dtype=np.int32)
        bounds = prover.bounds(row, middle[left], reach[left], demanded + ROUNDING_MM, demanded, hint)
        found[left[bounds.least < demanded + ROUNDING_MM]] = row  # @kept_apart
    return found


def is_in_the_way(prover: Prover, row: int, low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return for which cells (n, k) it is proven that a pair keeps its clearance at no pose, shape (n,)."""
    demanded = np.full(len(low), prover.scene.pairs[row].buffer_mm)
    hint = np.full((len(low), 2), NO_TRIANGLE, dtype=np.int32)
    bounds = prover.bounds(row, (low + high) / 2, (high - low) / 2, demanded + ROUNDING_MM, demanded, hint)
    return np.asarray(bounds.most <= demanded - ROUNDING_MM)
