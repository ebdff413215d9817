"""The ``beamlist.txt`` of a 4π group's FastDose and CERR scripts: a line for each beam, gantry, couch, collimator.

Format ``%6.4f %6.4f %6.4f`` and a blank, as their scripts write it. Degrees in Varian's IEC scale, in which the
couch turns the other way round: couch = -IEC. The file has no patient position; the scripts' patients lie head first
supine, so angles are equivalent ones for such a patient. That their dose engine takes no other position is not
confirmed. The collimator is the machine's own, and is refused where the patient lies otherwise: it would mean another
field.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms.form import COLLIMATOR, Form
from simulator.delivery.lists.forms.head_first_supine import are_own, beams_of_angles, equivalent_angles
from simulator.delivery.lists.listed import COLLIMATOR as COLLIMATOR_JOINT
from simulator.errors import SimulatorError, shown
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.scales import from_iec, to_iec
from simulator.scenario.schema import read_text
from simulator.setup.setup import Setup

SCALE = "varian_iec"
COLUMNS = ("gantry", "couch", "collimator")
NUMBER = re.compile(r"[-+]?[0-9]{1,6}(\.[0-9]{0,20})?")
MOST_LINES = 10_000


def encode(beams: BeamList, setup: Setup) -> bytes:
    """Return the file."""
    gantry, couch = equivalent_angles(beams, setup)
    collimator: list[float] = [beam.start.get(COLLIMATOR_JOINT, setup.collimator_deg) for beam in beams.beams]
    _require_own(any(collimator), beams.position, setup, "form beamlist")
    columns = [gantry, from_iec("couch", couch, SCALE), from_iec("collimator", collimator, SCALE)]
    rows = np.round(np.stack(columns, axis=1), 4) % FULL_TURN_DEG  # what rounds to 360 is 0
    return "".join("{:6.4f} {:6.4f} {:6.4f} \n".format(*row) for row in rows.tolist()).encode()


def decode(path: Path, setup: Setup) -> BeamList:
    """Return the list of a file."""
    lines = [(at, line.split()) for at, line in enumerate(_lines(path), start=1) if line.strip()]
    values = np.array([_numbers(f"{path}: line {at}", words) for at, words in lines]).reshape(-1, len(COLUMNS))
    if not len(values):
        raise SimulatorError(f"{path}: must have a line for each beam ({', '.join(COLUMNS)}), has none")
    couch = [(-value) + 0.0 for value in values[:, 1].tolist()]
    is_turned = bool(values[:, 2].any())
    _require_own(is_turned, setup.position, setup, f"{path}")
    return beams_of_angles(
        path,
        setup,
        list(zip(values[:, 0].tolist(), couch, strict=True)),
        where=lambda at: f"{path}: line {lines[at - 1][0]}",
        collimator=to_iec("collimator", values[:, 2], SCALE).tolist() if is_turned else (),
    )


FORM = Form(
    "beamlist",
    "beamlist.txt of a 4π group's FastDose: gantry, couch, collimator in Varian's IEC scale, head first supine",
    ".txt",
    encode,
    decode,
    frozenset({COLLIMATOR}),
)


def _require_own(is_turned: bool, position: str, setup: Setup, where: str) -> None:
    """Refuse a turned collimator where gantry and couch angles are not the machine's own."""
    if is_turned and not are_own(setup, position):
        must = "must be 0 where the patient does not lie head first supine on a level table top"
        raise SimulatorError(
            f"{where}: collimator: {must}, for it would mean another field; forms csv and rtplan keep it"
        )


def _lines(path: Path) -> list[str]:
    lines = re.split("\r\n|\r|\n", read_text(path, "beam list"))
    if len(lines) > MOST_LINES:
        raise SimulatorError(f"{path}: must have at most {MOST_LINES:,} lines, has {len(lines):,}")
    return lines


def _numbers(where: str, words: list[str]) -> list[float]:
    if len(words) != len(COLUMNS):
        raise SimulatorError(f"{where}: must be {len(COLUMNS)} numbers, {', '.join(COLUMNS)}, were {len(words)}")
    for column, word in zip(COLUMNS, words, strict=True):
        if not NUMBER.fullmatch(word):
            raise SimulatorError(f"{where}, {column}: must be a number of degrees, was {shown(word)}")
    return [float(word) for word in words]
