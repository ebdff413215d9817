"""An atlas as one web page that needs nothing else: targets in the patient, and what was found of each.

``atlas_page.html`` is the page, ``stage.js`` what draws it, ``atlas_page.js`` what answers a click.
``#case=12`` at the end of the address opens it at that case.
"""

from __future__ import annotations

import base64
import html
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.maps.collision_map import CollisionMap
from simulator.maps.provenance import DISCLAIMER
from simulator.models.kinematics import ROOT
from simulator.setup.setup import Setup
from simulator.studies.rows import ISOCENTRE
from simulator.view import sphere
from simulator.view.atlas_room import SEEN_THROUGH, SPHERE_MM, VIEW_DEG, AtlasRoom, Camera
from simulator.view.export.gltf import T_GLTF_FIXED, in_metres
from simulator.view.export.nodes import Nodes, material
from simulator.view.export.sphere_regions import SphereRegions
from simulator.view.export.template import filled
from simulator.view.export.three import three_js
from simulator.view.lattice import NO_CASE, LatticeVolume, no_plane, volumes_of
from simulator.view.markers import looking
from simulator.view.plots.atlas import VIEWS, colours_of, limits_of
from simulator.view.shading import shaded
from simulator.view.study_table import said_of
from simulator.whole_files import file_path, written_whole

if TYPE_CHECKING:
    import pandas as pd

SCRIPT = Path(__file__).with_name("atlas_page.js")
MapOf = Callable[[int], CollisionMap | None]
"""The map of a case by its index; None if it was not kept."""
STOPS = 12
"""Of the bar of colours."""


