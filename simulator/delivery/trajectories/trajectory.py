"""Joints that move together under beam, as a value: control points, between which every joint goes straight.

On a leg from one control point to the next all joints keep in step: at each moment they have come the same share of
their ways. With times, the way is run as they say, each leg evenly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.delivery.trajectories.joint_scales import on_scales
from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError, unknown
from simulator.geometry.angles import own
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.plans.rooms import Rooms
from simulator.setup.setup import Setup

Pose = dict[str, float]


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory:
    """A way of some joints, others standing.

    Attributes
    ----------
    joints : tuple of str
        The k joints of which it speaks.
    poses : ndarray, shape (n, k)
        Control points, two at least: degrees (IEC 61217) or mm, on the scales of the joints.
    times_s : ndarray, shape (n,), optional
        When each is passed, ascending; None if that is not said.
    is_beam_on : tuple of bool, length n - 1
        On which legs the beam is on.
    source : str
        Where it is from, for messages and reports.

    Raises
    ------
    SimulatorError
        If these do not fit each other.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> points = [{"gantry": -40, "couch": 0}, {"gantry": 0, "couch": 0}, {"gantry": 30, "couch": 15}]
    >>> trajectory = sim.Trajectory.of(setup, points, times_s=[0, 10, 20])
    >>> trajectory
    Trajectory(gantry and couch, 3 control points, 20.0 s)
    >>> trajectory.at(5.0), trajectory.length
    ({'gantry': -20.0, 'couch': 0.0}, {'gantry': 70.0, 'couch': 15.0})
    """

    joints: tuple[str, ...]
    poses: NDArray[np.float64]
    times_s: NDArray[np.float64] | None
    is_beam_on: tuple[bool, ...]
    source: str = "trajectory"

    def __post_init__(self) -> None:
        object.__setattr__(self, "poses", own(self.poses))
        object.__setattr__(self, "times_s", None if self.times_s is None else own(self.times_s))
        count = len(self.poses)
        if self.poses.shape != (count, len(self.joints)) or count < 2 or len(self.is_beam_on) != count - 1:
            raise SimulatorError(
                f"{self.source}: must have two control points at least, each with a value for "
                f"{', '.join(self.joints)}, and say of each leg whether the beam is on"
            )
        if not np.isfinite(self.poses).all():
            raise SimulatorError(f"{self.source}: values of joints must be numbers")
        times = self.times_s
        if times is not None and (times.shape != (count,) or not (np.diff(times) > 0.0).all()):
            raise SimulatorError(f"{self.source}: times must be ascending, one for each control point")

    def __repr__(self) -> str:
        time = "" if self.times_s is None else f", {self.duration_s:.1f} s"
        return f"Trajectory({' and '.join(self.joints)}, {len(self.poses)} control points{time})"

    @classmethod
    @checked
    def of(
        cls,
        setup: Setup,
        poses: Sequence[Mapping[str, float]],
        times_s: Sequence[float] | None = None,
        *,
        is_beam_on: bool | Sequence[bool] = True,
        source: str = "trajectory",
    ) -> Trajectory:
        """Return a trajectory over poses of the same joints, by name, on the scales of a room's joints.

        Parameters
        ----------
        setup : Setup
            The room.
        poses : sequence of mapping of str to float
            Control points, two at least: degrees (IEC 61217) or mm by joint.
        times_s : sequence of float, optional
            When each is passed, ascending.
        is_beam_on : bool or sequence of bool
            On which legs the beam is on; one value for all of them.
        source : str
            Where it is from, for messages and reports.

        Returns
        -------
        Trajectory
            Over the joints that the poses name.

        Raises
        ------
        SimulatorError
            If a joint is not there, does not move, or cannot go there.
        """
        joints = tuple(poses[0]) if poses else ()
        for pose in poses:
            if tuple(pose) != joints:
                raise SimulatorError(f"{source}: every control point must have values for {', '.join(joints)}")
        values = np.array([[float(pose[joint]) for joint in joints] for pose in poses]).reshape(-1, len(joints))
        values = on_scales(setup, joints, values, lambda at: f"{source}: control point {at}")
        on = (is_beam_on,) * max(len(values) - 1, 0) if isinstance(is_beam_on, bool) else tuple(is_beam_on)
        return cls(joints, values, None if times_s is None else np.array(times_s, dtype=float), on, source)

    @checked
    def require_of(self, setup: Setup) -> None:
        """Refuse a room without one of the joints, or in which one cannot go where the control points have it.

        Parameters
        ----------
        setup : Setup
            The room.

        Raises
        ------
        SimulatorError
            Which control point and joint, and what the joint can do.
        """
        placed = on_scales(setup, self.joints, self.poses, lambda at: f"{self.source}: control point {at}")
        points, columns = np.nonzero(np.abs(placed - self.poses) > SAME_ANGLE_DEG)
        if len(points):
            at, joint = int(points[0]), self.joints[int(columns[0])]
            low, high = setup.scene.tree[joint].limits or (-np.inf, np.inf)
            raise SimulatorError(
                f"{self.source}: control point {at}, {joint}: must be from {low:g} to {high:g}, was "
                f"{self.poses[at, columns[0]]:g}; Trajectory.of brings values onto the scales of joints"
            )

    @property
    def legs(self) -> list[tuple[Pose, Pose]]:
        """Both ends of each leg."""
        points = [dict(zip(self.joints, pose, strict=True)) for pose in self.poses.tolist()]
        return list(pairwise(points))

    @property
    def duration_s(self) -> float | None:
        """How long it takes as it says; None if it does not."""
        return None if self.times_s is None else float(self.times_s[-1] - self.times_s[0])

    @property
    def length(self) -> dict[str, float]:
        """How far each joint travels, there and back added, in degrees or mm."""
        travelled = np.abs(np.diff(self.poses, axis=0)).sum(axis=0)
        return dict(zip(self.joints, travelled.tolist(), strict=True))

    @checked
    def at(self, t_s: float) -> Pose:
        """Return the pose at a time; its ends before and after it.

        Parameters
        ----------
        t_s : float
            Seconds, on the scale of `times_s`.

        Returns
        -------
        dict of str to float
            Degrees or mm by joint.

        Raises
        ------
        SimulatorError
            If the trajectory has no times.
        """
        if self.times_s is None:
            raise SimulatorError(f"{self.source}: must have times to say where joints are at {t_s:g} s")
        return {
            joint: float(np.interp(t_s, self.times_s, self.poses[:, column]))
            for column, joint in enumerate(self.joints)
        }


def trajectory_of_beam(plan: Plan, number: int, setup: Setup) -> tuple[Setup, Trajectory]:
    """Return the room of a beam of a plan, and its way there: a dynamic couch arc, say. A plan says no times.

    Parameters
    ----------
    plan : Plan
        As `Plan.read` returns it.
    number : int
        Of the beam.
    setup : Setup
        The room; that of the beam has its isocentre, position and accessories.

    Raises
    ------
    SimulatorError
        If there is no such beam, or the machine cannot deliver it.
    """
    numbers = [beam.number for beam in plan.beams]
    if number not in numbers:
        raise unknown("beam", str(number), list(map(str, numbers)))
    (room,) = Rooms(plan, setup).of_beams((number,))
    if room.unknown:
        raise SimulatorError(f"beam {number}: not known to the machine's model: {', '.join(room.unknown)}")
    points = [room.travel.start, *(stop for _, stop in room.travel.legs)]
    poses = np.array([list(point.values()) for point in points])
    on = tuple(leg.is_beam_on for leg in room.beam.legs)
    return room.setup, Trajectory(tuple(points[0]), poses, None, on, f"beam {number}")
