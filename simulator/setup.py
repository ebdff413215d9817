"""Scenario and models in; bodies placed in one room and the pairs that must not touch out.

The patient lies on the table top, and the table moves so that the isocentre is at the machine's. With pitch and
roll the table-top axes turn about their own origin (IEC 61217), so the table position that brings the isocentre p
(table-top axes) to the machine's is T = -Rx(pitch) Ry(roll) p.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.collision.answers import PoseCheck, pose_check
from simulator.collision.checker import Checker
from simulator.collision.scene import Body, Pair, Scene
from simulator.errors import SimulatorError
from simulator.geometry.directions import source_direction_top
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.transforms import direction, inverse
from simulator.models.couch import Couch
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.library import find_scenario
from simulator.models.machine import Machine
from simulator.models.model import Part
from simulator.models.patient import Patient
from simulator.scenario import Buffers, Grid, Position, Scenario

PATIENT_FRAME = "patient"
PATIENT_MARGIN_MM = 20.0
"""Free end of the table top beyond the patient's end nearest the gantry; a scenario's shift_mm moves it."""
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

    @cached_property
    def _patient_joint(self) -> Joint:
        """Where the patient lies: lowest point on the table top, centred, its end near the table's end."""
        R_top_patient = rotation_top_patient(self.position)
        points = [part.mesh.vertices_mm @ R_top_patient.T for part in self.patient.parts if part.anchor is None]
        if points:
            low = np.min([cloud.min(axis=0) for cloud in points], axis=0)
            high = np.max([cloud.max(axis=0) for cloud in points], axis=0)
        else:
            low = high = R_top_patient @ np.asarray(self.isocentre_patient_mm)
        top = self.couch.table_top
        offset = (
            -float(low[0] + high[0]) / 2 + self.shift_mm[0],
            top.head_end_y_mm - PATIENT_MARGIN_MM - float(high[1]) + self.shift_mm[1],
            top.surface_z_mm - float(low[2]) + self.shift_mm[2],
        )
        rows = tuple(tuple(float(value) for value in row) for row in R_top_patient)
        return Joint(PATIENT_FRAME, "fixed", top.joint, origin_mm=offset, rotation_parent=rows)  # type: ignore[arg-type]

    @cached_property
    def table_position_mm(self) -> tuple[float, float, float]:
        """Lateral, longitudinal and vertical table-top position with the isocentre at the machine's.

        Raises
        ------
        SimulatorError
            If the table cannot reach it: the axis, its limits and the millimetres missing.
        """
        tree = KinematicTree((*self.couch.joints, self._patient_joint))
        at_zero = tree.T_fixed_frame(PATIENT_FRAME, self._angles)
        wanted = -(at_zero @ (*self.isocentre_patient_mm, 1.0))[:3] + 0.0
        lines = []
        for axis, value in zip(("lateral", "longitudinal", "vertical"), wanted, strict=True):
            joint = tree[f"table_{axis}"]
            if joint.limits is not None and not joint.limits[0] <= value <= joint.limits[1]:
                low, high = joint.limits
                missing = low - value if value < low else value - high
                lines.append(
                    f"{self.name}: the isocentre is out of the table's reach: {axis} position must be from {low:g} "
                    f"to {high:g} mm, was {value:.1f}: {missing:.1f} mm missing"
                )
        if lines:
            raise SimulatorError("\n".join(lines))
        lateral, longitudinal, vertical = (float(value) for value in wanted)
        return lateral, longitudinal, vertical

    @property
    def _angles(self) -> dict[str, float]:
        return {"collimator": self.collimator_deg, "table_pitch": self.pitch_deg, "table_roll": self.roll_deg}

    @cached_property
    def scene(self) -> Scene:
        """Everything placed: the value that the checker works on."""
        tree = KinematicTree((*self.machine.joints, *self.couch.joints, self._patient_joint))
        for joint in SCAN:
            if joint not in tree:
                raise SimulatorError(f"{self.name}: machine and couch must have a joint {joint!r}")
        lateral, longitudinal, vertical = self.table_position_mm
        rest = {
            **self._angles,
            "table_lateral": lateral,
            "table_longitudinal": longitudinal,
            "table_vertical": vertical,
        }
        for name, value in self._angles.items():
            if name in tree:
                tree[name].require_within_limits(value, f"{self.name}: {name}")
            elif value != 0.0:
                raise SimulatorError(f"{self.name}: {name} must be 0: the models have no such joint")
        for name, angles in zip(SCAN, (self.grid.gantry_deg, self.grid.couch_deg), strict=True):
            tree[name].require_within_limits([angles.start, angles.stop], f"{self.name}: grid.{name}_deg")
        owners, parts = zip(*self._owned_parts(), strict=True) if any(self._owned_parts()) else ((), ())
        bodies = tuple(
            Body(part.name, part.mesh, PATIENT_FRAME if owner is self.patient else part.joint, part.colour)
            for owner, part in zip(owners, parts, strict=True)
        )
        scene = Scene(tree, bodies, (), SCAN, rest)
        return replace(scene, pairs=tuple(self._pairs(scene, owners, parts)))

    def _owned_parts(self) -> list[tuple[Machine | Couch | Patient, Part]]:
        """Return every part with the model that it belongs to: patient, couch, machine, in order of importance."""
        return [(model, part) for model in (self.patient, self.couch, self.machine) for part in model.parts]

    def _pairs(self, scene: Scene, owners: tuple[Any, ...], parts: tuple[Part, ...]) -> Iterator[Pair]:
        """Yield the pairs that can move against each other and are not excused; patient pairs come first."""
        excused = {
            frozenset(groups) for model in (self.machine, self.couch, self.patient) for groups in model.may_touch
        }
        for b in range(len(parts)):
            for a in range(b + 1, len(parts)):
                if {owners[a], owners[b]} == {self.patient, self.couch}:
                    continue  # the patient lies on the couch
                if frozenset((parts[a].group, parts[b].group)) in excused:
                    continue
                buffer_mm = 0.0
                if self.patient in (owners[a], owners[b]):
                    buffer_mm = self.buffers.patient_mm
                elif self.couch in (owners[a], owners[b]):
                    buffer_mm = self.buffers.couch_mm
                pair = Pair(a, b, f"{parts[a].name} – {parts[b].name}", buffer_mm)
                if scene.columns_of_pair(pair):
                    yield pair

    def _require_c_arm_angles(self) -> None:
        """Refuse a tree whose beam does not turn with gantry and couch as IEC 61217 says: its map has no area."""
        g, c = np.meshgrid([0.0, 35.0, -120.0, 180.0], [0.0, 50.0, -75.0], indexing="ij")
        poses = np.stack([g.ravel(), c.ravel()], axis=1)
        expected = source_direction_top(poses[:, 0], poses[:, 1]) @ self.R_support_top
        if not np.allclose(self.directions_top(poses), expected, atol=1e-9):
            raise SimulatorError(
                f"{self.name}: gantry and couch must turn the beam about the isocentre as in IEC 61217 "
                "(gantry about y, couch about z, beam along -z at 0); the solid angle of other machines is not "
                "computed yet"
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
    beside: Path | None = scenario.folder
    machine, couch, patient = scenario.machine, scenario.couch, scenario.patient
    return Setup(
        machine=Machine.load(machine.model, beside=beside, **machine.options),
        couch=_couch(scenario, beside),
        patient=_patient(scenario, beside),
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


def _couch(scenario: Scenario, beside: Path | None) -> Couch:
    choice = scenario.couch
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


def _patient(scenario: Scenario, beside: Path | None) -> Patient:
    choice = scenario.patient
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
