"""A road map of a room: what is proven free of all that the joints that aim can do, and ways through it.

The whole travel of the joints is divided into cells, boxes of joint values. Free cells that share a face of positive
size are a graph. In a cell every straight way is free, and so is that of one joint after the other; a way over
several cells is free if these hold it without a gap. What is undecided is not free.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.arguments import checked
from simulator.certify.arcs import travel
from simulator.certify.boxes import START_DEG
from simulator.certify.cells import certified_cells, cut
from simulator.collision.scene import Scene
from simulator.delivery.roads.road_map import RoadMap
from simulator.delivery.roads.timing import motions_of
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.helpers import worker_count
from simulator.maps.progress import Progress
from simulator.models.scale import angle_on_scale
from simulator.scenario.axis import Range
from simulator.scenario.sweep import Sweep
from simulator.setup.engines import prover_of
from simulator.setup.setup import Setup

TOLERANCE = 0.01
MOST_CELLS = 300_000
FINEST_DEG = 0.01


@checked
def road_map(
    setup: Setup,
    *,
    sweep: Sweep | None = None,
    stands: Mapping[str, float] | None = None,
    tolerance: float = TOLERANCE,
    workers: int | None = None,
    progress: Progress | None = None,
) -> RoadMap:
    """Return the road map of a room.

    Parameters
    ----------
    setup : Setup
        The room.
    sweep : Sweep, optional
        Axes that aim, and from where to where they may go; their steps do not count. If not given, all that the
        limits of the joints allow.
    stands : mapping of str to float, optional
        Where joints stand that do not aim, such as a collimator; those not named, where the set-up has them.
    tolerance : float
        How much may be left undecided, as a share of the volume of joint values.
    workers : int, optional
        Number of threads; all cores if not given. The road map does not depend on it.
    progress : callable, optional
        Called with what is done, and with all.

    Returns
    -------
    RoadMap
        With the free cells and their components.

    Raises
    ------
    SimulatorError
        If the descriptions of machine and couch do not say how fast the joints move, the sweep does not fit them, a
        joint that stands is swept, or a pose must be free at all values of a further axis.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> roads = sim.road_map(setup, sweep=sweep, tolerance=0.05)
    >>> roads.joints, roads.moves
    (('gantry', 'couch'), 'together')
    """
    _require_no_more(setup.sweep if sweep is None else sweep)
    chosen = setup.machine.sweep if sweep is None else setup.on_scale(sweep)
    joints = tuple(axis.joint for axis in chosen if axis.over is None)
    motions_of(setup, joints)
    for joint in stands or {}:
        if joint in joints:
            raise SimulatorError(f"stands: must be of joints that do not move, {joint} is swept")
    stood = {joint: angle_on_scale(setup.scene.tree[joint], at, joint) for joint, at in (stands or {}).items()}
    prover = prover_of(setup.scene, joints, stood)
    ends, turns = [], []
    for column, joint in enumerate(joints):
        extent, is_round = _extent(prover.scene, column, None if sweep is None else chosen[joint])
        ends.append(extent)
        turns.append(is_round)
    spans = np.ptp(ends, axis=1)
    cells = certified_cells(
        prover,
        [cut(*extent, START_DEG / degrees) for extent, degrees in zip(ends, prover.degrees, strict=True)],
        weight=lambda low, high: np.asarray(((high - low) / spans).prod(axis=1)),
        tolerance=tolerance,
        finest=FINEST_DEG,
        most_cells=MOST_CELLS,
        workers=worker_count(workers),
        progress=progress,
    )
    return RoadMap(setup, joints, cells, tuple(turns), stood, sweep)


def _require_no_more(sweep: Sweep) -> None:
    """Refuse a sweep over all of whose values a pose must be free: ways are proven at one value only."""
    more = [axis.joint for axis in sweep if axis.over == "all"]
    if more:
        raise SimulatorError(
            f"grid: ways are proven with {', '.join(more)} at one value, and must be free at all of a range: give a "
            "grid without it, or wider buffers"
        )


def _extent(scene: Scene, column: int, asked: Range | None) -> tuple[tuple[float, float], bool]:
    """Return from where to where a joint is mapped, and whether it goes round: all of its travel if not asked."""
    limits, half = scene.tree[scene.scan[column]].limits, FULL_TURN_DEG / 2
    if asked is None and limits is not None and limits[1] - limits[0] < 2 * FULL_TURN_DEG:
        return limits, False
    extent = Range(start=-half, stop=half, step=FULL_TURN_DEG) if asked is None else asked
    is_round = travel(scene, column, extent) is None
    return (-half, half) if is_round else extent.extent, is_round
