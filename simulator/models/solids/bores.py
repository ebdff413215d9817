"""Machines that the patient lies inside of: rings in covers with a bore, and a conical bore with fixed sources.

IEC 61217 fixed axes: origin at the isocentre, y into the bore, z upwards. A bore is inside the true one, so that the
parts are never smaller than what they stand for.
"""

from __future__ import annotations

import numpy as np

from simulator.models.solids.primitives import (
    SEGMENTS,
    Dimensions,
    FloatArray,
    Solid,
    Solids,
    box,
    extrude,
    hull,
    middle,
    mirrored,
    revolve,
    span,
    union,
)

STANDS_MM = 1.0
"""What stands on the floor ends so far above it."""


def ring(dimensions: Dimensions) -> Solids:
    """Return the covers of a ring machine, with a bore that flares at both ends, and the floor."""
    return {"covers": _covers(dimensions) - _flared_bore(dimensions), "floor": _floor(dimensions)}


def couch(dimensions: Dimensions) -> Solids:
    """Return a couch whose top slides over a lift in front of the machine, and reaches from it into the bore."""
    d = dimensions
    half = d["top_width_mm"] / 2
    return {**_stand(d), "top": hull(*(_edge(d, y, half) for y in (0.0, -d["top_length_mm"])))}


def gamma_positioner(dimensions: Dimensions) -> Solids:
    """Return a couch whose bed ends at the shoulders, narrow there: it follows the head into the bore."""
    d = dimensions
    half, narrow, long = d["top_width_mm"] / 2, d["top_end_width_mm"] / 2, d["top_taper_mm"]
    places = [(0.0, narrow), (-long, half), (-d["top_length_mm"], half)]
    return {**_stand(d), "bed": hull(*(_edge(d, y, half_width) for y, half_width in places))}


def gamma_unit(dimensions: Dimensions) -> Solids:
    """Return the covers, the collimator body with its conical bore, the sources around it, and the floor.

    The bore is open towards -y and closed at its back. Sources are rods that point at the focus from where they are.
    """
    d = dimensions
    body = _around_y(revolve(_cone(d, d["body_thickness_mm"])))
    room = _around_y(_inner(_cone(d, d["body_thickness_mm"] + d["room_for_sources_mm"])))
    front, start, wide = d["covers_y_min_mm"], d["bore_y_min_mm"], d["opening_radius_mm"]
    opening = [(0.0, front), (wide, front), (wide, start), (0.0, start)]
    return {
        "covers": _covers(d) - room - _around_y(_inner(opening)),
        "collimator_body": body - _around_y(_inner(_cone(d, 0.0))),
        "sources": union(_rod(place, d["source_side_mm"], d["source_length_mm"]) for place in source_places(d)),
        "floor": _floor(d),
    }


def source_places(dimensions: Dimensions) -> FloatArray:
    """Return where the sources are (n, 3): in rings about the bore, each ring with its place, radius and number."""
    d, places, ring = dimensions, [], 1
    while f"ring_{ring}_sources" in d:
        count = round(d[f"ring_{ring}_sources"])
        turn = 2 * np.pi * (np.arange(count) + 0.5) / count
        radius, y = d[f"ring_{ring}_radius_mm"], np.full(count, d[f"ring_{ring}_y_mm"])
        places.append(np.column_stack([radius * np.sin(turn), y, radius * np.cos(turn)]))
        ring += 1
    return np.concatenate(places)


def _cone(dimensions: Dimensions, wall: float) -> list[tuple[float, float]]:
    """Return the profile (radius, y) of the conical bore with a wall around it and behind it."""
    d = dimensions
    front, back = d["bore_front_radius_mm"] + wall, d["bore_back_radius_mm"] + wall
    start, end = d["bore_y_min_mm"], d["bore_y_max_mm"] + wall
    return [(0.0, start), (front, start), (back, end), (0.0, end)]


def _rod(place: FloatArray, side: float, length: float) -> Solid:
    """Return a square rod that begins at a place and leads away from the isocentre."""
    away = place / np.linalg.norm(place)
    across = np.cross(away, (0.0, 1.0, 0.0))
    across /= np.linalg.norm(across)
    up = np.cross(away, across)
    corners = [side / 2 * (a * across + b * up) for a in (-1, 1) for b in (-1, 1)]
    return hull([place + corner + reach * away for corner in corners for reach in (0.0, length)])


def _stand(dimensions: Dimensions) -> Solids:
    """Return what carries a table top: a base in the room, and a lift with the upper face of the top at z = 0."""
    d = dimensions
    above = -d["top_thickness_mm"] - d["lift_gap_mm"]
    lift = box(middle(d["lift_width_mm"]), span(d, "lift_y"), (above - d["lift_length_mm"], above))
    foot = d["floor_z_mm"] + STANDS_MM
    return {"base": box(middle(d["base_width_mm"]), span(d, "base_y"), (foot, d["base_top_z_mm"])), "lift": lift}


def _edge(dimensions: Dimensions, y: float, half: float) -> FloatArray:
    """Return the corners (n, 3) of a table top's cross section, its lower edges bevelled, for hulls."""
    deep, bevel = dimensions["top_thickness_mm"], dimensions["top_bevel_mm"]
    outline = [(half, 0.0), (half, bevel - deep), (half - bevel, -deep)]
    return np.array([(side * x, y, z) for x, z in outline for side in (-1, 1)])


def _covers(dimensions: Dimensions) -> Solid:
    """Return the outside of a machine: a block along the bore, its upper edges cut off."""
    d = dimensions
    half, bevel = d["outer_width_mm"] / 2, d["outer_bevel_mm"]
    top, foot = d["outer_top_z_mm"], d["floor_z_mm"] + STANDS_MM
    return extrude(mirrored([(half, foot), (half, top - bevel), (half - bevel, top)]), "y", span(d, "covers_y"))


def _flared_bore(dimensions: Dimensions) -> Solid:
    """Return a solid inside the bore, wider towards both ends, and through both."""
    d = dimensions
    (front, back), long = span(d, "covers_y"), d["flare_length_mm"]
    narrow, wide = d["bore_radius_mm"], d["flare_radius_mm"]
    profile = [(0.0, front), (wide, front), (narrow, front + long), (narrow, back - long), (wide, back), (0.0, back)]
    return _around_y(_inner(profile))


def _inner(profile: list[tuple[float, float]]) -> Solid:
    """Return a solid of revolution about z that lies inside the true one, for what is taken away."""
    return revolve(np.asarray(profile) * np.array([np.cos(np.pi / SEGMENTS), 1.0]))


def _around_y(solid: Solid) -> Solid:
    """Return a solid about z as one about y."""
    return solid.rotate((-90.0, 0.0, 0.0))


def _floor(dimensions: Dimensions) -> Solid:
    d = dimensions
    side, top = d["floor_side_mm"], d["floor_z_mm"]
    return box(middle(side), middle(side), (top - d["floor_thickness_mm"], top))
