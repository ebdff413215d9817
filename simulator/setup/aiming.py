"""How the joints of a sweep turn the beam against the patient, and by how much they miss the isocentre.

A pose of a map stands for a direction of its beam. Parts are placed by the joints as they are described, so an axis
beside the isocentre frees nothing wrongly; but the beam then passes the isocentre by, and seen from there the source,
d away, stands up to asin(miss / d) beside that direction.

*Within* ``ISOCENTRE_MM`` that is left as it is: 0.03° at a source distance of 1 m, and half of the 1 mm that AAPM
TG-142 (Med. Phys. 36 (2009) 4197) allows a stereotactic machine.

*A declared radius* r (``[isocentre] radius_mm``) says that the axes and the beam pass within r, and that no part
stands farther than r from where it is drawn, at any angle. Then two parts that a joint of the machine's sweep moves
against each other are at least their drawn distance less 2 r apart, since each may stand r nearer. So each such pair
must keep its buffer and 2 r: a pose that is free with the wider buffers keeps its own ones on every machine within
the radius. That holds for all that rests on free poses, the lower bound of the solid angle among it; the upper bound
is that of the wider buffers. A shift does not turn the direction of a beam.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.collision.motion import joint_axis
from simulator.collision.scene import Scene
from simulator.directions.chart import TwoAxisChart
from simulator.directions.circle import Circle
from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.positions import IEC_AXES
from simulator.geometry.transforms import ROUNDING_MM, apply, direction, inverse
from simulator.models.machine import Machine
from simulator.models.model_tables import LARGEST_RADIUS_MM
from simulator.scenario.axis import Axis
from simulator.scenario.sweep import Sweep

ISOCENTRE_MM = 0.5
PARALLEL = 1e-9
MOST_COUNTED = 2
"""Axes that count beside further ones over any or all of their values."""
_TURN_DEG = np.arange(0.0, FULL_TURN_DEG, 15.0)


@dataclass(frozen=True, eq=False)
class Aim:
    """How the two axes of a sweep turn the beam against the patient.

    Attributes
    ----------
    chart : TwoAxisChart
        From their values to directions in the chart's axes.
    R_chart_top : ndarray, shape (3, 3)
        From table-top axes to those of the chart. For a C-arm these are the patient support's: fixed axes that the
        couch turns.
    """

    chart: TwoAxisChart
    R_chart_top: NDArray[np.float64]


def directions_top(scene: Scene, machine: Machine, table_top: str, poses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return unit vectors (n, 3) from isocentre to source, in axes of the joint ``table_top``, at poses (n, k)."""
    T_fixed_beam = scene.T_fixed_frame(machine.beam.joint, poses)
    T_fixed_top = scene.T_fixed_frame(table_top, poses)
    return np.asarray(direction(inverse(T_fixed_top) @ T_fixed_beam, -np.asarray(machine.beam.direction)))


def turning_joints(scene: Scene, machine: Machine, table_top: str) -> dict[str, NDArray[np.float64]]:
    """Return the scanned joints that turn the beam against the table top, from the patient's side to the beam's.

    The value is about what and how fast (3,): in the room with the scanned joints at 0, turning by the right-hand
    rule, and of the length 1 unless joints that mimic this one turn the beam too. A joint that carries the patient
    turns the beam the other way. One about the beam itself, such as a collimator, does not turn it.
    """
    found: dict[str, NDArray[np.float64]] = {}
    for joint, sense in _way(scene, machine, table_top):
        driver, multiplier = scene.tree.driver(joint)
        found[driver] = found.get(driver, 0.0) + sense * multiplier * joint_axis(scene, joint)[1]
    return found


def _way(scene: Scene, machine: Machine, table_top: str) -> list[tuple[str, int]]:
    """Return the revolute joints that turn the beam as a pose says, and 1, or -1 for those that carry the patient."""
    to_top, to_beam = scene.tree.path(table_top), scene.tree.path(machine.beam.joint)
    common = sum(1 for a, b in zip(to_top, to_beam, strict=False) if a == b)
    way = [*((joint, -1) for joint in reversed(to_top[common:])), *((joint, 1) for joint in to_beam[common:])]
    way = [(joint, sense) for joint, sense in way if scene.tree[joint].type == "revolute"]
    along = direction(scene.T_fixed_frame(machine.beam.joint, scene.at_zero)[0], np.asarray(machine.beam.direction))
    if way and np.linalg.norm(np.cross(joint_axis(scene, way[-1][0])[1], along)) < PARALLEL:
        del way[-1]
    return [(joint, sense) for joint, sense in way if scene.tree.driver(joint)[0] in scene.scan]


