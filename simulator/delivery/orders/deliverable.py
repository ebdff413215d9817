"""Which beams of a list can be delivered in a room: free all the way, and with ways to each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.listed import COLLIMATOR, ListedBeam
from simulator.delivery.orders.course import Course, Pose
from simulator.delivery.orders.stops import Stops
from simulator.errors import SimulatorError
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.plans.proofs import Blocked, Question, answered, are_free
from simulator.plans.ways import told
from simulator.setup.setup import Setup

SAME_POINT_MM = 0.5


def require_same_room(setup: Setup, beams: BeamList) -> None:
    """Refuse a list that is for another room than the one in which ways are proven.

    Raises
    ------
    SimulatorError
        If the patient lies otherwise, has another isocentre, or beams have other collimator angles.
    """
    where = beams.source or "beam list"
    if beams.position != setup.position:
        raise SimulatorError(
            f"{where}: position must be the set-up's {setup.position}, whose ways are proven, was {beams.position}"
        )
    if np.linalg.norm(np.subtract(beams.isocentre_mm, setup.isocentre_patient_mm)) > SAME_POINT_MM:
        ours, theirs = (
            ", ".join(f"{value:g}" for value in place) for place in (setup.isocentre_patient_mm, beams.isocentre_mm)
        )
        raise SimulatorError(f"{where}: isocentre must be the set-up's [{ours}] mm, was [{theirs}] mm")
    _require_collimator(setup.collimator_deg, beams, where)


def _require_collimator(stands_deg: float, beams: BeamList, where: str) -> None:
    turned = {
        beam.name: end[COLLIMATOR]
        for beam in beams.beams
        for end in (beam.start, beam.stop or {})
        if abs(end.get(COLLIMATOR, stands_deg) - stands_deg) > SAME_ANGLE_DEG
    }
    if not turned:
        return
    name, angle = next(iter(turned.items()))
    others = f" and {len(turned) - 1} more" if len(turned) > 1 else ""
    raise SimulatorError(
        f"{where}: beam {name!r}{others}: the collimator must be at {stands_deg:g}° as in the set-up, for which ways "
        f"are proven, was {angle:g}°"
    )


def not_free(course: Course, beams: Sequence[ListedBeam]) -> dict[int, str]:
    """Return by their index the beams that are not proven free all the way, and what is in the way."""
    questions = [Question(course.roads.setup, *course.ends(beam)) for beam in beams]
    blocked = [at for at, is_free in enumerate(are_free(questions)) if not is_free]
    answers = answered([questions[at] for at in blocked])
    return {at: "; ".join(map(_told, answer.blocked)) for at, (answer,) in zip(blocked, answers, strict=True)}


def _told(part: Blocked) -> str:
    """Return from where to where something is in the way, and what."""
    ends = dict.fromkeys(told(end) for end in (part.start, part.stop))
    state = str(part.status) if part.is_proven else "undecided"
    return f"{state} {' to '.join(ends)}: {', '.join(part.pairs)}"


def not_reachable(course: Course, stops: Stops, poses: Sequence[Pose]) -> dict[int, str]:
    """Return by their index the stops that have no way from where it starts, and what is between.

    Where it may start and end anywhere, that is the stop from which most are reached.
    """
    if len(stops) == 0:
        return {}
    reaches = np.asarray(np.isfinite(stops.times_s)[:, stops.ends].all(axis=2))
    anchor = stops.last if stops.first is None else stops.first
    if anchor is None:
        starts = stops.ends[:, 0]
        anchor = int(starts[reaches[starts].sum(axis=1).argmax()])
    left = np.flatnonzero(~reaches[anchor]).tolist()
    return {at: _between(course, poses[anchor], [poses[end] for end in stops.ends[at]]) for at in left}


def _between(course: Course, start: Pose, ends: Sequence[Pose]) -> str:
    return "; ".join(dict.fromkeys(filter(None, (course.told_between(start, end) for end in ends))))
