"""What of a map can be reached: the free poses that a way leads to, from the pose in which a delivery starts.

A pose may be free and still be of no use, because every way to it leads through one that is not. From below, what
is connected to the home pose by proven-free cells that share faces can be reached. From above, a way that is free
lies in cells that are not proven otherwise, so what is not connected by those, corners included, cannot be. Cells
are boxes, in which joints may move at once or one after the other: how the machine moves makes no difference.

A direction with two poses is reachable if one of them is. All of it is within the range of the sweep: a joint that
was not swept stays where it stands, and no joint goes beyond its range. What was only sampled is connected from pose
to pose, and bounded as a sampled solid angle is: no proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.collision.contact import Status
from simulator.errors import SimulatorError, count_of_warnings
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.components import connected_components
from simulator.maps.connected import ConnectedCells, Mask
from simulator.maps.islands import Island, islands
from simulator.maps.solid_angle import SolidAngle, possibly_free, surely_free
from simulator.scenario.axis import SYMBOLS, Axis, split_field
from simulator.scenario.sweep import Sweep

if TYPE_CHECKING:
    from simulator.maps.mapped import Mapped

Home = dict[str, float]
WITHIN = "within the range of the sweep"


@dataclass(frozen=True, repr=False)
class Reachable:
    """How much of the sphere of directions can be reached from the home pose.

    Attributes
    ----------
    solid_angle : SolidAngle, optional
        None where it cannot be told; ``note`` says why.
    home : dict of str to float, optional
        The pose from which: a value for each swept joint.
    is_home_free : bool
        Whether the home pose is proven free; of a map that was only sampled, whether its nearest pose is free.
    note : str
        From where, and within what; or why it is not told.
    islands : tuple of Island
        What is free and cannot be reached, the largest first; of certified maps only.

    Examples
    --------
    >>> import simulator as sim
    >>> setup = sim.load_setup("lung")
    >>> sweep = sim.Sweep(gantry=(-180, 180, 10), couch=(-90, 90, 10))
    >>> found = sim.collision_map(setup, sweep=sweep, tolerance=0.02).reachable()
    >>> found.home, found.is_home_free
    ({'gantry': 0.0, 'couch': 0.0}, True)
    >>> print(found.note)
    from the home pose, gantry 0°, couch 0°, within the range of the sweep
    >>> round(found.solid_angle.fraction_of_4pi, 1), len(found.islands)
    (0.3, 1)
    """

    solid_angle: SolidAngle | None
    home: Home | None
    is_home_free: bool
    note: str
    islands: tuple[Island, ...] = ()

    @checked
    def stated(self, digits: int = 3) -> str:
        """Return it as a sentence: the solid angle with its bounds and the note, or why it is not told.

        Parameters
        ----------
        digits : int
            After the decimal point of values in sr.

        Returns
        -------
        str
            Without a full stop.
        """
        return self.note if self.solid_angle is None else f"{self.solid_angle.stated(digits)}; {self.note}"

    def __repr__(self) -> str:
        omega = self.solid_angle
        if omega is None:
            return f"Reachable({self.note})"
        count = len(self.islands)
        return (
            f"Reachable({omega.sr:.2f} sr, {100 * omega.fraction_of_4pi:.1f} % of 4π, "
            f"{'proven ' if omega.is_proven else ''}between {omega.lower_sr:.2f} and {omega.upper_sr:.2f}; "
            f"{self.note}; {count} island{'' if count == 1 else 's'}{count_of_warnings(omega.warnings)})"
        )

    def _repr_html_(self) -> str | None:
        from simulator.maps.rich_display import html

        return html(self)


@dataclass(frozen=True, eq=False)
class FromHome:
    """A map, and the home pose on it.

    Attributes
    ----------
    cmap : Mapped
        Of the joints that a way may use: all of the sweep, but those over all of whose values a pose must be free.
    home : dict of str to float, optional
        A value for each of them; None if it is not known, or not on the map.
    reason : str
        Why.
    """

    cmap: Mapped
    home: Home | None
    reason: str

    @classmethod
    def of(cls, cmap: Mapped) -> FromHome:
        """Return the home pose of a map.

        Raises
        ------
        SimulatorError
            If nothing of the map is measured, or one of the further axes has a result for each value.
        """
        reduced = cmap.reduced
        if any(axis.over == "all" for axis in cmap.sweep):
            cmap = reduced
        no_area = None, "the map gives no area on the sphere"
        home, reason = home_of(cmap.provenance, cmap.sweep) if cmap.has_area else no_area
        return cls(cmap, home, reason)

    @property
    def turns(self) -> tuple[bool, ...]:
        """Which joints may turn on and on."""
        endless = self.cmap.provenance.get("without_limits", [])
        return tuple(axis.joint in endless and axis.unit == "deg" for axis in self.cmap.sweep)

    @cached_property
    def connected(self) -> ConnectedCells | None:
        """The certified cells, connected from home; None if there are none, or no home."""
        if self.home is None or self.cmap.cells is None:
            return None
        values = tuple(self.home.values())
        return ConnectedCells(self.cmap.cells, self.cmap.sweep, self.cmap.chart, self.turns, values)

    @cached_property
    def reachable(self) -> Reachable:
        """What can be reached."""
        connected = self.connected
        if self.home is None:
            return Reachable(None, None, False, f"not told: {self.reason}")
        warnings = self.cmap.warnings
        pose = ", ".join(f"{axis.joint} {value:g}{SYMBOLS[axis.unit]}" for axis, value in self._values())
        start = f"from the home pose, {pose}, {WITHIN}"
        if connected is None:
            omega, is_free = self._sampled()
            free = "" if is_free else "; the home pose is not free"
            return Reachable(replace(omega, warnings=warnings), self.home, is_free, f"{start}{free}")
        omega = connected.solid_angle()
        if not connected.is_home_free:
            blocked = "not free" if omega.upper_sr == 0.0 else "not proven free"
            start += f"; the home pose is {blocked}, so nothing is proven to be reachable"
        found = islands(connected, self.cmap.pairs)
        return Reachable(replace(omega, warnings=warnings), self.home, connected.is_home_free, start, found)

    def _values(self) -> list[tuple[Axis, float]]:
        assert self.home is not None
        return list(zip(self.cmap.sweep, self.home.values(), strict=True))

    @cached_property
    def cut_off(self) -> Mask | None:
        """What of the fine map (n, m) is free, but not proven (of samples: not found) to be reachable.

        None if the home pose is not known.
        """
        if self.home is None:
            return None
        fine, connected = self.cmap.fine, self.connected
        reached = self._sampled_masks()[0] if connected is None else fine.held(connected.reachable_plane)
        return np.asarray((fine.status == Status.FREE) & ~reached)

    def _sampled(self) -> tuple[SolidAngle, bool]:
        """Return what poses connected to the nearest of home cover, and whether that is free."""
        masks = self._sampled_masks()
        estimate, lower, upper = (float(value) for value in self.cmap.folded(masks).solid_angle_sr())
        at = tuple(_nearest(axis, value) for axis, value in self._values())
        return SolidAngle(estimate, lower, upper), bool(self.cmap.is_free[at])

    def _sampled_masks(self) -> Mask:
        """Return which poses (3, inner, outer) are connected to that nearest to home: free, surely, possibly."""
        cmap, around = self.cmap, [axis.is_full_turn for axis in self.cmap.sweep]
        at = tuple(_nearest(axis, value) for axis, value in self._values())
        closes = [turn and full for turn, full in zip(self.turns, around, strict=True)]
        is_free = cmap.is_free
        masks = [
            connected_poses(is_free, at, closes=closes),
            connected_poses(surely_free(is_free, full_turns=around), at, closes=closes),
            connected_poses(possibly_free(is_free, full_turns=around), at, closes=closes, corners=True),
        ]
        joints = cmap.sweep.joints
        plane = [joints.index(joint) for joint in (cmap.chart.inner, cmap.chart.outer)]
        further = tuple(range(2, len(joints)))
        order = [*plane, *(k for k in range(len(joints)) if k not in plane)]
        return np.stack([mask.transpose(order).any(axis=further) for mask in masks])


def connected_poses(
    which: Mask, start: tuple[int, ...], *, closes: list[bool], corners: bool = False
) -> NDArray[np.bool_]:
    """Return which marked poses of a grid are connected to one of them; none if that is not marked.

    Parameters
    ----------
    which : ndarray of bool, any shape
        The poses.
    start : tuple of int
        Where to begin.
    closes : list of bool
        Along which axes the last pose is a neighbour of the first.
    corners : bool
        Whether poses that differ along several axes are neighbours.
    """
    from scipy.ndimage import generate_binary_structure, label

    if not which[start]:
        return np.zeros_like(which)
    ends = [(int(turn), int(turn)) for turn in closes]
    around = np.pad(which, ends, mode="wrap")
    labels, count = label(around, generate_binary_structure(which.ndim, which.ndim if corners else 1))
    # A pose at an end stands there again beyond the other end: the labels of its places are one.
    pose = np.pad(np.arange(which.size).reshape(which.shape), ends, mode="wrap")[around]
    group = connected_components(which.size + count + 1, pose, which.size + labels[around])
    of_pose = group[: which.size].reshape(which.shape)
    return np.asarray(which & (of_pose == of_pose[start]))


def _nearest(axis: Axis, value: float) -> int:
    """Return the index of the value of an axis that is nearest to one on it."""
    apart = np.abs(axis.values() - value)
    if axis.is_full_turn:
        apart = np.minimum(apart, FULL_TURN_DEG - apart)
    return int(apart.argmin())


def home_of(made_by: Mapping[str, Any], sweep: Sweep) -> tuple[Home | None, str]:
    """Return the home pose, a value for each axis of a map; or None, and why. ``made_by`` is its `Provenance`."""
    if "home" not in made_by:
        return None, "the map was made before maps held the home pose; make it anew"
    stated = made_by["home"]
    if stated is None:
        return None, "the machine's description names no home pose ([delivery] in its model.toml)"
    if "arm" in made_by:
        return None, "an arm may have to go another way round from one free direction to the next"
    over = made_by.get("over", {})
    if any(axis["over"] == "any" for axis in over.values()):
        return None, "the map is reduced to two axes, and a way may use the others; ask the map that has them"
    settled = {split_field(field)[0] for field in (*made_by.get("at", {}), *over)}
    elsewhere = [joint for joint in stated if joint not in sweep.joints and joint not in settled]
    if elsewhere:
        where = ", ".join(f"{joint} {stated[joint]:g}" for joint in elsewhere)
        return None, f"in the home pose other joints stand elsewhere than on this map ({where})"
    home = {axis.joint: _on(axis, stated[axis.joint], made_by["without_limits"]) for axis in sweep}
    outside = [axis for axis in sweep if not axis.start <= home[axis.joint] <= axis.stop]
    if outside:
        ranges = ", ".join(f"{axis.joint} {stated[axis.joint]:g}{SYMBOLS[axis.unit]}" for axis in outside)
        return None, f"the home pose ({ranges}) is not in the range of the sweep"
    return home, ""


def _on(axis: Axis, value: float, without_limits: list[str]) -> float:
    """Return a value where an axis has it: turned into its range, if the joint may turn on and on."""
    if axis.unit == "mm" or axis.joint not in without_limits or axis.start <= value <= axis.stop:
        return value
    return axis.start + (value - axis.start) % FULL_TURN_DEG


def require_connected(from_home: FromHome) -> ConnectedCells:
    """Refuse a map of which it is not proven what can be reached.

    Raises
    ------
    SimulatorError
        If it is only sampled, or its home pose is not known.
    """
    if from_home.connected is None:
        reason = from_home.reason or "the map was only sampled, which proves nothing between its poses"
        raise SimulatorError(f"map: which poses are reachable is not told: {reason}")
    return from_home.connected
