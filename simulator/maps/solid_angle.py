"""How much of the sphere of directions a map leaves, with bounds.

Where a map has certified cells, the bounds are proofs: below, the directions of cells proven free; above, those of
cells not proven otherwise. The estimate is in the middle.

Where it has not, each pose of the grid stands for the rectangle of poses around it. The estimate counts it as its
pose is; the lower bound counts a free one only if its eight neighbours are free too, and the upper bound counts one
that is not free if one of its neighbours is. So these bounds hold where the boundary between free and not free lies
within one step of where the samples put it; they are not proofs: something thinner than a step can be missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.directions.unions import ROUNDING_SR
from simulator.errors import count_of_warnings
from simulator.maps.rich_display import html

if TYPE_CHECKING:
    from simulator.maps.mapped import Mapped


def stated(sr: float, lower_sr: float, upper_sr: float, *, is_proven: bool, digits: int = 3) -> str:
    """Return the one sentence about a solid angle: in sr, as a share of 4π, and its bounds."""
    share, kind = 100 * sr / FULL_SPHERE_SR, "proven" if is_proven else "sampled"
    bounds = f"between {lower_sr:.{digits}f} and {upper_sr:.{digits}f} sr ({kind})"
    return f"{sr:.{digits}f} sr = {share:.1f} % of 4π, {bounds}"


@dataclass(frozen=True, repr=False)
class SolidAngle:
    """The solid angle of the achievable directions, each counted once.

    Of certified cells below it is the area of the union of those proven free, above that of those not proven
    otherwise, in Lambert's cylindrical equal-area coordinates of the sphere; see `simulator.directions`.

    Attributes
    ----------
    sr : float
        Estimate.
    lower_sr, upper_sr : float
        Bounds, see the module.
    is_proven : bool
        Whether the bounds are proofs.
    warnings : tuple of str
        What a reader of it should know of the meshes that it is about.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> omega = sim.collision_map(setup, sweep=sweep, tolerance=0.05).solid_angle()
    >>> omega.lower_sr <= omega.sr <= omega.upper_sr, omega.is_proven
    (True, True)
    >>> print(f"{100 * omega.fraction_of_4pi:.0f} % of 4π")
    63 % of 4π
    """

    sr: float
    lower_sr: float
    upper_sr: float
    is_proven: bool = False
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @checked
    def stated(self, digits: int = 3) -> str:
        """Return it as a sentence: in sr, as a share of 4π, with its bounds.

        Parameters
        ----------
        digits : int
            After the decimal point of values in sr.

        Returns
        -------
        str
            Such as "7.93 sr = 63.1 % of 4π, between 7.93 and 7.94 sr (proven)".
        """
        return stated(self.sr, self.lower_sr, self.upper_sr, is_proven=self.is_proven, digits=digits)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lower and the upper one, in sr."""
        return self.lower_sr, self.upper_sr

    @property
    def fraction_of_4pi(self) -> float:
        """The estimate as a fraction of the whole sphere."""
        return self.sr / FULL_SPHERE_SR

    def __repr__(self) -> str:
        return (
            f"SolidAngle({self.sr:.2f} sr, {100 * self.fraction_of_4pi:.1f} % of 4π, "
            f"{'proven ' if self.is_proven else ''}between {self.lower_sr:.2f} and {self.upper_sr:.2f}"
            f"{count_of_warnings(self.warnings)})"
        )

    def _repr_html_(self) -> str | None:
        return html(self)


@dataclass(frozen=True, repr=False)
class Difference:
    """How much a second solid angle is larger than a first one, with what the bounds of both leave open.

    Attributes
    ----------
    before, after : SolidAngle
        The two.
    """

    before: SolidAngle
    after: SolidAngle

    @property
    def sr(self) -> float:
        """The difference of the estimates."""
        return self.after.sr - self.before.sr

    @property
    def lower_sr(self) -> float:
        """The least that it can be."""
        return self.after.lower_sr - self.before.upper_sr

    @property
    def upper_sr(self) -> float:
        """The most that it can be."""
        return self.after.upper_sr - self.before.lower_sr

    @property
    def is_proven(self) -> bool:
        """Whether the bounds are proofs."""
        return self.before.is_proven and self.after.is_proven

    @property
    def is_certain(self) -> bool:
        """Whether there is a difference wherever within their bounds the two are."""
        return self.lower_sr > ROUNDING_SR or self.upper_sr < -ROUNDING_SR

    def __repr__(self) -> str:
        return (
            f"Difference({self.sr:+.3f} sr, {'proven ' if self.is_proven else ''}between {self.lower_sr:+.3f} and "
            f"{self.upper_sr:+.3f}: {'' if self.is_certain else 'not '}larger than the bounds leave open)"
        )


def proven(cells: Cells, chart: TwoAxisChart) -> SolidAngle:
    """Return what certified cells (inner and outer joint of the chart) leave of the sphere of directions."""
    free, possible = cells.status == FREE, cells.status != NOT_FREE
    lower, _ = chart.covered_sr(cells.low[free], cells.high[free])
    _, upper = chart.covered_sr(cells.low[possible], cells.high[possible])
    return SolidAngle((lower + upper) / 2, lower, upper, is_proven=True)


def sampled(plane: Mapped) -> SolidAngle:
    """Return what the poses of a map of the two joints say: each counts for the cell around it."""
    turns = [axis.is_full_turn for axis in plane.sweep]
    sure, possible = (of(plane.is_free, full_turns=turns) for of in (surely_free, possibly_free))
    masks = np.stack([plane.is_free, sure, possible])
    estimate, lower, upper = (float(value) for value in plane.folded(masks).solid_angle_sr())
    return SolidAngle(estimate, lower, upper, warnings=plane.warnings)


def surely_free(is_free: NDArray[np.bool_], *, full_turns: Sequence[bool]) -> NDArray[np.bool_]:
    """Return which cells (inner, outer) are free with all their neighbours.

    Parameters
    ----------
    is_free : ndarray of bool, shape (inner, outer)
        Status of each pose of the sweep.
    full_turns : sequence of bool
        Whether the last value of an axis is a neighbour of its first.
    """
    from scipy.ndimage import minimum_filter

    modes = ["wrap" if is_full_turn else "nearest" for is_full_turn in full_turns]
    return np.asarray(minimum_filter(is_free, size=3, mode=modes), dtype=bool)


def possibly_free(is_free: NDArray[np.bool_], *, full_turns: Sequence[bool]) -> NDArray[np.bool_]:
    """Return which cells are free or have a free neighbour; parameters as :func:`surely_free`."""
    return ~surely_free(~is_free, full_turns=full_turns)
