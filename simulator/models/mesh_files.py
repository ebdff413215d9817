"""Mesh files of users and of the library, read by trimesh and checked before anything is built on them."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from simulator.errors import SimulatorError, unknown
from simulator.models.mesh import Mesh

if TYPE_CHECKING:
    from trimesh import Trimesh

Units = Literal["mm", "cm", "m", "in"]
MILLIMETRES: dict[str, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
FORMATS = (".stl", ".obj", ".ply", ".glb", ".3mf")
PLAUSIBLE_MM = (5.0, 20_000.0)
"""Largest extent of a part in a treatment room: from a small marker to a floor."""
LARGEST_FILE_BYTES = 1_000_000_000


class MeshWarning(UserWarning):
    """Something about a mesh that its owner should know; the mesh is used all the same."""


@dataclass(frozen=True)
class MeshReport:
    """What was found in a mesh file and what was done about it.

    Attributes
    ----------
    source : str
        The file.
    triangles, bodies : int
        Number of triangles and of connected bodies.
    is_watertight, is_wound_consistently : bool
        Every edge has two triangles; neighbours agree on what is outside.
    repairs : tuple of str
        What was changed; empty unless repair was asked for.
    """

    source: str
    triangles: int
    bodies: int
    is_watertight: bool
    is_wound_consistently: bool
    repairs: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Plain warnings for the owner of the file."""
        found = []
        if not self.is_watertight:
            found.append(f"{self.source}: not watertight: containment cannot be tested for this part")
        elif not self.is_wound_consistently:
            found.append(
                f"{self.source}: triangles are wound inconsistently: containment cannot be tested for this part"
            )
        return tuple(found)


def read_mesh(path: Path, units: str, *, repair: bool = False) -> tuple[Mesh, MeshReport]:
    """Return the mesh of a file in millimetres, with a report of what was found.

    Parameters
    ----------
    path : Path
        STL, OBJ, PLY, GLB or 3MF; all objects of a scene become one mesh.
    units : {"mm", "cm", "m", "in"}
        What one unit of the file is: mesh formats do not say, or are not believed.
    repair : bool
        Merge, close holes, drop degenerate triangles and turn the winding outwards.

    Raises
    ------
    SimulatorError
        If the file cannot be read, is empty, holds coordinates that are not finite or indices out of range, or
        has a size that is implausible for its unit.

    Warns
    -----
    MeshWarning
        If the surface is not closed.
    """
    if units not in MILLIMETRES:
        raise unknown(f"{path}: units", units, get_args(Units))
    raw = _parsed(path)
    _require_sound_arrays(raw, path)
    mesh, repairs = _cleaned(raw, repair=repair)
    if len(mesh.faces) == 0:
        raise SimulatorError(f"{path}: must hold triangles with an area, has none")
    extent_mm = float(np.ptp(mesh.vertices, axis=0).max() * MILLIMETRES[units])
    if not PLAUSIBLE_MM[0] <= extent_mm <= PLAUSIBLE_MM[1]:
        raise SimulatorError(
            f"{path}: largest extent must be {PLAUSIBLE_MM[0]:g} to {PLAUSIBLE_MM[1]:g} mm, "
            f"was {extent_mm:.6g} mm with units = {units!r}; available units: {', '.join(get_args(Units))}"
        )
    report = MeshReport(
        source=str(path),
        triangles=len(mesh.faces),
        bodies=int(mesh.body_count),
        is_watertight=bool(mesh.is_watertight),
        is_wound_consistently=bool(mesh.is_winding_consistent),
        repairs=repairs,
    )
    for text in report.warnings:
        warnings.warn(text, MeshWarning, stacklevel=3)
    vertices_mm = np.asarray(mesh.vertices, dtype=np.float64) * MILLIMETRES[units]
    faces = np.asarray(mesh.faces, dtype=np.int32)
    closed = report.is_watertight and report.is_wound_consistently
    return Mesh(vertices_mm, faces, closed), report


def _parsed(path: Path) -> Trimesh:
    """Read the file as it is, unmerged, so that the checks see what it holds."""
    import trimesh

    if path.suffix.lower() not in FORMATS:
        raise unknown(f"{path}: mesh format", path.suffix, FORMATS)
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "there is no such file"
        raise SimulatorError(f"{path}: must be a mesh file ({', '.join(FORMATS)}): {what}")
    size = path.stat().st_size
    if not 0 < size <= LARGEST_FILE_BYTES:
        raise SimulatorError(f"{path}: must be a mesh file of 1 byte to 1 GB, was {size} bytes")
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            loaded = trimesh.load_scene(path, process=False).to_mesh()
    except Exception as error:  # the readers raise whatever their format makes them raise
        reason = str(error).strip() or type(error).__name__
        raise SimulatorError(f"{path}: cannot be read as {path.suffix[1:].upper()}: {reason[:200]}") from None
    return loaded


def _require_sound_arrays(mesh: Trimesh, path: Path) -> None:
    """Refuse what FCL would accept in silence: no triangles, NaN, indices out of range."""
    vertices, faces = np.asarray(mesh.vertices), np.asarray(mesh.faces)
    if len(vertices) == 0 or len(faces) == 0:
        raise SimulatorError(f"{path}: must hold triangles, has none")
    if not np.isfinite(vertices).all():
        bad = int(np.flatnonzero(~np.isfinite(vertices).all(axis=1))[0])
        raise SimulatorError(f"{path}: coordinates must be finite, vertex {bad} was {vertices[bad].tolist()}")
    if faces.min() < 0 or faces.max() >= len(vertices):
        worst = int(faces.min() if faces.min() < 0 else faces.max())
        raise SimulatorError(f"{path}: vertex indices must be 0 to {len(vertices) - 1}, one was {worst}")


def _cleaned(raw: Trimesh, *, repair: bool) -> tuple[Trimesh, tuple[str, ...]]:
    """Merge equal vertices (STL repeats them); mend more only on request, and say what was mended."""
    import trimesh

    mesh = trimesh.Trimesh(raw.vertices, raw.faces, process=True)
    mesh.remove_unreferenced_vertices()
    if not repair:
        return mesh, ()
    repairs = []
    degenerate = ~mesh.nondegenerate_faces()
    if degenerate.any():
        mesh.update_faces(~degenerate)
        repairs.append(f"{int(degenerate.sum())} degenerate triangles dropped")
    if not mesh.is_watertight:
        before = len(mesh.faces)
        trimesh.repair.fill_holes(mesh)
        state = "closed" if mesh.is_watertight else "still open"
        repairs.append(f"{len(mesh.faces) - before} triangles added to holes, {state}")
    if not mesh.is_winding_consistent or (mesh.is_watertight and mesh.volume < 0):
        trimesh.repair.fix_normals(mesh, multibody=True)
        repairs.append("winding turned outwards")
    return mesh, tuple(repairs)
