"""What was found in a mesh file, for its owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.models.surfaces import Surface

SHOWN_BODIES = 4


@dataclass(frozen=True)
class MeshReport:
    """What was found in a mesh file and what was done about it.

    Attributes
    ----------
    source : str
        The file.
    triangles, bodies : int
        Number of triangles and of connected bodies that the file holds.
    is_closed : bool
        Whether all bodies are closed and wound consistently. If not, one box stands for those that are not.
    findings : tuple of str
        What the owner should know of the bodies: which are open, wound inwards, or cavities.
    repairs : tuple of str
        What was changed; empty unless repair was asked for.
    other_unit : str, optional
        The unit that the file itself names, where that is another than the one given.
    space : {"RAS", "LPS"}, optional
        The patient axes that the file itself names.
    other_axes : str, optional
        The axes that it was taken for all the same.
    """

    source: str
    triangles: int
    bodies: int
    is_closed: bool
    findings: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    other_unit: str | None = None
    space: str | None = None
    other_axes: str | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Plain warnings for the owner of the file."""
        found = [f"{self.source}: {text}" for text in self.findings]
        if self.other_unit is not None:
            found.append(f"{self.source}: the file says {self.other_unit}; the unit that was given is used instead")
        if self.other_axes is not None:
            found.append(
                f"{self.source}: the file says patient axes, SPACE={self.space}; {self.other_axes} are assumed"
            )
        return tuple(found)


def findings(surface: Surface) -> Iterator[str]:
    """Yield what the owner of a surface (in mm) should know of its bodies."""
    of_all = f" of {surface.count} bodies" if surface.count > 1 else ""
    is_open = np.flatnonzero(~surface.is_closed)
    if len(is_open):
        torn = is_open[surface.has_border[is_open]]
        what = (
            f"not watertight{_count(torn, of_all)}"
            if len(torn)
            else f"triangles are wound inconsistently{_count(is_open, of_all)}"
        )
        box = " × ".join(f"{length:.0f}" for length in np.ptp(surface.bounds_mm(is_open), axis=0))
        yield (
            f"{what}: what it encloses is not known, so its bounding box ({box} mm) is checked in its place; "
            "repair = true closes holes and turns triangles"
        )
    inward = np.flatnonzero(surface.is_inward)
    if len(inward):
        yield (
            f"wound inwards{_count(inward, of_all)}, taken for solid: {_places(surface, inward)}; "
            "repair = true turns it outwards"
        )
    cavities = np.flatnonzero(surface.cavity_of >= 0)
    if len(cavities):
        yield (
            f"wound inwards inside another{_count(cavities, of_all)}, a cavity in which nothing is hit: "
            f"{_places(surface, cavities)}"
        )


def _count(bodies: NDArray[np.intp], of_all: str) -> str:
    return f" ({len(bodies)}{of_all})" if of_all else ""


def _places(surface: Surface, bodies: NDArray[np.intp]) -> str:
    """Return where bodies are, and how large, in the axes of the file."""
    found = []
    for body in bodies[:SHOWN_BODIES]:
        bounds_mm = surface.bounds_mm(np.array([body]))
        size = " × ".join(f"{length:.0f}" for length in np.ptp(bounds_mm, axis=0))
        middle = ", ".join(f"{value:.0f}" for value in bounds_mm.mean(axis=0) + 0.0)
        found.append(f"{size} mm at ({middle})")
    if len(bodies) > SHOWN_BODIES:
        found.append(f"and {len(bodies) - SHOWN_BODIES} others")
    return ", ".join(found)
