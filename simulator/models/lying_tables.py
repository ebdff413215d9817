"""Tables of a ``model.toml`` that say how a patient lies on a device: its faces, and where a body bends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated

from pydantic import Field

from simulator.scenario.schema import Incline, Millimetres, Name, Point, Table


class PlaceTable(Table):
    """A named place of a body, in DICOM patient axes: an isocentre, or a landmark at which devices are put.

    Example::

        name = "brain"
        position_mm = [0, -100, -85]
    """

    name: Name
    """What the place is called. Names of sites, and those of landmarks, must differ. Example: ``name = "brain"``"""
    position_mm: Point
    """Where it is, in DICOM patient axes: x to the patient's left, y to the back, z to the head. Example:
    ``position_mm = [0, -100, -85]``"""
    source: Name | None = None
    """Where this is from, as for dimensions. Example: ``source = "G: middle of the brain"``"""


class BendTable(Table):
    """``[bend]`` of a patient: which parts of the body an inclined board raises, and about where.

    They turn about the lateral axis through a landmark.

    Example::

        landmark = "hips"
        parts = ["body"]
    """

    landmark: Name
    """The landmark through which the axis goes, one of ``[[landmarks]]``. Example: ``landmark = "hips"``"""
    parts: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Names of the parts that are raised with the board; others lie as before. Example: ``parts = ["body"]``"""
    source: Name | None = None
    """Where this is from, as for dimensions. Example: ``source = "D: the joint of the hips"``"""

    def mismatches(self, landmarks: Iterable[str], parts: Iterable[str]) -> Iterator[str]:
        """Yield the names that the model does not have."""
        for field, names, known in (("landmark", (self.landmark,), landmarks), ("parts", self.parts, parts)):
            available = tuple(dict.fromkeys(known))
            for name in names:
                if name not in available:
                    yield f"bend.{field}: unknown name {name!r}; available: {', '.join(available) or 'none'}"


class SurfaceTable(Table):
    """One of ``[[surfaces]]`` of a fixation device: the face that the patient lies on.

    One surface, and only one, must fit each choice of options.

    Example::

        surface_z_mm = 40
    """

    surface_z_mm: Millimetres
    """Height of the face above what the device stands on, at y = 0 of an inclined one. Example:
    ``surface_z_mm = 40``"""
    incline_deg: Incline = 0.0
    """Incline of the face, from y = 0 up towards the head. Example: ``incline_deg = 7.5``"""
    head_end_y_mm: Millimetres | None = None
    """Where the device ends towards the gantry, if it makes the table top longer; then its ``anchor`` must be
    ``"table"`` or ``"table end"``. Example: ``head_end_y_mm = 260``"""
    when: dict[str, str] = {}
    """Options of the model, with the choices for which this is the face. Any, if it is left out. Example:
    ``when = { height = "low" }``"""
    source: Name | None = None
    """Where these numbers are from, as for dimensions. Example: ``source = "D: base and plate"``"""
