"""The second reading of a 3MF file: triangles, placed meshes and their boxes, by the XML alone."""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from simulator.models.importers.soup import (
    MOST_OBJECTS,
    MOST_TRIANGLES,
    Count,
    Points,
    UnreadableError,
    bounds_of,
)
from simulator.models.importers.threemf_xml import Inventory, Key, Placed, decimals

DEEPEST = 100


class _Total(NamedTuple):
    triangles: int
    meshes: int
    bounds: Points | None


def count(inventory: Inventory) -> Count:
    """Count triangles and placed meshes; the bounds hold the boxes of meshes, each in its place."""
    totals: dict[Key, _Total] = {}
    total = _sum(inventory.items, inventory, totals, 0)
    if total.triangles > MOST_TRIANGLES or total.meshes > MOST_OBJECTS:
        raise UnreadableError(
            f"must place at most {MOST_OBJECTS:,} meshes of {MOST_TRIANGLES:,} triangles in all, "
            f"places {total.meshes:,} of {total.triangles:,}"
        )
    return Count(total.triangles, total.meshes, total.bounds, holds=True)


def _sum(placed: list[Placed], inventory: Inventory, totals: dict[Key, _Total], depth: int) -> _Total:
    if depth > DEEPEST:
        raise UnreadableError(f"components must be nested at most {DEEPEST} deep, and never hold themselves")
    triangles = meshes = 0
    boxes = []
    for key, transform in placed:
        if key not in inventory.objects:
            raise UnreadableError(f"object {key[1]} of {key[0]} is placed, but there is no such object")
        if key not in totals:
            found = inventory.objects[key]
            inner = _sum(found.components, inventory, totals, depth + 1)
            own = bounds_of(decimals(found.coordinates).reshape(-1, 3))
            known = [box for box in (inner.bounds, own) if box is not None]
            totals[key] = _Total(
                inner.triangles + found.triangles,
                inner.meshes + (not found.components),
                bounds_of(np.concatenate(known)) if known else None,
            )
        each = totals[key]
        triangles, meshes = triangles + each.triangles, meshes + each.meshes
        if each.bounds is not None:
            corners = np.array(list(product(*each.bounds.T)))
            boxes.append(corners @ transform[:3] + transform[3])
    return _Total(triangles, meshes, bounds_of(np.concatenate(boxes)) if boxes else None)
