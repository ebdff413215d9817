"""How long joints take from rest to rest: each goes up to its speed, and down from it, at its acceleration.

A joint that travels d with speed v and acceleration a never reaches v if d < v²/a. Then its speed is a triangle over
time, and it takes 2 √(d / a); else a trapezoid, and it takes d / v + v / a.

On a straight leg of several joints at once, all keep the same share s of their travel, so s has the least of all
v / d as its speed and the least of all a / d as its acceleration, and travels 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import SimulatorError, unknown
from simulator.models.description import FILE_NAME
from simulator.models.model import Model
from simulator.models.motion import MOVES, Between, Motion, Moves
from simulator.models.scale import angle_on_scale
from simulator.setup.setup import Setup

Pose = dict[str, float]


@dataclass(frozen=True, eq=False)
class Limits:
    """Greatest speed and acceleration of k joints, in the order of the columns of travels.

    Attributes
    ----------
    speed, acceleration : ndarray, shape (k,)
        Degrees/s and degrees/s², of sliding joints mm/s and mm/s².
    """

    speed: NDArray[np.float64]
    acceleration: NDArray[np.float64]

    @classmethod
    def of(cls, motions: Mapping[str, Motion], joints: Sequence[str]) -> Limits:
        """Return those of some joints."""
        chosen = [motions[joint] for joint in joints]
        return cls(np.array([m.speed for m in chosen]), np.array([m.acceleration for m in chosen]))

    def times_s(self, travel: NDArray[np.float64], moves: Moves) -> NDArray[np.float64]:
        """Return how long straight legs take from rest to rest, shape (...), for travels (..., k) of either sign."""
        far = np.abs(travel)
        if moves == "one at a time":
            return np.asarray(rest_to_rest_s(far, self.speed, self.acceleration).sum(axis=-1))
        with np.errstate(divide="ignore"):
            speed, acceleration = (self.speed / far).min(axis=-1), (self.acceleration / far).min(axis=-1)
        moving = far.max(axis=-1, initial=0.0) > 0.0
        return np.where(
            moving, rest_to_rest_s(1.0, np.where(moving, speed, 1.0), np.where(moving, acceleration, 1.0)), 0.0
        )


def rest_to_rest_s(distance: ArrayLike, speed: ArrayLike, acceleration: ArrayLike) -> NDArray[np.float64]:
    """Return how long one joint takes for a distance, from rest to rest; all broadcast, the distance not negative."""
    d, v, a = (np.asarray(values, dtype=float) for values in (distance, speed, acceleration))
    return np.asarray(np.where(d < v * v / a, 2.0 * np.sqrt(d / a), d / v + v / a) * (d > 0.0))


def travelled(t_s: float, distance: float, speed: float, acceleration: float) -> float:
    """Return how far a joint has come ``t_s`` after it left, of the distance that it goes from rest to rest."""
    total_s = float(rest_to_rest_s(distance, speed, acceleration))
    t_s = min(max(t_s, 0.0), total_s)
    if 2.0 * t_s > total_s:  # it stops as it started, in reverse
        return distance - travelled(total_s - t_s, distance, speed, acceleration)
    rising_s = min(speed / acceleration, total_s / 2.0)
    return 0.5 * acceleration * min(t_s, rising_s) ** 2 + speed * max(t_s - rising_s, 0.0)


def leg_time_s(
    motions: Mapping[str, Motion], start: Mapping[str, float], stop: Mapping[str, float], moves: Moves
) -> float:
    """Return how long the straight leg between two poses takes, from rest to rest.

    Parameters
    ----------
    motions : mapping of str to Motion
        Of the joints that move, at least.
    start, stop : mapping of str to float
        Poses of the same joints, on their scales.
    moves : {"together", "one at a time"}
        Joints in step, each at the same share of its travel; or one after the other, in the order of ``start``.
    """
    moving = _moving(start, stop)
    if not moving:
        return 0.0
    travel = np.array([stop[joint] - start[joint] for joint in moving])
    return float(Limits.of(motions, moving).times_s(travel, moves))


def pose_at(
    motions: Mapping[str, Motion], start: Mapping[str, float], stop: Mapping[str, float], moves: Moves, t_s: float
) -> Pose:
    """Return the pose ``t_s`` after the beginning of a leg, as in `leg_time_s`; its ends before and after it."""
    pose, moving = dict(start), _moving(start, stop)
    if moves == "one at a time":
        for joint in moving:
            far, motion = stop[joint] - start[joint], motions[joint]
            gone = travelled(t_s, abs(far), motion.speed, motion.acceleration)
            pose[joint] = stop[joint] if gone >= abs(far) else start[joint] + float(np.copysign(gone, far))
            t_s -= float(rest_to_rest_s(abs(far), motion.speed, motion.acceleration))
        return pose
    if not moving:
        return pose
    travel = {joint: abs(stop[joint] - start[joint]) for joint in moving}
    speed = min(motions[joint].speed / travel[joint] for joint in moving)
    acceleration = min(motions[joint].acceleration / travel[joint] for joint in moving)
    share = travelled(t_s, 1.0, speed, acceleration)
    return {
        joint: stop[joint] if share >= 1.0 else value + share * (stop[joint] - value)
        for joint, value in start.items()
    }


def motions_of(setup: Setup, joints: Sequence[str] = ()) -> dict[str, Motion]:
    """Return how fast the joints of a room move, of all whose descriptions say it.

    Parameters
    ----------
    setup : Setup
        The room.
    joints : sequence of str
        Those whose motions are needed.

    Raises
    ------
    SimulatorError
        If nothing is said of one that is needed: there are no times then.
    """
    motions = {**setup.machine.motions, **setup.couch.motions}
    missing = [joint for joint in joints if joint not in motions]
    if missing:
        raise SimulatorError("\n".join(_unsaid(joint, _owner(setup, joint)) for joint in missing))
    return motions


def _unsaid(joint: str, model: Model) -> str:
    known = ", ".join(model.motions) or "no joint"
    needs = f"must have [motion.{joint}] with speed, acceleration and source"
    return f"{_file(model)}: {needs}: without them ways take no known time; has them of {known}"


def home_of(setup: Setup, joints: Sequence[str]) -> Pose:
    """Return the pose in which a patient is set up, of some joints on their scales.

    Raises
    ------
    SimulatorError
        If the machine's description does not say it, of all these joints, or names others that the room has not.
    """
    field, home = f"{_file(setup.machine)}: delivery.home", between_of(setup).home
    tree = setup.scene.tree
    moving = [joint.name for joint in tree.joints if joint.type != "fixed" and joint.mimic is None]
    for joint in home:
        if joint not in moving:
            raise unknown(f"{field}: joint", joint, moving)
    missing = [joint for joint in joints if joint not in home]
    if missing:
        raise SimulatorError(f"{field}: must have a value for {', '.join(joints)}; missing: {', '.join(missing)}")
    return {joint: angle_on_scale(tree[joint], home[joint], f"{field}.{joint}") for joint in joints}


def moves_of(setup: Setup, moves: Moves | None = None) -> Moves:
    """Return how joints move between beams: as asked for, or as the machine's description says.

    Raises
    ------
    SimulatorError
        If it is neither said nor known, or there is no such way.
    """
    moves = between_of(setup).moves if moves is None else moves
    if moves not in MOVES:
        raise SimulatorError(f"moves: must be {' or '.join(map(repr, MOVES))}, was {moves!r}")
    return moves


def between_of(setup: Setup) -> Between:
    """Return what the machine's description says of deliveries.

    Raises
    ------
    SimulatorError
        If it says nothing.
    """
    if setup.machine.between is None:
        raise SimulatorError(f"{_file(setup.machine)}: must have [delivery] with home, moves and source; has none")
    return setup.machine.between


def _moving(start: Mapping[str, float], stop: Mapping[str, float]) -> list[str]:
    return [joint for joint, value in start.items() if stop[joint] != value]


def _owner(setup: Setup, joint: str) -> Model:
    return setup.machine if joint in {own.name for own in setup.machine.joints} else setup.couch


def _file(model: Model) -> str:
    return f"{model.name}/{FILE_NAME}"
