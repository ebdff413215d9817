"""Tables that somebody filled in: the columns are fields of the scenario, a line is one of the levels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.errors import SimulatorError
from simulator.models.csv_file import NUMBER, Row, column_names, number, read_rows
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import validated
from simulator.scenario.study import Vary
from simulator.scenario.variants import changed
from simulator.studies.levels import Factor, Level


def factor_of_table(entry: Vary, where: str, path: Path, base: Scenario) -> Factor:
    """Return the lines of a CSV file, as `simulator.models.csv_file` reads it.

    Parameters
    ----------
    entry : Vary
        Its ``name`` is the column that names the lines, its ``columns`` those that are taken; all if it has none.
    where : str
        Its place in the study, for messages.
    path : Path
        The file.
    base : Scenario
        What tells whether ``12`` is a number or a name.

    Raises
    ------
    SimulatorError
        If the file cannot be read, a column is missing, or a cell is empty.
    """
    there = column_names(path)
    named = [] if entry.name is None else [entry.name]
    fields = entry.columns or tuple(column for column in there if column not in named)
    readers = {field: _Reader(field, base) for field in fields}

    def read(row: Row) -> Level:
        names = {column: row.take(column, _filled) for column in named}
        changes = {field: row.take(field, reader) for field, reader in readers.items()}
        row.require_sound()
        return Level({**names, **changes}, changes, f"{path}: line {row.line}, column")

    missing = [column for column in (*named, *fields) if column not in there]
    if missing or not fields:
        wanted = missing[0] if missing else "of a field"
        raise SimulatorError(f"{path}: column {wanted}: is missing; has {', '.join(there) or 'none'}")
    strange = next((field for field in fields if "." not in field), None)
    if strange is not None:
        raise SimulatorError(
            f"{path}: column {strange}: must be a field of the scenario, such as patient.height_cm; "
            f'to take some of the columns, say columns = [...]; a column of names is told by name = "{strange}"'
        )
    levels = read_rows(path, (*named, *fields), there, read)
    if not levels:
        raise SimulatorError(f"{path}: must have a line for each case, has none")
    return Factor(entry.label, (*named, *fields), fields, levels, levels, where)


def _filled(label: str, cell: str) -> str:
    if not cell:
        raise SimulatorError(f"{label}: must have a value, is empty")
    return cell


class _Reader:
    """Reads the cells of a column: as numbers, or as text where its field takes no number."""

    def __init__(self, field: str, base: Scenario) -> None:
        self.field, self.base = field, base
        self.is_text: bool | None = None

    def __call__(self, label: str, cell: str) -> Any:
        _filled(label, cell)
        if not NUMBER.fullmatch(cell):
            return {"true": True, "false": False}.get(cell, cell)
        value = number(label, cell)
        if self.is_text is None and self._is_refused(value):
            self.is_text = not self._is_refused(cell)
        return cell if self.is_text else value

    def _is_refused(self, value: object) -> bool:
        """Return whether the field itself is wrong with a value, whatever else is."""
        try:
            validated(changed(self.base, {self.field: value}), Scenario, "")
        except SimulatorError as error:
            return any(line.startswith(f": {self.field}: ") for line in str(error).splitlines())
        return False