def aim_of(scene: Scene, machine: Machine, table_top: str, sweep: Sweep) -> Aim | None:
    """Return how a sweep aims; None if it turns the beam about fewer than two axes, so that it has no area.

    Where no axis turns the beam, those that slide need no ``over``: their values are what is counted.

    Parameters
    ----------
    scene : Scene
        Scanning the joints of the sweep.
    machine : Machine
        Whose beam it is.
    table_top : str
        The joint that carries the patient.
    sweep : Sweep
        The axes without ``over`` are those that give the direction.

    Raises
    ------
    SimulatorError
        If an axis does not say what its values mean, one that gives the direction misses the isocentre, more than two
        do, or they are not two axes that stand still against each other: there is no chart then.

    Notes
    -----
    Other axes stand where they rest for that: directions are those of the set-up without its errors.
    """
    turning = turning_joints(scene, machine, table_top)
    for axis in sweep:
        if axis.over is None and axis.joint not in turning and (turning or axis.unit == "deg"):
            raise SimulatorError(
                f"grid.{axis.field}: must say over = 'any', 'all' or 'each': the joint does not turn the beam"
            )
        if axis.over in ("any", "each") and axis.joint in turning:
            raise SimulatorError(
                f"grid.{axis.field}: over must be 'all' or left out, was {axis.over!r}: the joint turns the beam, "
                "and directions of different values are not joined yet"
            )
    _require_reducible(sweep)
    aims = tuple(joint for joint in turning if sweep[joint].over is None)
    scene = scene.scanning(aims)
    require_isocentre(scene, machine, table_top)
    _require_iec(scene, aims)
    if len(aims) < 2:
        return None
    if len(aims) > 2:
        raise SimulatorError(
            f"grid: two axes must turn the beam against the patient, {', '.join(aims)} do; the solid angle of other "
            "machines is not computed yet"
        )
    return _aim(scene, machine, table_top)


def circle_of(scene: Scene, machine: Machine, table_top: str, sweep: Sweep) -> Circle | None:
    """Return the circle of directions of a sweep that turns the beam about one axis; None of any other.

    Parameters are those of :func:`aim_of`, which has refused what is not sound.

    Raises
    ------
    SimulatorError
        If the beam is not turned by just as many degrees as the joint.
    """
    aims = tuple(joint for joint in turning_joints(scene, machine, table_top) if sweep[joint].over is None)
    if len(aims) != 1:
        return None
    scene = scene.scanning(aims)
    R_top_fixed = scene.T_fixed_frame(table_top, scene.at_zero)[0, :3, :3].T
    axis = R_top_fixed @ turning_joints(scene, machine, table_top)[aims[0]]
    start = directions_top(scene, machine, table_top, scene.at_zero)[0]
    circle = Circle(aims[0], tuple(axis.tolist()), tuple(start.tolist()))
    values = np.array([0.0, 50.0, -75.0, 180.0])
    if not np.allclose(
        directions_top(scene, machine, table_top, values[:, None]), circle.directions(values), atol=1e-9
    ):
        raise SimulatorError(f"{aims[0]} must turn the beam by its own value, about one axis that stands still")
    return circle


def _require_reducible(sweep: Sweep) -> None:
    """Refuse further axes beside more counted ones than what any or all of their values allow is worked out for."""
    further = [axis.joint for axis in sweep if axis.over in ("any", "all")]
    if further and len(sweep.counted) > MOST_COUNTED:
        raise SimulatorError(
            f"grid: at most {MOST_COUNTED} axes may have no over beside those over any or all "
            f"({', '.join(further)}), it is over {sweep}"
        )


def moving_axis(sweep: Sweep, aim: Aim | None) -> Axis:
    """Return the axis that free arcs are along: nearest the beam, else the first that is counted and moves."""
    moves = [axis for axis in sweep.counted if axis.stop > axis.start]
    return sweep[aim.chart.inner] if aim is not None else (*moves, *sweep)[0]


def _require_iec(scene: Scene, joints: Iterable[str]) -> None:
    """Refuse joints with names of IEC 61217 that turn otherwise: angles, and CW and CC of plans, go by the name."""
    for joint in IEC_AXES.keys() & set(joints):
        axis = joint_axis(scene, joint)[1]
        if np.linalg.norm(axis - IEC_AXES[joint]) > PARALLEL:
            told = ", ".join(f"{value:g}" for value in axis)
            raise SimulatorError(
                f"joint {joint!r}: must turn about {IEC_AXES[joint]} as in IEC 61217, or have another name, "
                f"turns about ({told})"
            )


