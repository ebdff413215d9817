"""CSV that somebody filled in, line by line and cell by cell: every fault of a file in one message, with its place.

UTF-8, with or without a byte order mark. The first line that is no comment names the columns. If it has semicolons,
they part the cells, and numbers may have a decimal comma, as spreadsheets of many countries write; else commas part
them. Blank lines and those that begin with ``#`` are passed over. Cells may be quoted; none goes on in the next line.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from simulator.errors import SimulatorError, shown, unknown
from simulator.models.kinematics import Joint
from simulator.models.scale import angle_on_scale
from simulator.scenario.schema import read_text

MOST_LINES = 10_000
SHOWN_FAULTS = 20
"""More would not be read; how many there are is told."""
NUMBER = re.compile(r"[-+−]?[0-9]{1,12}(\.[0-9]{0,20})?")
DECIMAL_COMMA = re.compile(r"([-+−]?[0-9]{1,12}),([0-9]{0,20})")

Value = TypeVar("Value")
CellReader = Callable[[str, str], Any]
"""From what a cell is called in messages, and its text, to its value."""


class FaultError(Exception):
    """Something in a line is wrong: ``texts`` say what and in which column, each fault for itself."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__("\n".join(texts))
        self.texts = texts


@dataclass(frozen=True)
class Row:
    """The cells of a line by column, read one after the other; what is wrong is kept until all have been.

    Attributes
    ----------
    line : int
        Of the file, from 1.
    cells : dict of str to str
        Text by column.
    faults : dict of int to str
        What is wrong, by column.
    """

    line: int
    cells: dict[str, str]
    faults: dict[int, str] = field(default_factory=dict)

    def take(self, name: str, read: CellReader, default: Any = None) -> Any:
        """Return the value of a cell; the default where the column is not there, or something is wrong."""
        if name not in self.cells:
            return default
        at = list(self.cells).index(name)
        try:
            return read(f"column {at + 1} ({name})", self.cells[name])
        except SimulatorError as error:
            self.faults[at] = str(error)
            return default

    def take_if_there(self, name: str, read: CellReader, default: Any = None) -> Any:
        """Return the value of a cell that may be empty."""
        return self.take(name, read, default) if self.cells.get(name) else default

    def require_sound(self) -> None:
        """Refuse the line if anything was wrong."""
        if self.faults:
            raise FaultError([self.faults[at] for at in sorted(self.faults)])


def read_rows(
    path: Path, needed: Collection[str], others: Collection[str], read: Callable[[Row], Value]
) -> list[Value]:
    """Return what the lines of a file are read as.

    Parameters
    ----------
    path : Path
        The file.
    needed, others : collection of str
        The columns that must be there, and that may be.
    read : callable
        From a row to its value; raises `FaultError`.

    Raises
    ------
    SimulatorError
        If the file cannot be read, or anything in it is wrong: a line for each fault.
    """
    found: list[Value] = []
    faults: list[str] = []
    names: list[str] = []
    separator = ","
    for number, line in _lines(read_text(path, "CSV"), path):
        try:
            if not names:
                separator = _separator(line)
                names = _named(_cells(line, separator), needed, others)
            else:
                found.append(read(Row(number, _by_name(names, _values(line, separator)))))
        except FaultError as fault:
            faults += [f"{path}: line {number}, {text}" for text in fault.texts]
            if not names:
                break
    if faults:
        more = [f"{path}: and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
        raise SimulatorError("\n".join([*faults[:SHOWN_FAULTS], *more]))
    if not names:
        raise SimulatorError(f"{path}: must have a line that names the columns: {', '.join(needed)}")
    return found


def column_names(path: Path) -> list[str]:
    """Return the names of the columns of a file, none if it is empty; errors as :func:`read_rows`."""
    for number, line in _lines(read_text(path, "CSV"), path):
        try:
            return _cells(line, _separator(line))
        except FaultError as fault:
            raise SimulatorError(f"{path}: line {number}, {fault}") from None
    return []


def one_of(names: Iterable[str]) -> CellReader:
    """Return a reader of a name that must be one of these."""
    available = list(names)

    def read(label: str, cell: str) -> str:
        if cell not in available:
            raise unknown(label, cell, available)
        return cell

    return read


def joint_value(joint: Joint) -> CellReader:
    """Return a reader of a value of a joint, brought onto its scale."""
    return lambda label, cell: angle_on_scale(joint, number(label, cell), label)


def within(least: float, most: float) -> CellReader:
    """Return a reader of a number from ``least`` to ``most``."""

    def read(label: str, cell: str) -> float:
        found = number(label, cell)
        if not least <= found <= most:
            raise SimulatorError(f"{label}: must be from {least:g} to {most:g}, was {shown(cell)}")
        return found

    return read


def number(label: str, cell: str) -> float:
    """Return a number as people write it; words, exponents and thousands' separators are none."""
    if not NUMBER.fullmatch(cell):
        raise SimulatorError(f"{label}: must be a number, such as 12.5, was {shown(cell)}")
    return float(cell.replace("−", "-"))


def _lines(text: str, path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines that are to be read, with their numbers."""
    lines = re.split("\r\n|\r|\n", text)
    if len(lines) > MOST_LINES:
        raise SimulatorError(f"{path}: must have at most {MOST_LINES:,} lines, has {len(lines):,}")
    for at, line in enumerate(lines, start=1):
        if "\0" in line:
            raise SimulatorError(f"{path}: line {at}, character {line.index(chr(0)) + 1}: must be text, was a NUL")
        if line.strip(" \t,;") and not line.lstrip().startswith("#"):
            yield at, line


def _separator(line: str) -> str:
    """Return what parts the cells of a file whose first line this is."""
    return ";" if ";" in line else ","


def _cells(line: str, separator: str) -> list[str]:
    """Return the cells of a line, without the blanks around them."""
    try:
        (cells,) = csv.reader([line], delimiter=separator, strict=True)
    except csv.Error as error:
        raise FaultError([f"column {line.count(separator) + 1}: cannot be read as CSV: {error}"]) from None
    return [cell.strip() for cell in cells]


def _values(line: str, separator: str) -> list[str]:
    """Return the cells of a line below the names: a comma is a decimal one only where it does not part cells.

    "1,050" between commas is a thousand and fifty to some, and refused; between semicolons it is 1.05.
    """
    cells = _cells(line, separator)
    if separator == ",":
        return cells
    return [DECIMAL_COMMA.sub(r"\1.\2", cell) if DECIMAL_COMMA.fullmatch(cell) else cell for cell in cells]


def _named(names: list[str], needed: Collection[str], others: Collection[str]) -> list[str]:
    """Return the names of the columns, if they are known, each once, and all there that must be."""
    available = dict.fromkeys((*needed, *others))
    faults = []
    for at, name in enumerate(names):
        if name not in available:
            faults.append(str(unknown(f"column {at + 1}", name, available)))
        elif name in names[:at]:
            faults.append(f"column {at + 1} ({name}): stands there twice")
    faults += [f"column {name}: is missing" for name in needed if name not in names]
    if faults:
        raise FaultError(faults)
    return names


def _by_name(names: list[str], cells: Sequence[str]) -> dict[str, str]:
    if len(cells) != len(names):
        where, hint = min(len(cells), len(names)) + 1, "a decimal comma needs semicolons between the cells"
        raise FaultError(
            [f"column {where}: must be {len(names)} cells, as in the first line, were {len(cells)}; {hint}"]
        )
    return dict(zip(names, cells, strict=True))
