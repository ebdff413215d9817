"""Poses as a table of beams, and the free ones of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.maps.reduction import LEAST

if TYPE_CHECKING:
    import pandas as pd

    from simulator.maps.mapped import Mapped


def free_poses(plane: Mapped) -> pd.DataFrame:
    """Return the free poses of a reduced map; see :meth:`CollisionMap.beams`."""
    if not plane.has_area:
        return _on_circle(plane)
    inner, outer = plane.sweep
    weights = plane.chart.shares_sr(inner.edges(), outer.edges(), plane.is_free)
    at_outer, at_inner = np.nonzero(plane.is_free.T)
    poses = np.stack([inner.values()[at_inner], outer.values()[at_outer]], axis=1)
    beams = beam_table(plane, poses, weights[at_inner, at_outer])
    needed = {str(name): one for name, one in plane.dataset.data_vars.items() if str(name).startswith(LEAST)}
    return beams.assign(**{name: one.values[at_inner, at_outer] for name, one in needed.items()})


def _on_circle(line: Mapped) -> pd.DataFrame:
    """Return the free poses of a map of the one joint that turns the beam, each with its degrees of the circle."""
    if line.circle is None:
        raise SimulatorError(f"map: no axis turns the beam, so that there are no beams; it is over {line.sweep}")
    (axis,) = line.sweep
    values, widths = axis.values()[line.is_free], np.diff(axis.edges())[line.is_free]
    vectors = line.circle.directions(values)
    return _table(line, {axis.field: values}, vectors, {"weight_deg": widths})


def _table(
    of: Mapped, joints: dict[str, NDArray[np.float64]], vectors: NDArray[np.float64], weight: dict[str, Any]
) -> pd.DataFrame:
    """Return beams as a table: joints, directions (n, 3) of the chart's or the circle's axes, and weights."""
    import pandas as pd

    columns = dict(joints)
    for frame in ("top", "patient"):
        turned = vectors @ of.rotation(frame) + 0.0
        columns.update({f"{frame}_{axis}": turned[:, i] for i, axis in enumerate("xyz")})
    return pd.DataFrame({**columns, **weight})


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
    joints = dict(zip((axis.field for axis in plane.sweep), poses.T, strict=True))
    return _table(plane, joints, plane.chart.directions(*poses.T), {"weight_sr": weight_sr})
