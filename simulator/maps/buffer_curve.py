"""The achievable solid angle as a function of the clearance demanded: how much 4π a buffer costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.arguments import checked
from simulator.certify.cells import MOST_CELLS, start_cells
from simulator.certify.clearance_curve import free_by_buffer
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.directions.unions import ROUNDING_SR
from simulator.errors import SimulatorError, count_of_warnings
from simulator.maps.certified import ContradictionError, Swept
from simulator.maps.helpers import worker_count
from simulator.maps.progress import Progress
from simulator.scenario.sweep import Sweep
from simulator.setup.setup import Setup

if TYPE_CHECKING:
    import pandas as pd

BUFFERS_MM = np.linspace(0.0, 100.0, 21)
TOLERANCE = 0.005


@dataclass(frozen=True, eq=False, repr=False)
class BufferCurve:
    """The solid angle for each buffer, with proven bounds.

    Attributes
    ----------
    buffers_mm : ndarray, shape (k,)
        Clearance demanded to patient and couch; the machine's own parts must not touch.
    lower_sr, upper_sr : ndarray, shape (k,)
        Proven bounds.
    warnings : tuple of str
        What a reader of it should know of the meshes.
    """

    buffers_mm: NDArray[np.float64]
    lower_sr: NDArray[np.float64]
    upper_sr: NDArray[np.float64]
    warnings: tuple[str, ...] = ()

    @property
    def sr(self) -> NDArray[np.float64]:
        """The middle of the bounds, shape (k,)."""
        return (self.lower_sr + self.upper_sr) / 2

    def __repr__(self) -> str:
        first, last = 100 * self.sr[[0, -1]] / FULL_SPHERE_SR
        return (
            f"BufferCurve({len(self.buffers_mm)} buffers: {first:.1f} % of 4π at {self.buffers_mm[0]:g} mm, "
            f"{last:.1f} % at {self.buffers_mm[-1]:g} mm{count_of_warnings(self.warnings)})"
        )

    def table(self) -> pd.DataFrame:
        """Return a row for each buffer: mm, the middle of the bounds in sr, the bounds, and the fraction of 4π."""
        import pandas as pd

        return pd.DataFrame(
            {
                "buffer_mm": self.buffers_mm,
                "solid_angle_sr": self.sr,
                "lower_sr": self.lower_sr,
                "upper_sr": self.upper_sr,
                "fraction_of_4pi": self.sr / FULL_SPHERE_SR,
            }
        )


@checked
def buffer_curve(
    setup: Setup,
    buffers_mm: ArrayLike = BUFFERS_MM,
    *,
    sweep: Sweep | None = None,
    tolerance: float = TOLERANCE,
    workers: int | None = None,
    progress: Progress | None = None,
) -> BufferCurve:
    """Return the achievable solid angle for each of several buffers, from one refinement.

    Parameters
    ----------
    setup : Setup
        What is placed in the room; its own buffers do not count.
    buffers_mm : array_like, shape (k,)
        Clearance demanded both to the patient and to the couch, ascending, at least 0.
    sweep : Sweep, optional
        Two axes that turn the beam; the setup's own if not given. Steps do not count.
    tolerance : float
        The bounds of every buffer are to be no further apart than this share of 4π.
    workers : int, optional
        Number of threads, all cores if not given. The curve does not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    BufferCurve
        With proven bounds, in sr.

    Raises
    ------
    SimulatorError
        If the buffers are not ascending from 0 or more, the sweep is over other axes or reaches directions twice, or
        the machine has an isocentre radius.
    ContradictionError
        If the bounds exclude each other: a defect of this program.

    Examples
    --------
    >>> import simulator as sim
    >>> curve = sim.buffer_curve(sim.load_setup("brain"), [0, 30, 60], tolerance=0.05)
    >>> bool(curve.lower_sr[0] > curve.upper_sr[-1])
    True
    """
    buffers = np.asarray(buffers_mm, dtype=float)
    if buffers.ndim != 1 or not len(buffers) or not np.isfinite(buffers).all():
        raise SimulatorError(f"buffers_mm: must be a list of numbers, was {buffers.tolist()}")
    if buffers[0] < 0 or (np.diff(buffers) <= 0).any():
        raise SimulatorError("buffers_mm: must be ascending, from 0 or more")
    if setup.machine.isocentre_radius_mm > 0:
        raise SimulatorError("buffer_curve: the machine must have no [isocentre] radius_mm: own pairs have buffers")
    room = _room(setup, setup.sweep if sweep is None else setup.on_scale(sweep))
    (edges,) = room.planes()
    curve = free_by_buffer(
        room.prover,
        *start_cells(edges),
        buffers,
        weight=room.weight,
        tolerance=tolerance * FULL_SPHERE_SR,
        most_cells=MOST_CELLS,
        workers=worker_count(workers),
        progress=progress,
    )
    if (curve.lower > curve.upper + ROUNDING_SR).any():
        raise ContradictionError(f"buffer_curve: bounds exclude each other: {curve.lower} to {curve.upper} sr")
    return BufferCurve(buffers, curve.lower, curve.upper, setup.warnings)


def can_have_curve(setup: Setup) -> bool:
    """Return whether areas of poses of the set-up's sweep are areas of directions, and own pairs have no buffer."""
    try:
        _room(setup, setup.sweep)
    except SimulatorError:
        return False
    return setup.machine.isocentre_radius_mm == 0


def _room(setup: Setup, sweep: Sweep) -> Swept:
    """Return the room over the two axes that turn the beam, the inner one first; refuse others."""
    aim = setup.aim_of(sweep)
    if aim is None or set(sweep.joints) != {aim.chart.inner, aim.chart.outer}:
        raise SimulatorError(f"buffer_curve: must be over two axes that turn the beam, was over {sweep}")
    room = Swept.of(setup, Sweep(sweep[aim.chart.inner], sweep[aim.chart.outer]))
    (edges,) = room.planes()
    low, high = start_cells(edges)
    counted_sr, reached_sr = aim.chart.area_sr(low, high).sum(), aim.chart.covered_sr(low, high)[0]
    if counted_sr > reached_sr + ROUNDING_SR:
        outer = sweep[aim.chart.outer]
        raise SimulatorError(
            f"grid.{outer.field}: must span at most 180°, so that no direction is counted twice, was {outer}"
        )
    return room
