"""Shapes that are drawn, but cannot be hit: the beam, a line between two points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyvista

FIELD_RADIUS_MM = 50.0
"""Of the beam at the isocentre: a field of 10 cm, which is only for the eye."""
BEAM_COLOUR, BEAM_OPACITY = "#f2b705", 0.4
LINE_COLOUR, LINE_RADIUS_MM = "#111418", 6.0
"""Of what joins the nearest points."""
SIDES = 48


def cone(apex_mm: NDArray[np.float64], middle_mm: NDArray[np.float64], radius_mm: float) -> pyvista.PolyData:
    """Return an open cone from a point to a circle around another, in the axes that both are given in."""
    import pyvista as pv

    along = apex_mm - middle_mm
    height = float(np.linalg.norm(along))
    middle = (apex_mm + middle_mm) / 2
    return pv.Cone(center=middle, direction=along, height=height, radius=radius_mm, resolution=SIDES, capping=False)


def rod(start_mm: NDArray[np.float64], end_mm: NDArray[np.float64], radius_mm: float) -> pyvista.PolyData:
    """Return an open cylinder around the line between two points."""
    import pyvista as pv

    along = end_mm - start_mm
    height = float(np.linalg.norm(along))
    middle = (start_mm + end_mm) / 2
    return pv.Cylinder(
        center=middle, direction=along, radius=radius_mm, height=height, resolution=SIDES, capping=False
    ).triangulate()


def looking(camera: tuple[tuple[float, ...], ...]) -> NDArray[np.float64]:
    """Return where a camera stands and looks as a transform (4, 4): its x to the right, its y up, its z backwards.

    Parameters
    ----------
    camera : three tuples of three numbers
        Where the viewer stands, where it looks, and what is up.
    """
    place, focus, up = (np.asarray(each, dtype=float) for each in camera)
    back = (place - focus) / np.linalg.norm(place - focus)
    right = np.cross(up, back)
    right /= np.linalg.norm(right)
    T = np.eye(4)
    T[:3, :3] = np.stack([right, np.cross(back, right), back], axis=1)
    T[:3, 3] = place
    return T
