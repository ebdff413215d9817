"""How the patient lies on the table, and where the table stands.

The patient lies on the table top where `simulator.setup.lying` says that it is, and the table moves so that the
isocentre is at the machine's. With pitch and roll the table-top axes turn about their own origin (IEC 61217), so the
table position that brings the isocentre p (table-top axes) to the machine's is T = -Rx(pitch) Ry(roll) p.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Scene
from simulator.errors import SimulatorError
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.transforms import apply, inverse
from simulator.models.couch import TABLE_JOINTS, Couch
from simulator.models.fixation import FIXATION
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.patient import Patient
from simulator.models.scale import angle_on_scale, require_joints
from simulator.setup.contents import PATIENT_FRAME, Contents
from simulator.setup.holding import DEEPEST_MM, carrier, fixation_joints, head_end_y_mm
from simulator.setup.lying import Lying

PATIENT_MARGIN_MM = 20.0
"""Free end of the table top beyond the patient's end nearest the gantry; a scenario's shift_mm moves it."""

SET_ANGLES = ("collimator", "table_pitch", "table_roll")
"""Joints that the set-up gives values to by angles that somebody chooses."""
SET_BY_SETUP = ("collimator", *TABLE_JOINTS)
TABLE_POSITION = ("table_lateral", "table_longitudinal", "table_vertical")
"""The joints of a table position, in its order."""

Vector = tuple[float, float, float]


def extent_mm(
    patient: Patient, position: str, isocentre_mm: Vector
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the least and greatest coordinates (2, 3) of a body in table-top axes through the patient's origin.

    Anchored parts, such as a head frame, and what the patient lies on or is held by do not count: they do not lie on
    the table. The isocentre stands for the body of a patient who has no parts.
    """
    R_top_patient = rotation_top_patient(position)
    lying = [part for part in patient.parts if part.anchor is None and part.group != FIXATION]
    points = [part.mesh.vertices_mm @ R_top_patient.T for part in lying]
    points = points or [np.asarray(isocentre_mm)[None] @ R_top_patient.T]
    return np.min([cloud.min(axis=0) for cloud in points], axis=0), np.max(
        [cloud.max(axis=0) for cloud in points], axis=0
    )


def patient_joint(
    contents: Contents, position: str, isocentre_mm: Vector, shift_mm: Vector, lies: Lying | None
) -> Joint:
    """Return where the patient lies: where ``lies`` says that the table top is under it.

    What that leaves open: the lowest point lies on the top, or on the device that lifts it; the body's middle over
    the top's, the end that is nearest the gantry near the top's end.

    Parameters
    ----------
    contents : Contents
        The models.
    position : str
        DICOM patient position.
    isocentre_mm : tuple of float
        In DICOM patient axes.
    shift_mm : tuple of float
        Moves the patient from there, in table-top axes.
    lies : Lying, optional
        Where the table top is; its ``position_mm`` is `patient_joint_at`'s.
    """
    couch, fixation = contents.couch, contents.fixation
    low, high = extent_mm(contents.patient, position, isocentre_mm)
    middle = float(low[0] + high[0]) / 2 if lies is None or lies.middle_mm is None else lies.middle_mm
    height = float(low[2]) if lies is None or lies.height_mm is None else lies.height_mm
    return _fixed_on_top(
        couch,
        position,
        (
            -middle + shift_mm[0],
            head_end_y_mm(couch, fixation) - PATIENT_MARGIN_MM - float(high[1]) + shift_mm[1],
            carrier(couch, fixation, lies)[0] - height + shift_mm[2],
        ),
    )


def patient_joint_at(couch: Couch, position: str, isocentre_mm: Vector, values: Mapping[str, float]) -> Joint:
    """Return where the patient lies if its isocentre is at the machine's with the couch's joints at ``values``."""
    T_top_fixed = inverse(KinematicTree(couch.joints).T_fixed_frame(couch.table_top.joint, values))
    x, y, z = apply(T_top_fixed, [(0.0, 0.0, 0.0)])[0] - rotation_top_patient(position) @ np.asarray(isocentre_mm)
    return _fixed_on_top(couch, position, (float(x), float(y), float(z)))


