"""Readings as the CSV that somebody filled in, every fault of a file in one message, with line and column.

UTF-8, with or without a byte order mark. The first line that is no comment names the columns. If it has semicolons,
they part the cells, and numbers may have a decimal comma, as spreadsheets of many countries write; else commas part
them. A line is a reading, blank ones and those that begin with ``#`` are none. Cells may be quoted.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.commission.columns import Columns, FaultError
from simulator.commission.readings import Reading
from simulator.errors import SimulatorError
from simulator.scenario.schema import read_text
from simulator.setup.setup import Setup

MOST_LINES = 10_000
SHOWN_FAULTS = 20
"""More would not be read; how many there are is told."""


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


def read_readings(
    path: str | os.PathLike[str], setups: Mapping[str, Setup], *, error_deg: float, least: int = 1
) -> ReadingsFile:
    """Return the readings of a CSV file, angles on the scales of their joints.

    Parameters
    ----------
    path : str or PathLike
        Columns, in any order: ``position``, ``direction``, ``contact_deg``, and ``couch_deg`` or whatever else the
        machine's sweep has beside the gantry; may be there: ``from_deg``, ``parts`` (one name, or two with ``+``
        between them), ``error_deg``, ``gauge_mm``, any other joint with its unit, and ``pose`` and ``note``, which
        are for people.
    setups : mapping of str to Setup
        The rooms by the name of the phantom's position: what names and angles there are.
    error_deg : float
        Standard deviation of a reading where its line says none.
    least : int
        How many readings there must be.

    Raises
    ------
    SimulatorError
        If the file cannot be read or anything in it is wrong: a line for each fault, which names line and column.
    """
    file = Path(path)
    lines = list(_lines(read_text(file, "CSV"), file))
    if not lines:
        raise SimulatorError(f"{file}: must have a line that names the columns, is empty")
    (number, head), *rows = lines
    separator = ";" if ";" in head else ","
    try:
        columns = Columns(_cells(head, separator), setups, error_deg)
    except FaultError as fault:
        raise SimulatorError("\n".join(f"{file}: line {number}, {text}" for text in fault.texts)) from None
    found: list[Reading] = []
    not_taken: list[int] = []
    faults: list[str] = []
    for number, line in rows:
        try:
            reading = columns.reading(number, _cells(line, separator))
        except FaultError as fault:
            faults += [f"{file}: line {number}, {text}" for text in fault.texts]
        else:
            not_taken.append(number) if reading is None else found.append(reading)
    if faults:
        more = [f"{file}: and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
        raise SimulatorError("\n".join([*faults[:SHOWN_FAULTS], *more]))
    if len(found) < least:
        untaken = f" and {len(not_taken)} lines without a contact angle" if not_taken else ""
        raise SimulatorError(f"{file}: must have at least {least} readings, has {len(found)}{untaken}")
    return ReadingsFile(tuple(found), tuple(not_taken))


def _lines(text: str, file: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are to be read, with their numbers."""
    lines = re.split("\r\n|\r|\n", text)
    if len(lines) > MOST_LINES:
        raise SimulatorError(f"{file}: must have at most {MOST_LINES:,} lines, has {len(lines):,}")
    for number, line in enumerate(lines, start=1):
        if "\0" in line:
            raise SimulatorError(f"{file}: line {number}, column {line.index(chr(0)) + 1}: must be text, has a NUL")
        if line.strip(" \t,;") and not line.lstrip().startswith("#"):
            yield number, line


def _cells(line: str, separator: str) -> list[str]:
    """Return the cells of a line, without the blanks around them."""
    try:
        (cells,) = csv.reader([line], delimiter=separator, strict=True)
    except csv.Error as error:
        raise FaultError([f"column {line.count(separator) + 1}: {error}"]) from None
    return [cell.strip() for cell in cells]
