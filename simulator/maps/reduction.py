"""From a sweep with further axes to the plane of the two that give directions, or to those that are measured.

A further axis says what its values mean (`simulator.scenario.axis.Range`). Over ``any``, a pose of the plane is free
if one value is free; over ``all``, if every value is. So of the cells of a map, all boxes of joint values,

* any: free is what lies under a free cell; possibly free, what lies under one that is not proven otherwise;
* all: not free is what lies under a cell that is not free; possibly not, what lies under one not proven free,

and "under" is decided on the common refinement of all their edges in the plane, so nothing is lost or sampled.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.collision.contact import Status
from simulator.directions.chart import TwoAxisChart
from simulator.errors import SimulatorError
from simulator.maps.counted import require_counted, unit_of
from simulator.maps.dataset import ARCS, cell_variables, cells_of, provenance_of
from simulator.maps.sealed import sealed
from simulator.scenario.axis import Axis
from simulator.scenario.sweep import Sweep
from simulator.setup.setup import Setup

Mask = NDArray[np.bool_]
LEAST = "least_"
"""Begins variables, and columns of beams, that say which value of a further axis is needed: ``least_snout_mm``."""


class _Plane:
    """The common refinement of the edges of cells in the plane of two of their columns, or in a strip along one."""

    def __init__(self, cells: Cells, columns: Sequence[int]) -> None:
        if len(columns) == 1:
            cells, columns = _with_column(cells), (*columns, -1)
        self.edges = [np.unique(np.concatenate([cells.low[:, k], cells.high[:, k]])) for k in columns]
        pairs = list(zip(self.edges, columns, strict=True))
        self.first = [np.searchsorted(edges, cells.low[:, k]) for edges, k in pairs]
        self.last = [np.searchsorted(edges, cells.high[:, k]) for edges, k in pairs]
        self.shape = tuple(max(len(edges) - 1, 0) for edges in self.edges)

    def under(self, which: Mask) -> Mask:
        """Return which rectangles lie under one of some cells."""
        return np.asarray(self.layers(which) > 0, dtype=bool)

    def layers(self, which: Mask) -> NDArray[np.int32]:
        """Return how many of some cells lie over each rectangle."""
        count = np.zeros((self.shape[0] + 1, self.shape[1] + 1), dtype=np.int32)
        (g0, c0), (g1, c1) = ([ends[which] for ends in each] for each in (self.first, self.last))
        for rows, columns, sign in ((g0, c0, 1), (g0, c1, -1), (g1, c0, -1), (g1, c1, 1)):
            np.add.at(count, (rows, columns), sign)
        return np.asarray(count.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)[:-1, :-1])

    def sums(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the sum of what rectangles have, for the rectangles that each cell lies over."""
        sums = np.pad(values.cumsum(axis=0).cumsum(axis=1), [(1, 0), (1, 0)])
        (g0, c0), (g1, c1) = self.first, self.last
        return np.asarray(sums[g1, c1] - sums[g0, c1] - sums[g1, c0] + sums[g0, c0])

    def painted(self, values: NDArray[np.int16], which: Mask) -> NDArray[np.int16]:
        """Return for each rectangle the value of the last of some cells that lies over it; -1 where none does."""
        found = np.full(self.shape, -1, dtype=np.int16)
        ends = (each[which].tolist() for each in (*self.first, *self.last))
        for value, g0, c0, g1, c1 in zip(values[which].tolist(), *ends, strict=True):
            found[g0:g1, c0:c1] = value
        return found


