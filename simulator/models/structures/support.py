"""Where the table is by the SUPPORT structures: the height of their upper face, and their middle."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from simulator.geometry.positions import rotation_top_patient
from simulator.models.structures.contours import Slices

LEVEL_MM = 5.0
"""An upper face that varies by more from slice to slice is told."""


@dataclass(frozen=True)
class SupportFace:
    """The upper face of a table, in table-top axes through the origin of the patient's.

    Attributes
    ----------
    name : str
        Of the structure.
    top_mm, middle_mm : float
        Its height (z), the median over the slices; its middle (x).
    varies_mm : float
        How much higher it is in the highest slice than in the lowest.
    """

    name: str
    top_mm: float
    middle_mm: float
    varies_mm: float

    @property
    def remarks(self) -> tuple[str, ...]:
        """What its user should know."""
        if self.varies_mm <= LEVEL_MM:
            return ()
        return (
            f"SUPPORT {self.name!r}: its upper face varies by {self.varies_mm:.0f} mm from slice to slice; the table "
            "is put at the median",
        )


def support_face(supports: Iterable[Slices], position: str) -> SupportFace | None:
    """Return the upper face of the table; None without a support.

    Of several structures (surface and core of a table, a head rest) it is the one that covers most seen from above.

    Parameters
    ----------
    supports : iterable of Slices
        The SUPPORT structures.
    position : str
        DICOM patient position.
    """
    largest, found = 0.0, None
    for slices in supports:
        tops = []
        for at, polygons in enumerate(slices.polygons):
            tops.append(slices.to_patient(np.concatenate(polygons), at) @ rotation_top_patient(position).T)
        corners = np.concatenate(tops)
        width, length, _ = np.ptp(corners, axis=0)
        heights = np.array([points[:, 2].max() for points in tops])
        normal = rotation_top_patient(position) @ slices.axes[2]
        if abs(normal[2]) > 0.5:  # the slices lie in the table's plane, the highest is its face
            heights = heights.max(keepdims=True)
        if found is None or width * length > largest:
            largest = width * length
            middle = float(corners[:, 0].min() + corners[:, 0].max()) / 2
            found = SupportFace(slices.name, float(np.median(heights)), middle, float(np.ptp(heights)))
    return found
