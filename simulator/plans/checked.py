"""What holds of a plan, as values: beams, margins, and the plan as a whole.

A beam is free only if every pose of every leg is proven free, with everything on the head known; a plan only if its
beams are, and every move between them in some order. Ways are in `simulator.plans.ways`, what would be
free instead in `simulator.plans.suggested`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from simulator.collision.contact import Status
from simulator.dicom.beams import Beam
from simulator.dicom.plan import Plan
from simulator.plans.suggested import PlanSuggestion, Suggestion
from simulator.plans.ways import LegCheck, MoveCheck, WayCheck
from simulator.setup.setup import Setup


@dataclass(frozen=True, repr=False)
class Margin:
    """How much may go wrong before a beam is no longer proven free.

    Attributes
    ----------
    spare_mm : float
        As `WayCheck.spare_mm`, of the whole beam.
    degrees : dict of str to float
        For gantry and couch: proven free with the axis off by as much, to both sides, all the way: one of the steps
        that were asked; 0 if not even the least.
    asked_deg : tuple of float
        Those steps.
    tolerances : dict of str to float
        Of the plan, for the axes that were asked; empty if it names none. A table tolerance of more than 50 mm is
        left out: it says that the position is not checked.
    is_free_within_tolerances : bool, optional
        Proven free with each of these axes, all at once, anywhere within its tolerance; None if the plan names none.
    """

    spare_mm: float
    degrees: dict[str, float]
    asked_deg: tuple[float, ...]
    tolerances: dict[str, float] = field(default_factory=dict)
    is_free_within_tolerances: bool | None = None

    @property
    def told(self) -> str:
        """How much may go wrong, in a line."""
        parts = [f"{self.spare_mm:.1f} mm"] if np.isfinite(self.spare_mm) else []
        parts += [f"{axis} {self._told(value)}" for axis, value in self.degrees.items()]
        if self.is_free_within_tolerances is not None:
            names = ", ".join(axis.replace("_", " ") for axis in self.tolerances)
            free = "free" if self.is_free_within_tolerances else "NOT free"
            parts.append(f"{free} within the plan's tolerances of {names}")
        return ", ".join(parts)

    def __repr__(self) -> str:
        return f"Margin({self.told})"

    def _told(self, degrees: float) -> str:
        least, most = min(self.asked_deg), max(self.asked_deg)
        return f"±{degrees:g}°{' or more' * (degrees == most)}" if degrees else f"less than ±{least:g}°"


@dataclass(frozen=True)
class SelfCheck:
    """Whether what the plan says of the patient's surface is found in the room; None where the plan is silent.

    Attributes
    ----------
    ssd_plan_mm, ssd_mm : float, optional
        Distance from the source to the skin along the central axis, as the plan has it and as the patient's surface
        gives it at the first control point.
    entry_offset_mm : float, optional
        How far the plan's entry point is from where that ray meets the surface.
    is_missed : bool
        Whether that ray does not meet the surface at all.
    """

    ssd_plan_mm: float | None = None
    ssd_mm: float | None = None
    entry_offset_mm: float | None = None
    is_missed: bool = False

    @property
    def ssd_difference_mm(self) -> float | None:
        """The surface's distance less the plan's."""
        return None if self.ssd_mm is None or self.ssd_plan_mm is None else self.ssd_mm - self.ssd_plan_mm


@dataclass(frozen=True, repr=False)
class BeamCheck:
    """What holds of one beam.

    Attributes
    ----------
    beam : Beam
        Of the plan.
    setup : Setup
        The room that it was checked in: with its isocentre, position, pitch, roll and accessories. Where the other
        axes stand, collimator included, say the places of its ways.
    legs : tuple of LegCheck
        Leg by leg, as the plan has them.
    ways : tuple of WayCheck
        The same, consecutive legs with the same axes, rates and direction joined.
    unknown_accessories : tuple of str
        What is on the head that the machine's model has no outer size of.
    self_check : SelfCheck
        SSD and entry point.
    margin : Margin, optional
        None for a beam that is not free.
    suggestions : tuple of Suggestion
        For a beam that is not.
    as_scanned : WayCheck, optional
        The worst way without the parts that complete the patient's body; None where nothing was assumed.
    """

    beam: Beam
    setup: Setup
    legs: tuple[LegCheck, ...]
    ways: tuple[WayCheck, ...]
    unknown_accessories: tuple[str, ...] = ()
    self_check: SelfCheck = SelfCheck()
    margin: Margin | None = None
    suggestions: tuple[Suggestion, ...] = ()
    as_scanned: WayCheck | None = None

    @property
    def status(self) -> Status:
        """That of the worst leg."""
        return max(way.status for way in self.ways)

    @property
    def worst(self) -> WayCheck:
        """The way with the worst status, and of those the one with the least to spare."""
        return min(self.ways, key=lambda way: (-way.status, way.spare_mm))

    @property
    def is_free(self) -> bool:
        """True if every pose is proven free, with everything on the head known."""
        return self.status is Status.FREE and not self.unknown_accessories

    def __repr__(self) -> str:
        names = f"; not known: {', '.join(self.unknown_accessories)}" if self.unknown_accessories else ""
        return f"BeamCheck({self.beam.number}: {self.worst.told}{names})"


@dataclass(frozen=True, repr=False)
class PlanCheck:
    """What holds of a plan in a room.

    Attributes
    ----------
    plan : Plan
        That was checked.
    setup : Setup
        The room that was given.
    order : tuple of int
        Beam numbers in the order of delivery.
    beams : tuple of BeamCheck
        In that order.
    moves : tuple of MoveCheck
        One from each beam to the next.
    assumptions : tuple of str
        What was taken for granted: where the isocentres and the couch are, the order, the move to the first beam.
    warnings : tuple of str
        What a reader should know: of the models, the plan, its import.
    plan_suggestions : tuple of PlanSuggestion
        Where the patient may lie on the table top for more beams to be free, the best first; none if all are free.

    Examples
    --------
    >>> import simulator as sim
    >>> import pandas as pd
    >>> setup = sim.load_setup("brain")
    >>> beams = sim.BeamList.of(setup, pd.DataFrame({"gantry_deg": [60, 120], "couch_deg": [15, 30]}))
    >>> checked = sim.check_beams(setup, beams)
    >>> checked.is_free
    False
    >>> print(checked.verdict)
    NOT all proven free, of 2 beams: beam 2 not free
    >>> [beam.beam.number for beam in checked.beams if not beam.is_free]
    [2]
    """

    plan: Plan
    setup: Setup
    order: tuple[int, ...]
    beams: tuple[BeamCheck, ...]
    moves: tuple[MoveCheck, ...]
    assumptions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    plan_suggestions: tuple[PlanSuggestion, ...] = ()

    @property
    def is_free(self) -> bool:
        """True if every leg, and every move in some order, is proven free, with everything on the head known.

        A move that is not computed, where the patient is turned in between, is like that to the first beam: nobody
        knows it, and it is told.
        """
        return all(beam.is_free for beam in self.beams) and not self._blocked_moves

    @property
    def has_order(self) -> bool:
        """Whether the beams are delivered one after the other; candidates are not."""
        return bool(self.moves) or len(self.beams) < 2

    @property
    def unknown_accessories(self) -> tuple[str, ...]:
        """What the machine's model has no outer size of, with the beam."""
        found = [(beam.beam.number, name) for beam in self.beams for name in beam.unknown_accessories]
        return tuple(f"beam {number}: {name}" for number, name in found)

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """What would be free instead of what is not."""
        return tuple(suggestion for beam in self.beams for suggestion in beam.suggestions)

    @property
    def verdict(self) -> str:
        """What holds, in one line."""
        moves = f" and {_counted(len(self.moves), 'move')}" if self.has_order else ""
        count = f"{_counted(len(self.beams), 'beam')}{moves}"
        if self.is_free:
            worst = min((way for beam in self.beams for way in beam.ways), key=lambda way: way.clearance_mm)
            least = f"; {worst.told}" if worst.pair else ""
            return f"all proven free: {count}{least}"
        problems = [
            _listed("beam", "not free", (beam.beam.number for beam in self.beams if beam.status)),
            _listed("beam", "with an accessory that is not known", self._unknown()),
            _listed("move", "not free", self._blocked_moves),
        ]
        return f"NOT all proven free, of {count}: {'; '.join(filter(None, problems))}"

    @property
    def _blocked_moves(self) -> list[str]:
        return [f"{move.before}-{move.after}" for move in self.moves if not move.is_free and not move.unknown]

    def _unknown(self) -> Iterable[int]:
        return (beam.beam.number for beam in self.beams if beam.unknown_accessories)

    def __repr__(self) -> str:
        return f"PlanCheck({self.verdict})"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _listed(noun: str, what: str, names: Iterable[object]) -> str:
    found = [str(name) for name in names]
    return f"{noun}{'s' * (len(found) != 1)} {', '.join(found)} {what}" if found else ""
