"""Which pictures a study has, and their files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from simulator.scenario.study import Study
from simulator.studies.result import StudyResult
from simulator.studies.rows import INDEX, MAPPED
from simulator.view.export.atlas_page import write_atlas_page
from simulator.view.lattice import LatticeVolume, volumes_of
from simulator.view.plots.atlas import save_atlas
from simulator.view.plots.population import numbers_of, save_population
from simulator.view.plots.tornado import save_correlations, save_tornado
from simulator.view.sensitivities import one_at_a_time, rank_correlations
from simulator.view.study_setup import StudySetups

Save: TypeAlias = Callable[[Path], None]


def pictures_of(study: Study, result: StudyResult) -> dict[str, Save]:
    """Return what draws the pictures that fit a study, by the names of their files; none without an answer.

    ``atlas.png``, one of each lattice, and ``atlas.html`` of isocentres on lattices; ``population.png`` and
    ``correlations.png`` of samples; ``tornado.png`` of others where factors move alone.

    Parameters
    ----------
    study : Study
        The study.
    result : StudyResult
        What was found.
    """
    table, title = result.table, result.title
    if not (table["status"] == MAPPED).any():
        return {}
    if volumes := volumes_of(table):
        return _atlases(StudySetups(study, result), volumes)
    found: dict[str, Save] = {}
    if any(vary.sample is not None for vary in study.vary):
        if numbers_of(table):
            found["population.png"] = lambda path: save_population(table, path, title)
        if not rank_correlations(table).empty:
            found["correlations.png"] = lambda path: save_correlations(table, path, title)
    elif one_at_a_time(table) is not None:
        found["tornado.png"] = lambda path: save_tornado(table, path, title)
    return found


def _atlases(setups: StudySetups, volumes: list[LatticeVolume]) -> dict[str, Save]:
    """Return slices of each lattice, and the page of all of them."""
    result = setups.result

    def slices(volume: LatticeVolume) -> Save:
        lines = (result.title, volume.label) if volume.label else (result.title,)
        case = int(result.table[INDEX].iloc[volume.row.max()])
        return lambda path: save_atlas(volume, setups.setup(case).contents.patient, path, *lines)

    names = ["atlas.png"] if len(volumes) == 1 else [f"atlas_{number}.png" for number in range(1, len(volumes) + 1)]
    found = {name: slices(volume) for name, volume in zip(names, volumes, strict=True)}
    found["atlas.html"] = lambda path: write_atlas_page(
        result.table, setups.first, path, title=result.title, map_of=setups.kept_map
    )
    return found
