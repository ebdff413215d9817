"""One row for each case: what was found, or why nothing was, in columns that are the same for every study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.collision_map import CollisionMap
from simulator.maps.solid_angle import SolidAngle
from simulator.studies.case import Case, Vector

if TYPE_CHECKING:
    import pandas as pd

Row: TypeAlias = dict[str, str | float | int | None]
"""A case by column; None where there is nothing to tell."""

MAPPED, NOT_PLACED, FAILED = "mapped", "not placed", "failed"
"""Values of ``status``: there is an answer; the case cannot be placed or mapped; the program failed at it twice."""
COSTLIEST = 3
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5}
ISOCENTRE = ("isocentre_x_mm", "isocentre_y_mm", "isocentre_z_mm")
LATTICE = ("z", "y", "x")
"""Dimensions of isocentres on a lattice, in the patient's DICOM axes."""
CLEARANCES = tuple(f"clearance_{name}_mm" for name in QUANTILES)
PAIRS = tuple(f"pair_{place}" for place in range(1, COSTLIEST + 1))
COSTS = tuple(f"cost_{place}" for place in range(1, COSTLIEST + 1))
NUMBERS = (
    *("free", "free_lower", "free_upper", "fraction", "fraction_lower", "fraction_upper"),
    *("reachable_lower", "reachable_upper"),
)
INDEX = "index"
BEFORE, AFTER = (INDEX,), (*ISOCENTRE, "status", "reason", "unit", *NUMBERS, *PAIRS, *COSTS, *CLEARANCES, "warnings")
"""The fixed columns: before and after those that tell the cases of a study apart."""
FLOATS = frozenset((*ISOCENTRE, *NUMBERS, *COSTS, *CLEARANCES))
"""Those of them that hold numbers; all others but the index hold text."""


@dataclass(frozen=True)
class Answer:
    """What was found of one case.

    Attributes
    ----------
    isocentre_mm : tuple of float
        In the patient's DICOM axes.
    unit : str
        ``"sr"``, or that of a free extent: ``"deg"``, ``"mm"``, ``"mm2"``.
    whole : float
        All that there is, in that unit: 4π, once round, or what the ranges hold.
    free, free_lower, free_upper : float
        Estimate and bounds, in that unit.
    reachable : tuple of float, optional
        Bounds of what can be reached from the home pose, in that unit; None if not known.
    costs : sequence of (str, float)
        Pairs, the costliest first, with what each blocks, in that unit.
    clearances_mm : tuple of float, optional
        Quantiles of ``QUANTILES``; None if nothing is free, or there is nothing to be clear of.
    warnings : tuple of str
        What a reader of it should know.
    """

    isocentre_mm: Vector
    unit: str
    whole: float
    free: float
    free_lower: float
    free_upper: float
    reachable: tuple[float, float] | None = None
    costs: Sequence[tuple[str, float]] = ()
    clearances_mm: tuple[float, ...] | None = None
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, cmap: CollisionMap, clearances_mm: tuple[float, ...] | None = None) -> Answer:
        """Return what a map says.

        Raises
        ------
        SimulatorError
            If it has no one answer: nothing of it is measured, or an axis has a result for each of its values.
        """
        found, reached = cmap.achievable(), cmap.reachable().solid_angle
        if isinstance(found, SolidAngle):
            amounts = FULL_SPHERE_SR, found.sr, found.lower_sr, found.upper_sr
        else:
            amounts = found.of, found.value, found.lower, found.upper
        x, y, z = cmap.provenance["isocentre_patient_mm"]
        return cls(
            (x, y, z),
            cmap.unit,
            *amounts,
            None if reached is None else reached.bounds,
            costliest(cmap.pair_costs(), cmap.unit),
            clearances_mm,
            cmap.warnings,
        )


def costliest(costs: pd.DataFrame, unit: str) -> list[tuple[str, float]]:
    """Return the pairs that cost most of a table of `CollisionMap.pair_costs`: those that cost anything."""
    first = costs.head(COSTLIEST)
    found = zip(first["pair"], first[f"blocks_{unit}"].tolist(), strict=True)
    return [(pair, cost) for pair, cost in found if cost > 0.0]


def columns_of(values: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of a study's table, in order, given those that tell its cases apart."""
    return (*BEFORE, *values, *AFTER)


def row_of(case: Case, cmap: CollisionMap, clearances_mm: tuple[float, ...] | None = None) -> Row:
    """Return the row of a case that was mapped; errors as of :meth:`Answer.of`."""
    return answered(case, Answer.of(cmap, clearances_mm))


def answered(case: Case, answer: Answer) -> Row:
    """Return the row of a case that has an answer."""
    row = _blank(case, MAPPED, answer.isocentre_mm)
    free = answer.free, answer.free_lower, answer.free_upper
    shares = [amount / answer.whole for amount in (*free, *(answer.reachable or ()))]
    row |= dict(zip(NUMBERS, (*free, *shares), strict=False))
    for (pair, cost), in_pair, in_cost in zip(answer.costs, PAIRS, COSTS, strict=False):
        row |= {in_pair: pair, in_cost: cost / answer.whole}
    row |= dict(zip(CLEARANCES, answer.clearances_mm or (), strict=False))
    return row | {"unit": answer.unit, "warnings": "; ".join(answer.warnings)}


def unanswered(case: Case, status: str, reason: str) -> Row:
    """Return the row of a case without an answer: ``"not placed"`` or ``"failed"``, and why."""
    return _blank(case, status, case.isocentre_mm) | {"reason": reason}


def _blank(case: Case, status: str, isocentre_mm: Vector | None) -> Row:
    row: Row = dict.fromkeys(columns_of(tuple(case.values)))
    row |= {INDEX: case.index, **case.values, "status": status}
    return row | dict(zip(ISOCENTRE, isocentre_mm or (), strict=False))
