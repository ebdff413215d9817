"""The room in 3D: machine, couch and patient at a pose, and the sphere of directions around the isocentre."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.geometry.positions import rotation_top_patient
from simulator.mapping.collision_map import CollisionMap
from simulator.mapping.provenance import DISCLAIMER
from simulator.mapping.sphere import look_up
from simulator.setup import Setup
from simulator.view.colours import Palette

if TYPE_CHECKING:
    import pyvista

CAMERA = ((-3300.0, -4200.0, 2300.0), (0.0, -150.0, -150.0), (0.0, 0.0, 1.0))
"""Where the viewer stands, where it looks, and what is up, in IEC 61217 fixed axes in mm."""
SPHERE_RADIUS_MM = 800.0
CULPRIT_COLOUR = "#d02020"


def show(
    setup: Setup,
    cmap: CollisionMap | None = None,
    *,
    gantry: float = 0.0,
    couch: float = 0.0,
    screenshot: str | Path | None = None,
) -> None:
    """Open a PyVista window on the room, or write a picture of it.

    Parameters
    ----------
    setup : Setup
        What stands in the room.
    cmap : CollisionMap, optional
        If given, the sphere of beam directions is drawn around the isocentre, coloured by culprit as in the plots.
    gantry, couch : float
        The pose, IEC 61217 degrees. Parts that collide, or if none does are within their buffer, are red.
    screenshot : str or Path, optional
        Write this file and open no window; works without a screen.
    """
    import pyvista as pv

    plotter = pv.Plotter(off_screen=screenshot is not None, window_size=(1200, 900))
    plotter.set_background("#f4f6f8")
    _add_bodies(plotter, setup, gantry, couch)
    if cmap is not None:
        _add_sphere(plotter, setup, cmap, couch)
    check = setup.check(gantry, couch)
    plotter.add_text(f"gantry {gantry:g}°, couch {couch:g}°: {check.status}", font_size=11, color="black")
    plotter.add_text(DISCLAIMER, position="lower_left", font_size=7, color="black")
    plotter.add_axes(xlabel="x", ylabel="y (to gantry)", zlabel="z")
    plotter.camera_position = CAMERA
    plotter.enable_anti_aliasing("ssaa")
    if screenshot is None:
        plotter.show(title=setup.title or setup.name)
    else:
        plotter.screenshot(screenshot)
        plotter.close()


def _add_bodies(plotter: pyvista.Plotter, setup: Setup, gantry_deg: float, couch_deg: float) -> None:
    """Add every body at the pose, and the beam's axis."""
    import pyvista as pv

    pose = np.array([[gantry_deg, couch_deg]])
    scene = setup.scene
    statuses = setup.checker.pair_status(pose)[:, 0]
    worst = int(statuses.max(initial=0))
    culprits = [pair for pair, status in zip(scene.pairs, statuses, strict=True) if worst and status == worst]
    guilty = {body for pair in culprits for body in (pair.a, pair.b)}
    for index, body in enumerate(scene.bodies):
        mesh = pv.PolyData.from_regular_faces(body.mesh.vertices_mm, body.mesh.faces)
        colour = CULPRIT_COLOUR if index in guilty else body.colour
        actor = plotter.add_mesh(mesh, color=colour, smooth_shading=True, split_sharp_edges=True)
        actor.user_matrix = scene.T_fixed_body(index, pose)[0]
    beam = setup.machine.beam
    T_fixed_beam = scene.T_fixed_frame(beam.joint, pose)[0]
    source = (T_fixed_beam @ (*beam.source_mm, 1.0))[:3]
    plotter.add_mesh(pv.Line(source, (0.0, 0.0, 0.0)), color="#e0b000", line_width=3)


def _add_sphere(plotter: pyvista.Plotter, setup: Setup, cmap: CollisionMap, couch_deg: float) -> None:
    """Add the sphere of directions, turned with the patient."""
    import pyvista as pv

    sphere = pv.Icosphere(radius=SPHERE_RADIUS_MM, nsub=6)
    normals = np.asarray(sphere.cell_centers().points, dtype=float)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    pose = np.array([[0.0, couch_deg]])
    T_fixed_top = setup.scene.T_fixed_frame(setup.couch.table_top.joint, pose)[0]
    R_fixed_patient = T_fixed_top[:3, :3] @ rotation_top_patient(setup.position)
    palette = Palette(cmap)
    sphere.cell_data["colour"] = (255 * palette.image(*look_up(cmap, normals @ R_fixed_patient))).astype(np.uint8)
    plotter.add_mesh(sphere, scalars="colour", rgb=True, opacity=0.35, lighting=False)
    plotter.add_legend(
        [[key.label, key.rgb] for key in palette.legend()[1:]],
        face="rectangle",
        bcolor="#e8e8e8",
        border=True,
        size=(0.24, 0.2),
        loc="upper right",
    )
