"""GLB, binary glTF 2.0: the default scene, every mesh where its nodes and instances put it, as a viewer draws it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from simulator.models.importers.glb_arrays import Arrays, at
from simulator.models.importers.glb_count import count
from simulator.models.importers.glb_tables import MeshTable, Node, Primitive, Root, Scene, chunks_of, root_of
from simulator.models.importers.polygons import strips_to_triangles, with_three_corners
from simulator.models.importers.soup import (
    MOST_OBJECTS,
    MOST_TRIANGLES,
    Count,
    Indices,
    Points,
    Soup,
    UnreadableError,
    require_range,
)

INSTANCING = "EXT_mesh_gpu_instancing"
QUANTIZATION = "KHR_mesh_quantization"
TRIANGLES, STRIP, FAN = 4, 5, 6


class Placed(NamedTuple):
    """A mesh and where it stands: transforms (n, 4, 4) to the file's axes, one an instance."""

    mesh: MeshTable
    weights: tuple[float, ...]
    transforms: Points


def read(content: bytes) -> tuple[Soup, Count]:
    """Return the triangles of the default scene in the file's axes (y up, as they are written), and a count of them.

    Morph targets are applied with their default weights. Animations, skins and extensions that carry a surface in
    another way are refused; points and lines have none.
    """
    return _soup(content), count(content)


def _soup(content: bytes) -> Soup:
    text, binary = chunks_of(content)
    root = root_of(text)
    arrays = Arrays(root, binary)
    if sum(node.mesh is not None for node in root.nodes) > MOST_OBJECTS:
        raise UnreadableError(f"must place at most {MOST_OBJECTS:,} meshes, has {len(root.nodes):,} nodes")
    placed, objects, corners = [], 0, 0
    for each in _placed(root, arrays, scene_of(root)):
        objects += len(each.transforms)
        corners += _corners(arrays, each)
        if objects > MOST_OBJECTS or corners > 3 * MOST_TRIANGLES:  # a small file may stand for any number
            raise UnreadableError(
                f"must place at most {MOST_OBJECTS:,} meshes of {MOST_TRIANGLES:,} triangles in all, "
                f"places {objects:,} or more with {corners:,} corners"
            )
        placed.append(each)
    vertices, faces, start = [np.empty((0, 3))], [np.empty((0, 3), dtype=np.int64)], 0
    for mesh, weights, transforms in placed:
        for primitive in mesh.primitives:
            if primitive.mode < TRIANGLES:
                continue
            points = _positions(root, arrays, primitive, weights)
            triangles = _triangles(arrays, primitive, len(points))
            for T in transforms:
                vertices.append(points @ T[:3, :3].T + T[:3, 3])
                faces.append((triangles if np.linalg.det(T[:3, :3]) > 0 else triangles[:, ::-1]) + start)
                start += len(points)
    return Soup(np.concatenate(vertices), np.concatenate(faces), objects)


def scene_of(root: Root) -> Scene:
    """Return the scene that a viewer shows first."""
    if root.scene is None and len(root.scenes) != 1:
        raise UnreadableError(f"must name its default scene, of {len(root.scenes)}")
    return at(root.scenes, root.scene or 0, "scene")


def _placed(root: Root, arrays: Arrays, scene: Scene) -> Iterator[Placed]:
    """Yield the meshes of a scene; each node is a root or has one parent."""
    waiting: list[tuple[int, Points]] = [(index, np.eye(4)) for index in scene.nodes]
    seen: set[int] = set()
    while waiting:
        here, above = waiting.pop()
        if here in seen:
            raise UnreadableError(f"node {here} must have one parent, and be no child of itself")
        seen.add(here)
        node = at(root.nodes, here, "node")
        T = above @ _local(node, here)
        waiting.extend((child, T) for child in node.children)
        if node.mesh is not None:
            mesh = at(root.meshes, node.mesh, "mesh")
            transforms = T @ _instances(arrays, node)
            if not np.isfinite(transforms).all() or (np.linalg.det(transforms[:, :3, :3]) == 0).any():
                raise UnreadableError(
                    f"transform of node {here} must be finite and invertible, was {transforms[0].tolist()}"
                )
            yield Placed(mesh, node.weights if node.weights is not None else mesh.weights or (), transforms)


def _local(node: Node, index: int) -> Points:
    """Return the transform (4, 4) of a node to its parent's axes."""
    parts = (node.translation, node.rotation, node.scale)
    if node.matrix is None:
        (composed,) = _composed(*(np.array([part or whole]) for part, whole in zip(parts, _WHOLE, strict=True)))
        return np.asarray(composed)
    if any(part is not None for part in parts):
        raise UnreadableError(f"node {index} must have a matrix, or translation, rotation and scale, has both")
    T: Points = np.array(node.matrix, dtype=np.float64).reshape(4, 4).T
    if not np.array_equal(T[3], (0, 0, 0, 1)):
        raise UnreadableError(f"transform of node {index} must end in 0 0 0 1, was {T.tolist()}")
    return T