@checked
def write_atlas_page(
    table: pd.DataFrame, setup: Setup, path: str | os.PathLike[str], *, title: str, map_of: MapOf | None = None
) -> None:
    """Write the atlas of a study as one web page: the same bytes for the same study.

    Parameters
    ----------
    table : DataFrame
        The rows of a study over a lattice of isocentres.
    setup : Setup
        One of its cases: whose patient and table top are shown.
    path : path
        The file, ``.html``.
    title : str
        What it asks.
    map_of : callable, optional
        Gives the maps that were kept. A click on such a target shows its sphere and its map, on others their row.

    Raises
    ------
    SimulatorError
        If the isocentres are no lattice, or the file cannot be written.

    Examples
    --------
    >>> import simulator as sim
    >>> study = sim.Study.of("box", {"lattice": {"spacing_mm": 175, "part": "box phantom"}},
    ...                      tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> table = sim.run_study(study, workers=1).table
    >>> sim.write_atlas_page(table, sim.load_setup("box"), "atlas.html", title="Where in a box?")
    """
    file = file_path(path, ".html", ".htm")
    volumes = volumes_of(table)
    if not volumes:
        raise no_plane("atlas", table)
    room = AtlasRoom.of(setup)
    limits = _limits(volumes)
    maps = {} if map_of is None else _maps(table, map_of)
    regions = SphereRegions.of(maps)
    places = [room.places_mm(_targets(table, volume)) for volume in volumes]
    camera = room.camera(np.concatenate(places))
    content = {
        "volumes": [_volume(volume, at, limits) for volume, at in zip(volumes, places, strict=True)],
        "rows": [_row(row, regions) for row in table.to_dict("records")],
        "slices": [{"name": name, "axis": view.across} for name, view in VIEWS.items()],
        "sphere": regions.told(),
        "focus": np.round(_in_gltf(np.array([camera[1]]))[0], 6).tolist(),
        "halfView": float(np.tan(np.deg2rad(VIEW_DEG) / 2)),
    }
    bar = colours_of(np.linspace(*limits, STOPS), limits)
    page = filled(
        "atlas_page.html",
        {
            "TITLE": html.escape(title),
            "COLOURS": ", ".join(bar),
            "LOW": f"{limits[0]:.1f}",
            "HIGH": f"{limits[1]:.1f}",
            "GAP": html.escape(volumes[0].shares.stated_gap("4π")),
            "DISCLAIMER": html.escape(DISCLAIMER),
            "GLB": base64.b64encode(_glb(room, next(iter(maps.values()), None), camera)).decode(),
            "THREE": three_js(),
            "SCRIPT": SCRIPT.read_text(encoding="utf-8"),
            "ATLAS": json.dumps(content, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c"),
        },
    )
    with written_whole(file) as unfinished:
        unfinished.write_bytes(page.encode())


def _limits(volumes: Sequence[LatticeVolume]) -> tuple[float, float]:
    """Return the percent at the two ends of the colours, for all lattices."""
    ends = np.array([limits_of(volume) for volume in volumes])
    return float(ends[:, 0].min()), float(ends[:, 1].max())


def _maps(table: pd.DataFrame, map_of: MapOf) -> dict[int, CollisionMap]:
    found = {int(index): map_of(int(index)) for index in table["index"]}
    return {index: cmap for index, cmap in found.items() if cmap is not None and cmap.has_area}


def _targets(table: pd.DataFrame, volume: LatticeVolume) -> NDArray[np.float64]:
    """Return the places (n, 3) of a lattice's targets in the patient's DICOM axes."""
    rows = volume.row[volume.row != NO_CASE]
    return np.asarray(table.loc[rows, list(ISOCENTRE)], dtype=float)


def _volume(volume: LatticeVolume, places_mm: NDArray[np.float64], limits: tuple[float, float]) -> dict[str, Any]:
    """Return what the page is told of a lattice; ``cells`` and ``places`` have three numbers for each target."""
    cells = np.argwhere(volume.row != NO_CASE)
    return {
        "label": volume.label,
        "rows": volume.row[volume.row != NO_CASE].tolist(),
        "cells": cells.ravel().tolist(),
        "places": np.round(_in_gltf(places_mm), 5).ravel().tolist(),
        "axes": [np.round(axis, 3).tolist() for axis in volume.axes_mm],
        "middle": [volume.plane(axis, None) for axis in range(3)],
        "spacing": volume.spacing_mm / 1000.0,
        "colours": colours_of(volume.shares.middle[volume.row != NO_CASE], limits),
    }


def _row(row: Mapping[str, Any], regions: SphereRegions) -> dict[str, Any]:
    """Return what a click on a target shows."""
    said, *pairs = said_of(row, "4π")
    told = {"index": int(row["index"]), "said": said, "pairs": pairs}
    picture = regions.of_case.get(int(row["index"]))
    return told if picture is None else told | {"sphere": base64.b64encode(picture.tobytes()).decode()}


def _glb(room: AtlasRoom, cmap: CollisionMap | None, camera: Camera) -> bytes:
    """Return patient and table top, seen through, and a sphere that the page puts around a target."""
    from PIL import Image

    nodes = Nodes("treatment-geometry-simulator", [DISCLAIMER])
    nodes.add(ROOT, None, T_GLTF_FIXED, "room (IEC 61217 fixed axes, mm, z up)", {"unit": "mm", "up": "z"})
    for body in room.bodies:
        look = material(body.colour, SEEN_THROUGH)
        nodes.add_shape(
            ROOT, body.name, shaded(body.mesh), look, {"part": body.name}, T_parent_node=room.T_fixed(body)
        )
    T = T_GLTF_FIXED.copy()
    if cmap is not None:
        T = T_GLTF_FIXED @ sphere.T_fixed_chart(room.setup, cmap, {})
    T[:3, :3] *= SPHERE_MM / sphere.RADIUS_MM
    nodes.add("target", None, np.eye(4), "target", {})
    look = material("#ffffff", is_lit=False, is_open=True, blends=True)
    role, blank = {"role": "directions"}, Image.new("RGBA", (1, 1))  # with a picture the places in it are written
    nodes.add_shape("target", "directions", sphere.surface(), look, role, T_parent_node=T, picture=blank)
    nodes.add_camera(in_metres(T_GLTF_FIXED @ looking(camera)), VIEW_DEG)
    return nodes.glb()


def _in_gltf(places_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points (n, 3) of the room in metres, y up."""
    return np.asarray(places_mm @ T_GLTF_FIXED[:3, :3].T)
