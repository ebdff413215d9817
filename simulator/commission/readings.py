"""Contact angles that somebody read at the machine: one value each, whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal, get_args

from simulator.errors import SimulatorError, shown, unknown
from simulator.scenario.schema import LARGEST_DEG, LARGEST_MM

Direction = Literal["CW", "CC"]
"""CW increases the angle, as that of a gantry in a DICOM plan."""
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
MOST_PARTS = 2
"""Contact is between two."""
LEAST_ERROR_DEG = 0.001
"""Nobody reads an angle better; a reading without an error would outweigh all others."""
LARGEST_ERROR_DEG = 30.0
LARGEST_GAUGE_MM = 1000.0


@dataclass(frozen=True)
class Reading:
    """The angle at which one joint, turned slowly in one direction (the gantry of a C-arm), first touched something.

    Attributes
    ----------
    line : int
        Of the file, for messages; any number of its own where there is none.
    position : str
        Of the phantom, by its name in the commissioning file.
    direction : {"CW", "CC"}
        Of approach.
    from_deg : float, optional
        Where the approach began, free. If not given, it began at the nearest free angle that the model knows.
    contact_deg : float
        IEC 61217, on the scale of the joint.
    parts : tuple of str
        Which parts touched, one or two; none if that was not noted.
    error_deg : float
        Standard deviation of the reading.
    gauge_mm : float
        Thickness of a spacer that was held between the parts: contact is at that distance.
    joints : mapping of str to float
        Where the other joints stood, degrees or mm by name.

    Examples
    --------
    >>> import simulator as sim
    >>> reading = sim.Reading(line=1, position="centred", direction="CW", from_deg=80.0, contact_deg=97.5,
    ...                       parts=("head cover", "couch carriage"), error_deg=0.5, joints={"couch": 15.0})
    >>> reading.contact_deg, reading.joints
    (97.5, {'couch': 15.0})
    """

    line: int
    position: str
    direction: Direction
    from_deg: float | None
    contact_deg: float
    parts: tuple[str, ...]
    error_deg: float
    gauge_mm: float = 0.0
    joints: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"reading {self.line}"
        if self.direction not in DIRECTIONS:
            raise unknown(f"{where}: direction", self.direction, DIRECTIONS)
        if len(self.parts) > MOST_PARTS:
            raise SimulatorError(f"{where}: parts: must be at most two, were {', '.join(self.parts)}")
        angles = {"contact_deg": self.contact_deg} | ({} if self.from_deg is None else {"from_deg": self.from_deg})
        for name, value, least, most in (
            *((name, angle, -LARGEST_DEG, LARGEST_DEG) for name, angle in angles.items()),
            *((name, value, -LARGEST_MM, LARGEST_MM) for name, value in self.joints.items()),
            ("error_deg", self.error_deg, LEAST_ERROR_DEG, LARGEST_ERROR_DEG),
            ("gauge_mm", self.gauge_mm, 0.0, LARGEST_GAUGE_MM),
        ):
            if not _is_number(value, least, most):
                raise SimulatorError(
                    f"{where}: {name}: must be a number from {least:g} to {most:g}, was {shown(value)}"
                )


def _is_number(value: object, least: float, most: float) -> bool:
    return (
        isinstance(value, float | int) and not isinstance(value, bool) and isfinite(value) and least <= value <= most
    )
