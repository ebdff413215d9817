"""Proven bounds at one isocentre after the other, each from what the proofs at the last one leave.

Only the table moves from one to the next, so most cells stay proven (`certify.margins`); what does not is asked anew.
The coarse cells go on from isocentre to isocentre. Finer ones are made of them where somebody stays, and are dropped
when the isocentre moves on: there are many of them, and their margins are small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, UNDECIDED, Cells
from simulator.certify.cells import start_cells
from simulator.certify.margins import RESERVE_MM, MovedCells
from simulator.collision.checker import Checker
from simulator.collision.scene import Scene
from simulator.collision.shifted import shifts_mm
from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError
from simulator.maps.certified import ContradictionError, Swept
from simulator.maps.solid_angle import SolidAngle, proven
from simulator.scenario.sweep import Sweep
from simulator.setup.engines import checker_of, prover_of
from simulator.setup.moving import scene_at, table_position_at, with_isocentre
from simulator.setup.setup import Setup

TOLERANCES = (0.1, 0.03, 0.01)
"""Asked distances of the bounds, as shares of 4π: the first while the isocentre moves, the others where it stays."""
GROWN = 1.5
"""Times as many coarse cells as in the beginning: then halves that are decided alike are made one again."""
JUDGED = 40
"""Cells whose middle FCL judges before an answer is final."""

Vector = tuple[float, float, float]
Stopping = Callable[[bool], None]
"""Called often while there is work, from several threads, with whether the isocentre has an answer already; what it
raises ends the work."""


@dataclass(frozen=True, eq=False)
class LiveBounds:
    """What is proven at one isocentre.

    Attributes
    ----------
    placed : Setup
        The set-up whose isocentre is moved, at its own one.
    isocentre_mm : tuple of float
        In the patient's DICOM axes.
    sweep : Sweep
        Of the two joints that aim.
    tolerance : float
        What the distance of the bounds was asked to be at most, as a share of 4π.
    is_coarse, is_final : bool
        Whether they are the first bounds of this isocentre, and whether no finer ones follow.
    cells : Cells
        Of the two joints, in the order of the sweep: proven free, proven not free, undecided.
    solid_angle : SolidAngle
        With its bounds.
    """

    placed: Setup
    isocentre_mm: Vector
    sweep: Sweep
    tolerance: float
    is_coarse: bool
    is_final: bool
    cells: Cells
    solid_angle: SolidAngle

    @cached_property
    def setup(self) -> Setup:
        """The set-up with this isocentre, made when first asked for."""
        return with_isocentre(self.placed, self.isocentre_mm)

    @property
    def table_position_mm(self) -> Vector:
        """Lateral, longitudinal and vertical table position; see `Setup.table_position_mm`."""
        return table_position_at(self.placed, self.isocentre_mm)

    @property
    def bounds_of_4pi(self) -> tuple[float, float]:
        """The lower and the upper bound as shares of 4π."""
        return self.solid_angle.lower_sr / FULL_SPHERE_SR, self.solid_angle.upper_sr / FULL_SPHERE_SR


@dataclass(frozen=True)
class OutOfReach:
    """That an isocentre has no map, and why.

    Attributes
    ----------
    isocentre_mm : tuple of float
        In the patient's DICOM axes.
    reason : str
        Which joint of the table cannot go there, and how many mm are missing; or what stands in what.
    """

    isocentre_mm: Vector
    reason: str


class MovingMap:
    """The coarse cells of a set-up, wherever its isocentre was last.

    Parameters
    ----------
    setup : Setup
        Whose isocentre moves.
    sweep : Sweep, optional
        Two joints that aim; the set-up's own if not given.
    tolerances : sequence of float
        See ``TOLERANCES``.
    workers : int
        Number of threads. The cells do not depend on it.

    Raises
    ------
    SimulatorError
        If the sweep has no solid angle of two joints, or the machine has an arm.
    """

    def __init__(
        self,
        setup: Setup,
        sweep: Sweep | None = None,
        *,
        tolerances: tuple[float, ...] = TOLERANCES,
        workers: int = 1,
    ) -> None:
        self.setup = setup
        self.sweep = setup.sweep if sweep is None else setup.on_scale(sweep)
        self.chart = require_two_axes(setup, self.sweep)
        if not tolerances or not all(0.0 < each <= 1.0 for each in tolerances):
            raise SimulatorError(f"tolerances: must be shares of 4π above 0 and at most 1, were {tolerances}")
        self._tolerances, self._workers = tuple(sorted(tolerances, reverse=True)), workers
        self._aim = setup.aim_of(self.sweep)
        self._coarse: MovedCells | None = None
        self._checker: Checker | None = None
        self._in_the_beginning = 0

    def answers(self, isocentre_mm: Vector, stopping: Stopping | None = None) -> Iterator[LiveBounds | OutOfReach]:
        """Yield what is proven at an isocentre: coarse bounds, then finer ones; or why there are none.

        Raises
        ------
        ContradictionError
            If a proof contradicts FCL: a defect of this program.
        """
        try:
            scene = scene_at(self.setup, isocentre_mm).scanning(self.sweep.joints)
            room = self._room(scene)
            cells = self._carried_over(room)
            for at, tolerance in enumerate(self._tolerances):
                is_final = at == len(self._tolerances) - 1
                cells = cells.refined(
                    room.weight,
                    tolerance * room.whole,
                    workers=self._workers,
                    stopping=None if stopping is None else partial(stopping, at > 0),
                    reserve_mm=RESERVE_MM if at == 0 else 0.0,
                )
                if at == 0:
                    self._coarse, self._checker = cells, room.checker
                    self._in_the_beginning = self._in_the_beginning or len(cells)
                if is_final:
                    _ = with_isocentre(self.setup, isocentre_mm)  # refuses what stands in each other
                    judge(room, cells.cells)
                omega = proven(cells.cells, self.chart)
                yield LiveBounds(
                    self.setup, isocentre_mm, self.sweep, tolerance, at == 0, is_final, cells.cells, omega
                )
        except SimulatorError as error:
            yield OutOfReach(isocentre_mm, str(error))

    def _room(self, scene: Scene) -> Swept:
        """Return a placing of the set-up, with what can be shared of the last one."""
        if self._coarse is None or self._checker is None or not _has_the_bodies_of(scene, self._checker.scene):
            joints = self.sweep.joints
            return Swept(self.sweep, self._aim, checker_of(scene, joints), prover_of(scene, joints))
        return Swept(self.sweep, self._aim, self._checker.on(scene), self._coarse.prover.on(scene))

    def _carried_over(self, room: Swept) -> MovedCells:
        """Return what the last proofs leave in a room; cells of which nothing is known if there are none."""
        if self._coarse is None:
            (edges,) = room.planes()
            return MovedCells.undecided(room.prover, *start_cells(edges))
        coarse = self._coarse
        if len(coarse) > GROWN * self._in_the_beginning:
            coarse = coarse.merged()
        return coarse.moved(room.prover, shifts_mm(coarse.prover.scene, room.prover.scene))


def _has_the_bodies_of(scene: Scene, other: Scene) -> bool:
    return scene.pairs == other.pairs and all(
        a.mesh is b.mesh and a.joint == b.joint for a, b in zip(scene.bodies, other.bodies, strict=True)
    )


def require_two_axes(setup: Setup, sweep: Sweep) -> TwoAxisChart:
    """Return the chart of a sweep of two joints that aim; refuse others, whose bounds cannot follow an isocentre."""
    aim = None if setup.machine.arm is not None else setup.aim_of(sweep)
    if aim is None or len(sweep) != 2:
        joints = ", ".join(sweep.joints)
        of_arm = ", and its machine has an arm" if setup.machine.arm is not None else ""
        raise SimulatorError(
            f"a live map: the sweep must be of two joints that turn the beam about two axes; {setup.name!r} sweeps "
            f"{joints}{of_arm}"
        )
    return aim.chart


def judge(room: Swept, cells: Cells) -> None:
    """Let FCL judge the middle of some decided cells, spread evenly over all.

    Raises
    ------
    ContradictionError
        If it disagrees.
    """
    decided = np.flatnonzero(cells.status != UNDECIDED)
    if not len(decided):
        return
    some = cells.only(decided[np.unique(np.linspace(0, len(decided) - 1, JUDGED).astype(np.intp))])
    poses = (some.low + some.high) / 2
    wrong = room.checker.pair_status(poses).any(axis=0) == (some.status == FREE)
    if wrong.any():
        first = int(wrong.argmax())
        raise ContradictionError(_contradicted(room.sweep, poses[first], is_free=bool(some.status[first] == FREE)))


def _contradicted(sweep: Sweep, pose: NDArray[np.float64], *, is_free: bool) -> str:
    where = ", ".join(f"{axis.joint} {value:g} {axis.unit}" for axis, value in zip(sweep, pose, strict=True))
    return (
        f"{where} is proven {'free' if is_free else 'not free'} of a moved table, and FCL disagrees. This is a "
        "defect of the program: please report it with the scenario, and do not rely on any result"
    )
