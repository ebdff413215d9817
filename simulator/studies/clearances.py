"""How much room the free poses of a case have: quantiles of their least distances."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, Cells
from simulator.certify.cell_graph import are_held
from simulator.certify.prover import Prover
from simulator.maps.certified import Swept, clearances
from simulator.maps.collision_map import CollisionMap
from simulator.setup.setup import Setup
from simulator.studies.rows import QUANTILES


def clearance_quantiles(setup: Setup, cmap: CollisionMap, step_deg: float) -> tuple[float, ...] | None:
    """Return quantiles of the clearance of free poses, each weighing as much as the cell around it.

    Poses are ``step_deg`` apart and within cells proven free; distances are at most what they are, and at most 1 mm
    less. None where there is no such pose or nothing to be clear of, and of an arm: it has many ways to a pose.

    Parameters
    ----------
    setup : Setup
        What is placed.
    cmap : CollisionMap
        Its certified map.
    step_deg : float
        Step of the joints that aim.
    """
    if setup.machine.arm is not None or cmap.cells is None:
        return None
    room = Swept.of(setup, cmap.sweep.coarser(step_deg))
    poses = room.sweep.poses()
    is_free = inside_of_one(poses, cmap.cells)
    return _quantiles(clearances(room, poses[is_free], workers=1), _weights(room)[is_free])


def clearance_quantiles_together(
    room: Swept, prover: Prover, places_mm: NDArray[np.float64], cells: Sequence[Cells]
) -> list[tuple[float, ...] | None]:
    """Return the same of isocentres of one room: what is nearest at one is the first that is asked at its neighbours.

    Parameters
    ----------
    room : Swept
        Any of them, over the poses that are measured.
    prover : Prover
        For such poses, and then the table's position.
    places_mm : ndarray, shape (m, 3)
        The table position of each.
    cells : sequence of Cells
        The certified cells of each.
    """
    poses, weights = room.sweep.poses(), _weights(room)
    is_free = np.stack([inside_of_one(poses, each) for each in cells], axis=1)
    pose, place = np.nonzero(is_free)  # all places of a pose follow each other
    asked = np.hstack([poses[pose], places_mm[place]])
    found, _ = prover.clearance_mm(asked, prover.scene.clearance_pairs, places=places_mm.shape[1])
    return [_quantiles(found[place == at], weights[is_free[:, at]]) for at in range(len(cells))]


def _quantiles(found: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, ...] | None:
    if not len(found) or not np.isfinite(found).all():
        return None
    return tuple(weighted_quantiles(found, weights, list(QUANTILES.values())).tolist())


def inside_of_one(poses: NDArray[np.float64], cells: Cells) -> NDArray[np.bool_]:
    """Return which poses (n, k) are inside or on the faces of a cell that is proven free."""
    free = cells.only(cells.status == FREE)
    return are_held(free.low, free.high, poses)


def weighted_quantiles(
    values: NDArray[np.float64], weights: NDArray[np.float64], shares: list[float]
) -> NDArray[np.float64]:
    """Return for each share the least of the values (n,) that this share of the weights is at or below."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order])
    at = np.searchsorted(cumulated, np.asarray(shares) * cumulated[-1])
    return np.asarray(values[order][at])


def silent(_done: int, _total: int) -> None:
    """Show no bar of a single map: the study has one."""


def _weights(room: Swept) -> NDArray[np.float64]:
    """Return what the cell around each pose (n,) counts; 1 where none has any size."""
    edges = [axis.edges() for axis in room.sweep]
    low, high = (
        np.stack([each.ravel() for each in np.meshgrid(*ends, indexing="ij")], axis=1)
        for ends in ([each[:-1] for each in edges], [each[1:] for each in edges])
    )
    weights = room.weight(low, high)
    return weights if weights.sum() > 0.0 else np.ones_like(weights)
