"""Models in; bodies placed in one room and the pairs that must not touch out, with what can be asked of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.collision.answers import PoseCheck, pose_check
from simulator.collision.checker import Checker
from simulator.collision.scene import Scene
from simulator.errors import SimulatorError
from simulator.geometry.directions import source_direction_top
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.transforms import apply, direction, inverse
from simulator.grid import Grid
from simulator.models.couch import Couch
from simulator.models.kinematics import KinematicTree
from simulator.models.machine import Machine
from simulator.models.patient import Patient
from simulator.placing import PATIENT_FRAME, checked_pairs, patient_joint, place_bodies, table_position_mm
from simulator.proofs.arcs import FreeArc, free_arcs, readable
from simulator.proofs.prover import Prover
from simulator.proofs.travel import ArcCheck, check_arc, possible_angle, possible_way
from simulator.scenario import Buffers, Position

SCAN = ("gantry", "couch")


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
        Angles of the map.
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
        _ = self.scene  # a setup that cannot be placed must not come into being
        self._require_c_arm_angles()

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
        lying = patient_joint(self.patient, self.couch, self.position, self.isocentre_patient_mm, self.shift_mm)
        tree = KinematicTree((*self.machine.joints, *self.couch.joints, lying))
        self._require_joint_values(tree)
        rest = {"collimator": self.collimator_deg, "table_pitch": self.pitch_deg, "table_roll": self.roll_deg}
        lateral, longitudinal, vertical = table_position_mm(tree, self.isocentre_patient_mm, rest)
        rest |= {"table_lateral": lateral, "table_longitudinal": longitudinal, "table_vertical": vertical}
        models = (self.machine, self.couch, self.patient)
        scene = Scene(tree, place_bodies(*models), (), SCAN, rest)
        return replace(scene, pairs=tuple(checked_pairs(scene, *models, self.buffers)))

    def _require_joint_values(self, tree: KinematicTree) -> None:
        """Refuse values beyond the limits of their joints, and values of joints that are not there."""
        for name, field_name, value in (
            ("collimator", "machine.collimator_deg", self.collimator_deg),
            ("table_pitch", "couch.pitch_deg", self.pitch_deg),
            ("table_roll", "couch.roll_deg", self.roll_deg),
        ):
            if name in tree:
                tree[name].require_within_limits(value, field_name)
            elif value != 0.0:
                raise SimulatorError(f"{field_name}: must be 0: the models have no joint {name!r}, was {value:g}")
        for name, angles in zip(SCAN, (self.grid.gantry_deg, self.grid.couch_deg), strict=True):
            if name not in tree:
                raise SimulatorError(f"machine and couch must have a joint {name!r}")
            tree[name].require_within_limits([angles.start, angles.stop], f"grid.{name}_deg")

    def _require_c_arm_angles(self) -> None:
        """Refuse a tree that does not turn beam and patient as IEC 61217 says: its map has no area."""
        g, c = np.meshgrid([0.0, 35.0, -120.0, 180.0], [0.0, 50.0, -75.0], indexing="ij")
        poses = np.stack([g.ravel(), c.ravel()], axis=1)
        expected = source_direction_top(poses[:, 0], poses[:, 1]) @ self.R_support_top
        if not np.allclose(self.directions_top(poses), expected, atol=1e-9):
            raise SimulatorError(
                "gantry and couch must turn the beam about the isocentre as in IEC 61217 (gantry about y, couch "
                "about z, beam along -z at 0); the solid angle of other machines is not computed yet"
            )
        T_fixed_patient = self.scene.T_fixed_frame(PATIENT_FRAME, poses)
        if not np.allclose(apply(T_fixed_patient, [self.isocentre_patient_mm]), 0.0, atol=1e-6):
            raise SimulatorError(
                "the couch must turn about the isocentre, and its joints table_lateral, table_longitudinal and "
                "table_vertical must move the patient along x, y and z"
            )

    @cached_property
    def R_support_top(self) -> NDArray[np.float64]:
        """Rotation (3, 3) from table-top axes to those of the patient support, which the couch angle turns."""
        T_fixed_top = self.scene.T_fixed_frame(self.couch.table_top.joint, np.zeros((1, 2)))[0]
        return np.asarray(T_fixed_top[:3, :3])

    def directions_top(self, poses_deg: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return unit vectors (n, 3) from the isocentre to the source, in table-top axes, at poses (n, 2)."""
        beam = self.machine.beam
        T_fixed_beam = self.scene.T_fixed_frame(beam.joint, poses_deg)
        T_fixed_top = self.scene.T_fixed_frame(self.couch.table_top.joint, poses_deg)
        return np.asarray(direction(inverse(T_fixed_top) @ T_fixed_beam, -np.asarray(beam.direction)))

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
            IEC 61217 angles in degrees.

        Raises
        ------
        SimulatorError
            If an angle is outside the limits of its joint.
        """
        return pose_check(self.checker, possible_angle(self.scene, 0, gantry), possible_angle(self.scene, 1, couch))

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
            If not exactly one is given, or it is outside the limits of its joint.
        """
        given = {0: gantry, 1: couch}
        stands = [(column, value) for column, value in given.items() if value is not None]
        if len(stands) != 1:
            raise SimulatorError("free_arcs: must have either gantry or couch, where that one stands")
        ((column, value),) = stands
        ranges = (self.grid.gantry_deg, self.grid.couch_deg)
        at_deg = np.array([possible_angle(self.scene, column, value)])
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
        start, stop = possible_way(self.scene, column, ends, direction)
        standing = possible_angle(self.scene, 1 - column, other)
        return check_arc(self.prover, self.checker, column, start, stop, standing)

    @property
    def repairs(self) -> tuple[str, ...]:
        """What was mended in the meshes, on request."""
        return (*self.machine.repairs, *self.couch.repairs, *self.patient.repairs)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know about the meshes."""
        return (*self.machine.warnings, *self.couch.warnings, *self.patient.warnings)
