"""The description file of a model (``model.toml``): joints, parts, options, and what kind of thing it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, field_validator, model_validator

from simulator.errors import SimulatorError, unknown
from simulator.models.kinematics import ROOT
from simulator.models.lying_tables import BendTable, PlaceTable, SurfaceTable
from simulator.models.motion import Moves
from simulator.models.tree_tables import Direction, JointTable, OffsetTable, PartTable
from simulator.models.urdf.table import UrdfTable
from simulator.scenario.choices import NOT_OPTIONS
from simulator.scenario.schema import FileName, Finite, Millimetres, Name, Point, Table, read_toml
from simulator.scenario.sweep import Ranges

FILE_NAME = "model.toml"
Kind = Literal["machine", "couch", "fixation", "patient"]
KINDS: tuple[Kind, ...] = get_args(Kind)
ONE_KINDS_OWN: dict[str, Kind] = {
    "isocentre": "machine",
    "sweep": "machine",
    "arm": "machine",
    "accessories": "machine",
    "delivery": "machine",
    "anchor": "fixation",
    "surfaces": "fixation",
    "landmarks": "patient",
    "bend": "patient",
}
"""Fields of a description that only models of one kind have."""
OWNERS = {"patient": "a patient's", "fixation": "a fixation device's"}
"""Whose parts have no joint: they ride on the table top."""
LARGEST_RADIUS_MM = 10.0


class Dimension(Table):
    """A number that a generator builds meshes from, and where it comes from."""

    value: Finite
    source: Name


class Option(Table):
    """A choice that a scenario can make; the first choice is the default, unless the option follows another."""

    choices: Annotated[tuple[Name, ...], Field(min_length=1)]
    follows: Name | None = None


class BeamTable(Table):
    """The beam: a source point and the direction in which it leaves, in a joint's axes."""

    joint: Name
    source_mm: Point
    direction: Direction
    source: Name | None = None


class ArmTable(Table):
    """A six-axis arm that carries the beam; see ``simulator.models.arm.Arm``."""

    joints: tuple[Name, Name, Name, Name, Name, Name]
    distances_mm: tuple[Millimetres, Millimetres]
    source: Name

    @field_validator("distances_mm")
    @classmethod
    def _ordered(cls, distances: tuple[float, float]) -> tuple[float, float]:
        if not 0.0 < distances[0] <= distances[1]:
            raise ValueError("must be [least, greatest], above 0")
        return distances


class IsocentreTable(Table):
    """How far from the isocentre a machine's axes and beam may pass, and parts stand from where they are drawn.

    What follows from it is derived in ``simulator.setup.aiming``.
    """

    radius_mm: Annotated[float, Field(gt=0, le=LARGEST_RADIUS_MM, allow_inf_nan=False, strict=True)]
    source: Name | None = None


class MotionTable(Table):
    """How fast a joint moves; see ``simulator.models.motion.Motion``. A URDF file may give the speed, as velocity."""

    speed: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)] | None = None
    acceleration: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
    source: Name


class DeliveryTable(Table):
    """Where a delivery starts and how the machine moves; see ``simulator.models.motion.Between``."""

    home: dict[Name, Finite]
    moves: Moves
    source: Name


class AccessoryTable(Table):
    """What plans name as put on the head, and with which options the machine has it.

    ``kind``, ``id``, ``type`` and ``code`` are patterns as of file names (``"A1?"``); letters count alike in either
    case, and what is left out is not asked. Without ``options`` the accessory is inside the head: no outer size.
    """

    kind: Name | None = None
    id: Name | None = None
    type: Name | None = None
    code: Name | None = None
    options: dict[str, str] = {}
    source: Name


class TableTopTable(Table):
    """The table top's frame and where a patient lies on it."""

    joint: Name
    surface_z_mm: Millimetres
    head_end_y_mm: Millimetres
    source: Name | None = None


class SizeTable(Table):
    """The height and mass that a patient's meshes were made for."""

    height_cm: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
    mass_kg: Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
    source: Name | None = None


