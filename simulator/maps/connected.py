"""The certified cells of a map, and which of them a way leads to from the home pose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.certify.cell_graph import CellGraph, are_held
from simulator.directions.chart import TwoAxisChart
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.maps.reduction import planar_cells
from simulator.maps.solid_angle import SolidAngle
from simulator.scenario.axis import Axis
from simulator.scenario.sweep import Sweep

Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class ConnectedCells:
    """The certified cells of a map, and which of them a way leads to.

    Attributes
    ----------
    cells : Cells
        A column for each joint of the sweep.
    sweep : Sweep
        Its axes.
    chart : TwoAxisChart
        How two of them aim.
    turns : tuple of bool
        Which joints may turn on and on.
    home : tuple of float
        A value for each joint.
    """

    cells: Cells
    sweep: Sweep
    chart: TwoAxisChart
    turns: tuple[bool, ...]
    home: tuple[float, ...]

    @property
    def is_reachable(self) -> Mask:
        """Which cells are proven free, and connected to the home pose by such."""
        return self.free[0]

    @property
    def is_home_free(self) -> bool:
        """Whether the home pose is proven free."""
        return bool(self.is_reachable.any())

    @property
    def may_be_reachable(self) -> Mask:
        """Which cells a way may lead to, as far as is proven."""
        return self.possible[0]

    @cached_property
    def free(self) -> tuple[Mask, NDArray[np.int32]]:
        """Of the cells that are proven free: which are connected to the home pose, and the component of each."""
        return self._with_home(self.cells.status == FREE, corners=False)

    @cached_property
    def possible(self) -> tuple[Mask, NDArray[np.int32]]:
        """The same of those that are not proven otherwise."""
        return self._with_home(self.cells.status != NOT_FREE, corners=True)

    @cached_property
    def whole(self) -> CellGraph:
        """The graph of all cells."""
        return CellGraph.of(self.cells, turns=self.turns)

    def _with_home(self, which: Mask, *, corners: bool) -> tuple[Mask, NDArray[np.int32]]:
        """Return which of some cells (n,) are connected to the home pose, and the component of each, -1 of others."""
        graph = CellGraph.of(self.cells.only(which), turns=self.turns, corners=corners)
        components = np.full(len(self.cells), -1, dtype=np.int32)
        components[which] = graph.components()
        at_home = np.flatnonzero(which)[graph.cell_of(self.home)]
        return which & np.isin(components, components[at_home]), components

    def solid_angle(self) -> SolidAngle:
        """Return the solid angle of the directions that can be reached, with bounds that are proofs."""
        lower, _ = self.chart.covered_sr(self.reachable_plane.low, self.reachable_plane.high)
        _, upper = self.chart.covered_sr(*self.plane(self.may_be_reachable))
        return SolidAngle((lower + upper) / 2, lower, upper, is_proven=True)

    def area_sr(self) -> NDArray[np.float64]:
        """Return the solid angle (n,) of the directions of each cell."""
        columns = [self.sweep.joints.index(joint) for joint in (self.chart.inner, self.chart.outer)]
        return np.asarray(self.chart.area_sr(self.cells.low[:, columns], self.cells.high[:, columns]))

    def plane(self, which: Mask) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the rectangles, inner and outer joint of the chart, in which some of the cells lie."""
        joints = (self.chart.inner, self.chart.outer)
        if self.sweep.joints == joints:
            return self.cells.low[which], self.cells.high[which]
        status = np.where(which, FREE, NOT_FREE).astype(np.int8)
        columns = [self.sweep.joints.index(joint) for joint in joints]
        planar = planar_cells(replace(self.cells, status=status), columns, "any", self.chart)
        return planar.low[planar.status == FREE], planar.high[planar.status == FREE]

    def holds(self, inner_deg: ArrayLike, outer_deg: ArrayLike) -> Mask:
        """Return which poses (...) of the two joints that give directions lie in cells that can be reached."""
        inner, outer = np.broadcast_arrays(np.asarray(inner_deg, dtype=float), np.asarray(outer_deg, dtype=float))
        plane = self.reachable_plane
        axes = (self.sweep[self.chart.inner], self.sweep[self.chart.outer])
        columns = [_on(axis, angles.ravel()) for axis, angles in zip(axes, (inner, outer), strict=True)]
        return are_held(plane.low, plane.high, np.stack(columns, axis=1)).reshape(inner.shape)

    @cached_property
    def reachable_plane(self) -> Cells:
        """The rectangles, inner and outer joint of the chart, that are proven to be reachable."""
        return Cells.undecided(*self.plane(self.is_reachable))


def _on(axis: Axis, angles_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return angles as they stand on an axis: 350 as -10 where only that is in its range."""
    turned = axis.start + np.mod(angles_deg - axis.start, FULL_TURN_DEG)
    is_there = (axis.start <= angles_deg) & (angles_deg <= axis.stop)
    return np.asarray(np.where(is_there, angles_deg, turned))
