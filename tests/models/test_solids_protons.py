"""Nozzle, snout and rooms of protons; the positioner's wedges beside the arm they stand for; the upright chair."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from support.built_solids import built, corners, described, dimensions

import simulator as sim
from simulator.geometry.transforms import apply, direction
from simulator.models.kinematics import KinematicTree
from simulator.models.solids import primitives

GANTRIES = {"proton_gantry": (-185, 185), "proton_gantry_220": (-35, 185), "proton_gantry_190": (-5, 185)}
ROBOTS = ("robot_couch", "robot_couch_270")


def limits(model) -> dict[str, tuple[float, float]]:
    return {joint.name: joint.limits for joint in model.joints}


class TestNozzle:
    @pytest.mark.parametrize("model", ["proton_gantry", "fixed_beam"])
    def test_exit_cover_and_snouts_are_as_they_are_said(self, model):
        solids, d = built(model), dimensions(model)
        tube = solids["nozzle"] ^ primitives.box((-2000, 2000), (-2000, 2000), (0, 500))
        assert tube.bounding_box()[2] == 410 and tube.bounding_box()[3] == pytest.approx(533 / 2 + 5 + 20)
        cover = solids["nozzle"] ^ primitives.box((-2000, 2000), (-2000, 2000), (512, 600))
        assert np.subtract(cover.bounding_box()[3:5], cover.bounding_box()[:2]) == pytest.approx(
            [d["cover_width_mm"], d["cover_length_mm"]]
        )
        assert solids["snout_large"].bounding_box() == pytest.approx((-266.5, -266.5, 0, 266.5, 266.5, 406))
        assert solids["snout_small"].bounding_box() == pytest.approx((-254, -254, 0, 254, 254, 381))
        assert solids["range_shifter"].bounding_box() == pytest.approx((-89, -89.5, -80, 89, 89.5, 0))

    @pytest.mark.parametrize("model", ["proton_gantry", "fixed_beam"])
    @pytest.mark.parametrize("size", ["large", "small"])
    def test_the_snout_slides_in_its_hole_and_never_leaves_it(self, model, size):
        """Its play is that of the hole, at every place; what is drawn out takes more room, so drawn back is best."""
        solids, (low, high) = built(model), limits(sim.Machine.load(model))["snout"]
        nozzle, snout = solids["nozzle"], solids[f"snout_{size}"]
        drawn_back = snout.translate((0, 0, high))
        for at in np.linspace(low, high, 4):
            drawn_out = snout.translate((0, 0, at))
            assert (drawn_out ^ nozzle).is_empty() and drawn_out.min_gap(nozzle, 50) > 4
            assert drawn_out.bounding_box()[5] > 410 + 60
            seen_from_the_room = primitives.box((-400, 400), (-400, 400), (0, 410))
            assert ((drawn_back ^ seen_from_the_room) - drawn_out).volume() < 1e-3

    def test_a_range_shifter_stays_short_of_the_isocentre(self):
        nearest, _ = limits(sim.Machine.load("proton_gantry"))["snout"]
        assert nearest > dimensions("proton_gantry")["range_shifter_thickness_mm"]

    @pytest.mark.parametrize(("option", "choice", "parts"), [("snout", "small", 5), ("range_shifter", "in", 6)])
    def test_options_put_parts_on_the_snout(self, option, choice, parts):
        machine = sim.Machine.load("proton_gantry", **{option: choice})
        assert len(machine.parts) == parts
        assert {part.joint for part in machine.parts if part.group == "snout"} == {"snout"}


class TestGantry:
    @pytest.mark.parametrize("name", GANTRIES)
    def test_turns_as_far_as_its_name_says(self, name):
        machine, full = sim.Machine.load(name), sim.Machine.load("proton_gantry")
        assert limits(machine)["gantry"] == GANTRIES[name]
        assert [part.name for part in machine.parts] == [part.name for part in full.parts]
        gantry, couch, snout = machine.sweep
        assert gantry.extent == ((-180, 180) if machine.name == full.name else GANTRIES[name])
        assert (couch.joint, snout.joint, snout.over) == ("couch", "snout", "any")

    def test_the_drum_is_outside_its_circle_and_its_bore_inside(self):
        drum, d = built("proton_gantry")["drum"], dimensions("proton_gantry")
        x, y, z = corners(drum).T
        front = np.hypot(x, z)[y == d["drum_y_min_mm"]]
        assert front.min() <= d["drum_radius_mm"] and front.max() >= d["drum_radius_mm"] + d["drum_wall_mm"]
        inner = primitives.extrude(primitives.circle(2500) * np.cos(np.pi / 64), "y", (-800, 1600))
        assert (inner ^ drum).volume() < 1.0

    def test_the_floors_end_where_the_drum_is(self):
        solids = built("proton_gantry")
        assert (solids["floor"] ^ solids["drum"]).is_empty()
        assert (solids["rolling_floor"] ^ solids["drum"]).volume() < 1.0


class TestPositioner:
    @pytest.mark.parametrize("name", ROBOTS)
    def test_the_wedges_hold_the_arm_wherever_the_table_is(self, name):
        """Both links on the line from wrist to base, each as long as needed: points along it, over all the travel."""
        couch, d = sim.Couch.load(name), dimensions("robot_couch") | dimensions(name)
        tree, ends = KinematicTree(couch.joints), limits(couch)
        base = np.array([d["base_x_mm"], d["base_y_mm"], 0.0])
        plans = {part.name: hull_of(part.mesh.vertices_mm) for part in couch.parts if part.group == "positioner"}
        corners_of_travel = itertools.product(
            np.linspace(*ends["couch"], 20), np.linspace(*ends["table_longitudinal"], 5), ends["table_lateral"]
        )
        for yaw, along, across in corners_of_travel:
            values = {"couch": yaw, "table_longitudinal": along, "table_lateral": across}
            T_fixed_wrist = tree.T_fixed_frame("positioner_wrist", values)
            assert np.allclose(T_fixed_wrist[:3, :3], np.eye(3), atol=1e-12)
            wrist = T_fixed_wrist[:3, 3]
            reach = np.linalg.norm(wrist - base)
            assert reach <= d["forearm_length_mm"] + d["upper_arm_length_mm"]
            side = np.cross([0, 0, 1], (wrist - base) / reach) * (d["arm_half_width_mm"] - 0.01)
            for share, edge in itertools.product(np.linspace(0, 1, 9), (-1, 1)):
                of_forearm = share * min(d["forearm_length_mm"], reach)
                of_upper_arm = share * min(d["upper_arm_length_mm"], reach)
                forearm = wrist + (base - wrist) / reach * of_forearm + edge * side
                upper_arm = base + (wrist - base) / reach * of_upper_arm + edge * side
                assert plans["positioner forearm"](forearm - wrist) <= 0
                assert plans["positioner upper arm"](upper_arm) <= 0

    def test_the_wrist_is_where_the_arm_turns_back(self):
        joint = next(joint for joint in described("robot_couch").joints if joint.name == "positioner_wrist")
        d, ends = dimensions("robot_couch"), limits(sim.Couch.load("robot_couch"))
        assert joint.origin_mm == (0, d["wrist_y_mm"], 0)
        back = ends["table_longitudinal"][0] + d["wrist_y_mm"]
        assert np.hypot(back, ends["table_lateral"][1]) <= d["wrist_farthest_mm"]

    def test_the_column_is_in_the_floor_with_the_table_at_its_highest(self):
        column = built("robot_couch")["upper_arm"].bounding_box()[2]
        assert column + limits(sim.Couch.load("robot_couch"))["table_vertical"][1] < -1295

    @pytest.mark.parametrize("name", [*ROBOTS, "chair", "igrt_top_500", "igrt_top_603"])
    def test_joints_that_move_have_limits_and_speeds(self, name):
        couch = sim.Couch.load(name)
        moving = [joint for joint in couch.joints if joint.type != "fixed" and joint.mimic is None]
        endless = [joint.name for joint in moving if joint.limits is None]
        assert endless == (["couch"] if name == "chair" else [])
        assert {joint.name for joint in moving} - set(couch.motions) <= {"table_pitch", "table_roll"}


class TestNarrowTops:
    @pytest.mark.parametrize(("name", "size"), [("igrt_top_500", (500, 2000, 40)), ("igrt_top_603", (603, 2450, 41))])
    def test_is_as_large_as_it_was_measured(self, name, size):
        couch = sim.Couch.load(name)
        (low, high) = next(part.mesh.bounds_mm for part in couch.parts if part.name == "couch top")
        assert high - low == pytest.approx(size, abs=0.01)
        x, y, _ = np.abs([low, high]).max(axis=0)
        assert np.hypot(x, y - limits(couch)["table_longitudinal"][0]) < 2743 or name == "igrt_top_500"


class TestChair:
    def test_the_patient_stands_upright_and_looks_along_y_and_leans_back_at_positive_tilt(self):
        """DICOM PS3.3 C.8.8.25.6.3; the beam of gantry 90 comes into the face at patient support angle 270."""
        tree = KinematicTree(sim.Couch.load("chair").joints)
        for axis, expected in (((0, 1, 0), (0, 0, 1)), ((0, 0, 1), (0, 1, 0))):  # to the head; out of the back
            assert np.array_equal(direction(tree.T_fixed_frame("chair_back", {}), axis), expected)
        leaning = direction(tree.T_fixed_frame("chair_back", {"chair_tilt": 20}), (0, 1, 0))
        assert leaning == pytest.approx([0, -np.sin(np.radians(20)), np.cos(np.radians(20))])
        machine = sim.Machine.load("fixed_beam")
        to_source = direction(KinematicTree(machine.joints).T_fixed_frame("gantry", {"gantry": 90}), (0, 0, 1))
        looks = direction(tree.T_fixed_frame("chair_back", {"couch": 270}), (0, 0, 1))
        assert to_source == pytest.approx([1, 0, 0]) and looks == pytest.approx([1, 0, 0])

    def test_the_axes_of_turntable_and_tilt_stay_in_the_isocentre(self):
        tree = KinematicTree(sim.Couch.load("chair").joints)
        rest = {"table_vertical": 105.0, "table_longitudinal": -100.0, "table_lateral": 30.0}
        of_isocentre = np.linalg.inv(tree.T_fixed_frame("chair_back", rest))[:3, 3]
        for turn, tilt in itertools.product((0, 70, -160), (-20, 0, 13)):
            T = tree.T_fixed_frame("chair_back", {**rest, "couch": turn, "chair_tilt": tilt})
            assert apply(T, [of_isocentre])[0] == pytest.approx([0, 0, 0], abs=1e-9)

    def test_the_platform_clears_the_turntable_at_every_tilt(self):
        solids, (low, high) = built("chair"), limits(sim.Couch.load("chair"))["chair_tilt"]
        for tilt in np.linspace(low, high, 9):
            assert solids["platform"].rotate((tilt, 0, 0)).min_gap(solids["turntable"], 200) > 20

    def test_turntable_platform_and_chair_fit_the_pit(self):
        solids, pit = built("chair"), dimensions("fixed_beam")
        room = built("fixed_beam")["floor"]
        assert solids["turntable"].bounding_box()[2] == pit["pit_z_mm"]
        for tilt, turn in itertools.product((-20, 0, 20), (0, 120)):
            placed = solids["platform"].rotate((tilt, 0, 0)).rotate((0, 0, turn))
            assert placed.min_gap(room, 500) > 50


def hull_of(points):
    """Return by how much a point (3,) is outside the hull of others seen from above, negative inside."""
    from scipy.spatial import ConvexHull

    faces = ConvexHull(np.asarray(points)[:, :2]).equations
    return lambda point: float((faces[:, :2] @ np.asarray(point)[:2] + faces[:, 2]).max())
