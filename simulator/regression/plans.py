"""Whether a plan is what a scenario promises of it: which beams and moves are not proven free, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.plans.check import check_plan
from simulator.scenario.expectations import PlanPromise
from simulator.setup.setup import Setup


def plan_promises(setup: Setup, promise: PlanPromise, beside: Path) -> Iterator[str]:
    """Yield what is not as promised, a text each.

    Raises
    ------
    SimulatorError
        If the plan cannot be read or checked, or the promise names beams that it does not have.
    """
    plan = Plan.read(beside / promise.file)
    numbers = {beam.number for beam in plan.beams}
    named = {*promise.beams_not_free, *(number for move in promise.moves_not_free for number in move)}
    if named - numbers:
        raise SimulatorError(
            f"expect.plan: {promise.file}: must name beams of the plan, {', '.join(map(str, sorted(numbers)))}; "
            f"was {', '.join(map(str, sorted(named - numbers)))}"
        )
    check = check_plan(plan, setup, order=promise.order or None)
    for beam in check.beams:
        number, is_free = beam.beam.number, beam.is_free
        where = f"{promise.file}, beam {number}"
        if is_free == (number in promise.beams_not_free):
            yield f"{where}: must {'' if not is_free else 'not '}be proven free: {beam.worst.told}"
        elif is_free and beam.worst.clearance_mm < promise.clearance_mm:
            yield f"{where}: must have {promise.clearance_mm:g} mm of clearance: {beam.worst.told}"
    for move in check.moves:
        ends, expected = (move.before, move.after), (move.before, move.after) not in promise.moves_not_free
        if move.is_free != expected:
            found = move.unknown or "; ".join(f"{order.order}: {order.told}" for order in move.orders)
            yield (
                f"{promise.file}, move from beam {ends[0]} to {ends[1]}: must {'' if expected else 'not '}be proven "
                f"free: {found}"
            )
