"""What is asked of a candidate beam beside that its pose is free; each answers for poses, and all of them combine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from numbers import Real
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from simulator.certify.cells import certified_cells
from simulator.certify.prover import Prover
from simulator.collision.contact import Status
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError
from simulator.maps.beams.axis_of_beam import Axes, crosses_cut_ends, crosses_parts
from simulator.maps.beams.free_cells import FreeCells
from simulator.maps.certified import FINEST
from simulator.maps.helpers import worker_count
from simulator.maps.mapped import Mapped
from simulator.maps.provenance import require_map_of
from simulator.maps.reachable import FromHome, require_connected
from simulator.setup.engines import checker_of
from simulator.setup.setup import Setup

Poses = NDArray[np.float64]
Test = Callable[[Poses], NDArray[np.bool_]]
"""Which of the poses (n, 2), inner and outer joint, have what is asked."""
TOLERANCE = 0.005
"""What cells with a wider clearance may leave undecided, as a share of 4π: it does not count as clear."""
LARGEST_MM = 2000.0


class BeamFilters(TypedDict, total=False):
    """What is asked of candidate beams; see `simulator.maps.beams.candidates.candidates`."""

    is_proven: bool
    is_coplanar: bool
    is_reachable: bool
    not_through: str | Sequence[str]
    not_through_cut_ends: bool
    clearance_mm: float
    setup: Setup


def tests_of(cmap: Mapped, filters: BeamFilters) -> list[Test]:
    """Return what poses of the reduced map are asked, the cheap tests first.

    Raises
    ------
    SimulatorError
        If a filter is unknown or no answer is possible: the set-up is needed and not given, or not the map's.
    """
    unknown = ", ".join(filters.keys() - BeamFilters.__annotations__.keys())
    if unknown:
        raise SimulatorError(f"beams: unknown filter {unknown}; available: {', '.join(BeamFilters.__annotations__)}")
    tests: list[Test] = []
    if filters.get("is_coplanar"):
        tests.append(lambda poses: poses[:, 1] == 0.0)
    if filters.get("is_reachable"):
        connected = require_connected(FromHome.of(cmap))
        tests.append(lambda poses: connected.holds(poses[:, 0], poses[:, 1]))
    parts = filters.get("not_through", ())
    names = (parts,) if isinstance(parts, str) else tuple(parts)
    if names:
        through = crosses_parts(_room(cmap, filters, "not_through").axes, names)
        tests.append(lambda poses: ~through(poses))
    if filters.get("not_through_cut_ends"):
        through_ends = crosses_cut_ends(_room(cmap, filters, "not_through_cut_ends").axes)
        tests.append(lambda poses: ~through_ends(poses))
    if filters.get("clearance_mm") is not None:
        tests.append(_room(cmap, filters, "clearance_mm").clear_by(filters["clearance_mm"]))
    return tests


def checked_free(cmap: Mapped, filters: BeamFilters) -> Test:
    """Return the test of poses that no proof is there for: FCL, at each."""
    room = _room(cmap, filters, "rings of a map without proofs")
    checker = checker_of(room.setup.scene, room.joints, room.stands)
    return lambda poses: np.asarray((checker.pair_status(poses) == Status.FREE).all(axis=0))


@dataclass(frozen=True, eq=False)
class _Room:
    """The set-up that a map is of, for poses of the two joints that give directions."""

    setup: Setup
    plane: Mapped
    stands: Mapping[str, float]

    @property
    def joints(self) -> tuple[str, str]:
        return self.plane.chart.inner, self.plane.chart.outer

    @property
    def axes(self) -> Axes:
        return Axes(self.setup, self.plane, self.joints, self.stands)

    def clear_by(self, clearance_mm: float) -> Test:
        """Return the test of poses in cells that are proven free with a clearance, by refining the plane anew."""
        if not (isinstance(clearance_mm, Real) and 0.0 <= clearance_mm <= LARGEST_MM):
            raise SimulatorError(f"beams: clearance_mm must be from 0 to {LARGEST_MM:g}, was {clearance_mm!r}")
        scene, chart = self.setup.scene, self.plane.chart
        pairs = tuple(
            pair if pair.is_own else replace(pair, buffer_mm=max(pair.buffer_mm, clearance_mm))
            for pair in scene.pairs
        )
        wider = replace(scene.scanning(self.joints), pairs=pairs, rest={**scene.rest, **self.stands})
        inner, outer = self.plane.sweep
        cells = certified_cells(
            Prover(wider),
            [chart.inner_edges(*inner.extent), chart.outer_edges(*outer.extent)],
            weight=chart.area_sr,
            tolerance=TOLERANCE * FULL_SPHERE_SR,
            finest=FINEST,
            workers=worker_count(None),
        )
        return FreeCells(cells, (inner, outer)).hold


def _room(cmap: Mapped, filters: BeamFilters, why: str) -> _Room:
    setup, plane = filters.get("setup"), cmap.reduced
    if setup is None:
        raise SimulatorError(f"beams: {why} needs setup=, the set-up that the map is of: a map holds no meshes")
    require_map_of(setup, cmap.provenance)
    further = [axis.joint for axis in cmap.sweep if axis.joint not in plane.sweep.joints]
    if further or plane.provenance.get("over"):
        raise SimulatorError(
            f"beams: {why} needs a map of two axes, or one at a value of each other (cmap.at), was over {cmap.sweep}"
        )
    at = {field.rpartition("_")[0]: value for field, value in (cmap.provenance.get("at") or {}).items()}
    return _Room(setup, plane, at)
