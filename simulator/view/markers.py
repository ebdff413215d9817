"""Shapes that are drawn, but cannot be hit: the beam, a line between two points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.view.shading import Shaded

FIELD_RADIUS_MM = 50.0
"""Of the beam at the isocentre: a field of 10 cm, which is only for the eye."""
BEAM_COLOUR, BEAM_OPACITY = "#f2b705", 0.4
LINE_COLOUR, LINE_RADIUS_MM = "#111418", 6.0
"""Of what joins the nearest points."""
SIDES = 48


def cone(apex_mm: NDArray[np.float64], middle_mm: NDArray[np.float64], radius_mm: float) -> Shaded:
    """Return an open cone from a point to a circle around another, in the axes that both are given in."""
    around = _circle(middle_mm - apex_mm)
    rim = middle_mm + radius_mm * around
    vertices = np.concatenate([np.broadcast_to(apex_mm, rim.shape), rim])
    here = np.arange(SIDES)
    faces = np.stack([here, SIDES + here, SIDES + (here + 1) % SIDES], axis=1)
    return Shaded(vertices, np.concatenate([around, around]), faces)


def rod(ends_mm: NDArray[np.float64], radius_mm: float) -> Shaded:
    """Return an open cylinder around the line between two points (2, 3)."""
    around = _circle(ends_mm[1] - ends_mm[0])
    vertices = np.concatenate([end + radius_mm * around for end in ends_mm])
    here = np.arange(SIDES)
    there = (here + 1) % SIDES
    faces = np.concatenate(
        [np.stack([here, there, SIDES + there], axis=1), np.stack([here, SIDES + there, SIDES + here], axis=1)]
    )
    return Shaded(vertices, np.concatenate([around, around]), faces)


def _circle(axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return unit vectors (SIDES, 3) around an axis, anticlockwise seen from its tip."""
    along = axis / np.linalg.norm(axis)
    across = np.cross(along, np.eye(3)[np.argmin(np.abs(along))])
    across /= np.linalg.norm(across)
    turn = np.arange(SIDES)[:, None] * (2 * np.pi / SIDES)
    return np.asarray(np.cos(turn) * across + np.sin(turn) * np.cross(along, across))


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
