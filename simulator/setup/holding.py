"""How fixation devices stand on the table, and how the patient lies on them.

A device stands on the upper face of the table top, in the middle of the table, with y = 0 of its axes at its anchor;
one that belongs to the patient has its y towards the patient's head. Where nobody says how high the table top is
under the patient, the patient lies on the highest face of the devices. An inclined face raises what a patient's model
says that it raises (`simulator.models.bend`).
"""

from __future__ import annotations

from collections.abc import Iterator

from simulator.errors import SimulatorError, unknown
from simulator.models.couch import Couch
from simulator.models.fixation import FIXATION, TABLE, TABLE_END, Fixation, Vector
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.patient import Patient
from simulator.setup.contents import PATIENT_FRAME, Contents, fixation_frame
from simulator.setup.lying import Lying

ON_THE_BACK = ("HFS", "FFS")
DEEPEST_MM = 50.0
"""How far what lies on a face may be in it: mattresses are up to 50 mm thick, and so are table tops."""
OFF_THE_FACE_MM = 1.0
"""A body that bends no farther from where a face begins to go up lies on that face."""
TOP = "the table top"
_SAME = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_TURNED = ((-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0))


def carrier(couch: Couch, fixation: tuple[Fixation, ...], lies: Lying | None) -> tuple[float, str]:
    """Return how high the face is that the patient lies on, z of table-top axes, and what it is of.

    That is the table top, where it is known how high that is under the patient: devices lift nobody then.
    """
    found = (couch.table_top.surface_z_mm, TOP)
    if lies is None or lies.is_lowest_point:
        for device in fixation:
            height_mm = _foot_z_mm(device, couch) + device.shift_mm[2] + device.surface_z_mm
            found = max(found, (height_mm, device.name), key=lambda each: each[0])
    return found


def head_end_y_mm(couch: Couch, fixation: tuple[Fixation, ...]) -> float:
    """Return y, in table-top axes, of the end towards the gantry of the table top with what makes it longer."""
    ends = [couch.table_top.head_end_y_mm]
    for device in fixation:
        if device.head_end_y_mm is not None:
            foot_mm = couch.table_top.head_end_y_mm if device.anchor == TABLE_END else 0.0
            ends.append(foot_mm + device.shift_mm[1] + device.head_end_y_mm)
    return max(ends)


def incline_deg(fixation: tuple[Fixation, ...], position: str) -> float:
    """Return how far the face that the patient lies on goes up towards the head.

    Raises
    ------
    SimulatorError
        If devices have several inclines, or the patient does not lie on the back.
    """
    inclines = sorted({device.incline_deg for device in fixation} - {0.0})
    if len(inclines) > 1:
        several = " and ".join(f"{value:g}°" for value in inclines)
        raise SimulatorError(f"fixation: inclined devices must have one incline, had {several}")
    if inclines and position not in ON_THE_BACK:
        raise SimulatorError(
            "fixation: an inclined device must be under a patient who lies on the back "
            f"({' or '.join(ON_THE_BACK)}), was {position}"
        )
    return inclines[0] if inclines else 0.0


def fixation_joints(contents: Contents, position: str, tree: KinematicTree) -> Iterator[Joint]:
    """Yield where each device stands on the table top of a room whose patient has a place.

    Raises
    ------
    SimulatorError
        If the patient has no such place as a device is put at, or a device would be inside the table top.
    """
    top = contents.couch.table_top
    for at, device in enumerate(contents.fixation):
        is_turned = device.anchor not in (TABLE, TABLE_END) and position.startswith("FF")
        y_mm = _anchor_y_mm(device, f"fixation.{at}.anchor", contents, tree)
        sign = -1.0 if is_turned else 1.0
        x, y, z = device.shift_mm
        if z < -DEEPEST_MM and device.anchor not in (TABLE, TABLE_END):
            raise SimulatorError(
                f"fixation.{at}.shift_mm: must leave {device.name} on the table top: z must be at least "
                f"{-DEEPEST_MM:g}, was {z:g}"
            )
        origin_mm = (sign * x + 0.0, y_mm + sign * y, _foot_z_mm(device, contents.couch) + z)
        yield Joint(
            fixation_frame(at),
            "fixed",
            top.joint,
            origin_mm=origin_mm,
            rotation_parent=_TURNED if is_turned else _SAME,
        )


def _foot_z_mm(device: Fixation, couch: Couch) -> float:
    return 0.0 if device.anchor == TABLE else couch.table_top.surface_z_mm


