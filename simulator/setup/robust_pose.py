"""Whether one pose is free for every error of the set-up within its bounds, and an error for which it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulator.certify.branch_and_bound import FREE, NOT_FREE
from simulator.certify.cells import demanded_mm
from simulator.certify.error_sets import Bounded, ErrorSet
from simulator.certify.prover import Prover
from simulator.certify.robust import RobustCells, robust_cells
from simulator.collision.answers import PoseCheck, pose_check
from simulator.collision.scene import Scene
from simulator.scenario.axis import split_field
from simulator.scenario.setup_errors import Errors, symbol
from simulator.setup.engines import checker_of, robust_prover_of
from simulator.setup.erring import bounds_of, error_joint

MOST_CELLS = 500
REACH = 1e-4
"""Degrees or mm: a pose is asked as a cell that reaches so far: what never moves is never far enough inside."""
Verdict = Literal["free", "not free", "undecided"]


@dataclass(frozen=True, repr=False)
class RobustCheck:
    """What holds at one pose for every error of the set-up within its bounds.

    Attributes
    ----------
    pose : dict of str to float
        The joints asked about, in degrees (IEC 61217) or mm, within their limits.
    verdict : str
        ``"free"`` for every error, proven; ``"not free"`` for one of them, proven; or ``"undecided"``, which counts
        as not free.
    errors : dict of str to float
        An error at which it is not free, in degrees and mm, by field: 0 where it is not free even as planned; empty
        if there is none, or none is known.
    found : PoseCheck, optional
        What FCL finds with these errors: the parts in the way, and the clearance.
    """

    pose: dict[str, float]
    verdict: Verdict
    errors: dict[str, float]
    found: PoseCheck | None

    @property
    def is_free(self) -> bool:
        """True if the pose is proven free for every error."""
        return self.verdict == "free"

    def stated(self) -> str:
        """Return it as a sentence: the verdict, the errors at which the pose is not free, and the parts."""
        if self.verdict == "free":
            return "free for every error, proven"
        if self.found is None:
            return "undecided, which counts as not free: too near to a buffer at the worst error for a proof"
        at = ", ".join(
            f"{split_field(field)[0].replace('_', ' ')} {value:+g}{symbol(field)}"
            for field, value in self.errors.items()
            if value != 0.0
        )
        where = f"with {at}" if at else "even as planned"
        return f"not free {where}: {', '.join(self.found.culprits)} ({self.found.status})"

    def __repr__(self) -> str:
        return f"RobustCheck({self.stated()})"


def robust_check(scene: Scene, errors: Errors, pose: Mapping[str, float]) -> RobustCheck:
    """Return what holds at a pose of a room with errors.

    Parameters
    ----------
    scene : Scene
        The room with a joint for each error.
    errors : Errors
        Each must have a bound.
    pose : mapping of str to float
        On the scales of the joints.
    """
    bounds = bounds_of(errors)
    names = (*pose, *map(error_joint, errors.given))
    planned = pose_check(checker_of(scene, tuple(pose)), tuple(pose.values()))
    if not planned.is_free:
        return RobustCheck(dict(pose), "not free", dict.fromkeys(errors.given, 0.0), planned)
    prover = robust_prover_of(scene, names)
    at = np.array([list(pose.values())], dtype=float)
    found = robust_at(prover, at, Bounded(bounds))
    status = int(found.cells.status[0])
    if status != NOT_FREE:
        return RobustCheck(dict(pose), "free" if status == FREE else "undecided", {}, None)
    worst = found.errors[0]
    check = pose_check(checker_of(scene, names), (*pose.values(), *worst.tolist()))
    return RobustCheck(dict(pose), "not free", dict(zip(errors.given, (worst + 0.0).tolist(), strict=True)), check)


def robust_at(prover: Prover, pose: NDArray[np.float64], errors: ErrorSet) -> RobustCells:
    """Return what is proven of one pose (1, k) for a set of errors."""
    return robust_cells(
        prover,
        pose - REACH,
        pose + REACH,
        errors,
        demanded_mm(prover),
        weight=_one_each,
        tolerance=0.0,
        finest=3 * REACH,
        most_cells=MOST_CELLS,
    )


def _one_each(low: NDArray[np.float64], _high: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.ones(len(low))
