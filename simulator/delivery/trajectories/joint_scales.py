"""The joints that a trajectory moves, and their control points on the scales of these joints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError, unknown
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.models.kinematics import KinematicTree
from simulator.setup.setup import Setup

ROUNDING = 1e-9
TURNS = sorted((FULL_TURN_DEG * turn for turn in range(-3, 4)), key=lambda turn: (abs(turn), -turn))


def columns_of(tree: KinematicTree) -> dict[str, str]:
    """Return the joints that take a value of their own, by column."""
    return {f"{j.name}_{j.unit}": j.name for j in tree.joints if j.type != "fixed" and j.mimic is None}


def on_scales(
    setup: Setup, joints: tuple[str, ...], values: NDArray[np.float64], where: Callable[[int], str]
) -> NDArray[np.float64]:
    """Return control points (n, k) with each joint turned by whole turns to within its limits, nearest to 0.

    Parameters
    ----------
    setup : Setup
        With the joints.
    joints : tuple of str
        Of the columns.
    values : ndarray, shape (n, k)
        Degrees or mm.
    where : callable
        What a control point is called in messages.

    Raises
    ------
    SimulatorError
        A line for each joint that is not there, cannot go there, or of which nobody knows which way it turns.
    """
    tree, known = setup.scene.tree, list(columns_of(setup.scene.tree).values())
    found, faults = values.copy(), []
    for column, joint in enumerate(joints):
        if joint not in known:
            raise unknown(f"{where(0)}: joint", joint, known)
        name, turns = f"{joint}_{tree[joint].unit}", tree[joint].type == "revolute"
        steps = np.abs(np.diff(values[:, column]))
        if turns and (steps > FULL_TURN_DEG / 2).any():
            at = int((steps > FULL_TURN_DEG / 2).argmax())
            faults.append(
                f"{where(at + 1)}, {name}: must be within 180° of the control point before, was "
                f"{values[at + 1, column]:g} after {values[at, column]:g}: write 350 to 370 for a way through 0, and "
                "control points between on a longer way"
            )
            continue
        low, high = tree[joint].limits or (-np.inf, np.inf)
        least, most = values[:, column].min() + ROUNDING, values[:, column].max() - ROUNDING
        fits = [turn for turn in (TURNS if turns else [0.0]) if low <= least + turn and most + turn <= high]
        if fits:
            found[:, column] = np.clip(found[:, column] + fits[0], low, high)
            continue
        out = (values[:, column] < low) | (values[:, column] > high)
        at = int(out.argmax())
        faults.append(
            f"{where(at)}, {name}: must be from {low:g} to {high:g} {tree[joint].unit} (limits of joint {joint!r}"
            f"{', or all of the trajectory whole turns from there' if turns else ''}), was {values[at, column]:g}"
        )
    if faults:
        raise SimulatorError("\n".join(faults))
    return found
