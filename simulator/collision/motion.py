"""How far a part of one body can move, seen from another body, for a step of a scanned joint.

On a revolute joint a point moves by no more than (its distance from the axis) x (the angle in radians), because a
chord is shorter than its arc; on a prismatic joint by the difference of the values. Seen from body a, a point p of
body b is carried by all joints on the way from b to a, b's own turning it, a's turning it the other way.

How far p can be from the axis of one of them follows from the joints that lie between: p stays at one distance from a
point of the next axis, that one at one distance from a point of the axis after it, and so on (links of a chain), and
a prismatic joint in between adds its travel. For gantry and couch all these points are the isocentre, and the bound
is the distance from it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Pair, Scene
from simulator.geometry.transforms import apply

Axis = tuple[NDArray[np.float64], NDArray[np.float64]]
"""A point of a joint's axis and its unit direction, in the room, with the scanned joints at 0."""


def relative_rates(
    scene: Scene, pair: Pair, patches_mm: Sequence[NDArray[np.float64]], travel_mm: float = np.inf
) -> NDArray[np.float64]:
    """Return by how many mm the distance between body a and patches of body b changes at most, per unit.

    Parameters
    ----------
    scene, pair
        The two bodies and what moves them.
    patches_mm : sequence of m arrays, shape (n, 3)
        Points whose convex hulls hold the patches, in the axes of b.
    travel_mm : float
        How far from where they rest the values are at most that prismatic joints follow.

    Returns
    -------
    ndarray, shape (m, k)
        mm per degree (or per mm) of each scanned joint; infinity where a joint turns what slides without end.
    """
    at = slides_at_rest(scene)
    T_fixed_b = scene.T_fixed_body(pair.b, at)[0]
    in_room = [apply(T_fixed_b, points) for points in patches_mm]
    of_a, of_b = scene.chains_of_pair(pair)
    passed: list[str] = []
    rates = np.zeros((len(patches_mm), len(scene.scan)))
    for joint, column, multiplier in (*reversed(of_b), *of_a):
        if scene.tree[joint].type == "prismatic":
            rates[:, column] += abs(multiplier)
        else:
            reach_mm = _reaches_mm(scene, joint, passed, in_room, travel_mm, at)
            rates[:, column] += abs(multiplier) * np.radians(reach_mm)
        passed.append(joint)
    return rates


def rate_of_body(scene: Scene, body: int, column: int, travel_mm: float = np.inf) -> float:
    """Return by how many mm points of a body move at most, per degree (or mm) of a scanned joint that carries it."""
    points_mm = apply(scene.T_fixed_body(body, scene.at_zero)[0], scene.bodies[body].mesh.vertices_mm)
    passed: list[str] = []
    rate = 0.0
    for joint, moves, multiplier in reversed(scene.chain_of_body(body)):
        if moves == column and scene.tree[joint].type == "prismatic":
            rate += abs(multiplier)
        elif moves == column:
            (reach_mm,) = _reaches_mm(scene, joint, passed, [points_mm], travel_mm, scene.at_zero)
            rate += abs(multiplier) * float(np.radians(reach_mm))
        passed.append(joint)
    return rate


def slides_at_rest(scene: Scene) -> NDArray[np.float64]:
    """Return the pose (1, k) with scanned joints at 0, but those that prismatic ones follow where they rest."""
    sliding = {scene.tree.driver(joint.name)[0] for joint in scene.tree.joints if joint.type == "prismatic"}
    return np.array([[scene.rest.get(joint, 0.0) if joint in sliding else 0.0 for joint in scene.scan]])


def joint_axis(scene: Scene, joint: str, at: NDArray[np.float64] | None = None) -> Axis:
    """Return a point and the unit direction of a joint's axis in the room, at a pose (1, k); at 0 if not given."""
    at = scene.at_zero if at is None else at
    T_fixed_joint = scene.T_fixed_frame(joint, at)[0]
    T_fixed_parent = scene.T_fixed_frame(scene.tree[joint].parent, at)[0]
    R_parent_origin = scene.tree[joint].rotation_parent
    axis = np.asarray(scene.tree[joint].axis)
    if R_parent_origin is not None:
        axis = np.asarray(R_parent_origin) @ axis
    return T_fixed_joint[:3, 3], T_fixed_parent[:3, :3] @ axis


def _reaches_mm(
    scene: Scene,
    joint: str,
    passed: Sequence[str],
    patches_mm: Sequence[NDArray[np.float64]],
    travel_mm: float,
    at: NDArray[np.float64],
) -> list[float]:
    """Return for each patch the largest distance that its points can have from a revolute joint's axis.

    ``passed`` are the scanned joints between the points and that one, from the points on; prismatic ones travel from
    where they are at the pose ``at`` (1, k).
    """
    to = joint_axis(scene, joint, at)
    links, slides_mm = [], 0.0
    for name in passed:
        if scene.tree[name].type == "prismatic":
            slides_mm += travel_mm * abs(scene.tree.driver(name)[1])
        else:
            origin, axis = joint_axis(scene, name, at)
            links.append(origin + ((to[0] - origin) @ axis) * axis)
    if not links:
        return [float(_distances_mm(to, points).max()) + slides_mm for points in patches_mm]
    between_mm = sum(float(np.linalg.norm(b - a)) for a, b in itertools.pairwise(links))
    rest_mm = between_mm + float(_distances_mm(to, links[-1])) + slides_mm
    return [float(np.linalg.norm(points - links[0], axis=1).max()) + rest_mm for points in patches_mm]


def _distances_mm(axis: Axis, points_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the distances of points from an axis."""
    return np.asarray(np.linalg.norm(np.cross(points_mm - axis[0], axis[1]), axis=-1))
