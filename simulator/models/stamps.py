"""What a generated mesh file says of the dimensions that it was made with."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

HEADER_BYTES = 1000


def stamp(dimensions: Mapping[str, float]) -> str:
    """Return what names the values of all dimensions."""
    text = json.dumps({name: float(value) for name, value in dimensions.items()}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def stamp_of(file: Path) -> str | None:
    """Return the stamp in a mesh file's header, if it has one."""
    try:
        with file.open("rb") as stream:
            found = re.search(rb"(?m)^comment dimensions ([0-9a-f]{16})$", stream.read(HEADER_BYTES))
    except OSError:
        return None  # reading the mesh will say what is wrong
    return found[1].decode() if found else None
