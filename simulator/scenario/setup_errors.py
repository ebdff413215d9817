"""``[errors]``: by how much the table top, or a joint, may be off from where it is planned to be.

Only the schema is here. The six of the table top are those that a couch with six degrees of freedom corrects:
``lateral_mm``, ``longitudinal_mm``, ``vertical_mm``, ``pitch_deg``, ``roll_deg``, ``rotation_deg``. Any other field
is a joint of the machine or the couch by its name and unit, whose reading is wrong by as much: ``gantry_deg``.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, model_validator

from simulator.arguments import checked
from simulator.scenario.axis import SYMBOLS, Unit, split_field
from simulator.scenario.schema import Table

LARGEST = 100.0
"""Degrees or mm: more is no error of a set-up."""
TABLE_TOP = ("lateral_mm", "longitudinal_mm", "vertical_mm", "rotation_deg", "pitch_deg", "roll_deg")
"""Errors of the table top, in the order in which they act from the room outwards."""
Size = Annotated[float, Field(ge=0.0, le=LARGEST, allow_inf_nan=False, strict=True)]
Kind = Literal["bound", "standard_deviation"]


class ErrorOfAxis(Table):
    """How large one error may be: within ± ``bound``, or normal about 0 with a ``standard_deviation``.

    Errors are independent of each other.

    Example::

        bound = 3

    Example::

        standard_deviation = 1
    """

    bound: Size | None = None
    """The largest error, to either side. With bounds, a pose is free only if it is free for every error, and that
    is proven. In mm or degrees, as the name of the error ends. Excludes ``standard_deviation``. Example:
    ``bound = 5``"""
    standard_deviation: Size | None = None
    """Standard deviation of an error that is normally distributed about 0. With it, the chance of a contact is
    told. In mm or degrees, as the name of the error ends. Excludes ``bound``. Example:
    ``standard_deviation = 1.5``"""

    @model_validator(mode="after")
    def _one(self) -> ErrorOfAxis:
        if (self.bound is None) == (self.standard_deviation is None):
            raise ValueError("must have either bound or standard_deviation")
        return self

    @property
    def kind(self) -> Kind:
        """Which of the two it has."""
        return "bound" if self.bound is not None else "standard_deviation"

    @property
    def size(self) -> float:
        """The bound, or the standard deviation."""
        return self.bound if self.bound is not None else self.standard_deviation or 0.0


class Errors(Table):
    """``[errors]``: by how much the table top, or a joint, may be off from where it is planned to be.

    One that is not there, or 0, is none.

    Example::

        lateral_mm = { bound = 5 }

    Examples
    --------
    >>> import simulator as sim
    >>> errors = sim.Errors(lateral_mm={"bound": 5}, pitch_deg={"standard_deviation": 0.5}, gantry_deg={"bound": 0.3})
    >>> print(errors)
    lateral ±5 mm, pitch σ 0.5°, gantry ±0.3°
    >>> errors.only("bound"), errors.are_bounded
    ({'lateral_mm': 5.0, 'gantry_deg': 0.3}, False)
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, ErrorOfAxis] = Field(init=False)
    """Error of the reading of a joint of the machine or the couch, by its name and unit."""

    lateral_mm: ErrorOfAxis | None = None
    """The table top stands too far to the side: IEC 61217 table-top x."""
    longitudinal_mm: ErrorOfAxis | None = None
    """The table top stands too far along its length: IEC 61217 table-top y."""
    vertical_mm: ErrorOfAxis | None = None
    """The table top stands too high or too low: IEC 61217 z."""
    rotation_deg: ErrorOfAxis | None = None
    """The table top is turned about a vertical axis."""
    pitch_deg: ErrorOfAxis | None = None
    """The table top is turned about its x axis."""
    roll_deg: ErrorOfAxis | None = None
    """The table top is turned about its y axis."""

    @model_validator(mode="after")
    def _units(self) -> Errors:
        for field in self.model_extra or {}:
            split_field(field)
        return self

    @property
    def given(self) -> dict[str, ErrorOfAxis]:
        """The errors that are not 0, by field: those of the table top in their order, then those of joints."""
        named: dict[str, Any] = {field: getattr(self, field) for field in TABLE_TOP} | dict(self.model_extra or {})
        return {field: error for field, error in named.items() if error is not None and error.size > 0.0}

    @property
    def of_joints(self) -> tuple[str, ...]:
        """The fields that name joints, those of errors of 0 included."""
        return tuple(self.model_extra or {})

    @checked
    def only(self, kind: Kind) -> dict[str, float]:
        """Return bounds, or standard deviations.

        Parameters
        ----------
        kind : {"bound", "standard_deviation"}
            Which.

        Returns
        -------
        dict of str to float
            By field, degrees or mm.
        """
        return {field: error.size for field, error in self.given.items() if error.kind == kind}

    @property
    def are_bounded(self) -> bool:
        """True if each has a bound, so that a pose can be free for all."""
        return not self.only("standard_deviation")

    def __bool__(self) -> bool:
        """Return whether anything may be off."""
        return bool(self.given)

    def __str__(self) -> str:
        signs: dict[Kind, str] = {"bound": "±", "standard_deviation": "σ "}
        return ", ".join(
            f"{split_field(field)[0].replace('_', ' ')} {signs[error.kind]}{error.size:g}{symbol(field)}"
            for field, error in self.given.items()
        )


def symbol(field: str) -> str:
    """Return the sign of a field's unit, as it stands behind a number."""
    unit: Unit = split_field(field)[1]
    return SYMBOLS[unit]
