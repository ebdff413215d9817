"""What there is: sets of files with their homes, licences and checksums, and what of them is on this computer."""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path

from simulator.errors import unknown

FOLDER_VARIABLE = "SIMULATOR_REFERENCE"
"""Environment variable with the folder that holds the data, instead of the user's own data folder."""

State = Literal["present", "missing", "another file"]


@dataclass(frozen=True)
class DataFile:
    """A file of a set, as it was when figures were made with it."""

    name: str
    bytes: int
    sha256: str

    def state(self, folder: Path) -> State:
        """Return whether the file is in a folder, or one of the same name with other content."""
        path = folder / self.name
        if not path.is_file():
            return "missing"
        return "present" if sha256_of(path) == self.sha256 else "another file"


@dataclass(frozen=True)
class DataSet:
    """Files that somebody published.

    Attributes
    ----------
    name : str
        What commands call it.
    title, used_for, home, licence : str
        What it is, what the project does with it, where it comes from, and under which terms.
    folder : str
        Its folder within that of all data.
    files : tuple of DataFile
        What it holds.
    address : str or None
        What the name of a file is appended to, to fetch it; None where no address of these bytes is known.
    by_hand : str
        What to do where nothing can be fetched.
    """

    name: str
    title: str
    used_for: str
    home: str
    licence: str
    folder: str
    files: tuple[DataFile, ...]
    address: str | None
    by_hand: str

    @property
    def bytes(self) -> int:
        """The size of all files."""
        return sum(file.bytes for file in self.files)

    def is_present(self, root: Path) -> bool:
        """Return whether all files are there, as they were published."""
        return all(file.state(root / self.folder) == "present" for file in self.files)


@cache
def data_sets() -> dict[str, DataSet]:
    """Return all sets by name."""
    written = tomllib.loads((Path(__file__).parent / "catalogue.toml").read_text(encoding="utf-8"))["sets"]
    return {each["name"]: _data_set(**each) for each in written}


def data_set(name: str) -> DataSet:
    """Return a set.

    Raises
    ------
    SimulatorError
        If there is none of that name.
    """
    if name not in data_sets():
        raise unknown("data set", name, data_sets())
    return data_sets()[name]


def data_folder() -> Path:
    """Return the folder of all data: ``SIMULATOR_REFERENCE``, else one among the user's data, there or not."""
    own = os.environ.get(FOLDER_VARIABLE)
    return Path(own) if own else user_data_path("treatment-geometry-simulator", False) / "reference"


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content, as hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _data_set(files: list[dict[str, str | int]], **fields: str) -> DataSet:
    address = fields.pop("from", None)
    texts = {name: " ".join(text.split()) for name, text in fields.items()}
    return DataSet(**texts, files=tuple(DataFile(**file) for file in files), address=address)  # type: ignore[arg-type]
