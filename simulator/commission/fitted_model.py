"""A fit as models that can be kept: folders with a ``model.toml``, beside a scenario or in a folder of models.

What has a description is extended: fitted dimensions as ``[dimensions]``, offsets as ``[[offsets]]``, each with the
readings and the standard error as its source. A part whose surface was grown has a mesh of its own, with all that was
fitted of it. What has no description, a SlicerRT set or a couch of somebody's mesh, is written out whole: the same
joints and meshes, in the axes of their joints. How far the phantom lay off that day is no part of a model.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.arguments import checked
from simulator.commission.fit import Fit
from simulator.commission.grown_mesh import grown
from simulator.commission.room import AXES, Rooms
from simulator.commission.unknowns import Owner, Unknown, dimension_of
from simulator.models.description import FILE_NAME
from simulator.models.library import model_folders
from simulator.models.model_file import array, part_lines, quoted, table, whole_lines, write_mesh
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import Point

OWNERS: tuple[Owner, ...] = ("machine", "couch")
DECIMALS = 3
NOTE = (
    "Fitted to contact angles that were measured on one machine; not vendor-validated. Research software: no "
    "clinical clearance."
)


@dataclass(frozen=True)
class FittedModel:
    """A model that was written.

    Attributes
    ----------
    of : {"machine", "couch"}
        What it is.
    name : str
        Of its folder.
    """

    of: Owner
    name: str


@dataclass(frozen=True)
class _Told:
    """A fitted length and where it is from."""

    each: Unknown
    value_mm: float
    source: str


@checked
def write_fitted(rooms: Rooms, fit: Fit, readings: str, folder: Path, final: Path) -> tuple[FittedModel, ...]:
    """Write the models of a fit, each into a folder of its own, and return them; none for what stays as it was.

    Parameters
    ----------
    rooms : Rooms
        What was fitted.
    fit : Fit
        The values. One that neither readings nor a prior tell is left as it was.
    readings : str
        Name of the file of readings, for the sources.
    folder, final : Path
        Where to write, and where it will be in the end: relative paths start there.

    Returns
    -------
    tuple of FittedModel
        Each with its folder.

    Raises
    ------
    SimulatorError
        If a surface cannot be grown.

    Examples
    --------
    >>> from pathlib import Path
    >>> import simulator as sim
    >>> commissioning = sim.Commissioning(title="Box", scenario="box", positions=[{"name": "centred"}],
    ...                                   unknowns=[{"part": "couch top", "offset": "z"}],
    ...                                   candidates={"couch_deg": (0.0, 45.0, 90.0), "count": 3})
    >>> rooms = sim.Rooms.of(commissioning)
    >>> readings = [sim.Reading(at, row.position, row.direction, row.from_deg, row.contact_deg, row.parts, 0.5,
    ...                         joints=row.joints) for at, row in enumerate(sim.plan_measurement(commissioning).rows)]
    >>> fit = sim.fit_readings(rooms, readings)
    >>> folder = Path("fit")
    >>> folder.mkdir()
    >>> models = sim.write_fitted(rooms, fit, "readings.csv", folder, folder)
    >>> [model.name for model in models]
    ['igrt_fitted']
    """
    found = []
    for of in OWNERS:
        told = [each for each in _told(fit, readings) if each.each.of == of]
        if told:
            model = rooms.shapes[of].model
            name = f"{model.name}_fitted"
            if (folder / name).exists():  # machine and couch of one set
                name = f"{name}_{of}"
            (folder / name).mkdir()
            _write(rooms, of, told, folder / name, final / name)
            found.append(FittedModel(of, name))
    return tuple(found)


def phantom_shift_mm(fit: Fit) -> tuple[float, float, float]:
    """Return by how much the phantom lay off while the table stood as planned, in table-top axes."""
    found = dict.fromkeys("xyz", 0.0)
    for each, value in zip(fit.unknowns, fit.values_mm, strict=True):
        if each.kind == "phantom" and each.axis is not None:
            found[each.axis] += round(float(value), DECIMALS)
    return found["x"], found["y"], found["z"]


def _told(fit: Fit, readings: str) -> Iterator[_Told]:
    """Yield what is known after the fit."""
    errors = zip(fit.standard_errors_mm, fit.standard_errors_alone_mm, strict=True)
    touching, read = int(np.isfinite(fit.predicted_deg).sum()), len(fit.readings)
    count = f"{read}" if touching == read else f"{touching} of {read}"  # others tell nothing
    for each, value, (error, alone) in zip(fit.unknowns, fit.values_mm, errors, strict=True):
        if np.isfinite(error):
            prior = "" if each.prior_mm is None else f", with a prior of {each.prior_mm:g} mm"
            prior += "" if np.isfinite(alone) else ", without which the readings do not tell it"
            source = f"fitted: {count} contact angles, {readings}, standard error {error:.2g} mm{prior}"
            yield _Told(each, round(float(value), DECIMALS), source)


def _write(rooms: Rooms, of: Owner, told: Sequence[_Told], folder: Path, final: Path) -> None:
    """Write one model."""
    shapes = rooms.shapes[of]
    model, family = shapes.model, shapes.family
    is_whole = family is None or (of == "couch" and _scenario(rooms).couch.mesh is not None)
    paddings = _paddings(told)
    lines = [f"kind = {quoted(of)}", f"title = {quoted(f'{model.title}, fitted')}", f"note = {quoted(NOTE)}"]
    whens: dict[str, Mapping[str, str]] = {}
    before: dict[str, Point] = {}
    if is_whole or family is None:
        lines += whole_lines(model)
    else:
        lines.append(f"extends = {quoted(_base(family.levels[-1].folder, final))}")
        lines += _dimension_lines(told, paddings.keys())
        chosen = dict(model.options)
        whens = {part.name: part.when for part in family.description.parts if part.when.items() <= chosen.items()}
        before = {each.part: each.offset_mm for each in family.description.offsets if each.part not in paddings}
    changed = shapes.meshes({dimension_of(t.each): t.value_mm for t in told if t.each.kind == "dimension"})
    for part in model.parts:
        if is_whole or part.name in paddings:
            mesh = grown(changed.get(part.name, part.mesh), paddings.get(part.name, 0.0), part.name)
            sources = [
                f"{t.each.name}: {t.source}" for t in told if part.name in t.each.parts and t.each.axis is None
            ]
            file = write_mesh(mesh, folder, part.name)
            lines += part_lines(part, file, whens.get(part.name, {}), "; ".join(sources))
    lines += _offset_lines(told, before, paddings)
    (folder / FILE_NAME).write_text("\n".join([*lines, ""]), encoding="utf-8")


def _scenario(rooms: Rooms) -> Scenario:
    """Return the scenario of any position: its machine and couch are those of all."""
    return next(iter(rooms.commissioning.scenarios().values()))


def _paddings(told: Iterable[_Told]) -> dict[str, float]:
    """Return by how much surfaces are grown, by part."""
    found: dict[str, float] = {}
    for each in told:
        if each.each.kind == "padding":
            for part in each.each.parts:
                found[part] = found.get(part, 0.0) + each.value_mm
    return found


def _dimension_lines(told: Iterable[_Told], of_their_own: Collection[str]) -> Iterator[str]:
    """Yield the dimensions that parts of the base still follow; a mesh of its own holds what was fitted of it."""
    dimensions = [t for t in told if t.each.kind == "dimension" and not set(t.each.parts) <= set(of_their_own)]
    if dimensions:
        yield from ("", "[dimensions]")
    for each in dimensions:
        yield f"{dimension_of(each.each)} = {{ value = {each.value_mm!r}, source = {quoted(each.source)} }}"


def _offset_lines(told: Iterable[_Told], before: Mapping[str, Point], of_their_own: Iterable[str]) -> Iterator[str]:
    """Yield the offsets: those of the base with what was fitted; a mesh of its own has those of the base in it."""
    offsets = {part: np.zeros(3) for part in of_their_own}
    sources: dict[str, list[str]] = {}
    for each in told:
        if each.each.kind == "offset" and each.each.axis is not None:
            for part in each.each.parts:
                offsets.setdefault(part, np.array(before.get(part, (0.0, 0.0, 0.0))))
                offsets[part] = offsets[part] + each.value_mm * np.array(AXES[each.each.axis])
                sources.setdefault(part, []).append(f"{each.each.axis}: {each.source}")
    for part, offset in offsets.items():
        source = "; ".join(sources.get(part, ["none: the mesh has all that was fitted"]))
        fields = {"part": quoted(part), "offset_mm": array(np.round(offset, DECIMALS)), "source": quoted(source)}
        yield from table("[[offsets]]", fields)


def _base(base: Path, final: Path) -> str:
    """Return how a model names the one that it extends: by its name in the library, or by its folder from there."""
    for folder in model_folders():
        if (folder / base.name / FILE_NAME).is_file():
            if (folder / base.name).resolve() == base.resolve():
                return base.name
            break
    return Path(os.path.relpath(base.resolve(), final.resolve())).as_posix()
