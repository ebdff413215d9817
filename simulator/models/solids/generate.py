"""Make the meshes of a model from its description: ``python -m simulator.models.solids.generate [FOLDER...]``.

Without folders, those of every shipped model that has a generator. The same description gives the same bytes:
vertices are rounded to 1/256 mm, which a float32 holds exactly up to 65 m, and vertices and triangles are sorted.
Rounding moves a vertex by 0.004 mm at most, and dropping finer detail before it a face by 0.01 mm: far less than any
dimension is known to.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.models.description import FILE_NAME, read_description, values
from simulator.models.inheritance import read_family
from simulator.models.library import shipped
from simulator.models.solids.primitives import Dimensions, Solid, Solids
from simulator.models.stamps import stamp

STEPS_PER_MM = 256
SIMPLIFIED_MM = 0.01  # surface detail below this, left by boolean operations, is taken out

_HEADER = """ply
format binary_little_endian 1.0
comment Generated from {file}; millimetres. Representative, not vendor-validated.
comment dimensions {stamp}
element vertex {vertices}
property float x
property float y
property float z
element face {faces}
property list uchar int vertex_indices
end_header
"""
_FACE = np.dtype([("corners", "u1"), ("vertices", "<i4", 3)])


def generator(name: str) -> Callable[[Dimensions], Solids]:
    """Return the generator that a description names as ``module`` (its ``build``) or ``module.function``.

    Raises
    ------
    SimulatorError
        If there is none of that name.
    """
    module, _, function = name.partition(".")
    try:
        made: Callable[[Dimensions], Solids] = getattr(import_module(f"{__package__}.{module}"), function or "build")
    except (ImportError, AttributeError, ValueError):
        raise SimulatorError(f"generator: there is none of the name {name!r}") from None
    return made


class _Noted(dict[str, float]):
    """Dimensions that note which of them were read."""

    def __init__(self, dimensions: Dimensions) -> None:
        super().__init__(dimensions)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


def generated_files(folder: Path) -> dict[str, bytes]:
    """Return the content of every mesh file that a model's generator makes, by file name.

    Raises
    ------
    SimulatorError
        If the description has no generator, or the generator makes other files than its parts name.
    """
    level = read_family(folder).levels[-1]
    if level.own.generator is None:
        raise SimulatorError(f"{level.origin}: generator is needed to make meshes; there is none")
    files = meshes(level.own.generator, values(level.resolved), level.origin, level.added)
    named = {part.mesh for part in level.own.parts if part.mesh is not None}
    if named != set(files):
        raise SimulatorError(
            f"{level.origin}: parts must name the meshes that {level.own.generator} makes "
            f"({', '.join(sorted(files))}), were {', '.join(sorted(named))}"
        )
    return files


def meshes(name: str, dimensions: Dimensions, origin: str, needed: Iterable[str] = ()) -> dict[str, bytes]:
    """Return the content of every mesh file that a generator makes of dimensions, stamped with them, by file name.

    Parameters
    ----------
    name : str
        The generator's, as in a description.
    dimensions : mapping
        Their values in mm.
    origin : str
        Where they stand, for messages.
    needed : iterable of str
        Dimensions that something must depend on.

    Raises
    ------
    SimulatorError
        If there is no such generator, it makes no sound solids of them, or it does not read one of ``needed``.
    """
    noted = _Noted(dimensions)
    try:
        solids = generator(name)(noted)
        rounded = {f"{stem}.ply": rounded_mesh(solid) for stem, solid in sorted(solids.items())}
    except SimulatorError as error:
        raise SimulatorError(f"{origin}: {error}") from None
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise SimulatorError(
            f"{origin}: dimensions: generator {name!r} makes no sound solids of them: {error}"
        ) from None
    idle = sorted(set(needed) - noted.read)
    if idle:
        raise SimulatorError(
            f"{origin}: dimensions: nothing depends on {', '.join(idle)}: generator {name!r} does not read it"
        )
    return {file: ply(*mesh, stamp(dimensions)) for file, mesh in rounded.items()}


def rounded_mesh(solid: Solid) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return the vertices (n, 3) in mm, on the grid, and the triangles (m, 3) of a solid, sorted.

    Raises
    ------
    ValueError
        If there is no solid, or it would lose its sound surface by rounding: then the generator is wrong.
    """
    solid = solid.as_original().simplify(SIMPLIFIED_MM)
    if solid.is_empty():
        raise ValueError(f"not a solid: {solid.status()}")
    mesh = solid.to_mesh64()
    points = np.round(np.asarray(mesh.vert_properties)[:, :3] * STEPS_PER_MM) / STEPS_PER_MM + 0.0
    vertices, index = np.unique(points, axis=0, return_inverse=True)
    if len(vertices) < len(points):
        raise ValueError("two vertices fall together when rounded: detail is finer than the grid")
    triangles = index.reshape(-1)[np.asarray(mesh.tri_verts)]
    # Each triangle starts with its first vertex and keeps its direction around the outward normal.
    first = triangles.argmin(axis=1)[:, None]
    triangles = np.take_along_axis(triangles, (first + np.arange(3)) % 3, axis=1)
    triangles = triangles[np.lexsort(triangles.T[::-1])]
    return vertices.astype(np.float32), triangles.astype(np.int32)


def ply(vertices: NDArray[np.float32], triangles: NDArray[np.int32], stamp: str) -> bytes:
    """Return a binary PLY file with the stamp of the dimensions that it was made with."""
    header = _HEADER.format(file=FILE_NAME, stamp=stamp, vertices=len(vertices), faces=len(triangles))
    faces = np.empty(len(triangles), dtype=_FACE)
    faces["corners"] = 3
    faces["vertices"] = triangles
    return header.encode("ascii") + vertices.astype("<f4").tobytes() + faces.tobytes()


def main(folders: list[str]) -> None:
    """Write the meshes of the given model folders, or of every shipped model that has a generator."""
    chosen = [Path(folder) for folder in folders] or [
        path.parent
        for path in sorted(shipped("meshes").glob(f"*/{FILE_NAME}"))
        if read_description(path.parent).generator is not None
    ]
    for folder in chosen:
        for name, content in generated_files(folder).items():
            (folder / name).write_bytes(content)
            sys.stdout.write(f"{folder / name}: {len(content)} bytes\n")


if __name__ == "__main__":
    main(sys.argv[1:])
