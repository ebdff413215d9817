"""What the joints of a machine alone allow: the solid angle of its sweep if nothing were ever in the way."""

from __future__ import annotations

import numpy as np

from simulator.arguments import checked
from simulator.arms.reach import reachable_directions
from simulator.certify.cells import start_cells
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.certified import Swept
from simulator.maps.solid_angle import SolidAngle
from simulator.scenario.sweep import Sweep
from simulator.setup.setup import Setup


@checked
def kinematic_solid_angle(setup: Setup, *, sweep: Sweep | None = None) -> SolidAngle:
    """Return the solid angle of all directions that a sweep aims from, with nothing in the way.

    For two axes that cross it is an area in closed form, equal bounds; a sweep that turns the beam about one axis
    covers a circle, which has none. For an arm the bounds are proofs over cells of directions; all that it reaches
    at any distance and roll counts, whatever the sweep.

    Parameters
    ----------
    setup : Setup
        Whose joints they are.
    sweep : Sweep, optional
        The set-up's own if not given.

    Returns
    -------
    SolidAngle
        In sr, with bounds.

    Raises
    ------
    SimulatorError
        If the joints cannot be swept like that.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> quarter = sim.Sweep(gantry=(-180, 180, 1), couch=(-22.5, 22.5, 1.5))
    >>> [round(sim.kinematic_solid_angle(setup, sweep=sweep).fraction_of_4pi, 3) for sweep in (setup.sweep, quarter)]
    [1.0, 0.25]
    """
    if setup.arm_room is not None:
        reach = reachable_directions(setup.arm_room.wrist, setup.arm_room.arm)
        lower, upper = (FULL_SPHERE_SR * share for share in reach.bounds)
        return SolidAngle((lower + upper) / 2, lower, upper, is_proven=True)
    swept = Swept.of(setup, setup.sweep if sweep is None else setup.on_scale(sweep))
    if swept.chart is None:
        return SolidAngle(0.0, 0.0, 0.0, is_proven=True)
    columns = [swept.sweep.joints.index(joint) for joint in (swept.chart.inner, swept.chart.outer)]
    low, high = (np.unique(ends[:, columns], axis=0) for ends in start_cells(swept.planes()[0]))
    lower, upper = swept.chart.covered_sr(low, high)
    return SolidAngle((lower + upper) / 2, lower, upper, is_proven=True)
