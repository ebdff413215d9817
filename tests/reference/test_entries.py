"""The reference of files: nothing is undocumented, examples are accepted, and limits are those that are enforced."""

from __future__ import annotations

import re
import tomllib
from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

import simulator as sim
from simulator.errors import SimulatorError
from simulator.reference.entry import Entry
from simulator.reference.places import is_sound
from simulator.reference.reference import KINDS, entries, explained
from simulator.reference.written import about_table
from simulator.scenario.hints import FILES

ALL = [entry for file in KINDS for entry in entries(file)]
LEAVES = [entry for entry in ALL if entry.limits and not entry.fields]
NUMBER = r"(-?[\d.]+(?:e[+-]?\d+)?)"


def test_every_kind_of_file_and_every_field_of_its_tables_is_there() -> None:
    assert {*FILES} == {*KINDS}
    names = {entry.name for entry in ALL}
    assert len(names) == len(ALL) > 300
    assert {name for entry in ALL for name in entry.fields} <= names
    assert {"patient.height_cm", "grid.JOINT_deg.step", "model.joints.limits", "study.vary.lattice.roi"} <= names


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: entry.name)
def test_an_entry_says_what_it_is_and_has_an_example_that_the_schema_takes(entry: Entry) -> None:
    assert len(" ".join(entry.paragraphs)) > 20, "not described"
    assert entry.example, "no example that the schema takes"
    assert is_sound(entry.file, entry.example)
    if entry.steps and not entry.steps[-1].isupper() and entry.steps[-1] != "JOINT_deg":
        assert re.search(rf"\b{entry.steps[-1]}\b", entry.example), "an example without the field"


@pytest.mark.parametrize("entry", LEAVES, ids=lambda entry: entry.name)
def test_limits_that_are_told_are_those_that_are_enforced(entry: Entry) -> None:
    outside, inside = _tried(entry)
    assert outside, f"nothing known of {entry.limits!r}"
    for value in outside:
        assert _is_refused(entry, value), f"{value!r} is taken, in spite of {entry.limits!r}"
    for value in inside:
        assert not _is_refused(entry, value, is_sound_alone=True), (
            f"{value!r} is refused, in spite of {entry.limits!r}"
        )


def _tried(entry: Entry) -> tuple[list[Any], list[Any]]:
    """Return values just outside of the limits as they are told, and values on them."""
    limits = entry.limits
    given = _place(_file(entry), entry)[1]
    if limits.startswith("one of "):
        names = limits.removeprefix("one of ").split(", ")
        return ["none of them"], [tomllib.loads(f"x = {name}")["x"] for name in names]
    if limits.startswith("each ") or ", then " in limits:
        first = limits.removeprefix("each ").split(", then ")[0].split("; ")[-1].removeprefix("each ")
        return tuple([_with_first(given, value) for value in values] for values in _scalars(first))  # type: ignore[return-value]
    if "entr" in limits:
        most = re.search(r"(?:to|most) ([\d,]+) entries", limits)
        too_many = [given[:1] * (int(most[1].replace(",", "")) + 1)] if most and isinstance(given, list) else []
        return [*([type(given)()] if not limits.startswith("at most") else []), *too_many], []
    return _scalars(limits)


def _with_first(given: Any, value: Any) -> Any:
    """Return a list, of lists or by names, with another first value."""
    if isinstance(given, dict):
        name = next(iter(given))
        return {**given, name: _with_first(given[name], value)}
    return [_with_first(given[0], value), *given[1:]] if isinstance(given, list) else value


def _scalars(limits: str) -> tuple[list[Any], list[Any]]:
    if found := re.match(r"(\d+) to ([\d,]+) characters", limits):
        most = int(found[2].replace(",", ""))
        return ["", "x" * (most + 1)], ([] if "pattern" in limits else ["x" * most])
    if "pattern" in limits:
        return ["a:b"], []
    outside: list[Any] = []
    inside: list[Any] = []
    for words, beyond, is_within in (
        (rf"(?:from|at least) {NUMBER}", -1, True),
        (rf"above {NUMBER}", 0, False),
        (rf"(?:from \S+ to|at most) {NUMBER}", 1, True),
        (rf"below {NUMBER}", 0, False),
    ):
        if found := re.search(words, limits):
            bound = float(found[1])
            whole = bound.is_integer()
            number = int(bound) if whole else bound
            outside.append(number + beyond if whole else bound + beyond * 1e-6)
            inside += [number] if is_within else []
    return outside, inside


