"""The description file of a model (``model.toml``): joints, parts, options, and what kind of thing it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, model_validator

from simulator.errors import SimulatorError, unknown
from simulator.models.kinematics import ROOT
from simulator.models.lying_tables import BendTable, PlaceTable, SurfaceTable
from simulator.models.model_tables import (
    AccessoryTable,
    ArmTable,
    BeamTable,
    DeliveryTable,
    Dimension,
    IsocentreTable,
    MotionTable,
    Option,
    SizeTable,
    TableTopTable,
)
from simulator.models.tree_tables import JointTable, OffsetTable, PartTable
from simulator.models.urdf.table import UrdfTable
from simulator.scenario.axis import Ranges
from simulator.scenario.choices import NOT_OPTIONS
from simulator.scenario.hints import hint_to
from simulator.scenario.schema import FileName, Name, Table, read_toml

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


class Description(Table):
    """A whole ``model.toml``: a machine, a couch, a fixation device or a patient, beside its meshes.

    Example::

        kind = "machine"
        title = "Our linac"
        note = "Representative, not vendor-validated. Research software: no clinical clearance."
        options.height.choices = ["low", "high"]
        joints = [{ name = "gantry", type = "revolute", axis = [0, 1, 0], limits = [-185, 185] }]
        parts = [{ name = "head", mesh = "head.stl", units = "mm", joint = "gantry", group = "gantry" }]
        beam = { joint = "gantry", source_mm = [0, 0, 1000], direction = [0, 0, -1] }

    Example::

        kind = "couch"
        title = "Our couch"
        note = "Representative, not vendor-validated. Research software: no clinical clearance."
        table_top = { joint = "table_lateral", surface_z_mm = 0, head_end_y_mm = 0 }

    Example::

        kind = "fixation"
        title = "Our board"
        note = "Representative, not vendor-validated. Research software: no clinical clearance."
        anchor = "table"
        options.height.choices = ["low", "high"]
        surfaces = [{ surface_z_mm = 40 }]

    Example::

        kind = "patient"
        title = "Our phantom"
        note = "Research software: no clinical clearance."
        parts = [{ name = "body", mesh = "body.stl", units = "mm", group = "patient" }]
        landmarks = [{ name = "hips", position_mm = [0, 0, -900] }]
        sites = [{ name = "brain", position_mm = [0, -100, -85] }]
    """

    FILE: ClassVar[str] = "model"

    kind: Kind
    """What the model is. A machine must have a ``[beam]``, a couch a ``[table_top]``, a patient ``[[sites]]``, a
    fixation device an ``anchor`` and ``[[surfaces]]``. Example: ``kind = "machine"``"""
    title: Name
    """What it is called in lists and results. Example: ``title = "C-arm linac, as measured"``"""
    note: Name
    """What it is not: every result shows it. Example:
    ``note = "Representative, not vendor-validated. Research software: no clinical clearance."``"""
    extends: FileName | None = None
    """Another model of the same kind, by its name or the path of its folder: all that it has is there, and what
    stands here takes the place of what has the same name. A changed number of ``[dimensions]`` makes its meshes
    anew. Example: ``extends = "c_arm"``"""
    generator: Name | None = None
    """The function that makes the meshes of ``[dimensions]``; only models that ship have one. Example:
    ``generator = "c_arm"``"""
    urdf: UrdfTable | None = None
    unconfirmed: tuple[Name, ...] = ()
    """Names of what nobody has confirmed, beside what ``source`` says so of with the tag G. Every result lists
    them. Example: ``unconfirmed = ["thickness of the head cover"]``"""
    dimensions: dict[str, Dimension] = {}
    """Numbers by name that meshes are made from, each with its source. Without a generator of its own, a model may
    only change those that it inherits."""
    may_touch: tuple[tuple[Name, Name], ...] = ()
    """Pairs of groups that are not checked against each other, and listed with every result: two of the model's
    own, or one of them and another model's as ``"kind:group"``. Example:
    ``may_touch = [["gantry", "stand"], ["gantry", "couch:couch base"]]``"""
    options: dict[str, Option] = {}
    """What a scenario can choose, by name. No option may be called ``beside``, ``height_cm``, ``mass_kg``,
    ``anchor`` or ``shift_mm``."""
    joints: Annotated[tuple[JointTable, ...], Field(max_length=100)] = ()
    """The kinematic tree."""
    parts: Annotated[tuple[PartTable, ...], Field(max_length=1000)] = ()
    """Meshes and shapes. Of several parts that are in the way, the first is named."""
    offsets: Annotated[tuple[OffsetTable, ...], Field(max_length=1000)] = ()
    """Corrections of where parts are."""
    beam: BeamTable | None = None
    arm: ArmTable | None = None
    isocentre: IsocentreTable | None = None
    accessories: Annotated[tuple[AccessoryTable, ...], Field(max_length=1000)] = ()
    sweep: Ranges = {}
    """Which poses of a machine are scanned where a scenario says nothing else: joints of the machine or the couch
    by name and unit, each with a range. Example:
    ``sweep = { gantry_deg = { start = -180, stop = 180, step = 2 } }``"""
    motion: dict[Name, MotionTable] = {}
    """How fast joints move, by the joint's name. Without it, ways take no known time."""
    delivery: DeliveryTable | None = None
    table_top: TableTopTable | None = None
    anchor: Name | None = None
    """Of a fixation device: what its y = 0 is put at, unless the scenario says another: a landmark or site of the
    patient, ``"table end"`` or ``"table"``. Example: ``kind = "fixation"``, ``anchor = "hips"``"""
    surfaces: Annotated[tuple[SurfaceTable, ...], Field(max_length=100)] = ()
    sites: tuple[PlaceTable, ...] = ()
    """Places of a patient that a scenario may bring to the isocentre, by name."""
    landmarks: tuple[PlaceTable, ...] = ()
    """Places of a patient at which fixation devices are put."""
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
        with hint_to("scenario", kind, "model"):
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
