"""Where the table top is in CT images: its flat line below the patient, if it has one.

Only what is flat and level over a long width, and at the same height in most slices, is taken: a tilted board, a
head rest, the edge of a mask and a curved top are not. Such lines are plates: skins of a sandwich, a solid top, a
level board. Of several, the lowest two that foam lies between are the top; where none has foam, a solid plate, or
the lowest two. A top too high would let the machine pass where the real one is, so in doubt it is the lower one, or
none.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulator.dicom.images import CTImages
from simulator.errors import SimulatorError
from simulator.geometry.positions import rotation_top_patient
from simulator.models.structures.flat_plates import LeveledSlice, Plate, flat_plates, is_filled

MOST_SLICES = 24
"""Slices that are looked at, spread over the stack."""
MOST = 0.6
"""Share of them that a line must be in."""
SAME_HEIGHT_MM = 3.0
"""A table sags by less from slice to slice, and a tilted board climbs by more."""
SKIN_MM = 15.0
"""A plate no thicker can be the skin of a sandwich."""
SOLID_MM = (8.0, 60.0)
"""Thickness of a top that is one plate."""
INSIDE_MM = (5.0, 120.0)
"""Distance between the skins of a top."""


@dataclass(frozen=True)
class TableLine:
    """The flat line of a table top, or why there is none.

    Attributes
    ----------
    upper_mm, lower_mm : float or None
        Where its faces are along ``axis`` in DICOM patient axes; None if none was found, or only the upper one.
    axis : str
        ``"y"`` if the patient lies on back or front, ``"x"`` on a side.
    spread_mm : float
        Greatest difference of the upper face between slices.
    remark : str
        A sentence: how it was found, or why not.
    """

    upper_mm: float | None
    lower_mm: float | None
    axis: str
    spread_mm: float
    remark: str


@dataclass(frozen=True)
class _Line:
    """Plates of several slices at one height; depths grow downwards."""

    plates: dict[int, Plate]

    @property
    def top_mm(self) -> float:
        return float(np.median([plate.top_mm for plate in self.plates.values()]))

    @property
    def bottom_mm(self) -> float:
        return float(np.median([plate.bottom_mm for plate in self.plates.values()]))

    @property
    def thickness_mm(self) -> float:
        return self.bottom_mm - self.top_mm

    @property
    def spread_mm(self) -> float:
        return float(np.ptp([plate.top_mm for plate in self.plates.values()]))


def table_line(images: CTImages, position: str = "") -> TableLine:
    """Return the flat line of the table top in CT images.

    Parameters
    ----------
    images : CTImages
        One series.
    position : str
        How the patient lay, where the images do not say.

    Raises
    ------
    SimulatorError
        If neither says how the patient lay, or a slice cannot be read.
    """
    position = images.position or position
    if not position:
        raise SimulatorError(f"{images.folder}: Patient Position (0018,5100): must be given, the CT does not say")
    down = -rotation_top_patient(position)[2]
    axis = int(np.abs(down).argmax())
    slices = [LeveledSlice.of(each, axis, float(down[axis])) for each in images.spread(MOST_SLICES)]
    lines = _lines([flat_plates(each) for each in slices])
    top = _top(lines, slices)
    if isinstance(top, str):
        return TableLine(None, None, "xy"[axis], 0.0, f"no table top was found in the CT slices: {top}")
    upper, lower_mm = top
    if not _is_below_body(slices, upper.top_mm):
        reason = "the only flat lines are above the body"
        return TableLine(None, None, "xy"[axis], 0.0, f"no table top was found in the CT slices: {reason}")
    sign, name = float(down[axis]), "xy"[axis]
    upper_mm = round(sign * upper.top_mm, 1) + 0.0
    return TableLine(
        upper_mm,
        None if lower_mm is None else round(sign * lower_mm, 1) + 0.0,
        name,
        round(upper.spread_mm, 1),
        _told(upper, lower_mm, lines, len(slices), sign, name),
    )


def _told(upper: _Line, lower_mm: float | None, lines: list[_Line], count: int, sign: float, name: str) -> str:
    """Return how the table top was found, as a sentence, and what else was flat."""
    lower = "its lower face is not in the images" if lower_mm is None else f"lower face at {sign * lower_mm:.1f}"
    text = (
        f"table top from the CT: flat upper face at {name} = {sign * upper.top_mm:.1f} mm, {lower}, in "
        f"{len(upper.plates)} of {count} slices within {upper.spread_mm:.1f} mm"
    )
    above = [line for line in lines if line.bottom_mm < upper.top_mm]
    if above:
        heights = ", ".join(f"{sign * line.top_mm:.1f}" for line in above)
        text += f"; what is flat above it, at {name} = {heights} mm, was taken for a board"
    if count == 1:
        text += "; with one slice a tilted board cannot be told from it"
    return text


def _lines(plates_of_slices: list[tuple[Plate, ...]]) -> list[_Line]:
    """Return the plates that are at one height in most slices, from above downwards."""
    left = [(at, plate) for at, plates in enumerate(plates_of_slices) for plate in plates]
    lines = []
    needed = MOST * len(plates_of_slices)
    while left:
        tops = np.array([plate.top_mm for _, plate in left])
        near = np.abs(tops[:, None] - tops) <= SAME_HEIGHT_MM / 2
        best = near[int(near.sum(axis=1).argmax())]
        found = dict(each for each, is_near in zip(left, best, strict=True) if is_near)
        left = [each for each, is_near in zip(left, best, strict=True) if not is_near]
        if len(found) >= needed:
            lines.append(_Line(found))
    return sorted(lines, key=lambda line: line.top_mm)


def _top(lines: list[_Line], slices: list[LeveledSlice]) -> tuple[_Line, float | None] | str:
    """Return the line of the upper face and the depth of the lower one, or why there is none."""
    if not lines:
        return "no flat, level line of at least 200 mm is at the same height in most of them (a curved top has none)"
    pairs = [
        (upper, lower)
        for upper, lower in pairwise(lines)
        if upper.thickness_mm <= SKIN_MM and INSIDE_MM[0] <= lower.top_mm - upper.bottom_mm <= INSIDE_MM[1]
    ]
    for upper, lower in reversed(pairs):
        both = sorted(upper.plates.keys() & lower.plates.keys())
        if both and np.mean([is_filled(slices[at], upper.plates[at], lower.plates[at]) for at in both]) > 0.5:
            return upper, lower.bottom_mm
    lowest = lines[-1]
    if SOLID_MM[0] <= lowest.thickness_mm <= SOLID_MM[1]:
        return lowest, lowest.bottom_mm
    if np.mean([slices[at].is_denser_below(plate) for at, plate in lowest.plates.items()]) > 0.5:
        return lowest, None
    if pairs and pairs[-1][1] is lowest:
        return pairs[-1][0], lowest.bottom_mm
    return "there is one flat line, and it may be the lower face of a curved top"


def _is_below_body(slices: list[LeveledSlice], depth_mm: float) -> bool:
    """Return whether most of what is as dense as a body is above a depth."""
    above = sum(float(each.tissue[each.depths_mm < depth_mm].sum()) for each in slices)
    return above > 0.5 * sum(float(each.tissue.sum()) for each in slices)
