"""Machine sets of SlicerRT's Room's Eye View: one JSON file that names STL files and their transforms.

SlicerRT reads an STL file as LPS, that is, it negates x and y, unless the file's header says ``SPACE=RAS``; then
it applies ``FileToRASTransformMatrix``. The result is in IEC 61217 fixed axes at gantry and couch 0.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, Field

from simulator.errors import SimulatorError, unknown
from simulator.geometry.transforms import is_rigid
from simulator.models.description import Kind
from simulator.models.kinematics import Joint
from simulator.models.library import find_model
from simulator.models.mesh import Mesh
from simulator.models.mesh_files import read_mesh
from simulator.models.model import Part
from simulator.scenario.schema import FileName, Finite, Millimetres, Table, read_text, validated
from simulator.scenario.schema import Name as Text

NOTE = "Imported from a SlicerRT machine set; not vendor-validated. Research software: no clinical clearance."

CARRIERS: dict[str, tuple[str, str]] = {
    "Collimator": ("collimator", "collimator"),
    "ApplicatorHolder": ("collimator", "collimator"),
    "ElectronApplicator": ("collimator", "collimator"),
    "Gantry": ("gantry", "gantry"),
    "ImagingPanelLeft": ("gantry", "imagers"),
    "ImagingPanelRight": ("gantry", "imagers"),
    "FlatPanel": ("gantry", "imagers"),
    "Body": ("fixed", "stand"),
    "PatientSupport": ("table_vertical", "couch"),
    "TableTop": ("table_roll", "couch"),
}
"""Part type: joint and group. The support rides up with its top, which is never further from the machine."""

COUCH_JOINTS = (
    Joint("couch", "revolute", "fixed", (0.0, 0.0, 1.0)),
    Joint("table_vertical", "prismatic", "couch", (0.0, 0.0, 1.0)),
    Joint("table_longitudinal", "prismatic", "table_vertical", (0.0, 1.0, 0.0)),
    Joint("table_lateral", "prismatic", "table_longitudinal", (1.0, 0.0, 0.0)),
    Joint("table_pitch", "revolute", "table_lateral", (1.0, 0.0, 0.0)),
    Joint("table_roll", "revolute", "table_pitch", (0.0, 1.0, 0.0)),
)
MACHINE_JOINTS = (
    Joint("gantry", "revolute", "fixed", (0.0, 1.0, 0.0)),
    Joint("collimator", "revolute", "gantry", (0.0, 0.0, 1.0)),
)
T_RAS_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""What SlicerRT does to a file on reading it, unless its header says RAS."""
Row = tuple[Finite, Finite, Finite, Millimetres]


class _Part(Table):
    model_config = ConfigDict(extra="ignore", frozen=True)
    Type: Text
    Name: Text
    FilePath: FileName
    FileToRASTransformMatrix: tuple[Row, Row, Row, Row]
    Color: tuple[Finite, Finite, Finite] = (180, 180, 180)
    State: Literal["Active", "Passive", "Disabled"] = "Active"


class _MachineSet(Table):
    model_config = ConfigDict(extra="ignore", frozen=True)
    TreatmentMachineName: Text
    Part: Annotated[tuple[_Part, ...], Field(min_length=1, max_length=1000)]


@dataclass(frozen=True, eq=False)
class MachineSet:
    """The parts of a machine set, divided between machine and couch."""

    name: str
    title: str
    machine_parts: tuple[Part, ...]
    couch_parts: tuple[Part, ...]
    source: str
    note: str = NOTE
    machine_joints: tuple[Joint, ...] = MACHINE_JOINTS
    couch_joints: tuple[Joint, ...] = COUCH_JOINTS
    machine_may_touch: tuple[tuple[str, str], ...] = (("gantry", "stand"), ("collimator", "gantry"))
    couch_may_touch: tuple[tuple[str, str], ...] = (("couch", "couch"),)

    def table_tops(self) -> list[Mesh]:
        """Return the meshes that the patient lies on."""
        tops = [part.mesh for part in self.couch_parts if part.joint == "table_roll"]
        if not tops:
            raise SimulatorError(f"{self.source}: must have a part of type TableTop to serve as a couch, has none")
        return tops


def read_machine_set(name: str, kind: Kind, beside: Path | None, options: dict[str, str]) -> MachineSet:
    """Return a machine set with its meshes in IEC 61217 fixed axes.

    Parameters
    ----------
    name : str
        Path or file name of the JSON file; see :func:`simulator.models.library.find_model`.
    kind : {"machine", "couch"}
        What is asked for, for messages.
    beside : Path, optional
        Folder that relative paths start from.
    options : dict
        Must be empty: a machine set has no options.

    Raises
    ------
    SimulatorError
        If the file or a mesh is unsound, a part's type is unknown, or a transform is missing or not rigid. One with
        determinant -1 is named for what it is: a mirrored machine.
    """
    path = find_model(name, kind, beside)
    if options:
        raise unknown(f"{path}: option", next(iter(options)), [])
    description = _described(path)
    parts = [_imported(part, path) for part in description.Part if part.State != "Disabled"]
    couch_joints = {joint.name for joint in COUCH_JOINTS}
    return MachineSet(
        name=path.stem,
        title=description.TreatmentMachineName,
        machine_parts=tuple(part for part in parts if part.joint not in couch_joints),
        couch_parts=tuple(part for part in parts if part.joint in couch_joints),
        source=str(path),
    )


def files_of_machine_set(path: Path) -> list[Path]:
    """Return the mesh files that the JSON file of a machine set names.

    Raises
    ------
    SimulatorError
        If it is none.
    """
    return [path.parent / part.FilePath for part in _described(path).Part]


def _described(path: Path) -> _MachineSet:
    """Return what the JSON file of a machine set says."""
    try:
        data = json.loads(read_text(path, "JSON"), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise SimulatorError(f"{path}: must be JSON: {error}") from None
    if not isinstance(data, dict):
        raise SimulatorError(f"{path}: must be a JSON object, the machine set of SlicerRT's Room's Eye View")
    return validated(data, _MachineSet, str(path))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice in an object: one of its values would be lost."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"each key must stand once in an object, {key!r} stands there twice")
        found[key] = value
    return found


def _imported(part: _Part, path: Path) -> Part:
    """Load one STL file and bring it into IEC fixed axes."""
    if part.Type not in CARRIERS:
        raise unknown(f"{path}: type of part {part.Name!r}", part.Type, CARRIERS)
    T_iec_ras = np.array(part.FileToRASTransformMatrix, dtype=float)
    if not is_rigid(T_iec_ras, 1e-6):
        determinant = float(np.linalg.det(T_iec_ras[:3, :3]))
        what = "a mirror image" if determinant < 0 else "a scaling, a shear or no transform"
        raise SimulatorError(
            f"{path}: part {part.Name!r}: FileToRASTransformMatrix must be a rotation and a shift "
            f"(determinant +1), was {what} (determinant {determinant:g})"
        )
    file = path.parent / part.FilePath
    mesh, report = read_mesh(file, "mm")
    T_iec_file = T_iec_ras @ (np.eye(4) if report.space == "RAS" else T_RAS_LPS)
    joint, group = CARRIERS[part.Type]
    red, green, blue = (int(np.clip(round(channel), 0, 255)) for channel in part.Color)
    placed = mesh.mapped(T_iec_file[:3, :3], T_iec_file[:3, 3])
    return Part(part.Name, placed, joint, group, f"#{red:02x}{green:02x}{blue:02x}", report=report)
