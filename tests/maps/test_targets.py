"""A ball in a conical bore, whose reachable targets are a smaller cone; and what of the ball can be brought there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import trimesh

import simulator as sim
from simulator.maps.targets import targets
from simulator.models.mesh import Mesh
from simulator.models.model import Part

BALL_MM, TOLERANCE = 60.0, 0.03
AXES = ("target_x", "target_y", "target_z")


@cache
def ball_in_cone() -> tuple[sim.Setup, sim.CollisionMap]:
    """The ball alone in the bore of the shipped unit, its middle at the focus, without bed and buffers."""
    ball = trimesh.creation.icosphere(subdivisions=3, radius=BALL_MM)
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
    ranges = ((-120.0, 120.0), (-120.0, 120.0), (-60.0, 120.0))
    sweep = sim.Sweep(
        *(
            sim.Axis(joint=joint, start=low, stop=high, step=60.0, unit="mm")
            for joint, (low, high) in zip(AXES, ranges, strict=True)
        )
    )
    return setup, sim.collision_map(setup, sweep=sweep, tolerance=TOLERANCE, workers=1)


def room_mm(y: np.ndarray) -> np.ndarray:
    """How far off the axis the middle of the ball may be at a depth y in the bore."""
    dimensions = {"front": 265.0, "back": 190.0, "start": -210.0, "end": 170.0}
    slope = (dimensions["front"] - dimensions["back"]) / (dimensions["end"] - dimensions["start"])
    radius = dimensions["front"] - slope * (y - dimensions["start"])
    return np.where(y <= dimensions["end"] - BALL_MM, radius - BALL_MM * np.sqrt(1 + slope**2), 0.0)


def test_free_targets_are_those_of_the_smaller_cone() -> None:
    """A target z to the feet comes to the focus as the ball goes z into the bore; x and y go the other way.

    The middle of the ball is in the square of ±120 mm and nearer than the cone allows: by thin slices. The ball's
    facets are up to 1.6 mm within it, those of the bore 0.4 mm within the true cone.
    """
    _, cmap = ball_in_cone()
    grid = (np.arange(-120.0, 120.0, 2.0) + 1.0)[:, None], (np.arange(-120.0, 120.0, 2.0) + 1.0)[None]
    off = np.hypot(*grid)
    depths = np.arange(-60.0, 120.0, 2.0) + 1.0
    closed, wider = (sum(float((off <= room_mm(y) + more).sum()) * 8.0 for y in depths) for more in (-1.0, 2.6))
    found = cmap.free_extent()
    assert found.unit == "mm3" and found.upper - found.lower <= TOLERANCE * found.of
    assert found.lower <= wider * 1.01 and closed * 0.99 <= found.upper


def test_a_target_comes_to_the_focus() -> None:
    """Left, front and feet of a patient head first supine, in DICOM axes x, -y and -z."""
    setup, _ = ball_in_cone()
    for joint, point in (("target_x", (30, 0, 0)), ("target_y", (0, -30, 0)), ("target_z", (0, 0, -30))):
        values = dict.fromkeys(AXES, 0.0) | {joint: 30.0}
        T_fixed_patient = setup.scene.tree.T_fixed_frame("patient", {**setup.scene.rest, **values})
        np.testing.assert_allclose(T_fixed_patient @ (*point, 1.0), (0, 0, 0, 1), atol=1e-9)


def test_all_of_a_ball_that_is_free_everywhere_near_it_can_be_brought_there() -> None:
    """Its middle may go 60 mm any way, and so each point of it comes to the focus."""
    setup, cmap = ball_in_cone()
    found = targets(setup, cmap)
    assert found is not None and found.part == "ball"
    volume = float(trimesh.creation.icosphere(subdivisions=3, radius=BALL_MM).volume)
    assert found.whole_mm3 == pytest.approx(volume, rel=1e-9) == pytest.approx(found.free.of, rel=1e-9)
    assert found.free.lower <= found.free.upper <= volume * (1 + 1e-9)
    assert found.free.lower > 0.8 * volume


def test_it_is_not_told_of_other_maps() -> None:
    setup = sim.load_setup("open_space")
    sweep = sim.Sweep(gantry=(-180.0, 180.0, 90.0), couch=(-90.0, 90.0, 90.0))
    assert targets(setup, sim.collision_map(setup, sweep=sweep, workers=1)) is None