def _aim(scene: Scene, machine: Machine, table_top: str) -> Aim:
    """Return how two joints aim, which are those that the scene scans."""
    rates = turning_joints(scene, machine, table_top)
    outer, inner = rates
    if any(abs(np.linalg.norm(rate) - 1.0) > PARALLEL for rate in rates.values()):
        raise _no_chart(inner, outer)
    R_chart_fixed = _upright(rates[outer])
    R_fixed_top = scene.T_fixed_frame(table_top, scene.at_zero)[0, :3, :3]
    R_chart_top = R_chart_fixed @ R_fixed_top
    chart = TwoAxisChart.of(
        inner=inner,
        outer=outer,
        axis_outer=R_chart_fixed @ rates[outer],
        axis_inner=R_chart_fixed @ rates[inner],
        beam=R_chart_top @ directions_top(scene, machine, table_top, scene.at_zero)[0],
    )
    _require_chart(scene, machine, table_top, Aim(chart, R_chart_top))
    return Aim(chart, R_chart_top)


def _no_chart(inner: str, outer: str) -> SimulatorError:
    return SimulatorError(
        f"{inner} and {outer} must turn the beam, by their own values, about two axes that stand still against each "
        "other; the solid angle of other machines is not computed yet"
    )


def _upright(axis: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least rotation (3, 3) that brings an axis, or its opposite, to z."""
    x, y, z = axis if axis[2] >= 0 else -axis
    if np.hypot(x, y) < PARALLEL:
        return np.eye(3)
    k = 1.0 / (1.0 + z)
    return np.array([[1 - k * x * x, -k * x * y, -x], [-k * x * y, 1 - k * y * y, -y], [x, y, z]])


def _require_chart(scene: Scene, machine: Machine, table_top: str, aim: Aim) -> None:
    """Hold the chart against the joints as they are: what it says of a pose must be where the beam points."""
    chart = aim.chart
    values = np.array([(a, b) for a in (0.0, 35.0, -120.0, 180.0) for b in (0.0, 50.0, -75.0)])
    by_joint = {chart.inner: values[:, 0], chart.outer: values[:, 1]}
    poses = np.stack([by_joint[joint] for joint in scene.scan], axis=1)
    found = directions_top(scene, machine, table_top, poses) @ aim.R_chart_top.T
    if not np.allclose(found, chart.directions(values[:, 0], values[:, 1]), atol=1e-9):
        raise _no_chart(chart.inner, chart.outer)


def require_isocentre(scene: Scene, machine: Machine, table_top: str) -> None:
    """Refuse a room whose axes or beam miss the isocentre by more than the tolerance or the declared radius.

    Raises
    ------
    SimulatorError
        Naming each that does, and the millimetres.
    """
    allowed_mm = max(ISOCENTRE_MM, machine.isocentre_radius_mm)
    misses = misses_mm(scene, machine, table_top).items()
    wrong = [f"{what} by {miss:.2f} mm" for what, miss in misses if not miss <= allowed_mm + ROUNDING_MM]
    if wrong:
        axes = ", ".join(f"{joint} axis" for joint, _ in _way(scene, machine, table_top))
        raise SimulatorError(
            f"{axes} and beam must pass through the isocentre within {allowed_mm:g} mm; it is "
            f"missed by {', '.join(wrong)}; a machine may declare up to "
            f"{LARGEST_RADIUS_MM:g} mm: [isocentre] radius_mm"
        )


def misses_mm(scene: Scene, machine: Machine, table_top: str) -> dict[str, float]:
    """Return by how much the axes that turn the beam, and the beam at the worst angle, miss the isocentre."""
    way = [joint for joint, _ in _way(scene, machine, table_top)]
    found = {f"the {joint} axis": _miss_mm(*joint_axis(scene, joint)) for joint in way}
    poses = np.zeros((len(way) * len(_TURN_DEG) + 1, len(scene.scan)))
    for at, joint in enumerate(way):
        driver = scene.tree.driver(joint)[0]
        poses[at * len(_TURN_DEG) : (at + 1) * len(_TURN_DEG), scene.scan.index(driver)] = _TURN_DEG
    T_fixed_beam = scene.T_fixed_frame(machine.beam.joint, poses)
    source = apply(T_fixed_beam, [machine.beam.source_mm])[:, 0]
    along = direction(T_fixed_beam, np.asarray(machine.beam.direction))
    return {**found, "the beam": max(map(_miss_mm, source, along))}


def _miss_mm(point_mm: NDArray[np.float64], axis: NDArray[np.float64]) -> float:
    """Return the distance of the origin from the line through a point along a unit vector."""
    return float(np.linalg.norm(np.cross(point_mm, axis)))
