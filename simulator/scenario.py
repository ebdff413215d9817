"""A scenario: the TOML that a person writes, as one validated value.

Lengths are in mm and angles in degrees on IEC 61217 scales; only the schema is checked here, names of models,
options and sites are looked up when the scenario is set up.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from simulator.expectations import Expect
from simulator.schema import Degrees, FileName, Flag, Millimetres, Name, Point, Table, read_toml, validated

Position = Literal["HFS", "HFP", "HFDR", "HFDL", "FFS", "FFP", "FFDR", "FFDL"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
Units = Literal["mm", "cm", "m", "in"]
LARGEST_GRID = 4_000_000
FULL_TURN_DEG = 360.0
NOT_OPTIONS = ("beside", "height_cm", "mass_kg")
"""Names that ``load`` has for other things, so that no option of a model can have them."""


def _option_names(options: dict[str, str]) -> dict[str, str]:
    taken = [name for name in options if name in NOT_OPTIONS]
    if taken:
        raise ValueError(f"options must have names other than {', '.join(NOT_OPTIONS)}")
    return options


Options = Annotated[dict[str, str], AfterValidator(_option_names)]


class _ModelOrMesh(Table):
    """What couches and patients share: a model of the library, or a mesh file with its unit."""

    model: FileName | None = None
    options: Options = {}
    mesh: FileName | None = None
    units: Units | None = None
    repair: Flag = False

    def _require_one(self, mesh_only: tuple[str, ...], model_only: tuple[str, ...] = ()) -> None:
        """Refuse a choice of both or none, a mesh without a unit, and fields that belong to the other choice."""
        if (self.model is None) == (self.mesh is None):
            raise ValueError("must have either model or mesh")
        if self.mesh is not None:
            if self.units is None:
                raise ValueError("a mesh must have units: mm, cm, m or in")
            beside = [field for field in ("options", *model_only) if field in self.model_fields_set]
            if beside:
                raise ValueError(f"{', '.join(beside)} must stand beside model, not beside mesh")
            return
        beside = [field for field in (*mesh_only, "units", "repair") if field in self.model_fields_set]
        if beside:
            raise ValueError(f"{', '.join(beside)} must stand beside mesh, not beside model")


class MachineChoice(Table):
    """``[machine]``: which machine, in which state."""

    model: FileName = "c_arm"
    options: Options = {}
    collimator_deg: Degrees = 0.0


class CouchChoice(_ModelOrMesh):
    """``[couch]``: a model, or a mesh as the top of a shipped support; pitch and roll of the table top."""

    support: FileName | None = None
    surface_z_mm: Millimetres | None = None
    head_end_y_mm: Millimetres | None = None
    pitch_deg: Degrees = 0.0
    roll_deg: Degrees = 0.0

    @model_validator(mode="after")
    def _model_or_mesh(self) -> CouchChoice:
        self._require_one(("support", "surface_z_mm", "head_end_y_mm"))
        return self


class PatientChoice(_ModelOrMesh):
    """``[patient]``: a model or a mesh, its size, how it lies, and the isocentre in its own axes."""

    height_cm: Positive | None = None
    mass_kg: Positive | None = None
    axes: Literal["dicom", "ras"] | None = None
    position: Position = "HFS"
    site: Name | None = None
    isocentre_mm: Point | None = None
    shift_mm: Point = (0.0, 0.0, 0.0)

    @model_validator(mode="after")
    def _consistent(self) -> PatientChoice:
        self._require_one(("axes",), ("height_cm", "mass_kg"))
        if (self.site is None) == (self.isocentre_mm is None):
            raise ValueError("must have either site or isocentre_mm")
        if self.mesh is not None and self.site is not None:
            raise ValueError("a mesh has no sites: must have isocentre_mm")
        return self


class Buffers(Table):
    """``[buffers]``: the clearance that a pose must have to be free; 0 is allowed.

    The defaults are those of published predictors: 20 mm machine to couch, 30 mm machine to patient.
    """

    patient_mm: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True)] = 30.0
    couch_mm: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True)] = 20.0


class Range(Table):
    """Angles from ``start`` to ``stop`` in steps of ``step``; a full turn is not closed twice."""

    start: Degrees
    stop: Degrees
    step: Annotated[float, Field(ge=0.01, le=360, allow_inf_nan=False, strict=True)]

    @model_validator(mode="after")
    def _whole_steps(self) -> Range:
        span = self.stop - self.start
        if not 0 <= span <= FULL_TURN_DEG:
            raise ValueError("stop must be from start to start + 360")
        if abs(span / self.step - round(span / self.step)) > 1e-6:
            raise ValueError("stop - start must be a whole number of steps")
        return self

    @property
    def is_full_turn(self) -> bool:
        """True if the range goes once round."""
        return abs(self.stop - self.start - FULL_TURN_DEG) < 1e-9

    def values_deg(self) -> NDArray[np.float64]:
        """Return the angles, shape (n,); start and stop are one pose of a full turn and stand there once."""
        steps = round((self.stop - self.start) / self.step)
        values = np.round(np.linspace(self.start, self.stop, steps + 1), 9) + 0.0
        return values[:-1] if self.is_full_turn else values

    def edges_deg(self) -> NDArray[np.float64]:
        """Return the edges of the cells around the angles, shape (n + 1,), cut at the ends of the range."""
        values = self.values_deg()
        inner = (values[1:] + values[:-1]) / 2
        if self.is_full_turn:
            half = self.step / 2
            return np.concatenate([[values[0] - half], inner, [values[-1] + half]])
        return np.concatenate([[self.start], inner, [self.stop]])


class Grid(Table):
    """``[grid]``: the angles of the map, on IEC 61217 scales."""

    gantry_deg: Range = Range(start=-180.0, stop=180.0, step=1.0)
    couch_deg: Range = Range(start=-90.0, stop=90.0, step=2.0)

    @model_validator(mode="after")
    def _not_too_large(self) -> Grid:
        poses = len(self.gantry_deg.values_deg()) * len(self.couch_deg.values_deg())
        if poses > LARGEST_GRID:
            raise ValueError(f"must have at most {LARGEST_GRID:,} poses, has {poses:,}: take larger steps")
        return self

    @property
    def shape(self) -> tuple[int, int]:
        """Number of gantry and of couch angles."""
        return len(self.gantry_deg.values_deg()), len(self.couch_deg.values_deg())

    def with_steps(self, gantry_deg: float | None = None, couch_deg: float | None = None) -> Grid:
        """Return the grid with other steps.

        Raises
        ------
        SimulatorError
            If the range is no whole number of steps, or the grid becomes too large.
        """
        changed = self.model_dump()
        for name, step in (("gantry_deg", gantry_deg), ("couch_deg", couch_deg)):
            if step is not None:
                changed[name]["step"] = step
        return validated(changed, Grid, "grid with other steps")


class Scenario(Table):
    """A whole scenario file."""

    title: Name
    machine: MachineChoice = MachineChoice()
    couch: CouchChoice = CouchChoice(model="igrt")
    patient: PatientChoice
    buffers: Buffers = Buffers()
    grid: Grid = Grid()
    expect: Expect | None = None

    _path: Path | None = PrivateAttr(default=None)

    @classmethod
    def read(cls, path: Path) -> Scenario:
        """Return the scenario of a TOML file; errors as :func:`simulator.schema.read_toml`."""
        scenario = read_toml(path, cls)
        scenario._path = path
        return scenario

    @property
    def path(self) -> Path | None:
        """The file that it was read from."""
        return self._path

    @property
    def name(self) -> str:
        """The file's name without its ending, or the title of a scenario that is no file."""
        return self._path.stem if self._path is not None else self.title

    @property
    def folder(self) -> Path | None:
        """The folder that relative paths of the scenario start from."""
        return self._path.resolve().parent if self._path is not None else None
