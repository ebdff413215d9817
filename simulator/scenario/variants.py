"""Changes of a scenario: fields by their dotted names, and variants, which are named lists of such changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from simulator.errors import SimulatorError
from simulator.scenario.schema import Name, Table

_MESH_FIELDS = ("mesh", "units", "repair")
_STRUCTURE_FIELDS = ("structures", "external", "parts", "drop", "complete", "arms", "ct")
TAKES_AWAY = {
    "couch.model": [f"couch.{name}" for name in (*_MESH_FIELDS, "support", "surface_z_mm", "head_end_y_mm")],
    "couch.mesh": ["couch.model", "couch.options"],
    "patient.model": [f"patient.{name}" for name in (*_MESH_FIELDS, "axes", *_STRUCTURE_FIELDS, "plan", "beam")],
    "patient.mesh": [f"patient.{name}" for name in ("model", "options", "height_cm", "mass_kg", *_STRUCTURE_FIELDS)],
    "patient.structures": [f"patient.{name}" for name in (*_MESH_FIELDS, "axes", "model", "options")],
    "patient.site": ["patient.isocentre_mm", "patient.plan", "patient.beam"],
    "patient.isocentre_mm": ["patient.site", "patient.plan", "patient.beam"],
    "patient.plan": ["patient.site", "patient.isocentre_mm"],
    "fixation.N.model": [f"fixation.N.{name}" for name in (*_MESH_FIELDS, "surface_z_mm", "incline_deg")],
    "fixation.N.mesh": ["fixation.N.model", "fixation.N.options"],
    "couch.table_position_mm": ["patient.table_top_y_mm"],
    "patient.table_top_y_mm": ["couch.table_position_mm"],
}
"""Fields that exclude others: a change to one takes away what it replaces, which nothing else could be meant by.

N stands for the number of a table in a list, from 0 on.
"""


def printable(name: str) -> str:
    """Return a name that can stand in a line; a ValueError of the schema if it cannot."""
    if not name.strip() or not name.isprintable():
        raise ValueError("must be one line of readable text")
    return name


def _without_variants(changes: dict[str, Any]) -> dict[str, Any]:
    if any(name.partition(".")[0] == "variants" for name in changes):
        raise ValueError("must not change variants: a variant has none")
    return changes


class Variant(Table):
    """One of ``[[variants]]``: a name, and the fields that differ from the scenario's.

    Example::

        name = "arms down"
        set = { patient.options.arms = "down" }
    """

    name: Annotated[Name, AfterValidator(printable)]
    """What the variant is called in results: one line, and different from all others. Example:
    ``name = "190 cm"``"""
    set: Annotated[dict[str, Any], Field(min_length=1), AfterValidator(_without_variants)]
    """The fields that differ, by their names in the file: ``patient.height_cm``. A table among the values changes
    the fields that it names and leaves the others. Tables of lists have numbers from 0 on, and so have the values
    of a vector: ``fixation.0.model``, ``patient.shift_mm.2``. A field that excludes others replaces them.
    ``variants`` cannot be changed. Example: ``set = { patient.height_cm = 190 }``"""


def _distinct(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    names = [variant.name for variant in variants]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ValueError(f"must have different names, {twice!r} stands there twice")
    return variants


Variants = Annotated[tuple[Variant, ...], AfterValidator(_distinct)]


def changed(table: Table, changes: Mapping[str, object]) -> dict[str, Any]:
    """Return what a person would write for a table with some fields changed, for the schema to judge.

    Parameters
    ----------
    table : Table
        What is changed.
    changes : mapping
        Values by dotted name, one after the other. A table among the values changes the fields that it names and
        leaves the others; an empty one takes all fields away. A field that excludes others (`TAKES_AWAY`) replaces
        them, unless they are changed, too. Tables of a list have the names 0, 1 and so on (``"fixation.0.model"``),
        and so have the values of a vector (``"patient.shift_mm.2"``); the number after the last table adds one.

    Raises
    ------
    SimulatorError
        If a list has no table of a name.
    """
    data: dict[str, Any] = _written(table)
    flat = dict(flat_changes(changes))
    for name in flat:
        for excluded in _taken_away(name):
            if excluded not in flat:
                table_of, last = _reached(data, excluded)
                table_of.pop(last, None)
    for name, value in flat.items():
        place, last = _reached(data, name)
        place[last] = deepcopy(value)  # a later change may be within it
    return data


def _taken_away(name: str) -> list[str]:
    """Return the fields that a field excludes."""
    steps = name.split(".")
    number = next((step for step in steps if step.isdigit()), "")
    excluded = TAKES_AWAY.get(".".join("N" if step.isdigit() else step for step in steps), [])
    return [field.replace(".N.", f".{number}.") for field in excluded]


def _reached(data: dict[str, Any], name: str) -> tuple[Any, Any]:
    """Return the table or list that holds a field, and the field's name or number in it; both are made on the way."""
    place: Any = data
    *outer, last = steps = name.split(".")
    for step, following in zip(outer, steps[1:], strict=True):
        key = _key(place, step, name)
        if not isinstance(place[key] if isinstance(place, list) else place.get(key), dict | list):
            place[key] = [] if following == "0" else {}  # what is neither is replaced, and the schema says so
        place = place[key]
    return place, _key(place, last, name)


def _key(place: dict[str, Any] | list[Any], step: str, name: str) -> Any:
    """Return what a step of a dotted name leads to; in a list a number, for which there is room."""
    if isinstance(place, dict):
        return step
    if not (step.isascii() and step.isdigit() and len(step) < 6 and int(step) <= len(place)):
        raise SimulatorError(f"{name}: {step!r} must be a number from 0 to {len(place)}: it stands in a list")
    if int(step) == len(place):
        place.append({})
    return int(step)


def _written(value: Any) -> Any:
    """Return the fields that were given, and all tables and vectors, with what they hold where they were left out."""
    if isinstance(value, Table):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return {
            name: _written(inner)
            for name, inner in fields.items()
            if name in value.model_fields_set or isinstance(inner, Table) or _is_vector(inner)
        } | {name: _written(inner) for name, inner in (value.model_extra or {}).items()}
    if isinstance(value, dict):
        return {name: _written(inner) for name, inner in value.items()}
    return [_written(inner) for inner in value] if isinstance(value, tuple) else value


def _is_vector(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and all(isinstance(each, float) for each in value)


def flat_changes(changes: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the changes with tables taken apart, in their order; no recursion, as dots nest to any depth."""
    waiting = list(changes.items())[::-1]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, Mapping) and value:
            waiting += [(f"{name}.{inner}", deeper) for inner, deeper in list(value.items())[::-1]]
        else:
            yield name, value
