"""Patients and phantoms: parts and named sites in DICOM patient axes, scaled with height and mass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError, unknown
from simulator.geometry.positions import Position
from simulator.models.description import FILE_NAME, SizeTable
from simulator.models.mesh_files import read_mesh
from simulator.models.model import Model, Part, load_model
from simulator.models.scan import Scan

HEIGHTS_CM = (50.0, 250.0)
MASSES_KG = (3.0, 400.0)
MASS_INDEX = (8.0, 120.0)
"""Body mass index in kg/m² that is believed: beyond, one of the two numbers is a typing error."""
MESH_AXES = {"dicom": np.diag([1.0, 1.0, 1.0]), "ras": np.diag([-1.0, -1.0, 1.0])}
"""Axes that a patient's mesh file may be in, as maps to DICOM patient axes (LPS)."""


@dataclass(frozen=True, eq=False, repr=False)
class Patient(Model):
    """A patient or a phantom, in DICOM patient axes: x to the left, y to the back, z to the head."""

    sites: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    scan: Scan | None = None

    @classmethod
    def load(
        cls,
        name: str,
        /,
        *,
        height_cm: float | None = None,
        mass_kg: float | None = None,
        beside: Path | None = None,
        **options: str,
    ) -> Patient:
        """Return a patient of the library or of a folder.

        Parameters
        ----------
        name : str
            A name of ``simulator list`` or a folder with a ``model.toml``.
        height_cm, mass_kg : float, optional
            Size; lengths scale with height, breadths and depths so that the volume follows the mass. Parts that
            are anchored at a site (a head frame) keep their size and move with the site.
        beside : Path, optional
            Folder that relative paths start from.
        **options : str
            Choices of the model, such as ``arms="up"``.

        Raises
        ------
        SimulatorError
            If the model or an option is unknown, or the size is implausible or cannot be changed.
        """
        loaded = load_model(name, "patient", options, beside)
        origin = str(loaded.folder / FILE_NAME)
        scale = _scale(loaded.description.reference_size, height_cm, mass_kg, origin)
        sites = {site.name: _scaled(site.position_mm, scale) for site in loaded.description.sites}
        reference = {site.name: site.position_mm for site in loaded.description.sites}
        parts = tuple(_placed(part, scale, sites, reference, origin) for part in loaded.model.parts)
        return cls(**{**vars(loaded.model), "parts": parts}, sites=sites)

    @classmethod
    def from_mesh(
        cls,
        path: str | Path,
        units: str,
        *,
        axes: Literal["dicom", "ras"] | None = None,
        repair: bool = False,
        beside: Path | None = None,
    ) -> Patient:
        """Return a patient made of one mesh file.

        Parameters
        ----------
        path : str or Path
            Mesh file.
        units : {"mm", "cm", "m", "in"}
            Unit of the file.
        axes : {"dicom", "ras"}, optional
            Axes of the file: DICOM patient axes (LPS), or right-anterior-superior ones. Where the file names its axes
            (``SPACE=RAS``, as 3D Slicer writes), those; else DICOM.
        repair : bool
            Mend the mesh as :func:`simulator.models.mesh_files.read_mesh` says.
        beside : Path, optional
            Folder that relative paths start from.

        Raises
        ------
        SimulatorError
            If the mesh is unsound, or in other axes by its own word than by ``axes``.
        """
        if axes is not None and axes not in MESH_AXES:
            raise unknown("patient.axes", axes, MESH_AXES)
        file = (beside or Path()) / path
        mesh, report = read_mesh(file, units, repair=repair)
        stated = {"LPS": "dicom", "RAS": "ras"}.get(report.space or "")
        if axes is not None and stated is not None and axes != stated:
            raise SimulatorError(
                f"{file}: patient.axes must be {stated!r}, as the file says SPACE={report.space}, was {axes!r}"
            )
        part = Part(
            "patient", mesh.mapped(MESH_AXES[axes or stated or "dicom"]), "fixed", "patient", "#e0b090", report=report
        )
        return cls(name=file.stem, title=file.name, note="A user's own mesh.", parts=(part,))

    @classmethod
    def from_dicom(
        cls,
        path: str | Path,
        *,
        external: str | None = None,
        parts: str | Sequence[str] = (),
        drop: str | Sequence[str] = (),
        complete: str | None = None,
        arms: str = "down",
        height_cm: float | None = None,
        mass_kg: float | None = None,
        position: Position = "HFS",
        ct: str | Path | None = None,
        beside: Path | None = None,
    ) -> Patient:
        """Return the patient of a DICOM RT structure set.

        Every surface holds all contours of its ROI. The body is the ROI of type EXTERNAL; BOLUS is part of the
        patient; SUPPORT and FIXATION ride on the table. Sites are the centroids of all ROIs, and points.

        Parameters
        ----------
        path : str or Path
            RT structure set.
        external : str, optional
            Name of the ROI that is the body, if its type does not say so or several may be meant.
        parts : str or sequence of str
            Names of ROIs that become parts of their own, so that a culprit is called by its name.
        drop : str or sequence of str
            What is left out: ``"below 25 mm2"`` (contours of the body that enclose less), ``"BODY at 12, -30, 45"``
            (the loose piece of that ROI nearest to a place in mm, within 20 mm).
        complete : str, optional
            Name of the phantom that stands for what the scan cut off, such as ``"adult"``.
        arms : {"down", "up"}
            Where its arms are.
        height_cm, mass_kg : float, optional
            Its size.
        position : str
            DICOM patient position.
        ct : str or Path, optional
            Folder of the CT slices that it was drawn on.
        beside : Path, optional
            Folder that relative paths start from.

        Raises
        ------
        SimulatorError
            If the file is no structure set or damaged; if no ROI, or more than one, may be the body; if a name is
            unknown; if contours are not closed, flat and in parallel planes on at least two slices.
        """
        # Both make patients, so they know this module.
        from simulator.models.structures.cut_off import wanted_of
        from simulator.models.structures.patient import patient_of

        folder = beside or Path()
        return patient_of(
            folder / path,
            external=external,
            parts=parts,
            drop=drop,
            position=position,
            wanted=wanted_of(complete, arms, height_cm, mass_kg),
            ct=None if ct is None else folder / ct,
        )

    def site(self, name: str) -> tuple[float, float, float]:
        """Return the position of a site in mm, in DICOM patient axes."""
        if name not in self.sites:
            raise unknown(f"patient.site (of {self.name})", name, self.sites)
        return self.sites[name]


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
