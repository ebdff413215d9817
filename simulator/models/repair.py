"""Meshes mended on request, and what was done to them: trimesh closes holes and turns triangles."""

from __future__ import annotations

import logging

import numpy as np
from numpy.typing import NDArray

from simulator.models.surfaces import Surface

logging.getLogger("trimesh").addHandler(logging.NullHandler())  # what matters is raised, not printed


def repaired(
    vertices: NDArray[np.float64], faces: NDArray[np.int32]
) -> tuple[NDArray[np.float64], NDArray[np.int32], tuple[str, ...]]:
    """Return vertices (n, 3) and faces (m, 3) without holes and wound outwards, and what was mended, in words."""
    import trimesh

    mesh = trimesh.Trimesh(vertices, faces, process=False)
    repairs = []
    degenerate = ~mesh.nondegenerate_faces()
    if degenerate.any():
        mesh.update_faces(~degenerate)
        repairs.append(f"{int(degenerate.sum())} degenerate triangles dropped")
    if not mesh.is_watertight:
        before = len(mesh.faces)
        trimesh.repair.fill_holes(mesh)
        state = "closed" if mesh.is_watertight else "still open"
        repairs.append(f"{len(mesh.faces) - before} triangles added to holes, {state}")
    if not mesh.is_winding_consistent:
        trimesh.repair.fix_winding(mesh)
        repairs.append("triangles turned to agree with their neighbours")
    surface = Surface.of(np.asarray(mesh.vertices), np.asarray(mesh.faces, dtype=np.int32))
    if surface.is_inward.any():
        turned = surface.is_inward[surface.body]
        mesh.faces = np.where(turned[:, None], mesh.faces[:, ::-1], mesh.faces)
        repairs.append(f"winding turned outwards of {int(surface.is_inward.sum())} of {surface.count} bodies")
    return np.asarray(mesh.vertices), np.asarray(mesh.faces, dtype=np.int32), tuple(repairs)
