"""Files fetched from their public homes, or taken from a folder: with the right checksum, or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pooch
import requests

from simulator.errors import SimulatorError
from simulator.public_data.catalogue import DataFile, DataSet, sha256_of
from simulator.whole_files import written_whole

SECONDS = 30.0
"""How long a home may say nothing before it is given up."""


def fetch(wanted: DataSet, root: Path) -> Iterator[str]:
    """Fetch what is not there yet of a set, and yield a line for each file.

    A file is written under its name only when its checksum is right; what is there with another one is replaced.

    Parameters
    ----------
    wanted : DataSet
        The set.
    root : Path
        Folder of all data, made where there is none.

    Raises
    ------
    SimulatorError
        If no address is known, there is no connection, or what came is another file.
    """
    if wanted.address is None:
        raise SimulatorError(f"{wanted.name}: cannot be fetched; {how_by_hand(wanted)}")
    for file in wanted.files:
        target = root / wanted.folder / file.name
        if file.state(target.parent) == "present":
            yield f"{target}: present"
            continue
        address = wanted.address + file.name
        with written_whole(target) as unfinished:
            _download(address, unfinished, wanted)
            _require_same(unfinished, file, address)
        yield f"{target}: fetched, {file.bytes:,} bytes"


def take(wanted: DataSet, source: Path, root: Path) -> Iterator[str]:
    """Copy the files of a set from a folder, and yield a line for each; none is copied unless all are right.

    Raises
    ------
    SimulatorError
        If a file is missing there, or is another one.
    """
    missing = [file.name for file in wanted.files if not (source / file.name).is_file()]
    if missing:
        raise SimulatorError(f"--from {source}: must hold all files of {wanted.name}; missing: {', '.join(missing)}")
    for file in wanted.files:
        _require_same(source / file.name, file, f"--from {source / file.name}")
    for file in wanted.files:
        target = root / wanted.folder / file.name
        if file.state(target.parent) != "present":
            with written_whole(target) as unfinished:
                shutil.copyfile(source / file.name, unfinished)
        yield f"{target}: present"


def how_by_hand(wanted: DataSet) -> str:
    """Return what a person can do: where the data come from, and the command that takes them from a folder."""
    return (
        f"its home is {wanted.home} ({wanted.licence}). {wanted.by_hand} "
        f"With its files in a folder: simulator data fetch {wanted.name} --from FOLDER"
    )


def _download(address: str, path: Path, wanted: DataSet) -> None:
    try:
        pooch.HTTPDownloader(timeout=SECONDS)(address, str(path), None)
    except requests.RequestException as error:
        raise SimulatorError(f"{address}: {_reason(error)}; {how_by_hand(wanted)}") from None


def _reason(error: requests.RequestException) -> str:
    if error.response is not None:
        return f"refused with HTTP status {error.response.status_code}"
    if isinstance(error, requests.Timeout):
        return f"no answer within {SECONDS:.0f} s"
    return "cannot be reached; is there a network?"


def _require_same(path: Path, file: DataFile, named: str) -> None:
    found = sha256_of(path)
    if found != file.sha256:
        raise SimulatorError(
            f"{named}: must be the file that figures were made with, SHA-256 {file.sha256}; was {found}; "
            "nothing of it is kept"
        )
