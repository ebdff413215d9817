"""How much room the free poses of a case have: quantiles of their least distances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.maps.certified import Swept
from simulator.maps.collision_map import CollisionMap
from simulator.maps.compute import collision_map
from simulator.setup.setup import Setup
from simulator.studies.rows import QUANTILES


def clearance_quantiles(setup: Setup, step_deg: float) -> tuple[float, ...] | None:
    """Return quantiles of the clearance of free poses, each weighing as much as the cell around it.

    Distances are at most what they are, and at most 1 mm less; poses are ``step_deg`` apart. None where nothing is
    free, or there is nothing to be clear of.
    """
    sweep = setup.sweep.coarser(step_deg)
    cmap = collision_map(setup, sweep=sweep, method="sampled", clearance=True, workers=1, progress=silent)
    clearance_mm, is_free = cmap.dataset["clearance_mm"].values, cmap.is_free
    if not is_free.any() or not np.isfinite(clearance_mm[is_free]).all():
        return None
    found = weighted_quantiles(clearance_mm[is_free], _weights(setup, cmap)[is_free], list(QUANTILES.values()))
    return tuple(found.tolist())


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


def _weights(setup: Setup, cmap: CollisionMap) -> NDArray[np.float64]:
    """Return what the cell around each pose counts, in the shape of the sweep; 1 where none has any size."""
    edges = [axis.edges() for axis in cmap.sweep]
    low, high = (
        np.stack([each.ravel() for each in np.meshgrid(*ends, indexing="ij")], axis=1)
        for ends in ([each[:-1] for each in edges], [each[1:] for each in edges])
    )
    weights = Swept.of(setup, cmap.sweep).weight(low, high).reshape(cmap.sweep.shape)
    return weights if weights.sum() > 0.0 else np.ones_like(weights)
