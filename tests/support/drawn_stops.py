"""Stops drawn at random, as of a gantry and a couch that move together: poses, arcs, some of one direction only."""

import numpy as np

from simulator.delivery.orders.stops import Stops

SPEEDS = (6.0, 3.0)


def drawn_stops(seed, count, *, arcs=0.3, fixed=0.0, is_begun=True, is_ended=True):
    """Stops of which a share are arcs of the gantry, and a share of one direction; home is the last of the ends."""
    rng = np.random.default_rng(seed)
    poses = rng.uniform((-180.0, -90.0), (180.0, 90.0), (2 * count + 1, 2))
    is_arc = rng.random(count) < arcs
    poses[1 : 2 * count : 2, 1] = poses[0 : 2 * count : 2, 1]
    ends = 2 * np.arange(count)[:, None] + np.column_stack([np.zeros(count, dtype=int), is_arc])
    home = 2 * count
    return Stops(
        times_between(poses),
        ends,
        home if is_begun else None,
        home if is_ended else None,
        rng.random(count) < fixed,
    )


def times_between(poses):
    """Times (m, m) in s between poses, without speeding up: a metric."""
    return (np.abs(poses[:, None] - poses) / SPEEDS).max(axis=2)
