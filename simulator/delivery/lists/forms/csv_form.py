"""Our own form: CSV with the machine's angles by joint, the patient position, and the direction in the patient.

A line for each beam; the first names the columns. Angles in degrees by joint, IEC 61217 for a C-arm: ``gantry_deg``,
``couch_deg``, ``collimator_deg``; where an arc ends, ``gantry_stop_deg`` and so on: joints go straight there, so that
170 to 190 goes through 180. ``position`` is the DICOM patient position and ``isocentre_x_mm``, ``_y_mm``, ``_z_mm``
the isocentre in DICOM patient axes, on every line the same. ``patient_x``, ``patient_y``, ``patient_z`` is the unit
vector from the isocentre to the source in these axes: the angles must say the same, so that a list of another couch
sign or patient position is found out. ``weight_sr`` is the solid angle that a beam stands for, ``beam_on_s`` how long
it is delivered. Only the joints that aim must be there; ``beams.csv`` of ``simulator run`` is such a list.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms.form import ARCS, COLLIMATOR, TIMES, WEIGHTS, Form
from simulator.delivery.lists.listed import COLLIMATOR as COLLIMATOR_JOINT
from simulator.delivery.lists.listed import ListedBeam, aiming_joints, listed_beams, require_different
from simulator.errors import SimulatorError, shown
from simulator.geometry.positions import PATIENT_POSITIONS, rotation_top_patient
from simulator.models.csv_file import CellReader, Row, one_of, read_rows
from simulator.scenario.schema import LARGEST_MM
from simulator.setup.setup import Setup

DIGITS = 9
VECTOR = ("patient_x", "patient_y", "patient_z")
PASSED_OVER = ("top_x", "top_y", "top_z")
"""Of ``beams.csv``: what ``patient_x`` and so on say already."""
ISOCENTRE = ("isocentre_x_mm", "isocentre_y_mm", "isocentre_z_mm")
NUMBER = re.compile(r"[-+−]?[0-9]{1,12}([.,][0-9]{0,20})?([eE][-+]?[0-9]{1,2})?")
"""As programs write them, too: with all digits, and with an exponent."""
AGREES_DEG = 0.1
"""Between the direction of the angles and that of the vector."""


def encode(beams: BeamList, setup: Setup) -> bytes:
    """Return the file."""
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    rows = list(_rows(beams, setup))
    columns = [column for column in _columns(setup) if any(row.get(column) is not None for row in rows)]
    writer.writerow(columns)
    writer.writerows([_cell(row.get(column)) for column in columns] for row in rows)
    return stream.getvalue().encode()


def decode(path: Path, setup: Setup) -> BeamList:
    """Return the list of a file."""
    needed = [f"{joint}_deg" for joint in aiming_joints(setup)]
    others = [column for column in (*_columns(setup), *PASSED_OVER) if column not in needed]
    read = _reader(setup)
    rows = read_rows(path, needed, others, lambda row: (row.line, read(row)))
    lines = [line for line, _ in rows]
    values = [row for _, row in rows]
    position = _same(path, lines, [row.get("position") for row in values], "position", setup.position)
    isocentre = _same(path, lines, [_place(row) for row in values], "isocentre", setup.isocentre_patient_mm)

    def where(at: int) -> str:
        return f"{path}: line {lines[at - 1]}"

    beams = tuple(listed_beams(setup, values, where))
    require_different((repr((beam.start, beam.stop)) for beam in beams), where)
    found = BeamList(beams, position, isocentre, title=path.stem, source=str(path))
    _require_directions(found, setup, lines, values)
    return found


FORM = Form(
    "csv",
    "CSV of this program: the machine's angles, position, isocentre, direction in the patient",
    ".csv",
    encode,
    decode,
    frozenset({ARCS, WEIGHTS, TIMES, COLLIMATOR}),
)


def _columns(setup: Setup) -> tuple[str, ...]:
    """Return all columns in their order; no name is first, where ``#`` would make a comment of it."""
    joints = (*aiming_joints(setup), COLLIMATOR_JOINT)
    starts, stops = [f"{joint}_deg" for joint in joints], [f"{joint}_stop_deg" for joint in joints]
    return (*starts, *stops, "name", "position", *ISOCENTRE, *VECTOR, "weight_sr", "beam_on_s")


