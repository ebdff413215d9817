"""What is done of a study, in a folder: one file for each chunk, written whole, so that nothing that is done is lost.

A file is written under another name, brought to the disk and then renamed, so that it is there as a whole or not at
all, whenever the power fails. Results are made from these files alone: it makes no difference how often a run was
stopped. One process at a time works in a folder, which a lock of the operating system ensures.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from simulator.errors import SimulatorError
from simulator.file_lock import TakenError, locked
from simulator.studies.provenance import differences
from simulator.studies.rows import Row
from simulator.whole_files import written_whole

LOCK, STUDY, JOURNAL, MAPS = "study.lock", "study.json", "journal", "maps"
IN_A_FOLDER = 1000
"""So many files: folders of a million are slow."""


@dataclass(frozen=True)
class Entry:
    """A chunk that is done: its rows, what they took, and the cases of which a map is kept."""

    rows: list[Row]
    seconds: float
    cpu_seconds: float
    maps: list[int] = field(default_factory=list)


class Journal:
    """The folder of a study that this process alone works in.

    Attributes
    ----------
    folder : Path
        Of the study.
    done : set of int
        Numbers of the chunks that are done.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for place in (".", f"{JOURNAL}/*", MAPS):
            for unfinished in folder.glob(f"{place}/.simulator-*"):  # of a process that was killed
                if unfinished.is_file():  # a folder is a run's
                    unfinished.unlink()
        files = (folder / JOURNAL).glob("*/*.json")
        self.done = {int(file.stem) for file in files if file.stem.isdigit() and self._is_whole(file)}

    def write(self, chunk: int, entry: Entry, maps: Mapping[int, bytes]) -> None:
        """Keep what was found of a chunk, with the maps of some of its cases.

        Raises
        ------
        SimulatorError
            If it cannot be written: the disk is full, say.
        """
        for case, content in maps.items():
            self.write_file(map_file(self.folder, case), content)
        body = json.dumps(asdict(replace(entry, maps=sorted(maps))), allow_nan=False).encode()
        self.write_file(self._file(chunk), hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
        self.done.add(chunk)

    def entries(self) -> Iterator[Entry]:
        """Yield all that is done, in the order of the study."""
        for chunk in sorted(self.done):
            content = _content(self._file(chunk))
            if content is None:
                raise SimulatorError(f"{self._file(chunk)}: was there, and is damaged now; run the study again")
            yield Entry(**content)

    def write_file(self, path: Path, content: bytes) -> None:
        """Write a file whole and bring it to the disk.

        Raises
        ------
        SimulatorError
            If it cannot be written.
        """
        try:
            with written_whole(path) as unfinished, unfinished.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            _to_disk(path.parent)
        except (SimulatorError, OSError) as error:
            raise SimulatorError(
                f"{error}; what is done of the study stays: run it again into the same folder, and it goes on"
            ) from None

    def _is_whole(self, file: Path) -> bool:
        """Return whether a chunk is done: its file is as it was written, and its maps are still there."""
        content = _content(file)
        return content is not None and all(map_file(self.folder, case).is_file() for case in content.get("maps", ()))

    def _file(self, chunk: int) -> Path:
        return self.folder / JOURNAL / f"{chunk // IN_A_FOLDER:04d}" / f"{chunk:06d}.json"


def map_file(folder: Path, case: int) -> Path:
    """Return where the map of a case is kept in the folder of a study."""
    return folder / MAPS / f"{case:06d}.nc"


@contextmanager
def opened(folder: Path, provenance: Mapping[str, Any], results: Sequence[str] = ()) -> Iterator[Journal]:
    """Yield the journal of a study in a folder, new or gone on with.

    Raises
    ------
    SimulatorError
        If another process works there, the folder holds another study, or files of the names of ``results`` that are
        of none, or cannot be written to.
    """
    with ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(folder / LOCK))
            journal = _taken(folder, provenance, results)
        except TakenError:
            raise SimulatorError(
                f"{folder}: another process works on the study in this folder; wait until it is done, or stop it"
            ) from None
        except OSError as error:
            raise SimulatorError(
                f"{folder}: must be a folder that can be written to: {error.strerror or error}"
            ) from None
        yield journal


def _taken(folder: Path, provenance: Mapping[str, Any], results: Sequence[str]) -> Journal:
    """Return the journal of a folder that holds this study, or nothing of any."""
    file = folder / STUDY
    if file.exists():
        differing = differences(read_provenance(folder), provenance)
        if differing:
            raise SimulatorError(
                f"{folder}: must be a new folder, or one of the same study; what it holds differs in {differing}"
            )
    elif (folder / JOURNAL).exists():
        raise SimulatorError(f"{folder}: holds what is done of a study, but no {STUDY} that says of which")
    elif of_others := [name for name in results if (folder / name).exists()]:
        raise SimulatorError(
            f"{folder}: must hold nothing that a study would replace, and no {STUDY} says that "
            f"{', '.join(of_others)} is of one: take another folder"
        )
    journal = Journal(folder)
    if not file.exists():
        journal.write_file(file, json.dumps(provenance, indent=2, ensure_ascii=False).encode() + b"\n")
    return journal


def read_provenance(folder: Path) -> dict[str, Any]:
    """Return what the study in a folder is of.

    Raises
    ------
    SimulatorError
        If there is none, or it is damaged.
    """
    try:
        found = json.loads((folder / STUDY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise SimulatorError(f"{folder / STUDY}: must say which study the folder holds; it is missing or damaged")
    return found


def _content(file: Path) -> dict[str, Any] | None:
    """Return what a file of the journal holds; None if it is not as it was written."""
    with suppress(OSError, ValueError):
        hashed, _, body = file.read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() == hashed:
            found: dict[str, Any] = json.loads(body)
            return found
    return None


def _to_disk(folder: Path) -> None:
    """Bring the names of a folder to the disk, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
