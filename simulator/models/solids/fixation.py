"""Fixation devices: boards, a vacuum bag, and what carries a head beyond the end of the table top.

Axes of a device: x as of the table top, y towards the patient's head with 0 at the device's anchor, z upwards from
the face that it stands on. Each is one solid; what is drawn stands on it, or on the table.
"""

from __future__ import annotations

import numpy as np

from simulator.models.solids.primitives import (
    Dimensions,
    Solid,
    Solids,
    Span,
    both_sides,
    box,
    cylinder,
    extrude,
    middle,
    mirrored,
    span,
    union,
)


def breast_board(dimensions: Dimensions) -> Solids:
    """Return a plate with arm rests and head cushions on a base, flat and at two inclines; it turns about y = 0."""
    d = dimensions
    inclines = {"flat": 0.0, "low": d["incline_low_deg"], "high": d["incline_high_deg"]}
    return {f"board_{name}": _inclined(d, incline_deg) for name, incline_deg in inclines.items()}


def _inclined(dimensions: Dimensions, incline_deg: float) -> Solid:
    d = dimensions
    base_z, face_z = d["base_thickness_mm"], d["base_thickness_mm"] + d["plate_thickness_mm"]
    across = middle(d["plate_width_mm"])
    plate = box(across, (0.0, d["plate_length_mm"]), (-d["plate_thickness_mm"], 0.0))
    on_plate = union([plate, *_arm_rests(d, -d["plate_thickness_mm"]), *_head_cushions(d)])
    base = box(across, span(d, "base_y"), (0.0, base_z))
    hinge = box(across, (0.0, 2 * d["plate_thickness_mm"]), (0.0, base_z + d["plate_thickness_mm"] / 2))
    # A prop ends within the plate: below its upper face where that is lowest, above its lower face elsewhere.
    start, stop = span(d, "prop_y")
    top = face_z + start * np.tan(np.radians(incline_deg)) - d["plate_thickness_mm"] / 2
    inside = across[1] - d["prop_width_mm"]
    props = both_sides(box((inside, across[1]), (start, stop), (0.0, top)))
    raised = on_plate.rotate((incline_deg, 0.0, 0.0)).translate((0.0, 0.0, face_z))
    return union([raised, base, hinge, props])


def wing_board(dimensions: Dimensions) -> Solids:
    """Return a level board under shoulders and head, with rests for raised arms and a grip for the hands."""
    d = dimensions
    thick = d["board_thickness_mm"]
    board = box(middle(d["board_width_mm"]), span(d, "board_y"), (0.0, thick))
    tongue = box(middle(d["tongue_width_mm"]), (d["board_y_max_mm"] - 1.0, d["tongue_end_y_mm"]), (0.0, thick))
    grip = cylinder(d["grip_radius_mm"], (0.0, thick + d["grip_height_mm"]), segments=16)
    rests = [rest.translate((0.0, 0.0, thick)) for rest in _arm_rests(d, -thick)]
    return {"board": union([board, tongue, grip.translate((0.0, d["grip_y_mm"], 0.0)), *rests])}


def vacuum_bag(dimensions: Dimensions) -> Solids:
    """Return a bag moulded around the trunk, its sides inside of raised arms or outside of arms that lie down."""
    return {f"bag_arms_{arms}": _bag(dimensions, arms) for arms in ("up", "down")}


def _bag(dimensions: Dimensions, arms: str) -> Solid:
    d = dimensions
    base, rim = d["base_thickness_mm"], d["base_thickness_mm"] + d["side_height_mm"]
    foot, inner, outer = (d[f"arms_{arms}_{name}_x_mm"] for name in ("foot", "inner", "outer"))
    half = [(foot, base), (inner, rim), (outer - d["side_bevel_mm"], rim), (outer, base), (outer, 0.0)]
    return extrude(mirrored(half), "y", span(d, "bag_y"))


def head_neck_board(dimensions: Dimensions) -> Solids:
    """Return a board under head and shoulders, narrower at the head, alone and with cushions beside the head."""
    d = dimensions
    low, high = span(d, "board_y")
    wide, narrow = d["board_width_mm"] / 2, d["head_width_mm"] / 2
    half = [(wide, low), (wide, d["shoulder_y_mm"]), (narrow, d["neck_y_mm"]), (narrow, high)]
    board = extrude(mirrored(half), "z", (0.0, d["board_thickness_mm"]))
    cushions = [cushion.translate((0.0, 0.0, d["board_thickness_mm"])) for cushion in _head_cushions(d)]
    return {"board": board, "board_cushions": union([board, *cushions])}


def head_adjuster(dimensions: Dimensions) -> Solids:
    """Return a bracket under the end of the table top with two uprights, which hold a frame beside the head."""
    d = dimensions
    half, side = d["bracket_width_mm"] / 2, d["upright_side_mm"]
    bracket = box((-half, half), span(d, "bracket_y"), span(d, "bracket_z"))
    arms = both_sides(box((half - side, half), (d["bracket_y_min_mm"], d["upright_y_max_mm"]), span(d, "bracket_z")))
    start = d["upright_y_max_mm"] - side
    uprights = both_sides(
        box((half - side, half), (start, d["upright_y_max_mm"]), (d["bracket_z_min_mm"], d["upright_top_z_mm"]))
    )
    return {"adjuster": union([bracket, arms, uprights])}


def _arm_rests(dimensions: Dimensions, foot_z: float) -> list[Solid]:
    """Return a rest for each raised arm, on a post from ``foot_z``; heights are from the face that one lies on."""
    d = dimensions
    y, top = span(d, "arm_rest_y"), d["arm_rest_top_mm"]
    under = top - d["arm_rest_thickness_mm"]
    inside, outside = span(d, "arm_rest_x")
    post: Span = (inside, inside + d["arm_rest_post_mm"])
    return [both_sides(box((inside, outside), y, (under, top)) + box(post, y, (foot_z, under)))]


def _head_cushions(dimensions: Dimensions) -> list[Solid]:
    """Return a cushion on each side of the head, from just below the face that it lies on."""
    d = dimensions
    sunk = -d["cushion_height_mm"] / 10
    return [both_sides(box(span(d, "cushion_x"), span(d, "cushion_y"), (sunk, d["cushion_height_mm"])))]
