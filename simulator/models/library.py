"""Where models and scenarios are found: beside the asking file, in the user's folders, in what ships."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from simulator.errors import SimulatorError, unknown
from simulator.models.description import FILE_NAME, Kind, read_description
from simulator.scenario.schema import is_file

MODELS_VARIABLE = "SIMULATOR_MODELS"
"""Environment variable with folders of the user's own models, separated like PATH."""

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(what: str) -> Path:
    """Return the folder of the shipped ``"meshes"`` or ``"scenarios"``: of a checkout first, else of the wheel."""
    checkout = _PACKAGE.parent / what
    if (_PACKAGE.parent / "pyproject.toml").is_file() and checkout.is_dir():
        return checkout
    return _PACKAGE / "_data" / what


def model_folders() -> list[Path]:
    """Return the folders that hold models, in the order in which they are searched."""
    own = os.environ.get(MODELS_VARIABLE, "")
    return [Path(entry) for entry in own.split(os.pathsep) if entry] + [shipped("meshes")]


def models(kind: Kind) -> Iterator[tuple[str, Path]]:
    """Yield name and folder of every model of a kind; the first of a name hides later ones."""
    seen: set[str] = set()
    for folder in model_folders():
        for path in sorted(folder.glob(f"*/{FILE_NAME}")):
            name = path.parent.name
            if name not in seen and read_description(path.parent).kind == kind:
                seen.add(name)
                yield name, path.parent


def find_model(name: str, kind: Kind, beside: Path | None = None, *, field: str | None = None) -> Path:
    """Return the folder of a model, or the JSON file of a SlicerRT machine set.

    Parameters
    ----------
    name : str
        The name of a model, a path to its folder, or (machines and couches) a path or file name that ends in
        ``.json``.
    kind : {"machine", "couch", "fixation", "patient"}
        What it must be.
    beside : Path, optional
        Folder of the file that asks: relative paths start there.
    field : str, optional
        Where the name stands, for the message; ``"machine.model"`` and so on if not given.

    Raises
    ------
    SimulatorError
        If there is no such model; the message lists what there is.
    """
    places = [beside or Path.cwd(), *model_folders()]
    is_set = name.endswith(".json") and kind in ("machine", "couch")
    for place in places:
        candidate = place / name
        if is_file(candidate if is_set else candidate / FILE_NAME):
            return candidate
    if is_set:
        raise SimulatorError(
            f"{field or f'{kind}.model'}: there is no file {name!r} beside the scenario or in a folder of the "
            f"environment variable {MODELS_VARIABLE}; SlicerRT's machine sets come with SlicerRT (Room's Eye View)"
        )
    raise unknown(field or f"{kind}.model", name, [found for found, _ in models(kind)])


def scenarios() -> dict[str, Path]:
    """Return name and path of every shipped scenario, sorted by name."""
    return {path.stem: path for path in sorted(shipped("scenarios").glob("*.toml"))}


def find_survey(name_or_path: str | os.PathLike[str]) -> Path:
    """Return the path of a survey given as a path or as the name of a shipped one."""
    return _found("survey", name_or_path, surveys())


def surveys() -> dict[str, Path]:
    """Return name and path of every shipped survey, sorted by name."""
    return {path.stem: path for path in sorted(shipped("scenarios").glob("surveys/*.toml"))}


def find_study(name_or_path: str | os.PathLike[str]) -> Path:
    """Return the path of a study given as a path or as the name of a shipped one."""
    return _found("study", name_or_path, studies())


def studies() -> dict[str, Path]:
    """Return name and path of every shipped study, sorted by name."""
    return {path.stem: path for path in sorted(shipped("scenarios").glob("studies/*.toml"))}


def find_scenario(name_or_path: str | os.PathLike[str]) -> Path:
    """Return the path of a scenario given as a path or as the name of a shipped one."""
    return _found("scenario", name_or_path, scenarios())


def _found(what: str, name_or_path: str | os.PathLike[str], available: dict[str, Path]) -> Path:
    path = Path(name_or_path)
    if path.suffix == ".toml" or is_file(path):
        return path
    if str(name_or_path) in available:
        return available[str(name_or_path)]
    raise unknown(what, str(name_or_path), available)
