"""The entries of every file that people write, made from its schema and what its source says."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from pydantic import BaseModel

from simulator.commission import commissioning
from simulator.errors import unknown
from simulator.models import description
from simulator.reference.columns import COLUMNS, column_entries
from simulator.reference.entry import Entry
from simulator.reference.limits import default_of, limits_of, type_of, unit_of
from simulator.reference.places import CHOSEN, Place
from simulator.reference.written import OTHERS, Written, about_fields, about_table
from simulator.scenario import scenario, study, survey
from simulator.scenario.hints import extra_of, full_name

KINDS: dict[str, type[BaseModel]] = {
    "scenario": scenario.Scenario,
    "model": description.Description,
    "study": study.Study,
    "survey": survey.Survey,
    "commissioning": commissioning.Commissioning,
}
"""The kinds of files, in the order in which they are shown."""
OF_JOINTS = "degrees or mm, as the name ends"


@cache
def entries(file: str) -> tuple[Entry, ...]:
    """Return the entries of a kind of file: the file itself, and each field with those of its table behind it.

    Of a table of results, the table itself and its columns.
    """
    if file in COLUMNS:
        return column_entries(file)
    top = Place(file, table=KINDS[file])
    said = about_table(KINDS[file])
    return (_entry(top, said, {}), *_below(top))


def _below(place: Place) -> Iterator[Entry]:
    """Yield the entries of a table's fields, and of theirs."""
    table = place.table
    assert table is not None
    schemas = table.model_json_schema()
    said = about_fields(table)
    for name, field in table.model_fields.items():
        schema, written = schemas["properties"][name], said.get(name, Written())
        inner = place.field(name, field.annotation, written.examples)
        facts = {"type": type_of(schema), "default": default_of(field), "limits": limits_of(schema)}
        unit = unit_of(name, schema)
        if not unit and facts["type"] == "number" and place.shown:  # of a table whose name has it: lateral_mm
            unit = OF_JOINTS if place.shown[-1] == CHOSEN[OTHERS][0] else unit_of(place.shown[-1], {})
        yield from _entries(inner, written, {**facts, "unit": unit})
    if table.model_config.get("extra") == "allow":
        others, written = schemas.get("additionalProperties"), said.get(OTHERS, Written())
        facts = {"type": type_of(others) if isinstance(others, dict) else "number, or [from, to]"}
        inner = place.field(OTHERS, extra_of(table), written.examples)
        yield from _entries(inner, written, {**facts, "unit": OF_JOINTS})


def _entries(place: Place, said: Written, facts: dict[str, str]) -> Iterator[Entry]:
    if place.table is None:
        yield _entry(place, said, facts)
        return
    facts = {**facts, "unit": "", "limits": "" if not place.is_list else facts.get("limits", "")}
    about = about_table(place.table).paragraphs
    if place.has_names:
        one = place.named()
        yield _entry(place, said, facts)
        yield _entry(one, Written(about), {"type": "table"})
        yield from _below(one)
    else:
        yield _entry(place, Written(said.paragraphs + about), facts)
        yield from _below(place)


def _entry(place: Place, said: Written, facts: dict[str, str]) -> Entry:
    names: list[str] = []
    if place.has_names:
        names = [place.named().shown[-1]]
    elif place.table is not None:
        names = [*place.table.model_fields]
        names += [CHOSEN[OTHERS][0]] * (place.table.model_config.get("extra") == "allow")
    return Entry(
        place.file,
        place.shown,
        table=place.heading,
        paragraphs=said.paragraphs,
        example=place.example(),
        fields=tuple(full_name(place.file, (*place.shown, name)) for name in names),
        **facts,
    )


def explained(name: str) -> tuple[Entry, ...]:
    """Return the entries of a name: one, or those of several files where it says none and all of them have it.

    Parameters
    ----------
    name : str
        ``"patient.height_cm"`` of a scenario, ``"model.joints.limits"`` or ``"joints.limits"`` of another file, or
        the kind of a file. Numbers of tables in lists may be there, and names that the file chooses. Columns of
        results are ``"beams.weight_sr"``, ``"beams.csv.weight_sr"`` or, if no file has such a field, ``"weight_sr"``.

    Raises
    ------
    SimulatorError
        If no file has such a field; the message has names that are near.
    """
    steps = name.strip().strip(".").replace("[", "").replace("]", "").split(".")
    if steps[0] in COLUMNS and steps[1:2] == ["csv"]:
        del steps[1]
    if steps[0] in (*KINDS, *COLUMNS) and (entry := _found(steps[0], steps[1:])) is not None:
        return (entry,)
    if found := tuple(entry for file in KINDS if (entry := _found(file, steps)) is not None):
        return found[:1] if found[0].file == scenario.Scenario.FILE else found
    if found := tuple(entry for table in COLUMNS for entry in entries(table) if entry.steps == tuple(steps)):
        return found
    raise unknown("explain: field", name, near(name))


def near(name: str) -> list[str]:
    """Return names that somebody may have meant; the kinds of files if there is none."""
    names = [entry.name for file in (*KINDS, *COLUMNS) for entry in entries(file)]
    last = name.lower().rpartition(".")[2]
    alike = get_close_matches(name.lower(), names, n=4, cutoff=0.6)
    ends = [one for one in names if get_close_matches(last, [one.rpartition(".")[2].lower()], cutoff=0.8)]
    return list(dict.fromkeys([*alike, *ends]))[:8] or [*KINDS]


def _found(file: str, steps: list[str]) -> Entry | None:
    """Return the entry at some steps of a file, if there is one."""
    wanted = [step for step in steps if not step.isdigit()]
    for entry in entries(file):
        if len(entry.steps) == len(wanted) and all(map(_fits, entry.steps, wanted)):
            return entry
    return None


def _fits(own: str, step: str) -> bool:
    """Return whether a name is that of an entry, or one that the file chooses where the entry has capitals."""
    if own == CHOSEN[OTHERS][0]:
        return step == own or step.endswith(("_deg", "_mm"))
    return step == own or own.isupper()
