"""Couches: a table top on a carriage, a column and a turntable.

The turntable and the pedestal are in the axes of the patient support (IEC 61217 s: z upwards through the
isocentre, at height 0 the isocentre). What rides with the table vertically is in the same axes with the upper
face of the table top at z = 0; the table top is in IEC table-top axes, its head end at y = 0.
"""

from __future__ import annotations

import numpy as np

from simulator.models.solids.primitives import (
    Dimensions,
    FloatArray,
    Solid,
    Solids,
    Span,
    both_sides,
    box,
    box_corners,
    cylinder,
    hull,
    middle,
    span,
    union,
)


def igrt(dimensions: Dimensions) -> Solids:
    """Return turntable, pedestal, column, carriage and top of a couch for image-guided treatment."""
    floor = dimensions["floor_z_mm"]
    above_disc = floor + dimensions["turntable_thickness_mm"]
    turntable = cylinder(dimensions["turntable_radius_mm"], (floor, above_disc))
    return {"turntable": turntable, **_on_pedestal(dimensions, above_disc)}


def on_pedestal(dimensions: Dimensions) -> Solids:
    """Return pedestal, column, carriage and top of a couch that stands on the floor and does not turn."""
    return _on_pedestal(dimensions, dimensions["floor_z_mm"])


def head_board(dimensions: Dimensions) -> Solids:
    """Return a narrow board that carries the head beyond the head end of the table top, tapering towards it."""
    d = dimensions
    depth = (-d["board_thickness_mm"], 0.0)
    wide, narrow = d["board_width_at_table_mm"] / 2, d["board_width_at_end_mm"] / 2
    plan = [(wide, 0.0), (narrow, d["board_length_mm"])]
    return {"head_board": hull([(side * x, y, z) for x, y in plan for side in (-1, 1) for z in depth])}


def rails(dimensions: Dimensions) -> Solids:
    """Return the two rails under a table top, pushed in to the middle and drawn out to its sides."""
    d = dimensions

    def pair(centre: float) -> Solid:
        half = d["rail_width_mm"] / 2
        return both_sides(box((centre - half, centre + half), span(d, "rail_y"), span(d, "rail_z")))

    return {"rails_in": pair(d["rail_in_x_mm"]), "rails_out": pair(d["rail_out_x_mm"])}


def _on_pedestal(dimensions: Dimensions, foot_z: float) -> Solids:
    d = dimensions
    return {
        "pedestal": _base(d, foot_z) + _post(d, d["pedestal_wall_mm"], (foot_z, d["pedestal_top_z_mm"])),
        "column": _column(d),
        "carriage": _carriage(d),
        "top": table_top(d),
    }


def _base(dimensions: Dimensions, foot_z: float) -> Solid:
    """Return the base of the pedestal: corners cut off, the front sloping back as it rises."""
    d = dimensions
    half, corner, (back, front) = d["base_width_mm"] / 2, d["base_corner_mm"], span(d, "base_y")

    def section(z: float, front: float) -> FloatArray:
        ends = [(front, half - corner), (front - corner, half), (back + corner, half), (back, half - corner)]
        return np.array([(side * x, y, z) for y, x in ends for side in (-1, 1)])

    return hull(section(foot_z, front), section(d["base_top_z_mm"], d["base_top_y_max_mm"]))


def _post(dimensions: Dimensions, wall: float, z: Span) -> Solid:
    """Return an upright post with the column's plan and a wall around it; corners square."""
    back, front = span(dimensions, "column_y")
    return box(middle(dimensions["column_width_mm"] + 2 * wall), (back - wall, front + wall), z)


def _column(dimensions: Dimensions) -> Solid:
    """Return the column below the carriage, narrower at its top."""
    d = dimensions
    top, taper, half = -d["lift_plate_depth_mm"], d["column_taper_mm"], d["column_width_mm"] / 2
    back, front = span(d, "column_y")
    shoulder, foot = top - d["column_taper_height_mm"], top - d["column_length_mm"]
    return hull(
        box_corners((taper - half, half - taper), (back + taper, front - taper), (shoulder, top)),
        box_corners((-half, half), (back, front), (foot, shoulder)),
    )


def _carriage(dimensions: Dimensions) -> Solid:
    """Return what lies between top and column: a box for the top to slide on, a broader one, the plate of the lift.

    The gap below the top lets it pitch and roll a little; beyond that the model excuses carriage and top.
    """
    d = dimensions
    middle_z = -(d["carriage_upper_depth_mm"] + d["carriage_lower_depth_mm"]) / 2

    def layer(name: str, depth: str, deeper: str | None = None) -> Solid:
        z = -d[f"{depth}_depth_mm"], -d[f"{deeper}_depth_mm"] if deeper else middle_z
        return box(middle(d[f"{name}_width_mm"]), span(d, f"{name}_y"), z)

    return union(
        [
            layer("slide", "slide"),
            layer("carriage", "carriage_upper", "carriage_lower"),
            layer("lift_plate", "lift_plate"),
        ]
    )


def table_top(dimensions: Dimensions) -> Solid:
    """Return the table top: thin at the head end, edges bevelled, the corners of both ends cut off."""
    d = dimensions
    half, foot, corner = d["top_width_mm"] / 2, -d["top_length_mm"], d["top_corner_mm"]
    thin, thick = d["top_head_thickness_mm"], d["top_foot_thickness_mm"]

    def section(y: float, half_width: float) -> FloatArray:
        thickness = thin + (thick - thin) * y / foot
        above, below = d["top_upper_bevel_mm"], d["top_lower_bevel_mm"]
        edge = [(half_width - above, 0.0), (half_width, -above), (half_width, below - thickness)]
        edge.append((half_width - below, -thickness))
        return np.array([(side * x, y, z) for x, z in edge for side in (-1, 1)])

    ends = [(0.0, half - corner), (-corner, half), (foot + corner, half), (foot, half - corner)]
    return hull(*(section(y, half_width) for y, half_width in ends))
