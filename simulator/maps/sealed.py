"""Data sets that carry a checksum of all that they hold: what was changed since it was made is refused.

The checksum is over names, dimensions, values and attributes, whatever the layout of a file and whatever reads it. It
guards against accidents (a damaged disk, a data set that was cut and saved), not against malice.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from simulator.errors import SimulatorError
from simulator.whole_files import written_whole

CHECKSUM = "content_sha256"
"""The attribute that it stands in."""


@dataclass(frozen=True)
class Kind:
    """What a data set is.

    Attributes
    ----------
    name : str
        In messages.
    format : str
        What stands in its attribute ``format``; another one whenever what it holds changes its meaning.
    again : str
        How one is made anew.
    """

    name: str
    format: str
    again: str


def sealed(dataset: xr.Dataset) -> xr.Dataset:
    """Return a data set with the checksum of its content."""
    return dataset.assign_attrs({CHECKSUM: content_sha256(dataset)})


def require_sealed(dataset: xr.Dataset, kind: Kind, path: str | os.PathLike[str] | None = None) -> None:
    """Refuse a data set that is of another kind, or not as it was when it was sealed.

    Parameters
    ----------
    dataset : Dataset
        What is asked about.
    kind : Kind
        What it must be.
    path : path, optional
        Where it was read from.

    Raises
    ------
    SimulatorError
        Saying how one is made anew.
    """
    origin, found = path or kind.name, dataset.attrs.get("format")
    if found != kind.format:
        raise SimulatorError(f"{origin}: format must be {kind.format!r}, was {found!r}; {kind.again}")
    if dataset.attrs.get(CHECKSUM) != content_sha256(dataset):
        raise SimulatorError(
            f"{origin}: must be as it was made, does not fit its checksum: it was damaged, cut or changed since; "
            f"{kind.again}"
        )


def save_sealed(dataset: xr.Dataset, path: str | os.PathLike[str], kind: Kind) -> None:
    """Write a data set as NetCDF, whole or not at all: the same bytes for the same content.

    Raises
    ------
    SimulatorError
        If it is not as it was when it was sealed, or cannot be written.
    """
    content = netcdf_of(dataset, kind)
    with written_whole(Path(path)) as unfinished:
        unfinished.write_bytes(content)


def netcdf_of(dataset: xr.Dataset, kind: Kind) -> bytes:
    """Return a data set as a NetCDF file: the same bytes for the same content.

    Raises
    ------
    SimulatorError
        If it is not as it was when it was sealed.
    """
    require_sealed(dataset, kind)
    from xarray.backends import ScipyDataStore

    content = BytesIO()
    store = ScipyDataStore(content, mode="w", format="NETCDF3_64BIT")
    dataset.dump_to_store(store)  # as `to_netcdf` does, which asks Dask first, and loads all of it where it is there
    store.sync()
    return content.getvalue()


def load_sealed(path: str | os.PathLike[str], kind: Kind) -> xr.Dataset:
    """Return the data set of a file.

    Raises
    ------
    SimulatorError
        If there is no such file, or it is not one of that kind, or not as it was when it was sealed.
    """
    if not Path(path).is_file():
        raise SimulatorError(f"{path}: there is no such {kind.name}; {kind.again}")
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise SimulatorError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is damaged the reader may warn: the checksum judges
            dataset = xr.load_dataset(BytesIO(content), engine="scipy")
    except Exception:  # the reader raises whatever the damage makes it raise
        raise SimulatorError(
            f"{path}: must be a {kind.name} of this simulator, is damaged or no NetCDF; {kind.again}"
        ) from None
    require_sealed(dataset, kind, path)
    return dataset


def content_sha256(dataset: xr.Dataset) -> str:
    """Return the hash of names, dimensions, values and attributes; the checksum itself does not count."""
    digest = hashlib.sha256()
    attributes = {name: value for name, value in dataset.attrs.items() if name != CHECKSUM}
    digest.update(_text(attributes))
    for name in sorted(map(str, dataset.variables)):
        variable = dataset.variables[name]
        values = np.asarray(variable.values)
        digest.update(_text([name, list(variable.dims), list(values.shape), dict(variable.attrs)]))
        if not values.size:
            continue  # a file does not keep its type
        if values.dtype.kind in "iuf":
            little = values.dtype.newbyteorder("<")
            digest.update(_text(little.str) + np.ascontiguousarray(values, little).tobytes())
        else:
            digest.update(_text([str(value) for value in values.ravel()]))
    return digest.hexdigest()


def _text(content: Any) -> bytes:
    """Return plain values as JSON, a line of it; a file holds a list of one number as that number."""
    return json.dumps(content, sort_keys=True, default=_plain).encode() + b"\n"


def _plain(value: Any) -> Any:
    """Return numbers of numpy as those of Python."""
    found = np.asarray(value).ravel().tolist()
    return found[0] if len(found) == 1 else found
