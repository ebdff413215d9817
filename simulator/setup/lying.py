"""Where the table top is under the patient: what says so, and how far it may be from there.

A plan seldom says where its table stands, and the lowest point of a scanned body is not always on it (a breast board
lifts it by 40 mm). So every set-up knows what its table's place rests on. What stays unknown is not guessed: parts
that ride on the table are checked as if they were everywhere within their range at once (`simulator.models.swept`),
which is what sweeping the table under the patient and taking the worst comes to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.geometry.positions import rotation_top_patient
from simulator.models.scan import Scan
from simulator.scenario.schema import LARGEST_MM

UPRIGHT = {"HFS": -1.0, "FFS": -1.0, "HFP": 1.0, "FFP": 1.0}
"""Positions in which a table top is at one y of DICOM patient axes, and whether z of the table is y or -y."""
LONGITUDINAL_WITHIN_MM = (-100.0, 100.0)
LATERAL_WITHIN_MM = (-20.0, 20.0)
"""How far a table may be from where a scanned patient is laid, where nothing says where it is."""
LOWEST_POINT = "the patient's lowest point, as nothing says where the table is"
BEYOND_A_CUT_MM = 400.0
"""How much farther a table may reach towards the gantry where a scan cut the patient off: a head, arms up."""

Vector = tuple[float, float, float]
Within = tuple[float, float]
"""Least and greatest distance from where a table is placed."""


@dataclass(frozen=True)
class Lying:
    """Where the table top is under a patient.

    Attributes
    ----------
    source : str
        What says so, for every result.
    height_mm : float, optional
        Of the top's upper face, along z of table-top axes through the origin of the patient's: ``-y`` for a supine
        patient, y being DICOM's. The patient's lowest point if not given.
    middle_mm : float, optional
        Of the top, along x of these axes; under the middle of the body if not given.
    position_mm : tuple of float, optional
        Lateral, longitudinal and vertical table position, all of it given.
    longitudinal_within_mm, lateral_within_mm : tuple of float, optional
        Least and greatest distance that the table may be from there. If not given, it is there; a patient from a
        structure set has ranges of their own (`with_ranges`).

    Examples
    --------
    >>> import simulator as sim
    >>> lies = sim.Lying.on_table_top(-135.0, "HFS", "planning CT, upper face of the couch")
    >>> lies.height_mm
    135.0
    >>> sim.Lying("laser marks", position_mm=(0.0, 850.0, -120.0)).unknown
    ()
    """

    source: str
    height_mm: float | None = None
    middle_mm: float | None = None
    position_mm: Vector | None = None
    longitudinal_within_mm: Within | None = None
    lateral_within_mm: Within | None = None

    def __post_init__(self) -> None:
        if self.position_mm is not None and (self.height_mm, self.middle_mm) != (None, None):
            raise SimulatorError("lies: must have either position_mm, or height_mm and middle_mm")
        for field in ("longitudinal_within_mm", "lateral_within_mm"):
            low, high = getattr(self, field) or (0.0, 0.0)
            if not -LARGEST_MM <= low <= 0.0 <= high <= LARGEST_MM:
                raise SimulatorError(f"lies.{field}: must be (least, greatest) around 0, was ({low:g}, {high:g})")

    @property
    def is_lowest_point(self) -> bool:
        """Whether nothing says how high the table is."""
        return self.height_mm is None and self.position_mm is None

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not known of the table's place, in words; empty if all is."""
        return tuple(
            f"{joint.removeprefix('table_')} {low:+g} to {high:+g} mm" for joint, (low, high) in self.ranges.items()
        )

    @property
    def ranges(self) -> dict[str, Within]:
        """How far the table may be from where it is placed, by joint, where it may be anywhere else."""
        within = {"table_longitudinal": self.longitudinal_within_mm, "table_lateral": self.lateral_within_mm}
        return {joint: range_mm for joint, range_mm in within.items() if range_mm not in (None, (0.0, 0.0))}

    @classmethod
    @checked
    def on_table_top(cls, y_mm: float, position: str, source: str) -> Lying:
        """Return the place of a table whose upper face is at ``y_mm`` of DICOM patient axes.

        Parameters
        ----------
        y_mm : float
            Where the upper face is, DICOM patient axes (y to the back).
        position : str
            DICOM patient position: HFS, FFS, HFP or FFP.
        source : str
            What says so, for every result.

        Returns
        -------
        Lying
            With the height of the table top along z of table-top axes.

        Raises
        ------
        SimulatorError
            If the patient lies on a side: the table top is at no y then.
        """
        if position not in UPRIGHT:
            raise SimulatorError(
                f"patient.table_top_y_mm: must be left out where the patient lies on a side ({position}): give "
                "couch.table_position_mm"
            )
        return cls(source, height_mm=UPRIGHT[position] * y_mm)


