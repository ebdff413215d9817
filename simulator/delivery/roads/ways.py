"""Ways between poses, as values: legs that are proven free, and what stands between poses that have no way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.arguments import checked
from simulator.delivery.roads.timing import pose_at
from simulator.errors import SimulatorError
from simulator.models.motion import Motion, Moves
from simulator.plans.ways import told


@dataclass(frozen=True, repr=False)
class WayLeg:
    """A straight leg from rest to rest, every pose of which is proven free.

    Attributes
    ----------
    start, stop : dict of str to float
        Its ends, degrees or mm by the joint's name, on the scales of the joints. Those of a joint without limits go
        on beyond 180° where it turns through there.
    time_s : float
        How long it takes.
    clearance_mm : float
        Proven all the way, never more than the least there is; infinity if nothing can be hit, NaN if not asked for.
    pair : str
        The pair that has it; empty if nothing can be hit, or it was not asked for.
    """

    start: dict[str, float]
    stop: dict[str, float]
    time_s: float
    clearance_mm: float
    pair: str

    @property
    def moving(self) -> tuple[str, ...]:
        """The joints that move."""
        return tuple(joint for joint, value in self.start.items() if self.stop[joint] != value)

    def __repr__(self) -> str:
        ends = (told({joint: end[joint] for joint in self.moving}) for end in (self.start, self.stop))
        return f"WayLeg({' to '.join(ends)}: {self.time_s:.1f} s{told_least(self.clearance_mm, self.pair)})"


@dataclass(frozen=True, repr=False, kw_only=True)
class Way:
    """A way between two poses, every pose of which is proven free.

    Attributes
    ----------
    start, stop : dict of str to float
        Its ends.
    legs : tuple of WayLeg
        In the order of travel, each from rest to rest; none if the ends are one pose.
    moves : {"together", "one at a time"}
        How the joints move; one at a time, each leg has one that moves.
    time_s : float
        How long it takes.
    clearance_mm : float
        The least of its legs: proven all the way, never more than there is; NaN if not asked for.
    pair : str
        The pair that has it; empty if nothing can be hit, or it was not asked for.
    place : dict of str to float
        The pose at which that is.
    motions : mapping of str to Motion
        How fast the joints move.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> roads = sim.road_map(setup, sweep=sweep, tolerance=0.05)
    >>> way = roads.way({"gantry": 0, "couch": 0}, {"gantry": 40, "couch": 30})
    >>> print(f"{way.time_s:.0f} s in {len(way.legs)} leg, {way.moves}; {way.clearance_mm:.0f} mm: {way.pair}")
    12 s in 1 leg, together; 126 mm: head cover – patient trunk
    >>> way.at(0.0), way.at(3600.0)
    ({'gantry': 0.0, 'couch': 0.0}, {'gantry': 40.0, 'couch': 30.0})
    """

    start: dict[str, float]
    stop: dict[str, float]
    legs: tuple[WayLeg, ...]
    moves: Moves
    time_s: float
    clearance_mm: float
    pair: str
    place: dict[str, float]
    motions: Mapping[str, Motion]

    @checked
    def at(self, t_s: float) -> dict[str, float]:
        """Return the pose ``t_s`` seconds after the start; its ends before and after that.

        Parameters
        ----------
        t_s : float
            Seconds after the start.

        Returns
        -------
        dict of str to float
            Degrees or mm by joint.
        """
        for leg in self.legs:
            if t_s < leg.time_s:
                return pose_at(self.motions, leg.start, leg.stop, self.moves, t_s)
            t_s -= leg.time_s
        return dict(self.legs[-1].stop if self.legs else self.stop)

    @property
    def told(self) -> str:
        """What holds, in a line: time, legs, least clearance and where."""
        count = f"{len(self.legs)} leg{'s' * (len(self.legs) != 1)}"
        least = told_least(self.clearance_mm, self.pair, f" at {told(self.place)}")
        return f"{self.time_s:.1f} s in {count}, {self.moves}{least}"

    def __repr__(self) -> str:
        return f"Way({told(self.start)} to {told(self.stop)}: {self.told})"


class NoWay(SimulatorError):  # noqa: N818  # what there is, and no mistake
    """There is no way between two poses that could be proven free.

    Attributes
    ----------
    start, stop : dict of str to float
        The poses.
    is_proven : bool
        Whether it is proven that there is none within what was mapped, the other joints where they stand; else only
        none was found.
    pairs : tuple of str
        Parts that stand between, those first that are met on a shortest way that ignores what is in the way.
    blocked : tuple of dict
        Where: for each stretch of that way which is not free, the range of each joint as ``{joint: (low, high)}``.
    reason : str
        For the message, which alone has it: why there is none, if it is not what stands between.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> roads = sim.road_map(setup, sweep=sweep, tolerance=0.05)
    >>> try:
    ...     roads.way({"gantry": 0, "couch": 0}, {"gantry": 120, "couch": 30})
    ... except sim.NoWay as refused:
    ...     print(refused.stop, refused.pairs[0])
    {'gantry': 120.0, 'couch': 30.0} head cover – patient arms
    """

    def __init__(
        self,
        start: dict[str, float],
        stop: dict[str, float],
        *,
        is_proven: bool,
        pairs: tuple[str, ...],
        blocked: tuple[dict[str, tuple[float, float]], ...],
        reason: str = "",
    ) -> None:
        self.start, self.stop, self.is_proven, self.pairs, self.blocked = start, stop, is_proven, pairs, blocked
        found = "there is no free way" if is_proven else "no way could be proven free"
        parts = f"{', '.join(pairs)}{_where(blocked)}" if pairs else ""
        said = f"{reason}: {parts}" if reason else f"{found}; between them: {parts}" if parts else found
        super().__init__(f"{told(start)} to {told(stop)}: {said}")


def _where(blocked: tuple[dict[str, tuple[float, float]], ...]) -> str:
    ends = [[told({joint: ends[end] for joint, ends in box.items()}) for end in (0, 1)] for box in blocked]
    return f" ({'; '.join(low if low == high else f'{low} to {high}' for low, high in ends)})" if ends else ""


def told_least(clearance_mm: float, pair: str, where: str = "") -> str:
    """Return a least clearance in words, to stand behind what has it; empty if it was not asked for."""
    if clearance_mm != clearance_mm:
        return ""
    if not pair:
        return ", nothing to hit"
    return f", least clearance {clearance_mm:.1f} mm{where}: {pair}"
