"""A description over the one that it extends, and which of the two wrote what."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

from simulator.errors import SimulatorError, unknown
from simulator.models.description import FILE_NAME, Description, Kind, read_description
from simulator.models.library import find_model
from simulator.models.tree_tables import PartTable
from simulator.models.urdf.packages import mesh_file
from simulator.models.urdf.tables import with_urdf
from simulator.scenario.schema import validated

NAMED_BY = {"joints": "name", "sites": "name", "landmarks": "name", "offsets": "part"}
"""Tables of which one of a child takes the place of the one of the same name."""


@dataclass(frozen=True, eq=False)
class Level:
    """One model of a family.

    Attributes
    ----------
    folder : Path
        Where its description and its meshes are.
    own : Description
        What it writes itself.
    resolved : Description
        The same over what it inherits.
    added : frozenset of str
        Its dimensions that it does not inherit.
    """

    folder: Path
    own: Description
    resolved: Description
    added: frozenset[str]

    @property
    def origin(self) -> str:
        """Its file, for messages."""
        return str(self.folder / FILE_NAME)


@dataclass(frozen=True, eq=False)
class Family:
    """A model and those that it extends, from the first of them to the model itself."""

    levels: tuple[Level, ...]

    @property
    def description(self) -> Description:
        """All that the model has and inherits."""
        return self.levels[-1].resolved

    def file(self, part: PartTable) -> Path:
        """Return the mesh file of a part that has one: its path starts at the model that wrote the part."""
        assert part.mesh is not None
        folder = next(level.folder for level in reversed(self.levels) if part in level.own.parts)
        return mesh_file(folder, part.mesh)

    @property
    def files(self) -> list[Path]:
        """The mesh files of all parts, each once, sorted."""
        return sorted({self.file(part) for part in self.description.parts if part.mesh is not None})


def read_family(folder: Path, kind: Kind | None = None, seen: tuple[Path, ...] = ()) -> Family:
    """Return the model of a folder with those that it extends.

    Raises
    ------
    SimulatorError
        If a description does not fit the schema, is of another kind, or what is put together does not fit.
    """
    own = with_urdf(read_description(folder, kind), folder)
    origin, here = str(folder / FILE_NAME), folder.resolve()
    if here in seen:
        raise SimulatorError(f"{origin}: extends must not lead back to the model itself")
    levels: tuple[Level, ...] = ()
    resolved, added = own, frozenset(own.dimensions)
    if own.extends is not None:
        base_folder = find_model(own.extends, own.kind, folder, field=f"{origin}: extends")
        levels = read_family(base_folder, own.kind, (*seen, here)).levels
        resolved = _extended(levels[-1].resolved, own, origin)
        added -= levels[-1].resolved.dimensions.keys()
    _require_groups(own, resolved, origin)
    _require_offsets(own, resolved, origin)
    return Family((*levels, Level(folder, own, resolved, added)))


def _extended(base: Description, child: Description, origin: str) -> Description:
    """Return a description with a child's tables over it: joints, sites, offsets by name, parts by name and ``when``.

    A part of the child takes the place of those of its name that are never there without it: whose ``when`` says all
    that its own says. Other variants stay.
    """
    if child.generator is None and not child.dimensions.keys() <= base.dimensions.keys():
        added = ", ".join(name for name in child.dimensions if name not in base.dimensions)
        raise SimulatorError(
            f"{origin}: dimensions: nothing depends on {added}: {child.extends} has no such dimension, and the model "
            "has no generator of its own"
        )
    merged = {field: getattr(base, field) for field in Description.model_fields}
    for field in child.model_fields_set - {"extends"}:
        value = getattr(child, field)
        if field in NAMED_BY:
            name_of = attrgetter(NAMED_BY[field])
            replaced = set(map(name_of, value))
            value = (*(item for item in merged[field] if name_of(item) not in replaced), *value)
        elif field == "parts":
            value = (*(part for part in base.parts if not any(new.covers(part) for new in value)), *value)
        elif field in ("dimensions", "options", "motion"):
            value = {**merged[field], **value}
        elif field in ("may_touch", "unconfirmed"):
            value = (*merged[field], *value)
        elif field == "accessories":  # the first that fits counts
            value = (*value, *merged[field])
        merged[field] = value
    return validated(merged, Description, origin)


def _require_groups(own: Description, resolved: Description, origin: str) -> None:
    """Refuse an excuse for a group of the model's own that no part has: it would excuse nothing."""
    groups = {part.group for part in resolved.parts}
    for name in (name.removeprefix(f"{own.kind}:") for pair in own.may_touch for name in pair):
        if ":" not in name and name not in groups:
            raise unknown(f"{origin}: may_touch: group (another model's is 'kind:group')", name, sorted(groups))


def _require_offsets(own: Description, resolved: Description, origin: str) -> None:
    """Refuse offsets of parts that are not there, two of one part, and any of a patient's."""
    if own.kind == "patient" and own.offsets:
        raise SimulatorError(f"{origin}: offsets must be left out: shift_mm of a scenario says where a patient lies")
    names, moved = {part.name for part in resolved.parts}, [offset.part for offset in own.offsets]
    for name in moved:
        if name not in names:
            raise unknown(f"{origin}: offsets: part", name, sorted(names))
        if moved.count(name) > 1:
            raise SimulatorError(f"{origin}: offsets: each must be of another part, {name!r} has two")
