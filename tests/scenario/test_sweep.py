"""Ranges, axes and sweeps: their values, cells and poses, and what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simulator as sim
from simulator.errors import SimulatorError
from simulator.scenario.axis import Range, split_field

SNOUT = sim.Axis(joint="snout", start=0, stop=1000, step=250, over="any", unit="mm")


class TestRange:
    def test_a_full_turn_is_not_closed_twice(self):
        turn = Range(start=-180, stop=180, step=1)
        assert turn.is_full_turn and turn.size == 360
        assert np.array_equal(turn.values(), np.arange(-180.0, 180.0))
        assert np.array_equal(turn.edges(), np.arange(-180.5, 180.0))

    def test_part_of_a_turn_has_both_ends_and_is_cut_there(self):
        part = Range(start=-90, stop=90, step=45)
        assert not part.is_full_turn
        assert part.values().tolist() == [-90, -45, 0, 45, 90]
        assert part.edges().tolist() == [-90, -67.5, -22.5, 22.5, 67.5, 90]

    def test_almost_a_full_turn_has_both_ends(self):
        assert len(Range(start=-180, stop=179, step=1).values()) == 360
        assert not Range(start=-180, stop=179, step=1).is_full_turn

    def test_millimetres_do_not_go_round(self):
        slide = Range(start=0, stop=360, step=90, unit="mm")
        assert not slide.is_full_turn
        assert slide.values().tolist() == [0, 90, 180, 270, 360]
        assert slide.edges().tolist() == [0, 45, 135, 225, 315, 360]

    @pytest.mark.parametrize(("start", "stop"), [(-180, 180), (0, 360), (-175, 185), (90, 450)])
    def test_every_full_turn_holds_the_same_angles(self, start, stop):
        turn = Range(start=start, stop=stop, step=5)
        assert sorted(turn.values() % 360) == list(range(0, 360, 5))
        assert np.ptp(turn.edges()) == 360

    @pytest.mark.parametrize(
        ("stop", "step", "count"), [(360, 0.1, 3600), (7, 0.7, 11), (90, 0.3, 301), (1, 0.01, 101)]
    )
    def test_steps_that_are_no_binary_fractions(self, stop, step, count):
        values = Range(start=0, stop=stop, step=step).values()
        assert len(values) == count
        assert values.tolist() == [round(k * step, 9) for k in range(count)]  # as they would be typed

    def test_a_step_with_rounded_digits_ends_at_the_end(self):
        values = Range(start=0, stop=1, step=0.3333333333).values()
        assert values.tolist() == [0, 0.333333333, 0.666666667, 1]

    def test_one_angle(self):
        single = Range(start=30, stop=30, step=1)
        assert single.values().tolist() == [30] and single.edges().tolist() == [30, 30]
        turn = Range(start=-180, stop=180, step=360)
        assert turn.values().tolist() == [-180] and turn.edges().tolist() == [-360, 0]

    @settings(max_examples=200)
    @given(
        start=st.integers(-3600, 3600),
        steps=st.integers(0, 300),
        tenths=st.integers(1, 100),
        unit=st.sampled_from(["deg", "mm"]),
    )
    def test_cells_are_in_order_and_hold_their_values(self, start, steps, tenths, unit):
        steps = min(steps, 3600 // tenths)
        range_ = Range(start=start / 10, stop=(start + steps * tenths) / 10, step=tenths / 10, unit=unit)
        values, edges = range_.values(), range_.edges()
        assert len(edges) == len(values) + 1 == range_.size + 1 and values[0] == start / 10
        assert (np.diff(values) > 0).all() and (np.diff(edges) >= 0).all()
        assert (edges[:-1] <= values).all() and (values <= edges[1:]).all()
        assert np.ptp(edges) == pytest.approx(steps * tenths / 10)
        assert not np.signbit(values[values == 0]).any()  # no -0.0
        assert range_.is_full_turn == (unit == "deg" and steps * tenths == 3600)
        if not range_.is_full_turn:
            assert values[-1] == range_.stop and edges[0] == range_.start and edges[-1] == range_.stop

    def test_it_is_moved(self):
        turn = Range(start=0, stop=360, step=0.1)
        assert turn.moved(0.0) is turn
        assert turn.moved(-360.0).extent == (-360, 0) and turn.moved(-360.0).step == 0.1

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"stop": 10, "step": 3}, "Range: stop - start must be a whole number of steps"),
            ({"stop": 1, "step": 0.3333}, "Range: stop - start must be a whole number of steps"),
            ({"start": 10, "stop": 0}, r"Range: stop must be from start to start \+ 360"),
            ({"stop": 360.5, "step": 0.5}, r"Range: stop must be from start to start \+ 360"),
            ({"start": 10, "stop": 0, "unit": "mm"}, "Range: stop must be from start on"),
            ({"start": 700, "stop": 721}, "Range: start and stop must be from -720 to 720 deg"),
            ({"stop": 100_001, "unit": "mm"}, "Range: start and stop must be from -100000 to 100000 mm"),
            ({"step": 0}, r"Range: step: must be greater than or equal to 0\.01, was 0"),
            ({"step": float("nan")}, "Range: step: must be a finite number, was nan"),
            ({"start": float("-inf")}, "Range: start: must be a finite number, was -inf"),
            ({"stop": "9"}, "Range: stop: must be a valid number, was '9'"),
            ({"start": True}, "Range: start: must be a valid number, was True"),
            ({"unit": "cm"}, "Range: unit: must be 'deg' or 'mm', was 'cm'"),
            ({"over": "some"}, "Range: over: must be 'any', 'all' or 'each', was 'some'"),
            ({"end": 3}, "Range: end: unknown field; available: start, stop, step"),
        ],
    )
    def test_what_is_no_range(self, given, message):
        with pytest.raises(SimulatorError, match=f"^{message}"):
            Range(**{"start": 0, "stop": 10, "step": 1, **given})


class TestAxis:
    def test_it_is_a_range_with_a_name(self):
        assert (SNOUT.field, SNOUT.over, SNOUT.values().tolist()) == ("snout_mm", "any", [0, 250, 500, 750, 1000])
        assert str(SNOUT) == "snout 0 to 1000 mm by 250 mm (over any)"
        assert str(sim.Axis(joint="ring", start=-60, stop=60, step=0.5)) == "ring -60 to 60° by 0.5°"

    def test_what_is_wrong_is_said_with_the_name_of_its_field(self):
        with pytest.raises(SimulatorError, match=r"^grid\.snout_mm: step: must be greater than or equal to 0\.01"):
            sim.Axis(joint="snout", start=0, stop=1, step=0, unit="mm")
        with pytest.raises(SimulatorError, match=r"^grid\.ring_deg: stop must be from start to start \+ 360"):
            sim.Axis(joint="ring", start=0, stop=361, step=1)

    @pytest.mark.parametrize(
        ("field", "parts"), [("gantry_deg", ("gantry", "deg")), ("table_lateral_mm", ("table_lateral", "mm"))]
    )
    def test_a_field_is_a_joint_and_its_unit(self, field, parts):
        assert split_field(field) == parts

    @pytest.mark.parametrize("field", ["gantry", "gantry_cm", "deg", "_deg", "", "gantry_deg_", "gantrydeg"])
    def test_what_is_no_field(self, field):
        with pytest.raises(ValueError, match="name of a joint and its unit, such as gantry_deg"):
            split_field(field)


class TestSweep:
    def test_axes_have_an_order_and_so_have_poses(self):
        sweep = sim.Sweep(SNOUT, gantry=(0, 20, 10), couch=(-30, 30, 30))
        assert sweep.joints == ("snout", "gantry", "couch") == tuple(axis.joint for axis in sweep)
        assert sweep.shape == (5, 3, 3) and sweep.size == 45 and len(sweep) == 3
        poses = sweep.poses()
        assert poses.shape == (45, 3)
        laid_out = poses.reshape(*sweep.shape, 3)
        for at, axis in enumerate(sweep):
            for row, value in enumerate(axis.values()):
                assert (np.take(laid_out[..., at], row, axis=at) == value).all()
        assert poses[:3].tolist() == [[0, 0, -30], [0, 0, 0], [0, 0, 30]]  # the last axis is the fastest

    @settings(max_examples=50)
    @given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=4))
    def test_every_combination_is_there_once_and_in_order(self, sizes):
        sweep = sim.Sweep(
            *(sim.Axis(joint=f"j{at}", start=0, stop=size - 1, step=1) for at, size in enumerate(sizes))
        )
        assert sweep.poses().tolist() == [list(map(float, index)) for index in np.ndindex(*sizes)]

    def test_a_file_has_it_as_ranges_by_field(self):
        sweep = sim.Sweep(SNOUT, gantry=(0, 20, 10))
        ranges = sweep.ranges()
        assert ranges == {
            "snout_mm": {"start": 0, "stop": 1000, "step": 250, "over": "any"},
            "gantry_deg": {"start": 0, "stop": 20, "step": 10},
        }
        assert sim.Sweep.of(ranges) == sweep
        assert pickle.loads(pickle.dumps(sweep)) == sweep

    def test_it_is_a_value(self):
        sweep, same = (sim.Sweep(gantry=(-180, 180, 1), couch=(-90, 90, 2)) for _ in range(2))
        assert sweep == same and hash(sweep) == hash(same)
        assert sweep != sim.Sweep(couch=(-90, 90, 2), gantry=(-180, 180, 1)) and sweep != "sweep"
        assert repr(sweep) == "Sweep(gantry -180 to 180° by 1°, couch -90 to 90° by 2°: 32,760 poses)"
        with pytest.raises(ValueError, match="frozen"):
            sweep["gantry"].start = 0  # type: ignore[misc]

    def test_the_shipped_machine_scans_the_whole_sphere(self):
        assert sim.Machine.load("c_arm").sweep == sim.Sweep(gantry=(-180, 180, 1), couch=(-90, 90, 2))

    def test_other_steps(self):
        sweep = sim.Sweep(SNOUT, gantry=(-180, 180, 1), couch=(-90, 90, 2))
        assert sweep.with_steps(gantry=10, snout=500).shape == (3, 36, 91)
        assert sweep.with_steps(snout=500)["snout"].over == "any"
        assert sweep.with_steps() == sweep
        for steps, message in (
            (
                {"couch": 7},
                r"^grid\.couch_deg: stop - start must be a whole number of steps, was 180 deg in steps of 7",
            ),
            ({"couch": 0}, r"^grid\.couch_deg: step: must be greater than or equal to 0\.01, was 0 \(simulator"),
            ({"couch": "two"}, "^couch: must be a number, was 'two'$"),
            ({"ring": 7}, "^sweep: joint: unknown name 'ring'; available: snout, gantry, couch$"),
            ({"gantry": 0.01, "couch": 0.01}, "at most 4,000,000 poses, has 3,240,180,000: take larger steps$"),
        ):
            with pytest.raises(SimulatorError, match=message):
                sweep.with_steps(**steps)

    def test_its_size_has_a_limit(self):
        assert sim.Sweep(gantry=(0, 199.9, 0.1), couch=(0, 199.9, 0.1)).shape == (2000, 2000)
        with pytest.raises(SimulatorError, match="at most 4,000,000 poses, has 4,002,000: take larger steps"):
            sim.Sweep(gantry=(0, 199.9, 0.1), couch=(0, 200, 0.1))
        turns = {f"j{at}": (0, 360, 0.01) for at in range(8)}
        with pytest.raises(SimulatorError, match=r"at most 4,000,000 poses, has 2,8\d\d,"):  # more than 64 bits hold
            sim.Sweep(**turns)

    @pytest.mark.parametrize(
        ("axes", "ranges", "message"),
        [
            ((), {}, r"^sweep: must be of axes, one at least, was \(\)$"),
            (("gantry",), {}, r"^sweep: must be of axes, one at least, was \('gantry',\)$"),
            ((SNOUT, SNOUT), {}, "^sweep: each joint must be named once, has snout, snout$"),
            ((SNOUT,), {"snout": (0, 1, 1)}, "^sweep: each joint must be named once, has snout, snout$"),
            ((), {"gantry": (0, 10)}, r"^sweep\.gantry: must be \(start, stop, step\), was \(0, 10\)$"),
            ((), {"gantry": 10}, r"^sweep\.gantry: must be \(start, stop, step\), was 10$"),
            (
                (),
                {"gantry": (0, 10, 3)},
                r"^grid\.gantry_deg: stop - start must be a whole number of steps, was 10 deg in steps of 3 \(",
            ),
            ((), {"gantry": (0, 10, "3")}, r"^grid\.gantry_deg: step: must be a valid number, was '3' \("),
        ],
    )
    def test_what_is_no_sweep(self, axes, ranges, message):
        with pytest.raises(SimulatorError, match=message):
            sim.Sweep(*axes, **ranges)

    def test_there_is_no_axis_of_another_name(self):
        with pytest.raises(SimulatorError, match=r"^sweep: joint: unknown name 'couch'; available: snout$"):
            sim.Sweep(SNOUT)["couch"]


@pytest.mark.parametrize("step_deg", [0, -1.0])
def test_a_coarser_step_is_above_0(step_deg):
    sweep = sim.Sweep(gantry=(-180, 180, 1), couch=(-90, 90, 2))
    with pytest.raises(sim.SimulatorError, match="step_deg: must be above 0, was "):
        sweep.coarser(step_deg)
