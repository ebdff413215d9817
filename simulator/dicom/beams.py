"""The beams of a plan as values: legs between control points, accessories, what is said of the patient's skin."""

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
"""What a plan moves, by the names of the joints of our models."""
TABLE_AXES = ("table_vertical", "table_longitudinal", "table_lateral")
TREATMENT = "TREATMENT"
WITHOUT_IMAGES = (TREATMENT, "CONTINUATION")
"""Treatment delivery types (300A,00CE) of beams that take no images; any other may need the imagers."""


@dataclass(frozen=True)
class Accessory:
    """Something that hangs on the machine during a beam. Its size is never in a plan.

    Attributes
    ----------
    kind : str
        "applicator", "cone", "wedge", "block tray", "compensator", "accessory", "snout", "range shifter" or "bolus".
    id, type, code : str
        As the plan has them, "" where it has none. Code: what the machine reads off it, Accessory Code (300A,00F9).
    """

    kind: str
    id: str
    type: str
    code: str


@dataclass(frozen=True)
class Leg:
    """One segment between two control points; all axes move evenly from its start to its stop.

    Attributes
    ----------
    beam : int
        Number of its beam.
    index : int
        Index of the control point where it starts.
    start, stop : dict
        Degrees (IEC 61217) or mm by axis, of `AXES`. Start is as the plan has it, stop is start and what is
        travelled, with its sign: 181 clockwise to 179 stops at 539, a full turn 360 from where it started. An axis
        that the plan says nothing of is in neither.
    is_beam_on : bool
        Whether anything is delivered on the way.
    meterset : tuple of float
        Cumulative meterset weight at both ends.
    """

    beam: int
    index: int
    start: dict[str, float]
    stop: dict[str, float]
    is_beam_on: bool
    meterset: tuple[float, float]

    @property
    def moving(self) -> tuple[str, ...]:
        """The axes that move, in the order of `AXES`."""
        return tuple(axis for axis in AXES if axis in self.start and self.start[axis] != self.stop[axis])


@dataclass(frozen=True, repr=False)
class Beam:
    """A beam.

    Attributes
    ----------
    number : int
        What the plan calls it by; unlike the name it says nothing of the patient.
    name, machine : str
        As the plan has them.
    radiation, delivery : str
        Such as "PHOTON", and "TREATMENT" or "SETUP".
    source_axis_mm : tuple of float
        Source-axis distance, the two virtual ones of an ion beam; empty if the plan has none.
    position : str
        DICOM patient position, "" if the plan has none.
    isocentre_mm : tuple of float
        In DICOM patient axes.
    accessories : tuple of Accessory
    legs : tuple of Leg
        At least one; a beam in which nothing moves has exactly one, whose ends are the same.
    is_table_relative : bool
        Whether table positions of the legs count from where the table stands at the first control point, which the
        plan leaves open.
    support_type : str
        Patient Support Type of an ion beam, else "".
    ssd_mm : float or None
        Source to surface distance at the first control point.
    entry_point_mm : tuple of float or None
        Where the beam's axis enters the surface there, in DICOM patient axes.
    tolerances : dict
        How far the machine may be off, in degrees or mm by axis.
    bolus : tuple of int
        Numbers of the ROIs that are bolus for this beam.
    """

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
    is_table_relative: bool
    support_type: str
    ssd_mm: float | None
    entry_point_mm: tuple[float, float, float] | None
    tolerances: dict[str, float]
    bolus: tuple[int, ...]

    def __repr__(self) -> str:
        """Return what it is, without names."""
        at = ", ".join(f"{value:g}" for value in self.isocentre_mm)
        legs = f"{len(self.legs)} leg{'s' * (len(self.legs) != 1)}"
        return f"Beam({self.number}: {self.radiation}, {self.delivery}, {self.position}, isocentre [{at}] mm, {legs})"

    @property
    def start(self) -> dict[str, float]:
        """Where the axes stand at the first control point."""
        return self.legs[0].start

    @property
    def stop(self) -> dict[str, float]:
        """Where the axes stand at the last control point."""
        return self.legs[-1].stop

    @property
    def takes_images(self) -> bool:
        """Whether images may be taken, so that imagers are out: a set-up beam, or one with a portal image."""
        return self.delivery not in WITHOUT_IMAGES
