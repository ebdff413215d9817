"""The status of every pair at every pose of a sweep: proven where it is free, and judged by FCL everywhere else.

What is proven apart is free, so FCL's answer is known there. That the proofs are right is asked of FCL all the same,
for a share of them that the room's hash draws: the same for the same room and sweep, and another for every other.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.certify.apart import proven_apart
from simulator.collision.contact import Status
from simulator.errors import unknown
from simulator.maps.certified import ContradictionError, Swept
from simulator.maps.helpers import worker_count
from simulator.maps.pool import evaluate
from simulator.maps.progress import Progress

JUDGES = ("proven", "all")
ONE_OF = 100
"""FCL judges one of so many of the pairs and poses that are proven apart."""


@dataclass(frozen=True, eq=False)
class Judged:
    """The status of every pair at every pose, and who says so.

    Attributes
    ----------
    statuses : ndarray of int8, shape (pairs, n)
        Values of :class:`Status`.
    by_fcl, proven : int
        For how many pairs and poses FCL was asked, and how many are proven apart without.
    """

    statuses: NDArray[np.int8]
    by_fcl: int
    proven: int

    def told(self) -> dict[str, int]:
        """Return the numbers, as results have them."""
        return {"by_fcl": self.by_fcl, "proven": self.proven}


def judged(
    room: Swept,
    judge: str,
    *,
    workers: int | None = None,
    executor: Executor | None = None,
    progress: tuple[Progress | None, Progress | None] = (None, None),
) -> Judged:
    """Return the status of every pair at every pose of a sweep: the same bytes, whoever judges.

    Parameters
    ----------
    room : Swept
        What is placed, and what is swept.
    judge : {"proven", "all"}
        Whether FCL is asked only of what is not proven apart, and of a share of what is; or of all.
    workers, executor
        As for `collision_map`.
    progress : tuple of two callables, optional
        For proofs and for poses.

    Raises
    ------
    ContradictionError
        If FCL finds a pair in the way that is proven apart.
    """
    if judge not in JUDGES:
        raise unknown("judge", judge, JUDGES)
    poses = room.sweep.poses()
    if judge == "all":
        statuses = evaluate(room.checker, poses, workers=workers, executor=executor, progress=progress[1])
        return Judged(statuses, statuses.size, 0)
    values = [axis.values() for axis in room.sweep]
    apart = proven_apart(room.prover, values, workers=worker_count(workers), progress=progress[0])
    apart = apart.reshape(len(apart), len(poses))
    asked = ~apart | drawn(room)
    statuses = evaluate(room.checker, poses, asked, workers=workers, executor=executor, progress=progress[1])
    require_apart(room, apart, statuses)
    by_fcl = int(np.count_nonzero(asked))
    return Judged(statuses, by_fcl, statuses.size - by_fcl)


def judged_text(judged: dict[str, int]) -> str:
    """Return the numbers of a map's provenance in words."""
    text = f"{judged['by_fcl']:,} pairs at poses by FCL"
    return f"{text}; {judged['proven']:,} are proven apart" if judged["proven"] else text


def drawn(room: Swept) -> NDArray[np.bool_]:
    """Return which pairs (pairs, n) FCL judges at which poses of a sweep whatever is proven: one of `ONE_OF`."""
    seed = hashlib.sha256(f"{room.checker.scene.sha256} {room.sweep}".encode()).digest()
    shape = len(room.checker.scene.pairs), room.sweep.size
    draw = np.random.default_rng(int.from_bytes(seed[:16], "big")).integers(0, ONE_OF, shape, dtype=np.uint8)
    return np.asarray(draw == 0)


def require_apart(room: Swept, apart: NDArray[np.bool_], statuses: NDArray[np.int8]) -> None:
    """Check what is proven apart against FCL's statuses, both of shape (pairs, n).

    Raises
    ------
    ContradictionError
        If a pair that is proven apart is not.
    """
    _require_none(room, apart & (statuses != Status.FREE), "apart")


def require_in_the_way(room: Swept, in_the_way: NDArray[np.bool_], statuses: NDArray[np.int8]) -> None:
    """Check what is proven in the way against FCL's statuses, both of shape (pairs, n).

    Raises
    ------
    ContradictionError
        If a pair that is proven in the way keeps its buffer.
    """
    _require_none(room, in_the_way & (statuses == Status.FREE), "in the way")


def _require_none(room: Swept, wrong: NDArray[np.bool_], proven: str) -> None:
    found = np.argwhere(wrong)
    if len(found):
        row, pose = found[0]
        values = zip(room.sweep, room.sweep.poses()[pose], strict=True)
        where = ", ".join(f"{axis.joint} {value:g} {axis.unit}" for axis, value in values)
        raise ContradictionError(
            f"{room.checker.scene.pairs[row].name} is proven {proven} at {where}, and FCL disagrees. "
            "This is a defect of the program: please report it with the scenario, and do not rely on any result"
        )
