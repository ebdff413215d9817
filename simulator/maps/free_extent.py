"""How much is free of a map that gives no area on the sphere: degrees of a circle, or mm, mm², mm³ of joint values.

One axis that turns the beam leads it through a circle: the answer is the free part of it, in degrees of 360. Where
no axis turns the beam, axes that slide say how much of a length, an area or a volume of their values is free. Each
value counts once, and cells by their size: below, those proven free; above, those not proven otherwise; the estimate
is in the middle. Of a sampled map each pose stands for the box around it, and its bounds are those of sampling, as in
`simulator.maps.solid_angle`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.certify.branch_and_bound import FREE, NOT_FREE, Cells
from simulator.errors import count_of_warnings
from simulator.maps.counted import unit_of, whole
from simulator.maps.rich_display import html
from simulator.maps.solid_angle import possibly_free, surely_free
from simulator.scenario.axis import Axis

if TYPE_CHECKING:
    from simulator.maps.mapped import Mapped

SYMBOLS = {"deg": "°", "mm": " mm", "mm2": " mm²", "mm3": " mm³"}
ROUNDING = 1e-9
"""Of all that there is: what sums of cells may differ by."""
IN_CM3 = 1e-3
"""Volumes are told in cm³."""


@dataclass(frozen=True, repr=False)
class FreeExtent:
    """How much is free of what a map sweeps.

    Attributes
    ----------
    value : float
        Estimate.
    lower, upper : float
        Bounds, see the module.
    of : float
        All that there is: 360° of a circle; of axes that slide, what their ranges hold.
    unit : str
        ``"deg"``, ``"mm"``, ``"mm2"``, ``"mm3"`` and so on.
    is_proven : bool
        Whether the bounds are proofs.
    warnings : tuple of str
        What a reader of it should know of the meshes that it is about.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("brain_imagers_deployed")
    >>> coplanar = sim.collision_map(setup, sweep=sim.Sweep(gantry=(-180, 180, 10)))
    >>> extent = coplanar.free_extent()
    >>> print(f"{extent.value:.0f}° of {extent.of:.0f}°, proven: {extent.is_proven}")
    265° of 360°, proven: True
    """

    value: float
    lower: float
    upper: float
    of: float
    unit: str
    is_proven: bool = False
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def bounds(self) -> tuple[float, float]:
        """The lower and the upper one."""
        return self.lower, self.upper

    @property
    def fraction(self) -> float:
        """The estimate as a share of all."""
        return self.value / self.of

    @checked
    def stated(self, digits: int = 2) -> str:
        """Return it as a sentence: the value, of how much, its share, and its bounds.

        Parameters
        ----------
        digits : int
            After the decimal point of values.

        Returns
        -------
        str
            In degrees of a circle, mm, mm² or cm³.
        """
        return stated(self.value, self.lower, self.upper, self.of, self.unit, is_proven=self.is_proven, digits=digits)

    def __repr__(self) -> str:
        return f"FreeExtent({self.stated()}{count_of_warnings(self.warnings)})"

    def _repr_html_(self) -> str | None:
        return html(self)


@dataclass(frozen=True)
class ExtentDifference:
    """How much more is free of a second map than of a first one, with what the bounds of both leave open."""

    before: FreeExtent
    after: FreeExtent

    @property
    def value(self) -> float:
        """The difference of the estimates."""
        return self.after.value - self.before.value

    @property
    def lower(self) -> float:
        """The least that it can be."""
        return self.after.lower - self.before.upper

    @property
    def upper(self) -> float:
        """The most that it can be."""
        return self.after.upper - self.before.lower

    @property
    def unit(self) -> str:
        """Of both."""
        return self.before.unit

    @property
    def is_proven(self) -> bool:
        """Whether the bounds are proofs."""
        return self.before.is_proven and self.after.is_proven

    @property
    def is_certain(self) -> bool:
        """Whether there is a difference wherever within their bounds the two are."""
        rounding = ROUNDING * self.before.of
        return self.lower > rounding or self.upper < -rounding


def stated(
    value: float, lower: float, upper: float, of: float, unit: str, *, is_proven: bool, digits: int = 2
) -> str:
    """Return the one sentence about a free extent: the value, of how much, its share, and its bounds."""
    kind = "proven" if is_proven else "sampled"
    low, high = (measured(one, unit, digits) for one in (lower, upper))
    share = 100 * value / of
    portion = f"{measured(value, unit, digits)} of {measured(of, unit, 0)} = {share:.1f} %"
    return f"{portion}, between {low} and {high} ({kind})"


def measured(value: float, unit: str, digits: int = 2) -> str:
    """Return an extent as text, a volume in cm³."""
    if unit == "mm3":
        return f"{value * IN_CM3:,.{digits}f} cm³"
    return f"{value:,.{digits}f}{SYMBOLS.get(unit, f' {unit}')}"


def measure(low: NDArray[np.float64], high: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the size (n,) of boxes (n, k): degrees, mm, mm² and so on."""
    return np.asarray(np.prod(high - low, axis=1))


def measure_of_poses(axes: Sequence[Axis], masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return what masks (..., *sweep) of poses hold, each pose standing for the box around it."""
    sizes = reduce(np.multiply.outer, [np.diff(axis.edges()) for axis in axes])
    return np.asarray((masks * sizes).sum(axis=tuple(range(-len(axes), 0))))


def free_extent(counted: Mapped) -> FreeExtent:
    """Return how much is free of a map of axes that all count."""
    axes, cells = counted.sweep.axes, counted.cells
    if cells is None:
        turns = [axis.is_full_turn for axis in axes]
        sure, possible = (of(counted.is_free, full_turns=turns) for of in (surely_free, possibly_free))
        value, lower, upper = measure_of_poses(axes, np.stack([counted.is_free, sure, possible])).tolist()
    else:
        lower, upper = bounds_of(cells)
        value = (lower + upper) / 2
    return FreeExtent(value, lower, upper, whole(axes), unit_of(axes), cells is not None, counted.warnings)


def bounds_of(cells: Cells) -> tuple[float, float]:
    """Return how much is free of certified cells, which have no interior point in common: at least, and at most."""
    sizes = measure(cells.low, cells.high)
    return float(sizes[cells.status == FREE].sum()), float(sizes[cells.status != NOT_FREE].sum())
