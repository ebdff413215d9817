"""What is swept: joints by name, all combinations of their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.errors import SimulatorError, shown, unknown
from simulator.scenario.axis import Axis, Range, split_field

LARGEST_SWEEP = 4_000_000
"""Poses of one sweep: a map of more would not fit into memory."""


class Sweep:
    """One axis or many: the poses of a map are all combinations of their values.

    Parameters
    ----------
    *axes : Axis
        In the order that the results have.
    **ranges : tuple of float
        Start, stop and step in degrees, by joint: ``Sweep(gantry=(-180, 180, 1), couch=(-90, 90, 2))``.

    Attributes
    ----------
    axes : tuple of Axis
        All of them, in their order.

    Raises
    ------
    SimulatorError
        If a joint is named twice, a range is none, or there are more than ``LARGEST_SWEEP`` poses.

    Examples
    --------
    >>> import simulator as sim
    >>> sweep = sim.Sweep(gantry=(-180, 180, 1), couch=(-90, 90, 2))
    >>> sweep
    Sweep(gantry -180 to 180° by 1°, couch -90 to 90° by 2°: 32,760 poses)
    >>> sweep.joints, sweep.shape
    (('gantry', 'couch'), (360, 91))
    >>> sim.Sweep(*sweep, sim.Axis(joint="snout", start=300, stop=450, step=50, unit="mm", over="any")).size
    131040
    """

    def __init__(self, *axes: Axis, **ranges: tuple[float, float, float]) -> None:
        for joint, given in ranges.items():
            if not isinstance(given, tuple | list) or len(given) != 3:
                raise SimulatorError(f"sweep.{joint}: must be (start, stop, step), was {shown(given)}")
            axes = (*axes, Axis(joint=joint, start=given[0], stop=given[1], step=given[2]))
        self.axes = axes
        if not axes or not all(isinstance(axis, Axis) for axis in axes):
            raise SimulatorError(f"sweep: must be of axes, one at least, was {shown(axes)}")
        if len(set(self.joints)) < len(axes):
            raise SimulatorError(f"sweep: each joint must be named once, has {', '.join(self.joints)}")
        if self.size > LARGEST_SWEEP:
            raise SimulatorError(
                f"grid: must have at most {LARGEST_SWEEP:,} poses, has {self.size:,}: take larger steps"
            )

    @classmethod
    @checked
    def of(cls, ranges: Mapping[str, Range | dict[str, Any]]) -> Sweep:
        """Return the sweep of ranges by field, such as those of :meth:`ranges`.

        Parameters
        ----------
        ranges : mapping of str to Range or dict
            By joint and unit: ``{"gantry_deg": {"start": -180, "stop": 180, "step": 1}}``.

        Returns
        -------
        Sweep
            Its axes in the order of the mapping.
        """
        named = [(*split_field(field), dict(one)) for field, one in ranges.items()]
        return cls(*(Axis(**{**one, "joint": joint, "unit": unit}) for joint, unit, one in named))

    def ranges(self) -> dict[str, Any]:
        """Return the ranges by field, as a file has them.

        Returns
        -------
        dict
            Start, stop and step (and ``over`` where it is said) by joint and unit, such as ``gantry_deg``.
        """
        exclude = {"joint", "unit"}
        return {
            axis.field: axis.model_dump(exclude=exclude if axis.over is not None else {*exclude, "over"})
            for axis in self.axes
        }

    @checked
    def with_steps(self, **steps: float) -> Sweep:
        """Return the sweep with other steps for some joints.

        Parameters
        ----------
        **steps : float
            Steps by joint, degrees or mm.

        Returns
        -------
        Sweep
            Over the same ranges.

        Raises
        ------
        SimulatorError
            If there is no such axis, a range is no whole number of steps, or there are too many poses.

        Examples
        --------
        >>> import simulator as sim
        >>> sim.Sweep(gantry=(-180, 180, 1), couch=(-90, 90, 2)).with_steps(couch=10)
        Sweep(gantry -180 to 180° by 1°, couch -90 to 90° by 10°: 6,840 poses)
        """
        for joint in steps:
            self[joint]  # refuses what is not there
        return Sweep(*(Axis(**{**dict(axis), "step": steps.get(axis.joint, axis.step)}) for axis in self.axes))

    @checked
    def coarser(self, step_deg: float) -> Sweep:
        """Return the sweep with axes that aim in steps of so many degrees, where they are whole and larger ones.

        Parameters
        ----------
        step_deg : float
            The larger step, degrees.

        Returns
        -------
        Sweep
            Over the same ranges.

        Raises
        ------
        SimulatorError
            If the step is not above 0.
        """
        return Sweep(*(axis.coarser(step_deg) for axis in self.axes))

    @property
    def joints(self) -> tuple[str, ...]:
        """Names of the joints: dimensions of a map, columns of a pose."""
        return tuple(axis.joint for axis in self.axes)

    @property
    def counted(self) -> tuple[Axis, ...]:
        """The axes whose values say what is free: those without ``over``."""
        return tuple(axis for axis in self.axes if axis.over is None)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of values of each axis."""
        return tuple(axis.size for axis in self.axes)

    @property
    def size(self) -> int:
        """Number of poses."""
        return int(np.prod([float(n) for n in self.shape]))

    def poses(self) -> NDArray[np.float64]:
        """Return all poses, the last axis the fastest: ``reshape(sweep.shape)`` lays them out again.

        Returns
        -------
        ndarray, shape (n, k)
            A column for each axis, degrees or mm.

        Examples
        --------
        >>> import simulator as sim
        >>> sim.Sweep(gantry=(-90, 90, 90), couch=(0, 45, 45)).poses()[:3]
        array([[-90.,   0.],
               [-90.,  45.],
               [  0.,   0.]])
        """
        values = np.meshgrid(*(axis.values() for axis in self.axes), indexing="ij")
        return np.stack([each.ravel() for each in values], axis=1)

    def __getitem__(self, joint: str) -> Axis:
        for axis in self.axes:
            if axis.joint == joint:
                return axis
        raise unknown("sweep: joint", joint, self.joints)

    def __iter__(self) -> Iterator[Axis]:
        return iter(self.axes)

    def __len__(self) -> int:
        return len(self.axes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sweep) and self.axes == other.axes

    def __hash__(self) -> int:
        return hash(self.axes)

    def __repr__(self) -> str:
        return f"Sweep({', '.join(map(str, self.axes))}: {self.size:,} poses)"
