"""What is refused of a study before anything runs: fields and values that a scenario cannot have, too many cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, product
from math import prod
from typing import Any

from simulator.errors import SimulatorError
from simulator.scenario.scenario import Scenario
from simulator.scenario.vary import MOST_CASES
from simulator.studies.levels import Factor
from simulator.studies.names import Names
from simulator.studies.rows import LATTICE, columns_of

SHOWN_FAULTS = 20
"""More would not be read; how many there are is told."""
UNKNOWN = "unknown field"
NO_PART = ("variants", "expect")
"""Tables of a scenario that its cases do not have."""
ISOCENTRE = ("patient.isocentre_mm", "patient.site", "patient.plan", "patient.beam")
"""Fields that say where the isocentre is."""
ONE_OF_TWO = ("patient.site", "patient.isocentre_mm")
"""Of these a case has one."""


def require_distinct_fields(factors: Sequence[Factor], origin: str) -> None:
    """Refuse fields of which one is, or is within, another factor's, and those that are no part of a case."""
    for factor in factors:
        for field in factor.fields:
            if field.partition(".")[0] in NO_PART:
                raise SimulatorError(
                    f"{origin}: {factor.where}: must not vary {field}: a case has no {' or '.join(NO_PART)}"
                )
    for one, other in combinations(factors, 2):
        for first, second in product(one.fields, other.fields):
            if f"{first}.".startswith(f"{second}.") or f"{second}.".startswith(f"{first}."):
                raise SimulatorError(
                    f"{origin}: {other.where}: must vary what nothing else does, varies {second}; {one.where} varies "
                    f"{first}"
                )
            if {first, second} == set(ONE_OF_TWO):
                raise SimulatorError(
                    f"{origin}: {other.where}: must vary what {one.where} does not: one of "
                    f"{' and '.join(ONE_OF_TWO)} says where the isocentre is, never both"
                )


def require_distinct_levels(factors: Sequence[Factor], origin: str) -> None:
    """Refuse levels of one factor that stand in the table alike: nobody could tell their rows apart."""
    for factor in factors:
        alike = Counter(tuple(level.values.items()) for level in factor.levels)
        values, times = alike.most_common(1)[0]
        if times > 1:
            told = ", ".join(f"{column} = {value!r}" for column, value in values)
            raise SimulatorError(f"{origin}: {factor.where}: must be different, has {told} {times} times")


def require_names(axes: Mapping[str, Sequence[str]], origin: str) -> None:
    """Refuse names of what varies, and of its columns, that are those of something else in the results.

    Raises
    ------
    SimulatorError
        If there is one.
    """
    taken = {*columns_of(()), *LATTICE}
    for axis, columns in axes.items():
        own = {axis, *columns}
        for name in sorted(own & taken):
            raise SimulatorError(
                f"{origin}: vary: {name!r} must have another name: the results have a column of that name"
            )
        taken |= own


def require_place_for_lattice(base: Scenario, factors: Sequence[Factor], origin: str) -> None:
    """Refuse that the isocentre varies in two ways, and a scenario that has more of a plan than its isocentre."""
    if base.patient.plan is not None:
        raise SimulatorError(
            f"{origin}: lattice: must be of a scenario whose isocentre is a site or isocentre_mm: patient.plan says "
            "where the table is and how the patient lies, too; say them in its place"
        )
    for factor in factors:
        for field in factor.fields:
            if field.startswith(ISOCENTRE):
                raise SimulatorError(
                    f"{origin}: {factor.where}: must vary what the lattice does not: that says where isocentres are, "
                    f"and so does {field}"
                )


def require_few(counts: Mapping[str, int], origin: str) -> None:
    """Refuse more than `MOST_CASES` combinations; ``counts`` are the levels by the name of what varies."""
    found = prod(counts.values())
    if found > MOST_CASES:
        each = " × ".join(f"{count:,} of {name}" for name, count in counts.items())
        raise SimulatorError(f"{origin}: vary: must make at most {MOST_CASES:,} cases, makes {found:,}: {each}")


def require_sound_levels(base: Scenario, factors: Sequence[Factor], origin: str) -> None:
    """Refuse levels that the scenario cannot have, and names of models, options and sites that there are not.

    Each level is judged once, not each combination. One may need what the others bring, so it is refused only if the
    scenario takes it neither with the first level of each other factor nor as it is.

    Raises
    ------
    SimulatorError
        Up to `SHOWN_FAULTS` lines: which level of what, its field, what it must be, what it was, what is available.
    """
    faults: dict[str, str] = {}
    names, first = Names(), [factor.levels[0].changes for factor in factors]
    for at, factor in enumerate(factors):
        for level in factor.judged:
            scenario = _changed(base, _joined([*first[:at], *first[at + 1 :], level.changes]))
            if isinstance(scenario, Scenario):
                found = names.unknown_in(scenario, level.changes)
            else:
                alone = _changed(base, level.changes)
                found = [] if isinstance(alone, Scenario) else alone
            place = f"{origin}: {factor.where}: " if level.place is None else f"{level.place} "
            for fault in found:  # a field that is unknown is so in every line of a table
                faults.setdefault(fault if UNKNOWN in fault else place + fault, place + fault)
    scenario = _changed(base, _joined(first))
    if isinstance(scenario, Scenario):
        faults |= {fault: f"{origin}: {fault}" for fault in names.unknown_in(scenario)}
    if faults:
        more = [f"{origin}: and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
        raise SimulatorError("\n".join([*list(faults.values())[:SHOWN_FAULTS], *more]))


def _joined(changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {field: value for each in changes for field, value in each.items()}


def _changed(base: Scenario, changes: Mapping[str, Any]) -> Scenario | list[str]:
    """Return a scenario with changes, or what is wrong with it, in lines."""
    try:
        return base.with_changes(changes)
    except SimulatorError as error:
        return [line.removeprefix(f"{base.origin}: ") for line in str(error).splitlines()]
