"""Where a joint that turns first makes two parts touch, and how that depends on the unknowns.

Contact is where the distance F of two parts, as far as they are grown, is the gauge between them: F(θ, x) = 0. With
the unit vector n from the nearest point q of the second part to the nearest point p of the first,

    ∂F/∂θ = n · (velocity of p − velocity of q),    ∂F/∂x = n · (how p − q moves with an unknown x),

and by the implicit function theorem dθ/dx = −(∂F/∂x) / (∂F/∂θ). An offset moves its part along an axis; a padding
brings the surfaces together by 1 mm for each mm; for a dimension the distance is measured with meshes made again for
a little more and a little less, the first part backed off along n, so that what is nearest stays so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.certify.kernels.advancement import CONTACT, NOT_FREE
from simulator.commission.room import Room, Rooms

STEP_MM = 1.0
"""A dimension is changed by, to either side: meshes are rounded to 0.004 mm, of which it makes half a percent."""
BACK_MM = 4.0
"""Parts are backed off by, so that they stay apart with a dimension that is longer by a step."""


@dataclass(frozen=True)
class Approach:
    """One way of the joint that turns.

    Attributes
    ----------
    position : str
        Of the phantom.
    joints : mapping of str to float
        Where other joints stand.
    start, stop : float
        Of the joint that turns: from where, and where it ends if nothing touches.
    parts : tuple of str
        Only contacts with these are looked for; of any part if empty.
    gauge_mm : float
        Distance of the parts that counts as contact.
    """

    position: str
    joints: Mapping[str, float]
    start: float
    stop: float
    parts: tuple[str, ...] = ()
    gauge_mm: float = 0.0


@dataclass(frozen=True, eq=False)
class Contacts:
    """What n approaches come to.

    Attributes
    ----------
    value : ndarray, shape (n,)
        Of the joint at contact; nan where nothing touches, or the start is not free.
    is_start_free : ndarray of bool, shape (n,)
        Whether an approach could be begun.
    parts : tuple of (str, str) or None
        What touches.
    rate : ndarray, shape (n,)
        By how many mm the distance shrinks for a unit of the joint, along the approach: positive.
    beyond_mm : ndarray, shape (n,)
        How far the surfaces of a shrunk part were followed inwards along the normal, from where the given ones touch:
        what is so far beyond is exact only to first order.
    slopes : ndarray, shape (n, m)
        dθ/dx for each unknown; nan where nothing touches.
    """

    value: NDArray[np.float64]
    is_start_free: NDArray[np.bool_]
    parts: tuple[tuple[str, str] | None, ...]
    rate: NDArray[np.float64]
    beyond_mm: NDArray[np.float64]
    slopes: NDArray[np.float64]

    def only(self, chosen: Sequence[int]) -> Contacts:
        """Return some of them."""
        return Contacts(
            self.value[chosen],
            self.is_start_free[chosen],
            tuple(self.parts[k] for k in chosen),
            self.rate[chosen],
            self.beyond_mm[chosen],
            self.slopes[chosen],
        )


@dataclass(eq=False)
class _Found:
    """What is known so far of the approaches of one position."""

    starts: NDArray[np.float64]
    value: NDArray[np.float64]
    row: NDArray[np.intp]
    normal: NDArray[np.float64]
    rate: NDArray[np.float64]
    beyond_mm: NDArray[np.float64]
    is_start_free: NDArray[np.bool_]

    @property
    def poses(self) -> NDArray[np.float64]:
        """Where they touch, shape (n, k)."""
        poses = self.starts.copy()
        poses[:, 0] = self.value
        return poses


def first_contacts(
    rooms: Rooms, values_mm: ArrayLike, approaches: Sequence[Approach], *, with_slopes: bool = True
) -> Contacts:
    """Return where each approach first touches something at given values (m,) of the unknowns.

    The contact is no further on than it is found, and at most 1e-6 (degrees, or mm) before; none is passed, whatever
    its size.

    Raises
    ------
    SimulatorError
        If no sound meshes can be made of such dimensions.
    """
    values = np.asarray(values_mm, dtype=float)
    count, unknowns = len(approaches), len(rooms.unknowns)
    contacts = Contacts(
        np.full(count, np.nan),
        np.ones(count, dtype=bool),
        (),
        np.full(count, np.nan),
        np.zeros(count),
        np.full((count, unknowns), np.nan),
    )
    parts: list[tuple[str, str] | None] = [None] * count
    for position in dict.fromkeys(approach.position for approach in approaches):
        at = np.array([k for k, approach in enumerate(approaches) if approach.position == position])
        here = [approaches[k] for k in at]
        room, joints = rooms.room(position, values), _joints(rooms, here)
        found = _search(room, joints, here)
        touches = found.row >= 0
        contacts.value[at[touches]], contacts.is_start_free[at] = found.value[touches], found.is_start_free
        signs = np.sign([approach.stop - approach.start for approach in here])
        contacts.rate[at], contacts.beyond_mm[at] = -signs * found.rate, found.beyond_mm
        for k, row in zip(at, found.row, strict=True):
            parts[k] = room.names(row) if row >= 0 else None
        if with_slopes and touches.any():
            contacts.slopes[at] = -_growth(rooms, values, position, room, joints, found) / found.rate[:, None]
    return Contacts(**{**vars(contacts), "parts": tuple(parts)})


def _joints(rooms: Rooms, approaches: Iterable[Approach]) -> tuple[str, ...]:
    """Return the joints that poses of some approaches give values for, the one that turns first."""
    return (rooms.moving, *dict.fromkeys(joint for approach in approaches for joint in approach.joints))


def _search(room: Room, joints: tuple[str, ...], approaches: Sequence[Approach]) -> _Found:
    """Return the first contact of each approach, of all pairs that it may be of."""
    rest, count = room.scene.rest, len(approaches)
    starts = np.array([[a.start, *(a.joints.get(j, rest.get(j, 0.0)) for j in joints[1:])] for a in approaches])
    gauge = np.array([a.gauge_mm for a in approaches])
    found = _Found(
        starts,
        np.array([a.stop for a in approaches], dtype=float),
        np.full(count, -1),
        np.full((count, 3), np.nan),
        np.full(count, np.nan),
        np.zeros(count),
        np.ones(count, dtype=bool),
    )
    prover = room.prover(joints)
    for row in range(len(room.scene.pairs)):
        names = {*room.names(row)}
        asked = np.flatnonzero(found.is_start_free & [{*a.parts} <= names for a in approaches])
        if len(asked) == 0:
            continue
        wanted = room.wanted_mm(row) + gauge[asked]
        near = prover.first_contacts(row, 0, starts[asked], found.value[asked], np.maximum(wanted, 0.0))
        found.is_start_free[asked[near.outcome == NOT_FREE]] = False
        touches = near.outcome == CONTACT
        if not touches.any():
            continue
        at, away = asked[touches], near.points[touches, 0] - near.points[touches, 1]
        found.row[at], found.rate[at] = row, near.rate[touches]
        found.normal[at] = away / np.linalg.norm(away, axis=1)[:, None]
        found.beyond_mm[at] = np.maximum(-wanted[touches], 0.0)
        found.value[at] = near.value[touches] - found.beyond_mm[at] / near.rate[touches]
    found.row[~found.is_start_free] = -1
    return found


def _growth(
    rooms: Rooms, values: NDArray[np.float64], position: str, room: Room, joints: tuple[str, ...], found: _Found
) -> NDArray[np.float64]:
    """Return by how many mm the distance at contact grows for a mm of each unknown, shape (n, m)."""
    growth = np.full((len(found.row), len(rooms.unknowns)), np.nan)
    growth[found.row >= 0] = 0.0
    poses = found.poses
    for row in np.unique(found.row[found.row >= 0]):
        at = np.flatnonzero(found.row == row)
        pair, names = room.scene.pairs[row], room.names(row)
        for column, each in enumerate(rooms.unknowns):
            if each.kind == "padding":
                growth[at, column] = -sum(name in each.parts for name in names)
            elif each.kind != "dimension":
                of_a, of_b = (rooms.way_fixed(room, each, body, joints, poses[at]) for body in (pair.a, pair.b))
                growth[at, column] = (found.normal[at] * (of_a - of_b)).sum(axis=1)
    for column, each in enumerate(rooms.unknowns):
        if each.kind == "dimension":
            follows = [row >= 0 and not {*each.parts}.isdisjoint(room.names(row)) for row in found.row]
            at = np.flatnonzero(follows)
            if len(at):
                growth[at, column] = _growth_of_dimension(rooms, values, position, column, joints, found, at)
    return growth


def _growth_of_dimension(
    rooms: Rooms,
    values: NDArray[np.float64],
    position: str,
    column: int,
    joints: tuple[str, ...],
    found: _Found,
    at: NDArray[np.intp],
) -> NDArray[np.float64]:
    """Return by how many mm the distance at some contacts grows for a mm of a dimension, shape (n,)."""
    rows, of_row = np.unique(found.row[at], return_inverse=True)
    apart = np.empty((2, len(at)))
    shifts = (BACK_MM + found.beyond_mm)[:, None] * found.normal
    for side, step in enumerate((-STEP_MM, STEP_MM)):
        stepped = values.copy()
        stepped[column] += step
        prover = rooms.room(position, stepped).prover(joints, rows)
        for k in range(len(rows)):
            here = at[of_row == k]
            apart[side, of_row == k] = prover.distances_when_shifted(k, found.poses[here], shifts[here])
    return np.asarray((apart[1] - apart[0]) / (2.0 * STEP_MM))
