"""How likely a contact is where errors of the set-up are normal, and the solid angle that is free but for a chance.

"Contact" is short for a pose that is not free: with buffers, one that is nearer than they allow.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import xarray as xr
from numpy.typing import ArrayLike, NDArray

from simulator.arguments import checked
from simulator.certify.branch_and_bound import FREE, UNDECIDED, Cells
from simulator.certify.cells import demanded_mm
from simulator.certify.error_sets import Likely
from simulator.certify.form import estimated_chances
from simulator.certify.prover import Prover
from simulator.certify.robust import robust_cells
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.certified import Swept
from simulator.maps.helpers import worker_count
from simulator.maps.robust import aiming_room, start_of
from simulator.maps.solid_angle import SolidAngle, proven
from simulator.scenario.setup_errors import Errors
from simulator.scenario.sweep import Sweep
from simulator.setup.engines import robust_prover_of
from simulator.setup.erring import error_joint, sizes_of
from simulator.setup.setup import Setup

CHANCES = (1e-3, 1e-4, 1e-5)
TOLERANCE = 0.01
FINEST_DEG = 1.0
"""Smaller cells are not looked at: bounds on a chance are apart by more than these would tell."""
MOST_CELLS = 100_000


@dataclass(frozen=True, repr=False)
class ProbableSolidAngle(SolidAngle):
    """The solid angle of directions whose chance of a contact is at most ``chance``.

    The bounds are proven, for errors that are normal and independent; the estimate between them is that of the
    first-order reliability method.
    """

    chance: float = 0.0
    errors: Errors = field(default_factory=Errors)

    def __repr__(self) -> str:
        return f"Probable{super().__repr__()[:-1]}; contact in at most {100 * self.chance:g} % with {self.errors})"


@checked
def probable_solid_angles(
    setup: Setup,
    chances: ArrayLike = CHANCES,
    *,
    sweep: Sweep | None = None,
    tolerance: float = TOLERANCE,
    workers: int | None = None,
) -> tuple[ProbableSolidAngle, ...]:
    """Return the solid angle whose chance of a contact is at most each of several chances.

    Parameters
    ----------
    setup : Setup
        With its errors: one at least with a standard deviation. Those within bounds are at their worst.
    chances : array_like, shape (k,)
        0.001 for 0.1 %, and so on.
    sweep : Sweep, optional
        Two axes that turn the beam; the setup's own if not given. Steps do not count.
    tolerance : float
        The bounds are to be no further apart than this share of 4π; how near they can be depends on the errors.
    workers : int, optional
        Number of threads, all cores if not given.

    Returns
    -------
    tuple of ProbableSolidAngle
        One for each chance, in sr, with bounds that are proven for errors that are normal and independent.

    Raises
    ------
    SimulatorError
        If no error has a standard deviation, a chance is not below what errors can tell, or the sweep is not over two
        axes that turn the beam.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import simulator as sim
    >>> setup = replace(sim.load_setup("box"), errors=sim.Errors(vertical_mm={"standard_deviation": 3}))
    >>> (probable,) = sim.probable_solid_angles(setup, [1e-3], tolerance=0.2)
    >>> probable.lower_sr < probable.upper_sr, probable.chance
    (True, 0.001)
    """
    room = aiming_room(setup, sweep)
    return tuple(
        _at_most(setup, room, float(chance), tolerance, worker_count(workers)) for chance in np.atleast_1d(chances)
    )


def _at_most(setup: Setup, room: Swept, chance: float, tolerance: float, workers: int) -> ProbableSolidAngle:
    assert room.chart is not None
    bounds, deviation = sizes_of(setup.errors)
    prover = _prover(setup, room.sweep.joints, deviation)
    found = robust_cells(
        prover,
        *start_of(room),
        Likely.of(bounds, deviation, chance),
        demanded_mm(prover),
        weight=room.weight,
        tolerance=tolerance * FULL_SPHERE_SR,
        finest=FINEST_DEG,
        most_cells=MOST_CELLS,
        workers=workers,
    ).cells
    omega = proven(found, room.chart)
    likely = _estimated(found, prover, bounds, deviation, chance)
    sr = proven(likely, room.chart).lower_sr
    sr = min(max(sr, omega.lower_sr), omega.upper_sr)
    return ProbableSolidAngle(sr, omega.lower_sr, omega.upper_sr, True, setup.warnings, chance, setup.errors)


def _estimated(
    cells: Cells, prover: Prover, bounds: NDArray[np.float64], deviation: NDArray[np.float64], chance: float
) -> Cells:
    """Return cells, the undecided ones free where their middles are by the estimate."""
    is_open = np.flatnonzero(cells.status == UNDECIDED)
    middles = (cells.low + cells.high)[is_open] / 2
    estimate = estimated_chances(prover, middles, bounds, deviation, demanded_mm(prover))
    status = cells.status.copy()
    status[is_open[estimate <= chance]] = FREE
    return replace(cells, status=status)


@checked
def contact_chances(setup: Setup, *, sweep: Sweep | None = None) -> xr.DataArray:
    """Return the estimated chance of a contact at each pose of a sweep, by the first-order reliability method.

    Parameters
    ----------
    setup : Setup
        With its errors.
    sweep : Sweep, optional
        Any joints; the setup's own sweep if not given.

    Returns
    -------
    DataArray
        Over the joints of the sweep; it is an estimate, and no proof.

    Raises
    ------
    SimulatorError
        If no error has a standard deviation, or the joints cannot be swept like that.

    Examples
    --------
    >>> from dataclasses import replace
    >>> import simulator as sim
    >>> setup = replace(sim.load_setup("brain"), errors=sim.Errors(vertical_mm={"standard_deviation": 3}))
    >>> chances = sim.contact_chances(setup, sweep=sim.Sweep(gantry=(-180, 180, 30), couch=(-90, 90, 30)))
    >>> chances.dims, float(chances.sel(gantry=0, couch=0)) < 1e-6
    (('gantry', 'couch'), True)
    """
    swept = setup.sweep if sweep is None else setup.on_scale(sweep)
    bounds, deviation = sizes_of(setup.errors)
    prover = _prover(setup, swept.joints, deviation)
    found = estimated_chances(prover, swept.poses(), bounds, deviation, demanded_mm(prover))
    return xr.DataArray(
        found.reshape(swept.shape),
        coords={axis.joint: axis.values() for axis in swept},
        dims=swept.joints,
        name="chance_of_contact",
        attrs={"errors": str(setup.errors), "method": "first-order reliability method, an estimate"},
    )


def _prover(setup: Setup, joints: tuple[str, ...], deviation: NDArray[np.float64]) -> Prover:
    """Return what proves bounds with normal errors in an ellipsoid together."""
    names = (*joints, *map(error_joint, setup.errors.given))
    together = frozenset((len(joints) + np.flatnonzero(deviation > 0.0)).tolist())
    return robust_prover_of(setup.erring_scene, names, together)
