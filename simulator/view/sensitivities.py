"""What each factor of a study does to its answer: its range in one-at-a-time studies, rank correlation in samples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.view.study_table import ANSWERS, Shares, answered, factors, is_number, require_columns

if TYPE_CHECKING:
    import pandas as pd

FEWEST_SAMPLES = 8
"""Of one group: ranks of fewer say nothing."""


@dataclass(frozen=True, eq=False)
class Swing:
    """How far the answer goes while one factor takes its values and all others stay at the base.

    Attributes
    ----------
    factor : str
        Column of the table.
    values : tuple of str or number
        Where the answer is least and where it is greatest.
    least, greatest : tuple of float
        The answer there in percent: lower bound, estimate, upper bound.
    """

    factor: str
    values: tuple[object, object]
    least: tuple[float, float, float]
    greatest: tuple[float, float, float]

    @property
    def range(self) -> tuple[float, float, float]:
        """How far the two answers are apart in percent: at least, as estimated, at most."""
        proven = max(0.0, self.greatest[0] - self.least[2])
        return proven, self.greatest[1] - self.least[1], self.greatest[2] - self.least[0]


@dataclass(frozen=True, eq=False)
class OneAtATime:
    """A study in which one factor is moved from a base at a time.

    Attributes
    ----------
    base : tuple of float
        The answer with all at the base, in percent: lower bound, estimate, upper bound.
    swings : tuple of Swing
        Largest first.
    """

    base: tuple[float, float, float]
    swings: tuple[Swing, ...]


@checked
def one_at_a_time(table: pd.DataFrame) -> OneAtATime | None:
    """Return what each factor does while the others stay at their base.

    The base of a factor is its most frequent value; of those that are equally frequent the middle one, in the order
    of their size or of the study. So a table of single changes and a full grid are both understood.

    Parameters
    ----------
    table : DataFrame
        Rows of a study.

    Returns
    -------
    OneAtATime or None
        None where the case with all at the base has no answer, or no factor moves alone.

    Examples
    --------
    >>> import simulator as sim
    >>> buffers = {"field": "buffers.patient_mm", "range": {"start": 0, "stop": 140, "step": 20}}
    >>> study = sim.Study.of("box", buffers, tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> found = sim.one_at_a_time(sim.run_study(study, workers=1).table)
    >>> [swing.factor for swing in found.swings], found.swings[0].greatest[1] > found.swings[0].least[1]
    (['buffers.patient_mm'], True)
    """
    require_columns(table, ANSWERS)
    rows, names = answered(table), factors(table)
    if not len(rows) or not names:
        return None
    at_base = np.stack([(rows[name] == base_of(table, name)).to_numpy() for name in names], axis=1)
    here = np.flatnonzero(at_base.all(axis=1))
    if not len(here):
        return None
    shares = Shares.of(rows)
    answers = np.stack([shares.lower, shares.middle, shares.upper], axis=1)
    swings = []
    for column, name in enumerate(names):
        moved = np.flatnonzero(np.delete(at_base, column, axis=1).all(axis=1))
        if rows[name].iloc[moved].nunique() < 2:
            continue
        low, high = (int(moved[find(answers[moved, 1])]) for find in (np.argmin, np.argmax))
        values = rows[name].iloc[low], rows[name].iloc[high]
        swings.append(Swing(name, values, _bounds(answers[low]), _bounds(answers[high])))
    if not swings:
        return None
    swings.sort(key=lambda swing: -swing.range[1])
    return OneAtATime(_bounds(answers[here[0]]), tuple(swings))


def base_of(table: pd.DataFrame, column: str) -> object:
    """Return the value of a column that the others are changes from; see :func:`one_at_a_time`."""
    counts = table[column].value_counts(sort=False)
    often = [value for value in table[column].dropna().unique().tolist() if counts[value] == counts.max()]
    often = sorted(often) if is_number(table, column) else often
    return often[(len(often) - 1) // 2]


@checked
def rank_correlations(table: pd.DataFrame) -> pd.DataFrame:
    """Return Spearman's rank correlation of the estimates with each number that varies, for each group of names.

    The interval is the 95 % one of Fisher's transform with Fieller's variance 1.06 / (n - 3) (Fieller, Hartley and
    Pearson, "Tests for rank correlation coefficients", Biometrika 44, 1957): what n random cases tell of all.

    Parameters
    ----------
    table : DataFrame
        Rows of a study, 8 at least of each group.

    Returns
    -------
    DataFrame
        ``factor``, ``group``, ``correlation``, ``lower``, ``upper``, ``cases``: the largest on average first. A
        factor that has one value in a group, or does not move its answers, is left out there.

    Examples
    --------
    >>> import simulator as sim
    >>> buffers = {"field": "buffers.patient_mm", "range": {"start": 0, "stop": 140, "step": 20}}
    >>> study = sim.Study.of("box", buffers, tolerance=0.2, step_deg=45, clearance_step_deg=90)
    >>> sim.rank_correlations(sim.run_study(study, workers=1).table).round(1)[["factor", "correlation", "cases"]]
                   factor  correlation  cases
    0  buffers.patient_mm         -0.8      8
    """
    import pandas as pd

    require_columns(table, ANSWERS)
    rows, names = answered(table), factors(table)
    numbers = [name for name in names if is_number(table, name)]
    others = [name for name in names if name not in numbers]
    found = []
    for key, group in [("", rows)] if not others else rows.groupby(others, sort=False):
        label = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
        for name in numbers if len(group) >= FEWEST_SAMPLES else ():
            at, middle = group[name].to_numpy(dtype=float), Shares.of(group).middle
            if np.ptp(at) > 0 and np.ptp(middle) > 0:
                found.append((name, label, *_correlation(at, middle), len(group)))
    frame = pd.DataFrame(found, columns=["factor", "group", "correlation", "lower", "upper", "cases"])
    size = frame.assign(size=frame["correlation"].abs()).groupby("factor")["size"].mean()
    order = np.argsort(-frame["factor"].map(size).to_numpy(dtype=float), kind="stable")
    return frame.iloc[order].reset_index(drop=True)


def _correlation(values: NDArray[np.float64], answers: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the rank correlation, and its interval."""
    from scipy.stats import norm, spearmanr

    rho = float(spearmanr(values, answers).statistic)
    if abs(rho) >= 1.0:  # Fisher's transform is not finite there
        return rho, rho, rho
    half = float(norm.ppf(0.975)) * np.sqrt(1.06 / (len(values) - 3))
    middle = np.arctanh(rho)
    return rho, float(np.tanh(middle - half)), float(np.tanh(middle + half))


def _bounds(answer: NDArray[np.float64]) -> tuple[float, float, float]:
    lower, middle, upper = (float(each) for each in answer)
    return lower, middle, upper
