"""The cases of a study: all combinations of the levels of its factors, made when they are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import product
from math import prod
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.scenario.hints import hints
from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Study
from simulator.scenario.vary import MOST_CASES
from simulator.studies.base import base_scenario
from simulator.studies.case import Case, Value
from simulator.studies.factors import factors_of
from simulator.studies.lattice import LatticePoints
from simulator.studies.levels import Factor, Level
from simulator.studies.refusals import (
    require_distinct_fields,
    require_distinct_levels,
    require_few,
    require_names,
    require_place_for_lattice,
    require_sound_levels,
)
from simulator.studies.regions import Region

PLACES = ("patient.shift_mm", "patient.table_top_y_mm")
"""Fields that say where the patient lies, not who it is."""


class Cases(Sequence[Case]):
    """The cases of a study, in an order that the study alone fixes.

    ``cases[i]`` makes the case, ``len(cases)`` makes none. The points of a lattice are found once for each
    patient, as other patients have others.

    Attributes
    ----------
    study : Study
        What they are of.
    base : Scenario
        What all have in common; `simulator.studies.base.scenario_of` makes that of a case.
    factors : tuple of Factor
        What varies apart from a lattice, the last the fastest: the axes of the study's results.

    Examples
    --------
    >>> import simulator as sim
    >>> study = sim.Study.of("liver", {"field": "patient.height_cm", "values": [150, 170, 190]},
    ...                      {"field": "buffers.patient_mm", "values": [0.0, 30.0]})
    >>> cases = sim.Cases.of(study)
    >>> len(cases), cases.shape
    (6, (3, 2))
    >>> cases[5].changes
    {'patient.height_cm': 190, 'buffers.patient_mm': 30.0}
    """

    @checked
    def __init__(self, study: Study, base: Scenario, factors: tuple[Factor, ...]) -> None:
        self.study, self.base, self.factors = study, base, factors

    @classmethod
    @hints("study", "scenario")
    @checked
    def of(cls, study: Study) -> Cases:
        """Return the cases of a study.

        Parameters
        ----------
        study : Study
            What varies, and in what.

        Returns
        -------
        Cases
            All combinations; none of them is made yet.

        Raises
        ------
        SimulatorError
            If there are none or more than `MOST_CASES`, a field is unknown or varied twice, a value does not fit
            the schema, or a file is missing or unsound.
        """
        base = base_scenario(study)
        factors = factors_of(study, base)
        require_distinct_fields(factors, study.origin)
        require_distinct_levels(factors, study.origin)
        require_names({factor.name: factor.columns for factor in factors}, study.origin)
        if study.lattice is not None:
            require_place_for_lattice(base, factors, study.origin)
            if study.measure.keep_maps and study.lattice.proof == "voxels":
                raise SimulatorError(
                    f"{study.origin}: measure.keep_maps: must be false where the lattice's proof is of voxels: they "
                    "have bounds, and no map"
                )
        require_few({factor.name: len(factor.levels) for factor in factors}, study.origin)
        require_sound_levels(base, factors, study.origin)
        cases = cls(study, base, factors)
        _ = cases._starts  # refuses an empty lattice, and one of too many points
        return cases

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
        return int(self._starts[-1])

    @overload
    def __getitem__(self, at: int) -> Case: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Case]: ...
    def __getitem__(self, at: int | slice) -> Case | Sequence[Case]:
        if isinstance(at, slice):
            return [self[each] for each in range(len(self))[at]]
        index = range(len(self))[at]
        combination = int(np.searchsorted(self._starts, index, side="right")) - 1
        level = self._combined(combination)
        if self.study.lattice is None:
            return Case(index, level.values, level.changes)
        points = self.points_of(combination)
        isocentre_mm = points.isocentre_mm(index - int(self._starts[combination]))
        return Case(index, level.values, level.changes, isocentre_mm, points.half_edges_mm)

    def chunks(self) -> Sequence[range]:
        """Return the cases that are worked on together, as ranges of their numbers, one after the other.

        A chunk is one case, or the points of a lattice in a cube of up to 4 × 4 × 4 of them for one combination
        of the other factors.

        Returns
        -------
        sequence of range
            Numbers of cases, without gaps.
        """
        if self.study.lattice is None:
            return Chunks(self._starts)
        firsts = [self._starts[at] + self.points_of(at).edges[:-1] for at in range(self.combinations)]
        return Chunks(np.concatenate([*firsts, self._starts[-1:]]))

    @checked
    def points_of(self, combination: int) -> LatticePoints:
        """Return the points of a study with a lattice for a combination of the factors, in the order of its cases.

        Parameters
        ----------
        combination : int
            Which combination of the factors, from 0.

        Returns
        -------
        LatticePoints
            In the axes of that combination's patient, mm.
        """
        return self._lattices[int(self._patients[combination])]

    @cached_property
    def _starts(self) -> NDArray[np.int64]:
        """The first case of each combination, and the number of cases, shape (combinations + 1,)."""
        if self.study.lattice is None:
            return np.arange(self.combinations + 1)
        counts = np.array([len(points) for points in self._lattices])
        return np.array([0, *np.cumsum(counts[self._patients])])

    @cached_property
    def _of_patients(self) -> list[int]:
        """Numbers of the factors that make other patients, in whom other points are inside."""
        return [at for at, factor in enumerate(self.factors) if any(map(_makes_another_patient, factor.fields))]

    @cached_property
    def _patients(self) -> NDArray[np.int64]:
        """The number of the patient of each combination."""
        levels = np.unravel_index(np.arange(self.combinations), self.shape or (1,))
        found = np.zeros(self.combinations, dtype=np.int64)
        for at in self._of_patients:
            found = found * self.shape[at] + levels[at]
        return found

    @cached_property
    def _lattices(self) -> tuple[LatticePoints, ...]:
        """The points in each patient.

        Raises
        ------
        SimulatorError
            If there are none in one of them, or more than `MOST_CASES` cases in all.
        """
        varied = [self.factors[at] for at in self._of_patients]
        found: list[LatticePoints] = []
        count, others = 0, self.combinations // (int(self._patients[-1]) + 1)
        for levels in product(*(factor.levels for factor in varied)):
            found.append(self._points_in(levels))
            count += len(found[-1]) * others
            if count > MOST_CASES:
                raise SimulatorError(
                    f"{self.study.origin}: vary: must make at most {MOST_CASES:,} cases, makes {count:,} or more: "
                    "take a larger spacing_mm"
                )
        return tuple(found)

    def _points_in(self, levels: Sequence[Level]) -> LatticePoints:
        """Return the points in the patient that some levels make."""
        lattice = self.study.lattice
        assert lattice is not None
        changes = {field: value for level in levels for field, value in level.changes.items()}
        try:
            return LatticePoints.of(lattice, Region.of(lattice, self.base.with_changes(changes)))
        except SimulatorError as error:
            of = "".join(f", {column} {value}" for level in levels for column, value in level.values.items())
            lines = [f"{self.study.origin}: lattice{of}: {line}" for line in str(error).splitlines()]
            raise SimulatorError("\n".join(lines)) from None

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


def _makes_another_patient(field: str) -> bool:
    """Return whether a field changes where the inside of the patient is, in the patient's own axes."""
    return field.partition(".")[0] in ("patient", "fixation") and not field.startswith(PLACES)
