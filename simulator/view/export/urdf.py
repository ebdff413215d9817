"""A machine, a couch or a whole room as URDF, for robotics programs; a model so that it loads again as it was."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from simulator.arguments import checked
from simulator.errors import warned
from simulator.maps.provenance import DISCLAIMER
from simulator.models.couch import Couch
from simulator.models.description import FILE_NAME
from simulator.models.kinematics import Joint
from simulator.models.machine import Machine
from simulator.models.model import Part
from simulator.models.model_file import excuses_line, purpose_lines, quoted, table
from simulator.models.urdf.written import in_si, urdf_files
from simulator.setup.setup import Setup
from simulator.whole_files import move_files, names_of, scratch_beside

LISTING = "urdf.json"


@checked
def write_urdf(what: Machine | Couch | Setup, folder: str | os.PathLike[str]) -> None:
    """Write a model or a room as URDF with meshes, whole or not at all: the same bytes for the same one.

    A model becomes ``machine.urdf`` or ``couch.urdf`` with the parts that its options chose, and a ``model.toml``
    with which it loads again. A room becomes ``room.urdf``, which holds everything in it; it is several models, so it
    does not load again. ``urdf.json`` lists the files, and says where joints stand if no pose says so, the table's
    among them: ``joint_values``, in metres and radians.

    Parameters
    ----------
    what : Machine, Couch or Setup
        What to write.
    folder : path
        Where to. Files that an earlier listing there names are replaced.

    Raises
    ------
    SimulatorError
        If it is something else, or the folder cannot be written to.

    Examples
    --------
    >>> import simulator as sim
    >>> from pathlib import Path
    >>> sim.write_urdf(sim.Machine.load("c_arm"), "my_machine")
    >>> sorted(path.name for path in Path("my_machine").iterdir())
    ['machine.urdf', 'meshes', 'model.toml', 'urdf.json']
    """
    if isinstance(what, Setup):
        files, joints, rest = _room(what)
    else:
        files, joints, rest = _model(what)
    values = {j.name: in_si(j, rest[j.name]) for j in joints if j.type != "fixed" and j.mimic is None}
    with scratch_beside(Path(folder)) as unfinished:
        for name, content in files.items():
            (unfinished / name).parent.mkdir(exist_ok=True)
            (unfinished / name).write_bytes(content)
        found = {"files": names_of(unfinished, LISTING), "units": "m, rad", "joint_values": values}
        (unfinished / LISTING).write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
        move_files(unfinished, Path(folder), LISTING)


Files = tuple[dict[str, bytes], tuple[Joint, ...], Mapping[str, float]]
"""Contents by path, the joints that were written, and where they stand."""


def _room(setup: Setup) -> Files:
    scene = setup.scene
    parts = [Part(body.name, body.mesh, body.joint, body.joint, body.colour) for body in scene.bodies]
    motions = {**setup.couch.motions, **setup.machine.motions}
    notes = [setup.title or setup.name, DISCLAIMER, *warned(setup.warnings)]
    rest = {joint.name: scene.rest.get(joint.name, 0.0) for joint in scene.tree.joints}
    return urdf_files("room", scene.tree.joints, parts, motions, notes), scene.tree.joints, rest


def _model(model: Machine | Couch) -> Files:
    kind = "machine" if isinstance(model, Machine) else "couch"
    arm = model.arm if isinstance(model, Machine) else None
    placing = () if arm is None else arm.aiming_joints
    joints = tuple(joint for joint in model.joints if joint not in placing)
    notes = [model.title, model.note, *warned((*model.warnings, *model.repairs))]
    files = urdf_files(kind, joints, model.parts, model.motions, notes)
    text = "\n".join([*_lines(model, kind, joints), ""])
    return files | {FILE_NAME: text.encode()}, joints, {joint.name: _rest(joint) for joint in joints}


def _rest(joint: Joint) -> float:
    """Return where a joint stands in a model: at its value of rest, or as near to 0 as it can."""
    low, high = joint.limits or (0.0, 0.0)
    return joint.rest if joint.rest is not None else min(max(low, 0.0), high)


def _lines(model: Machine | Couch, kind: str, joints: tuple[Joint, ...]) -> list[str]:
    """Return the ``model.toml`` that says what URDF has no word for."""
    groups: dict[str, list[str]] = {}
    for part in model.parts:
        groups.setdefault(part.group, []).append(part.name)
    lines = [f"kind = {quoted(kind)}", f"title = {quoted(model.title)}", f"note = {quoted(model.note)}"]
    lines += [
        f"unconfirmed = {_names(list(model.unconfirmed))}",
        excuses_line(model),
        "",
        "[urdf]",
        f"file = {quoted(f'{kind}.urdf')}",
    ]
    lines.append(f"order = {_names([part.name for part in model.parts])}")
    lines += table("[urdf.groups]", {quoted(group): _names(parts) for group, parts in groups.items()})
    rest = {quoted(joint.name): repr(float(joint.rest)) for joint in joints if joint.rest is not None}
    lines += table("[urdf.rest]", rest) if rest else []
    lines += purpose_lines(model)
    for name, motion in model.motions.items():
        fields = {"acceleration": repr(float(motion.acceleration)), "source": quoted(motion.source)}
        lines += table(f"[motion.{quoted(name)}]", fields)
    return lines + (_delivery_lines(model) if isinstance(model, Machine) else [])


def _delivery_lines(machine: Machine) -> list[str]:
    """Return how a machine is used: its isocentre, what is scanned, ways between beams, what its head holds."""
    lines: list[str] = []
    if machine.isocentre_radius_mm:
        lines += table("[isocentre]", {"radius_mm": repr(machine.isocentre_radius_mm)})
    lines += table("[sweep]", {quoted(name): _inline(one) for name, one in machine.sweep.ranges().items()})
    if machine.between is not None:
        home = _inline(dict(machine.between.home))
        fields = {"home": home, "moves": quoted(machine.between.moves), "source": quoted(machine.between.source)}
        lines += table("[delivery]", fields)
    for accessory in machine.accessories:
        if not accessory.options:  # others choose options, which the written model has no more
            said = accessory.model_dump(exclude_none=True, exclude={"options"})
            lines += table("[[accessories]]", {name: quoted(text) for name, text in said.items()})
    return lines


def _names(names: list[str]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def _inline(values: Mapping[str, object]) -> str:
    """Return an inline table of numbers and texts."""
    return f"{{ {', '.join(f'{quoted(name)} = {json.dumps(value)}' for name, value in values.items())} }}"
