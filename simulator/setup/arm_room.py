"""The room of a machine with an arm, seen from its beam: what hangs on the beam, and what the arm's joints move.

What the last joint of an arm carries stands where the beam says, however the arm gets there. So pairs of it with what
stands in the room are those of the *head*, a room in which it hangs on the four joints that place the beam; they
need no arm at all. All other pairs are those of the *links*, for poses of the arm's own joints.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from simulator.arms.spherical_wrist import SphericalWrist
from simulator.collision.scene import Scene
from simulator.errors import SimulatorError
from simulator.geometry.transforms import inverse
from simulator.models.arm import AIMING_JOINTS, ROLL, Arm
from simulator.models.kinematics import Joint, KinematicTree

OUT_OF_REACH = "arm – out of reach"
"""What is in the way where the arm has no solution: it stands among the names of pairs."""


@dataclass(frozen=True, eq=False)
class ArmRoom:
    """A room with an arm, in two.

    Attributes
    ----------
    scene : Scene
        All of it, for poses of the arm's joints.
    arm : Arm
        Which joints those are.
    wrist : SphericalWrist
        From where the tool is to how they stand.
    head : Scene
        What the last joint carries against what stands, for poses of the beam: azimuth, polar, distance, roll.
    links : Scene
        Everything else that the arm moves, for poses of its joints.
    rows_of_head, rows_of_links : tuple of int
        Which pairs of ``scene`` the pairs of the two are.
    """

    scene: Scene
    arm: Arm
    wrist: SphericalWrist
    head: Scene
    links: Scene
    rows_of_head: tuple[int, ...]
    rows_of_links: tuple[int, ...]

    @classmethod
    def of(cls, scene: Scene) -> ArmRoom:
        """Return the two rooms of one whose machine has an arm.

        Raises
        ------
        SimulatorError
            If the arm is not of the kind whose joints can be solved for, or joints between it and its tool move.
        """
        arm = scene.arm
        assert arm is not None
        scene = scene.scanning(arm.joints)
        wrist = SphericalWrist.of(scene.tree, arm.joints, arm.tool)
        is_carried = [arm.joints[-1] in scene.tree.path(body.joint) for body in scene.bodies]
        stands = [not scene.columns_of_body(body) for body in range(len(scene.bodies))]
        moving = [row for row, pair in enumerate(scene.pairs) if scene.columns_of_pair(pair)]
        of_head = tuple(
            row
            for row in moving
            if {(is_carried[body], stands[body]) for body in (scene.pairs[row].a, scene.pairs[row].b)}
            == {(True, False), (False, True)}
        )
        of_links = tuple(row for row in moving if row not in of_head)
        links = replace(scene, pairs=tuple(scene.pairs[row] for row in of_links))
        return cls(scene, arm, wrist, _head(scene, arm, of_head), links, of_head, of_links)


def _head(scene: Scene, arm: Arm, rows: tuple[int, ...]) -> Scene:
    """Return the room in which what the last joint of an arm carries hangs on the joints of the beam."""
    tree, last = scene.tree, arm.joints[-1]
    standing = scene.scanning(())
    T_beam_fixed = inverse(standing.T_fixed_frame(arm.tool, standing.at_zero)[0] @ arm.T_tool_beam)
    bodies = sorted({body for row in rows for body in (scene.pairs[row].a, scene.pairs[row].b)})
    hanging = dict.fromkeys(
        scene.bodies[body].joint for body in bodies if last in tree.path(scene.bodies[body].joint)
    )
    kept = [joint for joint in tree.joints if last not in tree.path(joint.name)]
    for name in hanging:
        T = T_beam_fixed @ standing.T_fixed_frame(name, standing.at_zero)[0]
        turned = tuple(tuple(row) for row in T[:3, :3].tolist())
        kept.append(Joint(name, "fixed", ROLL, origin_mm=tuple(T[:3, 3].tolist()), rotation_parent=turned))
    mimics = [
        joint.name for joint in kept if joint.mimic is not None and joint.mimic not in {one.name for one in kept}
    ]
    if mimics:
        raise SimulatorError(f"joint {mimics[0]!r}: must not mimic a joint that the arm carries")
    pairs = tuple(
        replace(scene.pairs[row], a=bodies.index(scene.pairs[row].a), b=bodies.index(scene.pairs[row].b))
        for row in rows
    )
    return Scene(
        KinematicTree(tuple(kept)), tuple(scene.bodies[body] for body in bodies), pairs, AIMING_JOINTS, scene.rest
    )
