"""What a scenario chooses: its machine, couch and fixation devices, and the clearance that it demands.

Only the schema is checked here; names of models, options and sites are looked up when the scenario is set up.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from simulator.scenario.schema import Degrees, FileName, Flag, Incline, Millimetres, Name, Point, Table, Units

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
NOT_OPTIONS = ("beside", "height_cm", "mass_kg", "anchor", "shift_mm")
"""Names that ``load`` has for other things, so that no option of a model can have them."""
SUPPORT = "igrt"
"""The couch that carries a table top of one's own, if none is named."""


def _option_names(options: dict[str, str]) -> dict[str, str]:
    taken = [name for name in options if name in NOT_OPTIONS]
    if taken:
        raise ValueError(f"options must have names other than {', '.join(NOT_OPTIONS)}")
    return options


Options = Annotated[dict[str, str], AfterValidator(_option_names)]


Within = tuple[Annotated[Millimetres, Field(le=0)], Annotated[Millimetres, Field(ge=0)]]
"""Least and greatest distance from a place, around 0."""


class ModelOrMesh(Table):
    """What couches and patients share: a model of the library, or a mesh file with its unit."""

    model: FileName | None = None
    options: Options = {}
    mesh: FileName | None = None
    units: Units | None = None
    repair: Flag = False

    def require_one(self, own: dict[str, tuple[str, ...]]) -> None:
        """Refuse a choice of several or none, a mesh without a unit, and fields that belong to another choice.

        ``own`` has the fields that stand beside some choices only, by choice.
        """
        chosen = [name for name in own if getattr(self, name) is not None]
        if len(chosen) != 1:
            raise ValueError(f"must have either {' or '.join([', '.join([*own][:-1]), [*own][-1]])}")
        if self.mesh is not None and self.units is None:
            raise ValueError("a mesh must have units: mm, cm, m or in")
        elsewhere = {field for fields in own.values() for field in fields} - {*own[chosen[0]]}
        strange = [field for field in type(self).model_fields if field in self.model_fields_set & elsewhere]
        if strange:
            owners = [name for name, fields in own.items() if {*strange} & {*fields}]
            raise ValueError(f"{', '.join(strange)} must stand beside {' or '.join(owners)}, not beside {chosen[0]}")


class MachineChoice(Table):
    """``[machine]``: which machine, in which state.

    Example::

        model = "c_arm"
    """

    model: FileName = "c_arm"
    """The machine: a name that ``simulator list`` shows, the path of a folder with a ``model.toml``, or a machine
    set of SlicerRT's Room's Eye View, a name that ends in ``.json``. Looked for beside this file, then in the
    folders of the environment variable SIMULATOR_MODELS, then among the shipped ones. Example:
    ``model = "o_ring"``"""
    options: Options = {}
    """Choices that the machine's model offers, such as imagers that are out or an accessory on the head;
    ``simulator list`` shows each option with its choices. An option that is left out has the model's first choice.
    Example: ``options = { imagers = "deployed" }``"""
    collimator_deg: Degrees = 0.0
    """Angle at which the collimator (beam limiting device) stands, IEC 61217. It turns what is mounted on it, not
    the direction of the beam; where a plan is checked, the plan's angles count. Must be within the limits of the
    machine's joint. Example: ``collimator_deg = 30``"""


