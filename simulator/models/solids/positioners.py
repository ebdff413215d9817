"""Positioners of particle therapy: a table top on an arm, and an upright chair on a turntable.

The arm is not drawn as it stands in one pose: no joint of the table tells where its elbow is. It stands in the
vertical plane through its base's axis and its wrist's, so seen from above both links lie on the line between the
two. With a wrist at most r from the isocentre and a base at b > r from it, that line deviates by at most asin(r/b)
from the one between base and isocentre. So a wedge of that half angle from the wrist, as long as the forearm, holds
the forearm wherever the table is, and one from the base, as long as the upper arm, the upper arm; both are as deep
as the elbow may hang.

The table top is in IEC table-top axes. The forearm is in the room's directions through the wrist, the upper arm in
the room's axes; height 0 of both is the upper face of the table top. The chair's back is a table top that stands
upright.
"""

from __future__ import annotations

import numpy as np

from simulator.models.solids.couches import table_top
from simulator.models.solids.primitives import (
    Dimensions,
    FloatArray,
    Solid,
    Solids,
    Span,
    box,
    circle,
    cylinder,
    hull,
    middle,
    span,
    union,
)

_RAYS = 5  # of a wedge, from side to side


def robot(dimensions: Dimensions) -> Solids:
    """Return the table top with its wrist below, and the space of forearm, upper arm and column."""
    d = dimensions
    base, lower = np.array([d["base_x_mm"], d["base_y_mm"]]), -d["arm_lower_depth_mm"]
    column = cylinder(d["column_radius_mm"], (lower - d["column_length_mm"], lower))

    def link(name: str, towards: FloatArray) -> Solid:
        half_angle = float(np.arcsin(d["wrist_farthest_mm"] / np.linalg.norm(base)))
        wedge = _wedge(d[f"{name}_length_mm"], half_angle, d["arm_half_width_mm"], (lower, -d["arm_upper_depth_mm"]))
        return wedge.rotate((0.0, 0.0, float(np.degrees(np.arctan2(-towards[0], towards[1])))))

    return {
        "top": table_top(d),
        "wrist": cylinder(d["wrist_radius_mm"], (-d["arm_upper_depth_mm"], -d["wrist_top_depth_mm"])).translate(
            (0.0, d["wrist_y_mm"], 0.0)
        ),
        "forearm": link("forearm", base),
        "upper_arm": (link("upper_arm", -base) + column).translate((*base, 0.0)),
    }


def chair(dimensions: Dimensions) -> Solids:
    """Return turntable, platform with mast, and the chair: back, head rest and foot rest, in the axes of the back.

    Turntable and platform are in IEC 61217 axes of the patient support, through the isocentre.
    """
    d = dimensions
    foot = d["turntable_z_mm"]
    plate = span(d, "platform_z")
    half, mast_y = d["platform_width_mm"] / 2, span(d, "mast_y")
    thickness = -d["back_thickness_mm"], 0.0
    neck = -d["head_rest_length_mm"]
    return {
        "turntable": cylinder(d["turntable_radius_mm"], (foot, foot + d["turntable_thickness_mm"])),
        "platform": union(
            [
                box((-half, half), (mast_y[0], half), plate),
                box(middle(d["mast_width_mm"]), mast_y, (plate[0], d["mast_top_z_mm"])),
            ]
        ),
        "chair": union(
            [
                box(middle(d["head_rest_width_mm"]), (neck, 0.0), thickness),
                box(middle(d["back_width_mm"]), (-d["back_length_mm"], neck), thickness),
                _foot_rest(d, thickness[0]),
            ]
        ),
    }


def _foot_rest(dimensions: Dimensions, back_z: float) -> Solid:
    """Return the plate that the patient stands on, square to the back at its lower end."""
    d = dimensions
    end = -d["back_length_mm"]
    return box(
        middle(d["back_width_mm"]), (end - d["foot_rest_thickness_mm"], end), (back_z, d["foot_rest_depth_mm"])
    )


def _wedge(length: float, half_angle: float, half_width: float, z: Span) -> Solid:
    """Return all that a link from the z axis may take: along +y, up to an angle to either side, round at its ends.

    Its rounded end is that of the hull of some directions, set outwards to hold the arc between them.
    """
    ring = circle(half_width)
    angles = np.linspace(-half_angle, half_angle, _RAYS)
    reach = length / float(np.cos(half_angle / (_RAYS - 1)))
    ends = [ring + reach * np.array([np.sin(angle), np.cos(angle)]) for angle in angles]
    plan: FloatArray = np.concatenate([ring, *ends])
    return hull(*(np.column_stack([plan, np.full(len(plan), height)]) for height in z))
