"""Which nodes of an arm are free, and what they are worth: three figures, none of which is a solid angle by itself.

A finite set of directions has the solid angle 0. So there is the number of free nodes; the share of the sphere that
is nearest to a direction with a free node (Voronoi cells of all directions of the table), which depends on the table;
and the certified solid angle within ρ of a free node, which needs no convention but ρ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.collision.checker import Checker
from simulator.directions.caps import union_of_caps_sr
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError
from simulator.maps.nodes.node_table import SYNTHETIC, NodeTable
from simulator.models.arm import DISTANCE
from simulator.setup.arm_options import Options, best_of
from simulator.setup.arm_room import OUT_OF_REACH
from simulator.setup.setup import Setup

WITHIN_DEG = 6.0
SAME_DIRECTION = 9
"""Digits of unit vectors that are one direction."""


@dataclass(frozen=True, eq=False)
class NodeCheck:
    """What was found of a table of nodes.

    Attributes
    ----------
    setup : Setup
        The room.
    nodes : NodeTable
        The table.
    is_free : ndarray of bool, shape (n,)
        By FCL, at one roll and branch at least of those tried.
    culprits : tuple of str
        Of each node the pairs in the way of what comes nearest to free, joined; empty where it is free.
    q_deg : ndarray, shape (n, 6)
        How the arm stands; NaN where it is out of reach.
    voronoi_share : float, optional
        Of 4π; None if the directions are too few to divide the sphere.
    within_deg : float
        ρ.
    within_sr : tuple of float
        Proven least and greatest solid angle within ρ of a free node.
    """

    setup: Setup
    nodes: NodeTable
    is_free: NDArray[np.bool_]
    culprits: tuple[str, ...]
    q_deg: NDArray[np.float64]
    voronoi_share: float | None
    within_deg: float
    within_sr: tuple[float, float]

    @property
    def verdict(self) -> str:
        """The figures in one line."""
        low, high = (100.0 * sr / FULL_SPHERE_SR for sr in self.within_sr)
        voronoi = "" if self.voronoi_share is None else f", {100.0 * self.voronoi_share:.1f} % of 4π by Voronoi cells"
        return (
            f"{int(self.is_free.sum())} of {len(self.is_free)} nodes free{voronoi}; between {low:.1f} and {high:.1f} "
            f"% of 4π within {self.within_deg:g}° of a free one (proven)"
        )

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What a reader has to know."""
        own = (SYNTHETIC,) if self.nodes.is_synthetic else ()
        return (
            *own,
            "Voronoi cells divide the whole sphere, also what the nodes leave out of it",
            "nodes are looked at one by one: that the arm gets from one to the next is not told",
        )


@checked
def check_nodes(setup: Setup, nodes: NodeTable, *, within_deg: float = WITHIN_DEG) -> NodeCheck:
    """Return which nodes of an arm are free, and what they are worth.

    Parameters
    ----------
    setup : Setup
        Whose machine has an arm. Rolls that are tried are those of its sweep.
    nodes : NodeTable
        Places of the source.
    within_deg : float
        Angle ρ, in degrees, of the caps around the directions of free nodes, whose union is measured.

    Returns
    -------
    NodeCheck
        Which are free, by FCL; the share of 4π that they stand for; the solid angle within ρ of one, proven.

    Raises
    ------
    SimulatorError
        If the machine has no arm, or nodes are where its source must not be.

    Examples
    --------
    >>> import numpy as np
    >>> import simulator as sim
    >>> setup = sim.load_setup("robot_brain")
    >>> nodes = sim.NodeTable(("vertex", "below"), np.array([[0.0, 0.0, 800.0], [0.0, 0.0, -800.0]]), "two nodes")
    >>> sim.check_nodes(setup, nodes).is_free
    array([ True, False])
    """
    room = setup.arm_room
    if room is None:
        raise SimulatorError(f"nodes: must be of a machine with an arm, {setup.machine.name} has none")
    low, high = room.arm.distances_mm
    outside = (nodes.distances_mm < low - 1e-6) | (nodes.distances_mm > high + 1e-6)
    if outside.any():
        first = int(np.flatnonzero(outside)[0])
        raise SimulatorError(
            f"{nodes.source}: {nodes.names[first]}: must be from {low:g} to {high:g} mm from the isocentre, "
            f"was {nodes.distances_mm[first]:g}"
        )
    is_free, q_deg = np.zeros(len(nodes.names), dtype=bool), np.full((len(nodes.names), 6), np.nan)
    culprits = np.full(len(nodes.names), "", dtype=object)
    names = np.array([pair.name for pair in room.scene.pairs], dtype=object)
    distances = np.clip(nodes.distances_mm.round(6), low, high)
    for distance in np.unique(distances):
        which = np.flatnonzero(distances == distance)
        options = Options.of(room.arm, setup.sweep, {DISTANCE: float(distance)})
        found = best_of(room, nodes.azimuth_polar_deg[which], options, Checker.pair_status)
        is_free[which], q_deg[which] = found.is_free, found.q_deg
        for at, status, is_reached in zip(which, found.status.T, found.is_reached, strict=True):
            culprits[at] = "; ".join(names[status == status.max(initial=0)]) if is_reached and status.any() else ""
            culprits[at] = culprits[at] if is_reached else OUT_OF_REACH
    free = nodes.directions[is_free]
    within_sr = union_of_caps_sr(np.unique(free.round(12), axis=0), within_deg) if len(free) else (0.0, 0.0)
    share = _voronoi_share(nodes.directions, is_free)
    return NodeCheck(setup, nodes, is_free, tuple(culprits), q_deg, share, within_deg, within_sr)


def _voronoi_share(directions: NDArray[np.float64], is_free: NDArray[np.bool_]) -> float | None:
    """Return the share of the sphere nearest to directions with a free node; None where they divide it not."""
    from scipy.spatial import QhullError, SphericalVoronoi

    distinct, which = np.unique(directions.round(SAME_DIRECTION), axis=0, return_inverse=True)
    distinct /= np.linalg.norm(distinct, axis=1)[:, None]
    try:
        areas = SphericalVoronoi(distinct, threshold=1e-9).calculate_areas()
    except (ValueError, QhullError):
        return None
    some_free = np.zeros(len(distinct), dtype=bool)
    some_free[which.ravel()[is_free]] = True
    return float(areas[some_free].sum() / areas.sum())
