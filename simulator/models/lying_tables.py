"""Tables of a ``model.toml`` that say how a patient lies on a device: its faces, and where a body bends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from simulator.scenario.schema import Incline, Millimetres, Name, Point, Table


class PlaceTable(Table):
    """A named place of a body in DICOM patient axes: an isocentre, or a landmark at which devices are put."""

    name: Name
    position_mm: Point
    source: Name | None = None


class BendTable(Table):
    """Which parts of a body an inclined board raises, about the lateral axis through a landmark."""

    landmark: Name
    parts: Annotated[tuple[Name, ...], Field(min_length=1)]
    source: Name | None = None

    def mismatches(self, landmarks: Iterable[str], parts: Iterable[str]) -> Iterator[str]:
        """Yield the names that the model does not have."""
        for field, names, known in (("landmark", (self.landmark,), landmarks), ("parts", self.parts, parts)):
            available = tuple(dict.fromkeys(known))
            for name in names:
                if name not in available:
                    yield f"bend.{field}: unknown name {name!r}; available: {', '.join(available) or 'none'}"


class SurfaceTable(Table):
    """The face of a device that the patient lies on, with the options that ``when`` names.

    Heights are above the face that the device stands on. An inclined face goes up from y = 0 towards the head.
    ``head_end_y_mm`` is the end of a device that makes the table top longer.
    """

    surface_z_mm: Millimetres
    incline_deg: Incline = 0.0
    head_end_y_mm: Millimetres | None = None
    when: dict[str, str] = {}
    source: Name | None = None
