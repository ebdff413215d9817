"""What a point of the window means in the room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyvista


def point_on_ball(renderer: pyvista.Renderer, x: float, y: float, radius_mm: float) -> NDArray[np.float64] | None:
    """Return the point (3,) of a ball around the isocentre that is seen at a point of the window.

    Parameters
    ----------
    renderer : pyvista.Renderer
        What shows the room.
    x, y : float
        In pixels of the window, up from its lower left corner.
    radius_mm : float
        Of the ball.

    Returns
    -------
    ndarray or None
        In the room, mm; None where the ball is not, or something solid stands before it.
    """
    if not renderer.IsInViewport(round(x), round(y)):
        return None
    near, far = point_at(renderer, x, y, 0.0), point_at(renderer, x, y, 1.0)
    along = (far - near) / np.linalg.norm(far - near)
    middle = float(-near @ along)
    half_squared = radius_mm**2 - float(near @ near - middle**2)
    if half_squared <= 0.0:
        return None
    reach = middle - np.sqrt(half_squared)
    if reach < 0.0:  # the viewer is inside
        reach = middle + np.sqrt(half_squared)
    hit = np.asarray(near + reach * along)
    solid = point_at(renderer, x, y, renderer.GetZ(round(x), round(y)))
    return None if (solid - hit) @ along < 0.0 else hit


def first_box(
    start: NDArray[np.float64], along: NDArray[np.float64], middles: NDArray[np.float64], half_mm: float
) -> int | None:
    """Return which of some cubes, with their edges along the axes of the room, a ray meets first; None if none.

    Parameters
    ----------
    start, along : ndarray, shape (3,)
        The ray.
    middles : ndarray, shape (n, 3)
        Of the cubes.
    half_mm : float
        Half of their edges.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = np.stack([(middles + sign * half_mm - start) / along for sign in (-1, 1)])
    enters, leaves = np.nanmax(sides.min(axis=0), axis=1), np.nanmin(sides.max(axis=0), axis=1)
    is_hit = (enters <= leaves) & (leaves >= 0)
    return int(np.where(is_hit, enters, np.inf).argmin()) if is_hit.any() else None


def point_at(renderer: pyvista.Renderer, x: float, y: float, depth: float) -> NDArray[np.float64]:
    """Return the point (3,) in the room at a point of the window, from the nearest depth 0 to the farthest 1."""
    renderer.SetDisplayPoint(x, y, depth)
    renderer.DisplayToWorld()
    point = np.array(renderer.GetWorldPoint())
    return np.asarray(point[:3] / point[3])
