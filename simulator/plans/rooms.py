"""The room of each beam: the set-up that was given, with the beam's isocentre, position, pitch, roll and accessories.

Where gantry, couch and collimator stand is said pose by pose, so that beams share a room.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from simulator.dicom.beams import Beam
from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.geometry.angles import wrap_180
from simulator.geometry.positions import PATIENT_POSITIONS
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.geometry.transforms import apply
from simulator.models.scale import angle_on_scale
from simulator.plans.accessories import fitted
from simulator.plans.travel import Travel, has_axis, travel_of
from simulator.plans.ways import LENGTHS, told
from simulator.setup.placing import TABLE_POSITION, table_position_mm
from simulator.setup.setup import Setup

SOURCE_AXIS_MM = 1.0
"""How far a plan's source-axis distance may be from the model's."""
ANGLES = {"table_pitch": "pitch_deg", "table_roll": "roll_deg"}
"""Axes of a plan that are fields of a set-up, at a beam's first control point: the table's position hangs on them."""
ON_THE_HEAD = ("collimator", "snout")
"""Axes that a machine's model may lack where they stand still: what is on them is then not known."""

Vector = tuple[float, float, float]


@dataclass(frozen=True, eq=False)
class Room:
    """Where one beam is delivered.

    Attributes
    ----------
    beam : Beam
        Of the plan.
    setup : Setup
        The room; beams that ask for the same share one.
    travel : Travel
        The beam's legs on the scales of its joints.
    unknown : tuple of str
        What is on the head that the machine's model has no outer size of.
    options : dict of str to str
        Of the machine, that stand for what is on the head and known.
    """

    beam: Beam
    setup: Setup
    travel: Travel
    unknown: tuple[str, ...] = ()
    options: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class Rooms:
    """The rooms of a plan, made once for all beams that ask for the same.

    Attributes
    ----------
    plan, setup
        As they were given.
    """

    plan: Plan
    setup: Setup
    _made: dict[tuple[object, ...], Setup] = field(default_factory=dict)

    def of_beams(self, order: tuple[int, ...]) -> list[Room]:
        """Return the room of each beam, in the order of delivery.

        Raises
        ------
        SimulatorError
            With a line for each thing that the machine cannot do, of all beams.
        """
        beams = {beam.number: beam for beam in self.plan.beams}
        rooms: list[Room] = []
        lines: list[str] = []
        before: Mapping[str, float] = {}
        for number in order:
            try:
                rooms.append(self._room(beams[number], before))
                before = rooms[-1].travel.stop
            except SimulatorError as error:
                lines += [line if line.startswith("beam ") else f"beam {number}: {line}" for line in _lines(error)]
        if lines:
            raise SimulatorError("\n".join(dict.fromkeys(lines)))
        return rooms

    @property
    def is_registered(self) -> bool:
        """Whether the plan's isocentres are in the axes of the patient: both name one frame of reference."""
        scan = self.setup.patient.scan
        return scan is not None and scan.frame_of_reference in {self.plan.frame_of_reference} - {""}

    def _room(self, beam: Beam, before: Mapping[str, float]) -> Room:
        setup = self.setup
        _refuse(beam, setup)
        options, unknown = fitted(beam, setup.machine, setup.patient)
        machine = setup.machine.with_options(**options)
        position = beam.position or setup.position
        isocentre_mm = self._isocentre_mm(beam)
        angles = {attribute: _angle(beam, setup, axis) for axis, attribute in ANGLES.items()}
        key = (machine.options, position, isocentre_mm, *angles.values())
        if key not in self._made:
            self._made[key] = self._placed(machine=machine, position=position, isocentre_mm=isocentre_mm, **angles)
        room = self._made[key]
        travel = travel_of(beam, room.scene.tree, room.scene.rest, before)
        absent = _absent(beam, setup)
        return Room(beam, room, travel, (*unknown, *absent), options)

    def _isocentre_mm(self, beam: Beam) -> Vector:
        """Return the isocentre of a beam in the patient's axes."""
        if self.is_registered:
            return beam.isocentre_mm
        own, first = np.array(self.setup.isocentre_patient_mm), np.array(self.plan.beams[0].isocentre_mm)
        x, y, z = (own + (np.array(beam.isocentre_mm) - first)).tolist()
        return x, y, z

    def _placed(self, **changes: object) -> Setup:
        """Return the set-up with changes, the patient lying on the table as before."""
        setup = self.setup
        same = {name: getattr(setup, name) for name in changes} | {"isocentre_mm": setup.isocentre_patient_mm}
        if changes == same:
            return setup
        lies = setup.lies
        if lies is not None and not lies.is_lowest_point and changes["position"] != setup.position:
            raise SimulatorError(
                f"patient position must be {setup.position}, for which the set-up says where the table is "
                f"({lies.source}), was {changes['position']}"
            )
        if lies is not None and lies.position_mm is not None:
            lies = replace(lies, position_mm=_table_position_mm(setup, changes))
        return replace(setup, site=None, lies=lies, **changes)  # type: ignore[arg-type]


