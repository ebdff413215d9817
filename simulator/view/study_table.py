"""The table of a study, as pictures need it: what varies in it, and the answers in percent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import unknown
from simulator.studies.rows import AFTER, BEFORE, COSTS, ISOCENTRE, MAPPED, PAIRS

if TYPE_CHECKING:
    import pandas as pd

UNITS = ("cm", "kg", "mm", "deg")
"""What a field's name may end with."""
COMPONENTS = {"0": "x", "1": "y", "2": "z"}
"""Of a vector of the scenario, as the last part of a dotted name."""


FRACTIONS = ("fraction_lower", "fraction", "fraction_upper")
ANSWERS = ("status", *FRACTIONS)
"""Columns of every table of a study."""


def require_columns(table: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse a table without one of these columns.

    Raises
    ------
    SimulatorError
        Which one, and which there are.
    """
    for name in names:
        if name not in table.columns:
            raise unknown("table: column", name, map(str, table.columns))


@dataclass(frozen=True, eq=False)
class Shares:
    """Answers of some rows in percent of 4π, or of all that there is: bounds, and the estimate between them.

    Attributes
    ----------
    lower, middle, upper : ndarray, shape (n,)
        In percent; NaN where there is no answer.
    """

    lower: NDArray[np.float64]
    middle: NDArray[np.float64]
    upper: NDArray[np.float64]

    @classmethod
    def of(cls, table: pd.DataFrame) -> Shares:
        """Return the answers of a table's rows, in their order."""
        return cls(*(100.0 * table[column].to_numpy(dtype=float) for column in FRACTIONS))

    def stated_gap(self, whole: str) -> str:
        """Return in words how far the bounds are apart."""
        gap = self.upper - self.lower
        if not np.isfinite(gap).any():
            return "no answers"
        return f"proven bounds {np.nanmean(gap):.1f} % of {whole} apart on average, {np.nanmax(gap):.1f} % at most"


def answered(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that have an answer."""
    return table[table["status"] == MAPPED].reset_index(drop=True)


def factors(table: pd.DataFrame) -> list[str]:
    """Return the columns that tell the cases apart and have more than one value, in the order of the study."""
    return [name for name in table.columns if name not in (*BEFORE, *AFTER) and table[name].nunique() > 1]


def is_number(table: pd.DataFrame, column: str) -> bool:
    """Return whether a column holds numbers, which have an order; yes or no is none."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    return bool(is_numeric_dtype(table[column]) and not is_bool_dtype(table[column]))


def label_of(column: str) -> str:
    """Return a column as a person says it: ``patient.height_cm`` as ``patient height / cm``."""
    field, _, place = column.rpartition(".")
    field, component = (field, f" {COMPONENTS[place]}") if place in COMPONENTS else (column, "")
    words, _, unit = field.rpartition("_")
    if unit not in UNITS:
        words, unit = field, ""
    said = words.replace(".", " ").replace("_", " ") + component
    return f"{said} / {'°' if unit == 'deg' else unit}" if unit else said


def whole_of(table: pd.DataFrame) -> str:
    """Return what the answers are shares of, in words."""
    return "4π" if set(table["unit"].dropna()) <= {"sr"} else "all values"


def answer_label(table: pd.DataFrame) -> str:
    """Return what the axis of the answers is called."""
    whole = whole_of(table)
    return f"{'achievable solid angle' if whole == '4π' else 'free'} / % of {whole}"


def unanswered_note(table: pd.DataFrame) -> str:
    """Return how many cases have no answer, as a picture's title ends; empty if all have one."""
    count = int((table["status"] != MAPPED).sum())
    return f"; {count} of {len(table)} cases have no answer" if count else ""


def said_of(row: Mapping[str, Any], whole: str) -> list[str]:
    """Return what was found of a target, a share of ``whole``, and then what its costliest pairs block, in words."""
    place = ", ".join(f"{row[column]:g}" for column in ISOCENTRE)
    if row["status"] != MAPPED:
        return [f"({place}) mm: {row['status']}: {row['reason']}"]
    lower, middle, upper = (100 * row[name] for name in FRACTIONS)
    pairs = [
        f"{row[pair]}: blocks {100 * row[cost]:.1f} %"
        for pair, cost in zip(PAIRS, COSTS, strict=True)
        if isinstance(row[pair], str) and row[cost] > 0
    ]
    return [f"({place}) mm: {middle:.1f} % of {whole}, proven {lower:.1f} to {upper:.1f} %", *pairs]
