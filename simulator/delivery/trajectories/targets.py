"""Directions that are to be passed, each at a free pose of one connected part of a room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.orders.deliverable import require_same_room
from simulator.delivery.roads.road_map import RoadMap
from simulator.errors import SimulatorError
from simulator.geometry.positions import rotation_top_patient
from simulator.plans.suggestions.free_cells import Aiming
from simulator.plans.ways import told
from simulator.setup.aiming import Aim
from simulator.setup.setup import Setup

Pose = dict[str, float]
Missed = tuple[tuple[str, str], ...]
"""Names of directions, and why each is not passed."""
UNIT = 1e-6


@dataclass(frozen=True, eq=False)
class Target:
    """A direction (3,) in axes of the chart, what it is called, and the free pose at which it is passed."""

    name: str
    direction: NDArray[np.float64]
    pose: Pose


def targets_of(
    setup: Setup, wanted: BeamList | NDArray[np.float64], roads: RoadMap, within_deg: float, workers: int
) -> tuple[list[Target], Missed]:
    """Return the directions that can be passed, and those that cannot, with reasons.

    Of the poses of a direction the first is taken that is free: of a beam its own one, then the one with the outer
    joint nearer to 0, then its twin, then the free pose that aims nearest to it. All are in the part of the free
    poses that is connected and has most of them.
    """
    aim = setup.aim
    if aim is None or set(roads.joints) != {aim.chart.inner, aim.chart.outer}:
        raise SimulatorError("trajectory: the room must aim with two joints, those of its road map")
    stands = {joint: value for joint, value in setup.scene.rest.items() if joint not in roads.joints}
    aiming = Aiming.of(setup.scene, aim.chart, stands, workers)
    found: list[tuple[Target, dict[int, Pose]]] = []
    missed: list[tuple[str, str]] = []
    for name, direction, own in _asked(setup, aim, wanted):
        free = _free_poses(aiming, roads, direction, own, within_deg)
        if free:
            found.append((Target(name, direction, next(iter(free.values()))), free))
        else:
            missed.append((name, f"no free pose aims within {within_deg:g}° of it"))
    counts = Counter(part for _, free in found for part in free)
    most = min(counts, key=lambda part: (-counts[part], part), default=-1)
    targets = [Target(target.name, target.direction, free[most]) for target, free in found if most in free]
    for target, free in found:
        if most not in free:
            missed.append((target.name, f"no proven way leads from {told(target.pose)} to most of the others"))
    return targets, tuple(missed)


def _asked(
    setup: Setup, aim: Aim, wanted: BeamList | NDArray[np.float64]
) -> Iterator[tuple[str, NDArray[np.float64], Pose | None]]:
    """Yield name, direction in axes of the chart, and pose where a beam has one."""
    joints = (aim.chart.inner, aim.chart.outer)
    if isinstance(wanted, BeamList):
        require_same_room(setup, wanted)
        for beam in wanted.beams:
            if beam.stop is not None:
                raise SimulatorError(
                    f"{wanted.source or 'beam list'}: beam {beam.name!r}: must stand: an arc is a trajectory already"
                )
            pose = {joint: beam.start[joint] for joint in joints}
            yield beam.name, aim.chart.directions(*pose.values()), pose
        return
    vectors = np.asarray(wanted, dtype=float)
    if vectors.ndim != 2 or vectors.shape[1:] != (3,) or not (abs(np.linalg.norm(vectors, axis=1) - 1) < UNIT).all():
        raise SimulatorError(f"directions: must be unit vectors of shape (n, 3), were of shape {vectors.shape}")
    R_chart_patient = aim.R_chart_top @ rotation_top_patient(setup.position)
    for at, direction in enumerate(vectors @ R_chart_patient.T):
        yield f"direction {at}", direction, None


def _free_poses(
    aiming: Aiming, roads: RoadMap, direction: NDArray[np.float64], own: Pose | None, within_deg: float
) -> dict[int, Pose]:
    """Return the first free pose of a direction in each connected part of the free poses."""
    chart, limits = aiming.chart, aiming.limits
    inner, outer = chart.twins(*chart.angles(direction))
    poses = [own] if own is not None else []
    poses += [
        {chart.inner: float(pose[0]), chart.outer: float(pose[1])}
        for pose in np.column_stack([inner, outer])
        if all(low <= value <= high for value, (low, high) in zip(pose, limits, strict=True))
    ]
    found: dict[int, Pose] = {}
    for pose in poses:
        part = roads.component(pose)
        if part >= 0:
            found.setdefault(part, pose)
    if not found and within_deg > 0.0:
        near = aiming.nearest(direction)
        if near is not None and near.off_deg <= within_deg:
            pose = {chart.inner: float(near.pose[0]), chart.outer: float(near.pose[1])}
            part = roads.component(pose)
            found |= {part: pose} if part >= 0 else {}
    return found
