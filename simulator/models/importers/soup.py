"""What a reader hands over, what a second reading of the same file counts, and how a file is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Indices = NDArray[np.int64]
MOST_TRIANGLES = 20_000_000
"""More than a file of the largest size holds one by one; what repeats a mesh could stand for any number."""
MOST_OBJECTS = 10_000


class UnreadableError(Exception):
    """What is wrong with a file, or what it holds that is not read; the caller adds its name."""


@dataclass(frozen=True, eq=False)
class Soup:
    """A triangle soup: all triangles of a file, as it holds them; nothing merged, dropped or scaled.

    Attributes
    ----------
    vertices : ndarray, shape (n, 3)
        Corners in the file's unit, scene transforms applied.
    faces : ndarray of int, shape (m, 3)
        Vertex indices.
    objects : int
        How many objects (solids, meshes placed by a scene) the triangles belong to.
    unit : str, optional
        The unit that the file itself names.
    space : {"RAS", "LPS"}, optional
        The patient axes that the file itself names, as 3D Slicer writes them.
    sag : float
        How far corners of one polygon are from lying in a plane: between surfaces that it could mean.
    """

    vertices: Points
    faces: Indices
    objects: int = 1
    unit: str | None = None
    space: str | None = None
    sag: float = 0.0


@dataclass(frozen=True, eq=False)
class Count:
    """What another way through the same file finds in it, without building anything.

    Attributes
    ----------
    triangles, objects : int
        As in :class:`Soup`.
    bounds : ndarray, shape (2, 3), optional
        Lower and upper corner of all vertices; None where the file does not tell them apart from its surface.
    holds : bool
        True if ``bounds`` only hold the vertices, as those of a turned box do.
    """

    triangles: int
    objects: int = 1
    bounds: Points | None = None
    holds: bool = False


def require_same(soup: Soup, count: Count) -> None:
    """Refuse a file in which two readings do not find the same: one of them has lost something."""
    for what, read, counted in (
        ("triangles", len(soup.faces), count.triangles),
        ("objects", soup.objects, count.objects),
    ):
        if read != counted:
            raise UnreadableError(f"{read:,} {what} were read, but a second reading counts {counted:,}")
    found = bounds_of(soup.vertices)
    if count.bounds is None or found is None or not np.isfinite(found).all():  # which is refused by its own name
        return
    allowance = 1e-5 * max(float(np.abs(count.bounds).max()), 1e-30)
    too_far = (
        (count.bounds[0] - found[0], found[1] - count.bounds[1]) if count.holds else np.abs(found - count.bounds)
    )
    if not (np.asarray(too_far) <= allowance).all():  # not finite is not within it, either
        raise UnreadableError(
            f"coordinates of {_range(found)} were read, but a second reading finds {_range(count.bounds)}"
        )


def space_named(header: bytes) -> str | None:
    """Return the patient axes that a header or comment names, as 3D Slicer writes them (``SPACE=RAS``)."""
    named = {word.decode("latin-1") for word in re.findall(rb"\bSPACE\s*=\s*(\w+)", header)}
    if len(named) > 1 or not named <= {"RAS", "LPS"}:
        raise UnreadableError(f"SPACE must be RAS or LPS, was {' and '.join(sorted(named))}")
    return named.pop() if named else None


def numbers(words: list[bytes]) -> Points:
    """Return decimal numbers, and nothing else that Python takes for one (nan, inf, 1_000)."""
    try:
        if not b"".join(words).translate(None, b"0123456789+-.eE"):
            return np.array(list(map(float, words)), dtype=np.float64)
    except ValueError:
        pass
    odd = next(word for word in words if re.fullmatch(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", word) is None)
    raise UnreadableError(f"coordinates and the like must be decimal numbers, one was {shown(odd)}")


def require_range(groups: list[Indices], vertices: int, first: int = 0) -> None:
    """Refuse vertex indices (counted from 0; from ``first`` in the file) that no vertex has."""
    for group in groups:
        if group.size and (group.min() < 0 or group.max() >= vertices):
            worst = int(group.min() if group.min() < 0 else group.max()) + first
            raise UnreadableError(f"vertex indices must be {first} to {vertices - 1 + first}, one was {worst}")


def bounds_of(vertices: Points) -> Points | None:
    """Return the lower and the upper corner of points (n, 3), if there are any."""
    return np.stack([vertices.min(axis=0), vertices.max(axis=0)]) if len(vertices) else None


def unix_text(content: bytes) -> bytes:
    """Return a text whose lines end in a line feed, whatever system wrote it."""
    return content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def shown(text: bytes) -> str:
    """Return a piece of a file for a message: one short line."""
    return repr(b" ".join(text.split(b" ")).decode("latin-1")[:80])


def _range(bounds: Points) -> str:
    low, high = (" ".join(f"{value:g}" for value in corner) for corner in bounds)
    return f"({low}) to ({high})"
