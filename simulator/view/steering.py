"""How a pose is steered: on the values of a sweep, by steps, along arcs, to a direction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.collision_map import CollisionMap
from simulator.maps.dataset import ARCS
from simulator.scenario.axis import Axis, Range
from simulator.view.joint_axes import Pose

ROUNDING = 1e-6
"""Of values, in steps of the sweep."""


def wrapped(value_deg: float, start_deg: float, stop_deg: float) -> float:
    """Return an angle by whole turns within a range, where one of them is."""
    if start_deg <= value_deg <= stop_deg:
        return value_deg
    turned = start_deg + (value_deg - start_deg) % FULL_TURN_DEG
    return turned if turned <= stop_deg else value_deg


def snapped(values: Range, value: float) -> float:
    """Return the value of a range, its end included, that is nearest to a value on the same scale."""
    return stepped(values, value, 0)


def stepped(values: Range, value: float, steps: int) -> float:
    """Return the value of a range that is so many steps from the one nearest to ``value``.

    It stays within the range; where that goes once round, so does the angle.
    """
    last = round((values.stop - values.start) / values.step)
    at = round((value - values.start) / values.step) + steps
    if values.is_full_turn and steps:
        at %= last
    return round(values.start + float(np.clip(at, 0, last)) * values.step, 9) + 0.0


def way_of(axis: Axis, cmap: CollisionMap | None, pose: Mapping[str, float]) -> NDArray[np.float64]:
    """Return the values (n,) of a joint on its way: of the free arc that a pose is on, if the map has arcs of it.

    They go up from the arc's start; beyond the end of a full turn they are wrapped into the range. Of two arcs
    through one place, it is the one that goes on from the pose itself. Else they are those of the whole range.
    """
    joint = axis.joint
    if cmap is not None and joint in cmap.sweep.joints:
        held = [ends for ends in _arcs_at(cmap, axis, pose) if _is_on(axis, pose[joint], *ends)]
        if held:
            arc = min(held, key=lambda ends: not ends[0] <= pose[joint] <= ends[1])
            first, last = ((end - axis.start) / axis.step for end in arc)
            ahead = np.arange(np.ceil(first - ROUNDING), np.floor(last + ROUNDING) + 1) * axis.step
            return np.asarray(axis.start + (ahead % FULL_TURN_DEG if axis.unit == "deg" else ahead))
    return np.append(axis.values(), axis.stop) if axis.is_full_turn else axis.values()


def _arcs_at(cmap: CollisionMap, axis: Axis, pose: Mapping[str, float]) -> list[tuple[float, float]]:
    """Return the free arcs of a joint where the others stand as at a pose; none if the map has none of it."""
    if f"{ARCS}start" not in cmap.dataset or f"{ARCS}{axis.joint}" in cmap.dataset:
        return []
    arcs = cmap.arcs()
    for other in cmap.sweep:
        if other.joint != axis.joint:
            arcs = arcs[arcs[other.field] == pose[other.joint]]
    return list(arcs[[f"start_{axis.unit}", f"stop_{axis.unit}"]].itertuples(index=False, name=None))


def _is_on(axis: Axis, value: float, start: float, stop: float) -> bool:
    """Return whether a value is on an arc that is no full turn."""
    ahead = (value - start) % FULL_TURN_DEG if axis.unit == "deg" else value - start
    return 0 <= ahead <= stop - start and not (axis.unit == "deg" and stop - start >= FULL_TURN_DEG)


def to_and_fro(way: NDArray[np.float64], start: float) -> Iterator[float]:
    """Return values without end: from the one nearest to ``start`` up to the end of a way, back, and again.

    None at all if the way is a single value.
    """
    at = int(np.argmin(np.abs(way - start)))
    once = [*way[at + 1 :], *way[-2::-1], *way[1 : at + 1]]
    return cycle(float(value) for value in once)


def worst_pose(cmap: CollisionMap) -> Pose:
    """Return a pose at which the pair that costs most is in the way: a first contact, next to what is free.

    Parameters
    ----------
    cmap : CollisionMap
        The map. Where nothing is in the way, the pose is that nearest to where all joints are at 0.
    """
    from scipy.ndimage import distance_transform_edt

    poses, pair_status = cmap.sweep.poses(), np.asarray(cmap.dataset["pair_status"].values)
    from_free = np.zeros(cmap.status.shape)
    # Not those that are in the way only between the poses.
    is_there = (pair_status != Status.FREE).any(axis=tuple(range(1, pair_status.ndim)))
    if is_there.any():
        worst = next(row for row in map(cmap.pairs.index, cmap.pair_costs()["pair"]) if is_there[row])
        status = pair_status[worst]
        is_worst = (status == status.max()) & (cmap.dataset["culprit"].values == worst)
        steps = distance_transform_edt(~cmap.is_free) if cmap.is_free.any() else from_free
        from_free = np.where(is_worst if is_worst.any() else status == status.max(), steps, np.inf)
    first = np.lexsort((*np.abs(poses).T, from_free.ravel()))[0]
    return dict(zip(cmap.sweep.joints, poses[first].tolist(), strict=True))


def pose_of_direction(
    cmap: CollisionMap, direction_chart: NDArray[np.float64], pose: Mapping[str, float]
) -> Pose | None:
    """Return the pose of a map that aims from a direction best: free before others, then the nearest.

    Parameters
    ----------
    cmap : CollisionMap
        Tells which of the poses are free.
    direction_chart : ndarray, shape (3,)
        Unit vector from isocentre to source, in the chart's axes.
    pose : mapping of str to float
        Where the machine is now.

    Returns
    -------
    dict of str to float or None
        A value for each axis of the map; None if no pose of the map aims from there.
    """
    chart, plane = cmap.chart, cmap.reduced
    axes, found = [plane.sweep[joint] for joint in (chart.inner, chart.outer)], []
    angles = np.array(chart.angles(direction_chart))
    for asked in np.stack(chart.twins(*angles), axis=-1) if np.isfinite(angles).all() else ():
        near = [
            wrapped(float(value), axis.start - axis.step / 2, axis.stop + axis.step / 2)
            for axis, value in zip(axes, asked, strict=True)
        ]
        there = {axis.joint: snapped(axis, value) for axis, value in zip(axes, near, strict=True)}
        steps = [abs(value - there[axis.joint]) / axis.step for axis, value in zip(axes, near, strict=True)]
        if max(steps) <= 0.5 + ROUNDING:
            status = plane.status[tuple(index_of(axis, there[axis.joint]) for axis in axes)]
            turns = [abs((there[axis.joint] - pose[axis.joint] + 180.0) % FULL_TURN_DEG - 180.0) for axis in axes]
            found.append((int(status), sum(turns), list(there.values())))
    if not found:
        return None
    return pose_of_plane(cmap, dict(zip((chart.inner, chart.outer), min(found)[2], strict=True)), pose)


def pose_of_plane(cmap: CollisionMap, there: Pose, pose: Mapping[str, float]) -> Pose:
    """Return a pose of a map from values of the two joints that give the direction.

    Further joints are where the map's answer for these two comes from: at a free value if any is enough, at one that
    is not if all must be; of several at the one nearest to ``pose``.
    """
    further = [axis for axis in cmap.sweep if axis.joint not in there]
    if not further:
        return there
    row = (index_of(axis, there[axis.joint]) if axis.joint in there else slice(None) for axis in cmap.sweep)
    status = cmap.status[tuple(row)].ravel()
    values = np.stack([each.ravel() for each in np.meshgrid(*(axis.values() for axis in further), indexing="ij")])
    away = sum(np.abs(each - pose[axis.joint]) / axis.step for axis, each in zip(further, values, strict=True))
    counts_best = any(axis.over == "any" for axis in further)
    best = np.lexsort((away, status if counts_best else -status))[0]
    return {**there, **{axis.joint: float(each[best]) for axis, each in zip(further, values, strict=True)}}


def index_of(axis: Axis, value: float) -> int:
    """Return where a map has a value of an axis; the end of a full turn is its start."""
    at = round((value - axis.start) / axis.step)
    return at % axis.size if axis.is_full_turn else at
