"""Control points of a beam: what each says, what it leaves as it was, and which way things turn after it.

What is absent is as before; what is there but empty is not absent (DICOM PS3.5, 7.4). A direction holds for the
segment behind its control point (PS3.3, C.8.8.14.5), so that of the last one means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from simulator.dicom.attributes import Item
from simulator.dicom.beams import Leg
from simulator.geometry.angles import FULL_TURN_DEG, wrap_180
from simulator.geometry.scales import ROTATION_DIRECTIONS, SAME_ANGLE_DEG, travel

LARGEST_DEG, LARGEST_MM, LARGEST_METERSET = 720.0, 10_000.0, 1e15
SAME_POINT_MM = 1e-3

Segment = tuple[float, float]
"""Where an axis stands at a control point, and at the next: there and what it travelled."""
Point = tuple[float, float, float]


@dataclass(frozen=True)
class TurningAxis:
    """An axis that turns: its name here, the attributes of its angle and direction, its name among directions."""

    name: str
    angle: str
    direction: str
    rotation: str


def turns(points: Sequence[Item], axis: TurningAxis) -> list[Segment]:
    """Return the segments of an axis that turns; none where no control point says anything of it.

    Raises
    ------
    SimulatorError
        If an angle is empty, missing at the first control point, or changes without a direction.
    """
    found = []
    values = _inherited(points, axis.angle, LARGEST_DEG)
    for (start, stop), direction, point in zip(pairwise(values), _directions(points, axis), points, strict=False):
        if direction in ("CW", "CC"):
            reached = start + float(travel(start, stop, direction, axis.rotation))
            found.append((start, stop + FULL_TURN_DEG * round((reached - stop) / FULL_TURN_DEG)))
        elif abs(wrap_180(stop - start)) <= SAME_ANGLE_DEG:
            found.append((start, start))
        else:
            must = f"must be CW or CC, for the angle changes from {start:g}° to {stop:g}° after it"
            raise point.refused(axis.direction, must, f"was {direction or 'given nowhere before'}")
    return found


def slides(points: Sequence[Item], keyword: str) -> tuple[list[Segment], bool]:
    """Return the segments of a table position, and whether they count from an unknown one at the first control point.

    The first may be empty, or absent: then later ones are relative to it (PS3.3, C.8.8.14.6).

    Raises
    ------
    SimulatorError
        If one is empty behind one that is given.
    """
    if points[0].number(keyword) is not None:
        return positions(points, keyword), False
    given = next((at for at, point in enumerate(points) if point.number(keyword) is not None), None)
    if given is None:
        return [], False
    values = [0.0] * given + _inherited(points[given:], keyword, LARGEST_MM)
    return list(pairwise(values)), True


def positions(points: Sequence[Item], keyword: str) -> list[Segment]:
    """Return the segments of an axis that slides; none where no control point says anything of it.

    Raises
    ------
    SimulatorError
        If one is empty, or the first is missing.
    """
    return list(pairwise(_inherited(points, keyword, LARGEST_MM)))


def require_zero(points: Sequence[Item], keyword: str, name: str) -> None:
    """Refuse an angle that no model here has, unless it is 0 throughout.

    Raises
    ------
    SimulatorError
        If it is not.
    """
    for point in points:
        if not point.has(keyword):
            continue
        angle = point.number(keyword)
        if angle is None or abs(wrap_180(angle)) > SAME_ANGLE_DEG:
            was = "was empty" if angle is None else f"was {angle:g}°"
            raise point.refused(keyword, f"must be 0 or absent: {name} is not modelled", was)


def isocentre(points: Sequence[Item]) -> Point:
    """Return the isocentre of a beam, in DICOM patient axes.

    Raises
    ------
    SimulatorError
        If the first control point has none, or a later one another.
    """
    keyword = "IsocenterPosition"
    first = points[0].numbers(keyword, 3)
    if not first:
        was = "was empty" if points[0].has(keyword) else "was absent"
        raise points[0].refused(keyword, "must be three coordinates in mm, for all is placed by it", was)
    for point in points:
        found = point.numbers(keyword, 3) if point.has(keyword) else first
        if not found:
            raise point.refused(
                keyword, "must be three coordinates, or left out where they are as before", "was empty"
            )
        if max(map(abs, found)) > LARGEST_MM:
            raise point.refused(keyword, f"must be within ±{LARGEST_MM:g} mm", f"was {list(found)}")
        if max(abs(a - b) for a, b in zip(first, found, strict=True)) > SAME_POINT_MM:
            must = "must be the same at all control points of a beam: an isocentre that moves is not modelled"
            raise point.refused(keyword, must, f"was {list(first)}, then {list(found)}")
    return first[0], first[1], first[2]


def metersets(points: Sequence[Item]) -> list[float]:
    """Return the cumulative meterset weight at each control point; nothing is delivered where it is not given.

    Raises
    ------
    SimulatorError
        If it falls.
    """
    found = [0.0]
    for point in points:
        value = point.number("CumulativeMetersetWeight", largest=LARGEST_METERSET)
        if value is not None and value < found[-1]:
            raise point.refused(
                "CumulativeMetersetWeight", f"must be at least {found[-1]:g}, as before", f"was {value:g}"
            )
        found.append(found[-1] if value is None else value)
    return found[1:]


def legs(beam: int, segments: dict[str, list[Segment]], weights: Sequence[float]) -> tuple[Leg, ...]:
    """Return the legs of a beam: one for each two control points, or a single one if nothing moves."""
    found = [
        Leg(
            beam,
            at,
            {axis: each[at][0] for axis, each in segments.items()},
            {axis: each[at][1] for axis, each in segments.items()},
            after > before,
            (before, after),
        )
        for at, (before, after) in enumerate(pairwise(weights))
    ]
    if any(leg.moving for leg in found):
        return tuple(found)
    first, last = weights[0], weights[-1]
    return (Leg(beam, 0, found[0].start, found[0].stop, last > first, (first, last)),)


def _inherited(points: Sequence[Item], keyword: str, largest: float) -> list[float]:
    """Return a value for each control point; none where none has any."""
    found: list[float] = []
    for at, point in enumerate(points):
        if not point.has(keyword):
            found.extend(found[-1:])
            continue
        value = point.number(keyword)
        if value is None:
            raise point.refused(keyword, "must be a number, or left out where it is as before", "was empty")
        if abs(value) > largest:
            raise point.refused(keyword, f"must be within ±{largest:g}", f"was {value:g}")
        if at > len(found):
            raise point.refused(
                keyword, "must be given at the first control point if at a later one", "was absent there"
            )
        found.append(value)
    return found


def _directions(points: Sequence[Item], axis: TurningAxis) -> list[str]:
    """Return the direction behind each control point but the last, "" where none was given yet."""
    found, said = [], ""
    for point in points[:-1]:
        if point.has(axis.direction):
            said = point.text(axis.direction)
            if said not in ROTATION_DIRECTIONS:
                must = f"must be {', '.join(ROTATION_DIRECTIONS)}, or left out where it is as before"
                raise point.refused(axis.direction, must, f"was {said!r}" if said else "was empty")
        found.append(said)
    return found