def left_open(
    columns: Sequence[int],
    over: str,
    chart: TwoAxisChart | None,
    decided: Cells,
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return what undecided cells (n, k) leave open: of the directions, in sr, or of what one or two axes measure.

    Where one of the decided cells settles what any, or all, of the values allow, nothing is open; elsewhere a
    direction counts once, in equal parts for the undecided cells that lie over it.

    Parameters
    ----------
    columns : sequence of int
        Inner and outer joint, or those that are measured.
    over, chart
        As for :func:`planar_cells`.
    decided : Cells
        Those of any status that are not divided any more.
    low, high : ndarray, shape (n, k)
        The undecided cells.
    """
    cells = Cells.joined([decided, Cells.undecided(low, high)])
    plane = _Plane(cells, columns)
    waits = np.arange(len(cells)) >= len(decided)
    is_open = ~plane.under(cells.status == (FREE if over == "any" else NOT_FREE))
    layers = plane.layers(waits)
    inner, outer = plane.edges
    widths = np.diff(inner) if chart is None else chart.area_sr(*_strips(inner))
    sizes = np.outer(widths, np.diff(outer))
    shares = np.where(is_open & (layers > 0), sizes / np.maximum(layers, 1), 0.0)
    found = np.maximum(plane.sums(shares), np.finfo(float).tiny)
    return np.where(plane.sums(is_open.astype(np.int64)) > 0, found, 0.0)[waits]


def _strips(edges: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return corners (n, 2) of cells between values of the inner joint, a degree of the outer one wide."""
    below, above = edges[:-1], edges[1:]
    return np.stack([below, np.zeros_like(below)], axis=1), np.stack([above, np.ones_like(above)], axis=1)


def planar_cells(cells: Cells, columns: Sequence[int], over: str, chart: TwoAxisChart | None) -> Cells:
    """Return cells (n, k) of one or two columns, inner and outer, with what holds over the other axes.

    With a chart they are cut at its folds.
    """
    plane = _Plane(cells, columns)
    sure, doubtful = (FREE, NOT_FREE) if over == "any" else (NOT_FREE, FREE)
    is_sure, may_be = plane.under(cells.status == sure), plane.under(cells.status != doubtful)
    status = np.where(is_sure, sure, np.where(may_be, UNDECIDED, doubtful)).astype(np.int8)
    pair = np.where(status == UNDECIDED, plane.painted(cells.pair, cells.status == UNDECIDED), -1)
    blocking = plane.painted(cells.pair, cells.status == NOT_FREE)
    pair = np.where(status == NOT_FREE, blocking, pair)
    found = _rectangles(plane, status, pair.astype(np.int16), chart)
    return Cells(found.low[:, : len(columns)], found.high[:, : len(columns)], found.status, found.pair)


def _with_column(cells: Cells) -> Cells:
    """Return cells with one more column, from 0 to 1 of all: a line as a strip."""
    sides = np.zeros(len(cells.low)), np.ones(len(cells.low))
    low, high = (np.column_stack([ends, side]) for ends, side in zip((cells.low, cells.high), sides, strict=True))
    return Cells(low, high, cells.status, cells.pair)


def _rectangles(
    plane: _Plane, status: NDArray[np.int8], pair: NDArray[np.int16], chart: TwoAxisChart | None
) -> Cells:
    """Return the plane in strips along the outer axis, cut where status or pair change, and at a chart's folds."""
    inner, outer = plane.edges
    folds = (
        np.zeros(len(outer) - 2, bool) if chart is None else np.isin(outer[1:-1], chart.outer_edges(*outer[[0, -1]]))
    )
    starts = np.ones(plane.shape, dtype=bool)
    starts[:, 1:] = (np.diff(status, axis=1) != 0) | (np.diff(pair, axis=1) != 0) | folds
    row, column = np.nonzero(starts)
    is_last = np.append(row[1:] != row[:-1], True)
    stop = np.where(is_last, plane.shape[1], np.append(column[1:], 0))
    low = np.stack([inner[row], outer[column]], axis=1)
    high = np.stack([inner[row + 1], outer[stop]], axis=1)
    return Cells(low, high, status[row, column], pair[row, column])


def reduced(dataset: xr.Dataset, sweep: Sweep, plane: tuple[str, ...], chart: TwoAxisChart | None) -> xr.Dataset:
    """Return the map of the axes that give its answer: of each of their poses, the best or the worst.

    Over any value of further axes, ``least_...`` is the least of each that a pose is free with; NaN where none is.

    Parameters
    ----------
    dataset : Dataset
        Of a map.
    sweep : Sweep
        Its axes.
    plane : tuple of str
        The joints that give directions, inner and outer; or those whose values are measured.
    chart : TwoAxisChart, optional
        How two of them aim.

    Raises
    ------
    SimulatorError
        If a further axis has a result for each of its values, or some count over any and others over all values.
    """
    further = [axis for axis in sweep if axis.joint not in plane]
    over = _over(further)
    names = [axis.joint for axis in further]
    # Of pairs that are never in the way nothing is kept, and xarray cannot stack that: any value of the axes will do.
    empty = [name for name, one in dataset.data_vars.items() if names and not one.size and {*names} <= {*one.dims}]
    full = dataset.drop_vars(empty)
    stacked = full.stack(_value=names) if names else full.expand_dims("_value")
    status = stacked["status"].transpose(*plane, "_value")
    pick = status.argmin("_value") if over == "any" else status.argmax("_value")
    kept = [name for name in ("status", "culprit", "pair_status", "clearance_mm") if name in full]
    variables = {
        name: stacked[name].isel(_value=pick).drop_vars(["_value", *names], errors="ignore") for name in kept
    }
    if over == "any":
        is_free = dataset["status"] == Status.FREE
        variables |= {
            f"{LEAST}{axis.field}": dataset[axis.joint].where(is_free).min(names, keep_attrs=True) for axis in further
        }
    if "clearance_mm" in variables and over == "all":
        variables["clearance_mm"] = stacked["clearance_mm"].min("_value")
    variables |= {str(name): dataset[name].isel(dict.fromkeys(names, 0), drop=True) for name in empty}
    plain = dataset.drop_vars([*kept, *empty, *names, *(f"{name}_edge" for name in names), *_lines(dataset)])
    plain = plain.assign({name: one.transpose(..., *plane) for name, one in variables.items()})
    cells = cells_of(dataset, sweep.joints)
    if cells is not None:
        columns = [sweep.joints.index(joint) for joint in plane]
        planar = planar_cells(cells, columns, over, chart)
        plain = plain.drop_vars([name for name in plain.variables if str(name).startswith("cell_")])
        plain = plain.assign(cell_variables(planar, [sweep[joint] for joint in plane]))
    made_by = provenance_of(dataset)
    made_by["grid"] = Sweep(*(sweep[joint] for joint in plane)).ranges()
    made_by["over"] = {axis.field: {**dict(axis.model_dump(exclude={"joint", "unit"}))} for axis in further}
    return sealed(plain.assign_attrs(provenance=json.dumps(made_by, ensure_ascii=False)))


def answer_unit(setup: Setup, sweep: Sweep) -> str:
    """Return the unit of what the map of a sweep would answer; refuse one that would have no one answer.

    Raises
    ------
    SimulatorError
        If nothing of it can be measured, or a further axis has a result for each of its values.
    """
    _over([axis for axis in sweep if axis.over is not None])
    if setup.aim_of(sweep) is not None:
        return "sr"
    require_counted(sweep.counted)
    return unit_of(sweep.counted)


def require_directions(setup: Setup, sweep: Sweep) -> None:
    """Refuse a sweep whose map would have no area of directions, before it is mapped.

    Raises
    ------
    SimulatorError
        If it turns the beam about fewer than two axes, or a further axis has a result for each of its values.
    """
    aim = setup.aim_of(sweep)
    if aim is None:
        raise SimulatorError(f"grid: two axes must turn the beam, it is over {sweep}")
    _over([axis for axis in sweep if axis.joint not in (aim.chart.inner, aim.chart.outer)])


def _over(further: Sequence[Axis]) -> str:
    each = [axis.joint for axis in further if axis.over == "each"]
    if each:
        raise SimulatorError(
            f"map: {', '.join(each)} has a result for each value: choose one, as in cmap.at({each[0]}=...)"
        )
    kinds = {axis.over for axis in further if axis.over is not None}
    if len(kinds) > 1:
        raise SimulatorError("map: further axes must all count over any, or all over all values, has both")
    return kinds.pop() if kinds else "any"


def _lines(dataset: xr.Dataset) -> list[str]:
    """Return the variables of free arcs: each is of one value of all axes but one."""
    return [str(name) for name in dataset.variables if str(name).startswith(ARCS)]


def selected(dataset: xr.Dataset, sweep: Sweep, values: dict[str, float]) -> xr.Dataset:
    """Return the map at one value of some axes that have results for each.

    Raises
    ------
    SimulatorError
        If an axis is another one, or was not swept at that value.
    """
    plain = dataset
    for joint, value in values.items():
        axis = sweep[joint]
        if axis.over != "each":
            raise SimulatorError(
                f"map: {joint} must be an axis with a result for each value, counts over {axis.over}"
            )
        near = np.flatnonzero(np.abs(axis.values() - value) < 1e-9)
        if not len(near):
            known = ", ".join(f"{one:g}" for one in axis.values())
            raise SimulatorError(f"map: {joint} must be one of {known} {axis.unit}, was {value:g}")
        at = float(axis.values()[near[0]])
        plain = plain.isel({joint: int(near[0]), f"{joint}_edge": slice(0, 0)})
        for kind in ("arc", "cell"):
            if f"{kind}_{joint}" in plain:
                there = plain[f"{kind}_{joint}"] == at
                plain = plain.isel({kind: np.flatnonzero(there if there.ndim == 1 else there.all("end"))})
        names = [
            name for name in plain.variables if name in (joint, f"{joint}_edge", f"arc_{joint}", f"cell_{joint}")
        ]
        plain = plain.drop_vars(names)
    made_by = provenance_of(dataset)
    made_by["grid"] = Sweep(*(axis for axis in sweep if axis.joint not in values)).ranges()
    made_by["at"] = {sweep[joint].field: value for joint, value in values.items()}
    return sealed(plain.assign_attrs(provenance=json.dumps(made_by, ensure_ascii=False)))
