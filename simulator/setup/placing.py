"""How the patient lies on the table, and where the table stands.

The patient lies on the table top, and the table moves so that the isocentre is at the machine's. With pitch and
roll the table-top axes turn about their own origin (IEC 61217), so the table position that brings the isocentre p
(table-top axes) to the machine's is T = -Rx(pitch) Ry(roll) p.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.collision.scene import Body, Scene
from simulator.errors import SimulatorError
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.transforms import apply
from simulator.models.couch import TABLE_JOINTS, Couch
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.machine import Machine
from simulator.models.patient import Patient
from simulator.models.scale import angle_on_scale, require_joints

PATIENT_FRAME = "patient"
PATIENT_MARGIN_MM = 20.0
"""Free end of the table top beyond the patient's end nearest the gantry; a scenario's shift_mm moves it."""

DEEPEST_MM = 50.0
"""How far a patient may be moved into the table top: mattresses are up to 50 mm thick, and so are tops."""

SET_ANGLES = ("collimator", "table_pitch", "table_roll")
SET_BY_SETUP = ("collimator", *TABLE_JOINTS)
"""Joints that the set-up gives values to; of them, those by angles that somebody chooses."""

Vector = tuple[float, float, float]


def patient_joint(patient: Patient, couch: Couch, position: str, isocentre_mm: Vector, shift_mm: Vector) -> Joint:
    """Return where the patient lies: lowest point on the table top, centred, the end near the table's end.

    Parameters
    ----------
    patient, couch
        The models. Anchored parts, such as a head frame, do not count: they do not carry the patient.
    position : str
        DICOM patient position.
    isocentre_mm : tuple of float
        In DICOM patient axes; stands for the body of a patient who has no parts.
    shift_mm : tuple of float
        Moves the patient from there, in table-top axes.
    """
    R_top_patient = rotation_top_patient(position)
    points = [part.mesh.vertices_mm @ R_top_patient.T for part in patient.parts if part.anchor is None]
    points = points or [np.asarray(isocentre_mm)[None] @ R_top_patient.T]
    low = np.min([cloud.min(axis=0) for cloud in points], axis=0)
    high = np.max([cloud.max(axis=0) for cloud in points], axis=0)
    top = couch.table_top
    offset = (
        -float(low[0] + high[0]) / 2 + shift_mm[0],
        top.head_end_y_mm - PATIENT_MARGIN_MM - float(high[1]) + shift_mm[1],
        top.surface_z_mm - float(low[2]) + shift_mm[2],
    )
    rows = tuple(tuple(float(value) for value in row) for row in R_top_patient)
    return Joint(PATIENT_FRAME, "fixed", top.joint, origin_mm=offset, rotation_parent=rows)  # type: ignore[arg-type]


def depth_in_top_mm(couch: Couch, patient: Patient, shift_mm: Vector) -> float:
    """Return how deep ``shift_mm`` pushes the patient's lowest point into the table top; 0 without either.

    Raises
    ------
    SimulatorError
        If that is deeper than any cushion gives way: the sign or the unit is wrong, or the model of the couch.
    """
    depth_mm = max(0.0, -shift_mm[2]) if couch.parts and patient.parts else 0.0
    if depth_mm > DEEPEST_MM:
        raise SimulatorError(
            f"patient.shift_mm: must leave the patient on the table top: z must be at least {-DEEPEST_MM:g}, was "
            f"{shift_mm[2]:g}, which is {depth_mm:g} mm deep in the top"
        )
    return depth_mm


def table_position_mm(tree: KinematicTree, isocentre_mm: Vector, angles: Mapping[str, float]) -> Vector:
    """Return the lateral, longitudinal and vertical table position with the isocentre at the machine's.

    Raises
    ------
    SimulatorError
        If the table cannot reach it: each axis, its limits and the millimetres missing.
    """
    at_zero = tree.T_fixed_frame(PATIENT_FRAME, angles)
    wanted = -(at_zero @ (*isocentre_mm, 1.0))[:3] + 0.0
    lines = []
    for axis, value in zip(("lateral", "longitudinal", "vertical"), wanted, strict=True):
        joint = tree[f"table_{axis}"]
        if joint.limits is not None and not joint.limits[0] <= value <= joint.limits[1]:
            low, high = joint.limits
            missing = low - value if value < low else value - high
            lines.append(
                f"the isocentre is out of the table's reach: {axis} position must be from {low:g} "
                f"to {high:g} mm, was {value:.1f}: {missing:.1f} mm missing"
            )
    if lines:
        raise SimulatorError("\n".join(lines))
    lateral, longitudinal, vertical = (float(value) for value in wanted)
    return lateral, longitudinal, vertical


def place(
    machine: Machine,
    couch: Couch,
    patient: Patient,
    position: str,
    isocentre_mm: Vector,
    shift_mm: Vector,
    angles: Mapping[str, float],
) -> tuple[KinematicTree, dict[str, float]]:
    """Return the joints of the room, and where they rest with everything in its place.

    Parameters
    ----------
    machine, couch, patient
        The models.
    position, isocentre_mm, shift_mm
        As for :func:`patient_joint`.
    angles : mapping
        Values of the joints ``SET_ANGLES``, degrees.

    Raises
    ------
    SimulatorError
        If the table cannot bring the isocentre to the machine's, a joint's rest is beyond its limits, or the
        machine's sweep is of joints that are not there.
    """
    lying = patient_joint(patient, couch, position, isocentre_mm, shift_mm)
    tree = KinematicTree((*machine.joints, *couch.joints, lying))
    moving = machine.sweep.joints
    require_joints(tree, machine.sweep, f"{machine.name}: sweep")
    rest = {**_at_rest(tree, moving), **{joint: value for joint, value in angles.items() if joint in tree}}
    standing = {joint: value for joint, value in rest.items() if joint not in moving}
    lateral, longitudinal, vertical = table_position_mm(tree, isocentre_mm, standing)
    rest |= {"table_lateral": lateral, "table_longitudinal": longitudinal, "table_vertical": vertical}
    return tree, rest


def _at_rest(tree: KinematicTree, moving: tuple[str, ...]) -> dict[str, float]:
    """Return the values of the joints that the set-up gives none to, each within its limits.

    Joints of the machine's sweep without a value of rest stand as near to 0 as they can.
    """
    rest = {}
    for joint in tree.joints:
        field = f"joint {joint.name!r}: rest"
        if joint.name in SET_BY_SETUP and joint.rest is not None:
            raise SimulatorError(f"{field} must be left out: the set-up gives its value, was {joint.rest:g}")
        if joint.type == "fixed" or joint.mimic is not None or joint.name in SET_BY_SETUP:
            continue
        if joint.name in moving and joint.rest is None:
            low, high = joint.limits or (0.0, 0.0)
            rest[joint.name] = min(max(low, 0.0), high) if joint.limits else 0.0
        else:
            rest[joint.name] = angle_on_scale(joint, joint.rest or 0.0, field)
    return rest


def require_table_axes(scene: Scene, isocentre_mm: Vector) -> None:
    """Refuse a table whose joints do not bring the isocentre to the machine's.

    Raises
    ------
    SimulatorError
        Saying what they must do.
    """
    at_rest = scene.scanning(())
    T_fixed_patient = at_rest.T_fixed_frame(PATIENT_FRAME, at_rest.at_zero)
    if not np.allclose(apply(T_fixed_patient, [isocentre_mm]), 0.0, atol=1e-6):
        raise SimulatorError(
            "joints table_lateral, table_longitudinal and table_vertical must move the patient along x, y and z"
        )


def place_bodies(machine: Machine, couch: Couch, patient: Patient) -> tuple[Body, ...]:
    """Return the bodies of all parts: patient, couch, machine, in order of importance.

    Raises
    ------
    SimulatorError
        If two parts have one name: a culprit must be one part.
    """
    parts = [part for model in (patient, couch, machine) for part in model.parts]
    names = [part.name for part in parts]
    again = sorted({name for name in names if names.count(name) > 1})
    if again:
        raise SimulatorError(
            f"parts of {patient.name}, {couch.name} and {machine.name} must have names of their own, "
            f"{', '.join(again)} is used again"
        )
    joints = [PATIENT_FRAME] * len(patient.parts) + [part.joint for part in (*couch.parts, *machine.parts)]
    return tuple(Body(part.name, part.mesh, joint, part.colour) for part, joint in zip(parts, joints, strict=True))