class Description(Table):
    """A whole ``model.toml``."""

    FILE: ClassVar[str] = "model"

    kind: Kind
    title: Name
    note: Name
    extends: FileName | None = None
    generator: Name | None = None
    urdf: UrdfTable | None = None
    unconfirmed: tuple[Name, ...] = ()
    dimensions: dict[str, Dimension] = {}
    may_touch: tuple[tuple[Name, Name], ...] = ()
    options: dict[str, Option] = {}
    joints: Annotated[tuple[JointTable, ...], Field(max_length=100)] = ()
    parts: Annotated[tuple[PartTable, ...], Field(max_length=1000)] = ()
    offsets: Annotated[tuple[OffsetTable, ...], Field(max_length=1000)] = ()
    beam: BeamTable | None = None
    arm: ArmTable | None = None
    isocentre: IsocentreTable | None = None
    accessories: Annotated[tuple[AccessoryTable, ...], Field(max_length=1000)] = ()
    sweep: Ranges = {}
    motion: dict[Name, MotionTable] = {}
    delivery: DeliveryTable | None = None
    table_top: TableTopTable | None = None
    anchor: Name | None = None
    surfaces: Annotated[tuple[SurfaceTable, ...], Field(max_length=100)] = ()
    sites: tuple[PlaceTable, ...] = ()
    landmarks: tuple[PlaceTable, ...] = ()
    bend: BendTable | None = None
    reference_size: SizeTable | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Description:
        """Refuse what does not fit together; what is read elsewhere, too, is judged with that."""
        problems = (
            [] if self.extends is not None or self.urdf is not None else [*self._missing(), *self._mismatches()]
        )
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _missing(self) -> Iterator[str]:
        if self.kind == "machine" and self.beam is None:
            yield "a machine must have a [beam]"
        if self.kind == "couch" and self.table_top is None:
            yield "a couch must have a [table_top]"
        if self.kind == "patient" and not self.sites:
            yield "a patient must have [[sites]]"
        if self.kind == "fixation" and (self.anchor is None or not self.surfaces):
            yield "a fixation device must have an anchor and [[surfaces]]"

    def _mismatches(self) -> Iterator[str]:
        names = ", ".join(self.options) or "none"
        for name, option in self.options.items():
            if name in NOT_OPTIONS:
                yield f"options.{name}: must have another name than {', '.join(NOT_OPTIONS)}"
            if option.follows is not None and option.follows not in self.options:
                yield f"options.{name}.follows: unknown name {option.follows!r}; available: {names}"
        chosen = [
            *((f"part {part.name!r}: when", part.when) for part in self.parts),
            *((f"accessories.{at}: options", accessory.options) for at, accessory in enumerate(self.accessories)),
            *((f"surfaces.{at}: when", surface.when) for at, surface in enumerate(self.surfaces)),
        ]
        for where, choices in chosen:
            for name, choice in choices.items():
                if name not in self.options:
                    yield f"{where}: unknown option {name!r}; available: {names}"
                elif choice not in self.options[name].choices:
                    available = ", ".join(self.options[name].choices)
                    yield f"{where}.{name}: unknown choice {choice!r}; available: {available}"
        for part in self.parts:
            rides = self.kind in ("patient", "fixation")
            if rides and part.joint not in (None, ROOT):
                yield f"part {part.name!r}: {OWNERS[self.kind]} parts have no joint: leave it out"
            if not rides and part.joint is None:
                yield f"part {part.name!r}: must name its joint, or say joint = {ROOT!r} if it stands in the room"
        for at, accessory in enumerate(self.accessories):
            if not accessory.model_fields_set & {"kind", "id", "type", "code"}:
                yield f"accessories.{at}: must have kind, id, type or code"
        for name, kind in ONE_KINDS_OWN.items():
            if kind != self.kind and getattr(self, name):
                yield f"[{name}] must be left out: a {self.kind} has none"
        if self.bend is not None:
            yield from self.bend.mismatches((place.name for place in self.landmarks), (p.name for p in self.parts))
        joints = [joint.name for joint in self.joints]
        for name, table in self.motion.items():
            if table.speed is None:
                yield f"motion.{name}.speed: is missing"
            if name not in joints:
                yield f"motion: unknown joint {name!r}; available: {', '.join(joints) or 'none'}"
        for groups in self.may_touch:
            owners = [name.rpartition(":")[0] or self.kind for name in groups]
            strange = sorted(set(owners) - set(KINDS))
            if strange:
                yield f"may_touch: unknown kind {strange[0]!r}; available: {', '.join(KINDS)}"
            elif self.kind not in owners:
                yield f"may_touch: one of {' and '.join(groups)} must be a group of the {self.kind}'s own"
        for what, used in (
            (
                "part must have its own name (or its own 'when')",
                [(p.name, *sorted(p.when.items())) for p in self.parts],
            ),
            ("site must have its own name", [site.name for site in self.sites]),
            ("landmark must have its own name", [place.name for place in self.landmarks]),
        ):
            if len(set(used)) < len(used):
                yield f"each {what}"


def read_description(folder: Path, kind: Kind | None = None) -> Description:
    """Return the description in a model's folder.

    Raises
    ------
    SimulatorError
        If it does not fit the schema, or is of another kind than asked for.
    """
    path = folder / FILE_NAME
    description = read_toml(path, Description)
    if kind is not None and description.kind != kind:
        raise SimulatorError(f"{path}: kind must be {kind!r}, was {description.kind!r}")
    return description


def values(description: Description) -> dict[str, float]:
    """Return the dimensions of a description without their sources."""
    return {name: dimension.value for name, dimension in description.dimensions.items()}


def chosen_options(options: dict[str, Option], given: dict[str, str], origin: str) -> dict[str, str]:
    """Return the value of every option: the one given, the one it follows, or its first choice.

    Raises
    ------
    SimulatorError
        If an option or a choice is unknown, or options follow each other in a circle.
    """
    for name, choice in given.items():
        if name not in options:
            raise unknown(f"{origin}: option", name, options)
        if choice not in options[name].choices:
            raise unknown(f"{origin}: option {name}", choice, options[name].choices)

    def resolve(name: str, seen: tuple[str, ...] = ()) -> str:
        if name in given:
            return given[name]
        if name in seen:
            raise SimulatorError(f"{origin}: options must not follow each other in a circle: {', '.join(seen)}")
        leader = options[name].follows
        if leader is None:
            return options[name].choices[0]
        choice = resolve(leader, (*seen, name))
        if choice not in options[name].choices:
            raise unknown(f"{origin}: option {name} (follows {leader})", choice, options[name].choices)
        return choice

    return {name: resolve(name) for name in options}
