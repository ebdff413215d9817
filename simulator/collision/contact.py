"""One pair of bodies at the poses of one call: from the cheapest bound to the exact answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.collision import fcl_queries
from simulator.collision.containment import Probes, either_contained
from simulator.collision.inside import Interior
from simulator.collision.placement import Hull, Placement, Relative
from simulator.collision.shells import Patches, Shell
from simulator.models.mesh import Mesh


class Status(IntEnum):
    """What holds for a pose; the worst pair decides.

    Attributes
    ----------
    FREE : int
        0: no pair collides, and none is nearer than its buffer.
    WITHIN_BUFFER : int
        1: a pair is nearer than its buffer; none collides.
    COLLIDING : int
        2: a pair touches, crosses, or one part is inside the other.

    Examples
    --------
    >>> import simulator as sim
    >>> status = sim.load_setup("brain").check(gantry=120, couch=30).status
    >>> print(status, int(status), status > sim.Status.FREE)
    colliding 2 True
    """

    FREE = 0
    WITHIN_BUFFER = 1
    COLLIDING = 2

    def __str__(self) -> str:
        return ("free", "within the buffer", "colliding")[self]


class Solid:
    """What is kept of a body: FCL's tree of its mesh, and what bounds and containment need."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.object = fcl_queries.collision_object(mesh)
        self.hull = Hull.around(mesh)
        self.probes = Probes.of(mesh)
        self.interior = Interior(mesh)

    @cached_property
    def patches(self) -> Patches:
        """The surface in patches."""
        return Patches.of(self.mesh)


class Guard:
    """A shell around a body with FCL's tree of it: what is outside is further away than its radii."""

    def __init__(self, shell: Shell, radius_mm: float) -> None:
        self.shell = shell
        self.radius_mm = radius_mm
        self.object = fcl_queries.collision_object(shell.mesh)


@dataclass(frozen=True, eq=False)
class Stand:
    """A body at the poses of one call."""

    solid: Solid
    placement: Placement
    transforms: fcl_queries.Transforms


@dataclass(frozen=True, eq=False)
class Contact:
    """Two bodies of one call, and the buffer between them."""

    a: Stand
    b: Stand
    buffer_mm: float

    def at(self, which: NDArray[np.intp]) -> Relative:
        """Return where the two bodies stand at the poses ``which``."""
        return Relative.at(self.a.placement, self.b.placement, which)

    def status(self, relative: Relative, guard: Guard | None) -> NDArray[np.int8]:
        """Return the status at each pose: crossings, the guard of the buffer, distances, containment.

        The guard is optional; without it more distances are measured, and the answer is the same.
        """
        crossing = self._crosses(self.b.solid.object, relative)
        answer = np.where(crossing, Status.COLLIDING, Status.FREE).astype(np.int8)
        if self.buffer_mm > 0:
            near = np.flatnonzero(~crossing)
            if guard is not None:
                near = near[~self.is_far(relative.only(near), guard)]
            query = self._query(self.b.solid.object, relative.only(near))
            answer[near[fcl_queries.closer_than(self.buffer_mm, *query)]] = Status.WITHIN_BUFFER
        apart = np.flatnonzero(~crossing)
        answer[apart[self.is_contained(relative.only(apart))]] = Status.COLLIDING
        return answer

    def is_far(self, relative: Relative, guard: Guard) -> NDArray[np.bool_]:
        """Return where a proves to be outside a guard of b: further away than its radii."""
        far = relative.gap_mm() > guard.radius_mm
        asked = np.flatnonzero(~far)
        asking = relative.only(asked)
        swallowed = self.a.solid.probes.may_be_swallowed(asking, guard.shell)
        far[asked] = ~self._crosses(guard.object, asking) & ~swallowed
        return far

    def is_contained(self, relative: Relative) -> NDArray[np.bool_]:
        """Return where, free of crossings, one body holds a part of the other."""
        a, b = self.a.solid, self.b.solid
        return either_contained(a.probes, a.interior, b.probes, b.interior, relative)

    def distance(self, pose: int) -> fcl_queries.Distance:
        """Return the distance at one pose; 0 where one body is inside the other."""
        relative = self.at(np.array([pose]))
        if self.is_contained(relative)[0]:
            return fcl_queries.Distance(0.0, None)
        T_a, T_b = self.a.transforms[relative.at_a[0]], self.b.transforms[relative.at_b[0]]
        return fcl_queries.distance(self.a.solid.object, self.b.solid.object, T_a, T_b)

    def _crosses(self, other: fcl_queries.CollisionObject, relative: Relative) -> NDArray[np.bool_]:
        return fcl_queries.crossings(*self._query(other, relative))

    def _query(self, other: fcl_queries.CollisionObject, relative: Relative) -> tuple[Any, ...]:
        """Return the arguments of FCL's queries of a against b, or against a guard of b."""
        return self.a.solid.object, other, self.a.transforms, self.b.transforms, relative.at_a, relative.at_b
