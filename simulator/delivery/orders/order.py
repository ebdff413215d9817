"""The order of a list of beams that takes the least time, over ways that are proven free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from simulator.arguments import checked
from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.listed import ListedBeam
from simulator.delivery.orders.course import Asked, Course, Pose
from simulator.delivery.orders.deliverable import not_free, not_reachable, require_same_room
from simulator.delivery.orders.delivered import Delivery, Undelivered
from simulator.delivery.orders.habits import sorted_by_couch, without_obstacles
from simulator.delivery.orders.ordering import best_order
from simulator.delivery.orders.stops import Stops
from simulator.delivery.orders.timeline import timeline
from simulator.delivery.roads.road_map import RoadMap
from simulator.delivery.roads.timing import motions_of
from simulator.delivery.roads.ways import Way
from simulator.errors import SimulatorError
from simulator.maps.progress import Progress
from simulator.models.motion import Moves
from simulator.plans.ways import told
from simulator.setup.setup import Setup

BEAM_ON_S = 10.0
"""How long a beam is on that does not move and whose time nobody says."""


@checked
def order_beams(
    setup: Setup,
    beams: BeamList,
    *,
    roads: RoadMap | None = None,
    first: Asked = "home",
    last: Asked = "home",
    moves: Moves | None = None,
    beam_on_s: float = BEAM_ON_S,
    pause_s: float = 0.0,
    may_reverse: bool = True,
) -> Delivery:
    """Return the order, and the ways, with which a list of beams is delivered in the least time.

    Beams that are not proven free, or to which no way is found, are left out, with what is in the way. Up to 12 beams
    the order is the best one; of more it is a good one, beside a bound that no order is below.

    Parameters
    ----------
    setup : Setup
        Machine, couch and patient, with speeds and accelerations of the joints that aim.
    beams : BeamList
        For this patient, isocentre and collimator angle.
    roads : RoadMap, optional
        Of this room; made if not given.
    first, last : mapping of str to float, "home" or None
        Where to start and to end: a pose, the home pose of the machine's description, or None for wherever it is
        best.
    moves : {"together", "one at a time"}, optional
        How joints move between beams; as the machine's description says if not given.
    beam_on_s : float
        How long a beam is on that does not move and whose time the list does not say. An arc whose time it does not
        say takes what its joints need from rest to rest.
    pause_s : float
        Between two beams, after the move: to look, to confirm.
    may_reverse : bool
        Whether an arc may be delivered from whichever end is better, or only as it is listed.

    Returns
    -------
    Delivery
        Beams in their order, ways between them, times in s, and what is left out.

    Raises
    ------
    SimulatorError
        If nothing says how fast joints move, the list is for another room, a time is not possible, or the first or
        the last pose is not proven free.
    NoWay
        If there is no way from the first to the last pose.

    Examples
    --------
    >>> import simulator as sim
    >>> import pandas as pd
    >>> setup = sim.load_setup("brain")
    >>> beams = sim.BeamList.of(setup, pd.DataFrame({"gantry_deg": [60, 300, 40], "couch_deg": [0, 0, 30]}))
    >>> roads = sim.road_map(setup, sweep=sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10)), tolerance=0.05)
    >>> delivery = sim.order_beams(setup, beams, roads=roads)
    >>> [beam.name for beam in delivery.beams], delivery.is_exact
    (['2', '3', '1'], True)
    """
    for name, value in (("beam_on_s", beam_on_s), ("pause_s", pause_s)):
        if not 0.0 <= value < np.inf:
            raise SimulatorError(f"{name}: must be at least 0 s, was {value:g}")
    require_same_room(setup, beams)
    course = Course.of(setup, roads, first, last, moves)
    blocked = not_free(course, beams.beams)
    free = [beam for at, beam in enumerate(beams.beams) if at not in blocked]
    stops, poses = course.stops(free)
    cut_off = not_reachable(course, stops, poses)
    reached = [at for at in range(len(free)) if at not in cut_off]
    stops = replace(stops, ends=stops.ends[reached], is_fixed=np.full(len(reached), not may_reverse))
    listed = [free[at] for at in reached]
    found = best_order(stops)
    ordered = tuple(
        _as_delivered(listed[at], turned) for at, turned in zip(found.stops, found.is_reversed, strict=True)
    )
    ways = _ways(course, ordered)
    reasons = blocked | {beams.beams.index(free[at]): reason for at, reason in cut_off.items()}
    return Delivery(
        setup=setup,
        listed=beams,
        moves=course.moves,
        first=course.first,
        last=course.last,
        beams=ordered,
        is_reversed=found.is_reversed,
        ways=ways,
        events=timeline(course, ordered, ways, beam_on_s, pause_s),
        lower_bound_s=found.lower_bound_s,
        is_exact=found.is_exact,
        compared=_compared(course, stops, poses, listed),
        unreachable=tuple(Undelivered(beams.beams[at], reasons[at]) for at in sorted(reasons)),
        warnings=setup.warnings,
        assumptions=(*setup.assumptions, *_assumptions(course, ordered, found.is_reversed, beam_on_s, pause_s)),
    )


def with_clearances(delivery: Delivery, roads: RoadMap, *, progress: Progress | None = None) -> Delivery:
    """Return a delivery with the least clearance of each of its ways, which takes longer than to find them.

    Parameters
    ----------
    delivery : Delivery
        As `order_beams` returns it.
    roads : RoadMap
        The road map that it was made with.
    progress : callable, optional
        Called as ``progress(done, total)`` with ways.
    """
    measured: list[Way] = []
    for way in delivery.ways:
        measured.append(roads.measured(way))
        if progress is not None:
            progress(len(measured), len(delivery.ways))
    return replace(delivery, ways=tuple(measured))


def _as_delivered(beam: ListedBeam, is_reversed: bool) -> ListedBeam:
    """Return a beam with its ends exchanged if it is delivered backwards."""
    return replace(beam, start=beam.stop, stop=beam.start) if is_reversed and beam.stop is not None else beam


def _ways(course: Course, ordered: Sequence[ListedBeam]) -> tuple[Way, ...]:
    """Return the ways from the first pose, between beams, and to the last pose; none if there is no beam."""
    if not ordered:
        return ()
    starts, stops = zip(*map(course.ends, ordered), strict=True)
    passed = pairwise([(None, course.first), *zip(starts, stops, strict=True), (course.last, None)])
    between = [(start, stop) for (_, start), (stop, _) in passed]
    return tuple(course.way(*ends) for ends in between if None not in ends)


def _compared(course: Course, stops: Stops, poses: Sequence[Pose], listed: Sequence[ListedBeam]) -> dict[str, float]:
    """Return what moves take otherwise, as `Delivery.compared` has them."""
    if not listed:
        return {}
    as_given = np.column_stack([np.arange(len(listed)), np.zeros(len(listed), dtype=np.intp)])
    return {
        "as given": stops.time_of(as_given),
        "sorted by couch": sorted_by_couch(course, listed),
        "no obstacles": without_obstacles(course, stops, poses),
    }


def _assumptions(
    course: Course, ordered: Sequence[ListedBeam], is_reversed: Sequence[bool], beam_on_s: float, pause_s: float
) -> tuple[str, ...]:
    """Return what times and ways rest on."""
    tree, motions = course.roads.setup.scene.tree, motions_of(course.roads.setup)
    moving = []
    for joint in course.roads.joints:
        motion, unit = motions[joint], "mm" if tree[joint].type == "prismatic" else "°"
        moving.append(f"{joint} {motion.speed:g} {unit}/s, {motion.acceleration:g} {unit}/s² ({motion.source})")
    found = [f"between beams joints move {course.moves}, from rest to rest on every leg: {'; '.join(moving)}"]
    ends = [f"{name} {told(pose)}" for name, pose in (("starts at", course.first), ("ends at", course.last)) if pose]
    found += [f"the delivery {' and '.join(ends)}"] if ends else []
    if any(beam.beam_on_s is None and beam.stop is None for beam in ordered):
        found.append(f"beams that stand and have no time of their own are on for {beam_on_s:g} s")
    if any(beam.beam_on_s is None and beam.stop is not None for beam in ordered):
        found.append("arcs that have no time of their own take what their joints need from rest to rest")
    if any(is_reversed):
        found.append("arcs that are delivered backwards are planned so: what is planned one way is another plan")
    if len(ordered) > 1:
        found.append(f"between two beams, after the move, {pause_s:g} s of waiting")
    return tuple(found)
