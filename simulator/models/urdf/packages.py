"""Where the mesh files of a description are: beside it, or, named as ROS does, in a package."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.errors import SimulatorError
from simulator.models.library import MODELS_VARIABLE, model_folders
from simulator.scenario.schema import is_file

PACKAGE = "package://"


def mesh_file(folder: Path, name: str) -> Path:
    """Return the path of a mesh file.

    Parameters
    ----------
    folder : Path
        Of the description: other paths start there.
    name : str
        A path, or ``package://NAME/PATH``: the package is the folder itself or one above it, if it is called NAME, a
        folder in it, or one of the environment variable SIMULATOR_MODELS or a folder in one of those.

    Raises
    ------
    SimulatorError
        If no such package has the file, or the name is of another kind (``file://``, ``model://``).
    """
    scheme, mark, path = name.partition("://")
    if not mark:
        return folder / name
    package, _, within = path.partition("/")
    if scheme + mark != PACKAGE or not package or not within:
        raise SimulatorError(f"{folder}: mesh must be a path or {PACKAGE}NAME/PATH, was {name!r}")
    places = list(dict.fromkeys(_places(folder, package)))
    for place in places:
        if is_file(place / within):
            return place / within
    raise SimulatorError(
        f"{folder}: mesh {name!r}: there is no such file in {', '.join(map(str, places))}; packages are looked for "
        f"beside and above the description and in the folders of the environment variable {MODELS_VARIABLE}"
    )


def _places(folder: Path, package: str) -> Iterator[Path]:
    """Yield where a package may be, the nearest first."""
    here = folder.resolve()
    yield from (above for above in (here, *here.parents) if above.name == package)
    yield here / package
    for entry in model_folders():
        yield from (entry,) if entry.name == package else (entry / package,)
