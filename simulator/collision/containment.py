"""One body wholly inside another: what no test of surfaces against surfaces can see.

Two closed surfaces that do not cross are apart, or one holds a connected body of the other. So after a pose is
found free of crossings, any one vertex of a connected body decides for all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from simulator.collision.inside import INSIDE, OUTSIDE, Interior
from simulator.collision.placement import Relative
from simulator.collision.shells import Shell
from simulator.models.mesh import Mesh


@dataclass(frozen=True, eq=False)
class Probes:
    """Vertices of each connected body, extreme in every direction: far apart, so that one is easy to decide.

    Attributes
    ----------
    points_mm : tuple of ndarray, shape (k, 3)
        One array for each connected body.

    """

    points_mm: tuple[NDArray[np.float64], ...]

    @cached_property
    def extents_mm(self) -> tuple[float, ...]:
        """The largest distance between two probes of each connected body: its diameter, from below."""
        return tuple(
            float(np.linalg.norm(points[:, None] - points[None, :], axis=-1).max()) for points in self.points_mm
        )

    @classmethod
    def of(cls, mesh: Mesh) -> Probes:
        """Return the probes of a mesh."""
        found = []
        for indices in mesh.bodies:
            vertices = mesh.vertices_mm[indices]
            extreme = np.concatenate([vertices.argmin(axis=0), vertices.argmax(axis=0)])
            found.append(vertices[np.unique(extreme)])
        return cls(tuple(found))

    def may_be_swallowed(self, relative: Relative, shell: Shell) -> NDArray[np.bool_]:
        """Return in which of n poses a connected body of a may be wholly inside a hull of a shell around b."""
        answer = np.zeros(len(relative), dtype=bool)
        largest_mm = float(np.linalg.norm(shell.boxes_mm[:, 1] - shell.boxes_mm[:, 0], axis=1).max())
        for points, extent_mm in zip(self.points_mm, self.extents_mm, strict=True):
            if extent_mm <= largest_mm:
                answer |= shell.may_swallow(relative.point_of_a_in_b(points[0]))
        return answer


def contained(probes: Probes, relative: Relative, outer: Interior) -> NDArray[np.bool_]:
    """Return in which of n poses, free of crossings, a connected body of a is inside b.

    Parameters
    ----------
    probes : Probes
        Of a.
    relative : Relative
        Where a and b stand.
    outer : Interior
        Of b.

    Returns
    -------
    ndarray of bool, shape (n,)

    """
    answer = np.zeros(len(relative), dtype=bool)
    for points, extent_mm in zip(probes.points_mm, probes.extents_mm, strict=True):
        if extent_mm > outer.diagonal_mm:
            continue  # too large to be inside, wherever it is
        undecided = np.flatnonzero(~answer)
        for point in points:
            if not len(undecided):
                break
            side = outer.side(relative.only(undecided).point_of_a_in_b(point))
            answer[undecided[side == INSIDE]] = True
            undecided = undecided[(side != INSIDE) & (side != OUTSIDE)]
        if len(undecided):
            answer[undecided] = outer.holds(relative.only(undecided).point_of_a_in_b(points[0]))
    return answer


def either_contained(
    probes_a: Probes, interior_a: Interior, probes_b: Probes, interior_b: Interior, relative: Relative
) -> NDArray[np.bool_]:
    """Return in which of n poses, free of crossings, one body holds (a part of) the other, shape (n,)."""
    answer = contained(probes_a, relative, interior_b)
    left = np.flatnonzero(~answer)
    if not len(left):
        return answer
    answer[left] = contained(probes_b, relative.only(left).swapped(), interior_a)
    return answer
