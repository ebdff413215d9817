"""Industrial arms as trees, as their URDF files have them; none stands in the product.

Numbers are of github.com/ros-industrial/kuka_experimental (Apache-2.0), lengths in mm, limits in degrees; the KR 210
L150 has the lateral offsets of its CAD file: its wrist is 1 mm beside axis 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulator.arms.spherical_wrist import SphericalWrist
from simulator.geometry.transforms import rpy
from simulator.models.arm import Arm
from simulator.models.kinematics import Joint, KinematicTree

NAMES = ("A1", "A2", "A3", "A4", "A5", "A6")
TOOL = "linac"
X, Y, Z = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
BACK, DOWN = (-1.0, 0.0, 0.0), (0.0, 0.0, -1.0)
Row = tuple[tuple[float, float, float], tuple[float, float, float], tuple[float, float]]

KR150_2: list[Row] = [
    ((0, 0, 750), DOWN, (-185, 185)),
    ((350, 0, 0), Y, (-146, 0)),
    ((1250, 0, 0), Y, (-119, 155)),
    ((0, 0, -55), BACK, (-350, 350)),
    ((1100, 0, 0), Y, (-125, 125)),
    ((230, 0, 0), BACK, (-350, 350)),
]
KR210_L150: list[Row] = [
    ((-2.62, 0.97586, 330.99), Z, (-185, 185)),
    ((352.77, -37.476, 419.2), Y, (-45, 85)),
    ((-0.098483, -147.5, 1249.9), Y, (-210, 65)),
    ((957.95, 184.0, -55.059), X, (-350, 350)),
    ((542.0, 0, 0), Y, (-125, 125)),
    ((192.5, 0, 0), X, (-350, 350)),
]
KR150_R3100_2: list[Row] = [
    ((0, 0, 645), DOWN, (-185, 185)),
    ((330, 0, 0), Y, (-140, -5)),
    ((1350, 0, 0), Y, (-120, 168)),
    ((1420, 0, 115), BACK, (-350, 350)),
    ((0, 0, 0), Y, (-125, 125)),
    ((215, 0, 0), BACK, (-350, 350)),
]
KR120_R2500_PRO: list[Row] = [
    ((0, 0, 675), DOWN, (-185, 185)),
    ((350, 0, 0), Y, (-155, 35)),
    ((1150, 0, 0), Y, (-130, 154)),
    ((1000, 0, -41), BACK, (-350, 350)),
    ((0, 0, 0), Y, (-130, 130)),
    ((0, 0, 0), BACK, (-350, 350)),
]
UR_LIKE: list[Row] = [  # three parallel axes, then two square ones side by side: no spherical wrist
    ((0, 0, 128), Z, (-360, 360)),
    ((0, 0, 0), Y, (-360, 360)),
    ((612, 0, 0), Y, (-360, 360)),
    ((572, 0, 0), Y, (-360, 360)),
    ((0, 164, 0), DOWN, (-360, 360)),
    ((0, 0, -116), Y, (-360, 360)),
]
OF_THE_KIND = {
    "KR 150-2": KR150_2,
    "KR 210 L150": KR210_L150,
    "KR 150 R3100-2": KR150_R3100_2,
    "KR 120 R2500 pro": KR120_R2500_PRO,
}


def arm_tree(
    rows: Sequence[Row],
    base_mm: tuple[float, float, float] = (1600.0, 0.0, -950.0),
    base_rpy_deg: tuple[float, float, float] = (0.0, 0.0, 180.0),
    tool_mm: tuple[float, float, float] = (0.0, 0.0, 0.0),
    tool_rpy_deg: tuple[float, float, float] = (0.0, 90.0, 0.0),
) -> KinematicTree:
    """Return an arm on a base beside the isocentre, with a tool fixed to its flange."""

    def fixed(name: str, parent: str, origin: Any, angles: Any) -> Joint:
        turned = tuple(map(tuple, rpy(angles)[:3, :3].tolist()))
        return Joint(name, "fixed", parent, origin_mm=origin, rotation_parent=turned)

    parents = ("base", *NAMES[:5])
    return KinematicTree(
        (
            fixed("base", "fixed", base_mm, base_rpy_deg),
            *(
                Joint(name, "revolute", parent, axis, origin, limits)
                for name, parent, (origin, axis, limits) in zip(NAMES, parents, rows, strict=True)
            ),
            fixed(TOOL, "A6", tool_mm, tool_rpy_deg),
        )
    )


def mounted(
    rows: Sequence[Row], mount_deg: float = 90.0, base_mm: tuple[float, float, float] = (1600.0, 0.0, -450.0)
) -> tuple[SphericalWrist, Arm]:
    """Return an arm beside the isocentre and the beam on its flange, 400 mm from the source."""
    tree = arm_tree(rows, base_mm, tool_mm=(400.0, 0.0, 0.0), tool_rpy_deg=(0.0, mount_deg - 90.0, 0.0))
    arm = Arm(NAMES, TOOL, (0.0, 0.0, 0.0), (0.0, 0.0, -1.0), (650.0, 1000.0))
    return SphericalWrist.of(tree, NAMES, TOOL), arm
