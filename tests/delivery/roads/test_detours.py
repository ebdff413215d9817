"""Ways through a third axis: a slab on the table stands in the needle's plane at every couch angle that is asked."""

import functools
from dataclasses import replace

import numpy as np
import pytest
import trimesh
from support.island_room import NEEDLE, wedge
from support.moving_rooms import HOME, fcl_status, moving, pose
from support.small_rooms import small_room

import simulator as sim
from simulator.delivery.roads.detours import UNMODELLED
from simulator.setup.engines import checker_of

COUCH = sim.Sweep(gantry=(-180.0, 180.0, 10.0), couch=(-30.0, 30.0, 10.0))


@functools.cache
def slab():
    """A slab so deep that it leaves the plane only if the table is driven away first, and two walls that stand."""
    table = small_room([], []).scene.rest["table_longitudinal"]
    on_table = wedge(40.0, 50.0, half_depth=180.0).mapped(np.eye(3), (0.0, -table, 0.0))
    walls = [(f"wall {at}", wedge(*ends), "fixed") for at, ends in enumerate([(80.0, 85.0), (-60.0, -50.0)])]
    setup = small_room(
        [("needle", NEEDLE, "gantry"), *walls],
        [("slab", on_table, "table_longitudinal")],
        gantry=(-180.0, 180.0, 10.0),
        couch_deg=(-30.0, 30.0, 10.0),
    )
    return sim.road_map(moving(setup, HOME), sweep=COUCH, workers=1, tolerance=0.005)


def test_the_table_is_driven_away_and_back_where_the_couch_s_angle_does_not_help():
    roads, start, stop = slab(), pose(20, 0), pose(65, 5)
    with pytest.raises(sim.NoWay, match="slab") as refused:
        roads.way(start, stop)
    assert refused.value.is_proven
    found = sim.find_detour(roads, start, stop)
    assert found.change == {"table_longitudinal": -100.0}
    away, way, back = found.stages
    assert away.text == "table longitudinal -100 mm"
    assert back.text == "table longitudinal +100 mm"
    assert (way.way.start, way.way.stop) == (start, stop)
    assert away.time_s == back.time_s == pytest.approx(100 / 40 + 40 / 80)
    assert found.time_s == pytest.approx(away.time_s + way.time_s + back.time_s)
    assert found.clearance_mm == min(stage.clearance_mm for stage in found.stages) > 0.0
    assert found.notes == ()


def test_every_stage_is_free_pose_by_pose_for_fcl():
    roads = slab()
    away, way, back = sim.find_detour(roads, pose(20, 0), pose(65, 5)).stages
    for stage in (away, back):
        names = tuple(stage.start)
        ends = np.array([list(stage.start.values()), [stage.stop[name] for name in names]])
        poses = ends[0] + np.linspace(0.0, 1.0, 400)[:, None] * (ends[1] - ends[0])
        assert checker_of(roads.setup.scene, names).pair_status(poses).max() == 0
    there = replace(
        roads.setup.scene, rest={**roads.setup.scene.rest, "table_longitudinal": away.stop["table_longitudinal"]}
    )
    assert fcl_status(there, way.way, 0.1).max() == 0


def test_where_there_is_a_way_nothing_else_is_moved():
    found = sim.find_detour(slab(), pose(0, 0), pose(20, 10))
    assert found.change == {}
    (stage,) = found.stages
    assert stage.way.time_s == found.time_s


def test_where_a_wall_stands_in_the_room_no_table_helps():
    with pytest.raises(sim.NoWay, match="wall 0"):
        sim.find_detour(slab(), pose(65, 0), pose(120, 0))


def test_a_pose_that_is_not_free_is_refused_at_once():
    with pytest.raises(sim.NoWay, match="the stop is not free"):
        sim.find_detour(slab(), pose(0, 0), pose(45, 0))


def test_a_table_that_cannot_go_there_is_not_driven_there():
    setup = slab().setup
    joints = tuple(
        replace(joint, limits=(setup.scene.rest[joint.name] - 40.0, setup.scene.rest[joint.name] + 40.0))
        if joint.type == "prismatic"
        else joint
        for joint in setup.couch.joints
    )
    narrow = replace(setup, couch=replace(setup.couch, joints=joints))
    with pytest.raises(sim.NoWay):
        sim.find_detour(sim.road_map(narrow, sweep=COUCH, workers=1, tolerance=0.02), pose(20, 0), pose(65, 5))


MACHINE = """
kind = "machine"
title = "Needle and panel"
note = "Made by a test. Research software: no clinical clearance."
[options.panel]
choices = ["in", "out"]
[options.cone]
choices = ["none", "long"]
[[accessories]]
kind = "cone"
options = { cone = "long" }
source = "test"
[motion.gantry]
speed = 6.0
acceleration = 3.0
source = "test"
[delivery]
home = { gantry = 0.0, couch = 0.0 }
moves = "together"
source = "test"
[[joints]]
name = "gantry"
type = "revolute"
axis = [0, 1, 0]
limits = [-185, 185]
[beam]
joint = "gantry"
source_mm = [0, 0, 1000]
direction = [0, 0, -1]
"""
PART = """
[[parts]]
name = "{name}"
mesh = "{name}.stl"
units = "mm"
joint = "{joint}"
group = "{name}"
"""


@pytest.fixture
def with_panel(tmp_path):
    """A road map with a panel out, opposite a needle: it meets the wall where the gantry is at -140 to -130°."""
    parts = {
        "needle": (NEEDLE, "gantry"),
        "wall": (wedge(40.0, 50.0, half_depth=50.0), "fixed"),
        "panel": (NEEDLE.mapped(np.diag([-1.0, 1.0, -1.0])), "gantry"),
    }
    text = MACHINE
    for name, (mesh, joint) in parts.items():
        trimesh.Trimesh(mesh.vertices_mm, mesh.faces, process=False).export(tmp_path / f"{name}.stl")
        text += PART.format(name=name, joint=joint) + ('when = { panel = "out" }\n' if name == "panel" else "")
    (tmp_path / "model.toml").write_text(text)
    usual = moving(small_room([], []))
    setup = replace(usual, machine=sim.Machine.load(str(tmp_path), panel="out"))
    return sim.road_map(setup, sweep=COUCH, workers=1, tolerance=0.01)


def test_a_panel_is_driven_in_where_it_is_what_stands_between(with_panel):
    found = sim.find_detour(with_panel, pose(-150, 0), pose(-100, 5))
    assert found.change == {"panel": "in"}
    before, way, after = found.stages
    assert (before.text, after.text) == ("panel in", "panel out")
    assert np.isnan(before.time_s)
    assert np.isnan(found.time_s)
    assert way.time_s == pytest.approx(50 / 6 + 2)
    assert found.notes == (UNMODELLED,)
    assert with_panel.setup.machine.options == (("panel", "out"), ("cone", "none"))


def test_a_panel_stays_out_where_it_is_not_what_stands_between(with_panel):
    """What a plan puts on the head is not driven in either."""
    with pytest.raises(sim.NoWay, match="needle"):
        sim.find_detour(with_panel, pose(20, 0), pose(70, 5))
