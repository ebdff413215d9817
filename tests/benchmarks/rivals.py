"""What others answer, as loops that the benchmarks time: python-fcl's distances; trimesh, coal and VTK for yes or no.

Each function makes what can be made before the clock starts (trees, transforms) and returns the loop. All bodies
stand where `Scene.T_fixed_body` places them, and poses come as `Sweep.poses` orders them.

What one has to know to get right answers:

* python-fcl: a result that is used again keeps what it held. `DistanceResult.min_distance` is the least it has ever
  seen, `CollisionResult.is_collision` stays true; what the functions return is right.
* trimesh: `add_object` rounds transforms to single precision and `set_transform` does not. A manager stops at the
  first contact unless asked for names, and then collects all contacts of all triangles. Two managers meet with all
  their bodies, so those that may touch must not be among them.
* coal: a `CollisionResult` that is not cleared still holds the contact of the query before, and `collide` counts it.
* VTK: a filter serves one pair and builds both trees for itself. It looks at its matrices again only where they were
  changed in place (`DeepCopy`, `Modified`), and counts contacts only after `Update`.
* None but the simulator sees a body that is wholly inside another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import fcl
import numpy as np
import trimesh
from benchmark_map import fcl_object, transforms
from numpy.typing import NDArray

from simulator.collision.scene import Scene
from simulator.models.mesh import Mesh

Poses = NDArray[np.float64]
Hits = NDArray[np.bool_]


def fcl_distances(scene: Scene, poses_deg: Poses) -> Callable[[], NDArray[np.float64]]:
    """Return a loop over distance queries: the least distance of all clearance pairs, shape (n,)."""
    objects = [fcl_object(body.mesh) for body in scene.bodies]
    places = [transforms(scene, body, poses_deg) for body in range(len(objects))]

    def loop() -> NDArray[np.float64]:
        least_mm = np.full(len(poses_deg), np.inf)
        request = fcl.DistanceRequest()
        for row in scene.clearance_pairs:
            pair = scene.pairs[row]
            a, b = objects[pair.a], objects[pair.b]
            for pose, (T_a, T_b) in enumerate(zip(places[pair.a], places[pair.b], strict=True)):
                a.setTransform(T_a)
                b.setTransform(T_b)
                least_mm[pose] = min(least_mm[pose], fcl.distance(a, b, request, fcl.DistanceResult()))
        return np.maximum(least_mm, 0.0)

    return loop


def trimesh_loop(scene: Scene, poses_deg: Poses) -> Callable[[], Hits]:
    """Return a loop over managers that meet each other: whether any pair of a pose collides, shape (n,).

    Bodies with the same partners share a manager, and only bodies that moved since the pose before are moved.
    """
    meshes = [trimesh.Trimesh(body.mesh.vertices_mm, body.mesh.faces, process=False) for body in scene.bodies]
    matrices = [np.array(scene.T_fixed_body(body, poses_deg)) for body in range(len(meshes))]
    moves = [np.r_[True, (T[1:] != T[:-1]).any(axis=(1, 2))] for T in matrices]
    meetings = [(_manager(meshes, first), _manager(meshes, second)) for first, second in _groups(scene)]
    carried = [
        (manager, body)
        for groups, managers in zip(_groups(scene), meetings, strict=True)
        for bodies, manager in zip(groups, managers, strict=True)
        for body in bodies
    ]

    def loop() -> Hits:
        hits = np.zeros(len(poses_deg), dtype=bool)
        for pose in range(len(poses_deg)):
            for manager, body in carried:
                if moves[body][pose]:
                    manager.set_transform(str(body), matrices[body][pose])
            hits[pose] = any(first.in_collision_other(second) for first, second in meetings)
        return hits

    return loop


def _groups(scene: Scene) -> list[tuple[list[int], list[int]]]:
    """Return bodies against bodies, all of the first with all of the second: together, the scene's pairs."""
    partners: dict[int, set[int]] = {}
    for pair in scene.pairs:
        partners.setdefault(pair.a, set()).add(pair.b)
    groups: dict[frozenset[int], list[int]] = {}
    for body, others in partners.items():
        groups.setdefault(frozenset(others), []).append(body)
    return [(bodies, sorted(others)) for others, bodies in groups.items()]


