"""The room as a glTF file, for Blender, three.js and all that read it: its nodes are the kinematic tree.

Every joint is a node of its name, with every part that it carries as a node below it: turning the node "gantry" about
its axis turns the gantry. A joint's ``extras`` tell how it moves and where it stands. glTF is in metres with y up;
the root node alone takes IEC 61217 fixed axes in millimetres there, and below it everything is as in the models.
"""

from __future__ import annotations

import os

import numpy as np

from simulator.arguments import checked
from simulator.collision.answers import PoseCheck, bodies_in_the_way
from simulator.errors import SimulatorError, warned
from simulator.geometry.transforms import inverse
from simulator.maps.collision_map import CollisionMap
from simulator.maps.provenance import DISCLAIMER, require_map_of
from simulator.models.kinematics import ROOT
from simulator.setup.setup import Setup
from simulator.view import sphere
from simulator.view.cameras import ROOMS_EYE, VIEW_DEG
from simulator.view.colours import STATUS_COLOURS, Palette
from simulator.view.export.nodes import Extras, Nodes, material
from simulator.view.joint_axes import T_fixed_frame, beside_the_map, shown_pose
from simulator.view.markers import (
    BEAM_COLOUR,
    BEAM_OPACITY,
    FIELD_RADIUS_MM,
    LINE_COLOUR,
    LINE_RADIUS_MM,
    cone,
    looking,
    rod,
)
from simulator.view.shading import shaded
from simulator.whole_files import file_path, written_whole

ROOT_NAME = "room (IEC 61217 fixed axes, mm, z up)"
T_GLTF_FIXED = np.array(
    [[0.001, 0.0, 0.0, 0.0], [0.0, 0.0, 0.001, 0.0], [0.0, -0.001, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
)

"""Millimetres to metres and z up to y up: x stays to the right, y (to the gantry) becomes -z."""


@checked
def write_gltf(
    setup: Setup,
    path: str | os.PathLike[str],
    cmap: CollisionMap | None = None,
    **pose: float,
) -> None:
    """Write the room at a pose as one binary glTF 2.0 file: the same bytes for the same room.

    Parameters
    ----------
    setup : Setup
        What stands in the room.
    path : path
        The file, ``.glb``.
    cmap : CollisionMap, optional
        A map of this set-up. If given, the sphere of beam directions stands around the isocentre, coloured by culprit
        as in the plots.
    **pose : float
        Values of joints by name, in degrees (IEC 61217) or mm; others stand where they rest. Parts that collide are
        red; if none does, those within their buffer are orange.

    Raises
    ------
    SimulatorError
        If a joint is unknown or its value outside its limits, the map is of another set-up or of another value of a
        joint that it does not sweep, or the file cannot be written.

    Examples
    --------
    >>> import simulator as sim
    >>> sim.write_gltf(sim.load_setup("brain"), "room.glb", gantry=60, couch=15)
    """
    file = file_path(path, ".glb")
    content = room_glb(setup, setup.check(**shown_pose(setup, cmap, pose)), cmap)
    with written_whole(file) as unfinished:
        unfinished.write_bytes(content)


def room_glb(setup: Setup, check: PoseCheck, cmap: CollisionMap | None) -> bytes:
    """Return the room at the pose of a check, as the bytes of a binary glTF file."""
    nodes = Nodes("treatment-geometry-simulator", [DISCLAIMER, *warned(setup.warnings)])
    nodes.add(ROOT, None, T_GLTF_FIXED, ROOT_NAME, {"axes": "IEC 61217 fixed", "unit": "mm", "up": "z"})
    _add_joints(nodes, setup, check)
    _add_parts(nodes, setup, check)
    _add_beam(nodes, setup, check)
    if check.points_mm is not None and check.clearance_mm > 0:
        name = f"clearance {check.clearance_mm:.1f} mm, {check.nearest}"
        start, end = np.asarray(check.points_mm)
        gap = rod(start, end, LINE_RADIUS_MM)
        nodes.add_shape(ROOT, name, gap, material(LINE_COLOUR, is_lit=False, is_open=True), {"role": "clearance"})
    if cmap is not None:
        _require_map_at(setup, cmap, check)
        if cmap.has_area:
            _add_sphere(nodes, setup, cmap)
    nodes.add_camera(in_metres(T_GLTF_FIXED @ looking(ROOMS_EYE)), VIEW_DEG)
    return nodes.glb()


def _require_map_at(setup: Setup, cmap: CollisionMap, check: PoseCheck) -> None:
    """Refuse a map that does not hold at a pose, because of another room or of a joint that it does not sweep."""
    require_map_of(setup, cmap.provenance)
    for joint, value in beside_the_map(setup, cmap, check.pose).items():
        raise SimulatorError(f"{joint}: must be {value:g} as in the map, was {check.pose[joint]:g}")


def _add_joints(nodes: Nodes, setup: Setup, check: PoseCheck) -> None:
    scene = setup.scene
    values = {**scene.rest, **check.pose}
    for joint in scene.tree.joints:
        driver, multiplier = scene.tree.driver(joint.name)
        value = multiplier * float(values.get(driver, 0.0))
        extras: Extras = {"joint": joint.name, "type": joint.type}
        if joint.type != "fixed":
            extras |= {"axis": list(joint.axis), "value": value, "unit": joint.unit}
        if joint.mimic is not None:
            extras |= {"mimic": driver, "multiplier": multiplier}
        nodes.add(joint.name, joint.parent, joint.T_parent_joint(value), joint.name, extras)


def _add_parts(nodes: Nodes, setup: Setup, check: PoseCheck) -> None:
    guilty = bodies_in_the_way(setup.scene, check)
    for index, body in enumerate(setup.scene.bodies):
        if not body.is_drawn:
            continue
        colour = STATUS_COLOURS[check.status] if index in guilty else body.colour
        look = material(colour)
        extras = {"part": body.name, "colour": body.colour}
        nodes.add_shape(body.joint, body.name, shaded(body.mesh), look, extras)


def _add_beam(nodes: Nodes, setup: Setup, check: PoseCheck) -> None:
    """Add the beam from the source to the isocentre, as if collimated to a disc."""
    beam = setup.beam
    isocentre = inverse(T_fixed_frame(setup, beam.joint, check.pose))[:3, 3]
    look = material(BEAM_COLOUR, BEAM_OPACITY, is_lit=False, is_open=True)
    shape = cone(np.asarray(beam.source_mm), isocentre, FIELD_RADIUS_MM)
    nodes.add_shape(beam.joint, "beam", shape, look, {"role": "beam"})


def _add_sphere(nodes: Nodes, setup: Setup, cmap: CollisionMap) -> None:
    """Add the sphere of directions to the joint nearest the patient, or to the room if the patient lies still."""
    from PIL import Image

    is_on_patients_side = cmap.chart.outer in setup.scene.tree.path(setup.couch.table_top.joint)
    parent = cmap.chart.outer if is_on_patients_side else ROOT
    nodes.add_shape(
        parent,
        "directions",
        sphere.surface(),
        material("#ffffff", is_lit=False, is_open=True, blends=True),
        {"role": "directions", "map": cmap.title},
        T_parent_node=inverse(T_fixed_frame(setup, parent, {})) @ sphere.T_fixed_chart(setup, cmap, {}),
        picture=Image.fromarray(sphere.picture(cmap, Palette(cmap))),
    )


def in_metres(T_gltf_camera: np.ndarray) -> np.ndarray:
    """Return a camera's transform without the scale: it stands in the room, but is not of its size."""
    T = T_gltf_camera.copy()
    T[:3, :3] *= 1000.0
    return T
