"""The second reading of a GLB file: what its JSON says of numbers and extents, without looking at a vertex."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from simulator.models.importers.glb_arrays import Arrays
from simulator.models.importers.glb_tables import chunks_of, root_of, tree_of
from simulator.models.importers.soup import Count, Points, bounds_of

LARGEST = {5120: 127.0, 5121: 255.0, 5122: 32767.0, 5123: 65535.0}
JOINING = (5, 6)
"""Strips and fans, in which triangles without an area only join pieces: the number is that of the others."""


def count(content: bytes) -> Count:
    """Count the triangles of the default scene; the bounds hold the boxes that accessors declare."""
    text, binary = chunks_of(content)
    tree = tree_of(text)
    arrays = Arrays(root_of(text), binary)
    triangles = objects = 0
    boxes: list[Points | None] = []
    waiting: list[tuple[int, list[dict[str, Any]]]] = [
        (index, []) for index in tree["scenes"][tree.get("scene", 0)].get("nodes", ())
    ]
    while waiting:
        index, above = waiting.pop()
        node = tree["nodes"][index]
        path = [node, *above]
        waiting += [(child, path) for child in node.get("children", ())]
        if "mesh" not in node:
            continue
        mesh = tree["meshes"][node["mesh"]]
        places = _instances(tree, arrays, node)
        number = len(places["TRANSLATION"])
        objects += number
        for primitive in mesh["primitives"]:
            if primitive.get("mode", 4) < 4:
                continue
            triangles += number * _triangles(tree, arrays, primitive)
            box = _box(tree, primitive, node.get("weights", mesh.get("weights", ())))
            boxes.append(None if box is None else _moved(_in_instances(box, places), path))
    known = [box for box in boxes if box is not None]
    bounds = bounds_of(np.concatenate(known)) if known and len(known) == len(boxes) else None
    return Count(triangles, objects, bounds, holds=True)


def _triangles(tree: dict[str, Any], arrays: Arrays, primitive: dict[str, Any]) -> int:
    accessors, indices = tree["accessors"], primitive.get("indices")
    corners = accessors[primitive["attributes"]["POSITION"] if indices is None else indices]["count"]
    mode = primitive.get("mode", 4)
    if mode not in JOINING:
        return int(corners) // 3
    row = list(range(corners)) if indices is None else arrays.raw(indices)[:, 0].tolist()
    windows = zip(row if mode == 5 else [row[0]] * len(row), row[1:], row[2:], strict=False)
    return sum(len({a, b, c}) == 3 for a, b, c in windows)


def _box(tree: dict[str, Any], primitive: dict[str, Any], weights: list[float]) -> Points | None:
    """Return the declared extent (2, 3) of a primitive, that of its morph targets added."""
    box = _declared(tree, primitive["attributes"]["POSITION"])
    for weight, target in zip(weights, primitive.get("targets", ()), strict=False):
        if not weight or "POSITION" not in target or box is None:
            continue
        moved = _declared(tree, target["POSITION"])
        box = None if moved is None else box + np.sort(weight * moved, axis=0)
    return box


def _declared(tree: dict[str, Any], index: int) -> Points | None:
    told = tree["accessors"][index]
    if told.get("min") is None or told.get("max") is None:
        return None
    scale = LARGEST.get(told["componentType"], 1.0) if told.get("normalized") else 1.0
    return np.array([told["min"], told["max"]], dtype=float) / scale


def _instances(tree: dict[str, Any], arrays: Arrays, node: dict[str, Any]) -> dict[str, Points]:
    found = {"TRANSLATION": np.zeros((1, 3)), "ROTATION": np.array([[0.0, 0, 0, 1]]), "SCALE": np.ones((1, 3))}
    attributes = node.get("extensions", {}).get("EXT_mesh_gpu_instancing", {}).get("attributes", {})
    for name, index in attributes.items():
        number = tree["accessors"][index]["count"]
        found |= {key: np.repeat(value[:1], number, axis=0) for key, value in found.items() if key not in attributes}
        if name in found:
            found[name] = arrays.numbers(index, "VEC4" if name == "ROTATION" else "VEC3")
    return found


def _in_instances(box: Points, places: dict[str, Points]) -> Points:
    """Return the corners (8 n, 3) of a box in each instance."""
    corners = np.array([[box[i, 0], box[j, 1], box[k, 2]] for i, j, k in product((0, 1), repeat=3)])
    scaled = corners[None] * places["SCALE"][:, None, :]
    return (_turned(scaled, places["ROTATION"][:, None, :]) + places["TRANSLATION"][:, None, :]).reshape(-1, 3)


def _moved(points: Points, path: list[dict[str, Any]]) -> Points:
    """Return points of a node in the file's axes, by the node and the ones above it."""
    for node in path:
        if "matrix" in node:
            m = node["matrix"]
            points = sum(points[:, [k]] * np.array(m[4 * k : 4 * k + 3]) for k in range(3)) + np.array(m[12:15])
            continue
        scaled = points * np.array(node.get("scale", (1, 1, 1)))
        points = _turned(scaled, np.array(node.get("rotation", (0, 0, 0, 1)))) + np.array(
            node.get("translation", (0, 0, 0))
        )
    return points


def _turned(points: Points, quaternion: Points) -> Points:
    """Return points turned by quaternions x y z w, as p + 2 w (v × p) + 2 v × (v × p)."""
    unit = quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)
    v, w = unit[..., :3], unit[..., 3:]
    return np.asarray(points + 2 * w * np.cross(v, points) + 2 * np.cross(v, np.cross(v, points)))
