"""Several joints that move together, linearly, as one: a leg of a plan is a straight line in the space of joints.

The line is made a joint of its own, which the moving ones mimic. So whatever holds for the way of one joint, its
cells, arcs and clearances, holds for a leg.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from simulator.certify.prover import MM_IN_DEG
from simulator.collision.scene import Scene
from simulator.models.kinematics import Joint


@dataclass(frozen=True, eq=False)
class Along:
    """A line in the space of joints, and the room with that line as its only scanned joint.

    Attributes
    ----------
    scene : Scene
        For poses (n, 1): how far along the line, from 0 at its start to ``length``.
    length : float
        In the unit of the joint: the travel of the axis that moves things most, a mm counted as in `Prover.sides`; in
        mm if only sliding joints move.
    start, rates : dict of str to float
        Of each joint that moves: its value at 0, and by how much it changes for one unit of the line.
    """

    scene: Scene
    length: float
    start: dict[str, float]
    rates: dict[str, float]

    @classmethod
    def between(cls, scene: Scene, start: Mapping[str, float], stop: Mapping[str, float]) -> Along:
        """Return the line between two poses of a room.

        Parameters
        ----------
        scene : Scene
            The room.
        start, stop : mapping of str to float
            The same joints at either end: those that move, at least one, and others where they stand.
        """
        moving = [joint for joint in start if start[joint] != stop[joint]]
        slides = {joint: scene.tree[joint].type == "prismatic" for joint in moving}
        travel = {joint: stop[joint] - start[joint] for joint in moving}
        type_ = "prismatic" if all(slides.values()) else "revolute"
        counted = [abs(travel[j]) * (MM_IN_DEG if slides[j] and type_ == "revolute" else 1.0) for j in moving]
        length = max(counted)
        rates = {joint: travel[joint] / length for joint in moving}
        line = Joint(f"way of {' and '.join(moving)}", type_)  # type: ignore[arg-type]
        tree = scene.tree.along(line, start, rates)
        rest = {joint: value for joint, value in {**scene.rest, **start}.items() if joint not in moving}
        return cls(replace(scene, tree=tree, scan=(line.name,), rest=rest), length, dict(start), rates)

    def at(self, value: float) -> dict[str, float]:
        """Return the values of the joints that move at a place on the line."""
        return {joint: self.start[joint] + rate * value for joint, rate in self.rates.items()}
