"""A ball in a conical bore, whose reachable targets are a smaller cone; and what of the ball can be brought there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import trimesh
from support.campaign import times

import simulator as sim
from simulator.maps.targets import targets
from simulator.models.mesh import Mesh
from simulator.models.model import Part

BALL_MM, RANGE_MM = 100.0, 120.0
TOLERANCE = 0.12 if times(1) > 1 else 0.6
FLAT_MM = 3.0
"""How far the facets of the ball, and those of the bore, are at most within the true ones."""
AXES = ("target_x", "target_y", "target_z")


@cache
def ball_in_cone() -> tuple[sim.Setup, sim.CollisionMap]:
    """The ball alone in the bore of the shipped unit, its middle at the focus, without bed and buffers."""
    ball = trimesh.creation.icosphere(subdivisions=2, radius=BALL_MM)
    mesh = Mesh(np.asarray(ball.vertices), np.asarray(ball.faces, dtype=np.int32))
    patient = replace(sim.Patient.load("point"), parts=(Part("ball", mesh, "", "patient"),))
    machine = sim.Machine.load("gamma_unit")
    setup = sim.Setup(
        machine=replace(machine, parts=tuple(part for part in machine.parts if part.name == "collimator body")),
        couch=replace(sim.Couch.load("gamma_positioner"), parts=()),
        patient=patient,
        isocentre_mm=(0.0, 0.0, 0.0),
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
    )
    sweep = sim.Sweep(
        *(sim.Axis(joint=joint, start=-RANGE_MM, stop=RANGE_MM, step=60.0, unit="mm") for joint in AXES)
    )
    return setup, sim.collision_map(setup, sweep=sweep, tolerance=TOLERANCE, workers=1)


def room_mm(y: np.ndarray, more_mm: float) -> np.ndarray:
    """How far off the axis the middle of the ball may be at a depth y in the bore; below 0 where it may not."""
    dimensions = {"front": 265.0, "back": 190.0, "start": -210.0, "end": 170.0}
    slope = (dimensions["front"] - dimensions["back"]) / (dimensions["end"] - dimensions["start"])
    radius = dimensions["front"] - slope * (y - dimensions["start"])
    off = radius - BALL_MM * np.sqrt(1 + slope**2) + more_mm
    return np.where(y <= dimensions["end"] - BALL_MM + more_mm, off, -1.0)


def volumes_mm3(more_mm: float) -> tuple[float, float]:
    """Return how many targets the cone leaves, made so much wider, and how many of these are in the ball."""
    edges = np.arange(-RANGE_MM, RANGE_MM, 4.0) + 2.0
    x, z, y = np.meshgrid(edges, edges, edges, indexing="ij", sparse=True)
    is_free = np.hypot(x, z) <= room_mm(y, more_mm)
    is_in_ball = x**2 + z**2 + y**2 <= BALL_MM**2
    return float(is_free.sum()) * 64.0, float((is_free & is_in_ball).sum()) * 64.0


def test_free_targets_are_those_of_the_smaller_cone() -> None:
    """The middle of the ball is nearer to the axis than the cone allows, and short of its end; counted in cubes."""
    _, cmap = ball_in_cone()
    found = cmap.free_extent()
    assert found.unit == "mm3" and found.upper - found.lower <= TOLERANCE * found.of
    assert found.lower <= volumes_mm3(FLAT_MM)[0] and volumes_mm3(-1.0)[0] <= found.upper
    assert found.lower > 0.0 and (found.upper < found.of or times(1) == 1)  # so few cells bound it from below only


def test_a_target_comes_to_the_focus() -> None:
    """Left, front and feet of a patient head first supine, in DICOM axes x, -y and -z."""
    setup, _ = ball_in_cone()
    for joint, point in (("target_x", (30, 0, 0)), ("target_y", (0, -30, 0)), ("target_z", (0, 0, -30))):
        values = dict.fromkeys(AXES, 0.0) | {joint: 30.0}
        T_fixed_patient = setup.scene.tree.T_fixed_frame("patient", {**setup.scene.rest, **values})
        np.testing.assert_allclose(T_fixed_patient @ (*point, 1.0), (0, 0, 0, 1), atol=1e-9)


def test_what_of_the_ball_can_be_brought_there_is_what_both_hold() -> None:
    """Of the ball and the free targets; the grid holds all of the ball."""
    setup, cmap = ball_in_cone()
    found = targets(setup, cmap)
    assert found is not None and found.part == "ball"
    volume = float(trimesh.creation.icosphere(subdivisions=2, radius=BALL_MM).volume)
    assert found.whole_mm3 == pytest.approx(volume, rel=1e-9) == pytest.approx(found.free.of, rel=1e-9)
    assert found.free.lower <= volumes_mm3(FLAT_MM)[1]
    assert found.free.upper >= volumes_mm3(-1.0)[1] * volume / (4 / 3 * np.pi * BALL_MM**3)
    assert found.free.lower > 0.0 and (found.free.upper < volume or times(1) == 1)


def test_it_is_not_told_of_other_maps() -> None:
    setup = sim.load_setup("open_space")
    sweep = sim.Sweep(gantry=(-180.0, 180.0, 90.0), couch=(-90.0, 90.0, 90.0))
    assert targets(setup, sim.collision_map(setup, sweep=sweep, workers=1)) is None