class CouchChoice(ModelOrMesh):
    """``[couch]``: a couch, or a mesh as the top of a shipped one; how the top is tilted, and where it may stand.

    Where the table stands follows from the isocentre, which is at the machine's. What is not known of that place
    (after a scan, say) is a range, and the worst place in it counts.

    Example::

        model = "igrt"

    Example::

        mesh = "my_couch_top.stl"
        units = "mm"
    """

    model: FileName | None = None
    """The couch: a name that ``simulator list`` shows, the path of a folder with a ``model.toml``, or a machine set
    of SlicerRT (``.json``). ``no_couch`` is a patient in the open. Excludes ``mesh``, and what stands beside that.
    Example: ``model = "igrt_head_board"``"""
    options: Options = {}
    """Choices that the couch's model offers; ``simulator list`` shows them. Stands beside ``model`` only. Example:
    ``model = "robot_couch"``, ``options = {}``"""
    mesh: FileName | None = None
    """A table top of your own, as a mesh file in IEC 61217 table-top axes: x to the right of somebody who faces the
    gantry, y towards the gantry, z up. It replaces the top of ``support``. Its path starts from the folder of this
    file. Excludes ``model``; ``units`` must stand beside it. Example: ``mesh = "my_couch_top.stl"``,
    ``units = "mm"``"""
    units: Units | None = None
    """The unit of the coordinates in the mesh file of the table top, which most formats do not say. Stands beside
    ``mesh`` only. Example: ``mesh = "my_couch_top.stl"``, ``units = "cm"``"""
    repair: Flag = False
    """Close the holes of the mesh and turn triangles that are wound the wrong way. Without it, a mesh that is not
    closed is checked as its bounding box, and a warning says so. Stands beside ``mesh`` only. Example:
    ``repair = true``"""

    support: FileName | None = None
    """The couch whose turntable, column and carriage carry the table top of your own, ``igrt`` if it is left out; a
    name as in ``model``. Stands beside ``mesh`` only. Example: ``support = "igrt"``"""
    surface_z_mm: Millimetres | None = None
    """Height in the axes of the mesh of the face on which the patient lies. If it is left out, the highest point of
    the mesh counts, and a warning says so. Stands beside ``mesh`` only. Example: ``surface_z_mm = 0``"""
    head_end_y_mm: Millimetres | None = None
    """Where the table top ends towards the gantry, as y in the axes of the mesh: the patient lies 20 mm short of
    it, unless moved by ``patient.shift_mm``. If it is left out, the mesh's own end. Stands beside ``mesh`` only.
    Example: ``head_end_y_mm = 0``"""
    pitch_deg: Degrees = 0.0
    """Pitch of the table top: the turn about its x axis, IEC 61217. Must be within the limits of the couch's joint,
    ±3 degrees of ``igrt``. The table moves so that the isocentre stays where it is. Example: ``pitch_deg = 1.5``"""
    roll_deg: Degrees = 0.0
    """Roll of the table top: the turn about its y axis, IEC 61217. Must be within the limits of the couch's joint,
    ±3 degrees of ``igrt``. The table moves so that the isocentre stays where it is. Example: ``roll_deg = -1``"""
    source_distance_mm: tuple[Positive, Positive] | None = None
    """Extended source distance: least and greatest distance of the source from the target that the table may make
    by backing away along the beam. A direction counts as free if it is at any of these distances, of which the
    machine's own source-axis distance must be one. Excludes ``errors``, and a place of the table that is a range.
    Example: ``source_distance_mm = [1000, 1200]``"""
    table_position_mm: Point | None = None
    """Where the table stands: lateral, longitudinal and vertical position in IEC 61217 coordinates, as a plan has
    them. Excludes ``patient.table_top_y_mm``, ``longitudinal_within_mm`` and ``lateral_within_mm``: if the table's
    place is given, nothing of it is open. Example: ``table_position_mm = [0, 820, -120]``"""
    longitudinal_within_mm: Within | None = None
    """By how much less and more the table may stand along its length than where the patient is taken to lie. A pose
    is free only if it is free wherever in this range the table stands. If it is left out, 100 mm to either side of
    a patient from a scan, more where the scan cut the patient off, and nothing for the shipped bodies. Excludes
    ``table_position_mm``. Example: ``longitudinal_within_mm = [-50, 50]``"""
    lateral_within_mm: Within | None = None
    """By how much less and more the table may stand across its length than where the patient is taken to lie; as
    ``longitudinal_within_mm``, 20 mm to either side of a patient from a scan if it is left out. Excludes
    ``table_position_mm``. Example: ``lateral_within_mm = [-10, 10]``"""

    @model_validator(mode="after")
    def _model_or_mesh(self) -> CouchChoice:
        self.require_one(
            {"model": ("options",), "mesh": ("units", "repair", "support", "surface_z_mm", "head_end_y_mm")}
        )
        if self.table_position_mm is not None and (self.longitudinal_within_mm or self.lateral_within_mm):
            raise ValueError("longitudinal_within_mm and lateral_within_mm must be left out beside table_position_mm")
        return self


