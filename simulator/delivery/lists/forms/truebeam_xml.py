"""XML of TrueBeam's research mode (``VarianResearchBeam``): control points of axes, in Varian's standard scale.

Gantry, collimator and couch are 180° - IEC, as two public converters from DICOM have it; an axis goes straight from
value to value, so arcs keep their way. A beam is a ``SubBeam`` of two control points. Lengths are cm: ``CouchVrt`` is
100 - IEC vertical and ``CouchLat`` 100 + IEC lateral, after the same converters; ``CouchLng`` is the IEC longitudinal
of the model. Their zeros, that of ``CouchLng`` above all, are those of a machine, and not confirmed by its
documentation, nor are the signs of pitch and roll: a tilted table is refused. Patient position and isocentre stand in
a comment, and are read from there. Energy, dose and apertures are left out and ``Mu`` is 0: the file is not to be
delivered as it is.

Files that are read may have table positions of any zero, but the table must not move, for a list has one isocentre.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms.form import ARCS, COLLIMATOR, Form
from simulator.delivery.lists.forms.truebeam_reading import ResearchBeam, read_research_beams
from simulator.delivery.lists.listed import COLLIMATOR as COLLIMATOR_JOINT
from simulator.delivery.lists.listed import ListedBeam, aiming_joints, listed_beams
from simulator.delivery.lists.straight import straight_way
from simulator.errors import SimulatorError, unknown
from simulator.geometry.angles import HALF_TURN_DEG
from simulator.geometry.positions import PATIENT_POSITIONS
from simulator.setup.setup import Setup

AXES = {"gantry": "GantryRtn", COLLIMATOR_JOINT: "CollRtn", "couch": "CouchRtn"}
TABLE = ("CouchVrt", "CouchLat", "CouchLng", "CouchVrtISO", "CouchLatISO", "CouchLngISO")
TILT = ("CouchPit", "CouchRol")
CENTRE_CM = 100.0
SAME = 1e-6
DIGITS = 9
_SAID = re.compile(r"position: (\w+); isocentre_mm: (\S+) (\S+) (\S+)")


def encode(beams: BeamList, setup: Setup) -> bytes:
    """Return the file."""
    if aiming_joints(setup) != ("gantry", "couch"):
        joints = " and ".join(aiming_joints(setup))
        raise SimulatorError(
            f"form truebeam_xml: must have joints gantry and couch to aim with, the machine has {joints}"
        )
    if setup.pitch_deg or setup.roll_deg:
        tilt = f"pitch {setup.pitch_deg:g}° and roll {setup.roll_deg:g}°"
        raise SimulatorError(f"form truebeam_xml: must be of a level table top, was {tilt}; csv and rtplan hold it")
    place = " ".join(map(_number, beams.isocentre_mm))
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<VarianResearchBeam SchemaVersion="1.0">',
        "  <!-- Beam geometry only: no energy, dose or apertures. Research use, not for treatment. -->",
        f"  <!-- DICOM patient axes; position: {beams.position}; isocentre_mm: {place} -->",
        "  <SetBeam>",
        "    <Id>1</Id>",
        "    <Accs />",
        "    <ControlPoints>",
        *(line for at, beam in enumerate(beams.beams) for line in _beam(at, beam, setup)),
        "    </ControlPoints>",
        "  </SetBeam>",
        "</VarianResearchBeam>",
    ]
    return ("\n".join(lines) + "\n").encode()


def decode(path: Path, setup: Setup) -> BeamList:
    """Return the list of a file."""
    comments, found = read_research_beams(path)
    _require_one_table(found, path)
    rows = [_row(beam, path) for beam in found]
    names = [beam.name for beam in found]
    if len(set(names)) < len(names):
        names = [str(at) for at in range(1, len(found) + 1)]
    beams = tuple(listed_beams(setup, rows, lambda at: f"{path}: {found[at - 1].where}", names))
    said = next((match for comment in comments if (match := _SAID.search(comment))), None)
    position, place = (setup.position, setup.isocentre_patient_mm) if said is None else _told(said, path)
    return BeamList(beams, position, place, title=path.stem, source=str(path))


FORM = Form(
    "truebeam_xml",
    "XML of TrueBeam's research mode: the machine's angles in Varian's standard scale, table positions",
    ".xml",
    encode,
    decode,
    frozenset({ARCS, COLLIMATOR}),
)


def _beam(at: int, beam: ListedBeam, setup: Setup) -> Iterator[str]:
    """Yield the lines of a beam: where all axes stand, and where those that move end."""
    lateral, longitudinal, vertical = (value / 10.0 for value in setup.table_position_mm)
    table = {"CouchVrt": CENTRE_CM - vertical, "CouchLat": CENTRE_CM + lateral, "CouchLng": longitudinal}
    start = {COLLIMATOR_JOINT: setup.collimator_deg, **beam.start}
    yield from ("      <Cp>", "        <SubBeam>", f"          <Seq>{at}</Seq>")
    yield from (f"          <Name>{escape(beam.name)}</Name>", "        </SubBeam>", "        <Mu>0</Mu>")
    yield from (f"        <{tag}>{_number(HALF_TURN_DEG - start[axis])}</{tag}>" for axis, tag in AXES.items())
    yield from (f"        <{tag}>{_number(value)}</{tag}>" for tag, value in table.items())
    yield from ("      </Cp>", "      <Cp>", "        <Mu>0</Mu>")
    stop = beam.stop or {}
    moving = {axis: tag for axis, tag in AXES.items() if axis in stop and stop[axis] != start[axis]}
    yield from (f"        <{tag}>{_number(HALF_TURN_DEG - stop[axis])}</{tag}>" for axis, tag in moving.items())
    yield "      </Cp>"


def _number(value: float) -> str:
    text = f"{value:.{DIGITS}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _row(beam: ResearchBeam, path: Path) -> dict[str, Any]:
    """Return the angles of a beam by column."""
    where = f"{path}: {beam.where}"
    missing = [tag for tag in AXES.values() if tag not in beam.points[0] and tag != AXES[COLLIMATOR_JOINT]]
    if missing:
        raise SimulatorError(f"{where}: {missing[0]}: is missing at its first control point, and before")
    axes = {axis: tag for axis, tag in AXES.items() if tag in beam.points[0]}
    points = [{axis: HALF_TURN_DEG - point[tag] for axis, tag in axes.items()} for point in beam.points]
    start, stop = straight_way(points, where)
    row: dict[str, Any] = {f"{axis}_deg": value for axis, value in start.items()}
    return row | {f"{axis}_stop_deg": value for axis, value in (stop or {}).items()}


def _require_one_table(beams: list[ResearchBeam], path: Path) -> None:
    first: dict[str, float] = {}
    for beam in beams:
        for point in beam.points:
            tilt = next((tag for tag in TILT if point.get(tag)), None)
            if tilt is not None:
                must = "must be 0 or absent: its scale is not known here"
                raise SimulatorError(f"{path}: {beam.where}: {tilt}: {must}, was {point[tilt]:g}")
            for tag in TABLE:
                if abs(point.get(tag, 0.0) - first.setdefault(tag, point.get(tag, 0.0))) > SAME:
                    must = f"must be {first[tag]:g} at all control points, for a list has one isocentre"
                    raise SimulatorError(f"{path}: {beam.where}: {tag}: {must}, was {point.get(tag, 0.0):g}")


def _told(said: re.Match[str], path: Path) -> tuple[str, tuple[float, float, float]]:
    """Return position and isocentre of a comment of ours."""
    if said[1] not in PATIENT_POSITIONS:
        raise unknown(f"{path}: comment: position", said[1], PATIENT_POSITIONS)
    try:
        x, y, z = (float(said[at]) for at in (2, 3, 4))
    except ValueError:
        raise SimulatorError(f"{path}: comment: isocentre_mm: must be three numbers, was {said[0]!r}") from None
    return said[1], (x, y, z)