def _file(entry: Entry) -> dict[str, Any]:
    """Return the example of an entry with the rest of a file that the schema takes."""
    root, data = FILES[entry.file], tomllib.loads(entry.example)
    for rest in about_table(root).examples:
        try:
            whole = {**tomllib.loads(rest), **data}
            root.model_validate(whole)
        except ValidationError:
            continue
        return whole
    raise AssertionError("no sound file")


def _place(data: dict[str, Any], entry: Entry) -> tuple[dict[str, Any], Any]:
    """Return the table that has the field of an entry, and its value."""
    place: Any = data
    for step in entry.steps[:-1]:
        place = place[step] if step in place else next(iter(place.values()))
        place = place[0] if isinstance(place, list) else place
    return place, place.get(entry.steps[-1])


def _is_refused(entry: Entry, value: Any, *, is_sound_alone: bool = False) -> bool:
    """Tell whether a value is refused; with ``is_sound_alone``, for itself, and not because of what stands beside."""
    data = deepcopy(_file(entry))
    _place(data, entry)[0][entry.steps[-1]] = value
    try:
        FILES[entry.file].model_validate(data)
    except ValidationError as error:
        return {detail["type"] for detail in error.errors()} != {"value_error"} or not is_sound_alone
    return False


@pytest.mark.parametrize(
    ("name", "value"), [("height_cm", 49.9), ("height_cm", 250.1), ("mass_kg", 2.9), ("mass_kg", 401)]
)
def test_limits_of_a_body_are_those_that_its_paragraph_tells(name: str, value: float) -> None:
    (entry,) = explained(f"patient.{name}")
    told = re.search(r"From (\d+) to (\d+)", " ".join(entry.paragraphs))
    assert told is not None
    with pytest.raises(
        SimulatorError, match=rf"{name}: must be {told[1]} to {told[2]}, was.*explain patient.{name}\)"
    ):
        sim.Patient.load("adult", **{name: value})


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("patient.height_cm", ["patient.height_cm"]),
        ("grid.couch_deg", ["grid.JOINT_deg"]),
        ("grid.couch_deg.step", ["grid.JOINT_deg.step"]),
        ("expect.free.clearance_mm", ["expect.free.clearance_mm"]),
        ("fixation.0.model", ["fixation.model"]),
        ("[patient]", ["patient"]),
        ("joints.limits", ["model.joints.limits"]),
        ("model.dimensions.floor_z_mm.value", ["model.dimensions.NAME.value"]),
        ("measure.tolerance", ["study.measure.tolerance"]),
        ("title", ["title"]),
        ("scenario", ["scenario"]),
        ("step_deg", ["survey.step_deg"]),
        ("study.scenario", ["study.scenario"]),
    ],
)
def test_a_name_finds_its_entry(asked: str, names: list[str]) -> None:
    assert [entry.name for entry in explained(asked)] == names


@pytest.mark.parametrize(
    ("asked", "near"),
    [("patient.hight_cm", "patient.height_cm"), ("limits", "model.joints.limits"), ("zzz", "scenario, model, study")],
)
def test_an_unknown_name_is_refused_with_near_ones(asked: str, near: str) -> None:
    with pytest.raises(SimulatorError, match=f"unknown name {asked!r}; available: .*{near}"):
        explained(asked)


def test_units_are_those_of_the_names() -> None:
    units = {entry.name: entry.unit for entry in ALL}
    assert units["patient.mass_kg"] == "kg"
    assert units["couch.pitch_deg"] == "degrees"
    assert units["errors.lateral_mm.bound"] == "mm"
    assert units["expect.solid_angle_sr.at_least"] == "steradians"
    assert units["model.joints.limits"] == "degrees, or mm of a joint that slides"
