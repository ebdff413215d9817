"""How much of a part of the patient a map of three axes that slide can bring to the isocentre, with bounds.

Where each pose brings another point of the patient to the isocentre, and the point is an affine function of the pose,
a cell of poses is a box of targets. A free cell that no triangle of the part's surface comes near lies in the part or
beside it as its middle does; of one that the surface may cross, what is inside is cut out exactly. Undecided cells
count whole in the upper bound, where they may have anything of the part. Targets beyond the range of the map do not
count either way: how much of the part is within it is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.collision.inside import Interior
from simulator.geometry.transforms import apply, inverse
from simulator.maps.collision_map import CollisionMap
from simulator.maps.free_extent import FreeExtent, measure, measured
from simulator.maps.provenance import require_map_of
from simulator.models.mesh import Mesh
from simulator.setup.contents import PATIENT_FRAME
from simulator.setup.setup import Setup

if TYPE_CHECKING:
    from manifold3d import Manifold

AXES = 3
NEAR_MM = 1e-6


@dataclass(frozen=True)
class Targets:
    """What of a part of the patient can be brought to the isocentre.

    Attributes
    ----------
    part : str
        Its name: the one that the isocentre lies in.
    free : FreeExtent
        Of what of it the range of the map holds, in mm³.
    whole_mm3 : float
        Its volume.
    """

    part: str
    free: FreeExtent
    whole_mm3: float

    def stated(self) -> str:
        """Return it as a sentence."""
        share, whole = 100 * self.free.of / self.whole_mm3, measured(self.whole_mm3, "mm3", 0)
        return f"{self.part}: {self.free.stated()}; the grid holds {share:.1f} % of its {whole}"


def targets(setup: Setup, cmap: CollisionMap) -> Targets | None:
    """Return how much of the part that the isocentre lies in can be brought to the isocentre.

    None where that is not asked: of another map than one of three axes that slide and move the isocentre through the
    patient in all directions, of one that was only sampled, or where no one closed part holds the isocentre.

    Raises
    ------
    SimulatorError
        If the map is of another room.
    """
    cells = cmap.reduced.cells
    if cmap.has_area or cells is None or cmap.unit != f"mm{AXES}":
        return None
    require_map_of(setup, cmap.provenance)
    at_zero, slope = _isocentre(setup, cmap)
    if abs(np.linalg.det(slope)) < NEAR_MM:
        return None
    at = np.asarray(setup.isocentre_patient_mm)[None]
    parts = [part for part in setup.contents.patient.parts if part.mesh.is_closed]
    holding = [part for part in parts if Interior(part.mesh).holds(at)[0]]
    if len(holding) != 1:
        return None
    back = np.linalg.inv(slope)
    mesh = holding[0].mesh.mapped(back, -back @ at_zero)
    scale = abs(float(np.linalg.det(slope)))
    lower, undecided, within, whole = (scale * value for value in _volumes(mesh, cells))
    upper = min(lower + undecided, within)
    free = FreeExtent((lower + upper) / 2, lower, upper, within, "mm3", is_proven=True, warnings=cmap.warnings)
    return Targets(holding[0].name, free, whole)


def _isocentre(setup: Setup, cmap: CollisionMap) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return which point (3,) of the patient the counted joints at 0 bring to the isocentre, and its slope (3, 3)."""
    scene = setup.scene.scanning(cmap.counted)
    poses = np.vstack([np.zeros(AXES), np.eye(AXES)])
    points = apply(inverse(scene.T_fixed_frame(PATIENT_FRAME, poses)), [(0.0, 0.0, 0.0)])[:, 0]
    return points[0], (points[1:] - points[0]).T


def _volumes(mesh: Mesh, cells: Cells) -> tuple[float, float, float, float]:
    """Return a body's part in free cells, undecided cells that may hold any, its part in all cells, and its size."""
    from manifold3d import Manifold, Mesh64

    solid = Manifold(Mesh64(mesh.vertices_mm.astype(float), mesh.faces.astype(np.uint64)))
    low, high = cells.low.min(axis=0), cells.high.max(axis=0)
    cells = cells.only(cells.status != NOT_FREE)
    may_cross, is_inside = _sides(mesh, cells)
    sizes = measure(cells.low, cells.high)
    free, undecided = cells.status == FREE, cells.status == UNDECIDED
    cut = sum(_common(solid, *ends) for ends in zip(*_corners(cells, free & may_cross), strict=True))
    lower = float(sizes[free & ~may_cross & is_inside].sum()) + cut
    upper = float(sizes[undecided & (may_cross | is_inside)].sum())
    return lower, upper, _common(solid, low, high), float(solid.volume())


def _corners(cells: Cells, which: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return cells.low[which], cells.high[which]


def _common(solid: Manifold, low: NDArray[np.float64], high: NDArray[np.float64]) -> float:
    """Return the volume that a body and a box have in common."""
    from manifold3d import Manifold

    return float((solid ^ Manifold.cube(tuple(high - low)).translate(tuple(low))).volume())


def _sides(mesh: Mesh, cells: Cells) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which cells a surface may cross, by the boxes of its triangles; and which have their middle inside."""
    corners = mesh.vertices_mm[mesh.faces]
    may_cross = np.zeros(len(cells.low), dtype=bool)
    for low, high in zip(corners.min(axis=1) - NEAR_MM, corners.max(axis=1) + NEAR_MM, strict=True):
        may_cross |= ((cells.low <= high) & (cells.high >= low)).all(axis=1)
    return may_cross, np.asarray(Interior(mesh).holds((cells.low + cells.high) / 2))
