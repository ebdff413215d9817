"""A scenario: the TOML that a person writes, as one validated value.

Lengths are in mm and angles in degrees on IEC 61217 scales; only the schema is checked here, names of models,
options and sites are looked up when the scenario is set up.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from simulator.errors import SimulatorError
from simulator.geometry.positions import Position
from simulator.scenario.expectations import Expect
from simulator.scenario.schema import (
    Degrees,
    FileName,
    Flag,
    Incline,
    Millimetres,
    Name,
    Point,
    Table,
    Units,
    read_toml,
    validated,
)
from simulator.scenario.setup_errors import Errors
from simulator.scenario.sweep import PartsOfRanges
from simulator.scenario.variants import Variant, Variants, changed

MOST_DEVICES = 20
"""Fixation devices of one scenario: more is a file that no person wrote."""
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False, strict=True)]
NOT_OPTIONS = ("beside", "height_cm", "mass_kg", "anchor", "shift_mm")
"""Names that ``load`` has for other things, so that no option of a model can have them."""


def _option_names(options: dict[str, str]) -> dict[str, str]:
    taken = [name for name in options if name in NOT_OPTIONS]
    if taken:
        raise ValueError(f"options must have names other than {', '.join(NOT_OPTIONS)}")
    return options


Options = Annotated[dict[str, str], AfterValidator(_option_names)]


Within = tuple[Annotated[Millimetres, Field(le=0)], Annotated[Millimetres, Field(ge=0)]]
"""Least and greatest distance from a place, around 0."""


class _ModelOrMesh(Table):
    """What couches and patients share: a model of the library, or a mesh file with its unit."""

    model: FileName | None = None
    options: Options = {}
    mesh: FileName | None = None
    units: Units | None = None
    repair: Flag = False

    def _require_one(self, own: dict[str, tuple[str, ...]]) -> None:
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


OF_STRUCTURES = ("external", "parts", "drop", "complete", "arms", "ct")
"""Fields of ``[patient]`` that say how a structure set is read."""


class MachineChoice(Table):
    """``[machine]``: which machine, in which state."""

    model: FileName = "c_arm"
    options: Options = {}
    collimator_deg: Degrees = 0.0


class CouchChoice(_ModelOrMesh):
    """``[couch]``: a model, or a mesh as the top of a shipped support; pitch and roll of the table top.

    ``source_distance_mm`` are the distances of the source from the target that the table may make by backing away.
    """

    support: FileName | None = None
    surface_z_mm: Millimetres | None = None
    head_end_y_mm: Millimetres | None = None
    pitch_deg: Degrees = 0.0
    roll_deg: Degrees = 0.0
    source_distance_mm: tuple[Positive, Positive] | None = None
    table_position_mm: Point | None = None
    longitudinal_within_mm: Within | None = None
    lateral_within_mm: Within | None = None

    @model_validator(mode="after")
    def _model_or_mesh(self) -> CouchChoice:
        self._require_one(
            {"model": ("options",), "mesh": ("units", "repair", "support", "surface_z_mm", "head_end_y_mm")}
        )
        if self.table_position_mm is not None and (self.longitudinal_within_mm or self.lateral_within_mm):
            raise ValueError("longitudinal_within_mm and lateral_within_mm must be left out beside table_position_mm")
        return self


class PatientChoice(_ModelOrMesh):
    """``[patient]``: a model, a mesh or a structure set, its size, how it lies, and the isocentre in its own axes."""

    structures: FileName | None = None
    external: Name | None = None
    parts: tuple[Name, ...] = ()
    drop: tuple[Name, ...] = ()
    complete: FileName | None = None
    arms: Literal["down", "up"] | None = None
    ct: FileName | None = None
    height_cm: Positive | None = None
    mass_kg: Positive | None = None
    axes: Literal["dicom", "ras"] | None = None
    position: Position = "HFS"
    site: Name | None = None
    isocentre_mm: Point | None = None
    plan: FileName | None = None
    beam: Annotated[int, Field(strict=True, ge=0)] | None = None
    shift_mm: Point = (0.0, 0.0, 0.0)
    table_top_y_mm: Millimetres | None = None

    @model_validator(mode="before")
    @classmethod
    def _one_drop(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("drop"), str):
            return {**data, "drop": (data["drop"],)}
        return data

    @model_validator(mode="after")
    def _consistent(self) -> PatientChoice:
        self._require_one(
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


class FixationChoice(_ModelOrMesh):
    """One of ``[[fixation]]``: a device that holds the patient, a model or a mesh, and where on the table it is."""

    anchor: Name | None = None
    shift_mm: Point = (0.0, 0.0, 0.0)
    surface_z_mm: Millimetres | None = None
    incline_deg: Incline = 0.0

    @model_validator(mode="after")
    def _model_or_mesh(self) -> FixationChoice:
        self._require_one({"model": ("options",), "mesh": ("units", "repair", "surface_z_mm", "incline_deg")})
        if self.mesh is not None and self.surface_z_mm is None:
            raise ValueError(
                "a mesh must have surface_z_mm: z of the face that the patient lies on, in the axes of the mesh; "
                "that of the table top if the patient does not lie on it"
            )
        return self


class Buffers(Table):
    """``[buffers]``: the clearance that a pose must have to be free; 0 is allowed.

    The defaults are those of published predictors: 20 mm machine to couch, 30 mm machine to patient.

    Examples
    --------
    >>> import simulator as sim
    >>> sim.Buffers(patient_mm=50.0)
    Buffers(patient_mm=50.0, couch_mm=20.0)
    """

    patient_mm: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True)] = 30.0
    couch_mm: Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False, strict=True)] = 20.0


class Scenario(Table):
    """A whole scenario file.

    Examples
    --------
    >>> import simulator as sim
    >>> scenario = sim.Scenario(
    ...     title="Liver, arms up",
    ...     patient={"model": "adult", "options": {"arms": "up"}, "site": "liver"},
    ...     buffers={"patient_mm": 30.0, "couch_mm": 20.0},
    ... )
    >>> scenario.machine.model, scenario.couch.model
    ('c_arm', 'igrt')
    >>> scenario.with_changes({"patient.height_cm": 190.0}).patient.height_cm
    190.0
    """

    title: Name
    machine: MachineChoice = MachineChoice()
    couch: CouchChoice = CouchChoice(model="igrt")
    patient: PatientChoice
    fixation: Annotated[tuple[FixationChoice, ...], Field(max_length=MOST_DEVICES)] = ()
    buffers: Buffers = Buffers()
    errors: Errors = Errors()
    grid: PartsOfRanges = {}
    expect: Expect | None = None
    variants: Variants = ()

    @model_validator(mode="after")
    def _one_table(self) -> Scenario:
        if self.couch.table_position_mm is not None and self.patient.table_top_y_mm is not None:
            raise ValueError("must have either couch.table_position_mm or patient.table_top_y_mm")
        promises_robust = self.expect is not None and self.expect.robust_fraction_of_4pi is not None
        if promises_robust and not (self.errors and self.errors.are_bounded):
            raise ValueError("expect.robust_fraction_of_4pi must stand beside errors, each of which has a bound")
        return self

    @model_validator(mode="after")
    def _variants_that_keep_promises(self) -> Scenario:
        if self.expect is None or not self.expect.variants:
            return self
        if not self.variants:
            raise ValueError("expect.variants must stand beside [[variants]], there are none")
        for variant in self.variants:
            if any(name.partition(".")[0] == "expect" for name in variant.set):
                raise ValueError(f"variant {variant.name!r} must not change expect: it is to keep what is promised")
        return self

    _path: Path | None = PrivateAttr(default=None)
    _variant: str | None = PrivateAttr(default=None)

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> Scenario:
        """Return the scenario of a TOML file.

        Parameters
        ----------
        path : str or PathLike
            The file; its relative paths start from its folder.

        Returns
        -------
        Scenario
            With its variants judged, too.

        Raises
        ------
        SimulatorError
            If the file cannot be read or does not fit the schema; all errors in one message.
        """
        try:
            Path(path).name.encode()
        except UnicodeEncodeError:  # it becomes text in every result
            raise SimulatorError(f"{str(path)!a}: a scenario's name must be UTF-8") from None
        scenario = read_toml(Path(path), cls)
        scenario._path = Path(path)
        scenario.variant_scenarios()  # a wrong variant is an error of the file
        return scenario

    def with_changes(self, changes: Mapping[str, object]) -> Scenario:
        """Return the scenario with some fields changed; see :func:`simulator.scenario.variants.changed`.

        Parameters
        ----------
        changes : mapping
            Values by dotted name, such as ``{"couch.model": "igrt_head_board", "patient.options.arms": "up"}``.

        Returns
        -------
        Scenario
            As valid as one that was read; paths start from the same folder.

        Raises
        ------
        SimulatorError
            If the changed scenario does not fit the schema; the message is that of a scenario file.
        """
        try:
            data = changed(self, changes)
        except SimulatorError as error:
            raise SimulatorError(f"{self.origin}: {error}") from None
        scenario = validated(data, Scenario, self.origin)
        scenario._path, scenario._variant = self._path, self._variant
        return scenario

    def variant_scenarios(self) -> dict[str, Scenario]:
        """Return the scenario of each variant by its name, which is its title too; it has no variants itself.

        Returns
        -------
        dict of str to Scenario
            In the order of the file.

        Raises
        ------
        SimulatorError
            If variants do not fit the schema; all of them in one message.
        """
        return dict(self.made_variants)

    @cached_property
    def made_variants(self) -> dict[str, Scenario]:
        """What `variant_scenarios` returns, made once."""
        found, wrong = {}, []
        for variant in self.variants:
            try:
                found[variant.name] = self._varied(variant)
            except SimulatorError as error:
                wrong.append(str(error))
        if wrong:
            raise SimulatorError("\n".join(wrong))
        return found

    def _varied(self, variant: Variant) -> Scenario:
        expect = self.expect.of_variants if self.expect is not None else None
        plain = self.model_copy(update={"variants": (), "expect": expect})
        plain._variant = variant.name
        return plain.with_changes({"title": variant.name, **variant.set})

    @property
    def origin(self) -> str:
        """Where it comes from, for messages: its file or title, and which variant of it."""
        written = self.title if self._path is None else str(self._path)
        return written if self._variant is None else f"{written}: variant {self._variant!r}"

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
