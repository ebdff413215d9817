"""Rooms in which free poses are cut off: a needle turns with the gantry past wedges that fill angles of its plane.

A wedge from a to b is bounded by the planes through the gantry's axis at these angles. The inner corners of the
needle are HALF_WIDTH beside its middle at RADIUS, so it touches the wedge at a − δ and b + δ, tan δ = HALF_WIDTH /
RADIUS.
"""

from dataclasses import replace

import manifold3d
import numpy as np
from support import shapes
from support.small_rooms import small_room

import simulator as sim
from simulator.models.motion import Between

RADIUS, HALF_WIDTH = 300.0, 5.0
MARGIN_DEG = float(np.rad2deg(np.arctan2(HALF_WIDTH, RADIUS)))
NEEDLE = shapes.box(2 * HALF_WIDTH, 2.0, 10.0, at=(0.0, 0.0, RADIUS + 5.0))


def wedge(start_deg, stop_deg, half_depth=20.0):
    """A body that fills the gantry angles from start to stop, so deep to either side of the needle's plane."""
    angles = np.deg2rad([start_deg, stop_deg])
    corners = [
        (radius * np.sin(angle), depth, radius * np.cos(angle))
        for radius in (RADIUS - 50.0, RADIUS + 100.0)
        for angle in angles
        for depth in (-half_depth, half_depth)
    ]
    return shapes.from_solid(manifold3d.Manifold.hull_points(np.array(corners)))


def room(*walls, doors=(), home=(0.0, 0.0), limits=(-185.0, 185.0), couch_deg=(-30.0, 30.0, 10.0), **choices):
    """A set-up with wedges that stand, and wedges on the couch, which are in the way near couch 0 only."""
    setup = small_room(
        [("needle", NEEDLE, "gantry"), *((f"wall {i}", wedge(*ends), "fixed") for i, ends in enumerate(walls))],
        [(f"door {i}", wedge(*ends), "couch") for i, ends in enumerate(doors)],
        limits=limits,
        gantry=(-180.0, 180.0, 10.0),
        couch_deg=couch_deg,
    )
    stated = None if home is None else Between(dict(zip(("gantry", "couch"), home, strict=True)), "together", "test")
    return replace(setup, machine=replace(setup.machine, between=stated), **choices)


def strip_sr(start_deg, stop_deg, couch_deg=30.0):
    """Solid angle of the directions of gantry angles within 0 to 180 or -180 to 0, at couch ± an angle."""
    start, stop = np.deg2rad([start_deg, stop_deg])
    return float(2 * np.deg2rad(couch_deg) * abs(np.cos(start) - np.cos(stop)))


def map_of(setup, **options):
    """Its map, proven to a thousandth of 4π, with one worker."""
    return sim.collision_map(setup, **{"tolerance": 0.001, "workers": 1, **options})
