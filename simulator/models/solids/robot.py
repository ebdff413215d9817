"""A linac on a six-axis arm: pedestal, base, six links, head and floor; and a couch that stands beside it.

Each link is in the axes of its joint at 0, as the arm's URDF has them: joint 1 upwards, the arm stretched out along
x, joints 2, 3 and 5 about y. The head is in the axes of the beam: the source at the origin, the beam along -z. Links
are hulls and cylinders around the kinematic chain, not the maker's castings.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from simulator.models.solids.primitives import (
    Dimensions,
    Solid,
    Solids,
    Span,
    box,
    box_corners,
    circle,
    cylinder,
    extrude,
    hull,
    middle,
    span,
)


def build(dimensions: Dimensions) -> Solids:
    """Return every part of the machine, each in the axes of its joint."""
    d = dimensions
    floor = -d["pedestal_height_mm"]
    return {
        "pedestal": box(middle(d["pedestal_width_mm"]), middle(d["pedestal_width_mm"]), (floor, 0.0)),
        "base": base(d),
        **links(d),
        "head": head(d),
        "floor": box(
            middle(d["floor_side_mm"]),
            middle(d["floor_side_mm"]),
            (-d["isocentre_height_mm"], -d["isocentre_height_mm"] - d["floor_thickness_mm"]),
        ),
    }


def base(dimensions: Dimensions) -> Solid:
    """Return the foot of the arm and the column in which axis 1 turns."""
    d = dimensions
    plate = middle(d["base_plate_mm"])
    column = cylinder(d["base_radius_mm"], (0.0, d["base_height_mm"]))
    return hull(box_corners(plate, plate, (0.0, d["base_plate_thickness_mm"])), _points(column))


def links(dimensions: Dimensions) -> Solids:
    """Return the six links."""
    d = dimensions
    turntable = cylinder(
        d["turntable_radius_mm"],
        (
            d["base_height_mm"] + d["joint_gap_mm"] - d["axis_2_height_mm"],
            d["turntable_top_mm"] - d["axis_2_height_mm"],
        ),
    )
    shoulder = _about("y", d["shoulder_radius_mm"], middle(d["shoulder_width_mm"]), (d["axis_2_before_mm"], 0.0, 0.0))
    elbow = _about("y", d["elbow_radius_mm"], middle(d["upper_arm_width_mm"]), (d["upper_arm_mm"], 0.0, 0.0))
    axis_4 = (0.0, 0.0, d["axis_4_above_mm"])
    yoke = _about("y", d["yoke_radius_mm"], middle(d["yoke_width_mm"]), (d["forearm_mm"], 0.0, 0.0))
    flange_start = -d["flange_thickness_mm"]
    return {
        "link_1": _hull(turntable, shoulder),
        "link_2": _hull(_about("y", d["upper_arm_radius_mm"], middle(d["upper_arm_width_mm"])), elbow),
        "link_3": _hull(
            _about("y", d["elbow_housing_radius_mm"], middle(d["elbow_housing_width_mm"])),
            _about("x", d["forearm_housing_radius_mm"], span(d, "forearm_housing_x"), axis_4),
        ),
        "link_4": _hull(_about("x", d["forearm_radius_mm"], span(d, "forearm_x")), yoke),
        "link_5": _hull(
            _about("y", d["hand_radius_mm"], middle(d["hand_width_mm"])),
            _about("x", d["hand_radius_mm"], (0.0, d["hand_mm"] + flange_start - d["joint_gap_mm"])),
        ),
        "link_6": _about("x", d["flange_radius_mm"], (flange_start, 0.0)),
    }


def head(dimensions: Dimensions) -> Solid:
    """Return linac and collimator, cut off before the flange, and the adapter that joins them to it.

    The flange is at ``source_to_flange_mm`` from the source, in the direction that the mount angle says: square to
    the beam for 90°, behind the source for 0°.
    """
    d = dimensions
    tip, neck, shoulder, rear = (d[f"head_{name}_z_mm"] for name in ("tip", "neck", "shoulder", "rear"))
    side, bevel = d["head_width_mm"] / 2, d["head_bevel_mm"]
    narrow = [(side - bevel, side), (side, side - bevel)]
    corners = [(u * x, v * y) for x, y in narrow for u in (-1, 1) for v in (-1, 1)]
    body = hull(
        [(x, y, z) for x, y in corners for z in (shoulder, rear)],
        _points(cylinder(d["head_neck_diameter_mm"] / 2, (neck, neck + 1.0))),
    )
    collimator = cylinder(d["collimator_diameter_mm"] / 2, (tip, neck + 1.0))
    mount, flange = np.deg2rad(d["mount_deg"]), d["source_to_flange_mm"]
    to_flange = (-float(np.sin(mount)), 0.0, float(np.cos(mount)))
    body = body.trim_by_plane(tuple(-x for x in to_flange), d["adapter_mm"] - flange)
    adapter = cylinder(d["adapter_diameter_mm"] / 2, (0.0, flange)).rotate((0.0, -d["mount_deg"], 0.0))
    return body + collimator + adapter


def _about(
    axis: Literal["x", "y", "z"], radius: float, along: Span, centre: tuple[float, float, float] = (0.0, 0.0, 0.0)
) -> Solid:
    """Return a solid around a cylinder about an axis through a point."""
    return extrude(circle(radius), axis, along).translate(centre)


def _points(solid: Solid) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.asarray(solid.to_mesh64().vert_properties, dtype=float)[:, :3]


def _hull(*solids: Solid) -> Solid:
    """Return the convex hull of solids."""
    return hull(*map(_points, solids))
