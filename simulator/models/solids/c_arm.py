"""A C-arm linac: gantry, head, accessories, stand and floor.

IEC 61217 fixed axes with the gantry and the collimator at 0: origin at the isocentre, x to the right of somebody
who faces the gantry, y towards it, z upwards; the source is at (0, 0, 1000). Imagers are in ``c_arm_imagers``.
"""

from __future__ import annotations

import numpy as np

from simulator.models.solids import c_arm_imagers
from simulator.models.solids.primitives import (
    Dimensions,
    FloatArray,
    Solid,
    Solids,
    Span,
    bore,
    box,
    box_corners,
    cylinder,
    extrude,
    hull,
    loft,
    middle,
    mirrored,
    outline,
    revolve,
    span,
)


def build(dimensions: Dimensions) -> Solids:
    """Return every part of the machine, at gantry and collimator 0."""
    return {
        **gantry(dimensions),
        "head_cover": head_cover(dimensions),
        "interface_plate": interface_plate(dimensions),
        "srs_cone": srs_cone(dimensions),
        "electron_applicator": electron_applicator(dimensions),
        "stand": stand(dimensions),
        "floor": box(
            middle(dimensions["floor_side_mm"]),
            middle(dimensions["floor_side_mm"]),
            (dimensions["floor_z_mm"], dimensions["floor_z_mm"] - dimensions["floor_thickness_mm"]),
        ),
        **c_arm_imagers.build(dimensions),
    }


def c_profile(dimensions: Dimensions) -> FloatArray:
    """Return drum and counterweight (n, 2) in side view, in (y, z): down the free inside of the C, then around."""
    return np.concatenate([outline(dimensions, name, "yz") for name in ("inner_face", "outer_face")])


def gantry(dimensions: Dimensions) -> Solids:
    """Return arm, drum and counterweight: drum and counterweight are the side view, as wide as the front view says.

    No point of these two is farther from the gantry's axis than a corner of the front view.
    """
    d = dimensions
    sections = arm_sections(d)
    front = mirrored(outline(d, "front", "xz"))
    widest = float(np.abs(front[:, 0]).max())
    c = extrude(c_profile(d), "x", (-widest, widest))
    c ^= extrude(front, "y", _extent(c, axis=1))
    drum, counterweight = c.split_by_plane((0.0, 1.0, 0.0), float(sections[-1][0, 1]))
    return {"gantry_arm": loft(sections), "gantry_drum": drum, "counterweight": counterweight}


def arm_sections(dimensions: Dimensions) -> list[FloatArray]:
    """Return the arm's sections (n, 3) from its tip to the drum; one without points has those of the one before."""
    sections: list[FloatArray] = []
    half = np.empty((0, 2))
    while (y := dimensions.get(f"arm_{len(sections) + 1}_y_mm")) is not None:
        own = outline(dimensions, f"arm_{len(sections) + 1}", "xz")
        half = own if own.size else half
        x, z = mirrored(half).T
        sections.append(np.column_stack([x, np.full(len(x), y), z]))
    return sections


def head_cover(dimensions: Dimensions) -> Solid:
    """Return the flared cover of the treatment head, with a recess in which the interface plate turns freely."""
    d = dimensions
    rim = outline(d, "cover", ("radius", "z"))
    flare = revolve([(0.0, rim[0, 1]), *rim, (0.0, rim[-1, 1])])
    gap = d["plate_gap_mm"]
    deep = d["isocentre_to_face_mm"] + d["plate_thickness_mm"] + gap
    # Taken from below the face, so that no skin of the cover is left in front of the plate.
    return flare - bore(d["plate_diameter_mm"] / 2 + gap, (d["isocentre_to_face_mm"] - gap, deep))


def interface_plate(dimensions: Dimensions) -> Solid:
    """Return the plate that turns with the collimator; its lower face is flush with the face of the head."""
    face = dimensions["isocentre_to_face_mm"]
    return cylinder(dimensions["plate_diameter_mm"] / 2, (face, face + dimensions["plate_thickness_mm"]))


def srs_cone(dimensions: Dimensions) -> Solid:
    """Return a stereotactic cone and the mount that holds it at the interface plate."""
    d = dimensions
    end, face = d["cone_end_z_mm"], d["isocentre_to_face_mm"]
    cone, mount = d["cone_diameter_mm"] / 2, d["cone_mount_diameter_mm"] / 2
    shoulder = face - d["cone_mount_thickness_mm"]
    neck = end + d["cone_length_mm"]
    return revolve([(0, end), (cone, end), (cone, neck), (mount, shoulder), (mount, face), (0, face)])


def electron_applicator(dimensions: Dimensions) -> Solid:
    """Return an electron applicator as the hull of its end frame and its mount: the space between is not free."""
    d = dimensions
    end = d["applicator_end_z_mm"]
    frame = middle(d["applicator_field_mm"] + d["applicator_frame_excess_mm"])
    mount = middle(d["applicator_mount_side_mm"])
    face = d["isocentre_to_face_mm"]
    return hull(
        box_corners(frame, frame, (end, end + d["applicator_frame_thickness_mm"])),
        box_corners(mount, mount, (face - d["applicator_mount_thickness_mm"], face)),
    )


def stand(dimensions: Dimensions) -> Solid:
    """Return the stand, bevelled along its edges except at the floor, inside the true rounding."""
    d = dimensions
    x, y = middle(d["stand_width_mm"]), span(d, "stand_y")
    foot, top, bevel = d["floor_z_mm"], d["stand_top_z_mm"], d["stand_bevel_mm"]

    def inset(side: Span) -> Span:
        return side[0] + bevel, side[1] - bevel

    return hull(
        box_corners(inset(x), y, (foot, top - bevel)),
        box_corners(x, inset(y), (foot, top - bevel)),
        box_corners(inset(x), inset(y), (foot, top)),
    )


def _extent(solid: Solid, axis: int) -> Span:
    bounds = solid.bounding_box()
    return bounds[axis], bounds[axis + 3]
