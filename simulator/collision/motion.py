"""How far a part of one body can move, seen from another body, for a step of a scanned joint.

On a revolute joint a point moves by no more than (its distance from the axis) x (the angle in radians), because a
chord is shorter than its arc; on a prismatic joint by the difference of the values. Turning the other body about
its axis is, seen from it, turning the point the other way about that axis. The point's distance from that axis is
at most its distance from any point of the axis; and where the point itself turns about an axis of its own, that
distance is at most (its distance from a point of its own axis, which never changes) + (the distance between the
two axis points). For gantry and couch both are the isocentre, and the bound is the distance from it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Pair, Scene
from simulator.geometry.transforms import apply

AT_ZERO = np.zeros((1, 2))


def relative_rates(scene: Scene, pair: Pair, patches_mm: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return by how many mm the distance between body a and patches of body b changes at most, per unit.

    Parameters
    ----------
    scene, pair
        The two bodies and what moves them.
    patches_mm : sequence of k arrays, shape (n, 3)
        Points whose convex hulls hold the patches, in the axes of b.

    Returns
    -------
    ndarray, shape (k, 2)
        mm per degree (or per mm) of each scanned joint; infinity where no bound is claimed, because one scanned
        joint carries the other.

    """
    rates = np.zeros((len(patches_mm), 2))
    path_a = scene.tree.path(scene.bodies[pair.a].joint)
    path_b = scene.tree.path(scene.bodies[pair.b].joint)
    columns = scene.columns_of_pair(pair)
    T_fixed_b = scene.T_fixed_body(pair.b, AT_ZERO)[0]
    in_room = [apply(T_fixed_b, points) for points in patches_mm]
    own = [name for name in scene.scan if name in path_b]
    for column in columns:
        name = scene.scan[column]
        stacked = all(scanned in path_a for scanned in scene.scan) or len(own) > 1
        if stacked:
            rates[:, column] = np.inf
        elif scene.tree[name].type == "prismatic":
            rates[:, column] = 1.0
        elif name in path_b:
            rates[:, column] = np.radians([_radius_mm(scene, name, points) for points in in_room])
        else:
            rates[:, column] = np.radians([_reach_mm(scene, name, own, points) for points in in_room])
    return rates


def rate_of_body(scene: Scene, body: int, column: int) -> float:
    """Return by how many mm points of a body move at most, per degree (or mm) of a scanned joint that carries it."""
    name = scene.scan[column]
    if column not in scene.columns_of_body(body):
        return 0.0
    if scene.tree[name].type == "prismatic":
        return 1.0
    points_mm = apply(scene.T_fixed_body(body, AT_ZERO)[0], scene.bodies[body].mesh.vertices_mm)
    return float(np.radians(_radius_mm(scene, name, points_mm)))


def joint_axis(scene: Scene, joint: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a point and the unit direction of a joint's axis in the room, with the scanned joints at 0."""
    T_fixed_joint = scene.T_fixed_frame(joint, AT_ZERO)[0]
    T_fixed_parent = scene.T_fixed_frame(scene.tree[joint].parent, AT_ZERO)[0]
    R_parent_origin = scene.tree[joint].rotation_parent
    axis = np.asarray(scene.tree[joint].axis)
    if R_parent_origin is not None:
        axis = np.asarray(R_parent_origin) @ axis
    return T_fixed_joint[:3, 3], T_fixed_parent[:3, :3] @ axis


def _radius_mm(scene: Scene, joint: str, points_mm: NDArray[np.float64]) -> float:
    """Return the largest distance of points from a revolute joint's axis."""
    origin, axis = joint_axis(scene, joint)
    return float(np.linalg.norm(np.cross(points_mm - origin, axis), axis=1).max())


def _reach_mm(scene: Scene, joint: str, own: list[str], points_mm: NDArray[np.float64]) -> float:
    """Return the largest distance that points, turning on their own joint if any, can have from another's axis."""
    other, _ = joint_axis(scene, joint)
    if not own:
        return _radius_mm(scene, joint, points_mm)
    if scene.tree[own[0]].type == "prismatic":
        return float("inf")
    origin, axis = joint_axis(scene, own[0])
    nearest = origin + ((other - origin) @ axis) * axis
    own_distance = float(np.linalg.norm(points_mm - nearest, axis=1).max())
    return own_distance + float(np.linalg.norm(other - nearest))
