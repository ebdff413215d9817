"""One axis of a sweep: a joint by name, from where to where, in which steps, and what its values mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from simulator.arguments import checked
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.scenario.schema import LARGEST_DEG, LARGEST_MM, Name, OfJoint, Table

FINEST_STEP = 0.01

Unit = Literal["deg", "mm"]
Over = Literal["any", "all", "each"]
Step = Annotated[OfJoint, Field(ge=FINEST_STEP)]
SYMBOLS: dict[Unit, str] = {"deg": "°", "mm": " mm"}


class PartOfRange(Table):
    """A range of one joint, or what differs from the range in the machine's ``[sweep]``.

    ``NAME_deg`` is of a joint that turns, ``NAME_mm`` of one that slides, as the model has it.

    Example::

        start = -90
        stop = 90
        step = 2
    """

    start: OfJoint | None = None
    """Where the range starts, on the joint's scale (IEC 61217); in degrees or mm, as the name of the range ends.
    From −720 to 720 degrees or −100,000 to 100,000 mm, and within the joint's limits. Example: ``start = -180``,
    ``stop = 180``, ``step = 2``"""
    stop: OfJoint | None = None
    """Where the range stops. Not below ``start``; of a joint that turns at most 360 degrees above it, and a full
    turn is not closed twice. Example: ``start = -30``, ``stop = 60``, ``step = 1``"""
    step: Step | None = None
    """Distance of neighbouring values. ``stop`` − ``start`` must be a whole number of steps. Proven bounds of a
    solid angle are of the whole range, whatever the step is. Example: ``step = 5``"""
    over: Over | None = None
    """What the values of a joint mean that does not turn the beam's direction: ``"any"``, one free value is enough
    (a snout that may be drawn back); ``"all"``, the pose must be free at all of them (an error of the set-up);
    ``"each"``, every value has a result of its own. Joints that aim have none. Example: ``start = 410``,
    ``stop = 510``, ``step = 50``, ``over = "any"``"""
    unit: Unit = "deg"
    """Left out in files: the unit stands in the name of the range. In Python, ``"deg"`` or ``"mm"``. Example:
    ``unit = "deg"``, ``start = 0``, ``stop = 90``, ``step = 5``"""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        largest = LARGEST_DEG if self.unit == "deg" else LARGEST_MM
        if max(abs(self.start or 0.0), abs(self.stop or 0.0)) > largest:
            raise ValueError(f"start and stop must be from {-largest:g} to {largest:g} {self.unit}")
        if self.start is None or self.stop is None:
            return self
        span = round(self.stop - self.start, 9)  # 673.7 - 313.7 is 360
        if self.unit == "deg" and not 0 <= span <= FULL_TURN_DEG:
            raise ValueError("stop must be from start to start + 360")
        if span < 0:
            raise ValueError("stop must be from start on")
        if self.step is not None and abs(span / self.step - round(span / self.step)) > 1e-6:
            raise ValueError(
                f"stop - start must be a whole number of steps, was {span:g} {self.unit} in steps of {self.step:g}"
            )
        return self


class Range(PartOfRange):
    """Values of one joint from ``start`` to ``stop`` in steps of ``step``; a full turn is not closed twice.

    ``NAME_deg`` is of a joint that turns, ``NAME_mm`` of one that slides, as the model has it.

    Example::

        start = -180
        stop = 180
        step = 2
    """

    start: OfJoint
    stop: OfJoint
    step: Step

    @property
    def is_full_turn(self) -> bool:
        """True if the range goes once round."""
        return self.unit == "deg" and abs(self.stop - self.start - FULL_TURN_DEG) < 1e-9

    @property
    def extent(self) -> tuple[float, float]:
        """Where it starts and where it stops."""
        return self.start, self.stop

    @property
    def size(self) -> int:
        """Number of values."""
        return round((self.stop - self.start) / self.step) + (0 if self.is_full_turn else 1)

    @checked
    def moved(self, by: float) -> Range:
        """Return the range from elsewhere; itself if it stays.

        Parameters
        ----------
        by : float
            How far, in the unit of the range.

        Returns
        -------
        Range
            With the same step.
        """
        if by == 0.0:
            return self
        return self.model_copy(update={"start": round(self.start + by, 9), "stop": round(self.stop + by, 9)})

    def values(self) -> NDArray[np.float64]:
        """Return the values; start and stop are one pose of a full turn and stand there once.

        Returns
        -------
        ndarray, shape (n,)
            Ascending, in the unit of the range.
        """
        steps = round((self.stop - self.start) / self.step)
        values = np.round(np.linspace(self.start, self.stop, steps + 1), 9) + 0.0
        return values[:-1] if self.is_full_turn else values

    def edges(self) -> NDArray[np.float64]:
        """Return the edges of the cells around the values, cut at the ends of the range.

        Returns
        -------
        ndarray, shape (n + 1,)
            Ascending, in the unit of the range.
        """
        values = self.values()
        inner = (values[1:] + values[:-1]) / 2
        if self.is_full_turn:
            half = self.step / 2
            return np.concatenate([[values[0] - half], inner, [values[-1] + half]])
        return np.concatenate([[self.start], inner, [self.stop]])


class Axis(Range):
    """A range of a joint.

    Attributes
    ----------
    joint : str
        Its name.
    start, stop, step : float
        In ``unit``.
    over : {"any", "all", "each"}, optional
        What its values mean, of a joint that does not turn the beam's direction.
    unit : {"deg", "mm"}
        Of a revolute or a prismatic joint.

    Examples
    --------
    >>> import simulator as sim
    >>> snout = sim.Axis(joint="snout", start=300, stop=450, step=50, unit="mm", over="any")
    >>> print(snout)
    snout 300 to 450 mm by 50 mm (over any)
    >>> snout.values()
    array([300., 350., 400., 450.])
    """

    joint: Name

    @property
    def field(self) -> str:
        """Its name in a file: that of the joint, and the unit."""
        return f"{self.joint}_{self.unit}"

    @classmethod
    def _called(cls, data: Mapping[str, Any]) -> str:
        return f"grid.{data.get('joint')}_{data.get('unit', 'deg')}"

    @checked
    def coarser(self, step_deg: float) -> Axis:
        """Return the axis in larger steps, if it aims and its range is a whole number of them; else as it is.

        Parameters
        ----------
        step_deg : float
            The larger step, degrees.

        Returns
        -------
        Axis
            From the same start to the same stop.

        Raises
        ------
        SimulatorError
            If it is not above 0.
        """
        if not step_deg > 0.0:
            raise SimulatorError(f"step_deg: must be above 0, was {step_deg:g}")
        count = (self.stop - self.start) / step_deg
        is_whole = self.over is None and self.unit == "deg" and count >= 1 and abs(count - round(count)) < 1e-9
        return self.model_copy(update={"step": step_deg}) if is_whole and step_deg > self.step else self

    def __str__(self) -> str:
        mark = SYMBOLS[self.unit]
        over = "" if self.over is None else f" (over {self.over})"
        return f"{self.joint} {self.start:g} to {self.stop:g}{mark} by {self.step:g}{mark}{over}"


def split_field(field: str) -> tuple[str, Unit]:
    """Return joint and unit of a field such as ``gantry_deg``.

    Raises
    ------
    ValueError
        If it does not end in a unit.
    """
    joint, _, unit = field.rpartition("_")
    if not joint or unit not in ("deg", "mm"):
        raise ValueError(f"{field}: must be the name of a joint and its unit, such as gantry_deg or snout_mm")
    return joint, "deg" if unit == "deg" else "mm"


def _with_units(table: object) -> object:
    """Give every range of a file the unit of its key."""
    if not isinstance(table, dict):
        return table
    ranges = {}
    for field, value in table.items():
        _, unit = split_field(str(field))
        if isinstance(value, dict) and value.get("unit", unit) != unit:
            raise ValueError(f"{field}: unit must be left out: it stands in the name")
        ranges[field] = {**value, "unit": unit} if isinstance(value, dict) else value
    return ranges


Ranges = Annotated[dict[str, Range], BeforeValidator(_with_units)]
"""``[sweep]`` of a machine: ranges by field, ``gantry_deg = { start = ... }``."""
PartsOfRanges = Annotated[dict[str, PartOfRange], BeforeValidator(_with_units)]
"""``[grid]`` of a scenario: the same, each with what differs from the machine's."""
