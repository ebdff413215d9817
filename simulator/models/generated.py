"""Meshes that follow the dimensions of a description: no mesh of other dimensions is used.

A mesh file that a generator wrote is stamped with the dimensions it was made with (``dimensions`` in its header).
Where those are not what the description says now, because a child changes one or somebody edited it, the generator
makes the mesh again, in memory. A file without a stamp is its owner's own: no dimension changes it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from simulator.errors import SimulatorError, unknown
from simulator.models.description import values
from simulator.models.inheritance import Family, Level
from simulator.models.mesh import Mesh
from simulator.models.mesh_files import read_mesh
from simulator.models.mesh_report import MeshReport
from simulator.models.stamps import stamp, stamp_of


def made_anew(family: Family) -> dict[Path, bytes]:
    """Return the content of every mesh file that would be another one with the dimensions of a family's last model.

    Raises
    ------
    SimulatorError
        If a generator cannot make them, or a dimension was changed and changes no mesh that is used.
    """
    final = values(family.description)
    used = family.files
    made: dict[Path, bytes] = {}
    effective: set[str] = set()
    for level in family.levels:
        dimensions = {name: final[name] for name in level.resolved.dimensions}
        own = [file for file in used if file.parent.resolve() == level.folder.resolve()]
        stale = [file for file in own if stamp_of(file) not in (None, stamp(dimensions))]
        if level.own.generator is None or not stale:
            continue
        meshes = _meshes(level, dimensions, stale)
        made |= {file: meshes[file.name] for file in stale}
        written = values(level.resolved)
        for name in (name for name, value in dimensions.items() if value != written[name]):
            others = _meshes(level, {**dimensions, name: written[name]}, stale)
            if any(surface_of(meshes[file.name]) != surface_of(others[file.name]) for file in stale):
                effective.add(name)
    _require_effect(family, effective)
    return made


def made_with(family: Family, dimensions: Mapping[str, float]) -> dict[Path, bytes]:
    """Return the content of every generated mesh file of a family as it is with other values of some dimensions.

    Files without a stamp are their owner's own and not among them, nor are those of a generator that
    takes none of the dimensions.

    Raises
    ------
    SimulatorError
        If there is no such dimension, or a generator cannot make them.
    """
    final = values(family.description)
    for name in dimensions:
        if name not in final:
            raise unknown(f"{family.levels[-1].origin}: dimension", name, final)
    used = family.files
    made: dict[Path, bytes] = {}
    for level in family.levels:
        own = [file for file in used if file.parent.resolve() == level.folder.resolve() and stamp_of(file)]
        taken = {name: dimensions.get(name, final[name]) for name in level.resolved.dimensions}
        if own and level.own.generator is not None and dimensions.keys() & taken.keys():
            meshes = _meshes(level, taken, own)
            made |= {file: meshes[file.name] for file in own}
    return made


def read_made(file: Path, content: bytes, units: str) -> tuple[Mesh, MeshReport]:
    """Return a mesh made anew, read and checked as if it stood in its file."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file.name
        copy.write_bytes(content)
        mesh, report = read_mesh(copy, units)
    return mesh, replace(report, source=f"{file} (made anew)")


def _meshes(level: Level, dimensions: Mapping[str, float], needed: Iterable[Path]) -> dict[str, bytes]:
    """Return the content of the mesh files that a model's generator makes of dimensions, by file name."""
    from simulator.models.solids.generate import meshes

    assert level.own.generator is not None
    made = meshes(level.own.generator, dimensions, level.origin, level.added)
    strange = [file.name for file in needed if file.name not in made]
    if strange:
        raise SimulatorError(
            f"{level.origin}: {', '.join(strange)}: was made with other dimensions than those of the description, "
            f"and generator {level.own.generator!r} does not make it; it makes {', '.join(made)}"
        )
    return made


def surface_of(content: bytes) -> bytes:
    """Return a mesh file without its header, which names all dimensions."""
    return content.partition(b"end_header")[2]


def _require_effect(family: Family, effective: set[str]) -> None:
    """Refuse a dimension that another model of the family wrote another value of, if no mesh is another for it."""
    final = values(family.description)
    for level in family.levels:
        idle = [
            name for name, value in values(level.resolved).items() if value != final[name] and name not in effective
        ]
        if idle:
            raise SimulatorError(
                f"{family.levels[-1].origin}: dimensions: nothing depends on {', '.join(idle)}: no mesh that is used "
                f"is made anew with another value than that of {level.folder.name}"
            )