def _lines(error: SimulatorError) -> list[str]:
    return str(error).splitlines()


def _table_position_mm(setup: Setup, changes: Mapping[str, object]) -> Vector:
    """Return the table position at which another isocentre of the patient, lying as before, is at the machine's."""
    tree, rest = setup.scene.tree, dict(setup.scene.rest)
    rest |= {axis: changes[attribute] for axis, attribute in ANGLES.items() if axis in tree}  # type: ignore[misc]
    standing = {
        joint: value for joint, value in rest.items() if joint not in (*setup.machine.sweep.joints, *TABLE_POSITION)
    }
    return table_position_mm(tree, changes["isocentre_mm"], standing)  # type: ignore[arg-type]


def _angle(beam: Beam, setup: Setup, axis: str) -> float:
    """Return where an axis stands at a beam's beginning; as in the set-up where plan or machine has none."""
    tree = setup.scene.tree
    if axis in beam.start and has_axis(tree, axis):
        return angle_on_scale(tree[axis], beam.start[axis], axis)
    return float(getattr(setup, ANGLES[axis]))


def _absent(beam: Beam, setup: Setup) -> tuple[str, ...]:
    """Return where axes stand that the room has not and that are on the head: a snout, a collimator."""
    absent = {axis: beam.start[axis] for axis in ON_THE_HEAD if axis in beam.start}
    tree = setup.scene.tree
    return tuple(told({axis: v}) for axis, v in absent.items() if not has_axis(tree, axis) and _is_off(axis, v))


def _is_off(axis: str, value: float) -> bool:
    return abs(value if axis in LENGTHS else float(wrap_180(value))) > SAME_ANGLE_DEG


def source_axis_mm(setup: Setup) -> float:
    """Return how far the source is from the isocentre, in mm."""
    scene, source = setup.scene, setup.beam
    T_fixed_beam = scene.T_fixed_frame(source.joint, scene.at_zero)
    return float(np.linalg.norm(apply(T_fixed_beam, [source.source_mm])[0, 0]))


def _refuse(beam: Beam, setup: Setup) -> None:
    """Refuse a beam that the machine cannot deliver."""
    lines = [*_wrong_source(beam, setup), *_wrong_axes(beam, setup)]
    if beam.position and beam.position not in PATIENT_POSITIONS:
        known = ", ".join(PATIENT_POSITIONS)
        lines.append(f"patient position must be one of {known}, was {beam.position}")
    if lines:
        raise SimulatorError("\n".join(lines))


def _wrong_source(beam: Beam, setup: Setup) -> Iterator[str]:
    model_mm = source_axis_mm(setup)
    said = beam.source_axis_mm
    if said and not any(abs(value - model_mm) <= SOURCE_AXIS_MM for value in said):
        was = " and ".join(f"{value:g}" for value in said)
        yield (
            f"source-axis distance must be that of the model {setup.machine.name}, {model_mm:g} mm within "
            f"{SOURCE_AXIS_MM:g} mm, was {was}: the plan is for another machine"
        )


def _wrong_axes(beam: Beam, setup: Setup) -> Iterator[str]:
    """Yield what of a beam's axes the room has not: that they move, or where they stand."""
    absent = [axis for axis in beam.start if not has_axis(setup.scene.tree, axis)]
    names = f"{setup.machine.name} and {setup.couch.name}"
    moving = {axis: leg.index for leg in reversed(beam.legs) for axis in leg.moving}
    if setup.lies is not None and setup.lies.ranges:
        for axis in sorted(ANGLES.keys() & moving.keys()):
            yield (
                f"control point {moving[axis] + 1}: {axis} must stand still where it is not known where the "
                "table is: give couch.table_position_mm"
            )
    for axis in absent:
        value = beam.start[axis]
        if axis in moving:
            yield f"control point {moving[axis] + 1}: {axis} must stand still: {names} have no such joint"
        elif axis == "gantry":
            yield f"the machine must have a joint 'gantry' for the plan's angle of {value:g}°, {names} have none"
        elif axis not in (*ON_THE_HEAD, *TABLE_POSITION) and _is_off(axis, value):
            yield f"control point 0: {axis} must be 0: {names} have no such joint, was {value:g}"
