"""The ends of the table's travel as obstacles: what is proven of a room is so for them, too.

A table that backs away along the beam is at T = T₀ − d u in the axes of the couch, with
u(g, c) = (sin g cos c, −sin g sin c, cos g) (`simulator.setup.extended`). Seen from the target, in those axes, the
machine's isocentre is at d u. So the table is beyond its travel exactly where that point is beyond walls that stand
still there: a small peg marks the point, and a wall stands where each axis of the table ends. Walls are thicker than
the peg can go, so that it is never behind them. They are no parts of anything and are not drawn, and their distance
is no clearance.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator.collision.scene import Body, Pair, Scene
from simulator.models.arm import DISTANCE
from simulator.models.mesh import Mesh
from simulator.setup.placing import TABLE_POSITION

PEG_MM = 0.005
"""Half of its edge, in any direction at most 0.009 mm. A table is said to be beyond its travel 0.01 mm later."""
SLACK_MM = 0.01
ROOM_MM = 10.0
"""By how much walls are thicker and wider than the peg can go."""
PEG = "couch top over the isocentre"
_SIGNS = np.array([(i, j, k) for i in (-1.0, 1.0) for j in (-1.0, 1.0) for k in (-1.0, 1.0)])
_QUADS = ((0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3))
_FACES = np.array([each for a, b, c, d in _QUADS for each in ((a, b, c), (a, c, d))], dtype=np.int32)


def with_ends_of_travel(scene: Scene, couch_turn: str) -> Scene:
    """Return a room with walls where the table's travel ends, in every axis of it that can get there.

    Parameters
    ----------
    scene : Scene
        As `simulator.setup.extended.extended` makes it.
    couch_turn : str
        The joint that turns the table.
    """
    slide = scene.tree[DISTANCE]
    low, high = slide.limits or (0.0, 0.0)
    furthest_mm = max(high - scene.rest[DISTANCE], scene.rest[DISTANCE] - low)
    bodies, pairs, peg = [], [], len(scene.bodies)
    for axis, name in enumerate(TABLE_POSITION):
        walls = _walls(axis, *_ends_mm(scene, name), furthest_mm)
        if walls is not None:
            title = f"end of {name.removeprefix('table_')} travel"
            bodies.append(Body(title, walls, couch_turn, is_drawn=False))
            pairs.append(Pair(peg + len(bodies), peg, f"couch top – {title}", is_own=True))
    if not bodies:
        return scene
    mark = Body(PEG, Mesh(PEG_MM * _SIGNS, _FACES), DISTANCE, is_drawn=False)
    return replace(scene, bodies=(*scene.bodies, mark, *bodies), pairs=(*scene.pairs, *pairs))


def _ends_mm(scene: Scene, name: str) -> tuple[float, float]:
    """Return between which values of d u the table stays within the limits of an axis."""
    low, high = scene.tree[name].limits or (-np.inf, np.inf)
    return scene.rest[name] - high, scene.rest[name] - low


def _walls(axis: int, low_mm: float, high_mm: float, furthest_mm: float) -> Mesh | None:
    """Return the walls beyond two values along an axis that a point gets to which goes so far; None if to none."""
    reach = furthest_mm + ROOM_MM
    vertices = []
    for face, outwards in ((low_mm - SLACK_MM, -1.0), (high_mm + SLACK_MM, 1.0)):
        if outwards * face <= furthest_mm:
            corners = reach * _SIGNS
            corners[:, axis] = face + outwards * reach * (1.0 + outwards * _SIGNS[:, axis])
            vertices.append(corners)
    if not vertices:
        return None
    faces = [_FACES + len(_SIGNS) * at for at in range(len(vertices))]
    return Mesh(np.concatenate(vertices), np.concatenate(faces))
