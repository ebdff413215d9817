"""Which pairs are proven apart, or in the way, at the poses of a grid, for several places of what slides on a joint.

What holds for the box around all places holds at each. So boxes of poses are divided once for all (`apart`), and only
the single poses that this leaves open are asked at each place, where nothing moves: the triangles that were near each
other for all tell most of them at once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from simulator.certify.apart import Boxes, Settled, Values, asked_in, settled
from simulator.certify.prover import Prover


class AtPlaces(NamedTuple):
    """Which pairs are proven to keep their buffers, and which not to, each of shape (places, pairs, *values)."""

    apart: NDArray[np.bool_]
    in_the_way: NDArray[np.bool_]


def settled_in_box(prover: Prover, values: Values, places_mm: NDArray[np.float64]) -> Settled:
    """Return what is proven of each pair and pose for all places in the box around some; see `settled_at_places`."""
    return settled(prover, values, beside=(places_mm.min(axis=0), places_mm.max(axis=0)))


def settled_at_places(
    prover: Prover, values: Values, places_mm: NDArray[np.float64], known: Settled | None = None
) -> AtPlaces:
    """Return what is proven of each pair at each pose and place; where it is neither, nothing is known.

    Parameters
    ----------
    prover : Prover
        Of a scene that scans the joints of the poses, then those that slide.
    values : sequence of k ndarrays
        Ascending values of each joint of the poses, which are all their combinations.
    places_mm : ndarray, shape (m, j)
        Values of the joints that slide.
    known : Settled, optional
        What is proven for a box that holds all places; found for the one around them if not given.

    Raises
    ------
    ValueError
        If a place is not in the box of what is known.
    """
    shape, count = tuple(map(len, values)), len(places_mm)
    shared = settled_in_box(prover, values, places_mm) if known is None else known
    shared.require_within(places_mm)
    left = shared.open
    everywhere = Boxes.joined([left] * count)
    poses = np.hstack([everywhere.corners(values)[0], np.repeat(places_mm, len(left), axis=0)])
    _, *at_places = asked_in(prover, everywhere, poses, poses)

    def marked(boxes: Boxes, which: NDArray[np.bool_]) -> NDArray[np.bool_]:
        alike = boxes.marked(shared.moved, shape)
        own = which.reshape(count, len(left))
        return np.stack([alike | left.only(here).marked(shared.moved, shape) for here in own])

    return AtPlaces(marked(shared.apart, at_places[0]), marked(shared.in_the_way, at_places[1]))
