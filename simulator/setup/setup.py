"""What can be asked of models that are placed in one room.

What is asked of one pose, or of one way of one joint, is a method of the set-up. What is computed over a sweep is a
function that takes one: ``collision_map(setup)``, ``buffer_curve(setup)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import FreeArc, free_arcs, readable
from simulator.certify.prover import Prover
from simulator.certify.ways import ArcCheck, check_arc
from simulator.collision.answers import PoseCheck, pose_check
from simulator.collision.checker import Checker
from simulator.geometry.positions import rotation_top_patient
from simulator.setup.aiming import directions_top
from simulator.setup.arm_pose import arm_joints, check_beam
from simulator.setup.chance_pose import ChanceOfContact, chance_at
from simulator.setup.engines import checker_of, prover_of
from simulator.setup.joints import asked_arc, asked_joints, asked_way, extent_of
from simulator.setup.placed import Placed
from simulator.setup.robust_pose import RobustCheck, robust_check


@dataclass(frozen=True, eq=False, repr=False)
class Setup(Placed):
    """A machine, a couch and a patient placed in one room.

    Attributes
    ----------
    machine, couch, patient
        The models.
    site : str, optional
        Named isocentre of the patient; or ``isocentre_mm`` in the patient's DICOM axes.
    position : str
        DICOM patient position, such as ``"HFS"``.
    buffers : Buffers
        Clearance demanded to patient and couch, in mm.
    errors : Errors
        By how much the table top, or joints, may be off; for what is asked about errors. They are no part of the
        room either.
    sweep : Sweep, optional
        What is scanned if a map is asked for and nothing else is said; the machine's if not given. It is no part of
        the room: placing, and the room's hash, ignore it. Angles are taken as `simulator.models.scale` says, and
        then stand here on the scales of their joints: gantry 0 to 360° as -180 to 180° where the joint cannot go
        further than that.
    collimator_deg, pitch_deg, roll_deg : float
        Values of joints that are not scanned.
    source_distance_mm : tuple of float, optional
        Least and greatest distance of the source from the target, where the table can back away along the beam; the
        machine's own distance is one of them. It is the joint ``source_distance`` then, at rest at the machine's.
    shift_mm : tuple of float
        Moves the patient from where it would lie, in table-top axes.
    lies : Lying, optional
        Where the table top is under the patient, and what says so. If not given, a patient from a structure set lies
        where its SUPPORT says, and any other with the lowest point on the top.
    fixation : tuple of Fixation
        Devices that stand on the table top and hold the patient, who lies on the highest of them where nobody says
        how high the table top is. An inclined one raises what the patient's model says that it raises.
    name, title : str
        For reports.
    """

    def directions_top(self, **joints: float) -> NDArray[np.float64]:
        """Return the unit vector (3,) from the isocentre to the source, in table-top axes, at a pose."""
        pose = self.pose(**joints)
        scene = self.scene.scanning(tuple(pose))
        found = directions_top(scene, self.machine, self.couch.table_top.joint, np.array([list(pose.values())]))
        return np.asarray(found[0])

    def directions_patient(self, **joints: float) -> NDArray[np.float64]:
        """Return the unit vector (3,) from the isocentre to the source, in DICOM patient axes, at a pose."""
        return self.directions_top(**joints) @ rotation_top_patient(self.position)

    @property
    def checker(self) -> Checker:
        """The collision checker for poses of the set-up's own sweep."""
        return checker_of(self.scene, self.sweep.joints)

    @property
    def prover(self) -> Prover:
        """What proves bounds for whole cells of such poses."""
        return prover_of(self.scene, self.sweep.joints)

    def pose(self, **joints: float) -> dict[str, float]:
        """Return a pose on the scales of its joints: 350° as -10° where a joint has limits of ±185°.

        Parameters
        ----------
        **joints : float
            Degrees (IEC 61217) or mm by the joint's name. Those of the sweep that turn the beam must be there; any
            other joint that moves may be, and else stands where it rests.

        Raises
        ------
        SimulatorError
            If a joint is missing or unknown, or a value is no number, or nowhere within the limits.
        """
        return asked_joints(self._tree, self.sweep, joints)

    def check(self, **joints: float) -> PoseCheck:
        """Return what holds at one pose: ``setup.check(gantry=60, couch=15)``.

        Parameters and errors are those of :meth:`pose`; the answer says the angles as that does. For a machine with
        an arm it is the best answer over the distances of the source, rolls and branches of the arm that are tried
        and not given, with the values of the arm's joints; or the answer for these, if they are given.
        """
        if self.arm_room is not None:
            of_arm = arm_joints(self.arm_room.arm, self._tree, joints)
            if of_arm is None:
                return check_beam(self.arm_room, self.sweep, self.pose(**joints))
            return pose_check(checker_of(self.scene, tuple(of_arm)), tuple(of_arm.values()))
        pose = self.pose(**joints)
        return pose_check(checker_of(self.scene, tuple(pose)), tuple(pose.values()))

    def check_robust(self, **joints: float) -> RobustCheck:
        """Return whether a pose, as for :meth:`pose`, is free for every error; each must have a bound."""
        return robust_check(self.erring_scene, self.errors, self.pose(**joints))

    def chance_of_contact(self, **joints: float) -> ChanceOfContact:
        """Return how likely a pose is not free; one error at least must have a standard deviation."""
        return chance_at(self.erring_scene, self.errors, self.pose(**joints))

    def free_arcs(self, **joints: float | tuple[float, float]) -> list[FreeArc]:
        """Return where one joint may travel while others stand: proven free all the way, ends to 0.01.

        Parameters
        ----------
        **joints : float or tuple of float
            Where joints stand, by name. One joint of the sweep moves: the one that is left out, over all that its
            limits allow, or the one that is given as (from, to).

        Raises
        ------
        SimulatorError
            If it is not one joint that moves, or a value is nowhere within the limits of its joint.
        """
        moving, within, stands = asked_way(self._tree, self.sweep, joints)
        names = (moving, *stands)
        extent = extent_of(self._tree[moving], within)
        at = np.array([[extent.start, *stands.values()]])
        checker, prover = checker_of(self.scene, names), prover_of(self.scene, names)
        return readable(prover.scene, free_arcs(prover, checker, 0, extent, at))

    def check_arc(
        self, *, direction: str | None = None, clearance: bool = True, **joints: float | tuple[float, float]
    ) -> ArcCheck:
        """Return whether a way of one joint is free from end to end, with the least clearance, or its first contact.

        Parameters
        ----------
        direction : {"CW", "CC", "increasing", "decreasing"}, optional
            CW and CC as in a DICOM plan: CW increases a gantry angle and decreases a couch angle. A prismatic joint
            needs none.
        clearance : bool
            Whether to measure the least clearance, which takes several times as long as the proof.
        **joints : float or tuple of float
            One of them: from where to where; the others: where they stand. Degrees (IEC 61217) or mm.

        Raises
        ------
        SimulatorError
            If not exactly one moves, the direction is unknown, or a joint's limits are in the way.
        """
        moving, (start, stop), stands = asked_arc(self._tree, self.sweep, joints, direction)
        names, at = (moving, *stands), np.array([start, *stands.values()])
        prover, checker = prover_of(self.scene, names), checker_of(self.scene, names)
        return check_arc(prover, checker, 0, start, stop, at, clearance=clearance)
