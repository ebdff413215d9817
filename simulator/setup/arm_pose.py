"""What holds where the beam of an arm is: the answer for the joints that the arm takes for it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.collision.answers import PoseCheck, pose_check
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.errors import SimulatorError
from simulator.models.arm import AIMING_JOINTS, AZIMUTH, POLAR, Arm
from simulator.models.kinematics import KinematicTree
from simulator.models.scale import angle_on_scale
from simulator.scenario.sweep import Sweep
from simulator.setup.arm_options import Options, best_of
from simulator.setup.arm_room import OUT_OF_REACH, ArmRoom
from simulator.setup.engines import checker_of


def arm_joints(arm: Arm, tree: KinematicTree, joints: Mapping[str, float]) -> dict[str, float] | None:
    """Return the values of an arm's joints on their scales; None if it is asked where the beam is.

    Raises
    ------
    SimulatorError
        If some are of the arm and some of its beam, some of the arm's are missing, or one is beyond its limits.
    """
    if not joints.keys() & set(arm.joints):
        return None
    if joints.keys() != set(arm.joints):
        raise SimulatorError(
            f"pose: must have a value for each joint of the arm, {', '.join(arm.joints)}, and no other, or say where "
            f"the beam is; was {', '.join(joints)}"
        )
    return {joint: angle_on_scale(tree[joint], joints[joint], joint) for joint in arm.joints}


def check_beam(room: ArmRoom, sweep: Sweep, beam: Mapping[str, float]) -> PoseCheck:
    """Return the best answer of an arm for where its beam is.

    Parameters
    ----------
    room : ArmRoom
        The room.
    sweep : Sweep
        Whose distances and rolls are tried where the beam does not say them.
    beam : mapping of str to float
        Azimuth and polar angle, and distance and roll if they are given.

    Raises
    ------
    SimulatorError
        If joints are among it that are not the beam's.
    """
    others = [joint for joint in beam if joint not in AIMING_JOINTS]
    if others:
        raise SimulatorError(f"pose: must be of {', '.join(AIMING_JOINTS)}; was of {', '.join(others)}, too")
    options = Options.of(room.arm, sweep, beam)
    found = best_of(room, np.array([[beam[AZIMUTH], beam[POLAR]]]), options, Checker.pair_status)
    aims = dict(zip(AIMING_JOINTS, found.beam[0].tolist(), strict=True))
    if not found.is_reached[0]:
        return PoseCheck(aims, Status.COLLIDING, (OUT_OF_REACH,), 0.0, None, None)
    answer = pose_check(checker_of(room.scene, room.arm.joints), found.q_deg[0].tolist())
    return PoseCheck(**{**vars(answer), "pose": aims | answer.pose})
