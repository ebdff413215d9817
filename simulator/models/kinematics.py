"""Kinematic trees: fixed, revolute and prismatic joints over the IEC 61217 fixed (room) axes.

A C-arm, a couch, a robot and a ring are all such trees. The root is the frame ``"fixed"``; every joint carries
one frame, named like the joint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import SimulatorError, unknown
from simulator.geometry.transforms import rotation, translation

ROOT = "fixed"
ROUNDING = 1e-12
"""Of a rotation that is reckoned, and not read."""
JointType = Literal["fixed", "revolute", "prismatic"]


@dataclass(frozen=True)
class Joint:
    """One joint: a frame that moves against its parent's frame.

    Attributes
    ----------
    name, parent : str
        Frames; the root's name is ``"fixed"``.
    type : {"fixed", "revolute", "prismatic"}
        A revolute value is in degrees about ``axis``, a prismatic one in mm along it.
    axis : tuple of float
        Unit vector, to a millionth, in the frame's own axes at value 0: the parent's, unless there is a constant
        rotation.
    origin_mm : tuple of float
        The frame's origin in the parent's axes at value 0.
    limits : tuple of float, optional
        Least and greatest value.
    rotation_parent : tuple of tuple of float, optional
        Constant 3x3 rotation of the frame at value 0, to a millionth; identity if not given.
    rest : float, optional
        Value where nobody gives another one; 0 if not given.
    mimic : str, optional
        Another joint, whose value times ``multiplier`` this one takes, as in URDF: a table that backs away along the
        beam as the head comes nearer.
    multiplier : float
        In this joint's unit for one unit of the other.
    """

    name: str
    type: JointType
    parent: str = ROOT
    axis: tuple[float, float, float] = (0.0, 0.0, 1.0)
    origin_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)
    limits: tuple[float, float] | None = None
    rotation_parent: tuple[tuple[float, float, float], ...] | None = None
    rest: float | None = None
    mimic: str | None = None
    multiplier: float = 1.0

    def __post_init__(self) -> None:
        length = float(np.linalg.norm(self.axis))
        if not abs(length - 1.0) <= 1e-6:
            raise SimulatorError(f"joint {self.name!r}: axis must be a unit vector, was of length {length:g}")
        # Bounds on motion count on the length: what the digits of a file leave of it is taken off here.
        object.__setattr__(self, "axis", tuple((np.asarray(self.axis) / length).tolist()))
        if self.limits is not None and not self.limits[0] <= self.limits[1]:
            raise SimulatorError(f"joint {self.name!r}: limits must be ascending numbers, were {self.limits}")
        if not np.isfinite([*self.origin_mm, self.multiplier, self.rest or 0.0]).all():
            raise SimulatorError(f"joint {self.name!r}: origin_mm, multiplier and rest must be finite numbers")
        if self.rotation_parent is not None:
            object.__setattr__(self, "rotation_parent", self._rotation())

    def _rotation(self) -> tuple[tuple[float, ...], ...]:
        """Return the rotation at value 0 without what the digits of a file leave: scaled bodies are not proven."""
        R = np.asarray(self.rotation_parent, dtype=float)
        off = np.abs(R @ R.T - np.eye(3)).max() if R.shape == (3, 3) else np.inf
        if not (off <= 1e-6 and np.linalg.det(R) > 0.0):
            raise SimulatorError(
                f"joint {self.name!r}: rotation_parent must be a 3x3 rotation, to a millionth, was {R.tolist()}"
            )
        if off > ROUNDING:
            U, _, Vt = np.linalg.svd(R)
            R = U @ Vt
        return tuple(map(tuple, R.tolist()))

    @property
    def unit(self) -> Literal["deg", "mm"]:
        """``"mm"`` for prismatic joints, ``"deg"`` for others."""
        return "mm" if self.type == "prismatic" else "deg"

    def T_parent_joint(self, value: ArrayLike) -> NDArray[np.float64]:
        """Return the transforms (..., 4, 4) from the joint's to the parent's axes at ``value`` (...)."""
        value = np.asarray(value, dtype=float)
        T_parent_origin = translation(np.asarray(self.origin_mm))
        if self.rotation_parent is not None:
            T_parent_origin[:3, :3] = np.asarray(self.rotation_parent)
        if self.type == "revolute":
            return np.asarray(T_parent_origin @ rotation(np.asarray(self.axis), value))
        if self.type == "prismatic":
            return np.asarray(T_parent_origin @ translation(value[..., None] * np.asarray(self.axis)))
        return np.broadcast_to(T_parent_origin, (*value.shape, 4, 4))


@dataclass(frozen=True)
class KinematicTree:
    """Joints in any order, each with its parent among them or at the root."""

    joints: tuple[Joint, ...]

    def __post_init__(self) -> None:
        seen = {ROOT}
        for joint in self.joints:
            if joint.name in seen:
                raise SimulatorError(f"joints: each name must be used once, {joint.name!r} is used again")
            seen.add(joint.name)
        for joint in self.joints:
            if joint.parent not in self:
                raise unknown(f"joints: parent of {joint.name!r}", joint.parent, (ROOT, *self._by_name))
        for joint in self.joints:
            self.path(joint.name)
            if joint.mimic is not None and (joint.mimic == ROOT or self[joint.mimic].mimic is not None):
                raise SimulatorError(f"joints: {joint.name!r} must mimic a joint with a value of its own")

    def __getitem__(self, name: str) -> Joint:
        """Return the joint of that name."""
        try:
            return self._by_name[name]
        except KeyError:
            raise unknown("joint", name, (ROOT, *self._by_name)) from None

    def __contains__(self, name: object) -> bool:
        return name == ROOT or name in self._by_name

    @cached_property
    def _by_name(self) -> dict[str, Joint]:
        return {joint.name: joint for joint in self.joints}

    @cached_property
    def _paths(self) -> dict[str, tuple[str, ...]]:
        """Paths that were asked for: whatever is asked of a pose asks for some, and a tree never changes."""
        return {}

    def joined(self, joints: Iterable[Joint]) -> KinematicTree:
        """Return a tree with more joints."""
        return KinematicTree((*self.joints, *joints))

    def along(self, joint: Joint, start: Mapping[str, float], rates: Mapping[str, float]) -> KinematicTree:
        """Return a tree in which one new joint moves several others, each linearly: the others mimic it.

        Parameters
        ----------
        joint : Joint
            The new one, which carries nothing itself. At 0 the others are at their start.
        start, rates : mapping of str to float
            For each joint that it moves: its value at 0, and by how much it changes for one unit of the new one.
        """

        def moved(other: Joint) -> Joint:
            driver, multiplier = self.driver(other.name)
            if driver not in rates:
                return other
            T = other.T_parent_joint(multiplier * start[driver])
            rows = tuple(tuple(row) for row in T[:3, :3].tolist())
            return replace(
                other,
                origin_mm=tuple(T[:3, 3].tolist()),
                rotation_parent=rows,
                limits=None,
                rest=None,
                mimic=joint.name,
                multiplier=multiplier * rates[driver],
            )

        return KinematicTree((joint, *map(moved, self.joints)))

    def path(self, frame: str) -> tuple[str, ...]:
        """Return the names of the joints between the root and ``frame``, from the root outwards."""
        if frame not in self._paths:
            steps: list[str] = []
            at = frame
            while at != ROOT:
                if at in steps:
                    raise SimulatorError(f"joints: {at!r} must not be its own ancestor ({' > '.join(steps)})")
                steps.append(at)
                at = self[at].parent
            self._paths[frame] = tuple(reversed(steps))
        return self._paths[frame]

    def between(self, frame_a: str, frame_b: str) -> frozenset[str]:
        """Return the joints whose values change the pose of frame a relative to frame b."""
        moving = frozenset(self.path(frame_a)) ^ frozenset(self.path(frame_b))
        return frozenset(self.driver(name)[0] for name in moving if self[name].type != "fixed")

    def driver(self, name: str) -> tuple[str, float]:
        """Return the joint whose value a joint takes, itself for most, and times what."""
        joint = self[name]
        return (name, 1.0) if joint.mimic is None else (joint.mimic, joint.multiplier)

    def T_fixed_frame(self, frame: str, values: Mapping[str, ArrayLike]) -> NDArray[np.float64]:
        """Return the transforms (..., 4, 4) from ``frame`` to the fixed axes.

        Parameters
        ----------
        frame : str
            A joint's name or ``"fixed"``.
        values : mapping of str to array_like
            Joint values in degrees or mm, shapes broadcast against each other; a joint not named is at 0.
        """
        T = np.eye(4)
        for name in self.path(frame):
            driver, multiplier = self.driver(name)
            value = values.get(driver, 0.0)
            T = T @ self[name].T_parent_joint(value if multiplier == 1.0 else multiplier * np.asarray(value))
        return T
