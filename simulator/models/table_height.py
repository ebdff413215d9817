"""Where the upper face of a table top is, guessed from a mesh that does not say: its highest point.

That is wrong where a handle, a pin or a stray triangle stands up from the top, and the patient would float above the
couch. So the guess is refused where the highest thousandth of the *area* lies far above the rest: area, since it does
not depend on how finely a surface is divided. A flat top has four corners, and a knob may have thousands; a true
upper face is a third of a top's surface, and along the crown of a rounded one a strip of 1 mm has a thousandth.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.models.mesh import Mesh

SHARE_ABOVE = 0.001
FAR_MM = 5.0


def guessed_surface_z_mm(meshes: Sequence[Mesh], source: str) -> tuple[float, str]:
    """Return the highest z of a table top's meshes, and a remark that says that it was taken.

    Raises
    ------
    SimulatorError
        If nearly all of the surface lies more than ``FAR_MM`` below.
    """
    corners_z = np.concatenate([mesh.vertices_mm[mesh.faces, 2] for mesh in meshes])
    areas = np.concatenate([_areas(mesh) for mesh in meshes])
    highest = float(corners_z.max())
    bulk = _height_above_which(corners_z, areas, SHARE_ABOVE)
    if highest - bulk > FAR_MM:
        raise SimulatorError(
            f"{source}: surface_z_mm must be given, the height that the patient lies at: the highest point of the "
            f"top is at {highest:.1f} mm, but {100 * (1 - SHARE_ABOVE):g} % of its surface lies below {bulk:.1f} mm"
        )
    return highest, f"{source}: no surface_z_mm is given: the patient lies at the highest point, {highest:.1f} mm"


def _height_above_which(corners_z: NDArray[np.float64], areas: NDArray[np.float64], share: float) -> float:
    """Return the height above which a share of the area of triangles lies, to 0.001 mm, from their corners' z."""
    low, high = float(corners_z.min()), float(corners_z.max())
    corners_z = np.sort(corners_z, axis=1)
    while high - low > 1e-3:
        middle = (low + high) / 2
        if _share_above(corners_z, middle) @ areas > share * areas.sum():
            low = middle
        else:
            high = middle
    return high


def _share_above(sorted_z: NDArray[np.float64], height: float) -> NDArray[np.float64]:
    """Return how much of each triangle lies above a height: the corner that a plane cuts off is similar in shape."""
    low, middle, high = sorted_z.T
    with np.errstate(divide="ignore", invalid="ignore"):
        below_middle = 1 - (height - low) ** 2 / ((middle - low) * (high - low))
        above_middle = (high - height) ** 2 / ((high - middle) * (high - low))
    cut = np.where(height < middle, below_middle, above_middle)
    return np.where(height <= low, 1.0, np.where(height >= high, 0.0, cut))


def _areas(mesh: Mesh) -> NDArray[np.float64]:
    a, b, c = np.moveaxis(mesh.vertices_mm[mesh.faces], 1, 0)
    return np.asarray(np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2)
