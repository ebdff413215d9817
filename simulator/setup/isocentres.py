"""Isocentres of one room: where the table's joints stand for each, and when nothing else differs between them.

The patient lies on the table top whatever is treated, and the table moves so that the isocentre p (DICOM patient
axes) is at the machine's. So the joints of the table position stand at

    T(p) = T(p') − R (p − p'),

R from patient axes to those of the table at 0, pitch and roll included; a box of isocentres is within a box of such
values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import SimulatorError
from simulator.geometry.angles import finite
from simulator.setup.contents import PATIENT_FRAME
from simulator.setup.placing import TABLE_POSITION, table_position_mm
from simulator.setup.setup import Setup

SAME_MM = 1e-9
NOT_TOGETHER = (
    "isocentres can be proven together only where two joints aim, nothing else is swept, and joints of the couch "
    "bring them to the machine's"
)


@dataclass(frozen=True, eq=False)
class TableMotion:
    """Where the table's joints stand for the isocentres of one room.

    Attributes
    ----------
    T_table_patient : ndarray, shape (4, 4)
        From DICOM patient axes to those of the table position, its joints at 0.
    """

    T_table_patient: NDArray[np.float64]

    @classmethod
    def of(cls, setup: Setup) -> TableMotion:
        """Return that of a set-up's room."""
        scene = setup.scene
        at_zero = dict.fromkeys((*TABLE_POSITION, *setup.machine.sweep.joints), 0.0)
        return cls(np.asarray(scene.tree.T_fixed_frame(PATIENT_FRAME, {**scene.rest, **at_zero})).reshape(4, 4))

    def position_mm(self, isocentres_mm: ArrayLike) -> NDArray[np.float64]:
        """Return the table position (n, 3) of isocentres (n, 3) in DICOM patient axes."""
        points = np.asarray(isocentres_mm, dtype=float).reshape(-1, 3)
        return -(points @ self.T_table_patient[:3, :3].T + self.T_table_patient[:3, 3])

    def reach_mm(self, half_edges_mm: ArrayLike) -> NDArray[np.float64]:
        """Return how far the table positions (n, 3) of boxes of isocentres reach from those of their middles."""
        return np.asarray(half_edges_mm, dtype=float).reshape(-1, 3) @ np.abs(self.T_table_patient[:3, :3]).T


def reached_mm(setup: Setup, isocentres_mm: ArrayLike) -> NDArray[np.float64]:
    """Return the table positions (n, 3) of isocentres (n, 3) in DICOM patient axes.

    Raises
    ------
    SimulatorError
        If they have another shape, are none or not finite; or if the table cannot reach one: which, and by how much.
    """
    points, tree = finite("isocentres_mm", isocentres_mm), setup.scene.tree
    if points.ndim != 2 or points.shape[1] != 3 or len(points) == 0:
        raise SimulatorError(f"isocentres_mm: must have shape (n, 3), n at least 1; was {points.shape}")
    angles = {**setup.scene.rest, **dict.fromkeys((*TABLE_POSITION, *setup.machine.sweep.joints), 0.0)}
    for number, (x, y, z) in enumerate(points.tolist()):
        try:
            table_position_mm(tree, (x, y, z), angles)
        except SimulatorError as error:
            lines = [f"isocentres_mm.{number}: {line}" for line in str(error).splitlines()]
            raise SimulatorError("\n".join(lines)) from None
    return TableMotion.of(setup).position_mm(points)


def can_share(setup: Setup) -> bool:
    """Return whether isocentres of a set-up differ only in where the table stands, and its sweep has directions.

    They do not where an arm aims, the table backs away along the beam, or the table's place is given, so that it is
    the patient who lies elsewhere; nor where there is no body that lies anywhere. Two joints must aim and nothing
    else be swept, the table least of all.
    """
    sweep, lies = setup.sweep, setup.lies
    return (
        setup.machine.arm is None
        and setup.source_distance_mm is None
        and (lies is None or lies.position_mm is None)
        and any(part.anchor is None for part in setup.contents.patient.parts)
        and setup.aim is not None
        and len(sweep.axes) == 2
        and all(axis.over is None for axis in sweep)
        and set(TABLE_POSITION).isdisjoint((*sweep.joints, *setup.machine.posed_joints))
    )


def is_same_room(one: Setup, other: Setup) -> bool:
    """Return whether two set-ups differ in nothing but where the table stands for their isocentres."""
    a, b = one.scene, other.scene
    at = TableMotion.of(one).position_mm(other.isocentre_patient_mm)[0]
    return (
        a.tree == b.tree
        and a.pairs == b.pairs
        and _without_table(a.rest) == _without_table(b.rest)
        and [(body.joint, body.mesh.sha256) for body in a.bodies]
        == [(body.joint, body.mesh.sha256) for body in b.bodies]
        and bool(np.allclose(at, other.table_position_mm, rtol=0.0, atol=SAME_MM))
    )


def _without_table(rest: dict[str, float]) -> dict[str, float]:
    return {joint: value for joint, value in rest.items() if joint not in TABLE_POSITION}


def middle_one(setups: Sequence[Setup]) -> Setup:
    """Return the set-up whose isocentre is nearest to the middle of those of all."""
    points = np.array([setup.isocentre_patient_mm for setup in setups])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    return setups[int(((points - middle) ** 2).sum(axis=1).argmin())]
