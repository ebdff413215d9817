"""Slices of maps of any number of axes, as finely as their cells allow, for pictures."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.maps.dataset import cell_variables
from simulator.maps.fine import FineMap
from simulator.scenario.axis import Axis
from simulator.scenario.sweep import Sweep

if TYPE_CHECKING:
    from simulator.maps.mapped import Mapped

BREADTH = Axis(joint="_breadth", start=0.0, stop=1.0, step=1.0, unit="mm")
"""What a map of one axis is as broad as."""


def sliced(counted: Mapped, at: Mapping[str, float]) -> FineMap:
    """Return the slice of a reduced map at values of all axes but one or two, which are its inner and outer ones.

    A pose of the slice is free if a closed cell proven free holds it; else it is as the nearest pose of the sweep
    that is not free either (of axes at a value, as that of the nearest value).

    Parameters
    ----------
    counted : Mapped
        The map, of axes that all count.
    at : mapping of str to float
        The values by joint.
    """
    free_axes = [axis for axis in counted.sweep if axis.joint not in at]
    rows = tuple(
        int(np.abs(axis.values() - at[axis.joint]).argmin()) if axis.joint in at else slice(None)
        for axis in counted.sweep
    )
    shown = Sweep(*free_axes) if len(free_axes) == 2 else Sweep(*free_axes, BREADTH)
    variables: dict[str, Any] = {}
    for name, before in (("status", ()), ("culprit", ()), ("pair_status", ("pair",))):
        values = counted.dataset[name].values[(..., *rows)]
        variables[name] = ((*before, *shown.joints), _two_dimensional(values, shown, len(free_axes)))
    cells = counted.cells
    if cells is not None:
        fixed = [counted.sweep.joints.index(joint) for joint in at]
        values_at = np.array([at[counted.sweep.joints[column]] for column in fixed])
        holds = ((cells.low[:, fixed] <= values_at) & (values_at <= cells.high[:, fixed])).all(axis=1)
        held = cells.only(np.asarray(holds, dtype=bool))
        columns = [counted.sweep.joints.index(axis.joint) for axis in free_axes]
        low, high = held.low[:, columns], held.high[:, columns]
        if len(columns) == 1:
            low, high = np.column_stack([low, np.zeros(len(low))]), np.column_stack([high, np.ones(len(high))])
        variables |= cell_variables(type(held)(low, high, held.status, held.pair), shown.axes)
    attributes = {"provenance": json.dumps({"grid": shown.ranges()})}
    return FineMap.of(xr.Dataset(variables, attrs=attributes))


def _two_dimensional(values: NDArray[Any], shown: Sweep, count: int) -> NDArray[Any]:
    """Return values of one axis for both sides of its breadth; of two as they are."""
    return values if count == 2 else np.repeat(values[..., None], shown.axes[1].size, axis=-1)
