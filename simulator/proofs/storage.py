"""The user's cache folder: what can be made again, kept so that it need not be."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def cache_folder(name: str) -> Path | None:
    """Return a folder to keep things in, made if need be; None where nothing can be written.

    The environment variable ``SIMULATOR_CACHE`` names another place for it.
    """
    folder = _root() / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None
    return folder if os.access(folder, os.W_OK) else None


def _root() -> Path:
    if chosen := os.environ.get("SIMULATOR_CACHE"):
        return Path(chosen)
    home = Path("~").expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local")) / "treatment-geometry-simulator"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "treatment-geometry-simulator"
    return Path(os.environ.get("XDG_CACHE_HOME", home / ".cache")) / "treatment-geometry-simulator"
