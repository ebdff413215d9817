"""Why there is no way between two poses: what stands between, and whether that is proven."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import culprits
from simulator.certify.branch_and_bound import FREE
from simulator.delivery.roads.kernels.covered import Floats
from simulator.delivery.roads.proven_room import ProvenRoom
from simulator.delivery.roads.ways import NoWay
from simulator.setup.engines import checker_of, prover_of

Box = dict[str, tuple[float, float]]


def no_way(roads: ProvenRoom, start: Floats, stop: Floats, *, is_free: tuple[bool, bool]) -> NoWay:
    """Return what says why there is no way between two poses (k,).

    Parameters
    ----------
    roads : ProvenRoom
        Of the room.
    start, stop : ndarray, shape (k,)
        The poses.
    is_free : tuple of bool
        Whether they are proven free.
    """
    ends = tuple(dict(zip(roads.joints, map(float, pose), strict=True)) for pose in (start, stop))
    if not all(is_free):
        blocked = stop if is_free[0] else start
        asked = roads.setup.scene, roads.joints, roads.stands
        prover, checker = prover_of(*asked), checker_of(*asked)
        pair = roads.setup.scene.pairs[int(culprits(prover, checker, blocked[None])[0])].name
        is_proven = bool((checker.pair_status(blocked[None]) > 0).any())
        reason = f"the {'stop' if is_free[0] else 'start'} is not {'free' if is_proven else 'proven free'}"
        box = {joint: (float(at), float(at)) for joint, at in zip(roads.joints, blocked, strict=True)}
        return NoWay(*ends, is_proven=is_proven, pairs=(pair,), blocked=(box,), reason=reason)
    rows, blocked_boxes = _met(roads, start, stop)
    rows = list(dict.fromkeys([*rows, *_around(roads, start)]))
    names = tuple(roads.setup.scene.pairs[row].name for row in rows)
    return NoWay(*ends, is_proven=_is_apart(roads, start, stop), pairs=names, blocked=blocked_boxes)


def _is_apart(roads: ProvenRoom, start: Floats, stop: Floats) -> bool:
    """Return whether the poses are proven to have no way: cells not proven otherwise do not connect them."""
    components = roads.open_graph.components()
    first, last = (set(components[roads.open_graph.cell_of(pose)].tolist()) for pose in (start, stop))
    return not first & last


def _met(roads: ProvenRoom, start: Floats, stop: Floats) -> tuple[list[int], tuple[Box, ...]]:
    """Return what the straight way meets: pairs in its order, and the range of the joints in each stretch."""
    by = roads.space.shorter(stop - start)
    cells = roads.cells.only(roads.cells.status != FREE)
    found = [_stretches(cells.low + turn, cells.high + turn, start, by) for turn in roads.space.offsets]
    entry, leaving = (np.concatenate(ends) for ends in zip(*found, strict=True))
    pair = np.tile(cells.pair, len(found))
    order = np.argsort(entry, kind="stable")
    order = order[(entry < leaving)[order]]
    entry, leaving, pair = entry[order], np.maximum.accumulate(leaving[order]), pair[order]
    parts = np.split(np.arange(len(order)), np.flatnonzero(entry[1:] > leaving[:-1]) + 1) if len(order) else []
    ends = [(start + entry[part[0]] * by, start + leaving[part[-1]] * by) for part in parts]
    boxes = tuple(
        {joint: (float(min(a, b)), float(max(a, b))) for joint, a, b in zip(roads.joints, first, last, strict=True)}
        for first, last in ends
    )
    return list(dict.fromkeys(pair.tolist())), boxes


def _stretches(low: Floats, high: Floats, start: Floats, by: Floats) -> tuple[Floats, Floats]:
    """Return from which share of a way to which it is in each cell; the first is not smaller if nowhere."""
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (low - start) / by, (high - start) / by
    to_low[np.isnan(to_low)], to_high[np.isnan(to_high)] = -np.inf, np.inf  # a joint that stands on a side
    ends = np.sort([to_low, to_high], axis=0)
    return np.maximum(ends[0].max(axis=1), 0.0), np.minimum(ends[1].min(axis=1), 1.0)


def _around(roads: ProvenRoom, pose: Floats) -> list[int]:
    """Return the pairs of the cells around the component of a pose, those first that have the most of its border."""
    cells, graph = roads.cells, roads.graph
    is_inside = np.zeros(len(cells), dtype=bool)
    free = np.flatnonzero(cells.status == FREE)
    is_inside[free[roads.space.components == roads.space.component_of(pose)]] = True
    out = np.concatenate([graph.second[is_inside[graph.first]], graph.first[is_inside[graph.second]]])
    length = (graph.high - graph.low).max(axis=1)
    border = np.concatenate([length[is_inside[graph.first]], length[is_inside[graph.second]]])
    rows: NDArray[np.int16] = cells.pair[out]
    weight = np.bincount(rows[rows >= 0], weights=border[rows >= 0], minlength=1)
    return [int(row) for row in np.argsort(-weight, kind="stable") if weight[row] > 0.0]
