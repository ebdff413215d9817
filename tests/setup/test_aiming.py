"""Rooms whose axes or beam miss the isocentre: refused with the miss, or declared and answered on the safe side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation
from support.own_models import body, couch, head, machine, pair_names, part, patient, room, top

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


@settings(derandomize=True, max_examples=40, deadline=None)
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
            Joint("gantry", "revolute", axis=(0.0, -1.0, 0.0)), sweep=sim.Sweep(axis("gantry"), axis("couch"))
        )
        poses = [{"gantry": g, "couch": c} for g in (-100.0, 30.0) for c in (-50.0, 20.0)]
        turns = [Rotation.from_euler("ZY", [-pose["couch"], -pose["gantry"]], degrees=True) for pose in poses]
        require_directions(setup, poses, [turn.apply(Z) for turn in turns])

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
            ((axis("table_lateral", unit="mm"),), r"^grid\.table_lateral_mm: must say over = 'any', 'all' or 'each'"),
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

    @settings(derandomize=True, max_examples=25, deadline=None)
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


class TestRest:
    def with_arm(self, **more):
        arm = Joint("arm", "revolute", "gantry", (0.0, 1.0, 0.0), (800.0, 0.0, 500.0), **more)
        return machine(head(), part("imager", "arm", "imagers", (-20, -20, -400), (20, 20, -30)), joints=(arm,))

    @pytest.mark.parametrize(
        ("more", "message"),
        [
            ({"limits": (20.0, 90.0)}, r"joint 'arm': rest: must be from 20 to 90 deg .*, was 0"),
            ({"limits": (20.0, 90.0), "rest": 100.0}, r"joint 'arm': rest: must be from 20 to 90 deg .*, was 100"),
            ({"limits": (-90.0, -20.0), "rest": 20.0}, r"from -90 to -20 deg .*, was 20"),
        ],
    )
    def test_a_joint_that_would_stand_beyond_its_limits_is_refused(self, more, message):
        with pytest.raises(SimulatorError, match=message):
            room(self.with_arm(**more))

    def test_an_arm_stands_where_it_rests(self):
        scene = room(self.with_arm(limits=(20.0, 90.0), rest=90.0)).scene
        at = next(i for i, one in enumerate(scene.bodies) if one.name == "imager")
        T = scene.T_fixed_body(at, np.zeros((1, 2)))[0]
        # A right-handed quarter turn about y takes -z to -x: the arm lies level, towards the beam.
        assert np.allclose(T @ (0, 0, -400, 1), (400, 0, 500, 1))

    def test_a_joint_that_the_set_up_gives_a_value_to_has_no_rest(self):
        first = replace(COUCH_JOINTS[1], rest=5.0)
        with pytest.raises(SimulatorError, match=r"joint 'table_vertical': rest must be left out: .* was 5"):
            room(of_couch=replace(couch(top()), joints=(COUCH_JOINTS[0], first, *COUCH_JOINTS[2:])))

    def test_limits_without_0_are_no_fault_where_the_set_up_places_the_table(self):
        low = replace(COUCH_JOINTS[1], limits=(-650.0, -50.0))
        setup = room(of_couch=replace(couch(top()), joints=(COUCH_JOINTS[0], low, *COUCH_JOINTS[2:])))
        assert setup.table_position_mm[2] == -100


class TestTheDepthInTheTableTop:
    def test_is_told(self):
        setup = room(shift_mm=(0.0, 0.0, -12.5))
        assert setup.warnings == ("patient.shift_mm: the patient's lowest point is 12.5 mm deep in the table top",)
        assert room(shift_mm=(0.0, 50.0, 12.5)).warnings == ()

    def test_is_refused_where_no_cushion_gives_way_as_far(self):
        with pytest.raises(SimulatorError, match=r"z must be at least -50, was -50\.5, which is 50\.5 mm"):
            room(shift_mm=(0.0, 0.0, -50.5))

    @pytest.mark.parametrize(("of_couch", "of_patient"), [(couch(), patient(body())), (couch(top()), patient())])
    def test_is_nothing_without_a_top_or_a_patient(self, of_couch, of_patient):
        assert room(None, of_couch, of_patient, shift_mm=(0.0, 0.0, -80.0)).warnings == ()
