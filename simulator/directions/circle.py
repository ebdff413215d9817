"""The circle of directions that one axis turns a beam through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from simulator.geometry.angles import FloatArray, sin_cos_deg

Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Circle:
    """Directions of a beam that one joint turns, in table-top axes.

    Attributes
    ----------
    joint : str
        Its name.
    axis : tuple of float
        Unit vector about which it turns the beam against the table top, by the right-hand rule.
    start : tuple of float
        Unit vector from the isocentre to the source with the joint at 0.
    """

    joint: str
    axis: Vector
    start: Vector

    def directions(self, values_deg: ArrayLike) -> FloatArray:
        """Return unit vectors (..., 3) from the isocentre to the source at values (...), by Rodrigues' formula."""
        axis, start = np.asarray(self.axis), np.asarray(self.start)
        sin, cos = (part[..., None] for part in sin_cos_deg(np.asarray(values_deg, dtype=float)))
        along = axis * (axis @ start)
        return np.asarray(along + cos * (start - along) + sin * np.cross(axis, start))

    def attributes(self) -> dict[str, Any]:
        """Return the circle as plain strings and numbers, for files."""
        return asdict(self)

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, Any]) -> Self:
        """Return the circle of what `attributes` gave."""
        axis, start = (tuple(map(float, attributes[name])) for name in ("axis", "start"))
        return cls(str(attributes["joint"]), axis, start)  # type: ignore[arg-type]
