"""Which pairs are in the way at the poses of a sweep, for several isocentres of one room at once.

A row of a study asks only whether a pair keeps its buffer, not whether its parts cross. So what is proven in the way
is known as well as what is proven apart, and FCL, the judge of both, is asked what neither proves, and one in a
hundred of all: a draw of its own for each isocentre. Whatever it says otherwise than a proof stops everything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.certify.apart import Settled
from simulator.certify.apart_at_places import settled_at_places
from simulator.certify.prover import Prover
from simulator.collision.contact import Status
from simulator.maps.certified import Swept
from simulator.maps.judged import drawn, require_apart, require_in_the_way


def in_the_way_at_places(
    prover: Prover,
    places_mm: NDArray[np.float64],
    rooms: Sequence[Swept],
    known: Settled | None = None,
    *,
    judges_all: bool = False,
) -> list[NDArray[np.bool_]]:
    """Return for each room which pairs are not free at which poses (pairs, n) of the sweep that all have.

    Parameters
    ----------
    prover : Prover
        Of a scene that scans the joints of the sweep, then those that slide.
    places_mm : ndarray, shape (m, j)
        Where these stand in each room, in which all else is as in the prover's.
    rooms : sequence of Swept
        The rooms.
    known : Settled, optional
        What is proven at the poses of the sweep for a box that holds all places; see `settled_at_places`.
    judges_all : bool
        Whether FCL is asked of all.

    Raises
    ------
    ContradictionError
        If FCL disagrees with what is proven.
    """
    sweep = rooms[0].sweep
    poses, found = sweep.poses(), []
    at_places = settled_at_places(prover, [axis.values() for axis in sweep], places_mm, known)
    for room, *proven in zip(rooms, *at_places, strict=True):
        apart, in_the_way = (each.reshape(len(each), len(poses)) for each in proven)
        asked = ~(apart | in_the_way) | drawn(room) | judges_all
        some = asked.any(axis=0)
        statuses = np.zeros(asked.shape, dtype=np.int8)
        statuses[:, some] = room.checker.pair_status(poses[some], asked[:, some])
        require_apart(room, apart, statuses)
        require_in_the_way(room, in_the_way & asked, statuses)
        found.append(in_the_way | (statuses != Status.FREE))
    return found
