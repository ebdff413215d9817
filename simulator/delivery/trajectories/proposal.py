"""A trajectory that passes wanted directions: free all the way, in an order that takes little time.

Each direction is passed at a free pose, from the nearest free direction if it has none, and the poses are joined by
proven ways of a road map. On each leg the joints go from rest to rest in step (`simulator.delivery.roads.timing`).
What is proposed is checked as any trajectory is, so its proof has one home.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.orders.ordering import best_order
from simulator.delivery.orders.stops import Stops
from simulator.delivery.roads.mapping import road_map
from simulator.delivery.roads.road_map import RoadMap
from simulator.delivery.roads.timing import leg_time_s, motions_of, pose_at
from simulator.delivery.trajectories.check import TrajectoryCheck, check_trajectory
from simulator.delivery.trajectories.targets import Target, targets_of
from simulator.delivery.trajectories.trajectory import Pose, Trajectory
from simulator.delivery.trajectories.trajectory_file import DIGITS
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.helpers import worker_count
from simulator.models.motion import Motion, Moves
from simulator.plans.suggestions.directions import angle_deg
from simulator.setup.setup import Setup

WITHIN_DEG = 2.0
STEP_DEG = 0.1
"""Between places at which it is measured how near a direction is passed."""
TOGETHER: Moves = "together"


@dataclass(frozen=True)
class Pass:
    """A wanted direction, and where it is passed.

    Attributes
    ----------
    name : str
        Of the beam, or the number of the direction.
    time_s : float
        When the trajectory is nearest to it.
    pose : dict of str to float
        Where the joints are then.
    off_deg : float
        How far it is from the wanted one.
    """

    name: str
    time_s: float
    pose: Pose
    off_deg: float


@dataclass(frozen=True, eq=False, repr=False)
class TrajectoryProposal:
    """A trajectory that passes directions, and what holds of it.

    Attributes
    ----------
    trajectory : Trajectory
        With times, the beam on all the way.
    check : TrajectoryCheck
        What holds of it.
    passes : tuple of Pass
        In the order in which they were asked for.
    missed : tuple of (str, str)
        Directions that are not passed, and why.
    """

    trajectory: Trajectory
    check: TrajectoryCheck
    passes: tuple[Pass, ...]
    missed: tuple[tuple[str, str], ...]

    @property
    def is_whole(self) -> bool:
        """True if every direction is passed, and the trajectory is free and no faster than joints can be."""
        return not self.missed and self.check.is_possible

    def __repr__(self) -> str:
        missed = f", {len(self.missed)} missed" if self.missed else ""
        return f"TrajectoryProposal({len(self.passes)} directions passed{missed}; {self.check.verdict})"


@checked
def propose_trajectory(
    setup: Setup,
    wanted: BeamList | NDArray[np.float64],
    *,
    roads: RoadMap | None = None,
    within_deg: float = WITHIN_DEG,
    workers: int = 1,
) -> TrajectoryProposal:
    """Return a trajectory that passes directions, proven free, within the speeds and accelerations of the joints.

    Parameters
    ----------
    setup : Setup
        The room.
    wanted : BeamList, or ndarray of shape (n, 3)
        Beams that stand, or unit vectors from the isocentre to the source in DICOM patient axes.
    roads : RoadMap, optional
        Of this room; made if not given.
    within_deg : float
        How near a direction is to be passed where it has no free pose, 30 at most. Others are passed exactly.
    workers : int
        Number of threads. The answer does not depend on it.

    Returns
    -------
    TrajectoryProposal
        The trajectory with its check, and which directions it passes.

    Raises
    ------
    SimulatorError
        If nothing says how fast joints move, the list is for another room, or fewer than two directions can be
        passed.

    Examples
    --------
    >>> import simulator as sim
    >>> import numpy as np
    >>> setup = sim.load_setup("brain")
    >>> roads = sim.road_map(setup, sweep=sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10)), tolerance=0.05)
    >>> wanted = np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [-1.0, 0.0, 0.0]])  # left, front, right
    >>> proposal = sim.propose_trajectory(setup, wanted, roads=roads)
    >>> proposal.check.is_free
    True
    """
    workers = worker_count(workers)
    roads = road_map(setup, workers=workers) if roads is None else roads
    roads.require_of(setup)
    if not 0.0 <= within_deg < FULL_TURN_DEG / 2:
        raise SimulatorError(f"within_deg: must be at least 0 and less than 180, was {within_deg:g}")
    targets, missed = targets_of(setup, wanted, roads, within_deg, workers)
    if len(targets) < 2:
        why = "; ".join(f"{name}: {reason}" for name, reason in missed) or "there is one"
        raise SimulatorError(f"trajectory: must have two directions at least that can be passed: {why}")
    poses = [target.pose for target in targets]
    each = np.arange(len(targets))
    times_s = roads.times_s(poses, moves=TOGETHER)
    order = best_order(Stops(times_s, np.column_stack([each, each])))
    points = _points(roads, [poses[at] for at in order.stops])
    trajectory = _timed(setup, points)
    check = check_trajectory(setup, trajectory, workers=workers)
    return TrajectoryProposal(trajectory, check, _passes(setup, trajectory, targets), missed)


def _points(roads: RoadMap, poses: Sequence[Pose]) -> list[Pose]:
    """Return the ends of all legs of the ways from pose to pose; joints without limits go on where they came."""
    points: list[Pose] = []
    for start, stop in pairwise(poses):
        for leg in roads.way(start, stop, moves=TOGETHER, clearance=False).legs:
            here = points[-1] if points else leg.start
            turns = {joint: round((here[joint] - value) / FULL_TURN_DEG) for joint, value in leg.start.items()}
            if not points:
                points.append(leg.start)
            points.append({joint: value + FULL_TURN_DEG * turns[joint] for joint, value in leg.stop.items()})
    return points


def _timed(setup: Setup, points: Sequence[Pose]) -> Trajectory:
    """Return a trajectory over poses, each leg from rest to rest, with control points where it is up to speed."""
    joints = tuple(points[0])
    motions = motions_of(setup, joints)
    poses, times = [points[0]], [0.0]
    for start, stop in pairwise(points):
        if start == stop:
            continue
        begin, total_s = times[-1], leg_time_s(motions, start, stop, TOGETHER)
        rising_s = _rising_s(motions, start, stop, total_s)
        for t_s in sorted({rising_s, total_s - rising_s}):
            poses.append(pose_at(motions, start, stop, TOGETHER, t_s))
            times.append(begin + t_s)
        poses.append(stop)
        times.append(begin + total_s)
    on = (True,) * (len(poses) - 1)
    values = np.round([[pose[joint] for joint in joints] for pose in poses], DIGITS)  # what is checked can be written
    return Trajectory(joints, values, np.round(times, DIGITS), on, "proposed trajectory")


def _rising_s(motions: Mapping[str, Motion], start: Pose, stop: Pose, total_s: float) -> float:
    """Return how long the joints of a leg take to be up to speed: half of the way, if they never are."""
    travel = {joint: abs(stop[joint] - value) for joint, value in start.items() if stop[joint] != value}
    speed = min(motions[joint].speed / far for joint, far in travel.items())
    acceleration = min(motions[joint].acceleration / far for joint, far in travel.items())
    return min(speed / acceleration, total_s / 2)


def _passes(setup: Setup, trajectory: Trajectory, targets: Sequence[Target]) -> tuple[Pass, ...]:
    """Return where each direction is nearest to the trajectory, to a tenth of a degree along it."""
    assert setup.aim is not None  # or there would be no targets
    assert trajectory.times_s is not None  # as proposed
    chart = setup.aim.chart
    steps = np.abs(np.diff(trajectory.poses, axis=0)).max(axis=1)
    counts = np.maximum(np.ceil(steps / STEP_DEG).astype(int), 1)
    ends = pairwise(trajectory.times_s)
    times = [np.linspace(a, b, count + 1)[:-1] for (a, b), count in zip(ends, counts, strict=True)]
    at_s = np.concatenate([*times, trajectory.times_s[-1:]])
    columns = [trajectory.joints.index(joint) for joint in (chart.inner, chart.outer)]
    aims = chart.directions(*(np.interp(at_s, trajectory.times_s, trajectory.poses[:, at]) for at in columns))
    found = []
    for target in targets:
        off = angle_deg(aims, target.direction)
        nearest = float(at_s[off.argmin()])
        found.append(Pass(target.name, nearest, trajectory.at(nearest), float(off.min())))
    return tuple(found)
