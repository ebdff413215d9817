"""An O-ring linac: a closed ring that turns on the floor, and the head that runs around its inside.

IEC 61217 fixed axes with ring and gantry at 0: the ring stands across y, the source is at (0, 0, 1000).
"""

from __future__ import annotations

from simulator.models.solids.primitives import Dimensions, Solid, Solids, bore, box, cylinder, middle

DEEPER_MM = 10.0  # what is taken away reaches beyond what it is taken from


def build(dimensions: Dimensions) -> Solids:
    """Return ring, head and floor."""
    return {"ring": ring(dimensions), "head": head(dimensions), "floor": floor(dimensions)}


def ring(dimensions: Dimensions) -> Solid:
    """Return the ring's cover with the plate in the floor that it turns on; a pit lies below."""
    d = dimensions
    along = middle(d["ring_depth_mm"])
    inside = bore(d["ring_inner_diameter_mm"] / 2, middle(d["ring_depth_mm"] + DEEPER_MM))
    upright = _about_y(cylinder(d["ring_outer_diameter_mm"] / 2, along) - inside)
    plate = cylinder(d["turntable_radius_mm"], (d["floor_z_mm"], d["floor_z_mm"] - d["floor_thickness_mm"]))
    return upright + plate


def head(dimensions: Dimensions) -> Solid:
    """Return what of the head stands out of the ring's inside, just short of it."""
    d = dimensions
    within = d["ring_inner_diameter_mm"] / 2 - d["head_gap_mm"]
    column = cylinder(d["head_diameter_mm"] / 2, (d["isocentre_to_face_mm"], within + DEEPER_MM))
    return column ^ _about_y(cylinder(within, middle(d["head_diameter_mm"] + DEEPER_MM)))


def floor(dimensions: Dimensions) -> Solid:
    """Return the floor with the opening in which the ring's plate turns."""
    d = dimensions
    top, bottom = d["floor_z_mm"], d["floor_z_mm"] - d["floor_thickness_mm"]
    whole = box(middle(d["floor_side_mm"]), middle(d["floor_side_mm"]), (bottom, top))
    return whole - bore(d["floor_opening_radius_mm"], (bottom - DEEPER_MM, top + DEEPER_MM))


def _about_y(solid: Solid) -> Solid:
    """Return a solid about z turned to be about y."""
    return solid.rotate((-90.0, 0.0, 0.0))
