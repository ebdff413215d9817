"""What holds of a trajectory: every pose of every leg proven free, or what is in the way; and joints fast enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.arguments import checked
from simulator.collision.contact import Status
from simulator.delivery.roads.timing import motions_of
from simulator.delivery.trajectories.motion import TooFast, least_time_s, too_fast
from simulator.delivery.trajectories.trajectory import Trajectory
from simulator.errors import SimulatorError
from simulator.maps.helpers import worker_count
from simulator.plans.legs import fields_of, ways_along
from simulator.plans.proofs import answered
from simulator.plans.rooms import ANGLES
from simulator.plans.travel import Travel
from simulator.plans.ways import Stretch, WayCheck
from simulator.setup.setup import Setup


@dataclass(frozen=True, eq=False, repr=False)
class TrajectoryCheck:
    """What holds of a trajectory in a room.

    Attributes
    ----------
    setup : Setup
        The room.
    trajectory : Trajectory
        That was checked.
    legs : tuple of WayCheck
        One from each control point to the next.
    too_fast : tuple of TooFast
        Where a joint would have to be faster than it can be; none if it says no times.
    least_time_s : float
        That the speeds of the joints allow.
    warnings, assumptions : tuple of str
        What a reader should know, and what the answer rests on.
    """

    setup: Setup
    trajectory: Trajectory
    legs: tuple[WayCheck, ...]
    too_fast: tuple[TooFast, ...]
    least_time_s: float
    warnings: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def is_free(self) -> bool:
        """True if every pose is proven free, with the beam on or off."""
        return all(leg.is_free for leg in self.legs)

    @property
    def is_possible(self) -> bool:
        """True if it is free, and no joint would have to be faster than it can be."""
        return self.is_free and not self.too_fast

    @property
    def status(self) -> Status:
        """That of the worst leg."""
        return max(leg.status for leg in self.legs)

    @property
    def worst(self) -> WayCheck:
        """The leg with the least clearance."""
        return min(self.legs, key=lambda leg: leg.clearance_mm)

    @property
    def clearance_mm(self) -> float:
        """Proven all the way: never more than there is; 0 where something collides, infinity if nothing is there."""
        return self.worst.clearance_mm

    @property
    def blocked(self) -> tuple[tuple[int, Stretch], ...]:
        """What is not free: the index of the leg, and from where to where on it, with the parts in the way."""
        return tuple((at, stretch) for at, leg in enumerate(self.legs) for stretch in leg.blocked)

    @property
    def verdict(self) -> str:
        """What holds, in one line."""
        count = f"{len(self.legs)} leg{'s' * (len(self.legs) != 1)}"
        free = f"all proven free, {count}"
        if not self.is_free:
            legs = [str(at) for at, leg in enumerate(self.legs) if not leg.is_free]
            free = f"NOT all proven free: leg{'s' * (len(legs) != 1)} {', '.join(legs)} of {count}"
        elif np.isfinite(self.clearance_mm):
            free = f"{free}, least clearance {self.clearance_mm:.1f} mm: {self.worst.pair}"
        if self.trajectory.times_s is None:
            return f"{free}; no times, at least {self.least_time_s:.1f} s"
        names = ", ".join(dict.fromkeys(f"{found.joint} {found.kind}" for found in self.too_fast))
        fast = f"TOO FAST: {names}" if names else "within speeds and accelerations"
        return f"{free}; {self.trajectory.duration_s:.1f} s, {fast}"

    def __repr__(self) -> str:
        return f"TrajectoryCheck({self.verdict})"


@checked
def check_trajectory(setup: Setup, trajectory: Trajectory, *, workers: int = 1) -> TrajectoryCheck:
    """Return what holds of every leg of a trajectory.

    Parameters
    ----------
    setup : Setup
        The room; joints of which the trajectory does not speak stand where it has them.
    trajectory : Trajectory
        On the scales of its joints.
    workers : int
        Number of threads. The answer does not depend on it.

    Returns
    -------
    TrajectoryCheck
        Of each leg whether it is free, and by how much; whether speeds and accelerations are kept.

    Raises
    ------
    SimulatorError
        If a joint of the trajectory is not in the room or cannot go there, the descriptions of machine and couch do
        not say how fast a joint moves that does, or the table top tilts where it is not known where the table is.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> trajectory = sim.Trajectory.of(setup, [{"gantry": -40, "couch": 0}, {"gantry": 30, "couch": 15}])
    >>> sim.check_trajectory(setup, trajectory).is_free
    True
    """
    workers = worker_count(workers)
    trajectory.require_of(setup)
    _require_known_tilt(setup, trajectory)
    fast, least_s = too_fast(setup, trajectory), least_time_s(setup, trajectory)
    travel = Travel(tuple(trajectory.legs), {})
    answers = answered(ways_along(setup, travel.legs), workers=workers)
    legs = tuple(WayCheck(**fields_of(travel, [answer])) for of_way in answers for answer in of_way)
    return TrajectoryCheck(
        setup,
        trajectory,
        legs,
        fast,
        least_s,
        setup.warnings,
        (*setup.assumptions, *_assumptions(setup, trajectory)),
    )


def _require_known_tilt(setup: Setup, trajectory: Trajectory) -> None:
    """Refuse to tilt a table top whose place is not known, of which the parts are where they may be at one tilt."""
    tilted = [joint for joint in ANGLES if joint in trajectory.joints and trajectory.length[joint] > 0.0]
    if tilted and setup.lies is not None and setup.lies.ranges:
        raise SimulatorError(
            f"{trajectory.source}: {tilted[0]} must stand still where it is not known where the table is: give "
            "couch.table_position_mm"
        )


def _assumptions(setup: Setup, trajectory: Trajectory) -> tuple[str, ...]:
    tree, motions = setup.scene.tree, motions_of(setup)
    speeds = []
    for joint in trajectory.joints:
        if joint in motions:
            motion, unit = motions[joint], "°" if tree[joint].unit == "deg" else "mm"
            per = f"{motion.speed:g} {unit}/s, {motion.acceleration:g} {unit}/s²"
            speeds.append(f"{joint} at most {per} ({motion.source})")
    found = ["between control points all joints keep in step, each on a straight way", "; ".join(speeds)]
    if trajectory.times_s is not None:
        found.append("joints rest before the first control point and after the last one")
    return tuple(text for text in found if text)
