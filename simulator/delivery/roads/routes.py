"""Shortest ways among poses over a network of waypoints: how long they take, and over which poses they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulator.certify.branch_and_bound import Cells
from simulator.delivery.roads.free_space import FreeSpace
from simulator.delivery.roads.kernels.covered import Floats
from simulator.delivery.roads.network import Network


@dataclass(frozen=True, eq=False)
class Stop:
    """A pose that ways start from or lead to.

    Attributes
    ----------
    pose : ndarray, shape (k,)
        The values of the joints.
    more : Cells, optional
        What was proven around it, in the undecided cell that holds it; None where a free cell does.
    is_free : bool
        Whether it is proven free.
    """

    pose: Floats
    more: Cells | None = None
    is_free: bool = True


class Routes:
    """The shortest ways among n poses.

    A way is straight, or leads from its start to a waypoint, over the network, and from a waypoint to its stop. What
    is proven around one pose only serves the ways from and to that pose: no way depends on what else is asked.

    Attributes
    ----------
    times_s : ndarray, shape (n, n)
        How long they take, symmetric; infinity where there is none.
    """

    def __init__(self, network: Network, stops: Sequence[Stop]) -> None:
        self._network, self._stops = network, stops
        self._poses = np.array([stop.pose for stop in stops]).reshape(len(stops), len(network.space.turns))
        self._component = np.array([network.space.component_of(stop.pose, stop.more) for stop in stops])
        self._leads: dict[int, list[Floats]] = {}
        self._from_s = self._to_waypoints()
        by_first = np.array([(row[:, None] + network.shortest_s).min(axis=0, initial=np.inf) for row in self._from_s])
        over_s = np.array([(row + self._from_s).min(axis=1, initial=np.inf) for row in by_first]).reshape(
            2 * (len(stops),)
        )
        self._straight_s: Floats = self._straight()
        self.times_s: Floats = np.minimum(self._straight_s, np.minimum(over_s, over_s.T))

    def points(self, first: int, last: int) -> list[Floats]:
        """Return the poses (k,) at the ends of the ways that one sees of the next; a way must be there.

        Joints without limits go on beyond 180° where they turn through there.
        """
        network, time_s = self._network, self.times_s[first, last]
        if self._straight_s[first, last] <= time_s:
            space = self._space(first, last)
            return [self._poses[first], self._seen(space, self._poses[first], self._poses[last])]
        over_s = self._from_s[first][:, None] + network.shortest_s + self._from_s[last]
        enters, leaves = np.unravel_index(over_s.argmin(), over_s.shape)
        found = list(self._lead(first, int(enters)))
        for here, there in pairwise(network.between(int(enters), int(leaves))):
            end = self._seen(network.space, network.points[here], network.points[there])
            found.append(found[-1] + end - network.points[here])
        back = self._lead(last, int(leaves))[::-1]
        return [*found, *(pose + found[-1] - back[0] for pose in back[1:])]

    def legs(self, first: int, last: int) -> list[Floats]:
        """Return the poses (k,) at the ends of the legs of a way, each from rest to rest."""
        space, found = self._space(first, last), [np.asarray(self._poses[first])]
        for start, stop in pairwise(self.points(first, last)):
            turned = start - space.in_range(start)
            corners = space.corners(start - turned, stop - turned, self._network.moves)
            found += [corner + turned for corner in corners[1:]]
        return found

    def _to_waypoints(self) -> Floats:
        """Return how long the ways from each pose to each waypoint take that it sees, or to one through cells."""
        network = self._network
        found = np.full((len(self._stops), len(network.points)), np.inf)
        usual = [at for at, stop in enumerate(self._stops) if stop.more is None and self._component[at] >= 0]
        found[usual] = network.seen_from(network.space, self._poses[usual])
        for at, stop in enumerate(self._stops):
            if stop.more is not None:
                found[at] = network.seen_from(self._space(at), stop.pose[None])[0]
            found[at, network.component != self._component[at]] = np.inf
            if self._component[at] >= 0 and not np.isfinite(found[at]).any():
                self._find_lead(at, found[at])
        return found

    def _find_lead(self, at: int, times_s: Floats) -> None:
        """Find a way through cells from a pose to the nearest waypoint, if it sees none."""
        network, space = self._network, self._space(at)
        nearest = network.nearest(self._poses[at], int(self._component[at]))
        way = space.through_cells(self._poses[at], network.points[nearest], network.moves, network.limits)
        self._leads[at] = way
        times_s[nearest] = network.limits.times_s(np.diff(way, axis=0), network.moves).sum()

    def _lead(self, at: int, waypoint: int) -> list[Floats]:
        if at in self._leads:
            return self._leads[at]
        pose = self._poses[at]
        return [pose, self._seen(self._space(at), pose, self._network.points[waypoint])]

    def _straight(self) -> Floats:
        """Return how long the straight ways between poses take, shape (n, n)."""
        network, count = self._network, len(self._stops)
        found = np.full((count, count), np.inf)
        first, second = np.triu_indices(count, 1)
        component = self._component
        same = (component[first] >= 0) & (component[first] == component[second])
        first, second = first[same], second[same]
        is_usual = np.array([stop.more is None for stop in self._stops], dtype=bool)
        usual = is_usual[first] & is_usual[second]
        a, b = first[usual], second[usual]
        found[a, b] = network.space.seen(self._poses[a], self._poses[b], network.moves, network.limits)[0]
        for at, to in zip(first[~usual], second[~usual], strict=True):
            ends = self._poses[at][None], self._poses[to][None]
            found[at, to] = self._space(at, to).seen(*ends, network.moves, network.limits)[0][0]
        found = np.asarray(np.minimum(found, found.T))
        found[np.diag_indices(count)] = np.where(component >= 0, 0.0, np.inf)
        return found

    def _space(self, *stops: int) -> FreeSpace:
        """Return the free space, with what is proven around some of the poses."""
        space = self._network.space
        for at in stops:
            more = self._stops[at].more
            space = space if more is None else space.with_more(more)
        return space

    def _seen(self, space: FreeSpace, start: Floats, stop: Floats) -> Floats:
        """Return where the shortest straight way from a pose to another one that it sees ends."""
        network = self._network
        _, ends = space.seen(start[None], stop[None], network.moves, network.limits)
        return np.asarray(ends[0])
