"""Road maps of small rooms: a needle turns with the gantry past walls and doors (see `support.island_room`)."""

import functools
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from support.island_room import MARGIN_DEG, room
from support.moving_rooms import MOTIONS, fcl_status, moving, pose, poses_along, roads_of, shipped

import simulator as sim
from simulator.certify.branch_and_bound import UNDECIDED
from simulator.delivery.roads.free_space import FreeSpace
from simulator.delivery.roads.timing import leg_time_s
from simulator.maps.certified import ContradictionError
from simulator.models.motion import MOVES
from simulator.setup.engines import checker_of

WALLS = ((40.0, 50.0), (110.0, 120.0))


@functools.cache
def island():
    """Walls that stand cut 50 to 110° off from the rest, at every couch angle."""
    return roads_of(moving(room(*WALLS)))


@functools.cache
def door():
    """A wall on the couch stands in the needle's plane near couch 0 only."""
    return roads_of(moving(room(doors=[(40.0, 50.0)])))


@functools.cache
def whole():
    """The whole travel of a gantry within ±185° and of a couch that turns without end, past a door."""
    return sim.road_map(moving(room(doors=[(40.0, 50.0)])), workers=1, tolerance=0.005)


def test_where_nothing_is_between_the_way_is_straight():
    way = island().way(pose(-20, -20), pose(10, 25))
    (leg,) = way.legs
    assert (leg.start, leg.stop) == (pose(-20, -20), pose(10, 25))
    assert way.time_s == leg.time_s == leg_time_s(MOTIONS, pose(-20, -20), pose(10, 25), "together")
    assert way.clearance_mm == leg.clearance_mm == np.inf  # own pairs are checked, and not measured
    assert way.at(-1.0) == pose(-20, -20)
    assert way.at(way.time_s + 1.0) == pose(10, 25)
    assert way.at(way.time_s / 2) == pytest.approx(pose(-5, 2.5))
    assert "17.0 s in 1 leg, together" in repr(way)


def test_between_an_island_and_the_rest_it_is_proven_that_there_is_no_way():
    with pytest.raises(
        sim.NoWay, match=r"gantry 80°, couch 5°: there is no free way; between them: .*wall 0"
    ) as error:
        island().way(pose(0, 0), pose(80, 5))
    refused = error.value
    assert refused.is_proven
    assert (refused.start, refused.stop) == (pose(0, 0), pose(80, 5))
    assert refused.pairs[0] == "wall 0 – needle"
    (stretch,) = refused.blocked
    assert stretch["gantry"] == pytest.approx((40 - MARGIN_DEG, 50 + MARGIN_DEG), abs=0.5)
    assert np.isinf(island().times_s([pose(0, 0), pose(80, 5)])[0, 1])
    assert island().component(pose(80, 5)) == island().component(pose(60, -20)) != island().component(pose(0, 0))


def test_pairs_around_the_start_s_component_are_named_too():
    with pytest.raises(sim.NoWay) as error:
        island().way(pose(80, 5), pose(0, 0))
    assert set(error.value.pairs) == {"wall 0 – needle", "wall 1 – needle"}


@pytest.mark.parametrize(
    ("ends", "which"), [((pose(45, 0), pose(0, 0)), "start"), ((pose(0, 0), pose(45, 0)), "stop")]
)
def test_a_pose_that_is_not_free_has_no_way_and_the_parts_are_named(ends, which):
    with pytest.raises(sim.NoWay, match=f"the {which} is not free: wall 0 – needle") as error:
        island().way(*ends)
    assert error.value.is_proven
    assert not island().holds(pose(45, 0))
    assert island().component(pose(45, 0)) == -1


@pytest.mark.parametrize("moves", MOVES)
def test_around_a_door_the_couch_turns_it_out_of_the_way(moves):
    setup, start, stop = door().setup, pose(20, 0), pose(70, 0)
    way = door().way(start, stop, moves=moves)
    assert len(way.legs) >= 2
    assert fcl_status(setup.scene, way, 0.1).max() == 0
    assert way.time_s == pytest.approx(door().times_s([start, stop], moves=moves)[0, 1])
    shortest = [start, pose(36, 9), pose(54, 9), stop]  # by hand, past the door a good degree from it
    by_hand_s = sum(leg_time_s(MOTIONS, a, b, moves) for a, b in pairwise(shortest))
    assert way.time_s <= 1.1 * by_hand_s
    assert way.time_s == pytest.approx(sum(leg.time_s for leg in way.legs))
    for before, after in pairwise(way.legs):
        assert before.stop == after.start
    if moves == "one at a time":
        assert all(len(leg.moving) == 1 for leg in way.legs)
    blocked = setup.check_arc(gantry=(20.0, 70.0), couch=0.0, direction="increasing")
    assert not blocked.is_free


