"""Mesh files of users and of the library, read and checked before anything is built on them."""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from simulator.errors import SimulatorError, unknown
from simulator.models.importers import FORMATS as READERS
from simulator.models.importers import Surface, UnreadableError, surface_of
from simulator.models.mesh import Mesh
from simulator.schema import LARGEST_MM

if TYPE_CHECKING:
    from trimesh import Trimesh

logging.getLogger("trimesh").addHandler(logging.NullHandler())  # what matters is raised, not printed

Units = Literal["mm", "cm", "m", "in"]
MILLIMETRES: dict[str, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
FORMATS = tuple(READERS)
PLAUSIBLE_MM = (5.0, 20_000.0)
"""Largest extent of a part in a treatment room: from a small marker to a floor."""
LARGEST_SAG_MM = 1.0
"""How far corners of a polygon may be from a plane: programs differ in the surface by as much."""
LARGEST_FILE_BYTES = 1_000_000_000
UNITS_OF_3MF: dict[str | None, str] = {
    "millimeter": "mm",
    "centimeter": "cm",
    "meter": "m",
    "inch": "in",
}


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
    other_unit : str, optional
        The unit that the file itself names, where that is another than the one given.
    space : {"RAS", "LPS"}, optional
        The patient axes that the file itself names.
    other_axes : str, optional
        The axes that it was taken for all the same.
    """

    source: str
    triangles: int
    bodies: int
    is_watertight: bool
    is_wound_consistently: bool
    repairs: tuple[str, ...] = ()
    other_unit: str | None = None
    space: str | None = None
    other_axes: str | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Plain warnings for the owner of the file."""
        found = []
        if not self.is_watertight:
            found.append(f"{self.source}: not watertight: containment cannot be tested for this part, only guessed")
        elif not self.is_wound_consistently:
            found.append(
                f"{self.source}: triangles are wound inconsistently: "
                "containment cannot be tested for this part, only guessed"
            )
        if self.other_unit is not None:
            found.append(f"{self.source}: the file says {self.other_unit}; the unit that was given is used instead")
        if self.other_axes is not None:
            found.append(
                f"{self.source}: the file says patient axes, SPACE={self.space}; {self.other_axes} are assumed"
            )
        return tuple(found)


def read_mesh(path: Path, units: str, *, repair: bool = False, axes: str | None = None) -> tuple[Mesh, MeshReport]:
    """Return the mesh of a file in millimetres, with a report of what was found.

    Parameters
    ----------
    path : Path
        STL, OBJ, PLY, GLB or 3MF. All objects of a scene become one mesh, each where the scene's transforms put
        it. Axes stay those of the file: the y-up convention of GLB is not turned.
    units : {"mm", "cm", "m", "in"}
        What one unit of the file is: most formats do not say. A 3MF file does, but exporters often leave its
        default; where it disagrees ``units`` holds, with a warning.
    repair : bool
        Close holes, drop degenerate triangles and turn the winding outwards.
    axes : str, optional
        The axes that the file is taken for, in words, where they are no patient axes: a file that names some is then
        warned of.

    Raises
    ------
    SimulatorError
        If the file cannot be read, is empty or cut short, holds coordinates that are not finite or indices out of
        range, or has a size or a place that is implausible for its unit.

    Warns
    -----
    MeshWarning
        If the surface is not closed, or the file names another unit or patient axes that are not taken.
    """
    if units not in MILLIMETRES:
        raise unknown(f"{path}: units", units, get_args(Units))
    raw, surface = _parsed(path, units)
    _require_sound_arrays(raw, path)
    _require_plausible(raw, path, units)
    mesh, repairs = _cleaned(raw, repair=repair)
    if not mesh.nondegenerate_faces().any():
        raise SimulatorError(f"{path}: must hold triangles with an area, has none")
    report = MeshReport(
        source=str(path),
        triangles=len(mesh.faces),
        bodies=int(mesh.body_count),
        is_watertight=bool(mesh.is_watertight),
        is_wound_consistently=bool(mesh.is_winding_consistent),
        repairs=repairs,
        other_unit=None if UNITS_OF_3MF.get(surface.unit) == units else surface.unit,
        space=surface.space,
        other_axes=None if surface.space is None else axes,
    )
    for text in report.warnings:
        warnings.warn(text, MeshWarning, stacklevel=3)
    vertices_mm = np.asarray(mesh.vertices, dtype=np.float64) * MILLIMETRES[units]
    faces = np.asarray(mesh.faces, dtype=np.int32)
    closed = report.is_watertight and report.is_wound_consistently
    return Mesh(vertices_mm, faces, closed), report


def _parsed(path: Path, units: str) -> tuple[Trimesh, Surface]:
    """Read the file as it is, unmerged, so that the checks see what it holds; and what the file says of itself."""
    import trimesh

    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise unknown(f"{path}: mesh format", path.suffix, FORMATS)
    try:
        surface = surface_of(_content(path), suffix)
    except UnreadableError as error:
        raise SimulatorError(f"{path}: cannot be read as {suffix[1:].upper()}: {error}") from None
    sag_mm = surface.sag * MILLIMETRES[units]
    if sag_mm > LARGEST_SAG_MM:
        raise SimulatorError(
            f"{path}: polygons must be flat within {LARGEST_SAG_MM:g} mm, corners of one are {sag_mm:.3g} mm apart "
            f"from a plane with units = {units!r}: export triangles"
        )
    return trimesh.Trimesh(surface.vertices, surface.faces, process=False), surface


def _content(path: Path) -> bytes:
    """Return what is in the file, if it is one of a size that can be."""
    try:
        if path.is_dir():
            raise SimulatorError(f"{path}: must be a mesh file ({', '.join(FORMATS)}), is a folder")
        size = path.stat().st_size
        if not 0 < size <= LARGEST_FILE_BYTES:
            raise SimulatorError(f"{path}: must be a mesh file of 1 byte to 1 GB, was {size} bytes")
        return path.read_bytes()
    except FileNotFoundError:
        raise SimulatorError(f"{path}: must be a mesh file ({', '.join(FORMATS)}): there is no such file") from None
    except (OSError, ValueError) as error:
        raise SimulatorError(f"{path}: cannot be read: {getattr(error, 'strerror', error)}") from None


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


def _require_plausible(mesh: Trimesh, path: Path, units: str) -> None:
    """Refuse what is too small, too large or too far away for a treatment room: a wrong unit or a damaged number."""
    farthest_mm = float(np.abs(mesh.vertices).max()) * MILLIMETRES[units]
    if farthest_mm > LARGEST_MM:
        raise SimulatorError(
            f"{path}: coordinates must be within {LARGEST_MM:g} mm, one was {farthest_mm:.6g} mm "
            f"with units = {units!r}; available units: {', '.join(get_args(Units))}"
        )
    extent_mm = float(np.ptp(mesh.vertices, axis=0).max()) * MILLIMETRES[units]
    if not PLAUSIBLE_MM[0] <= extent_mm <= PLAUSIBLE_MM[1]:
        raise SimulatorError(
            f"{path}: largest extent must be {PLAUSIBLE_MM[0]:g} to {PLAUSIBLE_MM[1]:g} mm, "
            f"was {extent_mm:.6g} mm with units = {units!r}; available units: {', '.join(get_args(Units))}"
        )


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
