"""An adult lying on the back, with a stereotactic frame or a thermoplastic mask.

Axes as in ``body``. Frame and mask are made around the head and then moved so that their origin is the site
"brain": they are rigid things of one size, which stay where the isocentre is when the patient is scaled.
"""

from __future__ import annotations

from simulator.models.solids import body
from simulator.models.solids.primitives import (
    Dimensions,
    Solid,
    Solids,
    box,
    hull,
    span,
    sphere,
    union,
)

_FAR = 1000.0  # beyond every part of a head, for what is cut off by one plane


def build(dimensions: Dimensions) -> Solids:
    """Return the parts of the body and of the fixation."""
    return {
        "head": body.head(dimensions),
        "trunk": body.trunk(dimensions),
        "legs": body.legs(dimensions),
        "arms_down": body.arms(dimensions, "down"),
        "arms_up": body.arms(dimensions, "up"),
        "head_frame": head_frame(dimensions),
        "mask": mask(dimensions),
    }


def head_frame(dimensions: Dimensions) -> Solid:
    """Return a rectangular frame around the jaw with four posts, each with a pin to the skull."""
    d = dimensions
    half, (front, back), (low, high) = d["frame_width_mm"] / 2, span(d, "frame_y"), span(d, "frame_z")
    bar, post, pin_z = d["frame_bar_mm"], d["post_side_mm"], d["pin_z_mm"]
    opening = box((bar - half, half - bar), (front + bar, back - bar), (low - bar, high + bar))
    solids = [box((-half, half), (front, back), (low, high)) - opening]
    for side in (-1.0, 1.0):
        for y, inwards, tip_y in ((front, post, d["pin_tip_front_mm"]), (back, -post, d["pin_tip_back_mm"])):
            outside, inside = side * half, side * (half - post)
            solids.append(box((outside, inside), (y, y + inwards), (low, d["post_z_mm"])))
            start = ((outside + inside) / 2, y + inwards / 2, pin_z)
            solids.append(_pin(start, (side * d["pin_tip_x_mm"], tip_y, pin_z), d["pin_radius_mm"]))
    return _about_brain(union(solids), d)


def mask(dimensions: Dimensions) -> Solid:
    """Return a shell over face and crown, open at the neck, with a flat rim at the sides."""
    d = dimensions
    gap, rim_y = d["mask_gap_mm"], d["mask_rim_y_mm"]
    depth = rim_y + _FAR  # drawn out to beyond the rim, where everything is cut off
    inside = body.head(d, gap, depth)
    shell = body.head(d, gap + d["mask_thickness_mm"], depth)
    brim = body.head(d, gap + d["mask_thickness_mm"] + d["mask_rim_width_mm"], depth)
    slab = box((-_FAR, _FAR), (rim_y - d["mask_rim_thickness_mm"], rim_y), (-_FAR, _FAR))
    solid = (shell + (brim ^ slab)) - inside
    solid = solid.trim_by_plane((0.0, -1.0, 0.0), -rim_y)
    return _about_brain(solid.trim_by_plane((0.0, 0.0, 1.0), d["mask_lower_edge_z_mm"]), d)


def _pin(start: tuple[float, float, float], tip: tuple[float, float, float], radius: float) -> Solid:
    return hull(sphere(start, radius, segments=8), sphere(tip, radius, segments=8))


def _about_brain(solid: Solid, dimensions: Dimensions) -> Solid:
    return solid.translate((0.0, -dimensions["brain_y_mm"], -dimensions["brain_z_mm"]))
