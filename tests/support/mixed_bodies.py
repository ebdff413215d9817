"""Meshes as they come in: several bodies, hollow, inside out or torn, each with the solid that it stands for."""

from __future__ import annotations

from typing import NamedTuple

import manifold3d
import numpy as np
from support import shapes


class Mixed(NamedTuple):
    """Vertices and faces as a file would hold them, and what they enclose when in doubt all is solid."""

    vertices_mm: np.ndarray
    faces: np.ndarray
    solid: manifold3d.Manifold


def mixed(rng, size_mm, *, torn=0.2):
    """One to three bodies that may cross or hold each other; any may be inside out, hollow or torn.

    Only what is wound outwards is hollow. One box stands for all torn bodies.
    """
    meshes, solids, torn_points = [], [], []
    for _ in range(rng.integers(1, 4)):
        body = shapes.from_solid(manifold3d.Manifold.hull_points(size_mm * rng.uniform(-1, 1, (8, 3))))
        body = body.mapped(np.eye(3), size_mm * rng.uniform(-1, 1, 3))
        fate = rng.random()
        if fate < torn:
            keep = np.delete(body.faces, rng.integers(len(body.faces)), axis=0)
            meshes.append((body.vertices_mm, keep))
            torn_points.append(body.vertices_mm)
        elif fate < torn + 0.2:
            middle = body.vertices_mm.mean(axis=0)
            inner = body.mapped(0.7 * np.eye(3), 0.3 * middle)
            meshes += [(body.vertices_mm, body.faces), (inner.vertices_mm, inner.faces[:, ::-1])]
            solids.append(shapes.to_solid(body) - shapes.to_solid(inner))
        else:
            faces = body.faces[:, ::-1] if fate > 0.75 else body.faces
            meshes.append((body.vertices_mm, faces))
            solids.append(shapes.to_solid(body))
    if torn_points:
        points = np.concatenate(torn_points)
        solids.append(shapes.to_solid(shapes.cuboid(points.min(axis=0), points.max(axis=0))))
    offsets = np.cumsum([0, *(len(vertices) for vertices, _ in meshes)])
    faces = [part + offset for (_, part), offset in zip(meshes, offsets, strict=False)]
    order = rng.permutation(sum(len(part) for part in faces))
    return Mixed(
        np.concatenate([vertices for vertices, _ in meshes]),
        np.concatenate(faces)[order],
        manifold3d.Manifold.batch_boolean(solids, manifold3d.OpType.Add),
    )


def write_obj(body, path):
    """A mesh as OBJ, to the last digit."""
    lines = [f"v {x!r} {y!r} {z!r}" for x, y, z in body.vertices_mm.tolist()]
    lines += [f"f {a} {b} {c}" for a, b, c in (body.faces + 1).tolist()]
    path.write_text("\n".join(lines) + "\n")
    return path
