"""Which pictures a study has, and their files."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from simulator.errors import SimulatorError
from simulator.models.mesh_files import MeshWarning
from simulator.scenario.study import Study
from simulator.setup.loading import load_setup
from simulator.setup.setup import Setup
from simulator.studies.base import scenario_of
from simulator.studies.cases import Cases
from simulator.studies.rows import INDEX, MAPPED
from simulator.view.export.atlas_page import write_atlas_page
from simulator.view.lattice import volumes_of
from simulator.view.plots.atlas import save_atlas
from simulator.view.plots.population import numbers_of, save_population
from simulator.view.plots.tornado import correlations_figure, tornado_figure
from simulator.view.plots.figures import write
from simulator.view.sensitivities import one_at_a_time, rank_correlations

if TYPE_CHECKING:
    import pandas as pd
    from simulator.maps.collision_map import CollisionMap
    from simulator.studies.result import StudyResult

Save: TypeAlias = Callable[[Path], None]


def pictures_of(study: Study, result: StudyResult) -> dict[str, Save]:
    """Return what draws the pictures that fit a study, by the names of their files.

    ``atlas.png`` and ``atlas.html`` of each lattice of isocentres, ``population.png`` of numbers that vary,
    ``tornado.png`` where factors move one at a time, ``correlations.png`` of samples.

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
    found: dict[str, Save] = {}
    volumes = volumes_of(table)
    if volumes:
        setup = setup_of(study, table)
        for number, volume in enumerate(volumes, start=1):
            name = "atlas.png" if len(volumes) == 1 else f"atlas_{number}.png"
            lines = (title, volume.label) if volume.label else (title,)
            found[name] = lambda path, v=volume, t=lines: save_atlas(v, setup.contents.patient, path, *t)
        found["atlas.html"] = lambda path: write_atlas_page(
            table, setup, path, title=title, map_of=kept_maps(study, result)
        )
        return found
    is_sample = any(vary.sample is not None for vary in study.vary)
    if is_sample and numbers_of(table):
        found["population.png"] = lambda path: save_population(table, path, title)
    if is_sample and not rank_correlations(table).empty:
        found["correlations.png"] = lambda path: write(correlations_figure(table, title), path)
    if not is_sample and one_at_a_time(table) is not None:
        found["tornado.png"] = lambda path: write(tornado_figure(table, title), path)
    return found
