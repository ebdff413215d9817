"""What a patient from a structure set brings along, beside the parts of the body."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.geometry.positions import Position
from simulator.models.mesh import Mesh


@dataclass(frozen=True, eq=False)
class Scan:
    """Where a scanned patient comes from, and what the scan says of the table and leaves out.

    Attributes
    ----------
    position : str
        The DICOM patient position that heights are meant for.
    frame_of_reference : str
        Of the structure set, "" if it names none; for comparison, never shown.
    support_top_mm, support_middle_mm : float, optional
        Height of the upper face, and lateral middle, of the SUPPORT structures: z and x of table-top axes through the
        origin of the patient's. None without any.
    support_name : str
        What they are called.
    cut_ends : tuple of str
        Ends at which the scan cut the body off: ``"head"``, ``"feet"``.
    assumed_parts, assumptions : tuple of str
        Names of the parts that were added to the body, and what they rest on.
    tight : Mesh, optional
        The body's surface as contoured, in DICOM patient axes: for distances to the skin, not for collisions.
    """

    position: Position = "HFS"
    frame_of_reference: str = field(default="", repr=False)
    support_top_mm: float | None = None
    support_middle_mm: float | None = None
    support_name: str = ""
    cut_ends: tuple[str, ...] = ()
    assumed_parts: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    tight: Mesh | None = None
