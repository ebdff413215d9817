"""The lengths that readings are to tell: dimensions, offsets of parts, paddings of surfaces, and where the phantom lies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

UnknownKind = Literal["dimension", "offset", "padding", "phantom"]
Owner = Literal["machine", "couch", "patient"]


@dataclass(frozen=True)
class Unknown:
    """One length.

    Attributes
    ----------
    name : str
        For files and messages, each of its own.
    kind : {"dimension", "offset", "padding", "phantom"}
        A dimension of a description; how far parts are off, in the axes of the joint that carries them; by how much
        their surfaces are grown outwards; or how far the phantom lies off, in table-top axes.
    of : {"machine", "couch", "patient"}
        Whose it is.
    parts : tuple of str
        The parts that it changes: of a dimension those whose meshes follow it.
    axis : {"x", "y", "z"}, optional
        Of an offset or of the phantom.
    start_mm : float
        Where the fit starts, and what a prior is about: of a dimension the description's, else 0.
    prior_mm : float, optional
        Standard deviation of what is known before; None if nothing is.
    """

    name: str
    kind: UnknownKind
    of: Owner
    parts: tuple[str, ...]
    axis: Literal["x", "y", "z"] | None = None
    start_mm: float = 0.0
    prior_mm: float | None = None
