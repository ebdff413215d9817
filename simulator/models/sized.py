"""Phantoms of a size: their parts and sites scaled with height and mass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError, unknown
from simulator.models.bend import Bend
from simulator.models.description import FILE_NAME
from simulator.models.model import Model, Part, load_model
from simulator.models.model_tables import SizeTable
from simulator.scenario.hints import hints

HEIGHTS_CM = (50.0, 250.0)
MASSES_KG = (3.0, 400.0)
MASS_INDEX = (8.0, 120.0)
"""Body mass index in kg/m² that is believed: beyond, one of the two numbers is a typing error."""


@dataclass(frozen=True, eq=False)
class Sized:
    """A phantom, with its sites and landmarks in DICOM patient axes, mm, and where it bends."""

    model: Model
    sites: dict[str, tuple[float, float, float]]
    landmarks: dict[str, tuple[float, float, float]]
    bend: Bend | None


@hints("model", "scenario")
def load_sized(
    name: str, options: dict[str, str], beside: Path | None, *, height_cm: float | None, mass_kg: float | None
) -> Sized:
    """Return a phantom of the library, or of a folder, of a size; see `simulator.models.patient.Patient.load`."""
    loaded = load_model(name, "patient", options, beside)
    origin = str(loaded.folder / FILE_NAME)
    scale = _scale(loaded.description.reference_size, height_cm, mass_kg, origin)
    sites = {site.name: _scaled(site.position_mm, scale) for site in loaded.description.sites}
    landmarks = {place.name: _scaled(place.position_mm, scale) for place in loaded.description.landmarks}
    reference = {site.name: site.position_mm for site in loaded.description.sites}
    parts = tuple(_placed(part, scale, sites, reference, origin) for part in loaded.model.parts)
    table = loaded.description.bend
    bend = None if table is None else Bend(table.landmark, landmarks[table.landmark], table.parts)
    return Sized(replace(loaded.model, parts=parts), sites, landmarks, bend)


def _scale(
    reference: SizeTable | None, height_cm: float | None, mass_kg: float | None, origin: str
) -> NDArray[np.float64]:
    """Return the scale of x, y and z: z with height; x and y so that mass goes with volume."""
    if height_cm is None and mass_kg is None:
        return np.ones(3)
    if reference is None:
        raise SimulatorError(f"{origin}: height_cm and mass_kg must be left out: the model has no [reference_size]")
    height_cm = reference.height_cm if height_cm is None else height_cm
    mass_kg = reference.mass_kg if mass_kg is None else mass_kg
    for name, value, (low, high) in (
        ("height_cm", height_cm, HEIGHTS_CM),
        ("mass_kg", mass_kg, MASSES_KG),
    ):
        if not low <= value <= high:
            raise SimulatorError(f"patient.{name}: must be {low:g} to {high:g}, was {value:g}")
    mass_index = mass_kg / (height_cm / 100) ** 2
    if not MASS_INDEX[0] <= mass_index <= MASS_INDEX[1]:
        raise SimulatorError(
            f"patient.height_cm and mass_kg: must go together (body mass index {MASS_INDEX[0]:g} to "
            f"{MASS_INDEX[1]:g} kg/m²), were {height_cm:g} and {mass_kg:g} (index {mass_index:.1f})"
        )
    length = height_cm / reference.height_cm
    breadth = float(np.sqrt(mass_kg / reference.mass_kg / length))
    return np.array([breadth, breadth, length])


def _scaled(position_mm: tuple[float, float, float], scale: NDArray[np.float64]) -> tuple[float, float, float]:
    x, y, z = (float(value) for value in np.asarray(position_mm) * scale)
    return (x, y, z)


def _placed(
    part: Part,
    scale: NDArray[np.float64],
    sites: dict[str, tuple[float, float, float]],
    reference: dict[str, tuple[float, float, float]],
    origin: str,
) -> Part:
    """Scale a part with the patient, or move a rigid one to its site."""
    if part.anchor is None:
        return replace(part, mesh=part.mesh.mapped(np.diag(scale)))
    if part.anchor not in reference:
        raise unknown(f"{origin}: part {part.name!r}: anchor", part.anchor, reference)
    return replace(part, mesh=part.mesh.mapped(np.eye(3), sites[part.anchor]))
