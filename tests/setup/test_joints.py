"""Joints that somebody asks about by name: poses, and the way of one of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulator as sim
from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint, KinematicTree
from simulator.setup.joints import asked_joints, asked_way, extent_of

RING = Joint("ring", "revolute", limits=(-60.0, 60.0))
GANTRY = Joint("gantry", "revolute", "ring", (0.0, 1.0, 0.0), limits=(-185.0, 185.0))
SNOUT = Joint("snout", "prismatic", "gantry", limits=(0.0, 400.0))
LID = Joint("lid", "prismatic", "gantry", mimic="snout")
POST = Joint("post", "fixed")
TREE = KinematicTree((RING, GANTRY, SNOUT, LID, POST))
SWEEP = sim.Sweep(
    sim.Axis(joint="ring", start=-60, stop=60, step=20),
    sim.Axis(joint="gantry", start=-180, stop=180, step=20),
    sim.Axis(joint="snout", start=0, stop=400, step=100, over="any", unit="mm"),
)
ENDLESS = Joint("turn", "revolute")


class TestAPose:
    def test_is_in_the_order_of_the_sweep_and_on_the_scales_of_the_joints(self):
        pose = asked_joints(TREE, SWEEP, {"snout": 50, "gantry": 350, "ring": -10})
        assert list(pose.items()) == [("ring", -10.0), ("gantry", -10.0), ("snout", 50.0)]

    def test_needs_those_that_turn_the_beam_and_no_others(self):
        assert asked_joints(TREE, SWEEP, {"gantry": 0, "ring": 1}) == {"ring": 1, "gantry": 0}
        with pytest.raises(SimulatorError, match=r"^pose: must have a value for ring, gantry; missing: ring$"):
            asked_joints(TREE, SWEEP, {"gantry": 0, "snout": 0})

    def test_may_have_others_that_move(self):
        only = sim.Sweep(gantry=(-180.0, 180.0, 20.0))
        assert list(asked_joints(TREE, only, {"snout": 3, "ring": 2, "gantry": 1})) == ["gantry", "snout", "ring"]

    @pytest.mark.parametrize("name", ["nose", "post", "lid", "fixed", "Gantry"])
    def test_has_no_joint_that_is_not_there_or_has_no_value_of_its_own(self, name):
        with pytest.raises(SimulatorError, match=f"^joint: unknown name '{name}'; available: ring, gantry, snout$"):
            asked_joints(TREE, SWEEP, {"ring": 0, "gantry": 0, name: 0})

    @pytest.mark.parametrize(
        ("joint", "value", "message"),
        [
            ("ring", 61, r"^ring: must be from -60 to 60 deg \(limits of joint 'ring', .*\), was 61$"),
            ("snout", 401, r"^snout: must be from 0 to 400 mm \(limits of joint 'snout'\), was 401$"),
            ("gantry", "a", r"^gantry: must be from -185 to 185 deg .*, was 'a'$"),
            ("gantry", (0, 3), r"^gantry: must be from -185 to 185 deg .*, was \(0, 3\)$"),
            ("gantry", float("nan"), r"^gantry: must be from -185 to 185 deg .*, was nan$"),
        ],
    )
    def test_is_within_the_limits(self, joint, value, message):
        with pytest.raises(SimulatorError, match=message):
            asked_joints(TREE, SWEEP, {"ring": 0, "gantry": 0, joint: value})


class TestAWay:
    def test_is_that_of_the_joint_that_is_left_out(self):
        assert asked_way(TREE, SWEEP, {"ring": 10}) == ("gantry", None, {"ring": 10.0})
        assert asked_way(TREE, SWEEP, {"gantry": 370, "snout": 5}) == ("ring", None, {"gantry": 10.0, "snout": 5.0})

    def test_or_of_the_one_that_is_given_as_from_and_to(self):
        assert asked_way(TREE, SWEEP, {"ring": 0, "gantry": (10, 20)}) == ("gantry", (10, 20), {"ring": 0.0})
        moving, within, stands = asked_way(TREE, SWEEP, {"snout": [0, 50], "gantry": 1, "ring": 2})
        assert (moving, within, list(stands)) == ("snout", (0, 50), ["ring", "gantry"])

    @pytest.mark.parametrize(
        ("asked", "moving"),
        [
            ({}, "ring, gantry"),
            ({"ring": (0, 5)}, "ring, gantry"),
            ({"ring": (0, 5), "gantry": (0, 5)}, "ring, gantry"),
            ({"ring": 0, "gantry": 0}, "none does"),
            ({"ring": 0, "gantry": 0, "snout": 0}, "none does"),
            ({"ring": 0, "snout": (0, 5)}, "snout, gantry"),
        ],
    )
    def test_is_that_of_one_joint(self, asked, moving):
        with pytest.raises(
            SimulatorError, match=f"^arc: one joint must move, .* of ring, gantry, snout .*: {moving}$"
        ):
            asked_way(TREE, SWEEP, asked)

    def test_has_two_ends(self):
        with pytest.raises(SimulatorError, match=r"^gantry: must be two values \(from, to\), was \(1, 2, 3\)$"):
            asked_way(TREE, SWEEP, {"ring": 0, "gantry": (1, 2, 3)})


class TestAnExtent:
    @pytest.mark.parametrize(
        ("joint", "expected"),
        [(RING, (-60, 60)), (SNOUT, (0, 400)), (GANTRY, (-180, 180)), (ENDLESS, (-180, 180))],
    )
    def test_is_all_that_a_joint_can_and_a_full_turn_at_most(self, joint, expected):
        """Arcs of a full turn go on from there as far as the limits."""
        found = extent_of(joint, None)
        assert (found.extent, found.unit) == (expected, joint.unit)
        assert found.is_full_turn == (joint.unit == "deg" and expected == (-180, 180))

    def test_of_a_slide_without_limits_must_be_said(self):
        endless = Joint("slide", "prismatic")
        with pytest.raises(SimulatorError, match=r"^slide: must be given as \(from, to\): the joint has no limits$"):
            extent_of(endless, None)
        assert extent_of(endless, (-5, 5)).extent == (-5, 5)

    def test_of_a_full_turn_is_all_that_there_is(self):
        assert extent_of(GANTRY, (0, 360)) == extent_of(GANTRY, None)
        with pytest.raises(SimulatorError, match=r"^gantry: must be .* at most a full turn, was -181 to 180$"):
            extent_of(GANTRY, (-181, 180))

    @settings(max_examples=200)
    @given(start=st.integers(-720, 720), span=st.integers(1, 359))
    def test_is_what_was_said_or_refused(self, start, span):
        """Against trying all turns: the same angles, within the limits, as near to 0 as they can be."""
        turns = start + 360.0 * np.arange(-4, 5)
        fits = turns[(turns >= -185) & (turns + span <= 185)]
        within = (start, start + span)
        if len(fits) and abs(start + span) <= 720:
            found = extent_of(GANTRY, within)
            assert found.start in fits and found.stop == pytest.approx(found.start + span)
        else:
            with pytest.raises(SimulatorError, match=r"^gantry: must be from -185 to 185 deg"):
                extent_of(GANTRY, within)
