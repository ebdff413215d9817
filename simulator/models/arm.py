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

from simulator.errors import SimulatorError, unknown
from simulator.geometry.transforms import rotation_between, translation
from simulator.models.kinematics import Joint, KinematicTree
from simulator.scenario.sweep import Sweep

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


def joints_in_a_row(tree: KinematicTree, names: tuple[str, ...], tool: str) -> tuple[Joint, ...]:
    """Return six revolute joints that are all that moves between the room and a tool, from the base on.

    Raises
    ------
    SimulatorError
        If they are not.
    """
    if len(names) != 6 or len(set(names)) != 6:
        raise SimulatorError(f"arm.joints must be six joints, each once; was {', '.join(names)}")
    for name in names:
        if tree[name].type != "revolute":
            raise SimulatorError(f"arm.joints: {name!r} must be revolute, was {tree[name].type}")
        if tree[name].mimic is not None:
            raise SimulatorError(f"arm.joints: {name!r} must have a value of its own, it mimics {tree[name].mimic!r}")
    moving = tuple(name for name in tree.path(tool) if tree[name].type != "fixed")
    if moving[-1:] != names[-1:]:
        carrier = repr(moving[-1]) if moving else "the room"
        raise SimulatorError(
            f"beam.joint must be fixed to {names[-1]!r}, the last of arm.joints; {tool!r} is fixed to {carrier}"
        )
    if moving != tuple(names):
        raise SimulatorError(
            f"arm.joints must be all that moves between the room and {tool!r}, in that order: {', '.join(moving)}; "
            f"was {', '.join(names)}"
        )
    return tuple(tree[name] for name in names)


def require_arm(arm: Arm, joints: tuple[Joint, ...], sweep: Sweep | None, origin: str) -> None:
    """Refuse an arm that does not carry its machine's beam, or a machine that scans other joints than the beam's.

    Parameters
    ----------
    arm : Arm
        As the description has it.
    joints : tuple of Joint
        Of the machine's own description.
    sweep : Sweep, optional
        What the description scans; None if it does not say.
    origin : str
        The file, for messages.

    Raises
    ------
    SimulatorError
        With the field.
    """
    names = [joint.name for joint in joints]
    for name in arm.joints:
        if name not in names:
            raise unknown(f"{origin}: arm.joints", name, names)
    for name in AIMING_JOINTS:
        if name in names:
            raise SimulatorError(
                f"{origin}: joints: {name!r} must have another name: it places the beam of the [arm]"
            )
    try:
        joints_in_a_row(KinematicTree(joints), arm.joints, arm.tool)
    except SimulatorError as error:
        raise SimulatorError(f"{origin}: {error}") from None
    scanned = () if sweep is None else sweep.joints
    if not {AZIMUTH, POLAR} <= set(scanned) <= set(AIMING_JOINTS):
        raise SimulatorError(
            f"{origin}: sweep must name {AZIMUTH}_deg and {POLAR}_deg, and of other joints {DISTANCE}_mm and "
            f"{ROLL}_deg alone: they place the beam of the [arm]; names {', '.join(scanned) or 'none'}"
        )
