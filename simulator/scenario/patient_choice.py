"""``[patient]`` of a scenario: who lies on the table, how, and where in the body the isocentre is."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from simulator.geometry.positions import Position
from simulator.scenario.choices import ModelOrMesh, Options, Positive
from simulator.scenario.schema import FileName, Flag, Millimetres, Name, Point, Units

OF_STRUCTURES = ("external", "parts", "drop", "complete", "arms", "ct")
"""Fields of ``[patient]`` that say how a structure set is read."""


class PatientChoice(ModelOrMesh):
    """``[patient]``: who lies on the table, how, and where in the body the isocentre is.

    The body is one of ``model``, ``mesh`` and ``structures``; the isocentre is one of ``site``, ``isocentre_mm``
    and ``plan``.

    Example::

        model = "adult"
        site = "brain"

    Example::

        mesh = "scan.ply"
        units = "mm"
        isocentre_mm = [0, 0, 0]

    Example::

        structures = "RS.dcm"
        site = "PTV"

    Example::

        structures = "RS.dcm"
        plan = "RP.dcm"
    """

    model: FileName | None = None
    """The body, by a name that ``simulator list`` shows or the path of a folder with a ``model.toml``: ``adult``,
    ``box_phantom``, or ``point``, which is an isocentre and nothing else. Excludes ``mesh`` and ``structures``.
    Example: ``model = "adult"``, ``site = "lung"``"""
    options: Options = {}
    """Choices that the body's model offers, such as where the arms of the adult lie; ``simulator list`` shows them.
    Stands beside ``model`` only. Example: ``options = { arms = "up" }``"""
    mesh: FileName | None = None
    """The body's surface as a mesh file (STL, OBJ, PLY, GLB or 3MF), in the axes that the file names or ``axes``
    says. Its path starts from the folder of this file. Excludes ``model`` and ``structures``; ``units`` must stand
    beside it, and the isocentre is ``isocentre_mm``. Example: ``mesh = "scan.ply"``, ``units = "mm"``"""
    units: Units | None = None
    """The unit of the coordinates in the mesh file of the body, which most formats do not say. Stands beside
    ``mesh`` only. Example: ``mesh = "scan.ply"``, ``units = "m"``"""
    repair: Flag = False
    """Close the holes of the body's mesh and turn triangles that are wound the wrong way. Without it, a mesh that
    is not closed is checked as its bounding box, and a warning says so. Stands beside ``mesh`` only. Example:
    ``repair = true``"""

    structures: FileName | None = None
    """A DICOM RT structure set: the body is its ROI of type EXTERNAL, BOLUS is part of the patient, SUPPORT and
    FIXATION ride on the table. The surface holds every contour. Names, identifiers and dates of patients are never
    read. Excludes ``model`` and ``mesh``. Example: ``structures = "RS.dcm"``, ``site = "PTV"``"""
    external: Name | None = None
    """The name of the ROI that is the body, where its type does not say so or several ROIs may be meant. Stands
    beside ``structures`` only. Example: ``external = "BODY"``"""
    parts: tuple[Name, ...] = ()
    """Names of ROIs that become parts of their own, so that a result calls what is in the way by its name. Stands
    beside ``structures`` only. Example: ``parts = ["Left arm", "Right arm"]``"""
    drop: tuple[Name, ...] = ()
    """What is left out of the structure set: ``"below 25 mm2"`` are contours of the body that enclose less;
    ``"BODY at 146, -119, -110"`` is the loose piece of that ROI nearest to a place in DICOM patient axes (mm),
    within 20 mm. A text, or a list of them. Nothing is left out unasked: specks and loose pieces are listed with
    every result. Stands beside ``structures`` only. Example: ``drop = ["below 25 mm2"]``"""
    complete: FileName | None = None
    """The phantom that stands for what the scan cut off, head, arms, trunk or legs, fitted to the sections at the
    cuts; its parts are called "assumed arms" and so on. Without it, every result tells what was cut off. Stands
    beside ``structures`` only. Example: ``complete = "adult"``"""
    arms: Literal["down", "up"] | None = None
    """Where the arms of the phantom that completes the scan are, ``"down"`` if it is left out. Must stand beside
    ``complete``. Example: ``complete = "adult"``, ``arms = "up"``"""
    ct: FileName | None = None
    """A folder with the CT images on which the structures were drawn. If neither a SUPPORT structure nor the plan
    says where the table is, it is found as the flat line of the table top in them. Stands beside ``structures``
    only. Example: ``ct = "ct_slices"``"""
    height_cm: Positive | None = None
    """Height of the body. The phantom is scaled along its length to it, and across so that its mass goes with its
    volume. From 50 to 250 cm, and together with the mass a body mass index of 8 to 120 kg/m². If it is left out,
    the height that the model was made for. Stands beside ``model``, or beside ``complete`` of ``structures``;
    ``point`` and the box phantom have no size to change. Example: ``height_cm = 182``"""
    mass_kg: Positive | None = None
    """Mass of the body. The phantom is scaled across its length so that its mass goes with its volume. From 3 to
    400 kg, and together with the height a body mass index of 8 to 120 kg/m². If it is left out, the mass that the
    model was made for. Stands beside ``model``, or beside ``complete`` of ``structures``. Example:
    ``mass_kg = 95``"""
    axes: Literal["dicom", "ras"] | None = None
    """Axes of the mesh file: ``"dicom"`` are DICOM patient axes (LPS: x to the patient's left, y to the back, z to
    the head), ``"ras"`` are right, anterior, superior. If it is left out, what the file says of itself
    (``SPACE=RAS``, as 3D Slicer writes), else DICOM. Stands beside ``mesh`` only. Example: ``axes = "ras"``"""
    position: Position = "HFS"
    """How the patient lies: the DICOM patient position, head first or feet first, supine, prone, or on the left or
    right side (decubitus). Beside ``plan``, it must be the plan's, or be left out. Example: ``position = "HFP"``"""
    site: Name | None = None
    """A named place of the body that is brought to the machine's isocentre: a site of the model (``simulator list``
    shows them), or the centroid of a ROI of the structure set. Excludes ``isocentre_mm`` and ``plan``; a ``mesh``
    has no sites. Example: ``site = "liver"``"""
    isocentre_mm: Point | None = None
    """The isocentre in DICOM patient axes: x to the patient's left, y to the back, z to the head. For a structure
    set these are the axes of its images; for a mesh those of the file, brought to DICOM's. Excludes ``site`` and
    ``plan``. Example: ``mesh = "scan.ply"``, ``units = "mm"``, ``isocentre_mm = [12.5, -80, 240]``"""
    plan: FileName | None = None
    """A DICOM RT Plan or RT Ion Plan: its isocentre, its patient position, and its vertical table position if that
    is given. Must be in the frame of reference of ``structures``. Excludes ``site`` and ``isocentre_mm``. Example:
    ``structures = "RS.dcm"``, ``plan = "RP.dcm"``"""
    beam: Annotated[int, Field(strict=True, ge=0)] | None = None
    """Number of the beam whose isocentre is meant, where a plan has several isocentres. Must stand beside ``plan``.
    Example: ``beam = 2``"""
    shift_mm: Point = (0.0, 0.0, 0.0)
    """Moves the patient from where it is taken to lie on the table, in table-top axes: x across, y towards the
    gantry, z up. The isocentre moves with the patient, so the table stands elsewhere. Example:
    ``shift_mm = [0, 0, 20]``"""
    table_top_y_mm: Millimetres | None = None
    """Where the upper face of the table top is under the patient, as y in DICOM patient axes; x for a patient who
    lies on a side. It counts before everything that files say. Excludes ``couch.table_position_mm``. Example:
    ``table_top_y_mm = 118``"""

    @model_validator(mode="before")
    @classmethod
    def _one_drop(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("drop"), str):
            return {**data, "drop": (data["drop"],)}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> PatientChoice:
        self.require_one(
            {
                "model": ("options", "height_cm", "mass_kg", "site"),
                "mesh": ("units", "repair", "axes", "plan"),
                "structures": (*OF_STRUCTURES, "height_cm", "mass_kg", "site", "plan"),
            }
        )
        if sum(value is not None for value in (self.site, self.isocentre_mm, self.plan)) != 1:
            raise ValueError("must have one of site, isocentre_mm and plan, which says where the isocentre is")
        if self.beam is not None and self.plan is None:
            raise ValueError("beam must stand beside plan: it says whose isocentre is meant")
        if self.arms is not None and self.complete is None:
            raise ValueError("arms must stand beside complete: they are those of the body that completes the scan")
        return self
