"""First contacts of a pair: FCL finds contact just beyond and none before, however small what is in the way."""

import fcl
import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from support.campaign import times
from support.own_models import block, couch, machine, part, patient, room
from support.shapes import fcl_object

from simulator.certify.kernels.advancement import CLEAR, CONTACT, NOT_FREE
from simulator.models.mesh import Mesh
from simulator.models.model import Part
from simulator.setup.engines import prover_of


def ball(radius, at):
    made = trimesh.creation.icosphere(subdivisions=2, radius=radius)
    return Mesh(np.asarray(made.vertices) + np.asarray(at, float), np.asarray(made.faces, np.int32))


def setup_of(body):
    return room(
        machine(part("head", "gantry", "gantry", (-200, -200, 400), (200, 200, 700))),
        couch(),
        patient(Part("body", body, "fixed", "patient")),
        isocentre_mm=(0.0, 0.0, 0.0),
    )


def placed(setup, pose):
    scene = setup.scene.scanning(("gantry", "couch"))
    return [(body.mesh, scene.T_fixed_body(at, np.array([pose]))[0].copy()) for at, body in enumerate(scene.bodies)]


def distance(bodies):
    objects = [fcl_object(mesh) for mesh, _ in bodies]
    for made, (_, T) in zip(objects, bodies, strict=True):
        made.setTransform(fcl.Transform(T[:3, :3], T[:3, 3]))
    return max(fcl.distance(*objects), 0.0)


def fcl_distance(setup, pose):
    return distance(placed(setup, pose))


def approach(setup, start, stop, couch_deg=0.0, wanted=0.0):
    prover = prover_of(setup.scene, ("gantry", "couch"))
    return prover.first_contacts(0, 0, np.array([[start, couch_deg]]), np.array([stop]), np.array([wanted]))


@settings(max_examples=times(6))
@given(
    at=st.tuples(st.floats(250, 500), st.floats(-150, 150), st.floats(-300, 100)),
    radius=st.floats(5, 120),
    couch_deg=st.floats(-40, 40),
    wanted=st.sampled_from([0.0, 7.5]),
)
def test_fcl_finds_the_distance_at_contact_and_less_just_beyond_but_nowhere_before(at, radius, couch_deg, wanted):
    setup = setup_of(ball(radius, at))
    for stop in (-170.0, 170.0):
        found = approach(setup, 0.0, stop, couch_deg, wanted)
        value, sign = found.value[0], np.sign(stop)
        before = [fcl_distance(setup, (angle, couch_deg)) for angle in np.arange(0.0, abs(value) - 0.01, 3.0) * sign]
        assert found.outcome[0] in (CLEAR, CONTACT, NOT_FREE)
        if found.outcome[0] == NOT_FREE:
            assert fcl_distance(setup, (0.0, couch_deg)) <= wanted + 1e-3
            continue
        assert min(before, default=np.inf) > wanted
        if found.outcome[0] == CONTACT:
            p, q = found.points[0]
            assert fcl_distance(setup, (value, couch_deg)) == pytest.approx(wanted, abs=1e-3)
            assert np.linalg.norm(p - q) == pytest.approx(wanted, abs=1e-3)
            assert fcl_distance(setup, (value + sign * 1e-2, couch_deg)) < wanted + 1e-3


def test_nothing_is_so_small_that_it_is_passed():
    setup = setup_of(block((399.0, -0.01, -0.01), (420.0, 0.01, 0.01)))
    found = approach(setup, 0.0, 180.0)
    assert found.outcome[0] == CONTACT
    # The near side of the head at z = 400 meets no corner nearer than its own: its edge x = 200 does, at atan(1/2).
    assert 90.0 - found.value[0] == pytest.approx(np.degrees(np.arccos(400.0 / 420.0)), abs=0.01)


def test_a_start_that_is_inside_is_not_free():
    setup = setup_of(block((-5, -5, 500), (5, 5, 510)))  # wholly inside the head, whose surface it does not meet
    setup_z = setup_of(block((-5, -510, -5), (5, -500, 5)))  # the same in the patient's axes: z of the room is -y
    assert approach(setup, 0.0, 90.0).outcome[0] == CLEAR
    assert approach(setup_z, 0.0, 90.0).outcome[0] == NOT_FREE


def test_the_rate_is_that_of_the_distance():
    setup = setup_of(block((380, -100, -60), (480, 100, 60)))
    found = approach(setup, 0.0, 180.0, wanted=10.0)
    value, h = found.value[0], 1e-3
    at = [prover_distance(setup, value + side * h) for side in (-1.0, 1.0)]
    assert found.rate[0] == pytest.approx((at[1] - at[0]) / (2 * h), rel=1e-5)


def prover_distance(setup, gantry, shift=(0.0, 0.0, 0.0)):
    prover = prover_of(setup.scene, ("gantry", "couch"))
    return prover.distances_when_shifted(0, np.array([[gantry, 0.0]]), np.array([shift]))[0]


def test_a_shifted_body_is_as_far_away_as_fcl_says():
    setup, rng = setup_of(ball(60, (450, 20, -30))), np.random.default_rng(4)
    for gantry, shift in zip(rng.uniform(-30, 30, 8), rng.uniform(-60, 60, (8, 3)), strict=True):
        bodies = placed(setup, (gantry, 0.0))
        first = setup.scene.pairs[0].a
        for at, (_, T) in enumerate(bodies):
            T[:3, 3] += np.asarray(shift) * (at == first)
        assert prover_distance(setup, gantry, shift) == pytest.approx(distance(bodies), abs=1e-3)
