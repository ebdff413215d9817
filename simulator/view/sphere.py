"""The sphere of beam directions around the isocentre: a surface, and its picture.

A direction is drawn where the source stands, seen from the isocentre. The sphere is built in the axes of the map's
chart and turns with the patient: its poles are on the axis of the joint nearest the patient, the couch of a C-arm.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.collision.contact import Status
from simulator.geometry.angles import FloatArray, sin_cos_deg
from simulator.maps.collision_map import CollisionMap
from simulator.maps.look_up import OUT_OF_RANGE, cut_off, look_up_around
from simulator.setup.setup import Setup
from simulator.view.colours import Palette
from simulator.view.joint_axes import T_fixed_frame

if TYPE_CHECKING:
    import pyvista

RADIUS_MM = 800.0
STEP_DEG = 6.0
"""Of the surface."""
PIXEL_DEG = 0.25
OPACITY = 0.55
FREE_OPACITY = 0.12
HATCH_PIXELS, LINE_PIXELS, HATCH_GREY = 16, 4, 0.25
"""How far the lines are apart of what is hatched, how wide they are, and their grey."""


def surface() -> pyvista.PolyData:
    """Return the sphere in the axes of the chart, in mm, with normals and the places in its picture.

    It is cut along azimuth ±180°, so that the picture has its two ends there.
    """
    import pyvista as pv

    polar = np.linspace(0.0, 180.0, round(180 / STEP_DEG) + 1)
    azimuth = np.linspace(-180.0, 180.0, round(360 / STEP_DEG) + 1)
    directions = _directions(polar, azimuth).reshape(-1, 3)
    places = np.stack(np.broadcast_arrays((azimuth + 180) / 360, 1 - polar[:, None] / 180), axis=-1)
    index = np.arange(polar.size * azimuth.size).reshape(polar.size, azimuth.size)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    # At the poles one of the two triangles is a line.
    faces = np.concatenate([np.stack([a, b, c], axis=-1)[:-1], np.stack([a, c, d], axis=-1)[1:]]).reshape(-1, 3)
    sphere = pv.PolyData.from_regular_faces(RADIUS_MM * directions, faces)
    sphere.point_data.active_normals = directions
    sphere.active_texture_coordinates = places.reshape(-1, 2)
    return sphere


def picture(cmap: CollisionMap, palette: Palette) -> NDArray[np.uint8]:
    """Return the picture of the sphere (rows, columns, 4): from z down to -z, from azimuth -180 to 180.

    Red, green, blue and opacity. What is free is nearly clear, and hatched where no way leads to it from the home
    pose.
    """
    status, culprit = looked_up(cmap, PIXEL_DEG)
    is_clear = (status == Status.FREE) | (status == OUT_OF_RANGE)
    # Rings about the poles: lines aslant would run together there.
    rings = np.arange(len(status)) % HATCH_PIXELS < LINE_PIXELS
    stripes = np.zeros(status.shape, dtype=bool)
    polar, azimuth = middles_of_picture(PIXEL_DEG)
    stripes[rings] = cut_off(cmap, _directions(polar[rings], azimuth), status[rings] == Status.FREE)
    pixels = np.empty((*status.shape, 4), dtype=np.uint8)
    pixels[..., :3] = _bytes(palette.colours)[palette.index(status, culprit)]
    pixels[..., 3] = np.where(is_clear, *_bytes([FREE_OPACITY, OPACITY]))
    pixels[stripes] = _bytes([HATCH_GREY, HATCH_GREY, HATCH_GREY, OPACITY])
    return pixels


def looked_up(cmap: CollisionMap, pixel_deg: float) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
    """Return status and culprit (rows, columns) of the pixels of such a picture, of a size of one's own."""
    return look_up_around(cmap, *middles_of_picture(pixel_deg))


def middles_of_picture(pixel_deg: float) -> tuple[FloatArray, FloatArray]:
    """Return polar angles (rows,) and azimuths (columns,) of pixels of a picture, in the axes of the chart."""
    polar, azimuth = (
        (np.arange(round(span / pixel_deg), dtype=float) + 0.5) * pixel_deg + start
        for start, span in ((0, 180), (-180, 360))
    )
    return polar, azimuth


def T_fixed_chart(setup: Setup, cmap: CollisionMap, pose: dict[str, float]) -> NDArray[np.float64]:
    """Return the transform (4, 4) from the chart's axes, with the isocentre as origin, to the room's at a pose."""
    T_fixed_top = T_fixed_frame(setup, setup.couch.table_top.joint, pose)
    T = np.eye(4)
    T[:3, :3] = T_fixed_top[:3, :3] @ cmap.rotation("top").T
    return T


def _directions(polar_deg: FloatArray, azimuth_deg: FloatArray) -> FloatArray:
    """Return unit vectors (n, m, 3) from spherical coordinates, shapes (n,) and (m,)."""
    (sin_p, cos_p), (sin_a, cos_a) = sin_cos_deg(polar_deg[:, None]), sin_cos_deg(azimuth_deg)
    return np.stack(np.broadcast_arrays(sin_p * cos_a, sin_p * sin_a, cos_p), axis=-1)


def _bytes(shares: ArrayLike) -> NDArray[np.uint8]:
    """Return colours and opacities from 0 to 1 as a picture has them."""
    return np.asarray(np.rint(255 * np.asarray(shares)), dtype=np.uint8)