_WHOLE = ((0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0))


def _composed(translations: Points, rotations: Points, scales: Points) -> Points:
    """Return transforms (n, 4, 4) that scale, then turn by quaternions x y z w, then shift."""
    lengths = np.linalg.norm(rotations, axis=1, keepdims=True)
    if (np.abs(lengths - 1) > 0.01).any():
        raise UnreadableError(
            f"each rotation must be a quaternion of length 1, one has {lengths.ravel().tolist()[0]:g}"
        )
    x, y, z, w = (rotations / lengths).T
    T = np.tile(np.eye(4), (len(rotations), 1, 1))
    T[:, :3, :3] = np.moveaxis(
        np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
            ]
        ),
        -1,
        0,
    )
    T[:, :3, :3] *= scales[:, None, :]
    T[:, :3, 3] = translations
    return T


def _instances(arrays: Arrays, node: Node) -> Points:
    """Return the transforms (n, 4, 4) of a node's instances to its own axes; without instances, none that moves."""
    if INSTANCING not in node.extensions:
        return np.eye(4)[None]
    told = node.extensions[INSTANCING]
    attributes = told.get("attributes") if isinstance(told, dict) else None
    if not isinstance(attributes, dict) or not all(
        type(index) is int and index >= 0 for index in attributes.values()
    ):
        raise UnreadableError(f"{INSTANCING} must have a table of attributes")
    kinds = {"TRANSLATION": "VEC3", "ROTATION": "VEC4", "SCALE": "VEC3"}
    unknown = [name for name in attributes if name not in kinds and not name.startswith("_")]
    given = {name: arrays.numbers(index, kinds[name]) for name, index in attributes.items() if name in kinds}
    counts = {arrays.table(index).count for index in attributes.values()}
    if unknown or len(counts) != 1:
        raise UnreadableError(
            f"{INSTANCING} must have as many of each of {', '.join(kinds)}, has {', '.join(attributes)}"
        )
    (number,) = counts
    parts = (given.get(name, np.tile(whole, (number, 1))) for name, whole in zip(kinds, _WHOLE, strict=True))
    return _composed(*parts)


def _corners(arrays: Arrays, placed: Placed) -> int:
    """Return how many corners and vertices a mesh has in all its places, at least one a primitive."""
    found = len(placed.mesh.primitives)
    for primitive in placed.mesh.primitives:
        used = (primitive.indices, primitive.attributes.get("POSITION"))
        found += max((arrays.table(index).count for index in used if index is not None), default=0)
    return found * len(placed.transforms)


def _positions(root: Root, arrays: Arrays, primitive: Primitive, weights: tuple[float, ...]) -> Points:
    """Return the corners (n, 3) of a primitive in its mesh's axes, morph targets applied."""
    if "POSITION" not in primitive.attributes:
        raise UnreadableError("each primitive must have POSITION, one has none")
    if weights and len(weights) != len(primitive.targets):
        raise UnreadableError(f"a mesh has {len(weights)} weights for {len(primitive.targets)} morph targets")
    points = _vectors(root, arrays, primitive.attributes["POSITION"])
    for weight, target in zip(weights, primitive.targets, strict=False):
        if "POSITION" in target and weight:
            moved = _vectors(root, arrays, target["POSITION"])
            if len(moved) != len(points):
                raise UnreadableError(f"a morph target must have {len(points)} positions, has {len(moved)}")
            points = points + weight * moved
    return points


def _vectors(root: Root, arrays: Arrays, index: int) -> Points:
    if arrays.table(index).componentType != 5126 and QUANTIZATION not in root.extensionsUsed:
        raise UnreadableError(f"positions must be floats without {QUANTIZATION}, accessor {index} has integers")
    return arrays.numbers(index, "VEC3")


def _triangles(arrays: Arrays, primitive: Primitive, vertices: int) -> Indices:
    """Return the triangles (m, 3) of a primitive."""
    if primitive.indices is None:
        corners = np.arange(vertices, dtype=np.int64)
    else:
        told = arrays.table(primitive.indices)
        if told.type != "SCALAR" or told.componentType not in (5121, 5123, 5125) or told.normalized:
            raise UnreadableError(
                f"vertex indices must be unsigned integers, accessor {primitive.indices} has others"
            )
        corners = arrays.raw(primitive.indices)[:, 0].astype(np.int64)
    if len(corners) < 3 or (primitive.mode == TRIANGLES and len(corners) % 3):
        raise UnreadableError(f"triangles must have 3 corners each, there are {len(corners)} corners")
    require_range([corners], vertices)
    if primitive.mode == TRIANGLES:
        return corners.reshape(-1, 3)
    if primitive.mode == STRIP:
        return strips_to_triangles(corners)
    first = np.full(len(corners) - 2, corners[0])
    return with_three_corners(np.stack([corners[1:-1], corners[2:], first], axis=1))
