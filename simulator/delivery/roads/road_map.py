"""Ways through what is proven free of a room; made by `mapping`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np

from simulator.arguments import checked
from simulator.certify.branch_and_bound import FREE
from simulator.certify.cell_graph import CellGraph
from simulator.certify.cells import divided
from simulator.delivery.roads.explained import no_way
from simulator.delivery.roads.kernels.covered import Floats
from simulator.delivery.roads.network import Network
from simulator.delivery.roads.proven_room import ProvenRoom
from simulator.delivery.roads.routes import Routes, Stop
from simulator.delivery.roads.timing import Limits, leg_time_s, motions_of, moves_of
from simulator.delivery.roads.ways import Way, WayLeg
from simulator.errors import SimulatorError
from simulator.maps.certified import ContradictionError
from simulator.models.motion import Moves
from simulator.plans.proofs import Question, answered
from simulator.plans.ways import told
from simulator.setup.engines import prover_of

FINEST_DEG = 0.01
MOST_AROUND = 2_000
"""Cells that are looked at around a pose in an undecided cell, down to those sides."""
SAME = 1e-6
"""Degrees or mm within which a joint that is not swept stands where the room has it."""


@dataclass(frozen=True, eq=False, repr=False)
class RoadMap(ProvenRoom):
    """What is proven free of a room, and the ways through it.

    Made by `road_map`. Further attributes are those of `simulator.delivery.roads.proven_room.ProvenRoom`.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> roads = sim.road_map(setup, sweep=sweep, tolerance=0.05)
    >>> roads.holds({"gantry": 120, "couch": 30})
    False
    >>> roads.component({"gantry": 0, "couch": 0}) == roads.component({"gantry": 40, "couch": 30})
    True
    """

    _networks: dict[Moves, Network] = field(default_factory=dict, init=False)
    _around: dict[tuple[float, ...], Stop] = field(default_factory=dict, init=False)

    def __repr__(self) -> str:
        free = int((self.cells.status == FREE).sum())
        parts = int(self.space.components.max(initial=-1)) + 1
        return f"RoadMap({self.setup.name}: {' and '.join(self.joints)}, {free} free cells in {parts} components)"

    @property
    def moves(self) -> Moves:
        """How the joints move if nothing else is asked for: as the machine's description says."""
        return moves_of(self.setup)

    @checked
    def way(
        self,
        start: Mapping[str, float],
        stop: Mapping[str, float],
        *,
        moves: Moves | None = None,
        clearance: bool = True,
    ) -> Way:
        """Return a way between two poses, every pose of which is proven free.

        Parameters
        ----------
        start, stop : mapping of str to float
            Poses: degrees (IEC 61217) or mm by the joint's name.
        moves : {"together", "one at a time"}, optional
            How the joints move; as the machine's description says if not given.
        clearance : bool
            Whether to measure the least clearance of each leg, which proves it a second time.

        Returns
        -------
        Way
            With its time in s and least clearance in mm.

        Raises
        ------
        NoWay
            If a pose is not proven free, or no way is found; it says what stands between.
        SimulatorError
            If a pose has unknown joints or values out of their limits, or other joints stand elsewhere; or nobody
            says how the joints move.

        Examples
        --------
        >>> import simulator as sim
        >>> setup = sim.load_setup("brain")
        >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
        >>> roads = sim.road_map(setup, sweep=sweep, tolerance=0.05)
        >>> way = roads.way({"gantry": 60, "couch": 15}, {"gantry": -60, "couch": 20}, clearance=False)
        >>> [leg.moving for leg in way.legs]
        [('gantry', 'couch')]
        """
        ends = [self._stop(pose) for pose in (start, stop)]
        routes = Routes(self._network(moves), ends)
        if not np.isfinite(routes.times_s[0, 1]):
            raise no_way(self, *(end.pose for end in ends), is_free=(ends[0].is_free, ends[1].is_free))
        return self._way(routes.legs(0, 1), moves_of(self.setup, moves), clearance=clearance)

    @checked
    def measured(self, way: Way) -> Way:
        """Return a way with the least clearance of each leg, which proves it a second time.

        Parameters
        ----------
        way : Way
            Of this road map.

        Returns
        -------
        Way
            With clearances, mm.
        """
        poses = [way.start, *(leg.stop for leg in way.legs)]
        values = [np.array([pose[joint] for joint in self.joints]) for pose in poses]
        return self._way(values, way.moves, clearance=True)

    @checked
    def times_s(self, poses: Sequence[Mapping[str, float]], *, moves: Moves | None = None) -> Floats:
        """Return how long the ways between poses take, as `way` has them.

        Parameters
        ----------
        poses : sequence of mapping of str to float
            The n poses: degrees (IEC 61217) or mm by joint.
        moves : {"together", "one at a time"}, optional
            How the joints move; as the machine's description says if not given.

        Returns
        -------
        ndarray, shape (n, n)
            Seconds; infinity where there is no way. The times are symmetric. A way is the shortest over the
            waypoints, so one over a third pose may be a little shorter, as far as that pose is a better place to bend
            than they are.
        """
        return Routes(self._network(moves), [self._stop(pose) for pose in poses]).times_s

    @checked
    def holds(self, pose: Mapping[str, float]) -> bool:
        """Return whether a pose is proven free.

        Parameters
        ----------
        pose : mapping of str to float
            Degrees (IEC 61217) or mm by joint.

        Returns
        -------
        bool
            False where nothing is proven, too.
        """
        return self._stop(pose).is_free

    @checked
    def component(self, pose: Mapping[str, float]) -> int:
        """Return which component of the free cells a pose is in: between poses of one there are ways.

        Parameters
        ----------
        pose : mapping of str to float
            Degrees (IEC 61217) or mm by joint.

        Returns
        -------
        int
            From 0; -1 where the pose is not proven free, or what is proven around it joins no free cell.
        """
        stop = self._stop(pose)
        return self.space.component_of(stop.pose, stop.more)

    @cached_property
    def limits(self) -> Limits:
        """How fast the joints may move."""
        return Limits.of(motions_of(self.setup, self.joints), self.joints)

    def _network(self, moves: Moves | None) -> Network:
        """Return the waypoints for a way of moving, made when first asked for."""
        moves = moves_of(self.setup, moves)
        if moves not in self._networks:
            self._networks[moves] = Network(self.space, moves, self.limits)
        return self._networks[moves]

    def _stop(self, asked: Mapping[str, float]) -> Stop:
        """Return a pose with what is proven around it."""
        pose = self._pose(asked)
        if len(self.space.graph.cell_of(pose)):
            return Stop(pose)
        key = tuple(pose.tolist())
        if key not in self._around:
            self._around[key] = self._proven_around(pose)
        return self._around[key]

    def _pose(self, asked: Mapping[str, float]) -> Floats:
        """Return a pose (k,) on the scales of the joints, those without limits from -180 to 180."""
        pose, scene = self.setup.pose(**asked), self.setup.scene
        missing = [joint for joint in self.joints if joint not in pose]
        if missing:
            raise SimulatorError(
                f"pose: must have a value for {', '.join(self.joints)}; missing: {', '.join(missing)}"
            )
        elsewhere = {**scene.rest, **self.stands}
        for joint, value in pose.items():
            if joint not in self.joints and abs(value - elsewhere.get(joint, 0.0)) > SAME:
                raise SimulatorError(
                    f"{joint}: must be {elsewhere.get(joint, 0.0):g}, where it stands in this road map, was {value:g}"
                )
        values: Floats = np.array([pose[joint] for joint in self.joints])
        return self.space.in_range(values)

    def _proven_around(self, pose: Floats) -> Stop:
        """Return a pose with the free parts of the undecided cells that hold it, if one of these holds it."""
        held = self.undecided.cell_of(pose)
        if len(held) == 0:
            return Stop(pose, is_free=False)
        prover = prover_of(self.setup.scene, self.joints, self.stands)
        parts = divided(prover, self.undecided.cells.only(held), finest=FINEST_DEG, most_cells=MOST_AROUND)
        more = parts.only(parts.status == FREE)
        is_free = len(CellGraph.of(more, turns=self.turns).cell_of(pose)) > 0
        return Stop(pose, more if is_free else None, is_free=is_free)

    def _way(self, poses: Sequence[Floats], moves: Moves, *, clearance: bool) -> Way:
        """Return the way over poses (k,), each leg from rest to rest."""
        ends = [dict(zip(self.joints, map(float, pose), strict=True)) for pose in poses]
        motions = {joint: motion for joint, motion in motions_of(self.setup).items() if joint in self.joints}
        ways = [(start, stop) for start, stop in pairwise(ends) if start != stop]
        asked = [Question(self.setup, {**a, **self.stands}, {**b, **self.stands}) for a, b in ways]
        least = _least(asked) if clearance else [(float("nan"), "", start) for start, _ in ways]
        legs = tuple(
            WayLeg(*way, leg_time_s(motions, *way, moves), clearance_mm, pair)
            for way, (clearance_mm, pair, _) in zip(ways, least, strict=True)
        )
        worst = min(least, key=lambda found: found[0], default=(float("nan"), "", ends[0]))
        return Way(
            start=ends[0],
            stop=ends[-1],
            legs=legs,
            moves=moves,
            time_s=sum(leg.time_s for leg in legs),
            clearance_mm=worst[0],
            pair=worst[1],
            place=worst[2],
            motions=motions,
        )


def _least(legs: Sequence[Question]) -> list[tuple[float, str, dict[str, float]]]:
    """Return the least clearance of each leg, the pair that has it, and where.

    Raises
    ------
    ContradictionError
        If a leg is proven not to be free: the cells said otherwise.
    """
    found = []
    for leg, (answer,) in zip(legs, answered(legs), strict=True):
        if any(stretch.is_proven for stretch in answer.blocked):
            raise ContradictionError(
                f"{told(leg.start)} to {told(leg.stop)} is proven free by cells, and not free as a leg. This is a "
                "defect of the program: please report it with the scenario, and do not rely on any result"
            )
        found.append((answer.clearance_mm, answer.pair, answer.at))
    return found
