"""How a patient lies on the table top: DICOM's eight patient positions as rotations.

DICOM patient axes: x to the patient's left, y to the back, z to the head. Table-top axes (IEC 61217, nothing
turned): x to the right of an observer who faces the gantry, y to the gantry, z up.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from simulator.errors import unknown
from simulator.geometry.angles import FloatArray

# Rows: the table-top x, y and z of a patient vector (x, y, z). Each follows from two facts, where the head
# points (HF: to the gantry, table-top +y) and which side lies on the table; the third axis is forced by the
# determinant +1. A decubitus is named after the side that is down.
_ROWS: dict[str, tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]] = {
    "HFS": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    "HFP": ((-1, 0, 0), (0, 0, 1), (0, 1, 0)),
    "FFS": ((-1, 0, 0), (0, 0, -1), (0, -1, 0)),
    "FFP": ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    "HFDL": ((0, -1, 0), (0, 0, 1), (-1, 0, 0)),
    "HFDR": ((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    "FFDL": ((0, 1, 0), (0, 0, -1), (-1, 0, 0)),
    "FFDR": ((0, -1, 0), (0, 0, -1), (1, 0, 0)),
}

Position = Literal["HFS", "HFP", "HFDR", "HFDL", "FFS", "FFP", "FFDR", "FFDL"]
IEC_AXES = {"gantry": (0.0, 1.0, 0.0), "couch": (0.0, 0.0, 1.0)}
"""About what joints of these names turn, in fixed axes with all at 0 (IEC 61217, gantry and patient support)."""
PATIENT_POSITIONS: tuple[str, ...] = get_args(Position)
"""The names that `rotation_top_patient` knows (DICOM (0018,5100) Patient Position)."""


def rotation_top_patient(position: str) -> FloatArray:
    """Return the rotation that maps vectors in DICOM patient axes to table-top axes.

    Parameters
    ----------
    position : str
        One of `PATIENT_POSITIONS`: head or feet first; supine, prone, or decubitus on the left or right side.

    Returns
    -------
    array, shape (3, 3)
        Determinant +1; its transpose maps table-top axes to patient axes.

    Raises
    ------
    SimulatorError
        If the name is none of the eight.
    """
    if position not in _ROWS:
        raise unknown("patient position", position, PATIENT_POSITIONS)
    return np.array(_ROWS[position], dtype=np.float64)