class FixationChoice(ModelOrMesh):
    """One of ``[[fixation]]``: a device that holds the patient, a model or a mesh, and where on the table it is.

    It rides on the table top, lifts the patient who lies on it, and is checked against the machine.

    Example::

        model = "breast_board"

    Example::

        mesh = "board.stl"
        units = "mm"
        surface_z_mm = 40
    """

    model: FileName | None = None
    """The device: a name that ``simulator list`` shows, or the path of a folder with a ``model.toml``. Excludes
    ``mesh`` and what stands beside that. Example: ``model = "wing_board"``"""
    options: Options = {}
    """Choices that the device's model offers; ``simulator list`` shows them. Stands beside ``model`` only. Example:
    ``options = { incline_deg = "15" }``"""
    mesh: FileName | None = None
    """A device of your own as a mesh file, in axes of its own: x as of the table top, y to the patient's head, z
    up, 0 where it stands on the table top. Its path starts from the folder of this file. ``units`` and
    ``surface_z_mm`` must stand beside it. Excludes ``model``. Example: ``mesh = "board.stl"``, ``units = "mm"``,
    ``surface_z_mm = 40``"""
    units: Units | None = None
    """The unit of the coordinates in the mesh file of the device, which most formats do not say. Stands beside
    ``mesh`` only. Example: ``mesh = "board.stl"``, ``units = "cm"``, ``surface_z_mm = 40``"""
    repair: Flag = False
    """Close the holes of the device's mesh and turn triangles that are wound the wrong way. Without it, a mesh that
    is not closed is checked as its bounding box, and a warning says so. Stands beside ``mesh`` only. Example:
    ``mesh = "board.stl"``, ``units = "mm"``, ``surface_z_mm = 40``, ``repair = true``"""

    anchor: Name | None = None
    """What the device's y = 0 is put at: a landmark or site of the patient, ``"table end"`` (the middle of the
    upper face at the end nearest the gantry) or ``"table"`` (its axes are those of the table top). The model's own
    anchor if it is left out, ``"table"`` of a mesh. Example: ``anchor = "hips"``"""
    shift_mm: Point = (0.0, 0.0, 0.0)
    """Moves the device from its anchor, in its own axes: x across, y to the patient's head, z up. Example:
    ``shift_mm = [0, 40, 0]``"""
    surface_z_mm: Millimetres | None = None
    """Height in the axes of the mesh of the face on which the patient lies; that of the table top if the patient
    does not lie on it. A mesh must have it. Stands beside ``mesh`` only. Example: ``mesh = "board.stl"``,
    ``units = "mm"``, ``surface_z_mm = 40``"""
    incline_deg: Incline = 0.0
    """Incline of that face, from y = 0 up towards the head. A body that says where it bends, as the adult does, is
    bent there. Stands beside ``mesh`` only. Example: ``mesh = "board.stl"``, ``units = "mm"``,
    ``surface_z_mm = 40``, ``incline_deg = 10``"""

    @model_validator(mode="after")
    def _model_or_mesh(self) -> FixationChoice:
        self.require_one({"model": ("options",), "mesh": ("units", "repair", "surface_z_mm", "incline_deg")})
        if self.mesh is not None and self.surface_z_mm is None:
            raise ValueError(
                "a mesh must have surface_z_mm: z of the face that the patient lies on, in the axes of the mesh; "
                "that of the table top if the patient does not lie on it"
            )
        return self


class Buffers(Table):
    """``[buffers]``: the clearance that a pose must have to be free; 0 is allowed.

    The defaults are those of published predictors: 20 mm machine to couch, 30 mm machine to patient.

    Example::

        patient_mm = 30
        couch_mm = 20

    Examples
    --------
    >>> import simulator as sim
    >>> sim.Buffers(patient_mm=50.0)
    Buffers(patient_mm=50.0, couch_mm=20.0)
    """

    patient_mm: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True)] = 30.0
    """Least distance of the machine from the patient. A pose with less is within the buffer, and so not free. For
    fixation devices, ``couch_mm`` counts. Example: ``patient_mm = 50``"""
    couch_mm: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True)] = 20.0
    """Least distance of the machine from the couch and from fixation devices. A pose with less is within the
    buffer, and so not free. Example: ``couch_mm = 10``"""
