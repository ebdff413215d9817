"""The imagers of a C-arm linac, deployed and parked; axes as in ``c_arm``.

The kV source and the kV detector swing on arms from hinges at the two sides of the drum, the source to +x and the
detector to -x. The MV panel slides out of the counterweight. Arms are convex hulls from hinge to housing: what is
between the links of a true arm is not free.
"""

from __future__ import annotations

from simulator.models.solids.primitives import (
    Dimensions,
    FloatArray,
    Solid,
    Solids,
    Span,
    box,
    box_corners,
    hull,
    middle,
    span,
)

SOURCE_SIDE, DETECTOR_SIDE = 1.0, -1.0


def build(dimensions: Dimensions) -> Solids:
    """Return source, detector and panel with their arms, and the three of them parked."""
    parked = parked_arm(dimensions)
    return {
        **kv_source(dimensions),
        **kv_detector(dimensions),
        **mv_panel(dimensions),
        "kv_source_parked": parked,
        "kv_detector_parked": parked.mirror((1.0, 0.0, 0.0)),
    }


def kv_source(dimensions: Dimensions) -> Solids:
    """Return the housing around the focal spot at (source axis distance, 0, 0), and its arm."""
    d = dimensions
    spot = d["kv_source_axis_mm"]
    y, z = middle(d["kv_source_width_mm"]), middle(d["kv_source_height_mm"])
    blades = middle(d["kv_source_blades_side_mm"])
    body = spot - d["kv_source_shoulder_mm"], spot + d["kv_source_back_mm"]
    front = spot - d["kv_source_front_mm"], body[0]
    return {
        "kv_source": hull(box_corners(body, y, z), box_corners(front, blades, blades)),
        "kv_source_arm": _arm(d, SOURCE_SIDE, "kv_source_arm", y[1]),
    }


def kv_detector(dimensions: Dimensions) -> Solids:
    """Return the housing, whose inner face is the nominal plane of the detector, and its arm."""
    d = dimensions
    face, side = d["kv_detector_axis_mm"], middle(d["kv_detector_side_mm"])
    return {
        "kv_detector": box((-face, -face - d["kv_detector_thickness_mm"]), side, side),
        "kv_detector_arm": _arm(d, DETECTOR_SIDE, "kv_detector_arm", side[1]),
    }


def mv_panel(dimensions: Dimensions) -> Solids:
    """Return the panel below the isocentre with its arm, and the panel slid into the counterweight.

    Parked, only its front edge shows; the rest overlaps the counterweight that holds it.
    """
    d = dimensions
    x, length, thickness = middle(d["mv_panel_width_mm"]), d["mv_panel_length_mm"], d["mv_panel_thickness_mm"]
    face, front = -d["mv_panel_axis_mm"], d["mv_parked_front_y_mm"]
    parked_top = d["mv_parked_top_z_mm"]
    arm_x = middle(d["mv_arm_width_mm"])
    arm = hull(
        box_corners(arm_x, (length / 2 - d["mv_arm_grip_mm"], length / 2), (face - thickness, face)),
        box_corners(arm_x, span(d, "mv_arm_root_y"), span(d, "mv_arm_root_z")),
    )
    panel = box(x, middle(length), (face - thickness, face))
    return {
        "mv_panel": panel,
        "mv_panel_arm": arm - panel,
        "mv_panel_parked": box(x, (front, front + length), (parked_top - thickness, parked_top)),
    }


def parked_arm(dimensions: Dimensions) -> Solid:
    """Return the hull of a folded kV arm on the side of the source: its hinge and its blade."""
    d = dimensions
    return hull(
        _hinge(d, SOURCE_SIDE, d["kv_hinge_height_mm"]),
        box_corners(span(d, "kv_blade_x"), span(d, "kv_blade_y"), middle(d["kv_blade_height_mm"])),
    )


def _arm(dimensions: Dimensions, side: float, name: str, end_y: float) -> Solid:
    """Return a deployed arm from its hinge to the back of its housing, which it meets at y = ``end_y``."""
    d = dimensions
    low, high = span(d, f"{name}_x")
    grip: Span = (end_y, end_y + d["kv_arm_grip_mm"])
    return hull(
        _hinge(d, side, d["kv_arm_hinge_height_mm"]),
        box_corners((side * low, side * high), grip, middle(d["kv_arm_height_mm"])),
    )


def _hinge(dimensions: Dimensions, side: float, height: float) -> FloatArray:
    low, high = span(dimensions, "kv_hinge_x")
    return box_corners((side * low, side * high), span(dimensions, "kv_hinge_y"), middle(height))
