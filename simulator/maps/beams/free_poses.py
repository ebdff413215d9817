"""Poses as a table of beams, and the free ones of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.maps.reduction import LEAST

if TYPE_CHECKING:
    import pandas as pd

    from simulator.maps.mapped import Mapped


def free_poses(plane: Mapped) -> pd.DataFrame:
    """Return the free poses of a map of the two joints that give directions; see :meth:`CollisionMap.beams`."""
    inner, outer = plane.sweep
    weights = plane.chart.shares_sr(inner.edges(), outer.edges(), plane.is_free)
    at_outer, at_inner = np.nonzero(plane.is_free.T)
    poses = np.stack([inner.values()[at_inner], outer.values()[at_outer]], axis=1)
    beams = beam_table(plane, poses, weights[at_inner, at_outer])
    needed = {str(name): one for name, one in plane.dataset.data_vars.items() if str(name).startswith(LEAST)}
    return beams.assign(**{name: one.values[at_inner, at_outer] for name, one in needed.items()})


def beam_table(plane: Mapped, poses: NDArray[np.float64], weight_sr: NDArray[np.float64]) -> pd.DataFrame:
    """Return beams as a table.

    Parameters
    ----------
    plane : Mapped
        A map of the two joints that give directions.
    poses : ndarray, shape (n, 2)
        Values of the inner and the outer joint.
    weight_sr : ndarray, shape (n,)
        What each stands for.
    """
    import pandas as pd

    columns = dict(zip((axis.field for axis in plane.sweep), poses.T, strict=True))
    for frame in ("top", "patient"):
        vectors = plane.chart.directions(*poses.T) @ plane.rotation(frame) + 0.0
        columns.update({f"{frame}_{axis}": vectors[:, i] for i, axis in enumerate("xyz")})
    return pd.DataFrame({**columns, "weight_sr": weight_sr})
