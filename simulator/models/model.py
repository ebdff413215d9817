"""A loaded model: the parts that its options choose, their meshes in mm, and the joints that carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from simulator.errors import SimulatorError, unknown
from simulator.geometry.transforms import rpy
from simulator.models.description import Description, Kind, chosen_options
from simulator.models.generated import made_anew, read_made
from simulator.models.inheritance import Family, read_family
from simulator.models.kinematics import ROOT, Joint, KinematicTree
from simulator.models.library import find_model
from simulator.models.mesh import Mesh
from simulator.models.mesh_files import read_mesh
from simulator.models.mesh_report import MeshReport
from simulator.models.motion import Motion
from simulator.models.shape import mesh_of
from simulator.models.sources import unconfirmed
from simulator.models.tree_tables import JointTable, PartTable
from simulator.scenario.hints import hint_to, hints


@dataclass(frozen=True, eq=False)
class Part:
    """A mesh with a name, in the axes of the joint that carries it."""

    name: str
    mesh: Mesh
    joint: str
    group: str
    colour: str = "#b0b0b0"
    anchor: str | None = None
    report: MeshReport | None = None


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """What machines, couches, fixation devices and patients have in common.

    Attributes
    ----------
    name : str
        The folder's name.
    title, note : str
        What it is, and what it is not.
    parts : tuple of Part
        Those that the chosen options put there.
    joints : tuple of Joint
        Its kinematic tree; parents may be ``"fixed"``.
    options : dict
        Every option with its chosen value.
    may_touch : tuple of (str, str)
        Pairs of groups that are never checked against each other: the model's own, or those of another model as
        ``"machine:floor"``.
    motions : mapping of str to Motion
        How fast its joints move, by name, where that is known.
    unconfirmed : tuple of str
        Which of its numbers rest on general knowledge that nobody has confirmed; see `simulator.models.sources`.
    remarks : tuple of str
        What its user should know, beside what is known of its meshes.
    folder : Path, optional
        Of its description; None for what has none, and no options: a machine set, a mesh of a user's own.
    """

    name: str
    title: str
    note: str
    parts: tuple[Part, ...] = ()
    joints: tuple[Joint, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    may_touch: tuple[tuple[str, str], ...] = ()
    motions: Mapping[str, Motion] = field(default_factory=dict)
    unconfirmed: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    folder: Path | None = None

    def __post_init__(self) -> None:
        names = [part.name for part in self.parts]
        again = sorted({name for name in names if names.count(name) > 1})
        if again:
            raise SimulatorError(f"{self.name}: each part must have its own name, {', '.join(again)} is used again")

    def __repr__(self) -> str:
        chosen = "".join(f", {name}={value}" for name, value in self.options)
        return f"{type(self).__name__}({self.name!r}, {len(self.parts)} parts{chosen})"

    @property
    def repairs(self) -> tuple[str, ...]:
        """What was mended in the meshes, on request."""
        reports = [part.report for part in self.parts if part.report is not None]
        return tuple(f"{report.source}: {text}" for report in reports for text in report.repairs)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the model's owner should know."""
        of_meshes = [text for part in self.parts if part.report is not None for text in part.report.warnings]
        return (*of_meshes, *self.remarks)


@dataclass(frozen=True, eq=False)
class Loaded:
    """A description with its inheritance resolved, and the shared fields of a model made from it."""

    description: Description
    folder: Path
    model: Model


@hints("model", "scenario")
def load_model(name: str, kind: Kind, options: dict[str, str], beside: Path | None) -> Loaded:
    """Return a model of the library (or of a folder) with the parts that ``options`` choose.

    Raises
    ------
    SimulatorError
        For an unknown name, option or choice, a description or mesh that is unsound, or a joint that is missing.
    """
    folder = find_model(name, kind, beside)
    family = read_family(folder, kind)
    description, origin = family.description, family.levels[-1].origin
    with hint_to("scenario", kind, "options"), hints("model"):
        chosen = chosen_options(description.options, options, origin)
    made = made_anew(family)
    parts = tuple(
        _part(table, family, made, kind)
        for table in description.parts
        if all(chosen[option] == choice for option, choice in table.when.items())
    )
    joints = tuple(_joint(table) for table in description.joints)
    _require_joints(parts, joints, origin)
    model = Model(
        name=folder.name,
        title=description.title,
        note=description.note,
        parts=parts,
        joints=joints,
        options=tuple(chosen.items()),
        may_touch=description.may_touch,
        motions={joint: Motion(**table.model_dump()) for joint, table in description.motion.items()},
        unconfirmed=unconfirmed(description),
        folder=folder.resolve(),
    )
    return Loaded(description, folder, model)


def placed(mesh: Mesh, table: PartTable, description: Description) -> Mesh:
    """Return the mesh of a part where its table and a description's offsets have it, in the axes of its joint."""
    if table.model_fields_set & {"scale", "rpy_deg", "origin_mm"}:
        mesh = mesh.mapped(rpy(table.rpy_deg)[:3, :3] * table.scale, table.origin_mm)
    for offset in description.offsets:
        if offset.part == table.name:
            mesh = mesh.mapped(np.eye(3), offset.offset_mm)
    return mesh


def _part(table: PartTable, family: Family, made: dict[Path, bytes], kind: Kind) -> Part:
    mesh, report = _mesh(table, family, made, kind)
    mesh = placed(mesh, table, family.description)
    return Part(table.name, mesh, table.joint or ROOT, table.group, table.colour, table.anchor, report)


def _mesh(table: PartTable, family: Family, made: dict[Path, bytes], kind: Kind) -> tuple[Mesh, MeshReport | None]:
    """Return the mesh of a part in its own axes, and what was found in its file."""
    if table.shape is not None:
        return mesh_of(table.shape), None
    assert table.units is not None  # as the table was judged
    file = family.file(table)
    axes = {"patient": None, "fixation": "axes of the device, y to the head"}.get(kind, "the axes of its joint")
    if file in made:
        return read_made(file, made[file], table.units)
    mesh, report = read_mesh(file, table.units, repair=table.repair, axes=axes)
    if axes is None and report.space == "RAS":
        raise SimulatorError(
            f"{file}: meshes of a patient model must be in DICOM patient axes (LPS), the file says SPACE=RAS"
        )
    return mesh, report


def _joint(table: JointTable) -> Joint:
    turned = rpy(table.rpy_deg)[:3, :3]
    rows = None if not any(table.rpy_deg) else tuple(tuple(row) for row in turned.tolist())
    return Joint(**table.model_dump(exclude={"source", "rpy_deg"}), rotation_parent=rows)


def _require_joints(parts: tuple[Part, ...], joints: tuple[Joint, ...], origin: str) -> None:
    """Refuse parts on joints that the model does not have."""
    try:
        tree = KinematicTree(joints)
    except SimulatorError as error:
        raise SimulatorError(f"{origin}: {error}") from None
    for part in parts:
        if part.joint not in tree:
            raise unknown(f"{origin}: part {part.name!r}: joint", part.joint, (ROOT, *(j.name for j in joints)))