def test_times_are_symmetric_and_those_of_the_ways_in_either_direction():
    rng = np.random.default_rng(3)
    poses = [pose(g, c) for g, c in rng.uniform((0, -30), (100, 30), (14, 2))]
    for moves in MOVES:
        takes_s = door().times_s(poses, moves=moves)
        assert (takes_s == takes_s.T).all()
        assert (np.diag(takes_s) == [0.0 if door().holds(each) else np.inf for each in poses]).all()
        for a, b in ((0, 1), (2, 5), (5, 2), (7, 3)):
            if np.isfinite(takes_s[a, b]):
                assert door().way(poses[a], poses[b], moves=moves, clearance=False).time_s == pytest.approx(
                    takes_s[a, b]
                )
            else:
                with pytest.raises(sim.NoWay):
                    door().way(poses[a], poses[b], moves=moves)


def test_an_answer_does_not_depend_on_what_was_asked_before():
    fresh = roads_of(moving(room(doors=[(40.0, 50.0)])))
    near = pose(40 - MARGIN_DEG - 0.02, 0.0)
    ways = [roads.way(near, pose(70, 0), clearance=False) for roads in (fresh, door())]
    first, second = ([(leg.start, leg.stop) for leg in way.legs] for way in ways)
    assert first == second
    many = door().times_s([pose(20, 0), near, pose(70, 0)])
    assert many[0, 2] == door().times_s([pose(20, 0), pose(70, 0)])[0, 1]


def test_what_surrounds_a_pose_in_an_undecided_cell_is_proven():
    """As near to the wall as a hundredth of a degree: in a cell that the road map leaves open."""
    roads = roads_of(moving(room(*WALLS)), tolerance=0.05)
    free, touching = 40 - MARGIN_DEG - 0.03, 40 - MARGIN_DEG + 0.03
    undecided = roads.cells.only(roads.cells.status == UNDECIDED)
    for gantry in (free, touching):
        held = (undecided.low <= (gantry, 0.3)) & ((gantry, 0.3) <= undecided.high)
        assert held.all(axis=1).any()
    assert roads.holds(pose(free, 0.3))
    assert not roads.holds(pose(touching, 0.3))
    assert roads.component(pose(free, 0.3)) == roads.component(pose(0, 0))
    way = roads.way(pose(free, 0.3), pose(-60, 10))
    assert fcl_status(roads.setup.scene, way, 0.02).max() == 0
    assert way.time_s == roads.times_s([pose(-60, 10), pose(free, 0.3)])[0, 1]


def test_all_that_the_limits_allow_is_mapped_and_a_joint_without_limits_goes_round():
    roads = whole()
    assert roads.turns == (False, True)
    assert (roads.cells.low[:, 0].min(), roads.cells.high[:, 0].max()) == (-185.0, 185.0)
    way = roads.way(pose(0, 170), pose(0, -170))
    assert way.time_s == pytest.approx(20 / 3 + 3 / 1.5)
    assert way.legs[-1].stop == pose(0, 190)
    assert roads.way(pose(-184, 90), pose(184, 90)).time_s == pytest.approx(368 / 6 + 2)  # not through 180°
    assert roads.holds(pose(0, 350))
    assert fcl_status(roads.setup.scene, roads.way(pose(20, 90), pose(70, -100)), 0.1).max() == 0


def test_no_pose_and_one_pose_have_times_too():
    assert island().times_s([]).shape == (0, 0)
    assert island().times_s([pose(0, 0)]).tolist() == [[0.0]]
    assert island().times_s([pose(0, 0), pose(0, 0)]).tolist() == [[0.0, 0.0], [0.0, 0.0]]
    assert island().way(pose(0, 0), pose(0, 0)).legs == ()


def test_where_nothing_is_free_there_is_no_way():
    roads = roads_of(moving(room(*WALLS)), gantry=(43.0, 47.0, 1.0))
    assert np.isinf(roads.times_s([pose(44, 0), pose(46, 0)])).all()
    with pytest.raises(sim.NoWay, match="the start is not free"):
        roads.way(pose(44, 0), pose(46, 0))
    with pytest.raises(sim.NoWay, match="the start is not proven free"):
        roads.way(pose(0, 0), pose(46, 0))  # free, and outside of what was mapped


def test_one_joint_alone_has_a_road_map_too():
    roads = sim.road_map(moving(room(*WALLS)), sweep=sim.Sweep(gantry=(-180.0, 180.0, 10.0)), workers=1)
    assert roads.joints == ("gantry",)
    way = roads.way(pose(60, 0), pose(100, 0))
    assert way.time_s == pytest.approx(40 / 6 + 2)
    assert way.legs[0].stop == {"gantry": 100.0}
    with pytest.raises(sim.NoWay, match="wall 1"):
        roads.way(pose(60, 0), pose(130, 0))


