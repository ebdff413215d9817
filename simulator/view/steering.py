"""How a pose is steered: on the angles of the grid, by steps, along arcs, to a direction."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.maps.collision_map import CollisionMap
from simulator.scenario.sweep import Grid, Range
from simulator.view.sphere import poses_of_direction

Pose = tuple[float, float]
ROUNDING = 1e-6
"""Of angles, in steps of the grid."""


def wrapped(value_deg: float, start_deg: float, stop_deg: float) -> float:
    """Return an angle by whole turns within a range, where one of them is."""
    if start_deg <= value_deg <= stop_deg:
        return value_deg
    turned = start_deg + (value_deg - start_deg) % 360.0
    return turned if turned <= stop_deg else value_deg


def snapped(angles: Range, value_deg: float) -> float:
    """Return the angle of a range, its end included, that is nearest to an angle on the same scale."""
    return stepped(angles, value_deg, 0)


def stepped(angles: Range, value_deg: float, steps: int) -> float:
    """Return the angle of a range that is so many steps from the one nearest to ``value_deg``.

    It stays within the range; where that goes once round, so does the angle.
    """
    last = round((angles.stop - angles.start) / angles.step)
    at = round((value_deg - angles.start) / angles.step) + steps
    if angles.is_full_turn and steps:
        at %= last
    return round(angles.start + float(np.clip(at, 0, last)) * angles.step, 9) + 0.0


def way_of_gantry(grid: Grid, cmap: CollisionMap | None, pose: Pose) -> NDArray[np.float64]:
    """Return the gantry angles (n,) of the free arc that a pose is on; of the whole range where it is on none.

    They go up from the arc's start; beyond 180 they are wrapped into the range. Of two arcs through one place, it is
    the one that goes on from the pose itself.
    """
    angles = grid.gantry_deg
    if cmap is not None:
        arcs = cmap.arcs()
        here = arcs.loc[arcs["couch_deg"] == pose[1], ["start_deg", "stop_deg"]].itertuples(index=False)
        held = [(start, stop) for start, stop in here if (pose[0] - start) % 360.0 <= stop - start < 360.0]
        if held:
            arc = min(held, key=lambda ends: not ends[0] <= pose[0] <= ends[1])
            first, last = ((end - angles.start) / angles.step for end in arc)
            steps = np.arange(np.ceil(first - ROUNDING), np.floor(last + ROUNDING) + 1)
            return np.asarray(angles.start + steps * angles.step % 360.0)
    return _whole(angles)


def way_of_couch(grid: Grid) -> NDArray[np.float64]:
    """Return the couch angles (n,) of the range."""
    return _whole(grid.couch_deg)


def worst_pose(cmap: CollisionMap) -> Pose:
    """Return a pose at which the pair that costs most is in the way: a first contact, next to what is free.

    Parameters
    ----------
    cmap : CollisionMap
        The map. Where nothing is in the way, the pose is that nearest to gantry 0, couch 0.
    """
    from scipy.ndimage import distance_transform_edt

    gantry, couch = np.meshgrid(cmap.dataset["gantry"].values, cmap.dataset["couch"].values, indexing="ij")
    from_free = np.zeros(gantry.shape)
    is_there = (cmap.dataset["pair_status"].values != Status.FREE).any(axis=(1, 2))  # and not only between the poses
    if is_there.any():
        worst = next(row for row in map(cmap.pairs.index, cmap.pair_costs()["pair"]) if is_there[row])
        status = np.asarray(cmap.dataset["pair_status"].values[worst])
        is_worst = (status == status.max()) & (cmap.dataset["culprit"].values == worst)
        steps = distance_transform_edt(~cmap.is_free) if cmap.is_free.any() else from_free
        from_free = np.where(is_worst if is_worst.any() else status == status.max(), steps, np.inf)
    order = np.lexsort((np.abs(gantry).ravel(), np.abs(couch).ravel(), from_free.ravel()))
    return float(gantry.ravel()[order[0]]), float(couch.ravel()[order[0]])


def to_and_fro(way_deg: NDArray[np.float64], start_deg: float) -> Iterator[float]:
    """Return angles without end: from the one nearest to ``start_deg`` up to the end of a way, back, and again.

    None at all if the way is a single angle.
    """
    at = int(np.argmin(np.abs(way_deg - start_deg)))
    once = [*way_deg[at + 1 :], *way_deg[-2::-1], *way_deg[1 : at + 1]]
    return cycle(float(angle) for angle in once)


def _whole(angles: Range) -> NDArray[np.float64]:
    return np.append(angles.values_deg(), angles.stop) if angles.is_full_turn else angles.values_deg()


def pose_of_direction(
    grid: Grid, cmap: CollisionMap, direction_support: NDArray[np.float64], pose: Pose
) -> Pose | None:
    """Return the pose of the grid that aims from a direction best: free before others, then the nearest.

    Parameters
    ----------
    grid : Grid
        The angles of the map.
    cmap : CollisionMap
        Tells which of the poses are free.
    direction_support : ndarray, shape (3,)
        Unit vector from isocentre to source, in patient-support axes.
    pose : tuple of float
        Where the machine is now.

    Returns
    -------
    tuple of float or None
        Gantry and couch angle; None if no pose of the grid aims from there.
    """
    gantry, couch = grid.gantry_deg, grid.couch_deg
    found = []
    for g, c in poses_of_direction(direction_support):
        g = wrapped(g, gantry.start - gantry.step / 2, gantry.stop + gantry.step / 2)
        there = snapped(gantry, g), snapped(couch, c)
        steps_away = max(abs(g - there[0]) / gantry.step, abs(c - there[1]) / couch.step)
        if steps_away <= 0.5 + ROUNDING:
            is_seam = gantry.is_full_turn and there[0] == gantry.stop  # the map has it once, at the start
            at = {"gantry": gantry.start if is_seam else there[0], "couch": there[1]}
            selected = cmap.dataset["status"].sel(at, method="nearest")
            turn = abs((there[0] - pose[0] + 180.0) % 360.0 - 180.0) + abs(there[1] - pose[1])
            found.append((int(selected), turn, there))
    return min(found)[2] if found else None
