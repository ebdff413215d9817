"""The set-ups of a study's cases, for what is drawn around its answers or computed when somebody asks."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.compute import collision_map
from simulator.models.mesh_files import MeshWarning
from simulator.scenario.study import Study
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
        study = Study.model_validate({**told["study"], "scenario": told["scenario"]})
        return cls(study, result)

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


def _silent(_done: int, _total: int) -> None:
    """Show no bar: a window has none."""
