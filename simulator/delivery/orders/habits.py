"""What moves between beams would take otherwise: as clinics sort them, and in an empty room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from simulator.delivery.lists.listed import ListedBeam, aiming_joints
from simulator.delivery.orders.course import Course, Pose
from simulator.delivery.orders.ordering import best_order
from simulator.delivery.orders.stops import Stops
from simulator.geometry.angles import FULL_TURN_DEG


def sorted_by_couch(course: Course, beams: Sequence[ListedBeam]) -> float:
    """Return what moves take, in s, in the order of couch angles, then of gantry angles.

    Between couch angles there are three stages: the gantry goes to 0, the couch turns, and the gantry goes to the
    next beam. At one couch angle it goes straight to the next beam. Each stage takes the quickest proven way between
    its ends, from rest to rest; it is infinity where one has none. Arcs are delivered as they are listed.
    """
    gantry, couch = aiming_joints(course.roads.setup)
    order = sorted(beams, key=lambda beam: (beam.start[couch], beam.start[gantry]))
    limits = course.roads.setup.scene.tree[gantry].limits
    above = 0.0 if limits is None else float(np.clip(0.0, *limits))
    stays = [[course.first], *map(course.ends, order), [course.last]]
    stages: list[tuple[Pose, Pose]] = []
    for before, after in pairwise(stays):
        start, stop = before[-1], after[0]
        if start is None or stop is None:
            continue
        is_turned = start[couch] != stop[couch]
        over = [{**start, gantry: above}, {**stop, gantry: above}] if is_turned else []
        stages += pairwise([start, *over, stop])
    return _taken_s(course, stages)


def _taken_s(course: Course, stages: Sequence[tuple[Pose, Pose]]) -> float:
    """Return how long ways take together."""
    rows = {tuple(pose.values()): pose for stage in stages for pose in stage}
    at = {key: row for row, key in enumerate(rows)}
    times_s = course.times_s(list(rows.values()))
    return float(sum(times_s[at[tuple(start.values())], at[tuple(stop.values())]] for start, stop in stages))


def without_obstacles(course: Course, stops: Stops, poses: Sequence[Pose]) -> float:
    """Return what moves take, in s, in the best order that is found if every straight way is free."""
    values = np.array([list(pose.values()) for pose in poses])
    travel = values[:, None] - values
    folded = (travel + FULL_TURN_DEG / 2) % FULL_TURN_DEG - FULL_TURN_DEG / 2
    times_s = course.roads.limits.times_s(np.where(course.roads.turns, folded, travel), course.moves)
    return best_order(replace(stops, times_s=np.maximum(times_s, times_s.T))).time_s
