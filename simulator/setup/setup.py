"""Models in; bodies placed in one room and the pairs that must not touch out, with what can be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.certify.arcs import FreeArc, free_arcs, readable
from simulator.certify.prover import Prover
from simulator.certify.ways import ArcCheck, check_arc
from simulator.collision.answers import PoseCheck, pose_check
from simulator.collision.checker import Checker
from simulator.collision.scene import Scene
from simulator.errors import SimulatorError
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.transforms import apply
from simulator.models.couch import TABLE_JOINTS, Couch
from simulator.models.kinematics import KinematicTree
from simulator.models.machine import Machine
from simulator.models.patient import Patient
from simulator.models.scale import angle_on_scale, range_on_scale, way_on_scale
from simulator.scenario.scenario import Buffers, Position
from simulator.scenario.sweep import Grid
from simulator.setup.aiming import directions_top, require_c_arm
from simulator.setup.pairs import Excused, checked_pairs, excused_pairs, require_standing_apart
from simulator.setup.placing import PATIENT_FRAME, depth_in_top_mm, patient_joint, place_bodies, table_position_mm

SCAN = ("gantry", "couch")
SET = ("collimator", *TABLE_JOINTS)
"""Joints that the set-up gives values to."""


@dataclass(frozen=True, eq=False, repr=False)
class Setup:
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
    grid : Grid
        Angles of the map. Angles of a set-up are taken as `simulator.models.scale` says, and then stand here on the
        scales of their joints: gantry 0 to 360° as -180 to 180° where the joint cannot go further than that.
    collimator_deg, pitch_deg, roll_deg : float
        Values of joints that are not scanned.
    shift_mm : tuple of float
        Moves the patient from where it would lie, in table-top axes.
    name, title : str
        For reports.
    """

    machine: Machine
    couch: Couch
    patient: Patient
    site: str | None = None
    isocentre_mm: tuple[float, float, float] | None = None
    position: Position = "HFS"
    buffers: Buffers = field(default_factory=Buffers)
    grid: Grid = field(default_factory=Grid)
    collimator_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    shift_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    name: str = "setup"
    title: str = ""

    def __post_init__(self) -> None:
        if (self.site is None) == (self.isocentre_mm is None):
            raise SimulatorError("setup: must have either site or isocentre_mm")
        self._take_angles()
        _ = self.scene  # a setup that cannot be placed must not come into being
        require_c_arm(self.scene, self.machine, self.couch.table_top.joint)
        self._require_table_axes()
        require_standing_apart(self.scene)

    def __getstate__(self) -> dict[str, object]:
        """Leave checker and prover out of copies: FCL's trees cannot be sent, and are made where they are needed."""
        state = vars(self).copy()
        state.pop("checker", None)
        state.pop("prover", None)
        return state

    def __repr__(self) -> str:
        where = f"site {self.site!r}" if self.site else f"isocentre {self.isocentre_mm} mm"
        return (
            f"Setup({self.machine.name} + {self.couch.name} + {self.patient.name}, {self.position}, {where}, "
            f"{len(self.scene.pairs)} pairs)"
        )

    @cached_property
    def isocentre_patient_mm(self) -> tuple[float, float, float]:
        """The isocentre in the patient's DICOM axes."""
        if self.isocentre_mm is not None:
            return self.isocentre_mm
        assert self.site is not None
        return self.patient.site(self.site)

    @property
    def table_position_mm(self) -> tuple[float, float, float]:
        """Lateral, longitudinal and vertical table-top position with the isocentre at the machine's."""
        rest = self.scene.rest
        return rest["table_lateral"], rest["table_longitudinal"], rest["table_vertical"]

    @cached_property
    def scene(self) -> Scene:
        """Everything placed: the value that the checker works on."""
        depth_in_top_mm(self.couch, self.patient, self.shift_mm)  # refuses what is too deep
        lying = patient_joint(self.patient, self.couch, self.position, self.isocentre_patient_mm, self.shift_mm)
        tree = self._tree.joined([lying])
        rest = self._at_rest(tree)
        rest |= {"collimator": self.collimator_deg, "table_pitch": self.pitch_deg, "table_roll": self.roll_deg}
        lateral, longitudinal, vertical = table_position_mm(tree, self.isocentre_patient_mm, rest)
        rest |= {"table_lateral": lateral, "table_longitudinal": longitudinal, "table_vertical": vertical}
        models = (self.machine, self.couch, self.patient)
        scene = Scene(tree, place_bodies(*models), (), SCAN, rest)
        return replace(scene, pairs=checked_pairs(scene, *models, self.buffers))

    @cached_property
    def excused(self) -> tuple[Excused, ...]:
        """The pairs of parts that can move against each other and are not checked, one value for each reason."""
        return excused_pairs(self.scene, self.machine, self.couch, self.patient)

    def _at_rest(self, tree: KinematicTree) -> dict[str, float]:
        """Return the values of the joints that neither a pose nor the set-up gives one to, each within its limits."""
        rest = {}
        for joint in tree.joints:
            field_name = f"joint {joint.name!r}: rest"
            if joint.type != "fixed" and joint.name not in (*SCAN, *SET):
                rest[joint.name] = angle_on_scale(joint, joint.rest or 0.0, field_name)
            elif joint.rest is not None:
                raise SimulatorError(f"{field_name} must be left out: the set-up gives its value, was {joint.rest:g}")
        return rest

    @cached_property
    def _tree(self) -> KinematicTree:
        return KinematicTree((*self.machine.joints, *self.couch.joints))

    def _take_angles(self) -> None:
        """Bring all angles onto the scales of their joints; refuse those of joints that are not there."""
        tree = self._tree
        for name, place, attribute in (
            ("collimator", "machine", "collimator_deg"),
            ("table_pitch", "couch", "pitch_deg"),
            ("table_roll", "couch", "roll_deg"),
        ):
            field_name, value = f"{place}.{attribute}", getattr(self, attribute)
            if name in tree:
                object.__setattr__(self, attribute, angle_on_scale(tree[name], value, field_name))
            elif value != 0.0:
                raise SimulatorError(f"{field_name}: must be 0: the models have no joint {name!r}, was {value:g}")
        ranges = {}
        for name in SCAN:
            if name not in tree:
                raise SimulatorError(f"machine and couch must have a joint {name!r}")
            field_name = f"{name}_deg"
            ranges[field_name] = range_on_scale(tree[name], getattr(self.grid, field_name), f"grid.{field_name}")
        object.__setattr__(self, "grid", Grid(**ranges))

    def _require_table_axes(self) -> None:
        """Refuse a table whose joints do not bring the isocentre to the machine's."""
        T_fixed_patient = self.scene.T_fixed_frame(PATIENT_FRAME, np.zeros((1, 2)))
        if not np.allclose(apply(T_fixed_patient, [self.isocentre_patient_mm]), 0.0, atol=1e-6):
            raise SimulatorError(
                "joints table_lateral, table_longitudinal and table_vertical must move the patient along x, y and z"
            )

    @cached_property
    def R_support_top(self) -> NDArray[np.float64]:
        """Rotation (3, 3) from table-top axes to those of the patient support, which the couch angle turns."""
        T_fixed_top = self.scene.T_fixed_frame(self.couch.table_top.joint, np.zeros((1, 2)))[0]
        return np.asarray(T_fixed_top[:3, :3])

    def directions_top(self, poses_deg: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return unit vectors (n, 3) from the isocentre to the source, in table-top axes, at poses (n, 2)."""
        return directions_top(self.scene, self.machine, self.couch.table_top.joint, poses_deg)

    def directions_patient(self, poses_deg: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return unit vectors (n, 3) from the isocentre to the source, in DICOM patient axes, at poses (n, 2)."""
        return self.directions_top(poses_deg) @ rotation_top_patient(self.position)

    @cached_property
    def checker(self) -> Checker:
        """The collision checker of this room, made once."""
        return Checker(self.scene)

    def check(self, gantry: float, couch: float) -> PoseCheck:
        """Return what holds at one pose.

        Parameters
        ----------
        gantry, couch : float
            IEC 61217 angles in degrees; the answer says them as :meth:`pose` does.

        Raises
        ------
        SimulatorError
            If an angle is no number, or nowhere within the limits of its joint.
        """
        return pose_check(self.checker, *self.pose(gantry, couch))

    def pose(self, gantry: float, couch: float) -> tuple[float, float]:
        """Return a pose on the scales of its joints: 350° as -10° where gantry or couch have limits of ±185°.

        Raises
        ------
        SimulatorError
            If an angle is no number, or nowhere within the limits of its joint.
        """
        return self._angle(0, gantry), self._angle(1, couch)

    def _angle(self, column: int, value: float) -> float:
        return angle_on_scale(self._tree[SCAN[column]], value, SCAN[column])

    @cached_property
    def prover(self) -> Prover:
        """What proves bounds for whole cells of poses of this room, made once."""
        return Prover(self.scene)

    def free_arcs(self, *, gantry: float | None = None, couch: float | None = None) -> list[FreeArc]:
        """Return where one joint may travel while the other stands: proven free all the way, ends to 0.01°.

        Parameters
        ----------
        gantry, couch : float
            One of them: where it stands, IEC 61217 degrees. The other goes over the range of the grid.

        Raises
        ------
        SimulatorError
            If not exactly one is given, or it is nowhere within the limits of its joint.
        """
        given = {0: gantry, 1: couch}
        stands = [(column, value) for column, value in given.items() if value is not None]
        if len(stands) != 1:
            raise SimulatorError("free_arcs: must have either gantry or couch, where that one stands")
        ((column, value),) = stands
        ranges = (self.grid.gantry_deg, self.grid.couch_deg)
        at_deg = np.array([self._angle(column, value)])
        return readable(self.scene, free_arcs(self.prover, self.checker, 1 - column, ranges[1 - column], at_deg))

    def check_arc(
        self, *, gantry: float | tuple[float, float], couch: float | tuple[float, float], direction: str
    ) -> ArcCheck:
        """Return whether an arc is free all the way, with the least clearance on it, or its first contact.

        Parameters
        ----------
        gantry, couch : float or tuple of float
            One of them: from where to where, IEC 61217 degrees; the other: where it stands.
        direction : {"CW", "CC"}
            As in a DICOM plan: CW increases a gantry angle and decreases a couch angle.

        Raises
        ------
        SimulatorError
            If not exactly one is an arc, the direction is unknown, or a joint's limits are in the way.
        """
        if isinstance(gantry, tuple) and not isinstance(couch, tuple):
            column, ends, other = 0, gantry, couch
        elif isinstance(couch, tuple) and not isinstance(gantry, tuple):
            column, ends, other = 1, couch, gantry
        else:
            raise SimulatorError(
                "check_arc: must have (from, to) for one of gantry and couch, and one angle for the other"
            )
        start, stop = way_on_scale(self._tree[SCAN[column]], ends, direction, SCAN[column])
        return check_arc(self.prover, self.checker, column, start, stop, self._angle(1 - column, other))

    @property
    def repairs(self) -> tuple[str, ...]:
        """What was mended in the meshes, on request."""
        return (*self.machine.repairs, *self.couch.repairs, *self.patient.repairs)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know about the models and how the patient lies."""
        depth_mm = depth_in_top_mm(self.couch, self.patient, self.shift_mm)
        deep = f"patient.shift_mm: the patient's lowest point is {depth_mm:g} mm deep in the table top"
        models = (*self.machine.warnings, *self.couch.warnings, *self.patient.warnings)
        return (*models, deep) if depth_mm > 0 else models
