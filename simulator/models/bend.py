"""A body on an inclined board: what is towards the head of a joint of the body is raised with the board.

The body turns about the lateral axis (x of DICOM patient axes) through a landmark in the plane of the back, so that
the back lies in the plane of the board, which goes up from there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.geometry.transforms import rotation_x
from simulator.models.model import Part

Places = dict[str, tuple[float, float, float]]


@dataclass(frozen=True)
class Bend:
    """Where a body bends.

    Attributes
    ----------
    landmark : str
        What is there.
    position_mm : tuple of float
        In DICOM patient axes.
    parts : tuple of str
        Names of the parts that turn; others lie as before.
    """

    landmark: str
    position_mm: tuple[float, float, float]
    parts: tuple[str, ...]

    def raised(
        self, incline_deg: float, parts: tuple[Part, ...], *places: Places
    ) -> tuple[tuple[Part, ...], list[Places]]:
        """Return the parts of a body on its back, and its places, with the end at the head raised by an angle.

        Places that are farther to the head than the landmark turn with the parts.
        """
        # The right-hand rule about x takes the head (z) to the front (-y).
        R = rotation_x(incline_deg)[:3, :3]
        at = np.asarray(self.position_mm)
        offset_mm = at - R @ at

        def turned(point: tuple[float, float, float]) -> tuple[float, float, float]:
            if point[2] <= self.position_mm[2]:
                return point
            x, y, z = (float(value) for value in R @ np.asarray(point) + offset_mm)
            return (x, y, z)

        bent = tuple(
            replace(part, mesh=part.mesh.mapped(R, offset_mm)) if part.name in self.parts else part for part in parts
        )
        return bent, [{name: turned(point) for name, point in each.items()} for each in places]
