"""The surface of one ROI of a structure set, for what is asked about the inside of a patient."""

from __future__ import annotations

from pathlib import Path

from simulator.dicom.structure_set import StructureSet
from simulator.errors import SimulatorError
from simulator.models.mesh import Mesh
from simulator.models.structures.contours import Slices
from simulator.models.structures.enclosing import enclosing_surface
from simulator.models.structures.roles import require_closed, roles


def roi_surface(path: Path, name: str, external: str | None) -> Mesh:
    """Return the closed surface that holds every contour of a ROI, in DICOM patient axes.

    Parameters
    ----------
    path : Path
        RT structure set.
    name : str
        Of the ROI.
    external : str, optional
        Name of the ROI that is the body, as for `simulator.models.patient.Patient.from_dicom`.

    Raises
    ------
    SimulatorError
        If there is no such ROI, it has no volume, or it is in another frame of reference than the body.
    """
    structures = StructureSet.read(path)
    roi = structures.roi(name)
    require_closed(roi, structures.source)
    if roi.frame_of_reference != roles(structures, external, ()).external.frame_of_reference:
        raise SimulatorError(
            f"{structures.source}: ROI {name!r}: must be in the frame of reference of the body, is in another one"
        )
    return enclosing_surface(Slices.of(roi, structures.source), structures.source).mesh
