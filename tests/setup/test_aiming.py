"""How the joints of a sweep turn the beam against the patient: charts, joints that mimic, and what axes mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation
from support.own_models import couch, machine, patient, room

import simulator as sim
from simulator.errors import SimulatorError
from simulator.models.kinematics import Joint
from simulator.models.machine import Beam

Z, Y, X = (0.0, 0.0, 1.0), (0.0, 1.0, 0.0), (1.0, 0.0, 0.0)
RING = Joint("ring", "revolute", axis=Z, limits=(-60.0, 60.0))
ON_RING = Joint("gantry", "revolute", "ring", axis=Y)


def axis(joint, start=-30.0, stop=30.0, step=30.0, **more):
    return sim.Axis(joint=joint, start=start, stop=stop, step=step, **more)


def in_space(*joints, sweep, **more):
    """Return a set-up of a machine of these joints with the beam on the last one, and nothing to hit."""
    made = replace(machine(), joints=joints, beam=Beam(joints[-1].name, (0.0, 0.0, 1000.0), (0.0, 0.0, -1.0)))
    return room(replace(made, sweep=sweep), couch(), patient(), **more)


def require_directions(setup, poses, true):
    """The chart, and the set-up, say where the beam comes from."""
    chart, R_chart_top = setup.aim.chart, setup.aim.R_chart_top
    for pose, expected in zip(poses, true, strict=True):
        found = R_chart_top.T @ chart.directions(pose[chart.inner], pose[chart.outer])
        np.testing.assert_allclose(found, expected, atol=1e-9)
        np.testing.assert_allclose(setup.directions_top(**pose), expected, atol=1e-9)


class TestAChart:
    def test_of_a_ring_that_turns_about_z_with_the_gantry_on_it(self):
        sweep = sim.Sweep(ring=(-60.0, 60.0, 15.0), gantry=(-180.0, 180.0, 15.0))
        setup = in_space(RING, ON_RING, sweep=sweep)
        chart = setup.aim.chart
        assert (chart.outer, chart.inner, chart.outer_sign, chart.alpha_deg, chart.beta_deg) == (
            "ring", "gantry", 1, 90, 90,
        )  # fmt: skip
        poses = [{"ring": r, "gantry": g} for r in (-60.0, -7.0, 35.0) for g in (-170.0, 0.0, 20.0, 95.0)]
        turns = [Rotation.from_euler("ZY", [pose["ring"], pose["gantry"]], degrees=True) for pose in poses]
        require_directions(setup, poses, [turn.apply(Z) for turn in turns])
        # A full turn of the gantry on a ring that turns by ±60° aims from 60/90 of the sphere.
        assert sim.collision_map(setup, method="sampled", workers=1).solid_angle().fraction_of_4pi == pytest.approx(
            2 / 3
        )

    @pytest.mark.parametrize("angle", [20.0, 45.0])
    def test_of_two_axes_at_any_angle(self, angle):
        tilted = Rotation.from_euler("x", angle, degrees=True)
        inner = Joint("nod", "revolute", "ring", axis=tuple(tilted.apply(Y).tolist()))
        setup = in_space(RING, inner, sweep=sim.Sweep(ring=(-60.0, 60.0, 30.0), nod=(-180.0, 180.0, 30.0)))
        assert setup.aim.chart.alpha_deg == pytest.approx(90 - angle)
        poses = [{"ring": r, "nod": n} for r in (-60.0, 10.0) for n in (-100.0, 0.0, 40.0)]
        true = [
            (
                Rotation.from_euler("z", pose["ring"], degrees=True)
                * Rotation.from_rotvec(pose["nod"] * tilted.apply(Y), degrees=True)
            ).apply(Z)
            for pose in poses
        ]
        require_directions(setup, poses, true)

    def test_of_a_gantry_that_turns_the_other_way(self):
        setup = in_space(
            Joint("drum", "revolute", axis=(0.0, -1.0, 0.0)), sweep=sim.Sweep(axis("drum"), axis("couch"))
        )
        poses = [{"drum": g, "couch": c} for g in (-100.0, 30.0) for c in (-50.0, 20.0)]
        turns = [Rotation.from_euler("ZY", [-pose["couch"], -pose["drum"]], degrees=True) for pose in poses]
        require_directions(setup, poses, [turn.apply(Z) for turn in turns])

    @pytest.mark.parametrize(("name", "turned"), [("gantry", (0.0, -1.0, 0.0)), ("gantry", (1.0, 0.0, 0.0))])
    def test_is_refused_of_a_joint_with_a_name_of_iec_that_turns_otherwise(self, name, turned):
        with pytest.raises(SimulatorError, match=rf"joint '{name}': must turn about .* as in IEC 61217"):
            in_space(Joint(name, "revolute", axis=turned), sweep=sim.Sweep(axis(name), axis("couch")))

    def test_does_not_depend_on_the_order_of_the_axes(self):
        sweeps = sim.Sweep(axis("gantry"), axis("couch")), sim.Sweep(axis("couch"), axis("gantry"))
        first, second = (room(sweep=sweep) for sweep in sweeps)
        assert first.aim.chart == second.aim.chart
        assert np.array_equal(first.aim.R_chart_top, second.aim.R_chart_top)
        assert second.sweep.joints == ("couch", "gantry")
        assert second.check(gantry=20, couch=10).pose == {"couch": 10.0, "gantry": 20.0}

    def test_is_none_of_one_axis_or_where_nothing_turns_the_beam(self):
        assert room(sweep=sim.Sweep(axis("gantry"))).aim is None
        assert room(sweep=sim.Sweep(axis("collimator", over="each"))).aim is None

    def test_is_that_of_the_set_up_without_its_errors(self):
        """The table is pitched by 2°, and may be off by one more: directions are those at 2°."""
        plain = room(pitch_deg=2.0)
        off_by = sim.Sweep(axis("gantry"), axis("couch"), axis("table_pitch", 1.0, 3.0, 1.0, over="all"))
        wrong = room(pitch_deg=2.0, sweep=off_by)
        assert wrong.aim.chart == plain.aim.chart
        np.testing.assert_allclose(wrong.aim.R_chart_top, plain.aim.R_chart_top, atol=1e-12)
        require_directions(wrong, [{"gantry": 30.0, "couch": 20.0}], [plain.directions_top(gantry=30, couch=20)])


class TestJointsThatMimic:
    """A drive whose value the gantry takes turns the beam, though it carries nothing."""

    DRIVE = Joint("drive", "revolute", axis=X)

    def driven(self, multiplier, **more):
        gantry = Joint("gantry", "revolute", axis=Y, mimic="drive", multiplier=multiplier)
        return in_space(self.DRIVE, gantry, sweep=sim.Sweep(axis("drive", **more), axis("couch")))

    @pytest.mark.parametrize("multiplier", [1.0, -1.0])
    def test_as_fast(self, multiplier):
        setup = self.driven(multiplier)
        assert (setup.aim.chart.inner, setup.aim.chart.outer) == ("drive", "couch")
        poses = [{"drive": d, "couch": c} for d in (-100.0, 30.0) for c in (-50.0, 20.0)]
        turns = [
            Rotation.from_euler("ZY", [-pose["couch"], multiplier * pose["drive"]], degrees=True) for pose in poses
        ]
        require_directions(setup, poses, [turn.apply(Z) for turn in turns])

    def test_at_another_rate_there_is_no_chart(self):
        with pytest.raises(
            SimulatorError, match=r"^drive and couch must turn the beam, by their own values, about two"
        ):
            self.driven(2.0)

    @pytest.mark.parametrize("over", ["any", "each"])
    def test_its_values_are_not_taken_for_one_direction(self, over):
        with pytest.raises(SimulatorError, match=rf"^grid\.drive_deg: over must be 'all' or left out, was '{over}'"):
            self.driven(1.0, over=over)

    def test_what_turns_with_the_patient_gives_no_direction(self):
        ring = Joint("ring", "revolute", axis=Z, mimic="couch")
        with pytest.raises(
            SimulatorError, match=r"^gantry and couch must turn the beam, by their own values, about two"
        ):
            in_space(ring, ON_RING, sweep=sim.Sweep(axis("gantry"), axis("couch")))

    def test_their_axes_are_held_to_the_isocentre(self):
        gantry = Joint("gantry", "revolute", axis=Y, origin_mm=(0.0, 0.0, 2.0), mimic="drive")
        with pytest.raises(SimulatorError, match=r"missed by the gantry axis by 2\.00 mm"):
            in_space(self.DRIVE, gantry, sweep=sim.Sweep(axis("drive"), axis("couch")))


class TestWhatAnAxisMeans:
    @pytest.mark.parametrize(
        ("axes", "message"),
        [
            (
                (axis("collimator"),),
                r"^grid\.collimator_deg: must say over = 'any', 'all' or 'each': the joint does not",
            ),
            (
                (axis("couch"), axis("table_lateral", unit="mm")),
                r"^grid\.table_lateral_mm: must say over = 'any', 'all' or 'each'",
            ),
            (
                (axis("couch", over="any"),),
                r"^grid\.couch_deg: over must be 'all' or left out, was 'any': the joint turns",
            ),
            ((axis("couch", over="each"),), r"^grid\.couch_deg: over must be 'all' or left out, was 'each'"),
            (
                (axis("table_lateral"),),
                r"^grid\.table_lateral_deg: must be table_lateral_mm: the joint is prismatic$",
            ),
            ((axis("couch", unit="mm"),), r"^grid\.couch_mm: must be couch_deg: the joint is revolute$"),
            (
                (axis("snout"),),
                r"^grid\.snout_deg: joint: unknown name 'snout'; available: gantry, collimator, couch",
            ),
            ((axis("patient"),), r"^grid\.patient_deg: joint: unknown name 'patient'; available: gantry, collimator"),
        ],
    )
    def test_is_said_and_fits(self, axes, message):
        with pytest.raises(SimulatorError, match=message):
            room(sweep=sim.Sweep(axis("gantry"), *axes))

    @pytest.mark.parametrize("over", ["any", "all", "each"])
    def test_of_what_does_not_turn_the_beam(self, over):
        sweep = sim.Sweep(axis("gantry"), axis("couch"), axis("table_lateral", unit="mm", over=over))
        assert room(sweep=sweep).aim.chart == room().aim.chart

    def test_a_third_joint_that_turns_the_beam_is_refused(self):
        sweep = sim.Sweep(axis("ring"), axis("gantry"), axis("couch"))
        with pytest.raises(
            SimulatorError, match=r"^grid: two axes must turn the beam .*, couch, ring, gantry do; the"
        ):
            in_space(RING, ON_RING, sweep=sweep)
        steady = in_space(RING, ON_RING, sweep=sim.Sweep(axis("ring", over="all"), axis("gantry"), axis("couch")))
        assert (steady.aim.chart.inner, steady.aim.chart.outer) == ("gantry", "couch")

    @pytest.mark.parametrize(("about", "multiplier"), [(X, 0.5), ((0.75**0.5, -0.5, 0.0), 1.0)])
    def test_two_axes_that_are_not_still_against_each_other_are_refused(self, about, multiplier):
        """The second turns the beam as fast as one axis would, where both joints are at 0."""
        between = Joint("between", "revolute", "ring", axis=about, mimic="gantry", multiplier=multiplier)
        with pytest.raises(SimulatorError, match="about two axes that stand still against each other"):
            in_space(RING, between, replace(ON_RING, parent="between"), sweep=sim.Sweep(axis("ring"), axis("gantry")))

    def test_parallel_axes_are_refused(self):
        with pytest.raises(SimulatorError, match="axes of gantry and ring must cross"):
            in_space(replace(RING, axis=Y), ON_RING, sweep=sim.Sweep(axis("ring"), axis("gantry")))

    def test_an_axis_that_gives_the_direction_passes_through_the_isocentre(self):
        """The table pitches about its own origin: the beam would leave the target."""
        with pytest.raises(SimulatorError, match=r"missed by the table_pitch axis by 156\.20 mm"):
            room(sweep=sim.Sweep(axis("gantry"), axis("table_pitch")))
        assert room(sweep=sim.Sweep(axis("gantry"), axis("couch"), axis("table_pitch", over="all"))).aim is not None
