"""A delivery as a value: beams in their order, the ways between them, and what happens when."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.delivery.roads.timing import leg_time_s, motions_of, pose_at, rest_to_rest_s
from simulator.errors import SimulatorError

if TYPE_CHECKING:
    from simulator.delivery.lists.beam_list import BeamList
    from simulator.delivery.lists.listed import ListedBeam
    from simulator.delivery.roads.ways import Way
    from simulator.models.motion import Motion, Moves
    from simulator.setup.setup import Setup

Kind = Literal["beam", "move", "pause"]


@dataclass(frozen=True)
class Event:
    """What happens from one time to another.

    Attributes
    ----------
    start_s, stop_s : float
        Since the delivery began, in s.
    kind : {"beam", "move", "pause"}
        A move is one leg of a way.
    beam : int or None
        Index in `Delivery.beams`: the beam that is on, or that is moved to or waited for; None on the way to the last
        pose.
    start, stop : dict of str to float
        Where the joints that aim stand at either time, in degrees or mm on their scales.
    """

    start_s: float
    stop_s: float
    kind: Kind
    beam: int | None
    start: Mapping[str, float]
    stop: Mapping[str, float]


@dataclass(frozen=True)
class Undelivered:
    """A beam that is left out, and why.

    Attributes
    ----------
    beam : ListedBeam
        As it is listed.
    reason : str
        What is in the way, in words.
    """

    beam: ListedBeam
    reason: str


@dataclass(frozen=True, eq=False, repr=False)
class Delivery:
    """Beams in the order of delivery, with proven ways between them.

    Attributes
    ----------
    setup : Setup
        The room.
    listed : BeamList
        The beams as they were given.
    moves : {"together", "one at a time"}
        How joints move between beams.
    first, last : dict of str to float or None
        Where it starts from and where it ends, of the joints that aim; None where that is the first, or last, beam.
    beams : tuple of ListedBeam
        Those that are delivered, in their order; an arc that is delivered backwards has its ends exchanged.
    is_reversed : tuple of bool
        Of each, whether its ends are exchanged.
    ways : tuple of Way
        From the first pose, between beams, and to the last pose; the first and the last one only where such a pose is
        given.
    events : tuple of Event
        Without gaps, from 0 to `total_s`.
    lower_bound_s : float
        No order of these beams takes less time for its moves, with these ways between any two of them.
    is_exact : bool
        Whether `travel_s` is that bound, so that no order is better.
    compared : dict of str to float
        What moves would take, in s, otherwise; infinity where some move of it has no proven way. ``"as given"``: in
        the order of the list. ``"sorted by couch"``: in that of couch angles, then gantry angles, with the gantry
        brought to 0 before the couch turns, and from there to the next beam. ``"no obstacles"``: in an order found in
        the same way for straight moves, as if nothing were in the way.
    unreachable : tuple of Undelivered
        Beams that are left out.
    warnings, assumptions : tuple of str
        What a reader should know.
    """

    setup: Setup
    listed: BeamList
    moves: Moves
    first: Mapping[str, float] | None
    last: Mapping[str, float] | None
    beams: tuple[ListedBeam, ...]
    is_reversed: tuple[bool, ...]
    ways: tuple[Way, ...]
    events: tuple[Event, ...]
    lower_bound_s: float
    is_exact: bool
    compared: Mapping[str, float]
    unreachable: tuple[Undelivered, ...]
    warnings: tuple[str, ...]
    assumptions: tuple[str, ...]

    def __repr__(self) -> str:
        left = f", {len(self.unreachable)} left out" if self.unreachable else ""
        return (
            f"Delivery({len(self.beams)} beams{left}: {self.total_s:.0f} s, of which {self.beam_s:.0f} s beam and "
            f"{self.travel_s:.0f} s moves, at least {self.lower_bound_s:.0f} s in any order)"
        )

    @property
    def is_whole(self) -> bool:
        """True if every beam of the list is delivered."""
        return not self.unreachable

    @property
    def total_s(self) -> float:
        """From the first pose to the last: beam, moves and pauses, in s."""
        return self.events[-1].stop_s if self.events else 0.0

    @property
    def beam_s(self) -> float:
        """How long beams are on, in s."""
        return self._lasting("beam")

    @property
    def waiting_s(self) -> float:
        """How long nothing moves and no beam is on, in s: the pauses."""
        return self._lasting("pause")

    @property
    def travel_s(self) -> float:
        """How long it moves between beams, in s, with what joints need to speed up and to stop."""
        return self._lasting("move")

    @property
    def travel_by_joint_s(self) -> dict[str, float]:
        """The same, shared out: a leg's time is that of the joint which would need longest for it alone, in s."""
        motions = motions_of(self.setup)
        found = dict.fromkeys(self.events[0].start if self.events else (), 0.0)
        for event in self.events:
            if event.kind == "move":
                found[_slowest(motions, event)] += event.stop_s - event.start_s
        return found

    @property
    def gantry_s(self) -> float:
        """What the gantry takes of `travel_s`; legs on which it needs longer than the couch."""
        return self.travel_by_joint_s.get("gantry", 0.0)

    @property
    def couch_s(self) -> float:
        """What the couch takes of `travel_s`."""
        return self.travel_by_joint_s.get("couch", 0.0)

    def at(self, time_s: float) -> dict[str, float]:
        """Return the pose at a time, in degrees or mm of the joints that aim; before and after it, that of an end.

        Where a joint without limits has turned through 180°, it goes on from there: a full turn apart is one pose.

        Raises
        ------
        SimulatorError
            If no beam is delivered.
        """
        if not self.events:
            raise SimulatorError("delivery: must have a beam that can be delivered, has none")
        index = bisect_right(self.events, time_s, key=lambda event: event.start_s) - 1
        event = self.events[max(index, 0)]
        passed_s, lasts_s = max(time_s - event.start_s, 0.0), event.stop_s - event.start_s
        if event.start == event.stop or passed_s >= lasts_s:
            return dict(event.stop)
        moves = self.moves if event.kind == "move" else "together"
        motions = motions_of(self.setup)
        quickest_s = leg_time_s(motions, event.start, event.stop, moves)  # an arc may be slower
        return pose_at(motions, event.start, event.stop, moves, passed_s * quickest_s / lasts_s)

    def _lasting(self, kind: Kind) -> float:
        return sum(event.stop_s - event.start_s for event in self.events if event.kind == kind)


def _slowest(motions: Mapping[str, Motion], event: Event) -> str:
    """Return the joint that would need longest for a leg alone."""

    def alone_s(joint: str) -> float:
        far = abs(event.stop[joint] - event.start[joint])
        return float(rest_to_rest_s(far, motions[joint].speed, motions[joint].acceleration))

    return max(event.start, key=alone_s)
