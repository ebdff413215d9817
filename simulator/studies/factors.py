"""The factors of a study, in the ways that a file may say them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Choice, Steps, Study, Vary
from simulator.studies.csv_levels import factor_of_table
from simulator.studies.folders import factor_of_folder
from simulator.studies.levels import Factor, Level, factor_of_columns, factor_of_numbers
from simulator.studies.samples import factor_of_sample


def factors_of(study: Study, base: Scenario) -> tuple[Factor, ...]:
    """Return what varies in a study apart from its lattice, in the order of the file.

    Raises
    ------
    SimulatorError
        If a table or a folder is missing or unsound.
    """
    entries = [(entry, f"vary.{at}.{entry.way}") for at, entry in enumerate(study.vary) if entry.lattice is None]
    return tuple(_factor(entry, where, study, base) for entry, where in entries)


def _factor(entry: Vary, where: str, study: Study, base: Scenario) -> Factor:
    beside = study.folder or Path()
    if entry.csv is not None:
        return factor_of_table(entry, where, beside / entry.csv, base)
    if entry.folder is not None:
        return factor_of_folder(entry, f"{study.origin}: {where}", beside / entry.folder, base.folder)
    if entry.sample is not None:
        return factor_of_sample(entry, where)
    if entry.range is not None:
        return _range(entry.label, where, str(entry.field), entry.range)
    if entry.options is not None:
        return _options(entry.label, where, entry.options)
    return factor_of_columns(entry.label, where, entry.zip or {str(entry.field): entry.values or ()})


def _range(name: str, where: str, field: str, steps: Steps) -> Factor:
    """Return the numbers from the start to the stop of a range."""
    values = np.round(np.linspace(steps.start, steps.stop, steps.size), 9) + 0.0
    return factor_of_numbers(name, where, {field: values})


def _options(name: str, where: str, options: Sequence[Choice]) -> Factor:
    """Return named choices of several fields; the name stands in the table."""
    levels = tuple(Level({name: choice.name}, choice.set) for choice in options)
    fields = tuple(dict.fromkeys(field for choice in options for field in choice.set))
    return Factor(name, (name,), fields, levels, levels, where)
