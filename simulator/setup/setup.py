"""What can be asked of models that are placed in one room.

What is asked of one pose, or of one way of one joint, is a method of the set-up. What is computed over a sweep is a
function that takes one: ``collision_map(setup)``, ``buffer_curve(setup)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
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
    machine : Machine
        The treatment machine.
    couch : Couch
        The patient support.
    patient : Patient
        Who is treated, or a phantom.
    site : str, optional
        Named isocentre of the patient.
    isocentre_mm : tuple of float, optional
        The isocentre in the patient's DICOM axes, where there is no site; one of the two must be given.
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

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.Setup(
    ...     machine=sim.Machine.load("c_arm", imagers="retracted"),
    ...     couch=sim.Couch.load("igrt"),
    ...     patient=sim.Patient.load("adult", arms="up"),
    ...     site="liver",
    ...     buffers=sim.Buffers(patient_mm=30.0, couch_mm=20.0),
    ... )
    >>> setup.check(gantry=60, couch=15)
    PoseCheck(free, clearance 117.4 mm, nearest: head cover – patient legs)
    >>> setup.directions_patient(gantry=90, couch=0).round(3)  # from the left
    array([1., 0., 0.])
    """

    @checked
    def directions_top(self, **joints: float) -> NDArray[np.float64]:
        """Return where the beam comes from at a pose, as seen from the isocentre in IEC table-top axes.

        Parameters
        ----------
        **joints : float
            The pose, as for `pose`.

        Returns
        -------
        ndarray, shape (3,)
            Unit vector from the isocentre to the source. Of a C-arm at gantry g, couch c it is
            (sin g cos c, -sin g sin c, cos g), by IEC 61217.
        """
        pose = self.pose(**joints)
        scene = self.scene.scanning(tuple(pose))
        found = directions_top(scene, self.machine, self.couch.table_top.joint, np.array([list(pose.values())]))
        return np.asarray(found[0])

    @checked
    def directions_patient(self, **joints: float) -> NDArray[np.float64]:
        """Return where the beam comes from at a pose, as seen from the isocentre in DICOM patient axes.

        Parameters
        ----------
        **joints : float
            The pose, as for `pose`.

        Returns
        -------
        ndarray, shape (3,)
            Unit vector from the isocentre to the source: x to the patient's left, y to the back, z to the head.
        """
        return self.directions_top(**joints) @ rotation_top_patient(self.position)

    @property
    def checker(self) -> Checker:
        """The collision checker for poses of the set-up's own sweep."""
        return checker_of(self.scene, self.sweep.joints)

    @property
    def prover(self) -> Prover:
        """What proves bounds for whole cells of such poses."""
        return prover_of(self.scene, self.sweep.joints)

    @checked
    def pose(self, **joints: float) -> dict[str, float]:
        """Return a pose on the scales of its joints: 350° as -10° where a joint has limits of ±185°.

        Parameters
        ----------
        **joints : float
            Degrees (IEC 61217) or mm by the joint's name. Those of the sweep that turn the beam must be there; any
            other joint that moves may be, and else stands where it rests.

        Returns
        -------
        dict of str to float
            Degrees or mm by joint.

        Raises
        ------
        SimulatorError
            If a joint is missing or unknown, or a value is no number, or nowhere within the limits.
        """
        return asked_joints(self._tree, self.sweep, joints)

    @checked
    def check(self, **joints: float) -> PoseCheck:
        """Return what holds at one pose: ``setup.check(gantry=60, couch=15)``.

        The answer says the angles as `pose` does. For a machine with an arm it is the best answer over the distances
        of the source, rolls and branches of the arm that are tried and not given, with the values of the arm's
        joints; or the answer for these, if they are given.

        Parameters
        ----------
        **joints : float
            The pose, as for `pose`.

        Returns
        -------
        PoseCheck
            Status, parts in the way, clearance in mm and nearest points.

        Raises
        ------
        SimulatorError
            As for `pose`.

        Examples
        --------
        >>> import simulator as sim
        >>> answer = sim.load_setup("brain").check(gantry=120, couch=30)
        >>> print(answer.status, answer.culprits[:2])
        colliding ('head cover – patient arms', 'head cover – couch carriage')
        """
        if self.arm_room is not None:
            of_arm = arm_joints(self.arm_room.arm, self._tree, joints)
            if of_arm is None:
                return check_beam(self.arm_room, self.sweep, self.pose(**joints))
            return pose_check(checker_of(self.scene, tuple(of_arm)), tuple(of_arm.values()))
        pose = self.pose(**joints)
        return pose_check(checker_of(self.scene, tuple(pose)), tuple(pose.values()))

    @checked
    def check_robust(self, **joints: float) -> RobustCheck:
        """Return whether a pose is free for every error of the set-up within its bounds.

        Parameters
        ----------
        **joints : float
            The pose, as for `pose`.

        Returns
        -------
        RobustCheck
            Free, not free with an error for which it is not, or undecided, which counts as not free.

        Raises
        ------
        SimulatorError
            If an error has no bound, or as for `pose`.

        Examples
        --------
        >>> from dataclasses import replace
        >>> import simulator as sim
        >>> errors = sim.Errors(vertical_mm={"bound": 5}, pitch_deg={"bound": 1})
        >>> setup = replace(sim.load_setup("brain"), errors=errors)
        >>> setup.check_robust(gantry=60, couch=15).verdict
        'free'
        """
        return robust_check(self.erring_scene, self.errors, self.pose(**joints))

    @checked
    def chance_of_contact(self, **joints: float) -> ChanceOfContact:
        """Return how likely a pose is not free.

        Parameters
        ----------
        **joints : float
            The pose, as for `pose`.

        Returns
        -------
        ChanceOfContact
            An estimate by the first-order reliability method, with proven bounds.

        Raises
        ------
        SimulatorError
            If no error has a standard deviation, or as for `pose`.
        """
        return chance_at(self.erring_scene, self.errors, self.pose(**joints))

    @checked
    def free_arcs(self, **joints: float | tuple[float, float]) -> list[FreeArc]:
        """Return where one joint may travel while others stand: proven free all the way, ends to 0.01.

        Parameters
        ----------
        **joints : float or tuple of float
            Where joints stand, by name. One joint of the sweep moves: the one that is left out, over all that its
            limits allow, or the one that is given as (from, to).

        Returns
        -------
        list of FreeArc
            In ascending order, degrees or mm, with the pairs in the way beyond either end.

        Raises
        ------
        SimulatorError
            If it is not one joint that moves, or a value is nowhere within the limits of its joint.

        Examples
        --------
        >>> import simulator as sim
        >>> for arc in sim.load_setup("brain").free_arcs(couch=45):
        ...     print(f"{arc.start:.0f}° to {arc.stop:.0f}°, then {arc.stop_pair or 'the end of the range'}")
        -183° to 44°, then head cover – patient trunk
        177° to 185°, then the end of the range
        """
        moving, within, stands = asked_way(self._tree, self.sweep, joints)
        names = (moving, *stands)
        extent = extent_of(self._tree[moving], within)
        at = np.array([[extent.start, *stands.values()]])
        checker, prover = checker_of(self.scene, names), prover_of(self.scene, names)
        return readable(prover.scene, free_arcs(prover, checker, 0, extent, at))

    @checked
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

        Returns
        -------
        ArcCheck
            Whether it is free all the way; the least clearance in mm and where, or the first contact.

        Raises
        ------
        SimulatorError
            If not exactly one moves, the direction is unknown, or a joint's limits are in the way.

        Examples
        --------
        >>> import simulator as sim
        >>> arc = sim.load_setup("brain").check_arc(gantry=(320, 75), couch=15, direction="CW")
        >>> arc.is_free, arc.pair
        (True, 'head cover – patient arms')
        """
        moving, (start, stop), stands = asked_arc(self._tree, self.sweep, joints, direction)
        names, at = (moving, *stands), np.array([start, *stands.values()])
        prover, checker = prover_of(self.scene, names), checker_of(self.scene, names)
        return check_arc(prover, checker, 0, start, stop, at, clearance=clearance)
