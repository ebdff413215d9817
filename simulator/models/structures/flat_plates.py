"""Level plates in one CT slice: where air ends above them and begins below them, at one height over a long width.

Edges are where Hounsfield units pass a threshold that foam and cloth do not reach, and lie where half the step is
made, between two pixels by linear interpolation. Depths grow downwards, to the table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.dicom.images import CTSlice

SOLID_HU = -870.0
"""Thin skins of carbon fibre reach -700 in pixels of 1 mm, foam -900, air -980."""
TISSUE_HU = -300.0
FOAM_HU = 20.0
"""By how much foam is denser than the air beside it, at least; noise of a median is 2."""
SMOOTH_MM = 5.0
"""Along the line, so that noise does not cross the threshold."""
LONG_MM = 200.0
"""Width of the underside of a plate."""
FREE_MM = 60.0
"""Width of its upper side that is free: the patient lies on the rest."""
THICKEST_MM = 60.0
STEP_ROWS = 4
"""Rows from an edge on in which a thin skin has its greatest density."""
BESIDE_MM = 8.0
"""How far from a plate the medium beside it is looked at."""


@dataclass(frozen=True)
class Plate:
    """The upper and the lower side of a level plate, as depths in mm, and the columns that it was seen in."""

    top_mm: float
    bottom_mm: float
    columns: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class LeveledSlice:
    """A slice with rows that go down to the table.

    Attributes
    ----------
    depths_mm : ndarray, shape (n,)
        Of the rows, ascending.
    hu : ndarray, shape (n, m)
        Hounsfield units, smoothed along the rows.
    step_mm : float
        Between columns.
    tissue : ndarray, shape (n,)
        How many pixels of each row are as dense as a body.
    """

    depths_mm: NDArray[np.float64]
    hu: NDArray[np.float32]
    step_mm: float
    tissue: NDArray[np.intp]

    @classmethod
    def of(cls, image: CTSlice, axis: int, sign: float) -> LeveledSlice:
        """Return a slice whose rows go down along patient axis 0 or 1, up that axis or, by the sign, down it."""
        from scipy.ndimage import uniform_filter1d

        along, across, hu = (image.y_mm, image.x_mm, image.hu) if axis == 1 else (image.x_mm, image.y_mm, image.hu.T)
        if sign < 0.0:
            along, hu = -along[::-1], hu[::-1]
        step_mm = float(np.diff(across[:2])[0])
        smooth = uniform_filter1d(hu, max(1, round(SMOOTH_MM / step_mm)), axis=1, mode="nearest")
        return cls(along, smooth, step_mm, (hu > TISSUE_HU).sum(axis=1))

    def medium_hu(self, columns: NDArray[np.intp], low_mm: float, high_mm: float) -> float | None:
        """Return the median between two depths over some columns; None where there is no row."""
        is_between = (low_mm <= self.depths_mm) & (self.depths_mm <= high_mm)
        return float(np.median(self.hu[np.ix_(is_between, columns)])) if is_between.any() else None

    def beside_hu(self, plate: Plate) -> tuple[float | None, float | None]:
        """Return the medium just above and just below a plate."""
        blur = 2 * float(np.diff(self.depths_mm[:2])[0])
        above = self.medium_hu(plate.columns, plate.top_mm - blur - BESIDE_MM, plate.top_mm - blur)
        below = self.medium_hu(plate.columns, plate.bottom_mm + blur, plate.bottom_mm + blur + BESIDE_MM)
        return above, below

    def is_denser_below(self, plate: Plate) -> bool:
        """Return whether foam lies below a plate and air above it: then it is the upper skin of something."""
        above, below = self.beside_hu(plate)
        return above is not None and below is not None and below - above >= FOAM_HU


def is_filled(image: LeveledSlice, upper: Plate, lower: Plate) -> bool:
    """Return whether what lies between two plates is denser than the air above or below them."""
    blur = 2 * float(np.diff(image.depths_mm[:2])[0])
    inside = image.medium_hu(lower.columns, upper.bottom_mm + blur, lower.top_mm - blur)
    outside = [hu for hu in (image.beside_hu(upper)[0], image.beside_hu(lower)[1]) if hu is not None]
    return inside is not None and bool(outside) and inside - min(outside) >= FOAM_HU


def flat_plates(image: LeveledSlice) -> tuple[Plate, ...]:
    """Return the level plates of a slice."""
    tops = [depth for depth, _ in _levels(image.depths_mm, image.hu, FREE_MM / image.step_mm)]
    from_below = _levels(-image.depths_mm[::-1], image.hu[::-1], LONG_MM / image.step_mm)
    plates = []
    for depth, columns in from_below:
        above = [top for top in tops if 0.0 < -depth - top <= THICKEST_MM]
        if above:
            plates.append(Plate(max(above), -depth, columns))
    return tuple(plates)


def _levels(
    depths_mm: NDArray[np.float64], hu: NDArray[np.float32], least: float
) -> list[tuple[float, NDArray[np.intp]]]:
    """Return the depths at which something solid begins level within ±1 pixel in many columns, and those columns."""
    depth, column = _edges(depths_mm, hu)
    order = np.argsort(depth, kind="stable")
    depth, column = depth[order], column[order]
    pixel = float(np.diff(depths_mm[:2])[0])
    found = []
    while len(depth):
        last = np.searchsorted(depth, depth + 2 * pixel, side="right")
        first = int((last - np.arange(len(depth))).argmax())
        columns = np.unique(column[first : last[first]])
        if len(columns) < least:
            break
        middle = float(np.median(depth[first : last[first]]))
        found.append((middle, columns))
        is_left = np.abs(depth - middle) > 2 * pixel
        depth, column = depth[is_left], column[is_left]
    return found


def _edges(depths_mm: NDArray[np.float64], hu: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the depths, and the columns, at which something solid begins: where half of its step is made."""
    is_solid = hu > SOLID_HU
    row, column = np.nonzero(~is_solid[:-1] & is_solid[1:])
    rows = np.clip(row + np.arange(-1, STEP_ROWS)[:, None], 0, len(hu) - 1)
    steps = hu[rows, column]
    steps[0] = np.minimum(steps[0], steps[1])  # two rows above may be another plate
    half = (steps[0] + steps.max(axis=0)) / 2
    after = (steps > half).argmax(axis=0)
    each = np.arange(len(row))
    low, high = steps[after - 1, each], steps[after, each]
    start, stop = depths_mm[rows[after - 1, each]], depths_mm[rows[after, each]]
    return start + (stop - start) * (half - low) / (high - low), column
