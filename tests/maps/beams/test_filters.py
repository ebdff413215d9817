"""What is asked of candidates beside that they are free: against closed forms and FCL, alone and together."""

from dataclasses import replace

import numpy as np
import pytest
from support import island_room, shapes
from support.post_room import mapped, meets_board, post_room
from support.sliding_plates import plates

import simulator as sim
from simulator.models.model import Part

TOP = ["top_x", "top_y", "top_z"]


def vectors(beams):
    return beams[TOP].to_numpy()


def clearances_mm(setup, beams):
    poses = beams[["gantry_deg", "couch_deg"]].to_numpy()
    return [setup.check(gantry=g, couch=c).clearance_mm for g, c in poses]


def test_beams_through_a_part_are_left_out_and_no_others():
    cmap, setup = mapped(), post_room()
    every = cmap.beams(rings=True)
    others = cmap.beams(rings=True, not_through="board", setup=setup)
    meets = meets_board(vectors(every))
    assert 50 < meets.sum() < len(every) - 50
    assert others[TOP].equals(every[TOP][~meets].reset_index(drop=True))
    assert not meets_board(vectors(cmap.beams(count=100, not_through=["board"], setup=setup))).any()


def test_weights_are_of_the_directions_that_are_left():
    cmap, setup = mapped(), post_room()
    drawn = np.random.default_rng(3).normal(size=(200_000, 3))
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    beams = cmap.beams(count=60, not_through="board", setup=setup)
    gone = cmap.solid_angle().lower_sr - beams["weight_sr"].sum()
    # The board is met at least where its beams are free, at most in all its directions.
    assert 0.0 < gone <= 4.0 * np.pi * meets_board(drawn).mean() + 0.02


def test_a_part_that_turns_with_the_beam_is_met_by_all_or_by_none():
    cmap, setup = mapped(), post_room()
    # The head is wider than the beam's axis: a beam through the post would not be free.
    assert cmap.beams(rings=True, not_through="post", setup=setup).equals(cmap.beams(rings=True))
    assert len(cmap.beams(spacing_deg=20, not_through="crosshair", setup=setup)) == 0
    with pytest.raises(sim.SimulatorError, match="count must be at most 0"):
        cmap.beams(count=5, is_proven=False, not_through="crosshair", setup=setup)


def test_the_couch_top_is_what_the_table_top_carries():
    """Where no part has that name; and a part that has it is it."""
    cmap, setup = mapped(), post_room()
    by_name, by_place = (cmap.beams(count=20, not_through=name, setup=setup) for name in ("board", "couch top"))
    assert by_name.equals(by_place)
    plate = Part("couch top", shapes.cuboid((-50.0, -300.0, -60.0), (50.0, -200.0, 0.0)), "table_roll", "couch")
    named = replace(setup, couch=replace(setup.couch, parts=(*setup.couch.parts, plate)))
    of_named = sim.collision_map(named, method="sampled", workers=1)
    assert meets_board(vectors(of_named.beams(spacing_deg=9, not_through="couch top", setup=named))).any()


def test_a_clearance_is_kept_as_fcl_measures_it():
    cmap, setup = mapped(), post_room()
    wide = cmap.beams(count=60, clearance_mm=120.0, setup=setup)
    assert min(clearances_mm(setup, wide)) >= 120.0 > min(clearances_mm(setup, cmap.beams(count=60)))
    with_buffer = replace(setup, buffers=sim.Buffers(patient_mm=120.0, couch_mm=120.0))
    expected = sim.collision_map(with_buffer, tolerance=0.01, workers=1).solid_angle()
    assert expected.lower_sr - 0.1 < wide["weight_sr"].sum() < expected.upper_sr + 0.01
    unproven = cmap.beams(count=60, clearance_mm=120.0, is_proven=False, setup=setup)
    assert min(clearances_mm(setup, unproven)) >= 120.0


def test_what_no_way_leads_to_is_no_candidate():
    cmap = island_room.map_of(island_room.room((60.0, 70.0)))
    free, reachable = (cmap.beams(count=60, is_reachable=asked) for asked in (False, True))
    assert (free["gantry_deg"] > 70.0).any()
    assert (reachable["gantry_deg"] < 60.0).all() and len(reachable) == 60
    omega = cmap.reachable().solid_angle
    assert reachable["weight_sr"].sum() == pytest.approx(omega.lower_sr, rel=0.01)


def test_filters_combine():
    cmap, setup = mapped(), post_room()
    asked = {"clearance_mm": 120.0, "not_through": "board", "is_coplanar": True, "setup": setup}
    beams = cmap.beams(spacing_deg=5, **asked)
    assert len(beams) > 10 and (beams["couch_deg"] == 0.0).all()
    assert not meets_board(vectors(beams)).any() and min(clearances_mm(setup, beams)) >= 120.0
    rings = cmap.beams(rings=True, **asked)
    assert 0 < len(rings) <= 60 and not meets_board(vectors(rings)).any()


def test_of_a_map_at_one_value_the_room_stands_there():
    """A strip on the slide is in the axis of beams at gantry -90 with the slide at 0, at 90 with it at its end."""
    setup = plates("each")
    strip = Part("strip", shapes.cuboid((-320.0, -150.0, -20.0), (-300.0, 150.0, 20.0)), "slide", "slide")
    setup = replace(setup, machine=replace(setup.machine, parts=(*setup.machine.parts, strip)))
    cmap = sim.collision_map(setup, tolerance=0.02, workers=1)
    for at_mm, gantry in ((0.0, -90.0), (500.0, 90.0)):
        plane = cmap.at(slide=at_mm)
        every, others = plane.beams(spacing_deg=4), plane.beams(spacing_deg=4, not_through="strip", setup=setup)
        assert (abs(every["gantry_deg"] - gantry) < 3.0).any()
        assert (abs(others["gantry_deg"] - gantry) > 3.0).all()


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"not_through": "board"}, "not_through needs setup=, the set-up that the map is of"),
        ({"clearance_mm": 10.0}, "clearance_mm needs setup="),
        ({"not_through_cut_ends": True}, "not_through_cut_ends needs setup="),
        ({"not_through": "bord", "setup": post_room()}, "not_through: unknown name 'bord'; available: board, "),
        ({"clearance_mm": -1.0, "setup": post_room()}, "clearance_mm must be from 0 to 2000, was -1.0"),
        ({"clearance_mm": "far", "setup": post_room()}, "clearance_mm: must be a number, was 'far'"),
        (
            {"not_through": "board", "setup": post_room(buffers=sim.Buffers(patient_mm=0.0, couch_mm=5.0))},
            "differs in",
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(asked, message):
    with pytest.raises(sim.SimulatorError, match=message):
        mapped().beams(count=5, **asked)
