"""Patients of a folder: one structure set each."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import SimulatorError
from simulator.scenario.study import MOST_VALUES, Vary
from simulator.studies.levels import Factor, Level

FIELD = "patient.structures"


def factor_of_folder(entry: Vary, origin: str, folder: Path, beside: Path | None) -> Factor:
    """Return the files of a folder that a pattern finds, sorted by their paths, which name the patients.

    Parameters
    ----------
    entry : Vary
        Its ``pattern`` is one of `pathlib`: ``"*/rs.dcm"`` finds a file in each folder of it.
    origin : str
        The study and the entry, for messages.
    folder : Path
        Where the files are.
    beside : Path, optional
        The folder that paths of the scenario start from.

    Raises
    ------
    SimulatorError
        If there is no such folder, or no file in it, or too many.
    """
    if not folder.is_dir():
        raise SimulatorError(f"{origin}: must be a folder, there is none at {folder}")
    try:
        files = sorted(path for path in folder.glob(entry.pattern) if path.is_file())
    except (ValueError, NotImplementedError) as error:
        raise SimulatorError(
            f"{origin}: pattern: must be one of files in the folder, was {entry.pattern!r}: {error}"
        ) from None
    if not 0 < len(files) <= MOST_VALUES:
        there = ", ".join(sorted(path.name for path in folder.iterdir())[:10]) or "none"
        raise SimulatorError(
            f"{origin}: pattern: must find 1 to {MOST_VALUES:,} files in {folder}, {entry.pattern!r} finds "
            f"{len(files):,}; there are {there}"
        )
    start = (beside or Path()).resolve()
    levels = []
    for path in files:
        resolved = path.resolve()
        reached = resolved.relative_to(start) if resolved.is_relative_to(start) else resolved
        levels.append(
            Level({entry.label: path.relative_to(folder).with_suffix("").as_posix()}, {FIELD: str(reached)})
        )
    return Factor(entry.label, (entry.label,), (FIELD,), levels, levels[:1], origin)
