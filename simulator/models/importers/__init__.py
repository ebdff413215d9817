"""Readers of mesh files, one file a format: every triangle is read, or the file is refused by what is not.

A reader knows the grammar of its format and takes nothing else: what it does not understand is refused by its name,
and passed over only if it cannot carry a surface (names, looks, normals, points, lines). A second reading, which goes
another way through the file, must find as many triangles and objects within the same bounds. A new format is a file
with ``read`` and a line in :data:`FORMATS`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulator.models.importers import glb, obj, ply, stl, threemf
from simulator.models.importers.soup import Count, Soup, UnreadableError, require_same

__all__ = ["FORMATS", "Soup", "UnreadableError", "soup_of"]

FORMATS: dict[str, Callable[[bytes], tuple[Soup, Count]]] = {
    ".stl": stl.read,
    ".obj": obj.read,
    ".ply": ply.read,
    ".glb": glb.read,
    ".3mf": threemf.read,
}


def soup_of(content: bytes, suffix: str) -> Soup:
    """Return all triangles of a file.

    Parameters
    ----------
    content : bytes
        The whole file.
    suffix : str
        One of :data:`FORMATS`.

    Raises
    ------
    UnreadableError
        If the content is damaged, holds something that is not read, or its two readings do not agree.
    """
    with np.errstate(all="ignore"):  # what overflows is not finite, and refused for that
        soup, count = FORMATS[suffix](content)
        require_same(soup, count)
    return soup
