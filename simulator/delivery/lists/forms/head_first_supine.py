"""Beams for programs that take every patient to lie head first supine: equivalent angles, there and back.

The machine's own angles are such angles where the patient does lie so on a level table top, and are kept. Anything
else goes through the direction in the patient (`simulator.geometry.equivalent_angles`). Back, a direction has two
poses; that with the couch nearer to 0 is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.listed import aiming_joints, listed_beams, require_different
from simulator.errors import SimulatorError, shown
from simulator.geometry.angles import FloatArray, wrap_180, wrap_360
from simulator.geometry.equivalent_angles import head_first_supine_angles, head_first_supine_direction
from simulator.geometry.positions import rotation_top_patient
from simulator.scenario.schema import LARGEST_DEG
from simulator.setup.setup import Setup

SAME_DIRECTION = 1e-9
_TRIED = np.array([[10.0, 100.0, -60.0], [20.0, -70.0, 35.0]])
"""Gantry and couch angles at which two conventions that agree do so everywhere: three directions span space."""


def equivalent_angles(beams: BeamList, setup: Setup) -> tuple[FloatArray, FloatArray]:
    """Return gantry [0, 360) and couch (-180, 180] (n,) of beams for a patient who lies head first supine."""
    if are_own(setup, beams.position):
        own = np.array([[beam.start[joint] for joint in aiming_joints(setup)] for beam in beams.beams])
        return wrap_360(own[:, 0]), wrap_180(own[:, 1])
    return head_first_supine_angles(beams.directions_patient(setup))


def beams_of_angles(
    path: Path,
    setup: Setup,
    angles: Sequence[tuple[object, object]],
    *,
    where: Callable[[int], str],
    names: Sequence[str] = (),
    isocentre_mm: tuple[float, float, float] | None = None,
    collimator: Sequence[float] = (),
) -> BeamList:
    """Return the list that equivalent angles mean for the patient of a set-up.

    Parameters
    ----------
    path : Path
        Their file.
    setup : Setup
        Machine and patient.
    angles : sequence of (gantry, couch)
        IEC 61217 degrees, for a patient who lies head first supine.
    where : callable
        From the number of a beam, from 1, to what messages call it.
    names, collimator : sequence
        Of each beam, if the file says.
    isocentre_mm : tuple of float, optional
        If the file says; else the set-up's.

    Raises
    ------
    SimulatorError
        If an angle is none, out of the machine's reach, or a beam is there twice.
    """
    _require_angles(angles, where)
    pairs = wrap_180(np.array(angles, dtype=float).reshape(-1, 2))
    require_different(map(tuple, pairs.tolist()), where)
    if not are_own(setup, setup.position):
        pairs = _poses(head_first_supine_direction(pairs[:, 0], pairs[:, 1]), setup, where)
    fields = [f"{joint}_deg" for joint in aiming_joints(setup)]
    rows = [dict(zip(fields, pair, strict=True)) for pair in pairs.tolist()]
    for row, angle in zip(rows, collimator, strict=False):
        row["collimator_deg"] = angle
    beams = tuple(listed_beams(setup, rows, where, names))
    place = setup.isocentre_patient_mm if isocentre_mm is None else isocentre_mm
    return BeamList(beams, setup.position, place, title=path.stem, source=str(path))


def are_own(setup: Setup, position: str) -> bool:
    """Return whether the machine's angles are those of a patient who lies head first supine."""
    if aiming_joints(setup) != ("gantry", "couch"):
        return False
    assert setup.aim is not None
    vectors = setup.aim.chart.directions(*_TRIED) @ setup.aim.R_chart_top @ rotation_top_patient(position)
    return bool(np.abs(vectors - head_first_supine_direction(*_TRIED)).max() <= SAME_DIRECTION)


def _poses(vectors: FloatArray, setup: Setup, where: Callable[[int], str]) -> FloatArray:
    """Return a pose (n, 2) for each direction in the patient."""
    assert setup.aim is not None  # or there are no joints that aim
    top = vectors @ rotation_top_patient(setup.position).T
    poses = np.stack(setup.aim.chart.angles(top @ setup.aim.R_chart_top.T), axis=1)
    lost = np.flatnonzero(np.isnan(poses).any(axis=1))
    if len(lost):
        vector = ", ".join(f"{value:.3f}" for value in vectors[lost[0]])
        must = "must be a direction that the machine can aim from"
        raise SimulatorError(f"{where(int(lost[0]) + 1)}: {must}, was [{vector}] in the patient")
    return poses


def _require_angles(angles: Sequence[tuple[object, object]], where: Callable[[int], str]) -> None:
    for at, pair in enumerate(angles, start=1):
        for name, value in zip(("gantry", "couch"), pair, strict=True):
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not is_number or not abs(value) <= LARGEST_DEG:  # type: ignore[arg-type]
                must = f"must be degrees within ±{LARGEST_DEG:g}"
                raise SimulatorError(f"{where(at)}, {name} angle: {must}, was {shown(value)}")
