"""The isocentres of a study on a lattice: answers as volumes, in the patient's axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.studies.rows import ISOCENTRE, MAPPED
from simulator.view.study_table import ANSWERS, Shares, factors, require_columns

if TYPE_CHECKING:
    import pandas as pd

ALIKE_MM = 1e-3
"""Coordinates that differ by less are one plane of the lattice."""
NO_CASE = -1


@dataclass(frozen=True, eq=False)
class LatticeVolume:
    """Answers at the points of a lattice, for one choice of everything else that varies.

    Attributes
    ----------
    label : str
        What else varies, and its values here; empty if nothing does.
    axes_mm : tuple of ndarray, shapes (nx,), (ny,), (nz,)
        Coordinates of its planes in the patient's DICOM axes, evenly spaced.
    shares : Shares
        Answers, each of shape (nx, ny, nz); NaN where there is none.
    row : ndarray of int, shape (nx, ny, nz)
        Row of the table, ``NO_CASE`` where the lattice has no point.
    """

    label: str
    axes_mm: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
    shares: Shares
    row: NDArray[np.int_]

    @property
    def spacing_mm(self) -> float:
        """How far neighbouring points are apart."""
        return float(min(np.diff(axis).min() for axis in self.axes_mm if len(axis) > 1))

    def plane(self, axis: int, at_mm: float | None) -> int:
        """Return which plane across an axis is nearest to a place; to the middle of the points if not given."""
        planes = self.axes_mm[axis]
        if at_mm is None:
            at_mm = float(np.average(planes, weights=(self.row != NO_CASE).sum(axis=_others(axis))))
        return int(np.abs(planes - at_mm).argmin())

    def edges_mm(self, axis: int) -> NDArray[np.float64]:
        """Return the edges (n + 1,) of the cells around the planes across an axis."""
        planes, half = self.axes_mm[axis], self.spacing_mm / 2
        return np.append(planes - half, planes[-1] + half)


@checked
def volumes_of(table: pd.DataFrame) -> list[LatticeVolume]:
    """Return the lattices of a study's table, one for each choice of what else varies.

    Parameters
    ----------
    table : DataFrame
        Rows of a study.

    Returns
    -------
    list of LatticeVolume
        None if the study has no lattice.

    Raises
    ------
    SimulatorError
        If the table is not one of a study.

    Examples
    --------
    >>> import simulator as sim
    >>> study = sim.Study.of("box", {"lattice": {"spacing_mm": 175, "part": "box phantom"}},
    ...                      tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> (volume,) = sim.volumes_of(sim.run_study(study, workers=1).table)
    >>> volume.spacing_mm, volume.row.shape
    (175.0, (3, 1, 2))
    """
    require_columns(table, (*ISOCENTRE, *ANSWERS))
    others = factors(table)
    groups = [("", table)] if not others else table.groupby(others, sort=False, dropna=False)
    found = []
    for key, rows in groups:
        values = key if isinstance(key, tuple) else (key,)
        label = ", ".join(f"{name} {value}" for name, value in zip(others, values, strict=False))
        places = rows[list(ISOCENTRE)].to_numpy(dtype=float)
        if (volume := _volume(label, rows, places)) is not None:
            found.append(volume)
    return found


def no_plane(name: str, table: pd.DataFrame) -> SimulatorError:
    """Return the error for a table of which no picture of an atlas can be made."""
    count = len(table[list(ISOCENTRE)].dropna().drop_duplicates())
    return SimulatorError(
        f"{name}: must have isocentres on a lattice, in a plane at least, to be shown; has {count or 'none'}"
    )


def _volume(label: str, rows: pd.DataFrame, places_mm: NDArray[np.float64]) -> LatticeVolume | None:
    """Return rows as a volume; None if their places are no lattice in at least a plane."""
    is_known = np.isfinite(places_mm).all(axis=1)
    rows, places_mm = rows[is_known], places_mm[is_known]
    if not len(rows) or (np.ptp(places_mm, axis=0) > ALIKE_MM).sum() < 2:
        return None
    steps = [np.diff(np.unique(np.round(column / ALIKE_MM))) * ALIKE_MM for column in places_mm.T]
    spacing = min(float(step.min()) for step in steps if len(step))
    low = places_mm.min(axis=0)
    index = (places_mm - low) / spacing
    cell = np.rint(index).astype(int)
    if np.abs(index - cell).max() * spacing > 2 * ALIKE_MM or len(np.unique(cell, axis=0)) != len(cell):
        return None
    shape = tuple((cell.max(axis=0) + 1).tolist())
    row = np.full(shape, NO_CASE)
    row[tuple(cell.T)] = rows.index.to_numpy()
    shares = Shares.of(rows)
    is_mapped = (rows["status"] == MAPPED).to_numpy()
    volumes = []
    for values in (shares.lower, shares.middle, shares.upper):
        volume = np.full(shape, np.nan)
        volume[tuple(cell.T)] = np.where(is_mapped, values, np.nan)
        volumes.append(volume)
    x, y, z = (start + spacing * np.arange(count) for start, count in zip(low, shape, strict=True))
    return LatticeVolume(label, (x, y, z), Shares(*volumes), row)


def _others(axis: int) -> tuple[int, ...]:
    return tuple(each for each in range(3) if each != axis)
