"""A beam of a plan, from its items to its values."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.dicom.accessories import accessories, boli, in_the_nozzle
from simulator.dicom.attributes import Item
from simulator.dicom.beams import AXES, TABLE_AXES, TREATMENT, Beam
from simulator.dicom.control_points import (
    Segment,
    TurningAxis,
    isocentre,
    legs,
    metersets,
    positions,
    require_zero,
    slides,
    turns,
)
from simulator.dicom.entry_points import OFF_DEG, degrees_off, entry_point
from simulator.dicom.patient_setups import PatientSetups
from simulator.dicom.refusals import Refusals
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.scales import SAME_ANGLE_DEG

_TURNING = (
    TurningAxis("gantry", "GantryAngle", "GantryRotationDirection", "gantry"),
    TurningAxis("collimator", "BeamLimitingDeviceAngle", "BeamLimitingDeviceRotationDirection", "collimator"),
    TurningAxis("couch", "PatientSupportAngle", "PatientSupportRotationDirection", "couch"),
    TurningAxis("table_pitch", "TableTopPitchAngle", "TableTopPitchRotationDirection", "pitch"),
    TurningAxis("table_roll", "TableTopRollAngle", "TableTopRollRotationDirection", "roll"),
)
_TURNS = tuple(axis.name for axis in _TURNING)
REQUIRED = ("gantry", "couch")
"""Without these a beam has no direction."""
_TABLE = ("TableTopVerticalPosition", "TableTopLongitudinalPosition", "TableTopLateralPosition")
_NOT_MODELLED = {
    "TableTopEccentricAngle": "a table top that turns about an eccentric axis",
    "GantryPitchAngle": "a gantry that is pitched",
}
TABLE = "TABLE"
FEWEST_POINTS = 2
"""A static beam has two (PS3.3, C.8.8.14)."""


def read_beam(item: Item, setups: PatientSetups) -> tuple[Beam, list[str]]:
    """Return a beam, and what a reader of the results should know of it.

    Raises
    ------
    SimulatorError
        All that is refused, a line each.
    """
    number = item.integer("BeamNumber")
    if number is None:
        raise item.refused("BeamNumber", "must be a number of its own", "was missing")
    item = item.called(f"{item.where.rpartition(':')[0]}: beam {number}")
    points = _points(item)
    refusals = Refusals()
    with refusals.kept():
        position = setups.position(item)
    with refusals.kept():
        tolerances = setups.tolerances(item)
    with refusals.kept():
        support_type = _support_type(item)
    with refusals.kept():
        hung, bolus, nozzle = accessories(item), boli(item), in_the_nozzle(item)
    with refusals.kept():
        source_axis_mm = item.numbers("SourceAxisDistance", 1) or item.numbers("VirtualSourceAxisDistances", 2)
    with refusals.kept():
        ssd_mm, entry = _ssd_mm(points[0]), entry_point(points[0])
    with refusals.kept():
        place = isocentre(points)
    with refusals.kept():
        weights = metersets(points)
    with refusals.kept():
        segments, is_table_relative = _segments(points)
    refusals.raise_if_any()
    beam = Beam(
        number=number,
        name=item.text("BeamName"),
        radiation=item.text("RadiationType"),
        delivery=item.text("TreatmentDeliveryType").upper() or TREATMENT,
        machine=item.text("TreatmentMachineName"),
        source_axis_mm=source_axis_mm,
        position=position,
        isocentre_mm=place,
        accessories=hung,
        legs=legs(number, segments, weights),
        is_table_relative=is_table_relative,
        support_type=support_type,
        ssd_mm=ssd_mm,
        entry_point_mm=entry,
        tolerances=tolerances,
        bolus=bolus,
    )
    told = [*_gaps(beam, nozzle), *_full_turns(beam), *_stale_entries(beam, points)]
    told += setups.without_tolerances(item)
    return beam, [f"beam {number}: {each}" for each in told]


def _points(beam: Item) -> list[Item]:
    """Return the control points, called by their index, which counts from 0."""
    found = [*beam.items("ControlPointSequence", "point"), *beam.items("IonControlPointSequence", "point")]
    announced = beam.integer("NumberOfControlPoints")
    if announced != len(found) or len(found) < FEWEST_POINTS:
        must = f"must be the number of control points, at least {FEWEST_POINTS}"
        raise beam.refused("NumberOfControlPoints", must, f"was {announced}, and {len(found)} are there")
    points = [point.called(f"{beam.where}: control point {at}") for at, point in enumerate(found)]
    for at, point in enumerate(points):
        index = point.integer("ControlPointIndex")
        if index not in (None, at):
            raise point.refused("ControlPointIndex", f"must be {at}, in order", f"was {index}")
    return points


def _segments(points: Sequence[Item]) -> tuple[dict[str, list[Segment]], bool]:
    """Return the segments of each axis that the plan speaks of, and whether table positions are relative."""
    refusals = Refusals()
    found: dict[str, list[Segment]] = {}
    relative = {}
    for keyword, name in _NOT_MODELLED.items():
        with refusals.kept():
            require_zero(points, keyword, name)
    for axis in _TURNING:
        with refusals.kept():
            found[axis.name] = turns(points, axis)
            if axis.name in REQUIRED and not found[axis.name]:
                raise points[0].refused(axis.angle, "must be an angle in degrees", "was missing")
    for name, keyword in zip(TABLE_AXES, _TABLE, strict=True):
        with refusals.kept():
            found[name], relative[name] = slides(points, keyword)
    with refusals.kept():
        found["snout"] = positions(points, "SnoutPosition")
    refusals.raise_if_any()
    is_relative = any(relative.values())
    for name in TABLE_AXES if is_relative else ():
        found[name] = [(start - found[name][0][0], stop - found[name][0][0]) for start, stop in found[name]]
    return {name: found[name] for name in AXES if found[name]}, is_relative


def _support_type(beam: Item) -> str:
    found = beam.text("PatientSupportType")
    if found not in ("", TABLE):
        raise beam.refused("PatientSupportType", "must be TABLE: no other support is modelled", f"was {found!r}")
    return found


def _ssd_mm(point: Item) -> float | None:
    found = point.number("SourceToSurfaceDistance")
    return point.number("SourceToExternalContourDistance") if found is None else found


def _gaps(beam: Beam, nozzle: Sequence[str]) -> list[str]:
    """Return what the plan leaves open, or what no model here has."""
    found = []
    if not beam.position:
        found.append("no patient position")
    if "collimator" not in beam.start:
        found.append("no collimator angle: it is left where the set-up has it")
    if not beam.source_axis_mm:
        found.append("no source-axis distance")
    if beam.is_table_relative:
        found.append("table positions count from where the table stands at first, which the plan does not say")
    elif all(beam.start.get(axis) == 0.0 for axis in TABLE_AXES):
        found.append("the table position is 0, 0, 0, which is often written where nobody set one")
    return [*found, *(f"{each}: taken to be within the nozzle" for each in nozzle)]


def _full_turns(beam: Beam) -> list[str]:
    """Return where an axis goes once round: rarely meant, but what a direction and the same angle twice say."""
    return [
        f"control point {leg.index}: {axis} goes once round, from {leg.start[axis]:g}° to {leg.start[axis]:g}°"
        for leg in beam.legs
        for axis in leg.moving
        if axis in _TURNS and abs(leg.stop[axis] - leg.start[axis]) >= FULL_TURN_DEG - SAME_ANGLE_DEG
    ]


def _stale_entries(beam: Beam, points: Sequence[Item]) -> list[str]:
    """Return the entry point that disagrees most with the beam's direction, if any does."""
    off = degrees_off(points, beam.legs, beam.isocentre_mm, beam.position) if beam.position else []
    at, most = max(off, key=lambda each: each[1], default=(0, 0.0))
    if most <= OFF_DEG:
        return []
    return [f"control point {at}: the entry point is {most:.1f}° off the beam's direction; it may be an old one"]