def test_the_least_clearance_of_a_way_is_fcl_s_at_the_pose_that_is_told():
    """Never more than at any pose of the way, and at most 0.1 mm less than at the one that has it."""
    roads = door()
    way = roads.way(pose(20, 0), pose(70, 0))
    checker = checker_of(roads.setup.scene, roads.joints)
    everywhere = checker.clearance(poses_along(way, 0.2), roads.setup.scene.clearance_pairs)[0]
    there = checker.clearance(np.array([list(way.place.values())]), roads.setup.scene.clearance_pairs)[0][0]
    assert there - 0.1 <= way.clearance_mm <= everywhere.min() + 1e-9
    assert way.clearance_mm == min(leg.clearance_mm for leg in way.legs)
    assert way.pair == "needle – door 0"
    assert f"least clearance {way.clearance_mm:.1f} mm at gantry" in repr(way)


def test_a_leg_that_is_proven_not_to_be_free_is_a_defect_and_no_way(monkeypatch):
    """Planted: ways of which nothing is asked. Who measures the clearance finds out."""
    monkeypatch.setattr(FreeSpace, "sees", lambda _, start, *_ends: np.ones(len(start), dtype=bool))
    roads = roads_of(moving(room(doors=[(40.0, 50.0)])))
    with pytest.raises(
        ContradictionError, match="gantry 20°, couch 0° to gantry 70°, couch 0° is proven free by cells"
    ):
        roads.way(pose(20, 0), pose(70, 0))


def test_a_joint_that_does_not_aim_stands_where_the_road_map_has_it():
    setup = moving(room())
    away = sim.road_map(setup, stands={"table_longitudinal": -200.0}, workers=1, tolerance=0.05)
    assert away.holds({**pose(0, 0), "table_longitudinal": -200.0})
    with pytest.raises(
        sim.SimulatorError, match="table_longitudinal: must be -200, where it stands in this road map"
    ):
        away.way({**pose(0, 0), "table_longitudinal": -100.0}, pose(10, 0))


def test_a_joint_that_is_swept_does_not_stand():
    with pytest.raises(sim.SimulatorError, match="stands: must be of joints that do not move, gantry is swept"):
        sim.road_map(moving(room()), stands={"gantry": 3.0}, workers=1)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"gantry": 0.0}, "pose: must have a value for gantry, couch; missing: couch"),
        ({**pose(0, 0), "ring": 1.0}, "joint: unknown name 'ring'"),
        (pose(900, 0), "gantry: must be from -185 to 185"),
    ],
)
def test_a_pose_that_is_none_is_refused(asked, message):
    with pytest.raises(sim.SimulatorError, match=message):
        island().way(asked, pose(0, 0))
    with pytest.raises(sim.SimulatorError, match=message):
        island().times_s([pose(0, 0), asked])


def test_the_road_map_is_the_same_on_any_number_of_threads():
    one, two = (
        sim.road_map(
            moving(room(*WALLS)),
            workers=workers,
            tolerance=0.05,
            sweep=sim.Sweep(gantry=(0, 90, 10), couch=(0, 20, 10)),
        )
        for workers in (1, 2)
    )
    for name in ("low", "high", "status", "pair"):
        assert (getattr(one.cells, name) == getattr(two.cells, name)).all()


def test_with_imagers_out_no_gantry_angle_is_free_at_every_couch_angle_and_ways_need_none():
    """Shipped brain with imagers out: what is sorted by couch by way of gantry 0 stands still; ways go on."""
    roads = shipped("brain_imagers_deployed")
    free = roads.space.cells
    for gantry in np.arange(-185.0, 185.1, 5.0):
        at = (free.low[:, 0] <= gantry) & (gantry <= free.high[:, 0])
        assert (free.high[at, 1] - free.low[at, 1]).sum() < 180.0
    way = roads.way(pose(60, 30), pose(150, -20))
    gantry = [end["gantry"] for leg in way.legs for end in (leg.start, leg.stop)]
    assert min(gantry) > 0.0
    assert way.clearance_mm > 0.0


def test_a_grid_over_all_of_whose_values_a_pose_must_be_free_is_refused():
    """Ways are proven at one value of it: they would promise less than the map of that grid does."""
    setup = sim.load_setup("box")
    error = sim.Axis(joint="table_lateral", start=-10, stop=10, step=10, unit="mm", over="all")
    sweep = sim.Sweep(*setup.sweep, error)
    for asked in ({"sweep": sweep}, {}):
        with pytest.raises(sim.SimulatorError, match=r"grid: ways are proven with table_lateral at one value"):
            sim.road_map(replace(setup, sweep=sweep), **asked)
