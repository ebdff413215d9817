"""A room for candidate beams: a head that turns with the gantry, a post that stands, and a board on the table top."""

from __future__ import annotations

from functools import cache

import numpy as np
from support import shapes

import simulator as sim

BOARD_LOW, BOARD_HIGH = (-200.0, -900.0, -60.0), (200.0, 250.0, 0.0)
"""In table-top axes, whose origin is below the isocentre by `ABOVE_MM`."""
ABOVE_MM = 100.0
STEP = 10.0
HEAD = ("head", shapes.cuboid((-150.0, -150.0, 500.0), (150.0, 150.0, 700.0)), "gantry")
POST = ("post", shapes.cuboid((600.0, -900.0, -50.0), (700.0, 900.0, 50.0)), "fixed")
CROSSHAIR = ("crosshair", shapes.cuboid((-5.0, -5.0, 480.0), (5.0, 5.0, 490.0)), "gantry")
BOARD = ("board", shapes.cuboid(BOARD_LOW, BOARD_HIGH), "table_roll")


def post_room(couch: tuple[float, float] = (-90.0, 90.0), **options) -> sim.Setup:
    """Return the room; the gantry is swept all round by `STEP`, and the couch in a range."""
    sweep = sim.Sweep(gantry=(-180.0, 180.0, STEP), couch=(*couch, STEP))
    options = {"buffers": sim.Buffers(patient_mm=0.0, couch_mm=0.0), "sweep": sweep, **options}
    return shapes.room([HEAD, POST, CROSSHAIR], [BOARD], above_top_mm=ABOVE_MM, **options)


@cache
def mapped(couch: tuple[float, float] = (-90.0, 90.0), method: str = "certified") -> sim.CollisionMap:
    """Return its map."""
    return sim.collision_map(post_room(couch), tolerance=0.01, method=method, workers=1)


def meets_board(top: np.ndarray) -> np.ndarray:
    """Return which directions (n, 3), in table-top axes, are through the board: by slabs."""
    low, high = (np.array(corner) - (0.0, 0.0, ABOVE_MM) for corner in (BOARD_LOW, BOARD_HIGH))
    with np.errstate(divide="ignore"):
        near, far = low / top, high / top
    enters, leaves = np.minimum(near, far).max(axis=1), np.maximum(near, far).min(axis=1)
    return (enters <= leaves) & (leaves >= 0.0) & (enters <= 1000.0)
