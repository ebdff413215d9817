"""What a beam's central axis passes through on its way from the source to the isocentre."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.collision.scene import Scene
from simulator.errors import SimulatorError, unknown
from simulator.geometry.rays import first_hits_mm
from simulator.geometry.transforms import apply, inverse
from simulator.maps.mapped import Mapped
from simulator.models.mesh import Mesh
from simulator.setup.setup import Setup

Floats = NDArray[np.float64]
Crosses = Callable[[Floats], NDArray[np.bool_]]
"""Which of the poses (n, 2), inner and outer joint, have an axis that passes through something."""
COUCH_TOP = "couch top"
"""All that the couch carries on its table top, where no part has that name."""
ENDS = {"right": (0, 0), "left": (0, 1), "front": (1, 0), "back": (1, 1), "feet": (2, 0), "head": (2, 1)}
"""Patient axis, and lower or upper end of it, of the sides on which a scan can cut a body off."""
TINY_MM = 1e-9
FLAT_MM = 0.5
"""What is as near to the last section belongs to it."""


@dataclass(frozen=True, eq=False)
class Axes:
    """The central axes of the beams of a set-up.

    Attributes
    ----------
    setup : Setup
        The room.
    plane : Mapped
        The map of the two joints that give directions.
    joints : tuple of str
        Their names, inner and outer.
    stands : mapping
        Where other joints stand that are not where they rest.
    """

    setup: Setup
    plane: Mapped
    joints: tuple[str, str]
    stands: Mapping[str, float]

    @property
    def scene(self) -> Scene:
        """The room for poses of the two joints."""
        scene = self.setup.scene.scanning(self.joints)
        return replace(scene, rest={**scene.rest, **self.stands})

    @property
    def length_mm(self) -> float:
        """From the source to the isocentre."""
        return float(np.linalg.norm(self.setup.machine.beam.source_mm))


def crosses_parts(axes: Axes, names: Sequence[str]) -> Crosses:
    """Return which poses have an axis that meets the surface of a part, or of the couch top.

    Raises
    ------
    SimulatorError
        If there is no such part.
    """
    scene, beam = axes.scene, axes.setup.beam
    bodies = sorted({body for name in names for body in _named(axes.setup, name)})

    def crosses(poses: Floats) -> NDArray[np.bool_]:
        source_mm = apply(scene.T_fixed_frame(beam.joint, poses), [beam.source_mm])[:, 0]
        is_met = np.zeros(len(poses), dtype=bool)
        for body in bodies:
            to_body = inverse(scene.T_fixed_body(body, poses))
            start_mm, stop_mm = (_placed(to_body, points) for points in (source_mm, np.zeros_like(source_mm)))
            is_met |= _meets(scene.bodies[body].mesh, start_mm, stop_mm)
        return is_met

    return crosses


def crosses_cut_ends(axes: Axes) -> Crosses:
    """Return which poses have an axis that enters a scanned body where the scan cut it off.

    Of a patient that is not from a scan, or that no scan cut off, it is none.

    Raises
    ------
    SimulatorError
        If the scanned body has no surface as contoured, so that it cannot be told.
    """
    setup, scan = axes.setup, axes.setup.patient.scan
    if scan is None or not scan.cut_ends:
        return lambda poses: np.zeros(len(poses), dtype=bool)
    if scan.tight is None:
        raise SimulatorError("beams: not_through_cut_ends needs a body with a surface, its contours enclose none")
    sections = [_section(scan.tight, end) for end in scan.cut_ends]
    isocentre_mm, plane = np.array(setup.isocentre_patient_mm), axes.plane

    def crosses(poses: Floats) -> NDArray[np.bool_]:
        away = plane.chart.directions(poses[:, 0], poses[:, 1]) @ plane.rotation("patient")
        start_mm = isocentre_mm + axes.length_mm * away
        stop_mm = np.broadcast_to(isocentre_mm, start_mm.shape)
        return np.asarray(np.any([_meets(section, start_mm, stop_mm) for section in sections], axis=0), dtype=bool)

    return crosses


def _named(setup: Setup, name: str) -> list[int]:
    """Return the bodies that a name means."""
    bodies = [body for body in setup.scene.bodies if body.is_drawn]
    found = [at for at, body in enumerate(bodies) if body.name == name]
    if not found and name == COUCH_TOP:
        carried = {part.name for part in setup.couch.parts if part.joint == setup.couch.table_top.joint}
        found = [at for at, body in enumerate(bodies) if body.name in carried]
    if not found:
        raise unknown("beams: not_through", name, [body.name for body in bodies])
    return found


def _section(mesh: Mesh, end: str) -> Mesh:
    """Return the flat end of a body."""
    axis, is_upper = ENDS[end]
    corners = mesh.vertices_mm[mesh.faces]
    is_end = (abs(corners[:, :, axis] - mesh.bounds_mm[is_upper, axis]) <= FLAT_MM).all(axis=1)
    vertices = corners[is_end].reshape(-1, 3)
    return Mesh(vertices, np.arange(len(vertices), dtype=np.int32).reshape(-1, 3))


def _placed(T: Floats, points: Floats) -> Floats:
    """Return points (n, 3), each under its own transform (n, 4, 4)."""
    return np.asarray(np.einsum("nij,nj->ni", T[:, :3, :3], points) + T[:, :3, 3])


def _meets(mesh: Mesh, start_mm: Floats, stop_mm: Floats) -> NDArray[np.bool_]:
    """Return which straight lines from start to stop (n, 3) meet a mesh."""
    is_met = np.zeros(len(start_mm), dtype=bool)
    if not len(mesh.faces):
        return is_met
    at = np.flatnonzero(_enters(mesh.bounds_mm, start_mm, stop_mm))
    way = (stop_mm - start_mm)[at]
    length = np.linalg.norm(way, axis=1)
    is_met[at] = first_hits_mm(mesh.vertices_mm[mesh.faces], start_mm[at], way / length[:, None]) <= length
    return is_met


def _enters(bounds_mm: Floats, start_mm: Floats, stop_mm: Floats) -> NDArray[np.bool_]:
    """Return which lines come within a millimetre of a box (2, 3): others cannot meet what is in it."""
    way = stop_mm - start_mm
    way = np.where(np.abs(way) < TINY_MM, TINY_MM, way)
    first, second = (bounds_mm[0] - 1.0 - start_mm) / way, (bounds_mm[1] + 1.0 - start_mm) / way
    enters, leaves = np.minimum(first, second).max(axis=1), np.maximum(first, second).min(axis=1)
    return np.asarray((enters <= leaves) & (leaves >= 0.0) & (enters <= 1.0))
