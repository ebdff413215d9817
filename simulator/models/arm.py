"""Six-axis arms that carry a beam: which joints they are, and the joints that say where the beam aims from.

The beam of an arm is placed by a direction, a distance of the source, and a roll, whatever the arm does to get
there. So a machine with an arm has two chains from the room: the arm itself, which carries all its parts, and four
joints that carry nothing but the beam, ``azimuth`` about z, ``polar`` about y, ``source_distance`` along the beam,
``beam_roll`` about it. Sweeps, directions and charts are those of the four; the arm follows (`simulator.arms`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.geometry.transforms import rotation_between, translation
from simulator.models.kinematics import Joint

AZIMUTH, POLAR, DISTANCE, ROLL = "azimuth", "polar", "source_distance", "beam_roll"
AIMING_JOINTS = (AZIMUTH, POLAR, DISTANCE, ROLL)
"""The joints that place the beam of an arm, from the room on: columns of a pose of the beam."""


@dataclass(frozen=True)
class Arm:
    """An arm that brings a source to where a beam starts.

    Attributes
    ----------
    joints : tuple of six str
        Its revolute joints, from the base to the wrist.
    tool : str
        The joint, fixed to the last one, in whose axes the beam is given.
    source_mm, direction : tuple of float
        Where the beam starts and the unit vector along which it leaves, in the tool's axes.
    distances_mm : tuple of float
        Least and greatest distance of the source from the isocentre.
    """

    joints: tuple[str, ...]
    tool: str
    source_mm: tuple[float, float, float]
    direction: tuple[float, float, float]
    distances_mm: tuple[float, float]

    @property
    def aiming_joints(self) -> tuple[Joint, ...]:
        """The four joints that place the beam; the source is at the origin of the last, the beam leaves along -z."""
        return (
            Joint(AZIMUTH, "revolute", axis=(0.0, 0.0, 1.0)),
            Joint(POLAR, "revolute", AZIMUTH, axis=(0.0, 1.0, 0.0), limits=(0.0, 180.0)),
            Joint(
                DISTANCE,
                "prismatic",
                POLAR,
                axis=(0.0, 0.0, 1.0),
                limits=self.distances_mm,
                rest=self.distances_mm[0],
            ),
            Joint(ROLL, "revolute", DISTANCE, axis=(0.0, 0.0, 1.0)),
        )

    @property
    def T_tool_beam(self) -> NDArray[np.float64]:
        """Transform (4, 4) from the axes of ``beam_roll`` to those of the tool: what the mount of the linac fixes."""
        T = translation(np.asarray(self.source_mm))
        T[:3, :3] = rotation_between((0.0, 0.0, -1.0), self.direction)
        return T
