"""Where a delivery starts and ends in a room, and how it moves: what ways between beams are asked of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.delivery.lists.listed import ListedBeam
from simulator.delivery.orders.stops import Stops
from simulator.delivery.roads.mapping import road_map
from simulator.delivery.roads.road_map import RoadMap
from simulator.delivery.roads.timing import home_of, moves_of
from simulator.delivery.roads.ways import NoWay, Way
from simulator.errors import SimulatorError
from simulator.models.motion import Moves
from simulator.plans.ways import told
from simulator.setup.setup import Setup

SHOWN_PAIRS = 3
Pose = dict[str, float]
Asked = Mapping[str, float] | Literal["home"] | None
"""A pose, the home pose of the machine's description, or wherever it is best."""


@dataclass(frozen=True, eq=False)
class Course:
    """Where a delivery starts and ends, and how it moves.

    Attributes
    ----------
    roads : RoadMap
        Of the room.
    first, last : dict of str to float or None
        Poses of the joints that aim; None for wherever it is best.
    moves : {"together", "one at a time"}
        How joints move between beams.
    """

    roads: RoadMap
    first: Pose | None
    last: Pose | None
    moves: Moves

    @classmethod
    def of(cls, setup: Setup, roads: RoadMap | None, first: Asked, last: Asked, moves: Moves | None) -> Course:
        """Return the course that is asked for; the road map is made if there is none.

        Raises
        ------
        SimulatorError
            If the road map is of another room, or of joints elsewhere, or a pose is not proven free.
        NoWay
            If there is no way from the first to the last pose.
        """
        moves = moves_of(setup, moves)
        roads = road_map(setup) if roads is None else roads
        roads.require_of(setup)
        found = cls(roads, _asked(roads, "first", first), _asked(roads, "last", last), moves)
        if found.first is not None and found.last is not None:
            found.way(found.first, found.last)
        return found

    def aiming(self, pose: Mapping[str, float]) -> Pose:
        """Return the joints of a pose that ways are of."""
        return {joint: pose[joint] for joint in self.roads.joints}

    def ends(self, beam: ListedBeam) -> tuple[Pose, Pose]:
        """Return where a beam starts and stops; twice the same if it does not move."""
        return self.aiming(beam.start), self.aiming(beam.stop or beam.start)

    def stops(self, beams: Sequence[ListedBeam]) -> tuple[Stops, list[Pose]]:
        """Return beams as stops, and the poses that times are between.

        These are both ends of each beam, twice the same if it does not move, and the first and the last pose.
        """
        is_arc = np.array([beam.stop is not None for beam in beams], dtype=bool)
        at = 2 * np.arange(len(beams))
        given = [pose for pose in (self.first, self.last) if pose is not None]
        poses = [*(end for beam in beams for end in self.ends(beam)), *given]
        first = None if self.first is None else 2 * len(beams)
        last = None if self.last is None else len(poses) - 1
        return Stops(self.times_s(poses), np.column_stack([at, at + is_arc]), first, last), poses

    def times_s(self, poses: Sequence[Pose]) -> NDArray[np.float64]:
        """Return how long the quickest proven ways between poses take, (n, n) in s; infinity where there is none."""
        return self.roads.times_s(poses, moves=self.moves) if len(poses) else np.empty((0, 0))

    def way(self, start: Pose, stop: Pose, *, clearance: bool = False) -> Way:
        """Return the way between two poses; raises `NoWay` where there is none."""
        return self.roads.way(start, stop, moves=self.moves, clearance=clearance)

    def told_between(self, start: Pose, stop: Pose) -> str:
        """Return what stands between two poses; "" if there is a way."""
        try:
            self.way(start, stop)
        except NoWay as error:
            return str(error)
        return ""


def _asked(roads: RoadMap, name: str, asked: Asked) -> Pose | None:
    """Return a pose that is asked for, on the scales of its joints."""
    if asked is None:
        return None
    pose = home_of(roads.setup, roads.joints) if asked == "home" else roads.setup.pose(**asked)
    if not roads.holds(pose):
        check = roads.setup.check(**pose)
        why = f"{check.status}: {', '.join(check.culprits[:SHOWN_PAIRS])}" if check.culprits else "undecided"
        raise SimulatorError(
            f"{name}: must be a pose that is proven free, or none for wherever it is best; was {told(pose)}, {why}"
        )
    return {joint: pose[joint] for joint in roads.joints}