def of_table_position(
    vertical_mm: float, lateral_mm: float | None, isocentre_mm: Vector, position: str, source: str
) -> Lying:
    """Return where the table top is by a plan's table position: its upper face ``vertical_mm`` from the isocentre.

    Where a table's longitudinal position is counted from differs from vendor to vendor, so it says nothing here.
    """
    x, _, z = rotation_top_patient(position) @ np.asarray(isocentre_mm)
    middle_mm = None if lateral_mm is None else float(x) + lateral_mm
    return Lying(source, height_mm=float(z) + vertical_mm, middle_mm=middle_mm)


def of_scan(scan: Scan) -> Lying:
    """Return where the table top is by what a patient's own structures say: a SUPPORT, or the lowest point."""
    if scan.support_top_mm is None:
        return Lying(LOWEST_POINT)
    return Lying(f"SUPPORT structure {scan.support_name}", scan.support_top_mm, scan.support_middle_mm)


def with_ranges(lies: Lying, scan: Scan) -> Lying:
    """Return where the table top is, with the ranges of a scanned patient for what nobody says."""
    if lies.position_mm is not None:
        return lies
    towards_gantry = "head" if scan.position.startswith("HF") else "feet"
    low, high = LONGITUDINAL_WITHIN_MM
    is_cut = towards_gantry in scan.cut_ends and not scan.assumptions  # what completes a body reaches as far
    longitudinal = (low, BEYOND_A_CUT_MM if is_cut else high)
    lateral = LATERAL_WITHIN_MM if lies.middle_mm is None else None
    return replace(
        lies,
        longitudinal_within_mm=lies.longitudinal_within_mm or longitudinal,
        lateral_within_mm=lies.lateral_within_mm or lateral,
    )


def taken_place(lies: Lying | None, scan: Scan | None, position: str, shift_mm: Vector) -> Lying | None:
    """Return where the table top is, with what a patient from a structure set says of itself.

    Raises
    ------
    SimulatorError
        If the same is said twice, or the patient was read for another position.
    """
    if scan is not None:
        if scan.position != position:
            raise SimulatorError(
                f"setup: position must be {scan.position!r}, for which the patient was read, was {position!r}"
            )
        lies = with_ranges(of_scan(scan) if lies is None else lies, scan)
    if lies is not None and any(shift_mm) and lies.position_mm is not None:
        raise SimulatorError(
            "patient.shift_mm: must be left out beside a table position, which says where the patient is"
        )
    if lies is not None and shift_mm[2] and lies.height_mm is not None:
        raise SimulatorError("patient.shift_mm: z must be 0 where it is known how high the table top is")
    return lies


def assumptions_of_place(lies: Lying | None) -> tuple[str, ...]:
    """Return what an answer rests on, of where the table is."""
    if lies is None:
        return ()
    anywhere = f", and checked for every place of it within {' and '.join(lies.unknown)}" if lies.unknown else ""
    return (f"the table is where this says: {lies.source}{anywhere}",)


def warnings_of_place(lies: Lying | None, depth_mm: float, of: str, hulls: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a reader should know of how the patient lies.

    Parameters
    ----------
    lies : Lying, optional
        Where the table top is.
    depth_mm : float
        How deep the patient's lowest point is in what it lies on.
    of : str
        What that is.
    hulls : tuple of str
        Parts that stand as their convex hulls because it is not known where the table is.
    """
    found = []
    if depth_mm > 0.0:
        field = "patient.shift_mm: " if lies is None else ""
        found.append(f"{field}the patient's lowest point is {depth_mm:g} mm deep in {of}")
    if lies is not None and lies.is_lowest_point:
        found.append(
            "the table top was put under the patient's lowest point, because nothing says where it is; a board or a "
            "cushion makes that wrong by centimetres: give table_top_y_mm, table_position_mm or ct"
        )
    if hulls:
        found.append(f"{', '.join(hulls)}: checked as the convex hull, because it is not known where the table is")
    return tuple(found)
