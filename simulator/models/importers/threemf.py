"""3MF: what lib3mf, the consortium's own library, places in the build; and the XML must say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from simulator.models.importers.soup import Count, Indices, Points, Soup, UnreadableError
from simulator.models.importers.threemf_count import count
from simulator.models.importers.threemf_package import package_of
from simulator.models.importers.threemf_xml import inventory_of

HARMLESS = (32935, 32944)
"""Warnings of lib3mf: an attribute that it does not know (the XML was searched for those); no UUID."""


def read(content: bytes) -> tuple[Soup, Count]:
    """Return the triangles of all items of a 3MF file's build, and what its XML says of them.

    Components are placed by their transforms, in other parts of the package, too (production extension). Objects that
    the build does not place are not there.
    """
    package = package_of(content)
    inventory = inventory_of(package)
    counted = count(inventory)
    vertices, faces, start, objects = [np.empty((0, 3))], [np.empty((0, 3), dtype=np.int64)], 0, 0
    meshes: dict[int, tuple[Points, Indices]] = {}
    for mesh, T in _placed(package.with_relationships(inventory.models)):
        identity = int(mesh.GetUniqueResourceID())
        if identity not in meshes:
            meshes[identity] = _arrays(mesh)
        points, triangles = meshes[identity]
        determinant = np.linalg.det(T[:3, :3])
        if not np.isfinite(T).all() or determinant == 0:
            raise UnreadableError(f"transform of an object must be finite and invertible, was {T[:, :3].tolist()}")
        vertices.append(points @ T[:3, :3] + T[3, :3])
        faces.append((triangles if determinant > 0 else triangles[:, ::-1]) + start)
        start, objects = start + len(points), objects + 1
    soup = Soup(np.concatenate(vertices), np.concatenate(faces), objects, unit=inventory.unit)
    return soup, counted


def _placed(package: bytes) -> Iterator[tuple[Any, Points]]:
    """Yield lib3mf's mesh objects, each with its transform (4, 4) for row vectors."""
    from lib3mf import get_wrapper
    from lib3mf.Lib3MF import ELib3MFException

    try:
        model = get_wrapper().CreateModel()
        reader = model.QueryReader("3mf")
        reader.ReadFromBuffer(package)
        told = [reader.GetWarning(index) for index in range(reader.GetWarningCount())]
        serious = [text for number, text in told if number not in HARMLESS]
        if serious:
            raise UnreadableError(f"lib3mf warns: {serious[0]}")
        items = model.GetBuildItems()
        while items.MoveNext():
            item = items.GetCurrent()
            yield from _meshes(item.GetObjectResource(), _matrix(item.GetObjectTransform()))
    except ELib3MFException as error:
        raise UnreadableError(f"lib3mf says: {error}") from None


def _meshes(resource: Any, T: Points) -> Iterator[tuple[Any, Points]]:
    if resource.IsMeshObject():
        yield resource, T
        return
    if not resource.IsComponentsObject():
        raise UnreadableError(
            f"object {resource.GetName()!r} is neither a mesh nor made of components, and is not read"
        )
    for index in range(resource.GetComponentCount()):
        component = resource.GetComponent(index)
        yield from _meshes(component.GetObjectResource(), _matrix(component.GetTransform()) @ T)


def _matrix(transform: Any) -> Points:
    """Return a transform of lib3mf, four rows of three, as a matrix for row vectors."""
    T = np.eye(4)
    T[:, :3] = [list(row) for row in transform.Fields]
    return T


def _arrays(mesh: Any) -> tuple[Points, Indices]:
    points = np.frombuffer(b"".join(map(bytes, mesh.GetVertices())), np.float32)
    indices = np.frombuffer(b"".join(map(bytes, mesh.GetTriangleIndices())), np.uint32)
    return points.reshape(-1, 3).astype(np.float64), indices.reshape(-1, 3).astype(np.int64)
