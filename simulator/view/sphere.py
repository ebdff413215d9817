"""The sphere of beam directions around the isocentre: a surface, and its picture.

A direction is drawn where the source stands, seen from the isocentre. The sphere turns with the patient support, in
whose axes it is built: its poles are at gantry 0 and 180, and its meridians are couch angles.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.directions.vectors import direction_to_angles, source_direction_top
from simulator.maps.collision_map import CollisionMap
from simulator.maps.look_up import OUT_OF_RANGE, look_up_angles
from simulator.view.colours import Palette

if TYPE_CHECKING:
    import pyvista

RADIUS_MM = 800.0
STEP_DEG = 6.0
"""Of the surface."""
PIXEL_DEG = 0.25
OPACITY = 0.55
FREE_OPACITY = 0.12


def surface() -> pyvista.PolyData:
    """Return the sphere in the axes of the patient support, in mm, with normals and the places in its picture.

    It is cut along couch ±180°, so that the picture has its two ends there.
    """
    import pyvista as pv

    polar = np.linspace(0.0, 180.0, round(180 / STEP_DEG) + 1)
    couch = np.linspace(-180.0, 180.0, round(360 / STEP_DEG) + 1)
    directions = source_direction_top(polar[:, None], couch[None, :])
    places = np.stack(np.broadcast_arrays((couch[None, :] + 180) / 360, 1 - polar[:, None] / 180), axis=-1)
    index = np.arange(polar.size * couch.size).reshape(polar.size, couch.size)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    # Growing couch angles run clockwise seen from above. At the poles one of the two triangles is a line.
    faces = np.concatenate([np.stack([a, c, b], axis=-1)[:-1], np.stack([a, d, c], axis=-1)[1:]]).reshape(-1, 3)
    sphere = pv.PolyData.from_regular_faces(RADIUS_MM * directions.reshape(-1, 3), faces)
    sphere.point_data.active_normals = directions.reshape(-1, 3)
    sphere.active_texture_coordinates = places.reshape(-1, 2)
    return sphere


def picture(cmap: CollisionMap, palette: Palette) -> NDArray[np.uint8]:
    """Return the picture of the sphere (rows, columns, 4): from gantry 0 down to 180, from couch -180 to 180.

    Red, green, blue and opacity; what is free is nearly clear.
    """
    polar, couch = (
        (np.arange(round(span / PIXEL_DEG), dtype=float) + 0.5) * PIXEL_DEG + start
        for start, span in ((0, 180), (-180, 360))
    )
    status, culprit = look_up_angles(cmap, polar[:, None], couch[None, :])
    opacity = np.where((status == Status.FREE) | (status == OUT_OF_RANGE), FREE_OPACITY, OPACITY)
    pixels = np.concatenate([palette.image(status, culprit), opacity[..., None]], axis=-1)
    return np.asarray(np.rint(255 * pixels), dtype=np.uint8)


def poses_of_direction(direction_support: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the poses (n, 2) that point the beam from a direction (3,) in patient-support axes, in degrees.

    (g, c) and (-g, c ± 180) are one direction; which of them a machine can reach, its map tells.
    """
    gantry, couch = (float(angle[0]) for angle in direction_to_angles(direction_support[None]))
    poses = [(gantry, couch)] + [(-gantry, couch + turn) for turn in (-180.0, 180.0)]
    return np.array([pose for pose in poses if abs(pose[1]) <= 180.0])
