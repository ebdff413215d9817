"""Two placings compared: by how much bodies move where only the table, or the patient on it, is elsewhere.

A body stands at T = Q₁S₁Q₂S₂…, Qᵢ the joints that poses give values for, Sᵢ what stands between them. If Sᵢ becomes
Trans(tᵢ) Sᵢ, all that it carries moves by the image of tᵢ under a rigid transform, by |tᵢ| at every pose. One after
the other, the body moves by at most Σ|tᵢ|, along straight lines; and no distance from it changes by more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Pair, Scene


def shifts_mm(before: Scene, after: Scene) -> NDArray[np.float64]:
    """Return by how much the distance of each pair changes at most at any pose, shape (pairs,), in mm.

    What carries both bodies of a pair moves none against the other. Infinity where it is not known: where a body or a
    joint became another one, or what stands between the joints of a pose was turned.

    Parameters
    ----------
    before, after : Scene
        Two placings, for poses of the same joints.
    """
    if before.scan != after.scan or _named(before) != _named(after):
        return np.full(len(after.pairs), np.inf)
    of_chains: dict[tuple[str, ...], float] = {}
    return np.array([_shift_mm(before, after, pair, of_chains) for pair in after.pairs], dtype=float)


def _named(scene: Scene) -> list[tuple[int, int, bool]]:
    return [(pair.a, pair.b, pair.is_own) for pair in scene.pairs]


def _shift_mm(before: Scene, after: Scene, pair: Pair, of_chains: dict[tuple[str, ...], float]) -> float:
    paths = []
    for index in (pair.a, pair.b):
        old, new = before.bodies[index], after.bodies[index]
        path = after.tree.path(new.joint)
        is_same = old.mesh is new.mesh or old.mesh.sha256 == new.mesh.sha256
        if not is_same or path != before.tree.path(old.joint):
            return np.inf
        paths.append(path)
    common = sum(1 for a, b in zip(*paths, strict=False) if a == b)
    shift_mm = 0.0
    for path in paths:
        chain = path[common:]
        if chain not in of_chains:
            of_chains[chain] = _carried_mm(before, after, chain)
        shift_mm += of_chains[chain]
    return shift_mm


def _carried_mm(before: Scene, after: Scene, chain: tuple[str, ...]) -> float:
    """Return by how much a chain of joints carries what is on it elsewhere than before."""
    if all(_is_as_before(before, after, joint) for joint in chain):
        return 0.0
    moved_mm, old, new = 0.0, np.eye(4), np.eye(4)
    for joint in chain:
        driver, _ = after.tree.driver(joint)
        if driver in after.scan:
            if before.tree[joint] != after.tree[joint]:
                return np.inf
            moved_mm += _between_mm(old, new)
            old, new = np.eye(4), np.eye(4)
        else:
            old, new = old @ _standing(before, joint), new @ _standing(after, joint)
    return moved_mm + _between_mm(old, new)  # @sum


def _is_as_before(before: Scene, after: Scene, joint: str) -> bool:
    driver, _ = after.tree.driver(joint)
    rests = driver in after.scan or before.rest.get(driver, 0.0) == after.rest.get(driver, 0.0)
    return rests and before.tree[joint] == after.tree[joint]


def _standing(scene: Scene, joint: str) -> NDArray[np.float64]:
    driver, multiplier = scene.tree.driver(joint)
    return scene.tree[joint].T_parent_joint(multiplier * scene.rest.get(driver, 0.0))


def _between_mm(old: NDArray[np.float64], new: NDArray[np.float64]) -> float:
    is_turned = not np.array_equal(old[:3, :3], new[:3, :3])
    return np.inf if is_turned else float(np.linalg.norm(new[:3, 3] - old[:3, 3]))
