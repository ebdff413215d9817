"""The set-ups of a study's cases, for what is drawn around its answers or computed when somebody asks."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel
from pydantic_core import to_jsonable_python

from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.compute import collision_map
from simulator.models.mesh_files import MeshWarning
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import validated
from simulator.scenario.study import Study
from simulator.scenario.sweep import Sweep
from simulator.setup.loading import load_setup
from simulator.setup.setup import Setup
from simulator.studies.base import scenario_of
from simulator.studies.cases import Cases
from simulator.studies.rows import INDEX, MAPPED

if TYPE_CHECKING:
    from simulator.studies.result import StudyResult

COARSE, COARSE_STEP_DEG = 0.05, 15.0
"""Distance of the bounds of a map that somebody waits for, as a share of 4π, and the step of its poses."""


@dataclass(frozen=True, eq=False)
class StudySetups:
    """The results of a study, with what its cases stand for.

    Attributes
    ----------
    study : Study
        The study.
    result : StudyResult
        What was found.
    """

    study: Study
    result: StudyResult

    @classmethod
    def of(cls, result: StudyResult) -> StudySetups:
        """Return those of results that were read; paths of the study start from the working folder.

        Raises
        ------
        SimulatorError
            If what the study says is not understood.
        """
        told = result.provenance
        study = {**as_written(Study, told["study"]), "scenario": as_written(Scenario, told["scenario"])}
        return cls(validated(study, Study, "study.json"), result)

    def setup(self, index: int) -> Setup:
        """Return the set-up of a case; errors as of :func:`simulator.setup.loading.load_setup`."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", MeshWarning)  # the rows have them
            return load_setup(scenario_of(self._cases.base, self._cases[index]))

    @cached_property
    def first(self) -> Setup:
        """The set-up of the first case that has an answer."""
        table = self.result.table
        if not (table["status"] == MAPPED).any():
            raise SimulatorError(
                f"{self.result.title}: none of its cases has an answer, so that there is nothing to draw"
            )
        return self.setup(int(table[INDEX][table["status"] == MAPPED].iloc[0]))

    def kept_map(self, index: int) -> CollisionMap | None:
        """Return the map of a case if the study kept it."""
        row = self.result.table[self.result.table[INDEX] == index]
        is_kept = self.study.measure.keep_maps and (row["status"] == MAPPED).all()
        return self.result.map_of(index) if is_kept else None

    def map_of(self, index: int) -> CollisionMap:
        """Return the map of a case: as it was kept, else a coarse one, made now.

        Raises
        ------
        SimulatorError
            If the case cannot be placed.
        """
        kept = self.kept_map(index)
        if kept is not None:
            return kept
        setup = self.setup(index)
        return collision_map(setup, sweep=setup.sweep.coarser(COARSE_STEP_DEG), tolerance=COARSE, progress=_silent)

    @cached_property
    def _cases(self) -> Cases:
        return Cases.of(self.study)


def as_written(table: type[BaseModel], told: Mapping[str, Any]) -> dict[str, Any]:
    """Return what somebody could have written for a table that was kept with all its defaults: without those.

    Fields that a default stands beside may exclude it if it is written.
    """
    found = {}
    for name, value in told.items():
        field = table.model_fields[name]
        inner = next(_tables(field.annotation), None)
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if value == to_jsonable_python(default, exclude_none=True):
            continue
        if inner is not None and isinstance(value, Mapping):
            value = as_written(inner, value)
        elif inner is not None and isinstance(value, list):
            value = [as_written(inner, each) for each in value]
        found[name] = value
    return found


def _tables(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the tables that a field may hold, one or many of them."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and annotation is not Sweep:
        yield annotation
    for inner in get_args(annotation):
        yield from _tables(inner)


def _silent(_done: int, _total: int) -> None:
    """Show no bar: a window has none."""
