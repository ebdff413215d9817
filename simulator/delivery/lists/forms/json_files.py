"""JSON that another program wrote, read within bounds: angles, names and an isocentre from named fields."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from simulator.errors import SimulatorError, shown
from simulator.scenario.schema import LARGEST_MM, read_text

MOST_BEAMS = 10_000


def read_object(path: Path) -> dict[str, Any]:
    """Return the object of a JSON file.

    Raises
    ------
    SimulatorError
        If it cannot be read, is no JSON, or its outermost value is no object.
    """
    text = read_text(path, "JSON")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SimulatorError(f"{path}: must be JSON: {error}") from None
    if not isinstance(found, dict):
        raise SimulatorError(f"{path}: must be a JSON object of named fields, was {shown(found)}")
    return found


def written_json(value: Mapping[str, Any]) -> bytes:
    """Return a JSON file: the same bytes for the same value."""
    return (json.dumps(value, indent=1, allow_nan=False) + "\n").encode()


def angle_pairs(gantry: object, couch: object, path: Path, names: tuple[str, str]) -> list[tuple[object, object]]:
    """Return gantry and couch of each beam from two fields.

    Raises
    ------
    SimulatorError
        If one is no list, they are of different lengths, or there are none or too many.
    """
    for name, values in zip(names, (gantry, couch), strict=True):
        if not isinstance(values, list) or not values:
            raise SimulatorError(f"{path}: {name}: must be a list of angles, one a beam, was {shown(values)}")
    assert isinstance(gantry, list) and isinstance(couch, list)
    if len(gantry) != len(couch):
        raise SimulatorError(f"{path}: {names[1]}: must be as many as {names[0]}, {len(gantry)}, was {len(couch)}")
    if len(gantry) > MOST_BEAMS:
        raise SimulatorError(f"{path}: {names[0]}: must be at most {MOST_BEAMS:,} beams, was {len(gantry):,}")
    return list(zip(gantry, couch, strict=True))


def one_point(value: object, field: str) -> tuple[float, float, float] | None:
    """Return the isocentre of a field that is [x, y, z] or a list of such, all the same; None if it is not there.

    Raises
    ------
    SimulatorError
        If it is something else.
    """
    if value is None:
        return None
    try:
        points = np.atleast_2d(np.asarray(value, dtype=float))
    except (TypeError, ValueError, OverflowError):
        points = np.empty((0, 0))
    if points.ndim != 2 or points.shape[1:] != (3,) or not (np.abs(points) <= LARGEST_MM).all():
        must = f"must be three coordinates in mm within ±{LARGEST_MM:g}, or three for each beam"
        raise SimulatorError(f"{field}: {must}, was {shown(value)}")
    if (points != points[0]).any():
        raise SimulatorError(f"{field}: must be one isocentre for all beams, were several")
    x, y, z = points[0].tolist()
    return x, y, z
