"""The least clearance on an arc, against a closed form: two tips that pass each other on levers of any length."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes

from simulator.certify.prover import Prover
from simulator.certify.ways import check_arc
from simulator.collision.checker import Checker

# A needle along z to one along y that points to +y, or to -y.
TO_PLUS_Y = np.array([(1.0, 0.0, 0.0), (0.0, 0.0, -1.0), (0.0, 1.0, 0.0)])
TO_MINUS_Y = np.array([(1.0, 0.0, 0.0), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)])


def passing(lever_mm, at_deg, gap_mm, beyond_mm):
    """A tip that the gantry carries on a lever, past a tip that stands: a gap further in y, a little further out."""
    needle = shapes.needle(0.0, 50.0, 0.02)
    angle = np.radians(at_deg)
    out_mm = lever_mm + beyond_mm
    bodies = [
        (needle.mapped(TO_MINUS_Y, (out_mm * np.sin(angle), gap_mm, out_mm * np.cos(angle))), "fixed"),
        (needle.mapped(TO_PLUS_Y, (0.0, 0.0, lever_mm)), "gantry"),
    ]
    joints = [shapes.GANTRY, *shapes.COUCH_JOINTS]
    return shapes.scene_of(joints, bodies, [(1, 0, 0.0)])


def apart_mm(lever_mm, turn_deg, gap_mm, beyond_mm):
    """How far the tips are apart while the lever is turned by an angle from the other tip."""
    chord = 2 * np.sin(np.radians(turn_deg) / 2)
    return np.sqrt(beyond_mm**2 + lever_mm * (lever_mm + beyond_mm) * chord**2 + gap_mm**2)


@settings(max_examples=30)
@given(
    lever_mm=st.sampled_from([300.0, 700.0, 1300.0, 4000.0, 9000.0]),
    at_deg=st.floats(-20.0, 20.0),
    gap_mm=st.floats(0.1, 3.0),
    beyond_mm=st.floats(-1.0, 1.0),
    stop_deg=st.sampled_from([-5.0, 3.0, 25.0]),
)
def test_never_more_than_there_is_and_a_tenth_less_at_most(lever_mm, at_deg, gap_mm, beyond_mm, stop_deg):
    scene = passing(lever_mm, at_deg, gap_mm, beyond_mm)
    found = check_arc(Prover(scene), Checker(scene), 0, -25.0, stop_deg, np.zeros(2))
    truth = apart_mm(lever_mm, max(at_deg - stop_deg, 0.0), gap_mm, beyond_mm)
    assert found.is_free
    assert truth - 0.1 <= found.clearance_mm <= truth
    there = apart_mm(lever_mm, abs(at_deg - found.at), gap_mm, beyond_mm)
    assert there <= found.clearance_mm + 0.1


@settings(max_examples=30)
@given(
    lever_mm=st.sampled_from([300.0, 1300.0, 4000.0, 9000.0]),
    at_deg=st.floats(-20.0, 20.0),
    gap_mm=st.floats(0.1, 0.5),
    size_mm=st.floats(0.05, 0.4),
)
def test_what_passes_between_two_angles_of_a_hundredth_of_a_degree_is_not_missed(lever_mm, at_deg, gap_mm, size_mm):
    """Two faces meet for less than the tip of a lever moves in 0.01°: then they are a gap apart."""
    angle, half = np.radians(at_deg), size_mm / 2
    moving = shapes.box(size_mm, size_mm, size_mm, at=(0.0, -half, lever_mm))
    place = (lever_mm * np.sin(angle), gap_mm + half, lever_mm * np.cos(angle))
    bodies = [(shapes.box(size_mm, size_mm, size_mm, at=place), "fixed"), (moving, "gantry")]
    scene = shapes.scene_of([shapes.GANTRY, *shapes.COUCH_JOINTS], bodies, [(1, 0, 0.0)])
    found = check_arc(Prover(scene), Checker(scene), 0, -25.0, 25.0, np.zeros(2))
    assert found.is_free
    assert max(gap_mm - 0.1, 0.0) <= found.clearance_mm <= gap_mm


def test_the_machines_own_pairs_are_no_clearance():
    """Two parts of the machine almost touch all the way; the clearance is that of the other pair."""
    scene = passing(1000.0, 10.0, 2.0, 0.0)
    own = [
        (shapes.box(10.0, 10.0, 10.0, at=(0.0, -100.0, 0.0)), "gantry"),
        (shapes.box(40.0, 10.0, 40.0, at=(0.0, -110.001, 0.0)), "fixed"),
    ]
    both = shapes.scene_of(
        [shapes.GANTRY, *shapes.COUCH_JOINTS],
        [(body.mesh, body.joint) for body in scene.bodies] + own,
        [(1, 0, 0.0), (2, 3, 0.0)],
    )
    pairs = (both.pairs[0], replace(both.pairs[1], is_own=True))
    both = replace(both, pairs=pairs)
    found = check_arc(Prover(both), Checker(both), 0, -25.0, 25.0, np.zeros(2))
    assert found.is_free
    assert found.clearance_mm == pytest.approx(1.95, abs=0.05)
    assert found.pair == pairs[0].name
