"""A plan in a room: every leg and every move proven, or told by what is in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from simulator.arguments import checked
from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.maps.helpers import worker_count
from simulator.plans.assumptions import assumptions, warnings
from simulator.plans.beams import checked_beams, worst_as_scanned
from simulator.plans.checked import PlanCheck
from simulator.plans.margins import margins
from simulator.plans.moves import checked_moves
from simulator.plans.rooms import Rooms
from simulator.plans.suggested import PlanSuggestion
from simulator.plans.suggestions import places_on_top, suggestions
from simulator.plans.ways import MoveCheck
from simulator.setup.setup import Setup

Progress = Callable[[int, int], None]
Found = TypeVar("Found")


@checked
def check_plan(
    plan: Plan,
    setup: Setup,
    *,
    order: Sequence[int] | None = None,
    is_delivered: bool = True,
    workers: int = 1,
    progress: Progress | None = None,
) -> PlanCheck:
    """Return what holds of every leg of a plan and of every move between its beams.

    Parameters
    ----------
    plan : Plan
        As `Plan.read` returns it.
    setup : Setup
        Machine, couch and patient; each beam is checked in this room with its own isocentre, patient position, pitch,
        roll, collimator and accessories.
    order : sequence of int, optional
        Beam numbers in the order of delivery; as in the plan if not given.
    is_delivered : bool
        False for candidates, of which no order is meant: moves between them, margins and suggestions are left out.
    workers : int
        Number of threads. The answer does not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` after beams, the body as scanned, moves, margins, and suggestions
        for each beam and for all.

    Returns
    -------
    PlanCheck
        Beams in the order of delivery, moves between them, margins, suggestions, assumptions.

    Raises
    ------
    SimulatorError
        If the order is not one of the plan's beams, or the machine cannot deliver the plan: a line for each reason.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("example_plan")
    >>> checked = sim.check_plan(sim.Plan.read("plan.dcm"), setup, is_delivered=False)
    >>> print(checked.verdict)
    NOT all proven free, of 5 beams: beams 4, 5 not free
    """
    workers, numbers = worker_count(workers), _ordered(plan, order)
    rooms = Rooms(plan, setup)
    of_beams = rooms.of_beams(numbers)
    told = _Steps(progress, 6 if is_delivered else 2)
    beams = told.after(checked_beams(of_beams, workers=workers))
    scanned = told.after(worst_as_scanned(plan, setup, numbers, workers=workers))
    beams = [replace(beam, as_scanned=worst) for beam, worst in zip(beams, scanned, strict=True)]
    moves: tuple[MoveCheck, ...] = ()
    places: tuple[PlanSuggestion, ...] = ()
    if is_delivered:
        moves = told.after(checked_moves(of_beams, workers=workers))
        found = told.after(margins(of_beams, beams, workers=workers))
        instead = told.after(suggestions(of_beams, beams, workers=workers))
        places = told.after(places_on_top(plan, setup, beams, workers=workers))
        beams = [
            replace(beam, margin=margin, suggestions=free)
            for beam, margin, free in zip(beams, found, instead, strict=True)
        ]
    return PlanCheck(
        plan,
        setup,
        numbers,
        tuple(beams),
        moves,
        assumptions(rooms, of_beams, moves, is_plans_order=order is None, is_delivered=is_delivered),
        warnings(rooms, of_beams, beams),
        places,
    )


class _Steps:
    """Tells how many of the steps of a check are done."""

    def __init__(self, progress: Progress | None, count: int) -> None:
        self._progress, self._done, self._count = progress, 0, count

    def after(self, found: Found) -> Found:
        """Return what was found, and tell that one more step is done."""
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._count)
        return found


def _ordered(plan: Plan, order: Sequence[int] | None) -> tuple[int, ...]:
    """Return the beam numbers in the order of delivery: all of the plan, each once."""
    numbers = tuple(beam.number for beam in plan.beams)
    if order is None:
        return numbers
    if sorted(order) != sorted(numbers):
        listed = ", ".join(map(str, numbers))
        raise SimulatorError(
            f"order: must have each beam of the plan once ({listed}), was {', '.join(map(str, order))}"
        )
    return tuple(order)
