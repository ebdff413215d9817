"""A couch that stands beside a linac on an arm: base, column, carriage and top; it does not turn about the isocentre.

The base is in fixed axes; what rides with the table vertically is in table-top axes with the upper face of the top at
z = 0; the top's head end is at y = 0.
"""

from __future__ import annotations

from simulator.models.solids.primitives import Dimensions, Solid, Solids, box, box_corners, hull, middle, span


def build(dimensions: Dimensions) -> Solids:
    """Return base, column, carriage and top."""
    d = dimensions
    column = middle(d["column_width_mm"])
    return {
        "base": box(middle(d["base_width_mm"]), span(d, "base_y"), (d["floor_z_mm"], d["base_top_z_mm"])),
        "column": box(
            column,
            span(d, "column_y"),
            (-d["carriage_lower_depth_mm"], -d["carriage_lower_depth_mm"] - d["column_length_mm"]),
        ),
        "carriage": box(
            middle(d["carriage_width_mm"]),
            span(d, "carriage_y"),
            (-d["carriage_lower_depth_mm"], -d["carriage_upper_depth_mm"]),
        ),
        "top": table_top(d),
    }


def table_top(dimensions: Dimensions) -> Solid:
    """Return the top, its lower edges bevelled."""
    d = dimensions
    y = (-d["top_length_mm"], 0.0)
    thick, bevel = d["top_thickness_mm"], d["top_bevel_mm"]
    wide, narrow = middle(d["top_width_mm"]), middle(d["top_width_mm"] - 2.0 * bevel)
    return hull(box_corners(wide, y, (0.0, bevel - thick)), box_corners(narrow, y, (0.0, -thick)))
