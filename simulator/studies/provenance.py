"""What a study's results are of: enough to make them again, and to tell them from those of any other study."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from simulator.errors import SimulatorError
from simulator.maps.provenance import DISCLAIMER
from simulator.models.inheritance import read_family
from simulator.models.library import find_model
from simulator.models.slicerrt import files_of_machine_set
from simulator.models.urdf.tables import robot_file
from simulator.scenario.choices import SUPPORT
from simulator.studies.cases import Cases
from simulator.studies.program import program

FORMAT = "treatment-geometry-simulator study 1"
FILES = ("mesh", "structures", "ct", "plan")
"""Fields of a scenario that name a file, or a folder of them."""
MODELS = {"model": None, "support": "couch", "complete": "patient"}
"""Fields that name a model, and of which kind; None: of the kind that the table is of."""
SHOWN_DIFFERENCES = 8


def provenance_of(cases: Cases) -> dict[str, Any]:
    """Return the study, its scenario, the hashes of all files that its cases rest on, and the program, as JSON.

    No path of this machine is in it, unless the study itself has one.
    """
    study = cases.study
    found = {
        "format": FORMAT,
        "title": study.title,
        "study": study.model_dump(mode="json", exclude={"scenario"}, exclude_none=True),
        "scenario": cases.base.model_dump(mode="json", exclude_none=True),
        "cases": len(cases),
        "axes": [
            {"name": each.name, "columns": list(each.columns), "size": len(each.levels)} for each in cases.factors
        ],
        "has_lattice": study.lattice is not None,
        "files_sha256": _hashes(cases),
        "program": program(),
        "disclaimer": DISCLAIMER,
    }
    plain: dict[str, Any] = json.loads(json.dumps(found))
    return plain


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Return in which fields two provenances differ, by dotted names; those of the program in one word."""
    names = list(_differing(before, now))
    more = f" and {len(names) - SHOWN_DIFFERENCES} more" if len(names) > SHOWN_DIFFERENCES else ""
    return ", ".join(names[:SHOWN_DIFFERENCES]) + more


def _differing(before: Any, now: Any, place: str = "") -> Iterator[str]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for name in dict.fromkeys((*before, *now)):
            yield from _differing(before.get(name), now.get(name), f"{place}.{name}" if place else name)
    elif before != now:
        yield place


def _hashes(cases: Cases) -> dict[str, str]:
    """Return the hash of each file that a case rests on, by its name in the study or in a model's folder."""
    beside, own = cases.base.folder, cases.study.folder or Path()
    tables = [entry.csv for entry in cases.study.vary if entry.csv is not None]
    found = {name: _sha256(own / name) for name in tables}
    for name, file in _files(cases, beside):
        content, unique, number = _sha256(file), name, 1
        while found.setdefault(unique, content) != content:  # models of one name in several folders
            unique, number = f"{name} ({number + 1})", number + 1
    return dict(sorted(found.items()))


def _files(cases: Cases, beside: Path | None) -> Iterator[tuple[str, Path]]:
    for table, leaf, value in sorted(set(_named(cases))):
        if leaf in MODELS:
            yield from _files_of_model(MODELS[leaf] or table, value, beside)
            continue
        place = (beside or Path()) / value
        inside = sorted(place.rglob("*")) if place.is_dir() else [place]
        yield from ((f"{value}/{file.relative_to(place).as_posix()}".removesuffix("/."), file) for file in inside)


def _named(cases: Cases) -> Iterator[tuple[str, str, str]]:
    """Yield which models and files the scenario and all that varies in it name: table, field, and the name."""
    levels = [level.changes for factor in cases.factors for level in factor.levels]
    for changes in (cases.base.model_dump(exclude_none=True), *levels):
        for table, leaf, value in _in(changes):
            yield table, leaf, value
            if (table, leaf) == ("couch", "mesh"):
                yield table, "support", SUPPORT  # where none is named


def _in(table: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, str, str]]:
    for name, value in table.items():
        field = f"{place}.{name}" if place else name
        if isinstance(value, Mapping):
            yield from _in(value, field)
        elif isinstance(value, list | tuple):
            yield from (found for each in value if isinstance(each, Mapping) for found in _in(each, field))
        elif isinstance(value, str):
            steps = [step for step in field.split(".") if not step.isdigit()]  # fixation.0.model
            if len(steps) == 2 and steps[1] in (*FILES, *MODELS):
                yield steps[0], steps[1], value


def _files_of_model(kind: str, name: str, beside: Path | None) -> Iterator[tuple[str, Path]]:
    """Yield the files of a model and of those that it extends; none of one that is not there: its cases say so."""
    try:
        folder = find_model(name, kind, beside)  # type: ignore[arg-type]
        if folder.is_file():
            levels, files = [folder.parent], [folder, *files_of_machine_set(folder)]
        else:
            family = read_family(folder)
            levels, files = [level.folder for level in family.levels], family.files
            files += [file for level in levels for file in sorted(level.glob("*.*"))]
            files += [file for level in levels if (file := robot_file(level)) is not None]
    except SimulatorError:
        return
    for file in files:
        level = next((level for level in levels if file.is_relative_to(level)), file.parent)
        yield f"{kind} {level.name}/{file.relative_to(level).as_posix()}", file


def _sha256(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
