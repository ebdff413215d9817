"""What happens when: beams, the legs of the ways between them, and pauses, one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.delivery.lists.listed import ListedBeam
from simulator.delivery.orders.course import Course
from simulator.delivery.orders.delivered import Event, Kind
from simulator.delivery.roads.timing import leg_time_s, motions_of
from simulator.delivery.roads.ways import Way
from simulator.errors import SimulatorError

ROUNDING_S = 1e-6


def timeline(
    course: Course, beams: Sequence[ListedBeam], ways: Sequence[Way], beam_on_s: float, pause_s: float
) -> tuple[Event, ...]:
    """Return the events of a delivery without gaps.

    Parameters
    ----------
    course : Course
        Where it starts and ends.
    beams : sequence of ListedBeam
        In the order of delivery, arcs from start to stop.
    ways : sequence of Way
        From the first pose if there is one, between beams, and to the last pose if there is one.
    beam_on_s : float
        As for `beam_time_s`.
    pause_s : float
        Between two beams, after the way.
    """
    events: list[Event] = []

    def happens(
        kind: Kind, beam: int | None, ends: tuple[Mapping[str, float], Mapping[str, float]], s: float
    ) -> None:
        now = events[-1].stop_s if events else 0.0
        if s > 0.0:
            events.append(Event(now, now + s, kind, beam, *ends))

    left = list(ways)
    for at, beam in enumerate(beams):
        ends = course.ends(beam)
        for leg in left.pop(0).legs if at or course.first is not None else ():
            happens("move", at, (leg.start, leg.stop), leg.time_s)
        happens("pause", at, (ends[0], ends[0]), pause_s if at else 0.0)
        happens("beam", at, ends, beam_time_s(course, beam, beam_on_s))
    for way in left:
        for leg in way.legs:
            happens("move", None, (leg.start, leg.stop), leg.time_s)
    return tuple(events)


def beam_time_s(course: Course, beam: ListedBeam, beam_on_s: float) -> float:
    """Return how long a beam is on, in s.

    Parameters
    ----------
    course : Course
        With the joints.
    beam : ListedBeam
        With a time of its own, or without.
    beam_on_s : float
        For one without that does not move. An arc without takes what its joints need from rest to rest.

    Raises
    ------
    SimulatorError
        If an arc has less time than its joints need.
    """
    if beam.stop is None:
        return beam_on_s if beam.beam_on_s is None else beam.beam_on_s
    needs_s = leg_time_s(motions_of(course.roads.setup), *course.ends(beam), "together")
    if beam.beam_on_s is None:
        return needs_s
    if beam.beam_on_s < needs_s - ROUNDING_S:
        raise SimulatorError(
            f"beam {beam.name!r}: beam_on_s must be at least {needs_s:.2f} s, which its joints need for the arc from "
            f"rest to rest, was {beam.beam_on_s:g}"
        )
    return max(beam.beam_on_s, needs_s)
