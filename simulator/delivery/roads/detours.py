"""Ways through a third axis, where the axes that aim are not enough: the table away, lower or higher, imagers in.

A proposal, never done by itself. Every stage is proven before it is given: the travel of the table where the machine
starts, the way of the joints that aim with the table there, on a road map of its own, and the travel back where they
stop. A change of a machine's option, such as imagers that are driven in, is free at its two ends only: how its parts
move between is not in the model, and the proposal says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.arguments import checked
from simulator.delivery.roads.timing import leg_time_s, motions_of, moves_of
from simulator.delivery.roads.ways import NoWay, Way, told_least
from simulator.maps.helpers import worker_count
from simulator.models.choices import choices_without
from simulator.models.machine import Machine
from simulator.models.motion import Moves
from simulator.plans.proofs import Question, answered, are_free
from simulator.plans.ways import told
from simulator.setup.setup import Setup

if TYPE_CHECKING:
    from simulator.delivery.roads.road_map import RoadMap

AWAY_MM = (100.0, 200.0, 300.0, 400.0)
"""How far the table is driven away from the gantry: along its own length, to where its head end is further off."""
HEIGHT_MM = (50.0, 100.0, 200.0, 300.0)
"""How far it is lowered, or lifted."""
TABLE_STEPS = (
    ("table_longitudinal", -1.0, AWAY_MM),
    ("table_vertical", -1.0, HEIGHT_MM),
    ("table_vertical", 1.0, HEIGHT_MM),
)
COARSE = 0.02
"""What a road map of a detour may leave undecided: it is one of several that are tried."""
UNMODELLED = "how its parts move from one state to the other is not in the model: watch them"
Joints = dict[str, float]


@dataclass(frozen=True, repr=False)
class Stage:
    """A stage of a detour.

    Attributes
    ----------
    text : str
        What is done.
    start, stop : dict of str to float
        The joints at its ends, degrees or mm.
    time_s : float
        How long it takes; NaN if the descriptions do not say how fast.
    clearance_mm : float
        Proven all the way, never more than there is; of a change of an option at both of its ends alone.
    pair : str
        The pair that has it; empty if nothing can be hit.
    way : Way, optional
        Of the joints that aim.
    note : str
        What is not proven; empty if all is.
    """

    text: str
    start: Joints
    stop: Joints
    time_s: float
    clearance_mm: float
    pair: str
    way: Way | None = None
    note: str = ""

    def __repr__(self) -> str:
        time = "" if np.isnan(self.time_s) else f": {self.time_s:.1f} s"
        note = f" ({self.note})" if self.note else ""
        return f"Stage({self.text}{time}{told_least(self.clearance_mm, self.pair)}{note})"


@dataclass(frozen=True, repr=False)
class Detour:
    """A way between two poses through a third axis, proven stage by stage.

    Attributes
    ----------
    start, stop : dict of str to float
        The poses.
    change : dict
        What changes meanwhile: a joint by how many mm, or an option to which choice.
    stages : tuple of Stage
        In their order.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> roads = sim.road_map(setup, sweep=sweep, tolerance=0.05)
    >>> detour = sim.find_detour(roads, {"gantry": 0, "couch": 0}, {"gantry": 40, "couch": 30})
    >>> [stage.text for stage in detour.stages], detour.change, detour.clearance_mm > 0
    (['the way'], {}, True)
    """

    start: Joints
    stop: Joints
    change: Mapping[str, float | str]
    stages: tuple[Stage, ...]

    @property
    def time_s(self) -> float:
        """How long the stages take together; NaN if that of one is unknown."""
        return float(sum(stage.time_s for stage in self.stages))

    @property
    def clearance_mm(self) -> float:
        """The least of the stages."""
        return min(stage.clearance_mm for stage in self.stages)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not proven."""
        return tuple(dict.fromkeys(stage.note for stage in self.stages if stage.note))

    def __repr__(self) -> str:
        stages = "; ".join(stage.text for stage in self.stages)
        time = "" if np.isnan(self.time_s) else f", {self.time_s:.1f} s"
        return f"Detour({told(self.start)} to {told(self.stop)}: {stages}{time})"


