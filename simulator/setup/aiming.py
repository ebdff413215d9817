"""Whether a room aims as a map of directions assumes: IEC 61217 angles, and all axes through the isocentre.

A pose of a map stands for the direction u(gantry, couch) of its beam. Parts are placed by the joints as they are
described, so an axis beside the isocentre frees nothing wrongly; but the beam then passes the isocentre by, and seen
from there the source, d away, stands up to asin(miss / d) beside u.

*Within* ``ISOCENTRE_MM`` that is left as it is: 0.03° at a source distance of 1 m, and half of the 1 mm that AAPM
TG-142 (Med. Phys. 36 (2009) 4197) allows a stereotactic machine.

*A declared radius* r (``[isocentre] radius_mm``) says that the axes and the beam pass within r, and that no part
stands farther than r from where it is drawn, at any angle. Then two parts that a scanned joint moves against each
other are at least their drawn distance less 2 r apart, since each may stand r nearer. So each such pair must keep its
buffer and 2 r: a pose that is free with the wider buffers keeps its own ones on every machine within the radius. That
holds for all that rests on free poses, the lower bound of the solid angle among it; the upper bound is that of the
wider buffers. A shift does not turn the direction of a beam.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.collision.motion import joint_axis
from simulator.collision.scene import Scene
from simulator.directions.vectors import source_direction_top
from simulator.errors import SimulatorError
from simulator.geometry.transforms import apply, direction, inverse
from simulator.models.description import LARGEST_RADIUS_MM
from simulator.models.machine import Machine

ISOCENTRE_MM = 0.5
ROUNDING_MM = 1e-6
_TURN = np.stack([np.arange(0.0, 360.0, 15.0), np.zeros(24)], axis=1)


def directions_top(
    scene: Scene, machine: Machine, table_top: str, poses_deg: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return unit vectors (n, 3) from isocentre to source, in axes of the joint ``table_top``, at poses (n, 2)."""
    T_fixed_beam = scene.T_fixed_frame(machine.beam.joint, poses_deg)
    T_fixed_top = scene.T_fixed_frame(table_top, poses_deg)
    return np.asarray(direction(inverse(T_fixed_top) @ T_fixed_beam, -np.asarray(machine.beam.direction)))


def require_c_arm(scene: Scene, machine: Machine, table_top: str) -> None:
    """Refuse a room that does not turn beam and patient about the isocentre as IEC 61217 says: its map has no area.

    Raises
    ------
    SimulatorError
        Saying what turns otherwise, or by how much the isocentre is missed.
    """
    g, c = np.meshgrid([0.0, 35.0, -120.0, 180.0], [0.0, 50.0, -75.0], indexing="ij")
    poses = np.stack([g.ravel(), c.ravel()], axis=1)
    R_support_top = scene.T_fixed_frame(table_top, np.zeros((1, 2)))[0, :3, :3]
    expected = source_direction_top(poses[:, 0], poses[:, 1]) @ R_support_top
    if not np.allclose(directions_top(scene, machine, table_top, poses), expected, atol=1e-9):
        raise SimulatorError(
            "gantry and couch must turn the beam about the isocentre as in IEC 61217 (gantry about y, couch "
            "about z, beam along -z at 0); the solid angle of other machines is not computed yet"
        )
    require_isocentre(scene, machine)


def require_isocentre(scene: Scene, machine: Machine) -> None:
    """Refuse a room whose axes or beam miss the isocentre by more than the tolerance or the declared radius.

    Raises
    ------
    SimulatorError
        Naming each that does, and the millimetres.
    """
    allowed_mm = max(ISOCENTRE_MM, machine.isocentre_radius_mm)
    misses = misses_mm(scene, machine).items()
    wrong = [f"{what} by {miss:.2f} mm" for what, miss in misses if not miss <= allowed_mm + ROUNDING_MM]
    if wrong:
        raise SimulatorError(
            f"gantry axis, couch axis and beam must pass through the isocentre within {allowed_mm:g} mm; it is "
            f"missed by {', '.join(wrong)}; a machine may declare up to "
            f"{LARGEST_RADIUS_MM:g} mm: [isocentre] radius_mm"
        )


def misses_mm(scene: Scene, machine: Machine) -> dict[str, float]:
    """Return by how much the scanned joints' axes and the beam, at the worst of 24 angles, miss the isocentre."""
    found = {f"the {joint} axis": _miss_mm(*joint_axis(scene, joint)) for joint in scene.scan}
    T_fixed_beam = scene.T_fixed_frame(machine.beam.joint, _TURN)
    source = apply(T_fixed_beam, [machine.beam.source_mm])[:, 0]
    along = direction(T_fixed_beam, np.asarray(machine.beam.direction))
    return {**found, "the beam": max(map(_miss_mm, source, along))}


def _miss_mm(point_mm: NDArray[np.float64], axis: NDArray[np.float64]) -> float:
    """Return the distance of the origin from the line through a point along a unit vector."""
    return float(np.linalg.norm(np.cross(point_mm, axis)))
