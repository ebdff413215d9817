"""A gyroscopic machine for the head: a linac on two axes that cross at 45° within a shielded sphere.

IEC 61217 fixed axes with both joints at 0: the patient enters along y through the opening at the front, the source
is above the isocentre. The linac reaches no direction from the patient's side of the plane y = 0, so the sphere
is closed by a plate there.
"""

from __future__ import annotations

import numpy as np

from simulator.models.solids.primitives import (
    Dimensions,
    Solid,
    Solids,
    bore,
    box,
    hull,
    middle,
    outline,
    revolve,
    span,
    sphere,
)

SEGMENTS = 32
FAR_MM = 10_000.0  # beyond everything


def build(dimensions: Dimensions) -> Solids:
    """Return linac, shell, the cradle that it rests in, and floor."""
    d = dimensions
    floor = d["floor_z_mm"]
    side = middle(d["floor_side_mm"])
    return {
        "linac": linac(d),
        "shell": shell(d),
        "cradle": cradle(d),
        "floor": box(side, side, (floor - d["floor_thickness_mm"], floor)),
    }


def linac(dimensions: Dimensions) -> Solid:
    """Return collimator and linac: radii by distance from the isocentre, around the beam."""
    rim = outline(dimensions, "linac", ("radius", "z"))
    return revolve([(0.0, rim[0, 1]), *rim, (0.0, rim[-1, 1])])


def shell(dimensions: Dimensions) -> Solid:
    """Return the shielded sphere, cut off and closed at the patient's side, with an opening in that plate."""
    d = dimensions
    front, back = span(d, "front_y")
    hollow = _ball(d["shell_inner_radius_mm"] * float(np.cos(np.pi / SEGMENTS)) ** 2)  # within the true sphere
    opening = bore(d["opening_diameter_mm"] / 2, (0.0, FAR_MM)).rotate((90.0, 0.0, 0.0))
    return (_ball(d["shell_outer_radius_mm"]) ^ _beyond(front)) - (hollow ^ _beyond(back)) - opening


def cradle(dimensions: Dimensions) -> Solid:
    """Return the block on the floor in which the sphere rests."""
    d = dimensions
    block = box(middle(d["cradle_width_mm"]), span(d, "cradle_y"), (d["floor_z_mm"], d["cradle_top_z_mm"]))
    return block - _ball(d["shell_outer_radius_mm"])


def _ball(radius: float) -> Solid:
    """Return a polyhedron around a ball about the isocentre."""
    return hull(sphere((0.0, 0.0, 0.0), radius, SEGMENTS))


def _beyond(y: float) -> Solid:
    """Return all that lies farther from the patient's side than y."""
    return box(middle(2 * FAR_MM), (y, FAR_MM), middle(2 * FAR_MM))
