"""A skeleton of an RT Plan (DICOM): beams, control points, isocentre and patient position; no fluence, as it says.

It has the machine's own angles, and the position. Identifiers are made up of the content, so it belongs to no
patient's images; its geometry is TREATMENT_DEVICE, as no structure set goes with it. How planning systems take such a
plan in is not confirmed. A plan that is read may be any whose beams a list can hold: straight ways, one isocentre, no
set-up beams, no accessories.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms.form import ARCS, COLLIMATOR, Form
from simulator.delivery.lists.listed import COLLIMATOR as COLLIMATOR_JOINT
from simulator.delivery.lists.listed import aiming_joints, listed_beams
from simulator.delivery.lists.plan_values import plan_of
from simulator.delivery.lists.straight import straight_way
from simulator.dicom.beams import Beam
from simulator.dicom.plan import Plan
from simulator.dicom.plan_writing import plan_bytes
from simulator.errors import SimulatorError
from simulator.geometry.angles import wrap_180
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.setup.setup import Setup

INSTEAD = "`simulator plan` checks such beams"


def encode(beams: BeamList, setup: Setup) -> bytes:
    """Return the file."""
    if aiming_joints(setup) != ("gantry", "couch"):
        joints = " and ".join(aiming_joints(setup))
        raise SimulatorError(f"form rtplan: must have joints gantry and couch to aim with, the machine has {joints}")
    return plan_bytes(plan_of(beams, setup), setup.machine.name)


def decode(path: Path, setup: Setup) -> BeamList:
    """Return the list of a file."""
    plan = Plan.read(path)
    first = plan.beams[0]
    rows = [_row(beam, path, setup) for beam in plan.beams]
    for beam in plan.beams:
        if (beam.position, beam.isocentre_mm) != (first.position, first.isocentre_mm):
            must = f"must have the position and isocentre of beam {first.number}, for a list has one"
            raise SimulatorError(f"{path}: beam {beam.number}: {must}; {INSTEAD}")
    numbers = [beam.number for beam in plan.beams]
    names = _names(plan)
    beams = tuple(listed_beams(setup, rows, lambda at: f"{path}: beam {numbers[at - 1]}", names))
    position = first.position or setup.position
    return BeamList(beams, position, first.isocentre_mm, title=path.stem, source=str(path))


FORM = Form(
    "rtplan",
    "skeleton of an RT Plan (DICOM), without fluence: the machine's angles, position, isocentre",
    ".dcm",
    encode,
    decode,
    frozenset({ARCS, COLLIMATOR}),
)


def _row(beam: Beam, path: Path, setup: Setup) -> dict[str, Any]:
    """Return the angles of a beam by column."""
    where = f"{path}: beam {beam.number}"
    if beam.takes_images or beam.accessories:
        what = beam.delivery if beam.takes_images else beam.accessories[0].kind
        raise SimulatorError(f"{where}: must be a treatment beam without accessories, has {what}; {INSTEAD}")
    joints = [joint for joint in (*aiming_joints(setup), COLLIMATOR_JOINT) if joint in beam.start]
    for axis, tilt in (("table_pitch", setup.pitch_deg), ("table_roll", setup.roll_deg)):
        was = float(wrap_180(beam.start.get(axis, 0.0)))
        if abs(was - tilt) > SAME_ANGLE_DEG:
            raise SimulatorError(f"{where}: {axis}: must be the set-up's, {tilt:g}, was {was:g}; {INSTEAD}")
    others = {axis for leg in beam.legs for axis in leg.moving} - set(joints)
    if others:
        raise SimulatorError(f"{where}: {', '.join(sorted(others))}: must stand still, moves; {INSTEAD}")
    points = [{joint: float(wrap_180(beam.start[joint])) for joint in joints}]
    for leg in beam.legs:
        points.append({joint: points[-1][joint] + leg.stop[joint] - leg.start[joint] for joint in joints})
    start, stop = straight_way(points, where)
    row: dict[str, Any] = {f"{joint}_deg": value for joint, value in start.items()}
    return row | {f"{joint}_stop_deg": value for joint, value in (stop or {}).items()}


def _names(plan: Plan) -> list[str]:
    """Return the names of the beams, or their numbers where two are called the same or one is not called anything."""
    names = [beam.name for beam in plan.beams]
    return names if all(names) and len(set(names)) == len(names) else [str(beam.number) for beam in plan.beams]
