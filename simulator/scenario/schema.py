"""TOML files that people write, read into validated values with every error of a file reported at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from simulator.errors import SimulatorError, shown
from simulator.scenario.hints import FILES, hint_of, table_in

LARGEST_MM = 100_000.0
"""Nothing in a treatment room is 100 m away: a longer length is a typing error or a wrong unit."""
LARGEST_DEG = 720.0
"""Two turns: nobody writes more, and a larger number is a typing error or in another unit."""
LARGEST_FILE_BYTES = 10_000_000

Finite = Annotated[float, Field(allow_inf_nan=False, strict=True)]
OfJoint = Annotated[Finite, Field(json_schema_extra={"unit": "degrees, or mm of a joint that slides"})]
ShareOfSphere = Annotated[Finite, Field(json_schema_extra={"unit": "share of 4π"})]
Millimetres = Annotated[float, Field(allow_inf_nan=False, strict=True, ge=-LARGEST_MM, le=LARGEST_MM)]
Degrees = Annotated[float, Field(allow_inf_nan=False, strict=True, ge=-LARGEST_DEG, le=LARGEST_DEG)]
STEEPEST_DEG = 45.0
Incline = Annotated[float, Field(allow_inf_nan=False, strict=True, ge=0, le=STEEPEST_DEG)]
"""Of a board in degrees, the end at the head up."""
Point = tuple[Millimetres, Millimetres, Millimetres]
Name = Annotated[str, Field(min_length=1, max_length=200)]
FileName = Annotated[str, Field(min_length=1, max_length=4000)]
Flag = Annotated[bool, Field(strict=True)]
Units = Literal["mm", "cm", "m", "in"]
"""Of mesh files; lengths are mm everywhere else."""


class Table(BaseModel):
    """A table of a TOML file: immutable, and without keys that nobody reads.

    One that is made in Python is refused as in a file: `SimulatorError`, all that is wrong in one message.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    FILE: ClassVar[str] = ""
    """The kind of file that the table is the whole of, by which the reference knows it."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.FILE:
            FILES[cls.FILE] = cls

    def __init__(self, /, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise _refused(error, type(self), self._called(data)) from None

    # Tables within tables are still judged together: without this mark pydantic would make each on its own.
    __init__.__pydantic_base_init__ = True  # type: ignore[attr-defined]

    @classmethod
    def _called(cls, data: Mapping[str, Any]) -> str:  # noqa: ARG003 - for what has a name of its own
        """Return what a table that is made in Python is called in messages."""
        return cls.__name__


TableType = TypeVar("TableType", bound=Table)


def read_toml(path: Path, table: type[TableType]) -> TableType:
    """Return the validated content of a TOML file.

    Raises
    ------
    SimulatorError
        If the file cannot be read, is not UTF-8 or TOML, or does not fit the schema; all schema errors in
        one message, a line each.
    """
    text = read_text(path, "TOML")
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError: TOML errors, and integers of thousands of digits
        raise SimulatorError(f"{path}: must be TOML: {error}") from None
    return validated(data, table, str(path))


def read_text(path: Path, language: str) -> str:
    """Return the text of a file that a person wrote; a byte order mark, as Windows editors write it, is dropped.

    Raises
    ------
    SimulatorError
        If the file cannot be read, is larger than `LARGEST_FILE_BYTES`, or is not UTF-8.
    """
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE_BYTES + 1)
        if len(content) > LARGEST_FILE_BYTES:
            raise SimulatorError(f"{path}: must be a {language} file of at most 10 MB, is larger")
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise SimulatorError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise SimulatorError(f"{path}: must be a {language} file, is a folder") from None
    except OSError as error:
        raise SimulatorError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise SimulatorError(f"{path}: must be UTF-8 text; byte {error.start} is not") from None
    except ValueError as error:  # a name with a NUL in it
        raise SimulatorError(f"{str(path)!r}: must be the name of a file: {error}") from None


def is_file(path: Path) -> bool:
    """Tell whether there is a file; False too for names that no file system takes."""
    try:
        return path.is_file()
    except OSError:
        return False


def validated(data: object, table: type[TableType], origin: str) -> TableType:
    """Return ``data`` as ``table``, or raise one error that lists everything wrong with it."""
    try:
        return table.model_validate(data)
    except ValidationError as error:
        raise _refused(error, table, origin) from None


def _refused(error: ValidationError, table: type[Table], origin: str) -> SimulatorError:
    details = error.errors()
    # A list whose tables are wrong has no sound one, which says nothing of how many there are.
    wrong = {detail["loc"][:at] for detail in details for at in range(len(detail["loc"]))}
    told = [detail for detail in details if detail["type"] != "too_short" or detail["loc"] not in wrong]
    lines = [_line(detail, table) for detail in told]
    lines = [line + hint_of(table, origin, detail["loc"], line) for line, detail in zip(lines, told, strict=True)]
    return SimulatorError("\n".join(f"{origin}: {line}" for line in dict.fromkeys(lines)))


def _line(detail: ErrorDetails, table: type[Table]) -> str:
    """Word one schema error: field, what it must be, what it was, what is available."""
    place = [str(step) for step in detail["loc"]]
    field = ".".join(place)
    if detail["type"] == "missing":
        return f"{field}: is missing"
    if detail["type"] == "extra_forbidden":
        siblings = ", ".join(_siblings(table, place[:-1]))
        return f"{field}: unknown field" + (f"; available: {siblings}" if siblings else "")
    if detail["type"] in ("too_short", "too_long"):
        least_or_most, count = ("least", "min_length") if detail["type"] == "too_short" else ("most", "max_length")
        of = detail["ctx"]
        return f"{field}: must have at {least_or_most} {of[count]}, has {of['actual_length']}"
    if detail["type"] in ("tuple_type", "list_type"):
        return f"{field}: must be a list, was {shown(detail['input'])}"
    if detail["type"] == "model_type":
        return f"{field}: must be a table of named fields, was {shown(detail['input'])}"
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ").replace("should ", "must ", 1)
    message = message[:1].lower() + message[1:]
    return f"{field}: {message}, was {shown(detail['input'])}" if place else message


def _siblings(table: type[Table], place: list[str]) -> list[str]:
    """Names of the fields of the (nested) table at ``place``, where the annotations tell."""
    current: type[BaseModel] = table
    for step in place:
        field = current.model_fields.get(step)
        if field is None:  # an index, or a name that the file chose
            continue
        nested = table_in(field.annotation)
        if nested is None:
            return []
        current = nested
    return list(current.model_fields)
