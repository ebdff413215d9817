"""Mesh files of users and of the library, read and checked before anything is built on them."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import get_args

import numpy as np

from simulator.errors import SimulatorError, unknown
from simulator.models import importers
from simulator.models.importers import UnreadableError, soup_of
from simulator.models.merging import have_area, merged
from simulator.models.mesh import Mesh
from simulator.models.mesh_report import MeshReport, findings
from simulator.models.repair import repaired
from simulator.models.surfaces import Surface, without_needles
from simulator.scenario.schema import LARGEST_MM, Units

MILLIMETRES: dict[str, float] = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4}
FORMATS = tuple(importers.FORMATS)
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
        If a body of the surface is not closed, so that one box stands for all that are not; if one is wound inwards;
        or if the file names another unit, or patient axes that are not taken.
    """
    if units not in MILLIMETRES:
        raise unknown(f"{path}: units", units, get_args(Units))
    held = _parsed(path, units)
    _require_sound_arrays(held, path)
    _require_plausible(held, path, units)
    vertices, triangles = merged(held.vertices, held.faces)
    repairs: tuple[str, ...] = ()
    if repair:
        vertices, triangles, repairs = repaired(vertices, triangles)
    if not have_area(vertices, triangles).any():
        raise SimulatorError(f"{path}: must hold triangles with an area, has none")
    surface = Surface.of(vertices * MILLIMETRES[units], without_needles(triangles))
    report = MeshReport(
        source=str(path),
        triangles=len(triangles),
        bodies=surface.count,
        is_closed=bool(surface.is_closed.all()),
        findings=tuple(findings(surface)),
        repairs=repairs,
        other_unit=None if UNITS_OF_3MF.get(held.unit) == units else held.unit,
        space=held.space,
        other_axes=None if held.space is None else axes,
    )
    for text in report.warnings:
        warnings.warn(text, MeshWarning, stacklevel=3)
    return Mesh(*surface.without_open()), report


def _parsed(path: Path, units: str) -> importers.Soup:
    """Read the file as it is, unmerged, so that the checks see what it holds; and what the file says of itself."""
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise unknown(f"{path}: mesh format", path.suffix, FORMATS)
    try:
        held = soup_of(_content(path), suffix)
    except UnreadableError as error:
        raise SimulatorError(f"{path}: cannot be read as {suffix[1:].upper()}: {error}") from None
    sag_mm = held.sag * MILLIMETRES[units]
    if sag_mm > LARGEST_SAG_MM:
        raise SimulatorError(
            f"{path}: polygons must be flat within {LARGEST_SAG_MM:g} mm, corners of one are {sag_mm:.3g} mm apart "
            f"from a plane with units = {units!r}: export triangles"
        )
    return held


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


def _require_sound_arrays(held: importers.Soup, path: Path) -> None:
    """Refuse what FCL would accept in silence: no triangles, NaN, indices out of range."""
    vertices, faces = held.vertices, held.faces
    if len(vertices) == 0 or len(faces) == 0:
        raise SimulatorError(f"{path}: must hold triangles, has none")
    if not np.isfinite(vertices).all():
        bad = int(np.flatnonzero(~np.isfinite(vertices).all(axis=1))[0])
        raise SimulatorError(f"{path}: coordinates must be finite, vertex {bad} was {vertices[bad].tolist()}")
    if faces.min() < 0 or faces.max() >= len(vertices):
        worst = int(faces.min() if faces.min() < 0 else faces.max())
        raise SimulatorError(f"{path}: vertex indices must be 0 to {len(vertices) - 1}, one was {worst}")


def _require_plausible(held: importers.Soup, path: Path, units: str) -> None:
    """Refuse what is too small, too large or too far away for a treatment room: a wrong unit or a damaged number."""
    farthest_mm = float(np.abs(held.vertices).max()) * MILLIMETRES[units]
    if farthest_mm > LARGEST_MM:
        raise SimulatorError(
            f"{path}: coordinates must be within {LARGEST_MM:g} mm, one was {farthest_mm:.6g} mm "
            f"with units = {units!r}; available units: {', '.join(get_args(Units))}"
        )
    extent_mm = float(np.ptp(held.vertices, axis=0).max()) * MILLIMETRES[units]
    if not PLAUSIBLE_MM[0] <= extent_mm <= PLAUSIBLE_MM[1]:
        raise SimulatorError(
            f"{path}: largest extent must be {PLAUSIBLE_MM[0]:g} to {PLAUSIBLE_MM[1]:g} mm, "
            f"was {extent_mm:.6g} mm with units = {units!r}; available units: {', '.join(get_args(Units))}"
        )
