"""The legs of a beam on the scales of the machine's joints, and back to what a plan writes.

A beam is one travel: a leg goes on where the one before it stopped, and a whole number of turns brings all of it
within the limits of the joint, or it cannot be delivered. Table positions of a plan are counted from where its vendor
likes, so they move the table by their differences; where it stands at the first control point the isocentre says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.dicom.beams import AXES, Beam
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.models.kinematics import KinematicTree
from simulator.plans.ways import Place
from simulator.setup.placing import TABLE_POSITION

SUPPORT = ("couch", "table_pitch", "table_roll", *TABLE_POSITION)
"""The axes that carry the patient; the others carry the beam."""
ROUNDING = 1e-9
"""Of degrees or mm: what differs by less is the same."""

Joints = dict[str, float]


@dataclass(frozen=True)
class Travel:
    """A beam's way on the scales of the joints.

    Attributes
    ----------
    legs : tuple of (dict, dict)
        Start and stop of each leg, for every axis that the plan says and the room has, and the table's position.
    offsets : dict of str to float
        What is to be added to a joint's value for the plan's.
    """

    legs: tuple[tuple[Joints, Joints], ...]
    offsets: Joints

    @property
    def start(self) -> Joints:
        """Where the beam begins."""
        return self.legs[0][0]

    @property
    def stop(self) -> Joints:
        """Where it ends."""
        return self.legs[-1][1]

    def place(self, joints: Mapping[str, float]) -> Place:
        """Return a place on the scales of the joints and of the plan, of the axes that the plan says."""
        said = {axis: value + self.offsets[axis] for axis, value in joints.items() if axis in self.offsets}
        return Place(dict(joints), {axis: _written(axis, value) for axis, value in said.items()})


def _written(axis: str, value: float) -> float:
    """Return an angle as plans write it, from 0 up to 360; a length as it is."""
    if axis in TABLE_POSITION or axis == "snout":
        return value + 0.0
    turned = value % FULL_TURN_DEG
    return 0.0 if turned > FULL_TURN_DEG - SAME_ANGLE_DEG else turned


def has_axis(tree: KinematicTree, axis: str) -> bool:
    """Return whether a room has an axis as a joint that takes a value of its own."""
    return axis in tree and tree[axis].type != "fixed" and tree[axis].mimic is None


def axes_of(beam: Beam, tree: KinematicTree) -> tuple[str, ...]:
    """Return the axes of a beam that a room has."""
    return tuple(axis for axis in AXES if axis in beam.start and has_axis(tree, axis))


def travel_of(beam: Beam, tree: KinematicTree, rest: Mapping[str, float], before: Mapping[str, float]) -> Travel:
    """Return the legs of a beam on the scales of the joints.

    Parameters
    ----------
    beam : Beam
        Of the plan.
    tree, rest
        Of its room.
    before : mapping of str to float
        Where the joints are that have several scales for it: the nearest is taken.

    Raises
    ------
    SimulatorError
        By beam and control point, for each axis that cannot go there.
    """
    lines: list[str] = []
    values: dict[str, list[tuple[float, float]]] = {}
    offsets: Joints = {}
    for axis in axes_of(beam, tree):
        ends = [(leg.start[axis], leg.stop[axis]) for leg in beam.legs]
        unrolled = list(_unrolled(ends, tree[axis].type == "revolute"))
        shift = rest[axis] - ends[0][0] if axis in TABLE_POSITION else _turns(tree, axis, unrolled, before)
        if shift is None or not _fits(tree, axis, unrolled, shift):
            lines.append(_refused(beam, tree, axis, unrolled, shift))
            continue
        values[axis], offsets[axis] = [(start + shift, stop + shift) for start, stop in unrolled], -shift
    if lines:
        raise SimulatorError("\n".join(lines))
    standing = {axis: rest[axis] for axis in TABLE_POSITION if axis in tree and axis not in values}
    legs = [
        tuple({**{axis: ends[at][end] for axis, ends in values.items()}, **standing} for end in (0, 1))
        for at in range(len(beam.legs))
    ]
    return Travel(tuple((start, stop) for start, stop in legs), offsets)


def _unrolled(ends: list[tuple[float, float]], turns: bool) -> Iterator[tuple[float, float]]:
    """Yield the ends of legs so that each begins where the one before it stopped, whole turns taken off."""
    at = ends[0][0]
    for start, stop in ends:
        gap = (start - at + FULL_TURN_DEG / 2) % FULL_TURN_DEG - FULL_TURN_DEG / 2 if turns else start - at
        if abs(gap) > SAME_ANGLE_DEG:
            raise SimulatorError(f"a leg must begin where the one before it stopped, at {at:g}, was {start:g}")
        yield at, at + (stop - start)
        at += stop - start


def _turns(
    tree: KinematicTree, axis: str, ends: list[tuple[float, float]], before: Mapping[str, float]
) -> float | None:
    """Return the whole turns that bring a travel within the limits of its joint, near to where that is; None if none.

    Of two as near, what is nearer to 0.
    """
    joint = tree[axis]
    if joint.type != "revolute":
        return 0.0
    start = ends[0][0]
    around = [FULL_TURN_DEG * turn for turn in range(-3, 4)]
    fits = [turn for turn in around if _fits(tree, axis, ends, turn)]
    near = before.get(axis, 0.0)
    return min(fits, key=lambda turn: (round(abs(start + turn - near), 6), abs(start + turn), -turn), default=None)


def _fits(tree: KinematicTree, axis: str, ends: list[tuple[float, float]], shift: float) -> bool:
    limits = tree[axis].limits
    return limits is None or all(
        limits[0] - ROUNDING <= value + shift <= limits[1] + ROUNDING for leg in ends for value in leg
    )


def _refused(beam: Beam, tree: KinematicTree, axis: str, ends: list[tuple[float, float]], shift: float | None) -> str:
    """Return what to say of an axis that cannot go as the plan says: the first control point that is out of reach."""
    limits = tree[axis].limits
    assert limits is not None  # without limits, everything fits
    shifts = [FULL_TURN_DEG * turn for turn in range(-3, 4)] if shift is None else [shift]
    points = [(ends[0][0], ends[0][0]), *ends]
    reached = next(at for at in range(len(points)) if not any(_fits(tree, axis, points[: at + 1], s) for s in shifts))
    unit = tree[axis].unit
    was = f"{points[reached][1] + (shifts[0] if len(shifts) == 1 else 0.0):g}"
    turned = ", or whole turns from there" if tree[axis].type == "revolute" else ""
    way = f" (from {ends[0][0]:g})" if reached else ""
    return (
        f"beam {beam.number}: control point {reached}: {axis} must be from {limits[0]:g} to {limits[1]:g} {unit} "
        f"(limits of the joint{turned}), was {was}{way}"
    )
