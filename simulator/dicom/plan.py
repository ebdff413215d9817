"""Treatment plans as values: beams, legs between control points, accessories. IEC 61217, mm and degrees."""

from __future__ import annotations

from dataclasses import dataclass

AXES = (
    "gantry",
    "collimator",
    "couch",
    "table_pitch",
    "table_roll",
    "table_vertical",
    "table_longitudinal",
    "table_lateral",
    "snout",
)
"""The axes of a plan, by the names of the joints of our models."""


@dataclass(frozen=True)
class Accessory:
    """What is put on the head for a beam."""

    kind: str
    id: str = ""
    type: str = ""
    code: str = ""


@dataclass(frozen=True)
class Leg:
    """One segment between two control points; on it every axis moves linearly from start to stop."""

    beam: int
    index: int
    start: dict[str, float]
    stop: dict[str, float]
    is_beam_on: bool = True
    meterset: tuple[float, float] = (0.0, 1.0)

    @property
    def moving(self) -> tuple[str, ...]:
        """The axes that move."""
        return tuple(axis for axis in AXES if axis in self.start and self.start[axis] != self.stop[axis])


@dataclass(frozen=True)
class Beam:
    """One beam of a plan."""

    number: int
    name: str
    radiation: str
    delivery: str
    machine: str
    source_axis_mm: tuple[float, ...]
    position: str
    isocentre_mm: tuple[float, float, float]
    accessories: tuple[Accessory, ...]
    legs: tuple[Leg, ...]
    is_table_relative: bool = False
    support_type: str = ""
    ssd_mm: float | None = None
    entry_point_mm: tuple[float, float, float] | None = None
    tolerances: dict[str, float] = None  # type: ignore[assignment]
    bolus: tuple[int, ...] = ()

    @property
    def start(self) -> dict[str, float]:
        """The axes at the first control point."""
        return self.legs[0].start

    @property
    def stop(self) -> dict[str, float]:
        """The axes at the last control point."""
        return self.legs[-1].stop


@dataclass(frozen=True)
class Plan:
    """A treatment plan."""

    kind: str
    beams: tuple[Beam, ...]
    geometry: str = ""
    remarks: tuple[str, ...] = ()
    frame_of_reference: str = ""
    sha256: str = ""
