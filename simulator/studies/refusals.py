"""What is refused of a study before anything runs: fields and values that a scenario cannot have, too many cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any

from simulator.errors import SimulatorError
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import validated
from simulator.scenario.study import MOST_CASES
from simulator.scenario.variants import changed
from simulator.studies.factors import Factor

SHOWN_FAULTS = 20
"""More would not be read; how many there are is told."""


def require_distinct_fields(factors: Sequence[Factor], origin: str) -> None:
    """Refuse fields of different factors of which one is, or is within, the other."""
    for one, other in combinations(factors, 2):
        for first, second in product(one.fields, other.fields):
            if f"{first}.".startswith(f"{second}.") or f"{second}.".startswith(f"{first}."):
                raise SimulatorError(
                    f"{origin}: {other.where}: must vary what nothing else does, varies {second}; {one.where} varies "
                    f"{first}"
                )


def require_few(counts: Mapping[str, int], origin: str) -> None:
    """Refuse more than `MOST_CASES` combinations; ``counts`` are the levels by the name of what varies."""
    found = prod(counts.values())
    if found > MOST_CASES:
        each = " × ".join(f"{count:,} of {name}" for name, count in counts.items())
        raise SimulatorError(f"{origin}: vary: must make at most {MOST_CASES:,} cases, makes {found:,}: {each}")


def require_sound_levels(base: Scenario, factors: Sequence[Factor], origin: str) -> None:
    """Refuse levels that the scenario cannot have: each is judged once, not each combination.

    A level may need what the others bring, so it is refused only if the scenario takes it neither as it is nor with
    the first level of each other factor.

    Raises
    ------
    SimulatorError
        Up to `SHOWN_FAULTS` lines: which level of what, its field, what it must be, what it was.
    """
    faults: dict[str, None] = {}
    for at, factor in enumerate(factors):
        others = [other.levels[0].changes for other in (*factors[:at], *factors[at + 1 :])]
        context = {field: value for changes in others for field, value in changes.items()}
        for level in factor.judged:
            fault = _fault(base, level.changes, f"{origin}: {factor.where}" if level.place is None else level.place)
            if fault and _fault(base, {**context, **level.changes}, ""):
                faults.update(dict.fromkeys(fault))
    if faults:
        more = [f"{origin}: and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
        raise SimulatorError("\n".join([*list(faults)[:SHOWN_FAULTS], *more]))


def _fault(base: Scenario, changes: Mapping[str, Any], place: str) -> list[str]:
    """Return what is wrong with a scenario with changes, in lines; none if nothing is."""
    try:
        validated(changed(base, changes), Scenario, place)
    except SimulatorError as error:
        return [line if line.startswith(place) else f"{place}: {line}" for line in str(error).splitlines()]
    return []
