"""Which program gives an answer: its sources, and the versions of what it rests on."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from simulator.maps.provenance import versions

_PACKAGE = Path(__file__).resolve().parent.parent


@cache
def program() -> dict[str, str]:
    """Return the hash of the sources and the versions by package."""
    digest = hashlib.sha256()
    for file in sorted(_PACKAGE.rglob("*.py")):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode() + content)
    return {"sources_sha256": digest.hexdigest(), **versions()}


def program_sha256() -> str:
    """Return one hash of all of it."""
    return hashlib.sha256(json.dumps(program(), sort_keys=True).encode()).hexdigest()
