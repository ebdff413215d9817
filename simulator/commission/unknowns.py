"""The lengths that readings are to tell: dimensions, offsets of parts, paddings of surfaces, the phantom's place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from simulator.commission.commissioning import Commissioning, UnknownTable
from simulator.commission.shapes import Shapes
from simulator.errors import SimulatorError, unknown
from simulator.models.model import Part

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


def unknowns_of(
    commissioning: Commissioning, shapes: Mapping[Owner, Shapes], phantom: tuple[str, ...]
) -> tuple[Unknown, ...]:
    """Return the unknowns of a commissioning file, their names looked up.

    Parameters
    ----------
    commissioning : Commissioning
        The file.
    shapes : mapping
        Of the machine and of the couch, as they were loaded.
    phantom : tuple of str
        The parts of what lies on the couch.

    Raises
    ------
    SimulatorError
        If a dimension, part or group is unknown, or nothing follows a dimension; all of them in one message.
    """
    found, wrong = [], []
    for table in commissioning.unknowns:
        try:
            found.append(_unknown(table, shapes, phantom))
        except SimulatorError as error:
            wrong.append(f"{commissioning.origin}: unknown {table.name!r}: {error}")
    if wrong:
        raise SimulatorError("\n".join(wrong))
    return tuple(found)


def _unknown(table: UnknownTable, shapes: Mapping[Owner, Shapes], phantom: tuple[str, ...]) -> Unknown:
    if table.phantom is not None:
        return Unknown(table.name, "phantom", "patient", phantom, table.phantom, 0.0, table.prior_mm)
    if table.dimension is not None:
        of: Owner = table.of or "machine"
        known = shapes[of].dimensions
        if table.dimension not in known:
            raise unknown(f"dimension of {shapes[of].model.name}", table.dimension, known)
        parts = shapes[of].parts_of(table.dimension)
        if not parts:
            raise SimulatorError(
                f"no mesh of the {of} follows {table.dimension}: must be a dimension of a part that is there"
            )
        return Unknown(table.name, "dimension", of, parts, None, known[table.dimension], table.prior_mm)
    of, parts = _parts(table, shapes)
    kind: UnknownKind = "padding" if table.padding else "offset"
    return Unknown(table.name, kind, of, parts, table.offset, 0.0, table.prior_mm)


def _parts(table: UnknownTable, shapes: Mapping[Owner, Shapes]) -> tuple[Owner, tuple[str, ...]]:
    """Return whose part or group it is, and the parts' names."""
    owners: tuple[Owner, ...] = ("machine", "couch") if table.of is None else (table.of,)
    wanted = table.part or table.group
    what = "part" if table.part is not None else "group"

    def called(part: Part) -> str:
        return part.name if table.part is not None else part.group

    found = {of: tuple(p.name for p in shapes[of].model.parts if called(p) == wanted) for of in owners}
    there = [of for of in owners if found[of]]
    if not there:
        raise unknown(what, wanted, dict.fromkeys(called(part) for of in owners for part in shapes[of].model.parts))
    if len(there) > 1:
        raise SimulatorError(f'{what} {wanted!r} is one of machine and couch: must have of = "machine" or "couch"')
    return there[0], found[there[0]]


def dimension_of(each: Unknown) -> str:
    """Return the name of a dimension in its model's description."""
    return each.name.removeprefix("couch ") if each.of == "couch" else each.name
