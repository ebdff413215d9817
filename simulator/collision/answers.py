"""The answer for one pose, as a value that can be read out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.scene import Scene

Point = tuple[float, float, float]


@dataclass(frozen=True, repr=False)
class PoseCheck:
    """What holds at one pose.

    Attributes
    ----------
    pose : dict of str to float
        The joints asked about, in degrees (IEC 61217) or mm, within their limits.
    status : Status
        Free, within the buffer, or colliding.
    culprits : tuple of str
        The pairs that collide, or if none does, those within their buffer; most important first.
    clearance_mm : float
        Least distance of the pairs with patient or couch; 0 when touching or colliding. The machine's own parts
        against each other and the room are checked, but are no clearance of a set-up.
    nearest : str, optional
        The pair that has it; None if there is no pair at all.
    points_mm : tuple of points, optional
        The nearest points of that pair in IEC fixed axes, None where it touches.

    Examples
    --------
    >>> import simulator as sim
    >>> answer = sim.load_setup("brain").check(gantry=420, couch=15)
    >>> answer.is_free, answer.pose
    (True, {'gantry': 60.0, 'couch': 15.0})
    >>> print(f"{answer.clearance_mm:.0f} mm: {answer.nearest}")
    124 mm: head cover – patient arms
    """

    pose: dict[str, float]
    status: Status
    culprits: tuple[str, ...]
    clearance_mm: float
    nearest: str | None
    points_mm: tuple[Point, Point] | None

    @property
    def is_free(self) -> bool:
        """True if no pair collides and none is within its buffer."""
        return self.status is Status.FREE

    def __repr__(self) -> str:
        if self.status is Status.COLLIDING:
            return f"PoseCheck(colliding: {', '.join(self.culprits)})"
        if self.nearest is None:
            return "PoseCheck(free, nothing to hit)"
        near = f"clearance {self.clearance_mm:.1f} mm, nearest: {self.nearest}"
        within = f" of {', '.join(self.culprits)}" if self.culprits else ""
        return f"PoseCheck({self.status}{within}, {near})"


def asked_pose(scene: Scene, asked: Mapping[str, float], check: PoseCheck) -> str:
    """Return a pose as it was asked for, and as the machine says it where that differs."""
    units = {joint: "°" if scene.tree[joint].type == "revolute" else " mm" for joint in check.pose}
    return ", ".join(
        f"{joint} {asked.get(joint, found):g}{units[joint]}"
        + ("" if asked.get(joint, found) == found else f" = {found:g}{units[joint]}")
        for joint, found in check.pose.items()
    )


def bodies_in_the_way(scene: Scene, check: PoseCheck) -> set[int]:
    """Return the bodies (indices into the scene) of a pose's culprits."""
    culprits = set(check.culprits)
    return {body for pair in scene.pairs if pair.name in culprits for body in (pair.a, pair.b)}


def pose_check(checker: Checker, values: Sequence[float]) -> PoseCheck:
    """Return the answer of a checker for one pose, a value for each joint that it scans."""
    placed = checker.placed(np.array([values], dtype=float))
    pairs, pose = checker.scene.pairs, dict(zip(checker.scene.scan, map(float, values), strict=True))
    statuses = checker.pair_status(placed)[:, 0]
    worst = Status(int(statuses.max(initial=0)))
    culprits = tuple(pair.name for pair, status in zip(pairs, statuses, strict=True) if worst and status == worst)
    colliding = np.flatnonzero(statuses == Status.COLLIDING)
    if len(colliding):
        return PoseCheck(pose, worst, culprits, 0.0, pairs[colliding[0]].name, None)
    clearance_mm, nearest, distances = checker.clearance(placed, checker.scene.clearance_pairs)
    name = pairs[nearest[0]].name if nearest[0] >= 0 else None
    return PoseCheck(pose, worst, culprits, float(clearance_mm[0]), name, distances[0].points_mm)
