"""The room around somebody in a bore: where each table axis may go from where it stands, and what is nearest.

Asked where nothing of the machine moves while the beam turns, so that the answer is one for all its angles: a ring
in closed covers. Then travel along one axis is a free arc of that joint, proven all the way; and what keeps more than
its buffer from the machine may grow by the rest in all directions, or be moved by it in any.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.setup.engines import checker_of
from simulator.setup.placing import TABLE_POSITION
from simulator.setup.setup import Setup

LIMIT = "the end of its travel"


@dataclass(frozen=True)
class Travel:
    """Where one table axis may go while all else stands.

    Attributes
    ----------
    joint : str
        Its name.
    at_mm : float
        Where it stands.
    start_mm, stop_mm : float, optional
        From where to where around that it is proven free, ends to 0.01 mm; None where it is not free as it stands.
    start_end, stop_end : str
        What is beyond either end: a pair, or the end of the joint's travel.
    """

    joint: str
    at_mm: float
    start_mm: float | None
    stop_mm: float | None
    start_end: str = ""
    stop_end: str = ""

    def stated(self) -> str:
        """Return it as a sentence."""
        at = f"{self.joint} {self.at_mm:.1f} mm"
        if self.start_mm is None or self.stop_mm is None:
            return f"{at}: not free as it stands"
        start, stop = f"{self.start_mm:.1f} mm ({self.start_end})", f"{self.stop_mm:.1f} mm ({self.stop_end})"
        return f"{at}: proven free from {start} to {stop}"


@dataclass(frozen=True)
class Gap:
    """How near something is to the machine.

    Attributes
    ----------
    clearance_mm : float
        Least distance; 0 where they touch.
    pair : str
        Between which parts.
    buffer_mm : float
        What the pair must keep.
    """

    clearance_mm: float
    pair: str
    buffer_mm: float

    @property
    def spare_mm(self) -> float:
        """By how much it may grow all round, or be moved in any direction, before the buffer is used up."""
        return max(self.clearance_mm - self.buffer_mm, 0.0)

    def stated(self) -> str:
        """Return it as a sentence."""
        return (
            f"{self.clearance_mm:.1f} mm to the machine ({self.pair}), of which the buffer is {self.buffer_mm:g} mm"
        )


@dataclass(frozen=True)
class RoomAround:
    """What is around somebody in a bore.

    Attributes
    ----------
    travel : tuple of Travel
        Of the table axes that have limits.
    patient, couch : Gap, optional
        To the machine; None where there is no such pair.
    """

    travel: tuple[Travel, ...]
    patient: Gap | None
    couch: Gap | None

    def lines(self) -> list[str]:
        """Return it as sentences."""
        found = [travel.stated() for travel in self.travel]
        if self.patient is not None:
            spare = f"may be larger all round, or be moved any way, by {self.patient.spare_mm:.1f} mm"
            found.append(f"patient {self.patient.stated()}: {spare}")
        return found if self.couch is None else [*found, f"couch {self.couch.stated()}"]


def room_around(setup: Setup) -> RoomAround | None:
    """Return the room around somebody as the table stands; None where the machine moves or no axis turns the beam."""
    scene = setup.scene
    moving = [joint for joint in setup.machine.sweep.joints if joint in {one.name for one in setup.machine.joints}]
    bodies = [body for body in scene.bodies if not {*moving}.isdisjoint(scene.tree.path(body.joint))]
    if bodies or setup.circle_of(setup.sweep) is None:
        return None
    at = {joint: scene.rest[joint] for joint in setup.sweep.joints}
    travel = tuple(_travel(setup, joint, at) for joint in TABLE_POSITION if scene.tree[joint].limits is not None)
    return RoomAround(travel, _gap(setup, "patient"), _gap(setup, "couch"))


def _travel(setup: Setup, joint: str, at: dict[str, float]) -> Travel:
    here, limits = setup.scene.rest[joint], setup.scene.tree[joint].limits
    assert limits is not None
    asked: dict[str, float | tuple[float, float]] = {**at, joint: limits}
    for arc in setup.free_arcs(**asked):
        if arc.start <= here <= arc.stop:
            ends = arc.start_pair or LIMIT, arc.stop_pair or LIMIT
            return Travel(joint, here, arc.start, arc.stop, *ends)
    return Travel(joint, here, None, None)


def _gap(setup: Setup, kind: str) -> Gap | None:
    """Return the least distance of the patient, with what holds it, or of the couch to the machine."""
    scene, of_machine = setup.scene, {part.name for part in setup.machine.parts}
    owners = {part.name: owner for owner, part, _ in setup.contents.owned}
    ours = {name for name, owner in owners.items() if (owner == "couch") == (kind == "couch") and owner != "machine"}
    rows = [
        row
        for row, pair in enumerate(scene.pairs)
        if len({scene.bodies[pair.a].name, scene.bodies[pair.b].name} & ours) == 1
        and {scene.bodies[pair.a].name, scene.bodies[pair.b].name} & of_machine
    ]
    if not rows:
        return None
    found, nearest, _ = checker_of(scene, ()).clearance(np.zeros((1, 0)), rows)
    pair = scene.pairs[int(nearest[0])]
    return Gap(float(found[0]), pair.name, pair.buffer_mm)
