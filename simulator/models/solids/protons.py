"""Proton machines: a nozzle with a snout, on a gantry in a drum or at the end of a fixed beam line.

Nozzle and snout are drawn as at gantry 0: the isocentre at the origin, the beam comes down along z. The snout is in
axes of its own: its face, where it is nearest to the patient, at z = 0. Rooms are in IEC 61217 fixed axes.
"""

from __future__ import annotations

import numpy as np

from simulator.models.solids.primitives import (
    SEGMENTS,
    Dimensions,
    Solid,
    Solids,
    bore,
    box,
    circle,
    cylinder,
    extrude,
    middle,
    span,
)

INSCRIBED = float(np.cos(np.pi / SEGMENTS))
"""Radius of the circle that a polygon inside another circle is drawn around, by the radius of that one."""


def gantry(dimensions: Dimensions) -> Solids:
    """Return nozzle, snouts, range shifter, the drum that turns with them, and the floors in it and before it."""
    d = dimensions
    side, inside, floor = d["floor_side_mm"], d["drum_radius_mm"], d["floor_z_mm"]
    front, back = span(d, "drum_y")
    thickness = floor, floor - d["floor_thickness_mm"]
    half_chord = float(np.sqrt((inside * INSCRIBED) ** 2 - thickness[1] ** 2))
    return {
        **_beam_line(d, inside + d["drum_wall_mm"]),
        "drum": _drum(d),
        "rolling_floor": box((-half_chord, half_chord), (front, back), thickness),
        "floor": box(middle(side), (front - side, front - d["floor_gap_mm"]), thickness),
    }


def fixed_beam(dimensions: Dimensions) -> Solids:
    """Return nozzle, snouts, range shifter, the wall through which the beam comes, and a floor with a round pit."""
    d = dimensions
    side, floor, pit = middle(d["floor_side_mm"]), d["floor_z_mm"], d["pit_z_mm"]
    foundation = box(side, side, (floor, pit - d["floor_thickness_mm"]))
    wall_x = d["wall_x_mm"], d["wall_x_mm"] + d["wall_thickness_mm"]
    return {
        **_beam_line(d, sum(wall_x) / 2),
        "wall": box(wall_x, middle(d["wall_width_mm"]), (floor, d["wall_top_z_mm"])),
        "floor": foundation - cylinder(d["pit_radius_mm"] * INSCRIBED, (pit, floor + 1.0)),
    }


def _beam_line(dimensions: Dimensions, end_z: float) -> Solids:
    """Return the nozzle, as far as ``end_z``, with the two snouts and the range shifter that go on it."""
    d = dimensions
    thickness = d["range_shifter_thickness_mm"]
    return {
        "nozzle": _nozzle(d, end_z),
        **{
            f"snout_{size}": cylinder(d[f"snout_{size}_diameter_mm"] / 2, (0.0, d[f"snout_{size}_length_mm"]))
            for size in ("large", "small")
        },
        "range_shifter": box(
            middle(d["range_shifter_width_mm"]), middle(d["range_shifter_length_mm"]), (-thickness, 0.0)
        ),
    }


def _nozzle(dimensions: Dimensions, end_z: float) -> Solid:
    """Return the cover of the nozzle and the tube at its end, with the hole that the snout slides in."""
    d = dimensions
    exit_z, face_z = d["nozzle_exit_z_mm"], d["cover_face_z_mm"]
    hole = d["snout_large_diameter_mm"] / 2 + d["snout_gap_mm"]
    tube = cylinder(hole + d["tube_wall_mm"], (exit_z, face_z + 1.0))
    cover = box(middle(d["cover_width_mm"]), middle(d["cover_length_mm"]), (face_z, end_z))
    # Taken from below the exit, so that no skin is left in front of the snout.
    return tube + cover - bore(hole, (exit_z - 1.0, exit_z + d["snout_large_length_mm"] + d["snout_gap_mm"]))


def _drum(dimensions: Dimensions) -> Solid:
    """Return the drum about the gantry's axis, open to the front, with a wall at its back.

    Its bore is inside the true one, and no part of it is less far out than the true drum at any angle of the gantry.
    """
    d = dimensions
    radius, wall = d["drum_radius_mm"], d["drum_wall_mm"]
    front, back = span(d, "drum_y")
    free = circle(radius * INSCRIBED)
    return extrude(circle(radius + wall), "y", (front, back + wall)) - extrude(free, "y", (front - 1.0, back))