def _fixed_on_top(couch: Couch, position: str, offset_mm: Vector) -> Joint:
    rows = tuple(tuple(float(value) for value in row) for row in rotation_top_patient(position))
    return Joint(PATIENT_FRAME, "fixed", couch.table_top.joint, origin_mm=offset_mm, rotation_parent=rows)  # type: ignore[arg-type]


def depth_mm(
    contents: Contents, position: str, shift_mm: Vector, tree: KinematicTree, lies: Lying | None
) -> tuple[float, str]:
    """Return how deep the patient's lowest point is in what it lies on, negative above it, and what that is.

    It is 0 without patient or table top.

    Raises
    ------
    SimulatorError
        If that is deeper than any cushion gives way: the sign or the unit is wrong, or the model of the couch.
    """
    face_mm, of = carrier(contents.couch, contents.fixation, lies)
    if not contents.couch.parts or not contents.patient.parts:
        return 0.0, of
    low, _ = extent_mm(contents.patient, position, (0.0, 0.0, 0.0))
    deep_mm = face_mm - float(low[2]) - tree[PATIENT_FRAME].origin_mm[2]
    deep_mm = round(deep_mm, 6) + 0.0
    if deep_mm > DEEPEST_MM and shift_mm[2] == 0.0:
        raise SimulatorError(
            f"{of} would be {deep_mm:.0f} mm inside the patient, whose lowest point may be at most "
            f"{DEEPEST_MM:g} mm deep in it: the place of the table, or the position of the patient, is another"
        )
    if deep_mm > DEEPEST_MM:
        raise SimulatorError(
            f"patient.shift_mm: must leave the patient on {of}: z must be at least {-DEEPEST_MM:g}, was "
            f"{shift_mm[2]:g}, which is {deep_mm:g} mm deep in it"
        )
    return deep_mm, of


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
    for name, value in zip(TABLE_POSITION, wanted, strict=True):
        joint, axis = tree[name], name.removeprefix("table_")
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
    contents: Contents,
    position: str,
    isocentre_mm: Vector,
    shift_mm: Vector,
    angles: Mapping[str, float],
    lies: Lying | None,
) -> tuple[KinematicTree, dict[str, float]]:
    """Return the joints of the room, and where they rest with everything in its place.

    Parameters
    ----------
    contents : Contents
        The models.
    position, isocentre_mm, shift_mm, lies
        As for :func:`patient_joint`.
    angles : mapping
        Values of the joints ``SET_ANGLES``, degrees.

    Raises
    ------
    SimulatorError
        If the table cannot bring the isocentre to the machine's, a joint's rest is beyond its limits, the machine's
        sweep is of joints that are not there, or a device is put at a place that the patient has not.
    """
    machine, couch = contents.machine, contents.couch
    tree = KinematicTree((*machine.joints, *couch.joints))
    moving = machine.sweep.joints
    require_joints(tree, machine.sweep, f"{machine.name}: sweep")
    rest = {**_at_rest(tree, moving), **{joint: value for joint, value in angles.items() if joint in tree}}
    standing = {joint: value for joint, value in rest.items() if joint not in moving}
    if lies is None or lies.position_mm is None:
        tree = tree.joined([patient_joint(contents, position, isocentre_mm, shift_mm, lies)])
    else:
        at = dict(zip(TABLE_POSITION, lies.position_mm, strict=True))
        tree = tree.joined([patient_joint_at(couch, position, isocentre_mm, {**standing, **at})])
    tree = tree.joined(fixation_joints(contents, position, tree))
    lateral, longitudinal, vertical = table_position_mm(tree, isocentre_mm, standing)
    rest |= dict(zip(TABLE_POSITION, (lateral, longitudinal, vertical), strict=True))
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