def _rows(beams: BeamList, setup: Setup) -> Iterator[dict[str, Any]]:
    place = dict(zip(ISOCENTRE, beams.isocentre_mm, strict=True))
    for beam, vector in zip(beams.beams, beams.directions_patient(setup), strict=True):
        yield {
            "name": beam.name,
            **{f"{joint}_deg": value for joint, value in beam.start.items()},
            **{f"{joint}_stop_deg": value for joint, value in (beam.stop or {}).items()},
            "position": beams.position,
            **place,
            **dict(zip(VECTOR, vector.tolist(), strict=True)),
            "weight_sr": beam.weight_sr,
            "beam_on_s": beam.beam_on_s,
        }


def _cell(value: str | float | None) -> str:
    """Return a number without zeros at its end, and never as -0."""
    if value is None or isinstance(value, str):
        return value or ""
    text = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _reader(setup: Setup) -> Callable[[Row], dict[str, Any]]:
    """Return what reads the cells of a line by column; those that are empty are left out."""
    columns: dict[str, CellReader] = dict.fromkeys(_columns(setup), _number)
    columns |= {"name": lambda _, cell: cell, "position": one_of(PATIENT_POSITIONS)}

    def read(row: Row) -> dict[str, Any]:
        found = {column: row.take_if_there(column, reader) for column, reader in columns.items()}
        row.require_sound()
        return {column: value for column, value in found.items() if value is not None}

    return read


def _number(label: str, cell: str) -> float:
    found = float(cell.replace("−", "-").replace(",", ".")) if NUMBER.fullmatch(cell) else np.inf
    if not abs(found) <= LARGEST_MM:
        raise SimulatorError(f"{label}: must be a number within ±{LARGEST_MM:g}, such as 12.5, was {shown(cell)}")
    return found


def _place(row: dict[str, Any]) -> tuple[float, ...] | None:
    found = tuple(row[column] for column in ISOCENTRE if column in row)
    return found or None


def _same(path: Path, lines: list[int], found: list[Any], what: str, default: Any) -> Any:
    """Return the one value that all lines have; the default if none has any."""
    for line, value in zip(lines, found, strict=True):
        if value != found[0]:
            raise SimulatorError(f"{path}: line {line}, {what}: must be {found[0]}, as before, was {value}")
    value = found[0] if found else None
    if what == "isocentre" and value is not None and len(value) != len(ISOCENTRE):
        raise SimulatorError(f"{path}: line {lines[0]}, isocentre: must be in {', '.join(ISOCENTRE)}, one is missing")
    return default if value is None else value


def _require_directions(beams: BeamList, setup: Setup, lines: list[int], rows: list[dict[str, Any]]) -> None:
    """Refuse a list whose angles and directions in the patient are not of one convention."""
    vectors = beams.directions_patient(setup)
    for line, row, beam, vector in zip(lines, rows, beams.beams, vectors, strict=True):
        said = np.array([row[column] for column in VECTOR if column in row])
        if not len(said):
            continue
        off = _degrees_between(said, vector)
        if off > AGREES_DEG:
            raise SimulatorError(
                f"{beams.source}: line {line}, {', '.join(VECTOR)}: must be the direction of the angles for a "
                f"patient who lies {beams.position}, was {off:.1f}° off it"
                f"{_instead(said, beam, beams.position, setup)}"
            )


def _instead(said: np.ndarray, beam: ListedBeam, position: str, setup: Setup) -> str:
    """Return in which other convention angles and direction agree, if there is one."""
    flipped = {**beam.start, "couch": -beam.start["couch"]} if "couch" in beam.start else None
    for where in (position, *PATIENT_POSITIONS):
        for start, sign in ((beam.start, ""), (flipped, "the other sign of the couch (Varian IEC?) and ")):
            if start is not None and _degrees_between(said, _direction(start, where, setup)) <= AGREES_DEG:
                return f"; it is that of {sign}a patient who lies {where}"
    return ""


def _direction(start: dict[str, float], position: str, setup: Setup) -> np.ndarray:
    try:
        return setup.directions_top(**start) @ rotation_top_patient(position)
    except SimulatorError:  # out of the joint's reach
        return np.zeros(3)


def _degrees_between(first: np.ndarray, second: np.ndarray) -> float:
    """Return the angle between two vectors of any length; 180 if one points nowhere."""
    if first.shape != second.shape or not first.any() or not second.any():
        return 180.0
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(first, second)), first @ second)))
