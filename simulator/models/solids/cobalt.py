"""A cobalt-60 machine: the source in a shielded sphere, a beam stopper opposite, both on a C-shaped frame.

IEC 61217 fixed axes with gantry and collimator at 0: the source is at the middle of the sphere, above the isocentre.
"""

from __future__ import annotations

from simulator.models.solids.primitives import (
    Dimensions,
    Solid,
    Solids,
    box,
    box_corners,
    cylinder,
    hull,
    middle,
    span,
    sphere,
    union,
)

SEGMENTS = 32


def build(dimensions: Dimensions) -> Solids:
    """Return every part of the machine, at gantry and collimator 0."""
    d = dimensions
    floor, side = d["floor_z_mm"], middle(d["floor_side_mm"])
    return {
        "head": head(d),
        "collimator": cylinder(d["collimator_diameter_mm"] / 2, span(d, "collimator_z")),
        "trimmers": trimmers(d),
        "frame": frame(d),
        "beam_stopper": box(
            middle(d["stopper_side_mm"]),
            middle(d["stopper_side_mm"]),
            (d["stopper_top_z_mm"], d["stopper_top_z_mm"] - d["stopper_thickness_mm"]),
        ),
        "stand": box(middle(d["stand_width_mm"]), span(d, "stand_y"), (floor, d["stand_top_z_mm"])),
        "floor": box(side, side, (floor - d["floor_thickness_mm"], floor)),
    }


def head(dimensions: Dimensions) -> Solid:
    """Return the sphere around the source, and the neck below it that the collimator turns on."""
    d = dimensions
    ball = hull(sphere((0.0, 0.0, d["source_z_mm"]), d["head_diameter_mm"] / 2, SEGMENTS))
    return ball + cylinder(d["collimator_diameter_mm"] / 2, (d["neck_z_mm"], d["source_z_mm"]))


def trimmers(dimensions: Dimensions) -> Solid:
    """Return the trimmers as the hull of their frame and their mount: the space between is not free."""
    d = dimensions
    frame, mount = middle(d["trimmer_frame_side_mm"]), middle(d["trimmer_mount_side_mm"])
    end, top = d["trimmer_end_z_mm"], d["collimator_z_min_mm"]
    return hull(
        box_corners(frame, frame, (end, end + d["trimmer_frame_thickness_mm"])), box_corners(mount, mount, (top, top))
    )


def frame(dimensions: Dimensions) -> Solid:
    """Return the C: an arm to the head, one to the beam stopper, and what joins them behind."""
    d = dimensions
    inner, outer = span(d, "frame_y")
    upper, lower = span(d, "upper_arm_z"), span(d, "lower_arm_z")
    across = middle(d["arm_width_mm"])
    arms = (box(across, (0.0, outer), z) for z in (upper, lower))
    return union([*arms, box(middle(d["frame_width_mm"]), (inner, outer), (lower[0], upper[1]))])
