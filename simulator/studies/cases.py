"""The cases of a study: all combinations of the levels of its factors, made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Study, Vary
from simulator.studies.base import base_scenario
from simulator.studies.case import Case, Value
from simulator.studies.factors import (
    Factor,
    Level,
    factor_of_columns,
    factor_of_options,
    factor_of_range,
)
from simulator.studies.refusals import require_distinct_fields, require_few, require_sound_levels


class Cases(Sequence[Case]):
    """The cases of a study, in an order that the study alone fixes.

    ``cases[i]`` makes the case, ``len(cases)`` makes none.

    Attributes
    ----------
    study : Study
        What they are of.
    base : Scenario
        What all have in common; `simulator.studies.base.scenario_of` makes that of a case.
    factors : tuple of Factor
        What varies apart from a lattice, the last the fastest: the axes of the study's results.
    """

    def __init__(self, study: Study, base: Scenario, factors: tuple[Factor, ...]) -> None:
        self.study, self.base, self.factors = study, base, factors

    @classmethod
    def of(cls, study: Study) -> Cases:
        """Return the cases of a study.

        Raises
        ------
        SimulatorError
            If there are none or more than `MOST_CASES`, a field is unknown or varied twice, a value does not fit
            the schema, or a file is missing or unsound.
        """
        base = base_scenario(study)
        factors = tuple(_factor(entry, at) for at, entry in enumerate(study.vary) if entry.lattice is None)
        require_distinct_fields(factors, study.origin)
        require_few({factor.name: len(factor.levels) for factor in factors}, study.origin)
        require_sound_levels(base, factors, study.origin)
        return cls(study, base, factors)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of `Case.values`."""
        return tuple(column for factor in self.factors for column in factor.columns)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of levels of each factor."""
        return tuple(len(factor.levels) for factor in self.factors)

    @property
    def combinations(self) -> int:
        """Number of combinations of the factors: of cases, without a lattice."""
        return prod(self.shape)

    def __len__(self) -> int:
        return self.combinations

    @overload
    def __getitem__(self, at: int) -> Case: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Case]: ...
    def __getitem__(self, at: int | slice) -> Case | Sequence[Case]:
        if isinstance(at, slice):
            return [self[each] for each in range(len(self))[at]]
        index = range(len(self))[at]
        level = self._combined(index)
        return Case(index, level.values, level.changes)

    def chunks(self) -> Sequence[range]:
        """Return the cases that are worked on together, as ranges of their numbers, one after the other.

        A chunk is one case, or the points of a lattice in a cube of up to 4 × 4 × 4 of them for one combination
        of the other factors.
        """
        return Chunks(np.arange(len(self) + 1))

    def _combined(self, combination: int) -> Level:
        """Return what a combination of the factors has in the table and changes."""
        values: dict[str, Value] = {}
        changes: dict[str, Any] = {}
        for factor, at in zip(self.factors, np.unravel_index(combination, self.shape or (1,)), strict=False):
            level = factor.levels[int(at)]
            values.update(level.values)
            changes.update(level.changes)
        return Level(values, changes)


class Chunks(Sequence[range]):
    """Consecutive ranges of cases.

    Parameters
    ----------
    edges : ndarray of int, shape (n + 1,)
        The first case of each, and the number of all cases.
    """

    def __init__(self, edges: NDArray[np.int64]) -> None:
        self.edges = edges

    def __len__(self) -> int:
        return len(self.edges) - 1

    @overload
    def __getitem__(self, at: int) -> range: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[range]: ...
    def __getitem__(self, at: int | slice) -> range | Sequence[range]:
        if isinstance(at, slice):
            return [self[each] for each in range(len(self))[at]]
        chunk = range(len(self))[at]
        return range(int(self.edges[chunk]), int(self.edges[chunk + 1]))


def _factor(entry: Vary, at: int) -> Factor:
    where = f"vary.{at}.{entry.way}"
    if entry.values is not None:
        return factor_of_columns(entry.label, where, {str(entry.field): entry.values})
    if entry.range is not None:
        return factor_of_range(entry.label, where, str(entry.field), entry.range)
    if entry.zip is not None:
        return factor_of_columns(entry.label, where, entry.zip)
    assert entry.options is not None
    return factor_of_options(entry.label, where, entry.options)
