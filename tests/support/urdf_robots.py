"""Robots in URDF, as their owners write them, and the reader that judges ours: yourdfpy."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import yourdfpy

from simulator.models.kinematics import KinematicTree

MACHINE = """
kind = "machine"
title = "Robot of a test"
note = "Made by a test. Research software: no clinical clearance."

[urdf]
file = "robot.urdf"
"""
BEAM = '\n[beam]\njoint = "{}"\nsource_mm = [0, 0, 0]\ndirection = [0, 0, 1]\n'

# KR 150-2: link lengths in mm, limits in degrees and speeds in degrees/s, as ROS-Industrial's package has them.
D1, A1, A2, A3, D4, D6 = 750.0, 350.0, 1250.0, -55.0, 1100.0, 230.0
KR_LIMITS_DEG = [(-185, 185), (-146, 0), (-119, 155), (-350, 350), (-125, 125), (-350, 350)]
KR_SPEEDS_DEG = [110, 110, 100, 170, 170, 238]
_KR_JOINTS = (
    ("base_link", (0.0, 0.0, 0.0), "0 0 -1"),
    ("link_1", (A1, 0.0, D1), "0 1 0"),
    ("link_2", (A2, 0.0, 0.0), "0 1 0"),
    ("link_3", (D4, 0.0, A3), "-1 0 0"),
    ("link_4", (0.0, 0.0, 0.0), "0 1 0"),
    ("link_5", (0.0, 0.0, 0.0), "-1 0 0"),
)
_KR_BODIES = {
    "base_link": ("0 0 0.15", "0 0 0", '<cylinder radius="0.4" length="0.3"/>'),
    "link_1": ("0.15 0 0.5", "0 0 0", '<box size="0.7 0.5 0.6"/>'),
    "link_2": ("0.625 0 0", "0 0 0", '<box size="1.5 0.3 0.3"/>'),
    "link_3": ("0.5 0 -0.055", f"0 {np.pi / 2!r} 0", '<cylinder radius="0.2" length="0.9"/>'),
    "link_5": ("0.05 0 0", "0 0 0", '<sphere radius="0.12"/>'),
}


def kr_150() -> str:
    """Return the arm as a URDF file, with boxes, cylinders and a sphere as its links."""
    lines = ['<?xml version="1.0"?>', '<robot name="kr150_2">']
    for link in ("base_link", *(f"link_{number}" for number in range(1, 7)), "tool0"):
        if link in _KR_BODIES:
            xyz, rpy, shape = _KR_BODIES[link]
            geometry = f'<origin xyz="{xyz}" rpy="{rpy}"/><geometry>{shape}</geometry>'
            lines.append(f'<link name="{link}"><collision>{geometry}</collision></link>')
        else:
            lines.append(f'<link name="{link}"/>')
    for number, (parent, origin, axis) in enumerate(_KR_JOINTS, start=1):
        low, high = np.radians(KR_LIMITS_DEG[number - 1]).tolist()
        speed = float(np.radians(KR_SPEEDS_DEG[number - 1]))
        xyz = " ".join(repr(length / 1000) for length in origin)
        lines.append(
            f'<joint name="joint_a{number}" type="revolute"><parent link="{parent}"/><child link="link_{number}"/>'
            f'<origin xyz="{xyz}" rpy="0 0 0"/><axis xyz="{axis}"/>'
            f'<limit lower="{low!r}" upper="{high!r}" effort="0" velocity="{speed!r}"/></joint>'
        )
    lines.append(
        '<joint name="flange" type="fixed"><parent link="link_6"/><child link="tool0"/>'
        f'<origin xyz="{D6 / 1000!r} 0 0" rpy="0 {np.pi / 2!r} 0"/></joint>'
    )
    return "\n".join([*lines, "</robot>"])


def robot(links: str = "", joints: str = "") -> str:
    """Return a URDF file of some links and joints."""
    return f'<robot name="own">{links}{joints}</robot>'


def link(name: str, *bodies: str) -> str:
    """Return a link with a collision for each body: an origin and a geometry, or a geometry alone."""
    return f'<link name="{name}">{"".join(f"<collision>{body}</collision>" for body in bodies)}</link>'


def joint(name: str, parent: str, child: str, kind: str = "fixed", more: str = "") -> str:
    """Return a joint."""
    return f'<joint name="{name}" type="{kind}"><parent link="{parent}"/><child link="{child}"/>{more}</joint>'


def written(folder: Path, xml: str, lines: str) -> str:
    """Write a robot and its description, and return the name of the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "robot.urdf").write_text(xml, encoding="utf-8")
    (folder / "model.toml").write_text(MACHINE + lines, encoding="utf-8")
    return str(folder)


def judge(file: Path, *, meshes: bool = False) -> yourdfpy.URDF:
    """Return a URDF file as yourdfpy reads it, on request with the meshes of its collisions."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # between it and trimesh
        return yourdfpy.URDF.load(
            str(file),
            build_scene_graph=True,
            load_meshes=False,
            build_collision_scene_graph=meshes,
            load_collision_meshes=meshes,
            force_collision_mesh=False,  # which would make one of all bodies of a link
        )


def in_si(tree: KinematicTree, values: Mapping[str, float]) -> dict[str, float]:
    """Return values of joints in radians and metres."""
    return {
        name: value / 1000 if tree[name].type == "prismatic" else float(np.radians(value))
        for name, value in values.items()
    }


def poses_apart_mm(tree: KinematicTree, theirs: yourdfpy.URDF, frames: Mapping[str, str], values) -> float:
    """Return the greatest difference in the poses of frames: entries of rotations times 1 m, and origins in mm.

    ``frames`` are links of the file by our frames, ``values`` those of our joints. The file's base link is the room.
    """
    theirs.update_cfg(in_si(tree, values))
    apart = 0.0
    for frame, of in frames.items():
        T = np.array(theirs.get_transform(of, theirs.base_link)) * [[1, 1, 1, 1000]]
        difference = (tree.T_fixed_frame(frame, values) - T)[:3] * [[1000, 1000, 1000, 1]]
        apart = max(apart, float(np.abs(difference).max()))
    return apart
