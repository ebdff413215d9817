"""Readings as the CSV that somebody filled in, and the empty one to fill in; see `simulator.models.csv_file`."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from simulator.arguments import checked
from simulator.commission.planning import PlannedReading
from simulator.commission.readings import (
    DIRECTIONS,
    LARGEST_ERROR_DEG,
    LARGEST_GAUGE_MM,
    LEAST_ERROR_DEG,
    Reading,
)
from simulator.commission.room import Rooms
from simulator.errors import SimulatorError, shown, unknown
from simulator.models.csv_file import CellReader, Row, joint_value, one_of, read_rows, within
from simulator.models.kinematics import Joint
from simulator.models.scale import way_on_scale
from simulator.setup.setup import Setup

OTHERS = ("from_deg", "parts", "error_deg", "gauge_mm")
FOR_PEOPLE = ("pose", "note")
"""May be there, and mean nothing."""
BETWEEN_PARTS = " + "
HELP = (
    "Fill in contact_deg, and parts and error_deg if you can. A line without contact_deg is a reading not taken.",
    "Angles in degrees, IEC 61217. parts: what touched, two names with + between them. note: whatever you like.",
)


@dataclass(frozen=True)
class ReadingsFile:
    """What a file of readings holds.

    Attributes
    ----------
    readings : tuple of Reading
        Those that were taken, in the order of the file.
    not_taken : tuple of int
        Lines without a contact angle: planned, and not read.
    """

    readings: tuple[Reading, ...]
    not_taken: tuple[int, ...]


@checked
def read_readings(path: str | os.PathLike[str], rooms: Rooms, *, least: int = 1) -> ReadingsFile:
    r"""Return the readings of a CSV file, angles on the scales of their joints.

    Parameters
    ----------
    path : str or PathLike
        Columns, in any order: ``position``, ``direction``, ``contact_deg``, and ``couch_deg`` or whatever else the
        machine's sweep has beside the gantry; may be there: ``from_deg``, ``parts`` (one name, or two with ``+``
        between them), ``error_deg``, ``gauge_mm``, any other joint with its unit, and ``pose`` and ``note``, which
        are for people.
    rooms : Rooms
        What is commissioned: what names and angles there are, and the error of a reading whose line says none.
    least : int
        How many readings there must be.

    Returns
    -------
    ReadingsFile
        The readings, and the lines without one.

    Raises
    ------
    SimulatorError
        If the file cannot be read or anything in it is wrong: a line for each fault, which names line and column.

    Examples
    --------
    >>> import simulator as sim
    >>> commissioning = sim.Commissioning(title="Box", scenario="box", positions=[{"name": "centred"}],
    ...                                   unknowns=[{"part": "couch top", "offset": "z"}])
    >>> with open("readings.csv", "w") as file:
    ...     _ = file.write("position,couch_deg,direction,contact_deg\ncentred,15,CW,97.5\ncentred,45,CW,\n")
    >>> taken = sim.read_readings("readings.csv", sim.Rooms.of(commissioning))
    >>> len(taken.readings), taken.not_taken
    (1, (3,))
    """
    file = Path(path)
    joints, needed = standing_joints(rooms)
    rows = read_rows(
        file,
        ("position", *needed, "direction", "contact_deg"),
        (*OTHERS, *joints, *FOR_PEOPLE),
        lambda row: _reading(row, rooms) if row.cells["contact_deg"] else row.line,
    )
    readings = tuple(row for row in rows if isinstance(row, Reading))
    not_taken = tuple(row for row in rows if isinstance(row, int))
    if len(readings) < least:
        untaken = f" and {len(not_taken)} lines without a contact angle" if not_taken else ""
        raise SimulatorError(f"{file}: must have at least {least} readings, has {len(readings)}{untaken}")
    return ReadingsFile(readings, not_taken)


def template(rows: Iterable[PlannedReading], rooms: Rooms) -> str:
    """Return the CSV of a plan, to be filled in: what is to be done, and empty cells for what is read."""
    joints, needed = standing_joints(rooms)
    planned = list(rows)
    told = [
        field for field, joint in joints.items() if field in needed or any(joint.name in r.joints for r in planned)
    ]
    stream = StringIO()
    stream.writelines(f"# {line}\n" for line in HELP)
    writer = csv.writer(stream, lineterminator="\n")
    head = [
        "pose",
        "position",
        *told,
        "direction",
        "from_deg",
        "contact_deg",
        "parts",
        "error_deg",
        "gauge_mm",
        "note",
    ]
    writer.writerow(head)
    for at, row in enumerate(planned, start=1):
        values = [f"{row.joints[joints[field].name]:g}" if joints[field].name in row.joints else "" for field in told]
        writer.writerow([at, row.position, *values, row.direction, f"{row.from_deg:g}", "", "", "", "", ""])
    return stream.getvalue()


def standing_joints(rooms: Rooms) -> tuple[dict[str, Joint], tuple[str, ...]]:
    """Return the joints that stand while one turns, by column, and the columns that must be there."""
    moving = (joint for joint in rooms.tree.joints if joint.type != "fixed" and joint.mimic is None)
    joints = {f"{joint.name}_{joint.unit}": joint for joint in moving if joint.name != rooms.moving}
    swept = next(iter(rooms.setups.values())).machine.sweep.joints
    return joints, tuple(field for field, joint in joints.items() if joint.name in swept)


def _reading(row: Row, rooms: Rooms) -> Reading:
    joints, needed = standing_joints(rooms)
    turning = rooms.tree[rooms.moving]
    position = row.take("position", one_of(rooms.setups), next(iter(rooms.setups)))
    usual_deg = rooms.commissioning.reading_error_deg
    found = {
        "direction": row.take("direction", one_of(DIRECTIONS)),
        "from_deg": row.take_if_there("from_deg", joint_value(turning)),
        "contact_deg": row.take("contact_deg", joint_value(turning)),
        "parts": row.take_if_there("parts", _parts_of(rooms.setups[position]), ()),
        "error_deg": row.take_if_there("error_deg", within(LEAST_ERROR_DEG, LARGEST_ERROR_DEG), usual_deg),
        "gauge_mm": row.take_if_there("gauge_mm", within(0.0, LARGEST_GAUGE_MM), 0.0),
    }
    stand = {joint.name: (row.take if field in needed else row.take_if_there)(field, joint_value(joint))
             for field, joint in joints.items()}  # fmt: skip
    if not row.faults and found["from_deg"] is not None:
        way = (found["from_deg"], found["contact_deg"])
        ends = row.take("from_deg", _way(turning, way, found["direction"]), way)
        found |= dict(zip(("from_deg", "contact_deg"), ends, strict=True))
    row.require_sound()
    stands = {joint: value for joint, value in stand.items() if value is not None}
    return Reading(line=row.line, position=position, joints=stands, **found)


def _way(turning: Joint, way: tuple[float, float], direction: str) -> CellReader:
    """Return a reader of where an approach began: the joint must be able to go from there to the contact."""

    def read(label: str, cell: str) -> tuple[float, float]:
        if way[0] == way[1]:
            raise SimulatorError(f"{label}: must be where the approach began, was the contact angle {shown(cell)}")
        try:
            return way_on_scale(turning, way, "increasing" if direction == "CW" else "decreasing", label)
        except SimulatorError:
            where = f"from where {turning.name} can go {direction} to the contact at {way[1]:g}"
            raise SimulatorError(f"{label}: must be {where}, was {cell}") from None

    return read


def _parts_of(setup: Setup) -> CellReader:
    """Return a reader of what touched: a part, or two that can touch, of a room."""
    bodies = setup.scene.bodies
    pairs = [(bodies[pair.a].name, bodies[pair.b].name) for pair in setup.scene.pairs if not pair.is_own]

    def read(label: str, cell: str) -> tuple[str, ...]:
        names = tuple(re.split(r" *\+ *| – ", cell))
        for name in names:
            if not any(name in pair for pair in pairs):
                raise unknown(f"{label}: part", name, sorted({each for pair in pairs for each in pair}))
        if len(names) > 1 and not any(set(names) == set(pair) for pair in pairs):
            raise SimulatorError(f"{label}: must be one part, or two that can touch, was {shown(cell)}")
        return names

    return read
