"""One straight way out of a row of points: what a list can hold of a beam's control points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.errors import SimulatorError
from simulator.geometry.scales import SAME_ANGLE_DEG

Joints = dict[str, float]
ROUNDING = 1e-9


def straight_way(points: Sequence[Mapping[str, float]], where: str) -> tuple[Joints, Joints | None]:
    """Return where a beam starts, and where it stops if it moves.

    Parameters
    ----------
    points : sequence of mapping
        Degrees by joint at each control point, the same joints, unrolled: 350 to 370.
    where : str
        For messages.

    Raises
    ------
    SimulatorError
        If it does not go straight from the first point to the last.
    """
    joints = list(points[0])
    values = np.array([[point[joint] for joint in joints] for point in points])
    travel = values[-1] - values[0]
    start = dict(zip(joints, values[0].tolist(), strict=True))
    if (np.abs(values - values[0]) <= SAME_ANGLE_DEG).all():
        return start, None
    longest = int(np.abs(travel).argmax())
    # How far along each point is; one that ends where it starts goes nowhere straight.
    shares = (values[:, longest] - values[0, longest]) / travel[longest] if travel[longest] else np.zeros(len(values))
    is_off = np.abs(values - (values[0] + shares[:, None] * travel)).max(axis=1) > SAME_ANGLE_DEG
    is_off |= (np.diff(shares, prepend=0.0) < -ROUNDING) | (shares > 1.0 + ROUNDING)
    if is_off.any():
        must = "must be on the straight way from the first to the last, for a list holds no other"
        instead = "`simulator plan` and `simulator trajectory` check beams of any legs"
        raise SimulatorError(f"{where}: control point {int(is_off.argmax())}: {must}; {instead}")
    return start, dict(zip(joints, values[-1].tolist(), strict=True))
