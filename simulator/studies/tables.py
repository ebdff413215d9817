"""All rows of a study as a table with types, and as a data set over what varies: the same bytes for the same rows."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.maps.sealed import Kind, sealed
from simulator.studies.rows import FLOATS, INDEX, ISOCENTRE, LATTICE, Row, columns_of

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

KIND = Kind("study", "treatment-geometry-simulator study 1", "`simulator sweep` makes it anew")
TOO_LONG = ("reason", "warnings")
"""Columns that the data set leaves to the table: NetCDF makes every text as long as the longest."""


def arrow_table(rows: Iterable[Row], values: Sequence[str]) -> pa.Table:
    """Return rows as a table: numbers as numbers, missing ones as null.

    Parameters
    ----------
    rows : iterable of Row
        In the order of the study.
    values : sequence of str
        The columns that tell its cases apart; each is of one type, text if its values are not.
    """
    import pyarrow as pa

    columns: dict[str, list[Any]] = {name: [] for name in columns_of(values)}
    for row in rows:
        for name, column in columns.items():
            column.append(row[name])
    arrays = {}
    for name, column in columns.items():
        if name in values:
            arrays[name] = _of_one_type(column)
        else:
            kind = pa.int64() if name == INDEX else pa.float64() if name in FLOATS else pa.string()
            arrays[name] = pa.array(column, kind)
    return pa.table(arrays)


def _of_one_type(column: list[Any]) -> pa.Array:
    import pyarrow as pa

    types = {type(value) for value in column if value is not None}
    if types == {bool}:
        return pa.array(column, pa.bool_())
    if types == {int} and all(abs(value) < 2**63 for value in column if value is not None):
        return pa.array(column, pa.int64())
    if types and types <= {int, float}:
        return pa.array([None if value is None else float(value) for value in column], pa.float64())
    return pa.array([None if value is None else str(value) for value in column], pa.string())


def parquet_of(table: pa.Table) -> bytes:
    """Return a table as a Parquet file."""
    import pyarrow.parquet as pq

    stream = io.BytesIO()
    pq.write_table(table, stream, compression="zstd")
    return stream.getvalue()


def csv_of(frame: pd.DataFrame) -> bytes:
    """Return a table as CSV; what is missing is empty."""
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text.encode()


def dataset_of(frame: pd.DataFrame, provenance: Mapping[str, Any]) -> xr.Dataset:
    """Return a study over what varies: a dimension for each of its entries, and x, y and z of a lattice.

    Where a combination has no case, as outside the patient, numbers are NaN (-1 the index) and texts empty.
    """
    axes = provenance["axes"]
    names, shape = [axis["name"] for axis in axes], [axis["size"] for axis in axes]
    own = [column for axis in axes for column in axis["columns"]]
    coordinates: dict[str, Any] = {}
    if provenance["has_lattice"]:
        at = [_place(frame, axis["columns"]) for axis in axes]
        for dimension, column in zip(LATTICE, reversed(ISOCENTRE), strict=True):
            points, place = np.unique(frame[column].to_numpy(), return_inverse=True)
            names, shape, at = [*names, dimension], [*shape, len(points)], [*at, place.ravel()]
            coordinates[dimension] = (dimension, points, {"units": "mm", "long_name": "DICOM patient axes"})
    else:
        at = list(np.unravel_index(np.arange(len(frame)), shape or [1]))[: len(shape)]
    left_out = {*own, *TOO_LONG, *(ISOCENTRE if provenance["has_lattice"] else ())}
    variables = {
        column: (names, _spread(_plain(frame[column]), at, shape))
        for column in frame.columns
        if column not in left_out
    }
    for number, axis in enumerate(axes):
        first = np.unique(at[number], return_index=True)[1]
        for column in axis["columns"]:
            coordinates[column] = (axis["name"], _plain(frame[column])[first])
    told = sorted({text for text in frame["warnings"].dropna() if text})
    attributes = {
        "format": KIND.format,
        "title": provenance["title"],
        "warnings": "\n".join(told),
        "disclaimer": provenance["disclaimer"],
    }
    return sealed(xr.Dataset(variables, coordinates, attributes))


def _place(frame: pd.DataFrame, columns: Sequence[str]) -> NDArray[np.intp]:
    """Return for each row (n,) which level of an axis it has, counted in the order in which they first occur."""
    levels = dict[tuple[Any, ...], int]()
    keys = zip(*(frame[column] for column in columns), strict=True)
    return np.array([levels.setdefault(key, len(levels)) for key in keys], dtype=np.intp)


def _plain(column: pd.Series) -> NDArray[Any]:
    """Return a column as numbers, or as texts."""
    if column.dtype.kind == "i":
        return np.asarray(column, dtype=np.int32)
    if column.dtype.kind in "fb":
        return np.asarray(column, dtype=float if column.dtype.kind == "f" else np.int8)
    return np.array(["" if value is None or value != value else str(value) for value in column], dtype=object)


def _spread(values: NDArray[Any], at: Sequence[NDArray[np.intp]], shape: Sequence[int]) -> NDArray[Any]:
    """Return values (n,) where they belong in an array of a shape."""
    nothing: Any = {"f": np.nan, "i": -1, "O": ""}[values.dtype.kind]
    found = np.full(tuple(shape), nothing, dtype=values.dtype)
    found[tuple(at)] = values if shape else values[0]
    return found
