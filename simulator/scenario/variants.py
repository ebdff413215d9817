"""Changes of a scenario: fields by their dotted names, and variants, which are named lists of such changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

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
    "couch.table_position_mm": ["patient.table_top_y_mm"],
    "patient.table_top_y_mm": ["couch.table_position_mm"],
}
"""Fields that exclude others: a change to one takes away what it replaces, which nothing else could be meant by."""


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
    """``[[variants]]``: a name, and the fields that differ from the scenario's."""

    name: Annotated[Name, AfterValidator(printable)]
    set: Annotated[dict[str, Any], Field(min_length=1), AfterValidator(_without_variants)]


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
        them, unless they are changed, too.
    """
    data: dict[str, Any] = _written(table)
    flat = dict(flat_changes(changes))
    for name in flat:
        for excluded in TAKES_AWAY.get(name, []):
            inner, _, last = excluded.rpartition(".")
            if excluded not in flat:
                data[inner].pop(last, None)
    for name, value in flat.items():
        *outer, last = name.split(".")
        place = data
        for step in outer:
            if not isinstance(place.get(step), dict):  # what is no table is replaced, and the schema says so
                place[step] = {}
            place = place[step]
        place[last] = value
    return data


def _written(value: Any) -> Any:
    """Return the fields that were given, and all tables, with what they hold where they were left out."""
    if isinstance(value, Table):
        fields = {name: getattr(value, name) for name in type(value).model_fields}
        return {
            name: _written(inner)
            for name, inner in fields.items()
            if name in value.model_fields_set or isinstance(inner, Table)
        } | {name: _written(inner) for name, inner in (value.model_extra or {}).items()}
    if isinstance(value, dict):
        return {name: _written(inner) for name, inner in value.items()}
    return [_written(inner) for inner in value] if isinstance(value, tuple) else value


def flat_changes(changes: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Yield the changes with tables taken apart, in their order; no recursion, as dots nest to any depth."""
    waiting = list(changes.items())[::-1]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, Mapping) and value:
            waiting += [(f"{name}.{inner}", deeper) for inner, deeper in list(value.items())[::-1]]
        else:
            yield name, value
