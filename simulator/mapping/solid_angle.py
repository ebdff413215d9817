"""How much of the sphere of directions a map leaves, with bounds.

A cell of the map is the rectangle of poses around one grid pose. For a sampled map the estimate counts a cell as
its pose is; the lower bound counts a free cell only if its eight neighbours are free too, and the upper bound counts
a cell that is not free if one of its neighbours is. So the bounds hold where the boundary between free and not free
lies within one step of where the samples put it; they are not proofs: something thinner than a step can be missed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FULL_SPHERE_SR = 4 * np.pi


@dataclass(frozen=True, repr=False)
class SolidAngle:
    """The solid angle of the achievable directions.

    Attributes
    ----------
    sr : float
        Estimate.
    lower_sr, upper_sr : float
        Bounds, see the module.
    """

    sr: float
    lower_sr: float
    upper_sr: float

    @property
    def fraction_of_4pi(self) -> float:
        """The estimate as a fraction of the whole sphere."""
        return self.sr / FULL_SPHERE_SR

    def __repr__(self) -> str:
        return (
            f"SolidAngle({self.sr:.2f} sr, {100 * self.fraction_of_4pi:.1f} % of 4π, "
            f"between {self.lower_sr:.2f} and {self.upper_sr:.2f})"
        )


def surely_free(is_free: NDArray[np.bool_], *, is_full_turn: bool) -> NDArray[np.bool_]:
    """Return which cells (gantry, couch) are free with all their neighbours.

    Parameters
    ----------
    is_free : ndarray of bool, shape (gantry, couch)
        Status of each grid pose.
    is_full_turn : bool
        Whether the last gantry angle is a neighbour of the first.
    """
    from scipy.ndimage import minimum_filter

    modes = ("wrap" if is_full_turn else "nearest", "nearest")
    return np.asarray(minimum_filter(is_free, size=3, mode=modes), dtype=bool)


def possibly_free(is_free: NDArray[np.bool_], *, is_full_turn: bool) -> NDArray[np.bool_]:
    """Return which cells are free or have a free neighbour; parameters as :func:`surely_free`."""
    return ~surely_free(~is_free, is_full_turn=is_full_turn)
