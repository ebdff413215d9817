"""The lines of a ``model.toml`` that a program writes, and the mesh files beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from simulator.models.couch import Couch
from simulator.models.kinematics import Joint
from simulator.models.machine import Beam, Machine
from simulator.models.mesh import Mesh
from simulator.models.model import Model, Part


def quoted(text: str) -> str:
    """Return a text as TOML has it."""
    return json.dumps(text, ensure_ascii=False)


def array(values: Iterable[float]) -> str:
    """Return numbers as TOML has them."""
    return f"[{', '.join(repr(float(value)) for value in values)}]"


def table(head: str, fields: Mapping[str, str | None]) -> list[str]:
    """Return the lines of a table; fields of None are left out."""
    return ["", head, *(f"{name} = {value}" for name, value in fields.items() if value is not None)]


def part_lines(part: Part, file: str, when: Mapping[str, str], source: str | None) -> list[str]:
    """Return the table of a part with a mesh file in mm."""
    chosen = ", ".join(f"{quoted(option)} = {quoted(choice)}" for option, choice in when.items())
    return table(
        "[[parts]]",
        {
            "name": quoted(part.name),
            "mesh": quoted(file),
            "units": quoted("mm"),
            "joint": quoted(part.joint),
            "group": quoted(part.group),
            "colour": quoted(part.colour),
            "when": f"{{ {chosen} }}" if when else None,
            "source": quoted(source) if source else None,
        },
    )


def whole_lines(model: Model) -> list[str]:
    """Return what a model without a description is besides its parts: joints, excuses, beam or table top."""
    lines = [excuses_line(model)]
    for joint in model.joints:
        lines += _joint_lines(joint)
    return lines + purpose_lines(model)


def excuses_line(model: Model) -> str:
    """Return which groups may touch, as far as the model has parts of them."""
    groups = {part.group for part in model.parts}
    excused = [pair for pair in model.may_touch if all(":" in name or name in groups for name in pair)]
    pairs = ", ".join(f"[{quoted(a)}, {quoted(b)}]" for a, b in excused)
    return f"may_touch = [{pairs}]"


def purpose_lines(model: Model) -> list[str]:
    """Return what a model is there for: a machine's beam, and the arm that carries it; a couch's table top."""
    lines: list[str] = []
    if isinstance(model, Machine):
        arm = model.arm
        beam = model.beam if arm is None else Beam(arm.tool, arm.source_mm, arm.direction)
        fields = {
            "joint": quoted(beam.joint),
            "source_mm": array(beam.source_mm),
            "direction": array(beam.direction),
        }
        lines += table("[beam]", fields)
        if arm is not None:
            names = f"[{', '.join(map(quoted, arm.joints))}]"
            source = quoted(f"D: as of {model.name}")
            lines += table("[arm]", {"joints": names, "distances_mm": array(arm.distances_mm), "source": source})
    if isinstance(model, Couch):
        top = {
            "joint": quoted(model.table_top.joint),
            "surface_z_mm": repr(float(model.table_top.surface_z_mm)),
            "head_end_y_mm": repr(float(model.table_top.head_end_y_mm)),
        }
        lines += table("[table_top]", top)
    return lines


def write_mesh(mesh: Mesh, folder: Path, name: str) -> str:
    """Write the mesh of a part as PLY, and return the name of the file."""
    import trimesh

    file = f"{re.sub('[^0-9a-z]+', '_', name.lower()).strip('_') or 'part'}.ply"
    for number in range(2, len(list(folder.iterdir())) + 3):
        if not (folder / file).exists():
            break
        file = f"{file.removesuffix('.ply').rstrip('0123456789_')}_{number}.ply"
    content = trimesh.Trimesh(mesh.vertices_mm, mesh.faces, process=False).export(file_type="ply")
    (folder / file).write_bytes(content)
    return file


def _joint_lines(joint: Joint) -> list[str]:
    return table(
        "[[joints]]",
        {
            "name": quoted(joint.name),
            "type": quoted(joint.type),
            "parent": quoted(joint.parent),
            "axis": array(joint.axis),
            "origin_mm": array(joint.origin_mm),
            "limits": None if joint.limits is None else array(joint.limits),
            "rest": None if joint.rest is None else repr(float(joint.rest)),
            "mimic": None if joint.mimic is None else quoted(joint.mimic),
            "multiplier": None if joint.mimic is None else repr(float(joint.multiplier)),
        },
    )
