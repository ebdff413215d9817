"""How often a model says contact where there was contact, and free where it was free: sensitivity and specificity.

A pose is called in contact if a pair of parts is as near as the buffer, as for every other answer. A missed contact
can hurt somebody, a false alarm costs a beam. Rates of k out of n have the interval of Clopper and Pearson
(Biometrika 26, 1934), which holds its confidence for every rate.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.commission.error_buffers import CONFIDENCE
from simulator.commission.readings_file import FOR_PEOPLE, standing_joints
from simulator.commission.room import Rooms
from simulator.errors import SimulatorError
from simulator.models.csv_file import Row, joint_value, one_of, read_rows

CONTACT, FREE = "contact", "free"
BUFFERS_MM = (0.0, 10.0, 20.0, 30.0)
PUBLISHED = (
    "sensitivity 0.95, specificity 1.00 over 111 cases (Islam 2020)",
    "64 of 64 points right with a 30 mm buffer, box phantom 30 x 35 x 40 cm, TrueBeam (MapRT benchmark)",
    "worst error 9.5 mm gantry to couch and 29.7 mm gantry to phantom, over 300 poses (Yu 2015)",
)
"""What predictors reach elsewhere. Poses and machines were others, and are not public."""


@dataclass(frozen=True)
class Observation:
    """A pose at which somebody looked whether parts touch.

    Attributes
    ----------
    line : int
        Of the file.
    position : str
        Of the phantom.
    joints : mapping of str to float
        Where all joints stood, degrees or mm.
    is_contact : bool
        What was seen.
    """

    line: int
    position: str
    joints: Mapping[str, float]
    is_contact: bool


@dataclass(frozen=True)
class Rate:
    """So many of so many, with the bounds of the true rate at the confidence of `CONFIDENCE`."""

    hits: int
    cases: int
    bounds: tuple[float, float]

    @property
    def value(self) -> float | None:
        """The share; None of no cases."""
        return self.hits / self.cases if self.cases else None


@dataclass(frozen=True)
class Agreement:
    """The confusion matrix at a buffer.

    Attributes
    ----------
    buffer_mm : float
        To everything.
    missed : tuple of int
        Lines of contacts that the model calls free: dangerous.
    false_alarms : tuple of int
        Lines of free poses that it calls in contact.
    sensitivity, specificity : Rate
        Contacts called so of all contacts, free poses called so of all free ones.
    """

    buffer_mm: float
    missed: tuple[int, ...]
    false_alarms: tuple[int, ...]
    sensitivity: Rate
    specificity: Rate


def read_observations(path: str | os.PathLike[str], rooms: Rooms) -> tuple[Observation, ...]:
    """Return the poses of a CSV file at which somebody looked.

    Parameters
    ----------
    path : str or PathLike
        Columns ``position``, ``gantry_deg``, ``couch_deg`` (or what else the machine's sweep has), ``observed``:
        ``contact`` or ``free``; may be there: any other joint with its unit, ``pose`` and ``note``.
    rooms : Rooms
        What is commissioned: what names and angles there are.

    Raises
    ------
    SimulatorError
        A line for each fault, which names line and column.
    """
    standing, needed = standing_joints(rooms)
    turning = rooms.tree[rooms.moving]
    joints = {f"{turning.name}_{turning.unit}": turning, **standing}
    must = {f"{turning.name}_{turning.unit}", *needed}

    def read(row: Row) -> Observation:
        position, observed = row.take("position", one_of(rooms.setups)), row.take("observed", one_of((CONTACT, FREE)))
        at = {joint.name: (row.take if field in must else row.take_if_there)(field, joint_value(joint))
              for field, joint in joints.items()}  # fmt: skip
        row.require_sound()
        stands = {joint: value for joint, value in at.items() if value is not None}
        return Observation(row.line, position, stands, observed == CONTACT)

    columns = ("position", *(field for field in joints if field in must), "observed")
    found = tuple(read_rows(Path(path), columns, (*joints, *FOR_PEOPLE), read))
    if not found:
        raise SimulatorError(f"{path}: must have at least one pose, has none")
    return found


def agreement(observations: Sequence[Observation], clearances: NDArray[np.float64], buffer_mm: float) -> Agreement:
    """Return the confusion matrix of poses with clearances (n,) in mm at a buffer."""
    seen = np.array([each.is_contact for each in observations])
    called = clearances <= buffer_mm
    lines = np.array([each.line for each in observations])
    return Agreement(
        buffer_mm=buffer_mm,
        missed=tuple(lines[seen & ~called].tolist()),
        false_alarms=tuple(lines[~seen & called].tolist()),
        sensitivity=rate(int((seen & called).sum()), int(seen.sum())),
        specificity=rate(int((~seen & ~called).sum()), int((~seen).sum())),
    )


def rate(hits: int, cases: int) -> Rate:
    """Return a share with the interval of Clopper and Pearson; 0 to 1 of no cases."""
    from scipy import stats

    tail = (1.0 - CONFIDENCE) / 2.0
    low = float(stats.beta.ppf(tail, hits, cases - hits + 1)) if hits else 0.0
    high = float(stats.beta.isf(tail, hits + 1, cases - hits)) if hits < cases else 1.0
    return Rate(hits, cases, (low, high))
