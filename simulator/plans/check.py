"""A plan in a room: every leg and every move proven, or told by what is in the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.plans.checked import BeamCheck, PlanCheck
from simulator.plans.legs import checked_legs, ways_of
from simulator.plans.moves import checked_moves
from simulator.plans.proofs import answered
from simulator.plans.rooms import Rooms
from simulator.setup.setup import Setup


def check_plan(
    plan: Plan,
    setup: Setup,
    *,
    order: Sequence[int] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
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
    workers : int
        Number of threads. The answer does not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Raises
    ------
    SimulatorError
        If the order is not one of the plan's beams, or the machine cannot deliver the plan: a line for each reason.
    """
    numbers = _ordered(plan, order)
    rooms = Rooms(plan, setup)
    of_beams = rooms.of_beams(numbers)
    ways = [ways_of(room) for room in of_beams]
    answers = iter(answered([way for of_beam in ways for way in of_beam], workers=workers))
    beams = []
    for room, asked in zip(of_beams, ways, strict=True):
        legs, checked = checked_legs(room, [next(answers) for _ in asked])
        beams.append(BeamCheck(room.beam, room.setup, legs, checked, room.unknown))
    moves = checked_moves(of_beams, workers=workers)
    return PlanCheck(plan, setup, numbers, tuple(beams), moves)


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
