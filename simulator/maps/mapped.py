"""What a map holds: statuses, pairs and cells of a sweep, how it aims, and what made it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.certify.branch_and_bound import Cells
from simulator.collision.contact import Status
from simulator.directions.chart import TwoAxisChart
from simulator.directions.circle import Circle
from simulator.directions.folding import FoldedMask
from simulator.maps.counted import require_counted, unit_of
from simulator.maps.dataset import (
    ARM_JOINT,
    MAP,
    cells_of,
    chart_of,
    circle_of,
    provenance_of,
    require_chart,
    sweep_of,
)
from simulator.maps.fine import FineMap
from simulator.maps.provenance import Provenance
from simulator.maps.reduction import reduced, selected
from simulator.maps.sealed import require_sealed
from simulator.scenario.sweep import Sweep


@dataclass(frozen=True, eq=False, repr=False)
class Mapped:
    """What a map holds; `simulator.maps.collision_map.CollisionMap` has what is computed of it.

    Attributes
    ----------
    dataset : xarray.Dataset
        Dimensions are the swept joints, by name and in the sweep's order (degrees, IEC 61217, or mm), and pair.
        ``status`` holds values of :class:`Status`, ``culprit`` the index of the pair that decides it (-1 where free),
        ``pair_status`` the status of each pair that is anywhere in the way, ``clearance_mm`` the least distance where
        it was asked for; ``arc_...`` the free arcs; ``cell_...`` the certified cells; ``named_...`` what is in the
        way between poses that differ. What made the map stands in ``attrs["provenance"]``, as JSON. All of it is
        under a checksum: what was cut or changed is no map any more.

    Raises
    ------
    SimulatorError
        If the dataset is not as it was made.
    """

    dataset: xr.Dataset

    def __post_init__(self) -> None:
        require_sealed(self.dataset, MAP)

    @property
    def title(self) -> str:
        """What the map is of."""
        return str(self.provenance["title"] or self.dataset.attrs["name"])

    @cached_property
    def provenance(self) -> Provenance:
        """What made the map: setup, sweep, mesh hashes, versions."""
        return provenance_of(self.dataset)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the map should know of its meshes."""
        return tuple(self.provenance["warnings"])

    @cached_property
    def sweep(self) -> Sweep:
        """What was swept."""
        return sweep_of(self.dataset)

    @cached_property
    def chart(self) -> TwoAxisChart:
        """How the two axes of the sweep that give directions aim.

        Raises
        ------
        SimulatorError
            If the sweep turns the beam about fewer than two.
        """
        return require_chart(self.dataset, self.sweep)

    @property
    def status(self) -> NDArray[np.int8]:
        """Values of :class:`Status`, in the shape of the sweep."""
        return np.asarray(self.dataset["status"].values)

    @property
    def is_free(self) -> NDArray[np.bool_]:
        """Which poses are free, in the shape of the sweep."""
        return np.asarray(self.status == Status.FREE)

    @property
    def pairs(self) -> list[str]:
        """Names of the pairs that are in the way, the most important first.

        They are so at a pose of the sweep, beyond the end of a free arc, or in a certified cell between the poses:
        each that is not proven free names one.
        """
        return [str(name) for name in self.dataset["pair"].values]

    def counts(self) -> dict[Status, int]:
        """Return how many poses have each status.

        Returns
        -------
        dict of Status to int
            Numbers of poses of the sweep.
        """
        return {status: int((self.status == status).sum()) for status in Status}

    @cached_property
    def cells(self) -> Cells | None:
        """The certified cells, a column for each axis of the sweep; None for a map that was only sampled."""
        return cells_of(self.dataset, self.sweep.joints)

    @checked
    def at(self, **values: float) -> Self:
        """Return the map at one value of some axes that have results for each of their values.

        Parameters
        ----------
        **values : float
            Values by joint, degrees or mm, each one of those swept.

        Returns
        -------
        CollisionMap
            Over the other axes.

        Raises
        ------
        SimulatorError
            If an axis is another one, or was not swept at that value.
        """
        return type(self)(selected(self.dataset, self.sweep, values))

    @property
    def has_area(self) -> bool:
        """Whether its directions have an area on the sphere; else `CollisionMap.free_extent` is the answer."""
        return chart_of(self.dataset) is not None

    @property
    def counted(self) -> tuple[str, ...]:
        """The joints that give the answer: of directions with an area the inner and the outer one.

        Raises
        ------
        SimulatorError
            If there is none.
        """
        if self.has_area:
            return self.chart.inner, self.chart.outer
        require_counted(self.sweep.counted)
        return tuple(axis.joint for axis in self.sweep.counted)

    @property
    def unit(self) -> str:
        """Of the answer: ``"sr"``; else ``"deg"``, ``"mm"``, ``"mm2"`` and so on."""
        return "sr" if self.has_area else unit_of([self.sweep[joint] for joint in self.counted])

    @property
    def circle(self) -> Circle | None:
        """The circle that the sweep leads the beam through, where one axis turns it."""
        return circle_of(self.dataset)

    @property
    def arm_joints(self) -> dict[str, NDArray[np.float64]]:
        """How the joints of an arm stand where it aims best, by name; empty without an arm.

        Degrees, of the shape of the sweep; NaN where the arm is out of reach.
        """
        if ARM_JOINT not in self.dataset:
            return {}
        stands = self.dataset[ARM_JOINT].transpose(*self.sweep.joints, ...)
        return {str(name): stands.values[..., at] for at, name in enumerate(stands["joint_of_arm"].values)}

    @cached_property
    def reduced(self) -> Self:
        """The map of the joints that give the answer, see :attr:`counted`; itself if it has no others.

        Over further axes, any or all of their values count, as the sweep says.

        Raises
        ------
        SimulatorError
            If there are no such joints, or one of the others has a result for each value: see :meth:`at`.
        """
        if self.sweep.joints == self.counted:
            return self
        chart = self.chart if self.has_area else None
        return type(self)(reduced(self.dataset, self.sweep, self.counted, chart))

    @cached_property
    def fine(self) -> FineMap:
        """The reduced map as finely as its cells allow, for pictures; without an area `simulator.maps.slices` does.

        Raises
        ------
        SimulatorError
            If the map has no area on the sphere, or as for :attr:`reduced`.
        """
        require_chart(self.dataset, self.sweep)
        return FineMap.of(self.reduced.dataset)

    @checked
    def folded(self, masks: NDArray[np.bool_]) -> FoldedMask:
        """Return the directions that masks of poses cover, on a chart of the sphere.

        Parameters
        ----------
        masks : ndarray of bool, shape (..., inner, outer)
            Which poses of the sweep are meant; each stands for the rectangle around it.

        Returns
        -------
        FoldedMask
            With every direction once, however many poses aim from there.
        """
        inner, outer = (self.sweep[joint].edges() for joint in (self.chart.inner, self.chart.outer))
        return self.chart.fold(inner, outer, masks)

    @checked
    def rotation(self, frame: str) -> NDArray[np.float64]:
        """Return the rotation from table-top axes or DICOM patient axes to those of the chart.

        Parameters
        ----------
        frame : {"top", "patient"}
            Axes from which it leads.

        Returns
        -------
        ndarray, shape (3, 3)
            To be multiplied with a column vector from the left.
        """
        has_chart = "chart_top_rotation" in self.dataset  # a circle is in table-top axes
        R_chart_top = np.asarray(self.dataset["chart_top_rotation"].values) if has_chart else np.eye(3)
        return R_chart_top if frame == "top" else R_chart_top @ self.dataset["top_patient_rotation"].values
