"""TOML files that people write, read into validated values with every error of a file reported at once."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from simulator.errors import SimulatorError

LARGEST_MM = 100_000.0
"""Nothing in a treatment room is 100 m away: a longer length is a typing error or a wrong unit."""
LARGEST_FILE_BYTES = 10_000_000

Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]
Millimetres = Annotated[float, Field(allow_inf_nan=False, strict=True, ge=-LARGEST_MM, le=LARGEST_MM)]
Degrees = Annotated[float, Field(allow_inf_nan=False, strict=True, ge=-720.0, le=720.0)]
Point = tuple[Millimetres, Millimetres, Millimetres]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Table(BaseModel):
    """A table of a TOML file: immutable, and without keys that nobody reads."""

    model_config = ConfigDict(extra="forbid", frozen=True)


TableType = TypeVar("TableType", bound=Table)


def read_toml(path: Path, table: type[TableType]) -> TableType:
    """Return the validated content of a TOML file.

    Raises
    ------
    SimulatorError
        If the file cannot be read, is not UTF-8 or TOML, or does not fit the schema; all schema errors in
        one message, a line each.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise SimulatorError(f"{path}: must be a TOML file below 10 MB, was {path.stat().st_size} bytes")
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise SimulatorError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise SimulatorError(f"{path}: must be a TOML file, is a folder") from None
    except OSError as error:
        raise SimulatorError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SimulatorError(f"{path}: must be UTF-8 text; byte {error.start} is not") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SimulatorError(f"{path}: must be TOML: {error}") from None
    return validated(data, table, str(path))


def validated(data: object, table: type[TableType], origin: str) -> TableType:
    """Return ``data`` as ``table``, or raise one error that lists everything wrong with it."""
    try:
        return table.model_validate(data)
    except ValidationError as error:
        lines = [_line(detail, table) for detail in error.errors()]
        raise SimulatorError("\n".join(f"{origin}: {line}" for line in dict.fromkeys(lines))) from None


def _line(detail: ErrorDetails, table: type[Table]) -> str:
    """Word one schema error: field, what it must be, what it was, what is available."""
    place = [str(step) for step in detail["loc"]]
    field = ".".join(place) or "the file"
    if detail["type"] == "missing":
        return f"{field}: is missing"
    if detail["type"] == "extra_forbidden":
        siblings = ", ".join(_siblings(table, place[:-1]))
        return f"{field}: unknown field" + (f"; available: {siblings}" if siblings else "")
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    given = repr(detail["input"])
    shown = given if len(given) <= 80 else given[:77] + "..."
    return f"{field}: {message[:1].lower()}{message[1:]}, was {shown}"


def _siblings(table: type[Table], place: list[str]) -> list[str]:
    """Names of the fields of the (nested) table at ``place``, where the annotations tell."""
    current: type[BaseModel] = table
    for step in place:
        field = current.model_fields.get(step)
        if field is None:
            if step.isdigit():
                continue
            return []
        nested = _table_in(field.annotation)
        if nested is None:
            return []
        current = nested
    return list(current.model_fields)


def _table_in(annotation: object) -> type[BaseModel] | None:
    """Return the first schema class in an annotation such as ``tuple[Part, ...] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _table_in(argument)
        if found is not None:
            return found
    return None
