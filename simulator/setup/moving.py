"""The same patient on the same table, at another isocentre: the table follows, or the isocentre follows the table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Scene
from simulator.setup.contents import PATIENT_FRAME
from simulator.setup.placing import TABLE_POSITION, table_position_mm
from simulator.setup.setup import Setup

Vector = tuple[float, float, float]


def with_isocentre(setup: Setup, isocentre_mm: Vector) -> Setup:
    """Return the set-up with another isocentre of the patient, who lies on the table as before.

    Parameters
    ----------
    setup : Setup
        Whose table moves.
    isocentre_mm : tuple of float
        In the patient's DICOM axes.

    Raises
    ------
    SimulatorError
        If the table cannot bring it to the machine's, or something stands in the way at every pose.
    """
    lies = setup.lies
    if lies is not None and lies.position_mm is not None:  # the table was there for the old isocentre
        lies = replace(lies, position_mm=table_position_at(setup, isocentre_mm))
    return replace(setup, site=None, isocentre_mm=isocentre_mm, lies=lies)


def scene_at(setup: Setup, isocentre_mm: Vector) -> Scene:
    """Return the scene of `with_isocentre`, without all else that is checked of a set-up where only the table moves.

    That is so unless it is not known where the table is, or walls stand where its travel ends; and a patient without
    parts lies where the isocentre is.

    Raises
    ------
    SimulatorError
        As for `with_isocentre`; but parts that stand in each other at every pose are not told.
    """
    if setup.lies is not None or setup.source_distance_mm is not None or not setup.contents.patient.parts:
        return with_isocentre(setup, isocentre_mm).scene
    scene = setup.scene
    position_mm = table_position_mm(scene.tree, isocentre_mm, _standing(setup))
    return replace(scene, rest={**scene.rest, **dict(zip(TABLE_POSITION, position_mm, strict=True))})


def table_position_at(setup: Setup, isocentre_mm: Vector) -> Vector:
    """Return the table position (see `Setup.table_position_mm`) that goes with an isocentre of the patient."""
    moved = _rotation(setup) @ (np.asarray(isocentre_mm) - setup.isocentre_patient_mm)
    return _vector(np.asarray(setup.table_position_mm) - moved)


def isocentre_at(setup: Setup, table_position_mm: Vector) -> Vector:
    """Return the isocentre (3,), in the patient's DICOM axes, that a table position brings to the machine's."""
    moved = np.asarray(table_position_mm) - setup.table_position_mm
    return _vector(np.asarray(setup.isocentre_patient_mm) - _rotation(setup).T @ moved)


def _rotation(setup: Setup) -> NDArray[np.float64]:
    """Return the rotation (3, 3) from the patient's axes to the room's, the joints of a sweep at 0."""
    return setup.scene.tree.T_fixed_frame(PATIENT_FRAME, _standing(setup))[:3, :3]


def _standing(setup: Setup) -> dict[str, float]:
    """Return where joints rest, but those of the table's position and those that move."""
    moving = (*setup.scene.scan, *TABLE_POSITION)
    return {joint: value for joint, value in setup.scene.rest.items() if joint not in moving}


def _vector(values: NDArray[np.float64]) -> Vector:
    x, y, z = (float(value) + 0.0 for value in values)
    return x, y, z