def _anchor_y_mm(device: Fixation, field: str, contents: Contents, tree: KinematicTree) -> float:
    """Return y of a device's anchor in table-top axes."""
    if device.anchor == TABLE:
        return 0.0
    if device.anchor == TABLE_END:
        return contents.couch.table_top.head_end_y_mm
    places = {**contents.patient.sites, **contents.patient.landmarks}
    if device.anchor not in places:
        raise unknown(f"{field} (of {device.name})", device.anchor, (TABLE, TABLE_END, *places))
    return _on_top(places[device.anchor], tree)[1]


def _on_top(place_mm: Vector, tree: KinematicTree) -> Vector:
    """Return a place of the patient in table-top axes."""
    x, y, z = (float(value) for value in (tree[PATIENT_FRAME].T_parent_joint(0.0) @ (*place_mm, 1.0))[:3])
    return (x, y, z)


def assumptions_of_fixation(
    couch: Couch, fixation: tuple[Fixation, ...], patient: Patient, lies: Lying | None
) -> Iterator[str]:
    """Yield what an answer rests on of devices: where they stand, and how the patient lies on them."""
    if not fixation:
        return
    for device in fixation:
        at = f"on the table top at the patient's {device.anchor}, in the middle of the table"
        on_table = {TABLE: "where its own axes say", TABLE_END: "at the end of the table top"}
        shift = ", ".join(f"{value:g}" for value in device.shift_mm)
        moved = f", moved by [{shift}] mm" if any(device.shift_mm) else ""
        yield f"{device.name} is {on_table.get(device.anchor, at)}{moved}"
    height_mm, of = carrier(couch, fixation, lies)
    names = ", ".join(device.name for device in fixation)
    if lies is not None and not lies.is_lowest_point:
        yield f"it is known where the table top is under the patient: {names} lift nobody"
    elif of != TOP:
        yield f"the patient lies on {of}, {height_mm - couch.table_top.surface_z_mm:g} mm above the table top"
    inclined = next((device for device in fixation if device.incline_deg), None)
    if inclined is not None and patient.bend is not None:
        parts = ", ".join(part.name for part in patient.parts if part.name in patient.bend.parts)
        yield (
            f"the body is bent at the {patient.bend.landmark} by {inclined.incline_deg:g}°, as {inclined.name} is "
            f"inclined, and stiff otherwise: {parts} and the sites in them are raised"
        )


def _above_mm(at: int, couch: Couch, fixation: tuple[Fixation, ...]) -> float:
    """Return how far a device's lowest point is above the table top and the faces of other devices."""
    device, others = fixation[at], (*fixation[:at], *fixation[at + 1 :])
    low_mm = min((float(part.mesh.vertices_mm[:, 2].min()) for part in device.parts), default=0.0)
    return _foot_z_mm(device, couch) + device.shift_mm[2] + low_mm - carrier(couch, others, None)[0]


def warnings_of_fixation(
    couch: Couch, fixation: tuple[Fixation, ...], patient: Patient, position: str, tree: KinematicTree
) -> Iterator[str]:
    """Yield what a reader should know of how couch, devices and patient fit."""
    own = ", ".join(part.name for part in patient.parts if part.group == FIXATION)
    if fixation and own:
        names = ", ".join(device.name for device in fixation)
        yield f"the structure set has fixation of its own, {own}: {names} may be there twice"
    for at, device in enumerate(fixation):
        above_mm = _above_mm(at, couch, fixation)
        if above_mm > OFF_THE_FACE_MM:
            yield f"{device.name} stands on nothing: its lowest point is {above_mm:.0f} mm above what could carry it"
        if position.startswith("FF") and device.anchor == TABLE_END:
            yield f"{device.name} is at the end of the table top towards the gantry, where the patient's feet are"
        if not device.incline_deg:
            continue
        if position.startswith("FF") and device.anchor in (TABLE, TABLE_END):
            yield (
                f"{device.name} is inclined and in the axes of the table, in which the head of a patient who lies "
                "with the feet first is towards -y: if its face goes up towards y, as that of a model does, it is "
                "the wrong way round, and poses that are called free may collide; put it at a place of the patient"
            )
        bend = patient.bend
        if bend is None:
            yield (
                f"{device.name} is inclined by {device.incline_deg:g}°, and the body of {patient.name} is as it was "
                f"made: if it lies flat, head, arms and chest are {100 * device.rise:.0f} mm too low for each 100 mm "
                "towards the head, and poses that are called free may collide"
            )
            continue
        off_mm = _on_top(bend.position_mm, tree)[1] - tree[fixation_frame(at)].origin_mm[1]
        if abs(off_mm) > OFF_THE_FACE_MM:
            yield (
                f"the body bends at the {bend.landmark}, {abs(off_mm):.0f} mm from where {device.name} begins "
                "to go up: the back does not lie on it"
            )
