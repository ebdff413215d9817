"""Scenario and models in; bodies placed in one room and the pairs that must not touch out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.collision.answers import PoseCheck, pose_check
from simulator.collision.checker import Checker
from simulator.collision.scene import Scene
from simulator.errors import SimulatorError
from simulator.geometry.directions import source_direction_top
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.transforms import apply, direction, inverse
from simulator.models.couch import Couch
from simulator.models.kinematics import KinematicTree
from simulator.models.library import find_scenario
from simulator.models.machine import Machine
from simulator.models.patient import Patient
from simulator.placing import PATIENT_FRAME, checked_pairs, patient_joint, place_bodies, table_position_mm
from simulator.scenario import Buffers, CouchChoice, Grid, PatientChoice, Position, Scenario

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
        for joint, value in zip(SCAN, (gantry, couch), strict=True):
            if not np.isfinite(value):
                raise SimulatorError(f"{joint}: must be a finite angle in degrees, was {value}")
            self.scene.tree[joint].require_within_limits(value, joint)
        return pose_check(self.checker, float(gantry), float(couch))

    @property
    def repairs(self) -> tuple[str, ...]:
        """What was mended in the meshes, on request."""
        return (*self.machine.repairs, *self.couch.repairs, *self.patient.repairs)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader of the results should know about the meshes."""
        return (*self.machine.warnings, *self.couch.warnings, *self.patient.warnings)


def load_setup(scenario: str | os.PathLike[str] | Scenario) -> Setup:
    """Return the setup of a scenario: meshes loaded, checked and placed in IEC 61217 room axes.

    Parameters
    ----------
    scenario : str, PathLike or Scenario
        A TOML file, the name of a shipped scenario, or a scenario made in Python.

    Raises
    ------
    SimulatorError
        If anything in it is wrong; the message says what and where.
    """
    if not isinstance(scenario, Scenario):
        scenario = Scenario.read(find_scenario(scenario))
    try:
        return _set_up(scenario)
    except SimulatorError as error:
        if scenario.path is None:
            raise
        raise SimulatorError("\n".join(f"{scenario.path}: {line}" for line in str(error).splitlines())) from None


def _set_up(scenario: Scenario) -> Setup:
    beside = scenario.folder
    machine, couch, patient = scenario.machine, scenario.couch, scenario.patient
    return Setup(
        machine=Machine.load(machine.model, beside=beside, **machine.options),
        couch=_couch(couch, beside),
        patient=_patient(patient, beside),
        site=patient.site,
        isocentre_mm=patient.isocentre_mm,
        position=patient.position,
        buffers=scenario.buffers,
        grid=scenario.grid,
        collimator_deg=machine.collimator_deg,
        pitch_deg=couch.pitch_deg,
        roll_deg=couch.roll_deg,
        shift_mm=patient.shift_mm,
        name=scenario.name,
        title=scenario.title,
    )


def _couch(choice: CouchChoice, beside: Path | None) -> Couch:
    if choice.mesh is None:
        assert choice.model is not None
        return Couch.load(choice.model, beside=beside, **choice.options)
    assert choice.units is not None
    return Couch.from_mesh(
        choice.mesh,
        choice.units,
        support=choice.support or "igrt",
        surface_z_mm=choice.surface_z_mm,
        head_end_y_mm=choice.head_end_y_mm,
        repair=choice.repair,
        beside=beside,
    )


def _patient(choice: PatientChoice, beside: Path | None) -> Patient:
    if choice.mesh is None:
        assert choice.model is not None
        return Patient.load(
            choice.model,
            height_cm=choice.height_cm,
            mass_kg=choice.mass_kg,
            beside=beside,
            **choice.options,
        )
    assert choice.units is not None
    return Patient.from_mesh(
        choice.mesh, choice.units, axes=choice.axes or "dicom", repair=choice.repair, beside=beside
    )
