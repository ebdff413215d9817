"""Patients and phantoms: parts and named sites in DICOM patient axes, scaled with height and mass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import numpy as np

from simulator.arguments import checked
from simulator.errors import SimulatorError, unknown
from simulator.geometry.positions import Position
from simulator.models.bend import Bend
from simulator.models.mesh_files import read_mesh
from simulator.models.model import Model, Part
from simulator.models.scan import Scan
from simulator.models.sized import load_sized
from simulator.scenario.hints import hints
from simulator.scenario.schema import STEEPEST_DEG

MESH_AXES = {"dicom": np.diag([1.0, 1.0, 1.0]), "ras": np.diag([-1.0, -1.0, 1.0])}
"""Axes that a patient's mesh file may be in, as maps to DICOM patient axes (LPS)."""


@dataclass(frozen=True, eq=False, repr=False)
class Patient(Model):
    """A patient or a phantom, in DICOM patient axes: x to the left, y to the back, z to the head.

    Beside these it has what every model has: name, title, note, parts, joints, options, may_touch, motions,
    unconfirmed, remarks and folder; see `simulator.models.model.Model`.

    Attributes
    ----------
    sites : dict of str to tuple of float
        Places that may be isocentres, by name, mm.
    landmarks : dict of str to tuple of float
        Places that fixation devices are put at, by name, mm.
    bend : Bend, optional
        What an inclined board raises, and about which axis.
    scan : Scan, optional
        What is known of a patient from a structure set: where the scan ends, and what was assumed beyond.

    Examples
    --------
    >>> import simulator as sim
    >>> patient = sim.Patient.load("adult", arms="up", height_cm=165, mass_kg=80)
    >>> patient
    Patient('adult', 4 parts, arms=up, fixation=none)
    >>> [round(value) for value in patient.site("liver")]
    [-81, -135, -562]
    """

    sites: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    landmarks: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    bend: Bend | None = None
    scan: Scan | None = None

    @classmethod
    @checked
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

        Returns
        -------
        Patient
            With the parts that the options choose.

        Raises
        ------
        SimulatorError
            If the model or an option is unknown, or the size is implausible or cannot be changed.
        """
        found = load_sized(name, options, beside, height_cm=height_cm, mass_kg=mass_kg)
        return cls(**vars(found.model), sites=found.sites, landmarks=found.landmarks, bend=found.bend)

    @classmethod
    @checked
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

        Returns
        -------
        Patient
            Of one part, without sites.

        Raises
        ------
        SimulatorError
            If the mesh is unsound, or in other axes by its own word than by ``axes``.
        """
        if axes is not None and axes not in MESH_AXES:
            with hints("scenario"):
                raise unknown("patient.axes", axes, MESH_AXES)
        file = (beside or Path()) / path
        mesh, report = read_mesh(file, units, repair=repair)
        stated = {"LPS": "dicom", "RAS": "ras"}.get(report.space or "")
        if axes is not None and stated is not None and axes != stated:
            with hints("scenario"):
                raise SimulatorError(
                    f"{file}: patient.axes must be {stated!r}, as the file says SPACE={report.space}, was {axes!r}"
                )
        part = Part(
            "patient", mesh.mapped(MESH_AXES[axes or stated or "dicom"]), "fixed", "patient", "#e0b090", report=report
        )
        return cls(name=file.stem, title=file.name, note="A user's own mesh.", parts=(part,))

    @classmethod
    @hints("scenario")
    @checked
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

        Returns
        -------
        Patient
            Named after the file, without the patient's name or identifier.

        Raises
        ------
        SimulatorError
            If the file is no structure set or damaged; if no ROI, or more than one, may be the body; if a name is
            unknown; if contours are not closed, flat and in parallel planes on at least two slices.
        """
        # Loads compiled geometry, which other patients do without.
        from simulator.models.structures.cut_off import wanted_of
        from simulator.models.structures.patient import scanned

        folder = beside or Path()
        found = scanned(
            folder / path,
            external=external,
            parts=parts,
            drop=drop,
            position=position,
            wanted=wanted_of(complete, arms, height_cm, mass_kg),
            ct=None if ct is None else folder / ct,
        )
        return cls(**vars(found.model), sites=found.sites, scan=found.scan)

    @hints("scenario")
    @checked
    def site(self, name: str) -> tuple[float, float, float]:
        """Return the position of a site.

        Parameters
        ----------
        name : str
            One of `sites`.

        Returns
        -------
        tuple of float
            Millimetres in DICOM patient axes.

        Raises
        ------
        SimulatorError
            If there is no such site.
        """
        if name not in self.sites:
            raise unknown(f"patient.site (of {self.name})", name, self.sites)
        return self.sites[name]

    @checked
    def raised(self, incline_deg: float) -> Patient:
        """Return the patient on an inclined board, bent where the model says; as it is if it says nothing.

        Parameters
        ----------
        incline_deg : float
            Of the board, its end at the head up.

        Returns
        -------
        Patient
            With parts, sites and landmarks where the board has them.

        Raises
        ------
        SimulatorError
            If no board is so steep.
        """
        if not 0.0 <= incline_deg <= STEEPEST_DEG:
            raise SimulatorError(f"incline_deg: must be from 0 to {STEEPEST_DEG:g}, was {incline_deg:g}")
        if self.bend is None or incline_deg == 0.0:
            return self
        parts, (sites, landmarks) = self.bend.raised(incline_deg, self.parts, self.sites, self.landmarks)
        return replace(self, parts=parts, sites=sites, landmarks=landmarks, bend=None)
