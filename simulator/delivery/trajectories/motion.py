"""Whether joints can move as a trajectory says, and the least time that their speeds allow.

Between control points i and i + 1, Δt apart, a joint goes at v = Δq / Δt. From the middle of one leg to that of the
next its speed changes at 2 (v₂ - v₁) / (Δt₁ + Δt₂), and at both ends of the trajectory, where it rests, at 2 v / Δt:
for a joint that is accelerated evenly these are its speed and its acceleration.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simulator.delivery.roads.timing import Limits, motions_of
from simulator.delivery.trajectories.trajectory import Trajectory
from simulator.setup.setup import Setup

ROUNDING = 1e-6
"""Share by which a speed may be above its limit: times and angles in files have few digits."""

Kind = Literal["speed", "acceleration"]


@dataclass(frozen=True)
class TooFast:
    """A joint that would have to be faster than it can be.

    Attributes
    ----------
    joint : str
    kind : {"speed", "acceleration"}
    index : int
        Of the leg, for an acceleration of the control point where it is, from 0.
    value, allowed : float
        In degrees/s, or mm/s; accelerations in degrees/s², or mm/s².
    unit : {"deg", "mm"}
        Of the joint.
    """

    joint: str
    kind: Kind
    index: int
    value: float
    allowed: float
    unit: str

    def __str__(self) -> str:
        per, where = ("s", "leg") if self.kind == "speed" else ("s²", "control point")
        unit = "°" if self.unit == "deg" else "mm"
        return (
            f"{self.joint} {self.kind} at {where} {self.index}: {self.value:.3g} {unit}/{per}, "
            f"at most {self.allowed:g}"
        )


def too_fast(setup: Setup, trajectory: Trajectory) -> tuple[TooFast, ...]:
    """Return where joints would have to be faster than the descriptions of machine and couch say; none without times.

    Raises
    ------
    SimulatorError
        If nothing is said of a joint that moves.
    """
    return tuple(_too_fast(setup, trajectory))


def least_time_s(setup: Setup, trajectory: Trajectory) -> float:
    """Return the least time that the greatest speeds allow for a trajectory, accelerations left out.

    On each leg, of which all joints keep in step, the slowest one decides.
    """
    joints = _moving(trajectory)
    speeds = Limits.of(motions_of(setup, joints), joints).speed
    travel = np.abs(np.diff(trajectory.poses, axis=0))[:, [trajectory.joints.index(joint) for joint in joints]]
    return float((travel / speeds).max(axis=1, initial=0.0).sum())


def _too_fast(setup: Setup, trajectory: Trajectory) -> Iterator[TooFast]:
    joints = _moving(trajectory)
    motions = motions_of(setup, joints)
    if trajectory.times_s is None:
        return
    steps = np.diff(trajectory.times_s)
    for joint in joints:
        values = trajectory.poses[:, trajectory.joints.index(joint)]
        speeds = np.diff(values) / steps
        halves = np.concatenate([[0.0], steps, [0.0]]) / 2
        changes = np.diff(np.concatenate([[0.0], speeds, [0.0]])) / (halves[:-1] + halves[1:])
        unit, motion = setup.scene.tree[joint].unit, motions[joint]
        asked: tuple[tuple[Kind, np.ndarray, float], ...] = (
            ("speed", speeds, motion.speed),
            ("acceleration", changes, motion.acceleration),
        )
        for kind, found, allowed in asked:
            for index in np.flatnonzero(np.abs(found) > allowed * (1.0 + ROUNDING)):
                yield TooFast(joint, kind, int(index), float(abs(found[index])), allowed, unit)


def _moving(trajectory: Trajectory) -> tuple[str, ...]:
    moved = np.ptp(trajectory.poses, axis=0) > 0.0
    return tuple(joint for joint, moves in zip(trajectory.joints, moved, strict=True) if moves)
