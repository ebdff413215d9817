"""Candidate beams: free and proven, evenly spread, and each with the solid angle of what is nearest to it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.post_room import STEP, mapped, post_room
from support.sliding_plates import plates
from support.toy_machine import directions, write_toy_machine

import simulator as sim
from simulator.certify.branch_and_bound import FREE
from simulator.directions.lattices import rings
from simulator.maps.beams.free_cells import FreeCells
from simulator.maps.look_up import look_up_chart

TOP = ["top_x", "top_y", "top_z"]


def vectors(beams):
    return beams[TOP].to_numpy()


def angles_deg(first, second):
    return np.degrees(2.0 * np.arcsin(np.linalg.norm(first[:, None] - second[None], axis=2) / 2.0))


def free_directions(cmap, count=4000):
    """Directions, drawn evenly, that a free cell has: asked cell by cell."""
    rng = np.random.default_rng(4)
    drawn = rng.normal(size=(count, 3))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    free = cmap.cells.only(cmap.cells.status == FREE)
    inner, outer = cmap.chart.twins(*cmap.chart.angles(drawn @ cmap.rotation("top").T))
    inside = [
        ((free.low <= pose) & (pose <= free.high)).all(axis=1).any()
        for pose in np.stack([inner, outer], axis=2).reshape(-1, 2)
    ]
    return drawn[np.reshape(inside, (2, count)).any(axis=0)]


@pytest.mark.parametrize("asked", [{"count": 60}, {"spacing_deg": 15}, {"rings": True}])
def test_every_candidate_is_proven_free_and_fcl_agrees(asked):
    cmap, setup = mapped(), post_room()
    beams = cmap.beams(**asked)
    free = cmap.cells.only(cmap.cells.status == FREE)
    poses = beams[["gantry_deg", "couch_deg"]].to_numpy()
    for pose in poses:
        assert ((free.low <= pose) & (pose <= free.high)).all(axis=1).any()
    assert (setup.checker.pair_status(poses) == sim.Status.FREE).all()
    assert list(beams) == list(cmap.beams())
    aims = [setup.directions_top(gantry=g, couch=c) for g, c in poses[::9]]
    np.testing.assert_allclose(vectors(beams)[::9], aims, atol=1e-12)


@pytest.mark.parametrize("count", [1, 2, 37, 150])
def test_a_count_is_met_and_weights_add_up_to_what_is_proven(count):
    cmap = mapped()
    beams = cmap.beams(count=count)
    assert len(beams) == len(beams.drop_duplicates(TOP)) == count
    assert beams["weight_sr"].sum() == pytest.approx(cmap.solid_angle().lower_sr, rel=1e-12)


def test_each_weight_is_the_solid_angle_of_the_free_directions_nearest_to_it():
    """Counted with drawn directions: within five standard deviations of what chance does to a count."""
    cmap = mapped()
    beams, drawn = cmap.beams(count=12), free_directions(cmap)
    counts = np.bincount(angles_deg(drawn, vectors(beams)).argmin(axis=1), minlength=12)
    expected = beams["weight_sr"].to_numpy() / beams["weight_sr"].sum() * len(drawn)
    assert (abs(counts - expected) < 5.0 * np.sqrt(expected)).all()
    assert beams["weight_sr"].max() / beams["weight_sr"].min() < 2.0


@pytest.mark.parametrize("spacing_deg", [9.0, 20.0])
def test_a_spacing_holds_for_every_free_direction(spacing_deg):
    """But for what lies between the samples, a tenth of the spacing apart."""
    cmap = mapped()
    found = vectors(cmap.beams(spacing_deg=spacing_deg))
    assert angles_deg(free_directions(cmap, 1000), found).min(axis=1).max() < 1.1 * spacing_deg
    apart = angles_deg(found, found)
    np.fill_diagonal(apart, 360.0)
    assert apart.min() > 0.749 * spacing_deg


def test_the_same_is_asked_the_same_is_answered():
    cmap = mapped()
    again = sim.CollisionMap(cmap.dataset.copy(deep=True))
    assert cmap.beams(count=50).to_csv() == again.beams(count=50).to_csv()


def test_of_two_poses_the_deeper_one_in_the_free_cells_is_taken():
    cmap = mapped((-180.0, 180.0))
    beams, free = cmap.beams(count=80), FreeCells(cmap.cells, cmap.sweep.axes)
    twins = np.stack(cmap.chart.twins(beams["gantry_deg"], beams["couch_deg"]), axis=2)
    depth = np.stack([np.where(free.hold(pose), free.depth_deg(pose), -1.0) for pose in twins])
    assert (depth[0] >= depth[1] - 1e-6).all()
    assert (beams["couch_deg"].abs() > 90.0).any() and (beams["couch_deg"].abs() < 90.0).any()


def test_where_nothing_is_in_the_way_the_couch_stays_near_0(empty_room):
    beams = sim.collision_map(empty_room((-180.0, 180.0)), workers=1).beams(count=30)
    assert beams["couch_deg"].abs().max() <= 90.0
    assert beams["weight_sr"].sum() == pytest.approx(4 * np.pi)


def test_rings_are_those_of_their_directions_that_are_free():
    cmap = mapped()
    beams = cmap.beams(rings=True)
    apart = angles_deg(vectors(beams), rings())
    which = apart.argmin(axis=1)
    assert apart.min(axis=1).max() < 2e-4
    assert (np.diff(which) > 0).all()  # in their order
    left = np.delete(rings(), which, axis=0)
    status, _ = look_up_chart(cmap, left @ cmap.rotation("top").T)
    assert (status != sim.Status.FREE).mean() > 0.9 and len(left) > 150  # pictures are 0.2° coarse


def test_all_rings_are_free_where_nothing_is_in_the_way(empty_room):
    beams = sim.collision_map(empty_room((-90.0, 90.0)), workers=1).beams(rings=True)
    assert len(beams) == 1162
    assert angles_deg(vectors(beams), rings()).diagonal().max() < 2e-4


def test_of_a_sampled_map_candidates_are_free_poses_of_the_sweep():
    cmap = mapped(method="sampled")
    beams, poses = cmap.beams(count=50), cmap.beams()
    free = set(zip(poses["gantry_deg"], poses["couch_deg"], strict=True))
    assert set(zip(beams["gantry_deg"], beams["couch_deg"], strict=True)) <= free
    assert len(beams) == 50
    assert beams["weight_sr"].sum() == pytest.approx(cmap.sampled_solid_angle().sr)
    unproven = mapped().beams(count=50, is_proven=False)
    assert unproven.equals(beams)


def test_rings_of_a_sampled_map_are_asked_of_fcl():
    cmap, setup = mapped(method="sampled"), post_room()
    beams = cmap.beams(rings=True, setup=setup)
    assert (setup.checker.pair_status(beams[["gantry_deg", "couch_deg"]].to_numpy()) == sim.Status.FREE).all()
    proven = mapped().beams(rings=True)
    assert len(proven) <= len(beams) < len(proven) + 25  # those near the rim are free, and not proven so
    with pytest.raises(sim.SimulatorError, match="rings of a map without proofs needs setup="):
        cmap.beams(rings=True)


def test_a_machine_of_other_axes_has_candidates_too(tmp_path):
    """Tilt and spin cross at 45°: scipy's rotations say where the beams come from."""
    write_toy_machine(tmp_path)
    setup = sim.load_setup(tmp_path / "treated.toml")
    cmap = sim.collision_map(setup, tolerance=0.02, workers=1)
    beams = cmap.beams(count=40)
    assert list(beams)[:2] == ["spin_deg", "tilt_deg"] and len(beams) == 40
    np.testing.assert_allclose(vectors(beams), directions(beams["tilt_deg"], beams["spin_deg"]), atol=1e-9)
    poses = beams[["spin_deg", "tilt_deg"]].to_numpy()
    assert (setup.checker.pair_status(poses) == sim.Status.FREE).all()
    assert beams["weight_sr"].sum() == pytest.approx(cmap.solid_angle().lower_sr, rel=1e-9)
    coplanar = cmap.beams(spacing_deg=20, is_coplanar=True)
    assert len(coplanar) > 3 and (coplanar["tilt_deg"] == 0.0).all()


