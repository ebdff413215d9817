"""Contours in any planes, and whether a surface holds them: by manifold3d's own sections, not by ours."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from manifold3d import CrossSection, Error, FillRule, Manifold, Mesh64

from simulator.dicom.structure_set import Roi

AXIAL = np.eye(3)


def roi(*contours, name: str = "BODY", type: str = "EXTERNAL", **fields) -> Roi:
    """Return a ROI of closed contours (n, 3)."""
    found = tuple(np.asarray(contour, dtype=float) for contour in contours)
    return Roi(1, name, type, found, np.zeros((0, 3)), **fields)


def ring(radius: float, z: float, centre=(0.0, 0.0), corners: int = 90) -> np.ndarray:
    """Return a regular polygon in a transversal plane, counter-clockwise."""
    angle = np.arange(corners) * 2 * np.pi / corners
    return np.column_stack(
        [centre[0] + radius * np.cos(angle), centre[1] + radius * np.sin(angle), np.full(corners, float(z))]
    )


def solid(mesh) -> Manifold:
    """Return the mesh for manifold3d, which refuses what is not manifold."""
    found = Manifold(Mesh64(mesh.vertices_mm, mesh.faces.astype(np.uint64)))
    assert found.status() == Error.NoError
    return found


def area_outside_mm2(mesh, roi: Roi, axes: np.ndarray = AXIAL) -> float:
    """Return how much of the contours, filled, is outside a surface, in slices of manifold3d along ``axes[2]``.

    Contours that enclose nothing are swollen to 0.001 mm first.
    """
    turned = solid(mesh).transform(np.hstack([axes, np.zeros((3, 1))]))
    worst = 0.0
    for contour in roi.contours:
        flat = contour @ axes.T
        outline = CrossSection([flat[:, :2]], FillRule.NonZero) + CrossSection([flat[::-1, :2]], FillRule.NonZero)
        worst = max(worst, (outline - turned.slice(float(flat[:, 2].mean()))).area())
    return worst


@st.composite
def stars(draw, smallest: float = 0.2, largest: float = 60.0):
    """Draw a polygon that is star-shaped about its centre, in either sense, (n, 2)."""
    count = draw(st.integers(3, 24))
    radii = np.array(draw(st.lists(st.floats(smallest, largest), min_size=count, max_size=count)))
    centre = np.array(draw(st.tuples(st.floats(-80, 80), st.floats(-80, 80))))
    angle = np.arange(count) * 2 * np.pi / count
    found = centre + radii[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return found[::-1] if draw(st.booleans()) else found


@st.composite
def rotations(draw):
    """Draw a rotation (3, 3), uniform enough, or none."""
    if draw(st.booleans()):
        return np.eye(3)
    w, x, y, z = q = np.array(draw(st.tuples(*[st.floats(-1, 1)] * 4)))
    if q @ q < 1e-3:
        return np.eye(3)
    w, x, y, z = q / np.sqrt(q @ q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


@st.composite
def structures(draw):
    """Draw a ROI of stars on 2 to 6 slices in planes of any direction, 1 to 3 on each, at unequal distances."""
    axes = draw(rotations())
    gaps = draw(st.lists(st.floats(0.5, 20.0), min_size=1, max_size=5))
    contours = []
    for offset in np.cumsum([draw(st.floats(-100, 100)), *gaps]):
        drawn = draw(st.lists(stars(), min_size=1, max_size=3))
        contours += [np.column_stack([star, np.full(len(star), offset)]) @ axes for star in drawn]
    return roi(*contours), axes