def _manager(meshes: list[trimesh.Trimesh], bodies: Iterable[int]) -> trimesh.collision.CollisionManager:
    manager = trimesh.collision.CollisionManager()
    for body in bodies:
        manager.add_object(str(body), meshes[body])
    return manager


def coal_loop(scene: Scene, poses_deg: Poses, *, with_buffers: bool) -> Callable[[], Hits]:
    """Return a loop over coal, with each pair's buffer as the margin or with none, shape (pairs, n)."""
    import coal

    models = [_coal_model(coal, body.mesh) for body in scene.bodies]
    places = [
        [coal.Transform3s(T[:3, :3].copy(), T[:3, 3].copy()) for T in scene.T_fixed_body(body, poses_deg)]
        for body in range(len(models))
    ]

    def loop() -> Hits:
        hits = np.zeros((len(scene.pairs), len(poses_deg)), dtype=bool)
        result = coal.CollisionResult()
        for row, pair in enumerate(scene.pairs):
            request = coal.CollisionRequest()
            request.security_margin = pair.buffer_mm if with_buffers else 0.0
            a, b = models[pair.a], models[pair.b]
            for pose, (T_a, T_b) in enumerate(zip(places[pair.a], places[pair.b], strict=True)):
                result.clear()
                hits[row, pose] = coal.collide(a, T_a, b, T_b, request, result) > 0
        return hits

    return loop


def _coal_model(coal: Any, mesh: Mesh) -> Any:
    points, triangles = coal.StdVec_Vec3s(), coal.StdVec_Triangle()
    for vertex in mesh.vertices_mm:
        points.append(vertex)  # `extend` takes no arrays
    triangles.extend([coal.Triangle(*face) for face in mesh.faces.tolist()])
    model = coal.BVHModelOBBRSS()
    model.beginModel(len(mesh.faces), len(mesh.vertices_mm))
    model.addSubModel(points, triangles)
    model.endModel()
    return model


def vtk_loop(scene: Scene, poses_deg: Poses) -> Callable[[], Hits]:
    """Return a loop over VTK's filters, one for each pair and stopping at the first contact, shape (pairs, n)."""
    import pyvista
    from vtkmodules.vtkCommonMath import vtkMatrix4x4
    from vtkmodules.vtkFiltersModeling import vtkCollisionDetectionFilter

    surfaces = [pyvista.PolyData.from_regular_faces(body.mesh.vertices_mm, body.mesh.faces) for body in scene.bodies]
    places = [[_vtk_matrix(T) for T in scene.T_fixed_body(body, poses_deg)] for body in range(len(surfaces))]
    filters = []
    for pair in scene.pairs:
        detection = vtkCollisionDetectionFilter()
        detection.SetCollisionModeToFirstContact()
        matrices = vtkMatrix4x4(), vtkMatrix4x4()
        for side, body in enumerate((pair.a, pair.b)):
            detection.SetInputData(side, surfaces[body])
            detection.SetMatrix(side, matrices[side])
        detection.Update()
        filters.append((detection, *matrices))

    def loop() -> Hits:
        hits = np.zeros((len(scene.pairs), len(poses_deg)), dtype=bool)
        for row, (pair, (detection, a, b)) in enumerate(zip(scene.pairs, filters, strict=True)):
            for pose, (T_a, T_b) in enumerate(zip(places[pair.a], places[pair.b], strict=True)):
                a.DeepCopy(T_a)
                b.DeepCopy(T_b)
                detection.Update()
                hits[row, pose] = detection.GetNumberOfContacts() > 0
        return hits

    return loop


def _vtk_matrix(T: NDArray[np.float64]) -> Any:
    from vtkmodules.vtkCommonMath import vtkMatrix4x4

    matrix = vtkMatrix4x4()
    matrix.DeepCopy(T.ravel())
    return matrix