def test_candidates_of_a_map_with_a_further_axis_are_those_of_its_plane():
    cmap = sim.collision_map(plates("any"), tolerance=0.02, workers=1)
    beams = cmap.beams(count=30)
    assert list(beams)[:2] == ["gantry_deg", "couch_deg"] and len(beams) == 30
    assert beams.equals(cmap.reduced.beams(count=30))
    with pytest.raises(sim.SimulatorError, match="not_through needs a map of two axes"):
        cmap.beams(count=30, not_through="post", setup=plates("any"))


def test_coplanar_candidates_share_a_band_one_step_wide():
    """Of area 2 |sin g| dg by the step in radians, where couch 0 is free."""
    cmap = mapped()
    beams = cmap.beams(count=24, is_coplanar=True)
    assert (beams["couch_deg"] == 0.0).all() and len(beams) == 24
    free = cmap.cells.only((cmap.cells.status == FREE) & (cmap.cells.low[:, 1] == 0.0))
    low, high = np.radians(free.low[:, 0]), np.radians(free.high[:, 0])
    assert beams["weight_sr"].sum() == pytest.approx(
        np.radians(STEP) * abs(np.cos(high) - np.cos(low)).sum(), rel=1e-3
    )


def test_a_sweep_at_couch_0_alone_has_coplanar_candidates():
    """Of no solid angle: there is no band."""
    beams = mapped((0.0, 0.0)).beams(count=20, is_coplanar=True)
    assert len(beams) == 20 and (beams["weight_sr"] == 0.0).all()


@settings(max_examples=6)
@given(count=st.integers(1, 90), low=st.sampled_from([-90.0, -30.0, 10.0]))
def test_no_range_of_the_couch_gives_a_candidate_outside_it(count, low):
    beams = mapped((low, 90.0)).beams(count=count)
    assert len(beams) == count and beams["couch_deg"].between(low, 90.0).all()
    assert beams["gantry_deg"].between(-180.0, 180.0).all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"count": 5, "spacing_deg": 6}, "one of spacing_deg, count and rings"),
        ({"is_coplanar": True}, "one of spacing_deg, count and rings"),
        ({"count": 0}, "count must be a whole number from 1 to 5000, was 0"),
        ({"count": 4.5}, "count: must be a whole number, was 4.5"),
        ({"count": 5001}, "from 1 to 5000"),
        ({"spacing_deg": 1.9}, "spacing_deg must be from 2 to 90, was 1.9"),
        ({"spacing_deg": float("nan")}, "spacing_deg: must be a number, was nan"),
        ({"spacing_deg": "6"}, "spacing_deg: must be a number, was '6'"),
        ({"count": 5, "is_fast": True}, "unknown filter is_fast; available: .*is_coplanar"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, message):
    with pytest.raises(sim.SimulatorError, match=message):
        mapped().beams(**asked)


def test_without_room_for_so_many_none_are_given():
    with pytest.raises(
        sim.SimulatorError, match=r"count must be at most 3\d, the directions there are to choose from"
    ):
        mapped(method="sampled").beams(count=400, is_coplanar=True)
    with pytest.raises(sim.SimulatorError, match="is_proven needs a map with certified cells"):
        mapped(method="sampled").beams(count=4, is_proven=True)