@checked
def find_detour(
    roads: RoadMap,
    start: Mapping[str, float],
    stop: Mapping[str, float],
    *,
    moves: Moves | None = None,
    workers: int = 1,
) -> Detour:
    """Return a proven way through a third axis between two poses that have none: the smallest step that opens one.

    Options of the machine are tried first, where parts that they take away stand between the poses; then the table
    away from the gantry, lower and higher.

    Parameters
    ----------
    roads : RoadMap
        Of the room.
    start, stop : mapping of str to float
        Poses that are free, as for `RoadMap.way`.
    moves : {"together", "one at a time"}, optional
        How the joints that aim move.
    workers : int
        Number of threads.

    Returns
    -------
    Detour
        Of three stages; of one where there is a way already.

    Raises
    ------
    NoWay
        If a pose is not free, or nothing that was tried opens a way; or SimulatorError as `RoadMap.way`.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> roads = sim.road_map(setup, sweep=sweep, tolerance=0.05)
    >>> detour = sim.find_detour(roads, {"gantry": 60, "couch": 15}, {"gantry": -60, "couch": 20})
    >>> len(detour.stages), detour.notes
    (1, ())
    """
    moves, workers = moves_of(roads.setup, moves), worker_count(workers)
    try:
        way = roads.way(start, stop, moves=moves)
    except NoWay as refused:
        if roads.holds(start) and roads.holds(stop):
            asked = roads, refused, moves, workers
            found = next(chain(_through_options(*asked), _by_table(*asked)), None)
            if found is not None:
                return found
        raise
    return Detour(way.start, way.stop, {}, (_stage_of(way),))


def _through_options(roads: RoadMap, refused: NoWay, moves: Moves, workers: int) -> Iterator[Detour]:
    """Yield ways with another choice of an option of the machine, where parts that it takes away stand between."""
    parts = roads.setup.scene.parts_of(refused.pairs)
    for option, choice in _other_choices(roads.setup.machine, parts):
        machine = roads.setup.machine.with_options(**{option: choice})
        other = replace(roads.setup, machine=machine)
        ends = [_at(room, roads, pose) for pose in (refused.start, refused.stop) for room in (roads.setup, other)]
        way = _way_on(roads, refused, moves, workers, setup=other) if all(ends) else None
        if way is not None:
            before = dict(roads.setup.machine.options)[option]
            texts = (f"{option} {choice}", f"{option} {before}")
            changes = [
                Stage(text, pose, pose, np.nan, *min(found for found in states if found), note=UNMODELLED)
                for text, pose, states in zip(texts, (way.start, way.stop), (ends[:2], ends[2:]), strict=True)
            ]
            yield Detour(way.start, way.stop, {option: choice}, (changes[0], _stage_of(way), changes[1]))


def _other_choices(machine: Machine, parts: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield other choices of the options that some parts are there by; not of those that plans ask for."""
    for option, choices in choices_without(machine, "machine", parts).items():
        if option not in machine.accessory_options:
            yield from ((option, choice) for choice in choices)


def _by_table(roads: RoadMap, refused: NoWay, moves: Moves, workers: int) -> Iterator[Detour]:
    """Yield ways with the table elsewhere, the shortest steps first."""
    setup = roads.setup
    motions, tree = motions_of(setup), setup.scene.tree
    steps = [(joint, sign * far[at]) for at in range(len(AWAY_MM)) for joint, sign, far in TABLE_STEPS]
    for joint, by in steps:
        here = {**setup.scene.rest, **roads.stands}.get(joint)
        if joint not in tree or here is None:
            continue
        low, high = tree[joint].limits or (-np.inf, np.inf)
        if not low <= here + by <= high:
            continue
        travels = [
            Question(setup, {**pose, **roads.stands, joint: here}, {**pose, **roads.stands, joint: here + by})
            for pose in (refused.start, refused.stop)
        ]
        if not all(are_free(travels, workers=workers)):
            continue
        way = _way_on(roads, refused, moves, workers, stands={joint: here + by})
        if way is None:
            continue
        there, back = (answer for (answer,) in answered(travels, workers=workers))
        time_s = leg_time_s(motions, {joint: here}, {joint: here + by}, moves) if joint in motions else np.nan
        name = joint.replace("_", " ")
        yield Detour(
            way.start,
            way.stop,
            {joint: by},
            (
                Stage(f"{name} {by:+g} mm", there.start, there.stop, time_s, there.clearance_mm, there.pair),
                _stage_of(way),
                Stage(f"{name} {-by:+g} mm", back.stop, back.start, time_s, back.clearance_mm, back.pair),
            ),
        )


def _way_on(roads: RoadMap, refused: NoWay, moves: Moves, workers: int, **changes: Any) -> Way | None:
    """Return the way on a road map of a room that is changed; None if there is none."""
    from simulator.delivery.roads.mapping import road_map

    asked = {"setup": roads.setup, "stands": {}, **changes}
    stands = {**roads.stands, **asked["stands"]}
    there = road_map(asked["setup"], sweep=roads.sweep, stands=stands, tolerance=COARSE, workers=workers)
    try:
        return there.way(refused.start, refused.stop, moves=moves)
    except NoWay:
        return None


def _at(setup: Setup, roads: RoadMap, pose: Joints) -> tuple[float, str] | None:
    """Return the clearance at a pose and the pair that has it; None if the pose is not proven free."""
    joints = {**pose, **roads.stands}
    ((answer,),) = answered([Question(setup, joints, joints)])
    return None if answer.status else (answer.clearance_mm, answer.pair)


def _stage_of(way: Way) -> Stage:
    return Stage("the way", way.start, way.stop, way.time_s, way.clearance_mm, way.pair, way)
