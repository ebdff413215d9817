"""Fields of a set-up that is made in Python: of the right kind, or refused in the words of a scenario file."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simulator.errors import SimulatorError
from simulator.geometry.angles import finite
from simulator.models.couch import Couch
from simulator.models.machine import Machine
from simulator.models.patient import Patient
from simulator.scenario.choices import Buffers
from simulator.scenario.setup_errors import Errors

KINDS = {"machine": Machine, "couch": Couch, "patient": Patient, "buffers": Buffers, "errors": Errors}
POINTS = ("isocentre_mm", "shift_mm")
ANGLES = ("collimator_deg", "pitch_deg", "roll_deg")


def require_fields(fields: Mapping[str, object]) -> None:
    """Refuse models and tables of another kind, points that are not three numbers, and angles that are none.

    Raises
    ------
    SimulatorError
        Which field, what it must be, what it was.
    """
    for name, kind in KINDS.items():
        if not isinstance(fields[name], kind):
            raise SimulatorError(f"setup: {name}: must be a sim.{kind.__name__}, was {fields[name]!r}")
    for name in POINTS:
        if name == "isocentre_mm" and fields[name] is None:  # a site stands in its place
            continue
        if not _are_numbers(fields[name], (3,)):
            raise SimulatorError(f"setup: {name}: must be three numbers, was {fields[name]!r}")
        finite(f"setup: {name}", fields[name])  # type: ignore[arg-type]
    for name in ANGLES:
        if not _are_numbers(fields[name], ()):
            raise SimulatorError(f"setup: {name}: must be a number, was {fields[name]!r}")


def _are_numbers(value: object, shape: tuple[int, ...]) -> bool:
    try:
        numbers = np.asarray(value)
    except ValueError:  # of several lengths
        return False
    return numbers.dtype.kind in "iuf" and numbers.shape == shape
