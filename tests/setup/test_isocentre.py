"""Rooms whose axes or beam miss the isocentre: refused with the miss, or declared and answered on the safe side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.own_models import couch, head, machine, pair_names, part, room, top

import simulator as sim
from simulator.collision.checker import Checker
from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint
from simulator.models.machine import Beam
from simulator.models.slicerrt import COUCH_JOINTS
from simulator.report.results import result, summary
from simulator.setup.aiming import ISOCENTRE_MM, misses_mm

lengths = st.floats(-3.0, 3.0)


def off(gantry=(0.0, 0.0, 0.0), source=(0.0, 0.0, 1000.0), radius_mm=0.0, **more):
    """Return a machine whose gantry axis and source are somewhere."""
    joint = Joint("gantry", "revolute", "fixed", (0.0, 1.0, 0.0), gantry)
    beam = Beam("gantry", source, (0.0, 0.0, -1.0))
    return replace(machine(head(), **more), joints=(joint,), beam=beam, isocentre_radius_mm=radius_mm)


def off_couch(origin):
    first = replace(COUCH_JOINTS[0], origin_mm=origin)
    return replace(couch(top()), joints=(first, *COUCH_JOINTS[1:]))


@settings(max_examples=40)
@given(x=lengths, z=lengths, u=lengths, v=lengths, a=lengths, b=lengths)
def test_misses_are_those_of_the_closed_form(x, z, u, v, a, b):
    """The axes' are the distances of lines along y and z; the beam's goes around on the gantry axis."""
    setup = room(off(radius_mm=10.0), off_couch((0.0, 0.0, 0.0)))
    made = off((x, 5.0, z), (u, v, 1000.0))
    tree = sim.models.kinematics.KinematicTree((*made.joints, *off_couch((a, b, 7.0)).joints))
    found = misses_mm(replace(setup.scene, tree=tree), made, "table_roll")
    assert found["the gantry axis"] == pytest.approx(np.hypot(x, z), abs=1e-9)
    assert found["the couch axis"] == pytest.approx(np.hypot(a, b), abs=1e-9)
    # Seen along the beam: u is turned with the gantry, the axis stays at (x, z), v + 5 is along the axis.
    g = np.radians(np.arange(0, 360, 0.5))
    across = u + x * np.cos(g) - z * np.sin(g)
    true = np.hypot(across, v + 5.0).max()
    assert true * 0.99 - 1e-9 <= found["the beam"] <= true + 1e-9


@pytest.mark.parametrize(
    ("of_machine", "of_couch", "message"),
    [
        (off((30.0, 0.0, 40.0)), None, r"by the gantry axis by 50\.00 mm, the beam by 49\.\d\d mm"),
        (off(source=(0.6, 0.0, 1000.0)), None, r"missed by the beam by 0\.60 mm; a machine may declare up to 10 mm"),
        (None, off_couch((0.0, 0.7, 0.0)), r"missed by the couch axis by 0\.70 mm"),
        (off(source=(3.0, 0.0, 1000.0), radius_mm=2.0), None, r"within 2 mm; it is missed by the beam by 3\.00 mm"),
    ],
)
def test_what_misses_is_refused_with_the_miss(of_machine, of_couch, message):
    with pytest.raises(SimulatorError, match=message):
        room(of_machine, of_couch)


@pytest.mark.parametrize(
    ("of_machine", "of_couch"),
    [
        (off((0.0, 0.0, 0.9 * ISOCENTRE_MM)), None),
        (off(source=(2.0, 0.0, 1000.0), radius_mm=2.0), None),
        (off(radius_mm=1.0), off_couch((0.0, 0.7, 0.0))),
    ],
)
def test_what_is_near_enough_or_declared_is_accepted(of_machine, of_couch):
    assert room(of_machine, of_couch).check(gantry=0, couch=0).is_free


class TestADeclaredRadius:
    def test_widens_the_buffer_of_what_a_scanned_joint_moves_by_twice_as_much(self):
        accessory = part("accessory", "collimator", "gantry", (-50, -50, 350), (50, 50, 390))
        floor = part("floor", "fixed", "floor", (-900, -900, -1400), (900, 900, -1300))
        made = machine(head(), accessory, floor, isocentre_radius_mm=1.5)
        setup = room(made, buffers=sim.Buffers(patient_mm=30, couch_mm=20))
        found = {pair.name: pair.buffer_mm for pair in setup.scene.pairs}
        assert found["head – body"] == 33 and found["head – top"] == 23
        assert found["floor – head"] == found["floor – accessory"] == 3
        assert found["accessory – head"] == 0
        assert pair_names(setup) == set(found)

    @settings(max_examples=25)
    @given(
        radius_mm=st.floats(0.5, 10.0),
        towards=st.tuples(*[st.floats(-1.0, 1.0)] * 6),
        nearest_mm=st.floats(360.0, 420.0),
    )
    def test_what_is_free_is_free_wherever_parts_stand_within_it(self, radius_mm, towards, nearest_mm):
        """Parts of the machine and those of couch and patient are moved by up to the radius, each their own way."""
        block = part("head", "gantry", "gantry", (-300, -200, nearest_mm), (300, 200, 700))
        setup = room(machine(block, isocentre_radius_mm=radius_mm))
        drawn = replace(setup, machine=replace(setup.machine, isocentre_radius_mm=0.0))
        poses = np.stack(np.meshgrid(np.arange(-180.0, 181.0, 9.0), np.arange(-90.0, 91.0, 15.0)), -1).reshape(-1, 2)
        free = (setup.checker.pair_status(poses) == 0).all(axis=0)
        assert free.any() and not free.all()
        for sign in (-1.0, 1.0):
            bodies = []
            for at, one in enumerate(drawn.scene.bodies):
                way = sign * np.array(towards[3:] if at == len(drawn.scene.bodies) - 1 else towards[:3])
                way /= max(np.linalg.norm(way), 1e-9)
                bodies.append(replace(one, mesh=one.mesh.mapped(np.eye(3), radius_mm * way)))
            moved = Checker(replace(drawn.scene, bodies=tuple(bodies)))
            assert (moved.pair_status(poses[free]) == 0).all()

    def test_is_told(self):
        sweep = sim.Sweep(gantry=(-20.0, 20.0, 20.0), couch=(-20.0, 20.0, 20.0))
        setup = room(machine(head(), isocentre_radius_mm=0.5), sweep=sweep)
        found = result(sim.collision_map(setup, method="sampled"))
        assert found["provenance"]["isocentre_radius_mm"] == 0.5
        assert "and 1 mm more: the isocentre has a radius of 0.5 mm" in summary(found)

    def test_leaves_out_the_curve_of_buffers(self):
        with pytest.raises(SimulatorError, match=r"must have no \[isocentre\] radius_mm"):
            sim.buffer_curve(room(machine(head(), isocentre_radius_mm=1.0)))

    def test_stands_in_the_description_of_a_machine(self, tmp_path):
        lines = 'kind = "machine"\ntitle = "T"\nnote = "N"\nextends = "c_arm"\n[isocentre]\nradius_mm = 0.8\n'
        (tmp_path / "model.toml").write_text(lines)
        assert sim.Machine.load(str(tmp_path)).isocentre_radius_mm == 0.8
