"""The solid angle that is achievable whatever the errors of the set-up are, within their bounds."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.certify.branch_and_bound import FREE, NOT_FREE
from simulator.certify.cells import FINEST, MOST_CELLS, demanded_mm, start_cells
from simulator.certify.error_sets import Bounded
from simulator.certify.robust import RobustCells, robust_cells
from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError
from simulator.maps.certified import ContradictionError, Swept
from simulator.maps.helpers import worker_count
from simulator.maps.progress import Progress, shown
from simulator.maps.solid_angle import SolidAngle, proven
from simulator.scenario.setup_errors import Errors
from simulator.scenario.sweep import Sweep
from simulator.setup.engines import checker_of, robust_prover_of
from simulator.setup.erring import bounds_of, error_joint
from simulator.setup.setup import Setup

TOLERANCE = 0.01
JUDGED = 2000
"""Cells that FCL looks at, at one pose and one error each: half a second."""


@dataclass(frozen=True, repr=False)
class RobustSolidAngle(SolidAngle):
    """The solid angle of directions that are free for every error within bounds.

    Attributes
    ----------
    errors : Errors
        Those bounds.
    found : RobustCells
        What is proven where, over inner and outer axis.
    """

    errors: Errors = field(default_factory=Errors)
    found: RobustCells | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"Robust{super().__repr__()[:-1]}; errors: {self.errors or 'none'})"


@checked
def robust_solid_angle(
    setup: Setup,
    *,
    sweep: Sweep | None = None,
    tolerance: float = TOLERANCE,
    workers: int | None = None,
    progress: Progress | None = None,
) -> RobustSolidAngle:
    """Return the solid angle of directions that are free for every error of the set-up within its bounds.

    Parameters
    ----------
    setup : Setup
        With its errors, each of which must have a bound. Buffers are kept on top of them.
    sweep : Sweep, optional
        Two axes that turn the beam; the setup's own if not given. Steps do not count.
    tolerance : float
        The bounds are to be no further apart than this share of 4π.
    workers : int, optional
        Number of threads, all cores if not given. The answer does not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)``.

    Returns
    -------
    RobustSolidAngle
        In sr, with proven bounds.

    Raises
    ------
    SimulatorError
        If an error has a standard deviation, or the sweep is not over two axes that turn the beam.
    ContradictionError
        If FCL contradicts a proof: a defect of this program.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import simulator as sim
    >>> setup = replace(sim.load_setup("box"), errors=sim.Errors(vertical_mm={"bound": 5}))
    >>> robust = sim.robust_solid_angle(setup, tolerance=0.1)
    >>> robust.is_proven, round(robust.fraction_of_4pi, 1)
    (True, 0.7)
    """
    room = aiming_room(setup, sweep)
    assert room.chart is not None
    names = (*room.sweep.joints, *map(error_joint, setup.errors.given))
    prover = robust_prover_of(setup.erring_scene, names)
    with shown(progress, "robust") as told:
        found = robust_cells(
            prover,
            *start_of(room),
            Bounded(bounds_of(setup.errors)),
            demanded_mm(prover),
            weight=room.weight,
            tolerance=tolerance * FULL_SPHERE_SR,
            finest=FINEST,
            most_cells=MOST_CELLS,
            workers=worker_count(workers),
            progress=told,
        )
    require_agreement(setup, names, found)
    omega = _proven(found, room.chart)
    return RobustSolidAngle(*omega, True, setup.warnings, setup.errors, found)


def aiming_room(setup: Setup, sweep: Sweep | None) -> Swept:
    """Return a set-up over two axes that turn the beam, the inner one first; refuse other sweeps."""
    swept = setup.sweep if sweep is None else setup.on_scale(sweep)
    aim = setup.aim_of(swept)
    if aim is None or set(swept.joints) != {aim.chart.inner, aim.chart.outer}:
        raise SimulatorError(f"errors: must be asked of two axes that turn the beam, was over {swept}")
    return Swept.of(setup, Sweep(swept[aim.chart.inner], swept[aim.chart.outer]))


def start_of(room: Swept) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cells (n, 2) to begin with."""
    (edges,) = room.planes()
    return start_cells(edges)


def _proven(found: RobustCells, chart: TwoAxisChart) -> tuple[float, float, float]:
    omega = proven(found.cells, chart)
    return omega.sr, omega.lower_sr, omega.upper_sr


def require_agreement(setup: Setup, joints: tuple[str, ...], found: RobustCells) -> None:
    """Let FCL judge cells: those that are not free at their error, those that are at corners of the box of errors.

    Raises
    ------
    ContradictionError
        If it finds otherwise.
    """
    cells, bounds = found.cells, bounds_of(setup.errors)
    decided = np.flatnonzero((cells.status == FREE) | (cells.status == NOT_FREE))
    decided = decided[:: max(len(decided) // JUDGED, 1)]
    is_free = cells.status[decided] == FREE
    bits = (decided[:, None] >> np.arange(len(bounds))) & 1  # another corner for each cell
    errors = np.where(is_free[:, None], (2 * bits - 1) * bounds, found.errors[decided])
    poses = np.concatenate([(cells.low + cells.high)[decided] / 2, errors], axis=1)
    statuses = checker_of(setup.erring_scene, joints).pair_status(poses).max(axis=0, initial=0)
    wrong = np.flatnonzero((statuses == 0) != is_free)
    if len(wrong):
        at = dict(zip(joints, poses[wrong[0]].tolist(), strict=True))
        raise ContradictionError(
            f"{at} is proven {'free' if is_free[wrong[0]] else 'not free'}, and FCL disagrees. This is a defect of "
            "the program: please report it with the scenario, and do not rely on any result"
        )
