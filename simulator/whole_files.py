"""Files written whole or not at all: one of them, or all of a run, and none of an earlier run beside them.

What is not done yet has another name in the same folder. Among the files of a run is a listing, a JSON object whose
``files`` names them all, those in folders with ``/``: it tells the next run what is there to go.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.errors import SimulatorError
from simulator.stopping import undisturbed


def file_path(path: str | os.PathLike[str], *endings: str) -> Path:
    """Return a path whose name ends as what it will hold.

    Raises
    ------
    SimulatorError
        If it ends otherwise: programs go by it.
    """
    found = Path(path)
    if found.suffix.lower() not in endings:
        raise SimulatorError(f"{found}: must end in {' or '.join(endings)}")
    return found


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield another name to write a file under; when that is done, the file takes its own, and else is taken away.

    Its folder is made if there is none.

    Raises
    ------
    SimulatorError
        If it cannot be written.
    """
    unfinished = _unfinished(path.parent, path.suffix)
    try:
        _require_folder(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True)
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        raise SimulatorError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with undisturbed(), suppress(OSError):
            unfinished.unlink(missing_ok=True)


@contextmanager
def scratch_beside(folder: Path) -> Iterator[Path]:
    """Yield a temporary folder beside the output: what cannot be written to is known before any work is done.

    Raises
    ------
    SimulatorError
        If it cannot be written to, or what is written meanwhile does not fit.
    """
    try:
        _require_folder(folder)
        parent = folder.absolute().parent
        while not parent.exists():
            parent = parent.parent
    except OSError as error:
        raise _not_writable(folder, error) from None
    scratch = _unfinished(parent)
    try:
        scratch.mkdir(mode=0o700)
        yield scratch
    except OSError as error:
        raise _not_writable(folder, error) from None
    finally:
        with undisturbed():
            shutil.rmtree(scratch, ignore_errors=True)


def names_of(unfinished: Path, listing: str) -> list[str]:
    """Return the names of the files of a run that is done but for its listing, with that of the listing."""
    return sorted({listing, *_files_in(unfinished)})


@undisturbed()
def move_files(unfinished: Path, folder: Path, listing: str) -> None:
    """Move finished files to where they go, all or none; those that an earlier run left there go away.

    Parameters
    ----------
    unfinished : Path
        Folder with the files, in a scratch folder beside ``folder``.
    folder : Path
        Where they go.
    listing : str
        Name of the file that lists them.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The listing goes first and comes last: whenever the power fails, it names nothing that is not there.
        new = sorted(_files_in(unfinished), key=listing.__eq__)
        for name in new:
            if (folder / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, f"{name} is a folder there")
        old = [name for name in {*new, *_listed(folder / listing)} if os.path.lexists(folder / name)]
        old.sort(key=listing.__ne__)
        aside = unfinished / ".earlier"
        for place in (folder, aside):
            for name in (*new, *old):
                (place / name).parent.mkdir(parents=True, exist_ok=True)
        _move_all(
            [(folder / name, aside / name) for name in old] + [(unfinished / name, folder / name) for name in new]
        )
        for name in old:
            with suppress(OSError):  # a folder that is empty now
                (folder / name).parent.rmdir()
    except OSError as error:
        raise _not_writable(folder, error) from None


def _move_all(moves: list[tuple[Path, Path]]) -> None:
    """Move files; where one cannot be, or somebody stops it, all are back where they were."""
    try:
        for source, target in moves:
            source.replace(target)
    except BaseException:
        for source, target in reversed(moves):
            if os.path.lexists(target) and not os.path.lexists(source):
                with suppress(OSError):  # as many as can be
                    target.replace(source)
        raise


def _listed(path: Path) -> list[str]:
    """Return the files that a listing names, itself among them, as far as they are there.

    A listing that is damaged, or names anything but files of its folder, is none of ours: nothing of it is believed.
    """
    try:
        names = json.loads(path.read_text(encoding="utf-8"))["files"]
        is_ours = isinstance(names, list) and path.name in names
        if not is_ours or not all(_is_plain(name) for name in names):
            return []
        return [name for name in names if not _is_linked(path.parent, name) and (path.parent / name).is_file()]
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return []


def _files_in(folder: Path) -> list[str]:
    """Return the names of all files in a folder, those in folders of it with ``/``."""
    return [file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*")) if not file.is_dir()]


def _is_plain(name: object) -> bool:
    """Return whether a name is that of a file in the folder or in one below, and leads nowhere else."""
    return isinstance(name, str) and name.isprintable() and all(map(_is_plain_step, name.split("/")))


def _is_plain_step(step: str) -> bool:
    return step == Path(step).name and step not in ("", "..")


def _is_linked(folder: Path, name: str) -> bool:
    """Return whether a file, or a folder that it is in, is a link to elsewhere."""
    steps = name.split("/")
    return any(folder.joinpath(*steps[: count + 1]).is_symlink() for count in range(len(steps)))


def _not_writable(folder: Path, error: OSError) -> SimulatorError:
    return SimulatorError(
        f"--output: must be a folder that can be written to, {str(folder)!r} is not: {error.strerror or error}"
    )


def _unfinished(folder: Path, ending: str = "") -> Path:
    return folder / f".simulator-{secrets.token_hex(4)}{ending}"


def _require_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
