"""What holds along a way of a plan, as values: a leg, a move between beams.

A way is free only if every pose on it is proven free. Places are told twice: on the scales of the machine's joints,
and as the plan writes them (gantry -120 is the plan's 240).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.collision.contact import Status
from simulator.scenario.axis import SYMBOLS

LENGTHS = ("table_vertical", "table_longitudinal", "table_lateral", "snout")
"""The axes of a plan in mm; the others are in degrees."""


MAIN = ("gantry", "couch")
"""The axes by which people name a pose; others are told where they move, or are off 0."""


def told(values: Mapping[str, float]) -> str:
    """Return values of axes in words: ``"gantry 240°, couch 320°"``."""
    units = {axis: SYMBOLS["mm" if axis in LENGTHS else "deg"] for axis in values}
    return ", ".join(f"{axis.replace('_', ' ')} {round(value, 2):g}{units[axis]}" for axis, value in values.items())


@dataclass(frozen=True)
class Place:
    """A pose on a way.

    Attributes
    ----------
    joints : dict of str to float
        Degrees (IEC 61217) or mm on the scales of the machine's joints, of the axes that the plan says.
    plan : dict of str to float
        The same as the plan writes them.
    """

    joints: dict[str, float]
    plan: dict[str, float]

    def __repr__(self) -> str:
        return self.by(())

    def by(self, axes: Iterable[str]) -> str:
        """Return the place as the plan writes it: gantry, couch, angles of the table off 0, and some other axes."""
        tilted = [axis for axis in ("table_pitch", "table_roll") if self.plan.get(axis)]
        named = {*MAIN, *tilted, *axes}
        return told({axis: value for axis, value in {**self.joints, **self.plan}.items() if axis in named})


def moving_between(start: Place, stop: Place) -> tuple[str, ...]:
    """Return the axes of which two places differ."""
    return tuple(axis for axis, value in start.joints.items() if stop.joints[axis] != value)


@dataclass(frozen=True, repr=False)
class Stretch:
    """A stretch of a way that is not free.

    Attributes
    ----------
    start, stop : Place
        Its ends in the direction of travel: what is outside is proven free, to 0.01 of the axis that moves most.
    status : Status
        Within the buffer, or colliding somewhere.
    is_proven : bool
        False if nowhere on it a pose was proven not to be free: it is so near to its buffer that no proof was found.
    pairs : tuple of str
        What is in the way, as it is met on the way.
    """

    start: Place
    stop: Place
    status: Status
    is_proven: bool
    pairs: tuple[str, ...]

    def __repr__(self) -> str:
        moving = moving_between(self.start, self.stop)
        places = (self.start, self.stop) if moving else (self.start,)
        ends = [told({a: place.plan.get(a, place.joints[a]) for a in moving}) or repr(place) for place in places]
        return f"{self.status if self.is_proven else 'undecided'} {' to '.join(ends)}: {', '.join(self.pairs)}"


@dataclass(frozen=True, repr=False, kw_only=True)
class WayCheck:
    """What holds along a way, all the way.

    Attributes
    ----------
    start, stop : Place
        Where it goes from and to.
    status : Status
        Free only if every pose is proven free.
    clearance_mm : float
        Proven all the way: never more than the least there is, and less by at most 0.1 mm, but for boxes of several
        axes by at most 1 mm; 0 where something collides; infinity if nothing can be hit.
    spare_mm : float
        As much more than its buffer every pair with patient or couch keeps, proven in the same way; negative where
        one does not keep it.
    at : Place
        Where the least clearance is.
    pair : str
        The pair that has it; empty if there is none.
    blocked : tuple of Stretch
        What is not free, in the order of travel; of boxes of several axes one at most.
    """

    start: Place
    stop: Place
    status: Status
    clearance_mm: float
    spare_mm: float
    at: Place
    pair: str
    blocked: tuple[Stretch, ...] = ()

    @property
    def is_free(self) -> bool:
        """True if every pose is proven free."""
        return self.status is Status.FREE

    @property
    def state(self) -> str:
        """The verdict in words; ``"undecided"`` where what is not free could not be proven otherwise either."""
        if self.blocked and not any(stretch.is_proven for stretch in self.blocked):
            return "undecided"
        return str(self.status)

    @property
    def told(self) -> str:
        """What holds, in a line: verdict, least clearance and where, or what is blocked."""
        if self.blocked:
            return "; ".join(map(repr, self.blocked))
        if not np.isfinite(self.clearance_mm):
            return "free, nothing to hit"
        where = self.at.by(moving_between(self.start, self.stop))
        return f"{self.state}, least clearance {self.clearance_mm:.1f} mm at {where}: {self.pair}"

    def __repr__(self) -> str:
        axes = moving_between(self.start, self.stop)
        return f"{type(self).__name__}({self.start.by(axes)} to {self.stop.by(axes)}: {self.told})"


@dataclass(frozen=True, repr=False, kw_only=True)
class LegCheck(WayCheck):
    """What holds along one leg, between two control points.

    Attributes
    ----------
    beam, index : int
        Number of the beam, and of the leg in it.
    is_beam_on : bool
        Whether it is irradiated.
    """

    beam: int
    index: int
    is_beam_on: bool


@dataclass(frozen=True, repr=False, kw_only=True)
class OrderCheck(WayCheck):
    """What holds of a move in one order of the axes.

    Attributes
    ----------
    order : str
        ``"couch first"``, ``"gantry first"`` or ``"together"``. With the first two, the axes of the couch (or of the
        gantry) end before the others begin; within either, and together, any timing of the axes is meant.
    """

    order: str

    def __repr__(self) -> str:
        return f"OrderCheck({self.order}: {self.told})"


@dataclass(frozen=True, repr=False)
class MoveCheck:
    """What holds of the way from the end of one beam to the beginning of the next.

    Attributes
    ----------
    before, after : int
        Numbers of the beams.
    start, stop : Place
        Where it goes from and to.
    moving : tuple of str
        The axes that move; none if the machine stays where it is.
    orders : tuple of OrderCheck
        The orders that were checked: one if only the couch, or only the gantry, moves.
    unknown : str
        Why the move is not computed; empty if it is.
    """

    before: int
    after: int
    start: Place
    stop: Place
    moving: tuple[str, ...]
    orders: tuple[OrderCheck, ...] = ()
    unknown: str = ""

    @property
    def is_free(self) -> bool:
        """True if the move is proven free in some order."""
        return not self.unknown and (not self.moving or any(order.is_free for order in self.orders))

    @property
    def free_orders(self) -> tuple[str, ...]:
        """The orders in which it is proven free."""
        return tuple(order.order for order in self.orders if order.is_free)

    def __repr__(self) -> str:
        way = f"MoveCheck(beam {self.before} to {self.after}"
        if self.unknown:
            return f"{way}: not computed, {self.unknown})"
        if not self.moving:
            return f"{way}: nothing moves)"
        return f"{way}: {' | '.join(f'{order.order}: {order.told}' for order in self.orders)})"
