"""A point without a couch: what the axes of a machine alone allow, as a map says it, beside the closed form."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import simulator as sim

SPHERE_SR = 4 * np.pi


def in_the_open(machine: sim.Machine, step: float = 60.0, **ranges: tuple[float, float]) -> sim.SolidAngle:
    """The proven solid angle of a machine's own sweep, coarsely stepped, with other ranges of some joints."""
    wanted = {axis.joint: ranges.get(axis.joint, (axis.start, axis.stop)) for axis in machine.sweep}
    sweep = sim.Sweep(**{joint: (*between, step) for joint, between in wanted.items()})
    return sim.collision_map(room(machine), sweep=sweep, workers=1).solid_angle()


def room(machine: sim.Machine) -> sim.Setup:
    """A machine with nothing but a point at its isocentre."""
    couch, point = sim.Couch.load("no_couch"), sim.Patient.load("point")
    return sim.Setup(machine=machine, couch=couch, patient=point, site="point")


def require(found: sim.SolidAngle, expected_sr: float) -> None:
    assert found.is_proven
    for value in (found.sr, found.lower_sr, found.upper_sr):
        assert value == pytest.approx(expected_sr, abs=1e-9)


@pytest.mark.parametrize(
    ("name", "expected_sr"),
    [
        ("c_arm", SPHERE_SR),
        ("c_arm_elekta", SPHERE_SR),
        ("cobalt", SPHERE_SR),
        ("o_ring", 8 * np.deg2rad(60.0)),  # 8.378 sr
        ("gyroscope", 2 * np.pi),  # 4π sin 45° sin 45°
    ],
)
def test_a_machine_has_what_its_axes_allow(name: str, expected_sr: float) -> None:
    require(in_the_open(sim.Machine.load(name)), expected_sr)


def test_an_o_ring_that_turned_by_90_degrees_would_have_the_whole_sphere() -> None:
    machine = sim.Machine.load("o_ring")
    joints = tuple(
        replace(joint, limits=(-90.0, 90.0)) if joint.name == "ring" else joint for joint in machine.joints
    )
    require(in_the_open(replace(machine, joints=joints), ring=(-90.0, 90.0)), SPHERE_SR)


def test_a_gyroscope_reaches_the_half_on_the_side_of_the_vertex() -> None:
    setup = room(sim.Machine.load("gyroscope"))
    towards_vertex = [setup.directions_patient(axial=30.0, oblique=oblique)[2] for oblique in (0.0, 60.0, 180.0)]
    assert towards_vertex == pytest.approx([0.0, 0.25, 1.0])  # (1 - cos oblique) / 2: cos p = sin² 45° (1 + cos θ2)
