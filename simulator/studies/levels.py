"""Factors and their levels, as in the design of experiments: what varies in a study, and the values that it takes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from simulator.studies.case import Value


class Level(NamedTuple):
    """A value of a factor: how it stands in the table, what it changes in the scenario, and where it is written.

    The place is a file and its line, for messages; None for the study itself.
    """

    values: Mapping[str, Value]
    changes: Mapping[str, Any]
    place: str | None = None


@dataclass(frozen=True)
class Factor:
    """What varies.

    Attributes
    ----------
    name : str
        An axis of the study's results.
    columns : tuple of str
        Of the table, as in `Level.values`.
    fields : tuple of str
        Dotted names of all that its levels change.
    levels : sequence of Level
        In the order of the study.
    judged : sequence of Level
        Those that stand for all before the schema: all, or the extremes of numbers.
    where : str
        Its place in the study, such as ``"vary.0.values"``, for messages.
    """

    name: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    levels: Sequence[Level]
    judged: Sequence[Level]
    where: str


class Columns(Sequence[Level]):
    """Levels of which each changes the same fields; made when they are asked for, as there may be a million.

    Parameters
    ----------
    changes : mapping of str to sequence
        The values of each field, all of one length.
    """

    def __init__(self, changes: Mapping[str, Sequence[Any] | NDArray[np.float64]]) -> None:
        self.changes = changes

    def __len__(self) -> int:
        return len(next(iter(self.changes.values())))

    @overload
    def __getitem__(self, at: int) -> Level: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Level]: ...
    def __getitem__(self, at: int | slice) -> Level | Sequence[Level]:
        if isinstance(at, slice):
            return [self[each] for each in range(len(self))[at]]
        changes = {field: plain(values[at]) for field, values in self.changes.items()}
        return Level({field: shown_value(value) for field, value in changes.items()}, changes)


def plain(value: Any) -> Any:
    """Return a number of numpy as one of Python, and a tuple as the list that a file has."""
    if isinstance(value, np.generic):
        return value.item()
    return list(value) if isinstance(value, tuple) else value


def shown_value(value: Any) -> Value:
    """Return how a value stands in a table: itself, or a list or a table in one line."""
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list) and all(isinstance(each, int | float) for each in value):
        return ", ".join(f"{each:.12g}" for each in value)
    return json.dumps(value, ensure_ascii=False, default=str)


def factor_of_columns(name: str, where: str, changes: Mapping[str, Sequence[Any]]) -> Factor:
    """Return a factor whose columns are the fields that it changes."""
    fields, levels = tuple(changes), Columns(changes)
    return Factor(name, fields, fields, levels, levels, where)


def factor_of_numbers(name: str, where: str, changes: Mapping[str, NDArray[np.float64]]) -> Factor:
    """Return a factor of numbers, shape (n,) for each field; the least and the greatest stand for all."""
    fields, levels = tuple(changes), Columns(changes)
    extremes = sorted({int(at) for values in changes.values() for at in (values.argmin(), values.argmax())})
    return Factor(name, fields, fields, levels, [levels[at] for at in extremes], where)
