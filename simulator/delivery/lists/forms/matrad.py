"""matRad: ``pln`` in a MAT file (version 5): ``load beams.mat`` and add what else a plan needs.

``pln.propStf`` has ``gantryAngles`` and ``couchAngles`` (1 x n), ``numOfBeams`` and ``isoCenter`` (n x 3). Angles are
IEC 61217 for a patient who lies head first supine, as matRad's rotations have it. ``isoCenter`` is in DICOM patient
axes, mm, which are matRad's world coordinates; versions before 3 count from the corner of the CT cube, and are to be
given ``matRad_getIsoCenter(cst, ct)`` instead: that the change came with version 3 is not confirmed here.
``bixelWidth`` is that of matRad's examples.
"""

from __future__ import annotations

import io
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.forms.form import Form
from simulator.delivery.lists.forms.head_first_supine import beams_of_angles, equivalent_angles
from simulator.delivery.lists.forms.json_files import angle_pairs, one_point
from simulator.errors import SimulatorError, shown
from simulator.scenario.schema import LARGEST_FILE_BYTES
from simulator.setup.setup import Setup

BIXEL_MM = 5.0
HEAD = b"MATLAB 5.0 MAT-file, beam list"
HEAD_BYTES = 116
"""Text at the beginning of a file; scipy writes the time there."""
ALONE = "save pln alone: save('beams.mat', 'pln', '-v7')"
GANTRY, COUCH, ISOCENTRE = "gantryAngles", "couchAngles", "isoCenter"


def encode(beams: BeamList, setup: Setup) -> bytes:
    """Return the file."""
    from scipy.io import savemat

    gantry, couch = equivalent_angles(beams, setup)
    stf = {
        GANTRY: gantry[None],
        COUCH: couch[None],
        "numOfBeams": float(len(gantry)),
        ISOCENTRE: np.tile(beams.isocentre_mm, (len(gantry), 1)),
        "bixelWidth": BIXEL_MM,
    }
    stream = io.BytesIO()
    savemat(stream, {"pln": {"radiationMode": "photons", "machine": "Generic", "propStf": stf}})
    return HEAD.ljust(HEAD_BYTES) + stream.getvalue()[HEAD_BYTES:]


def decode(path: Path, setup: Setup) -> BeamList:
    """Return the list of a file."""
    stf = _field(_field(_variables(_content(path), path), "pln", f"{path}"), "propStf", f"{path}: pln")
    where = f"{path}: pln.propStf"
    gantry, couch = (_values(_field(stf, name, where), f"{where}.{name}") for name in (GANTRY, COUCH))
    place = _field(stf, ISOCENTRE, where).tolist() if ISOCENTRE in (stf.dtype.names or ()) else None
    return beams_of_angles(
        path,
        setup,
        angle_pairs(gantry, couch, path, (f"pln.propStf.{GANTRY}", f"pln.propStf.{COUCH}")),
        where=lambda at: f"{where}: beam {at}",
        isocentre_mm=one_point(place, f"{where}.{ISOCENTRE}"),
    )


FORM = Form("matrad", "matRad's pln as a MAT file: IEC 61217, head first supine", ".mat", encode, decode)


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(LARGEST_FILE_BYTES + 1)
    except FileNotFoundError:
        raise SimulatorError(f"{path}: there is no such file") from None
    except OSError as error:
        raise SimulatorError(f"{path}: cannot be read: {error.strerror}") from None
    if len(content) > LARGEST_FILE_BYTES:
        raise SimulatorError(f"{path}: must be a MAT file of at most 10 MB, is larger; {ALONE}")
    if content[:HEAD_BYTES].startswith(b"MATLAB 7.3"):
        raise SimulatorError(f"{path}: must be a MAT file of version 5 to 7, is of 7.3; {ALONE}")
    _require_small_when_unpacked(content, path)
    return content


def _require_small_when_unpacked(content: bytes, path: Path) -> None:
    """Refuse a file whose packed variables are far larger than it."""
    compressed, at = 15, 128
    room = LARGEST_FILE_BYTES
    while at + 8 <= len(content):
        kind, size = np.frombuffer(content, "<u4", 2, at).tolist()
        if kind == compressed:
            try:
                room -= len(zlib.decompressobj().decompress(content[at + 8 : at + 8 + size], room + 1))
            except zlib.error:
                raise SimulatorError(f"{path}: must be a whole MAT file, is damaged") from None
            if room < 0:
                raise SimulatorError(f"{path}: must hold at most 10 MB when unpacked, holds more; {ALONE}")
        at += 8 + size


def _variables(content: bytes, path: Path) -> dict[str, Any]:
    from scipy.io import loadmat

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found: dict[str, Any] = loadmat(io.BytesIO(content), variable_names=["pln"])
        except Exception:  # it raises what it likes
            raise SimulatorError(f"{path}: must be a whole MAT file, is something else, or damaged") from None
    return found


def _field(struct: Any, name: str, where: str) -> Any:
    """Return a field of a struct, or a variable of a file."""
    is_struct = isinstance(struct, dict) or (struct.dtype.names is not None and struct.size == 1)
    names = [each for each in struct if not each.startswith("__")] if isinstance(struct, dict) else struct.dtype.names
    if not is_struct or name not in names:
        has = ", ".join(names or ()) or "none"
        raise SimulatorError(f"{where}: must have {name}, has {has}")
    return struct[name] if isinstance(struct, dict) else struct[name].flat[0]


def _values(found: Any, field: str) -> list[Any]:
    """Return the numbers of an array in their order, whether it is a row or a column."""
    is_line = isinstance(found, np.ndarray) and found.dtype.kind in "iuf" and max(found.shape) == found.size
    if not is_line:
        raise SimulatorError(f"{field}: must be a row of angles, one a beam, was {_kind(found)}")
    return [float(value) for value in found.ravel()]


def _kind(found: Any) -> str:
    if not isinstance(found, np.ndarray):
        return shown(found)
    return f"an array of {' x '.join(map(str, found.shape))} {found.dtype.name}"
