"""Why there is no way between two poses: what stands between, and whether that is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import culprits
from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.certify.cell_graph import CellGraph
from simulator.delivery.kernels.straight import Floats
from simulator.delivery.ways import NoWay
from simulator.setup.engines import checker_of, prover_of

if TYPE_CHECKING:
    from simulator.delivery.roads import RoadMap

Box = dict[str, tuple[float, float]]
EVERY_DEG = 0.25
"""Between the poses of the straight way at which it is looked up what is in the way."""


def no_way(roads: RoadMap, start: Floats, stop: Floats, *, is_free: tuple[bool, bool]) -> NoWay:
    """Return what says why there is no way between two poses (k,).

    Parameters
    ----------
    roads : RoadMap
        Of the room.
    start, stop : ndarray, shape (k,)
        The poses.
    is_free : tuple of bool
        Whether they are proven free.
    """
    ends = tuple(dict(zip(roads.joints, map(float, pose), strict=True)) for pose in (start, stop))
    if not all(is_free):
        blocked = stop if is_free[0] else start
        prover, checker = prover_of(roads.setup.scene, roads.joints), checker_of(roads.setup.scene, roads.joints)
        pair = roads.setup.scene.pairs[int(culprits(prover, checker, blocked[None])[0])].name
        is_proven = bool((checker.pair_status(blocked[None]) > 0).any())
        reason = f"the {'stop' if is_free[0] else 'start'} is not {'free' if is_proven else 'proven free'}"
        box = {joint: (float(at), float(at)) for joint, at in zip(roads.joints, blocked, strict=True)}
        return NoWay(*ends, is_proven=is_proven, pairs=(pair,), blocked=(box,), reason=reason)
    rows, blocked_boxes = _met(roads, start, stop)
    rows = list(dict.fromkeys([*rows, *_around(roads, start)]))
    names = tuple(roads.setup.scene.pairs[row].name for row in rows)
    return NoWay(*ends, is_proven=_is_apart(roads, start, stop), pairs=names, blocked=blocked_boxes)


def _is_apart(roads: RoadMap, start: Floats, stop: Floats) -> bool:
    """Return whether the poses are proven to have no way: cells not proven otherwise do not connect them."""
    open_ = roads.cells.only(roads.cells.status != NOT_FREE)
    graph = CellGraph.of(open_, turns=roads.turns, corners=True)
    components = graph.components()
    first, last = (set(components[graph.cell_of(pose)].tolist()) for pose in (start, stop))
    return not first & last


def _met(roads: RoadMap, start: Floats, stop: Floats) -> tuple[list[int], tuple[Box, ...]]:
    """Return what the straight way meets: pairs in its order, and the range of the joints in each stretch."""
    far = roads.space.shorter(stop - start)
    count = int(np.ceil(np.abs(far).max() / EVERY_DEG)) + 1
    poses = start + np.linspace(0.0, 1.0, count)[:, None] * far
    pair = np.array([_in_the_way(roads.cells, pose) for pose in roads.space.in_range(poses)])
    changes = np.flatnonzero(np.diff((pair >= 0).astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    boxes = tuple(_range(roads.joints, poses[first], poses[last - 1]) for first, last in changes)
    return list(dict.fromkeys(pair[pair >= 0].tolist())), boxes


def _in_the_way(cells: Cells, pose: Floats) -> int:
    """Return the pair of a cell that holds a pose and is not free; -1 where a free one holds it."""
    held = ((cells.low <= pose) & (pose <= cells.high)).all(axis=1)
    return int(cells.pair[held].min(initial=np.iinfo(np.int16).max)) if held.any() else -1


def _range(joints: tuple[str, ...], first: Floats, last: Floats) -> Box:
    return {joint: (float(min(ends)), float(max(ends))) for joint, *ends in zip(joints, first, last, strict=True)}


def _around(roads: RoadMap, pose: Floats) -> list[int]:
    """Return the pairs of the cells around the component of a pose, those first that have the most of its border."""
    cells = roads.cells
    graph = CellGraph.of(cells, turns=roads.turns)
    is_inside = np.zeros(len(cells), dtype=bool)
    free = np.flatnonzero(cells.status == FREE)
    is_inside[free[roads.space.components == roads.space.component_of(pose)]] = True
    out = np.concatenate([graph.second[is_inside[graph.first]], graph.first[is_inside[graph.second]]])
    length = (graph.high - graph.low).max(axis=1)
    border = np.concatenate([length[is_inside[graph.first]], length[is_inside[graph.second]]])
    rows: NDArray[np.int16] = cells.pair[out]
    weight = np.bincount(rows[rows >= 0], weights=border[rows >= 0], minlength=1)
    return [int(row) for row in np.argsort(-weight, kind="stable") if weight[row] > 0.0]
