"""What can be reached from home: closed forms of rooms with walls, and FCL on a fine grid."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import label
from support.island_room import MARGIN_DEG, map_of, room, strip_sr
from support.sliding_plates import HALF_BAND_DEG, POST_SR, SPAN, plates
from support.sliding_plates import WHOLE_SR as WHOLE_SR_OF_PLATES

import simulator as sim
from simulator.maps.sealed import sealed
from simulator.models.motion import Between

WHOLE_SR = strip_sr(0, 180) * 2
BEFORE, BEHIND = 60 - MARGIN_DEG, 70 + MARGIN_DEG
"""Where the needle touches a wall from 60 to 70°."""


def holds(omega: sim.SolidAngle, expected_sr: float) -> bool:
    """Whether bounds hold a number, to the rounding of the corners of the wedges."""
    return omega.lower_sr - 1e-9 <= expected_sr <= omega.upper_sr + 1e-9


def test_without_a_wall_all_that_is_free_is_reachable() -> None:
    cmap = map_of(room((60.0, 70.0)))
    omega, reachable = cmap.solid_angle(), cmap.reachable()
    beyond = strip_sr(70 + MARGIN_DEG, 180)
    assert holds(omega, WHOLE_SR - strip_sr(60 - MARGIN_DEG, 70 + MARGIN_DEG))
    # The gantry ends at ±185: it does not go on through 180.
    assert holds(reachable.solid_angle, strip_sr(0, 180) + strip_sr(0, 60 - MARGIN_DEG))
    assert reachable.solid_angle.is_proven and reachable.is_home_free
    assert reachable.home == {"gantry": 0.0, "couch": 0.0}
    (island,) = reachable.islands
    assert island.lower_sr - 1e-9 <= beyond <= island.upper_sr + 1e-9
    assert island.upper_sr - island.lower_sr < 0.004 * np.pi
    assert island.ranges["gantry"] == pytest.approx((70 + MARGIN_DEG, 180.0), abs=0.3)
    assert island.ranges["couch"] == (-30.0, 30.0)
    assert island.pairs == ("wall 0 – needle",)
    assert "wall 0 – needle" in island.stated() and "gantry 7" in island.stated()


def test_a_gantry_without_end_goes_round() -> None:
    cmap = map_of(room((60.0, 70.0), limits=None))
    reachable = cmap.reachable()
    assert reachable.solid_angle == cmap.solid_angle()
    assert reachable.islands == ()


def test_an_island_through_180_is_told_as_one_range() -> None:
    (island,) = map_of(room((60.0, 70.0), (-100.0, -90.0), limits=None)).reachable().islands
    assert island.ranges["gantry"] == pytest.approx((70 + MARGIN_DEG, 260 - MARGIN_DEG), abs=0.3)
    expected = strip_sr(70 + MARGIN_DEG, 180) + strip_sr(-180, -100 - MARGIN_DEG)
    assert island.lower_sr - 1e-9 <= expected <= island.upper_sr + 1e-9
    assert set(island.pairs) == {"wall 0 – needle", "wall 1 – needle"}


def test_islands_are_told_with_the_largest_first() -> None:
    found = map_of(room((60.0, 70.0), (140.0, 150.0), (-100.0, -90.0))).reachable().islands
    starts = [round(island.ranges["gantry"][0], -1) for island in found]
    assert starts == [-180.0, 70.0, 150.0] or starts == [70.0, -180.0, 150.0]
    assert [one.upper_sr for one in found] == sorted((one.upper_sr for one in found), reverse=True)


def test_a_door_beside_couch_0_leads_through() -> None:
    """The same wedge hangs on the couch: where that turns it out of the plane, there is a way."""
    shut, open_ = (map_of(room(doors=[(60.0, 70.0)], couch_deg=(-c, c, 1.0))) for c in (2.0, 30.0))
    (island,) = shut.reachable().islands
    assert island.pairs == ("needle – door 0",)
    assert open_.reachable().solid_angle == open_.solid_angle()
    assert open_.reachable().islands == ()


def test_a_direction_with_one_of_two_poses_reachable_is_reachable() -> None:
    """Couch ±180 has each direction twice: what is behind the wall is also before it, at the other couch angle."""
    cmap = map_of(room((60.0, 70.0), couch_deg=(-180.0, 180.0, 30.0)), tolerance=0.005)
    omega, reachable = cmap.solid_angle(), cmap.reachable()
    assert holds(omega, 4 * np.pi) and holds(reachable.solid_angle, 4 * np.pi)
    assert reachable.islands == ()
    assert not cmap.is_reachable(120.0, 0.0) and cmap.is_reachable(-120.0, 180.0)


def test_home_in_a_blocked_cell_reaches_nothing() -> None:
    reachable = map_of(room((-5.0, 5.0))).reachable()
    assert not reachable.is_home_free
    assert (reachable.solid_angle.lower_sr, reachable.solid_angle.upper_sr) == (0.0, 0.0)
    assert "not free" in reachable.note
    assert len(reachable.islands) == 2
    assert not map_of(room((-5.0, 5.0))).is_reachable(90.0, 0.0)


def test_home_that_is_not_proven_free_has_an_upper_bound_only() -> None:
    """Half a thousandth of a degree from the wall nothing is decided."""
    at = 60.0 - MARGIN_DEG - 5e-4
    reachable = map_of(room((60.0, 70.0), home=(at, 0.0)), tolerance=0.05).reachable()
    assert not reachable.is_home_free and reachable.solid_angle.lower_sr == 0.0
    assert reachable.solid_angle.upper_sr >= strip_sr(0, 180) + strip_sr(0, 60 - MARGIN_DEG)
    assert "not proven free" in reachable.note


def test_home_elsewhere_makes_another_island() -> None:
    cmap = map_of(room((60.0, 70.0), home=(120.0, 10.0)))
    assert holds(cmap.reachable().solid_angle, strip_sr(70 + MARGIN_DEG, 180))
    assert cmap.is_reachable([120.0, 0.0], 0.0).tolist() == [True, False]


def test_poses_are_asked_on_any_turn_and_an_end_is_not_the_other() -> None:
    cmap = map_of(room((60.0, 70.0)))
    assert cmap.is_reachable([-90.0, 270.0, -180.0, 180.0, 65.0], 0.0).tolist() == [True, True, True, False, False]
    assert cmap.is_reachable(np.zeros((2, 3)), np.zeros(3)).shape == (2, 3)


@pytest.mark.parametrize("limits", [(-185.0, 185.0), None])
def test_bounds_hold_what_fcl_connects_on_a_fine_grid(limits) -> None:
    """Walls, and doors between them, of several steps: so a grid of 3° by 2° says what is connected."""
    setup = room((60.0, 72.0), (-150.0, -138.0), doors=[(-60.0, -48.0), (110.0, 122.0)], limits=limits)
    cmap = map_of(setup, tolerance=0.005)
    gantry, couch = np.arange(-180.0, 181.0, 3.0), np.arange(-30.0, 31.0, 2.0)
    poses = np.stack([each.ravel() for each in np.meshgrid(gantry, couch, indexing="ij")], axis=1)
    is_free = (setup.checker.pair_status(poses).max(axis=0) == 0).reshape(len(gantry), len(couch))
    labels, _ = label(is_free)
    if limits is None:
        labels[labels == labels[-1, 15]] = labels[0, 15]
    brute = is_free & (labels == labels[60, 15])
    assert 0 < brute.sum() < is_free.sum()
    found = cmap.is_reachable(*(each.reshape(brute.shape) for each in poses.T))
    assert not (found & ~brute).any()
    assert (brute & ~found).sum() < 0.05 * brute.sum()  # poses within undecided cells
    cells = cmap.connected.cells.only(cmap.connected.may_be_reachable)
    held = ((poses[:, None] >= cells.low) & (poses[:, None] <= cells.high)).all(axis=2).any(axis=1)
    assert held.reshape(brute.shape)[brute].all()


def with_slide(over: str | None) -> sim.Setup:
    """Plates on a slide: at 0 one is in the way about gantry 90, at its end the other about -90; a post, at 180."""
    setup = plates(over)
    between = Between({"gantry": 0.0, "couch": 0.0}, "together", "test")
    return replace(setup, machine=replace(setup.machine, between=between))


B = np.radians(HALF_BAND_DEG)
BEYOND_SR = SPAN * (np.cos(B) - np.sin(B))
"""Between a plate and the post."""


@pytest.mark.parametrize(
    ("over", "expected_sr", "islands"),
    [
        ("any", WHOLE_SR_OF_PLATES - POST_SR, 0),  # the slide lets the gantry pass on either side
        ("all", 2 * SPAN * (1 - np.sin(B)), 2),
        (None, SPAN * (2 - np.sin(B) + np.cos(B)), 1),  # the slide stands at 0
    ],
)
@pytest.mark.parametrize("method", ["certified", "sampled"])
def test_a_further_axis_leads_past_what_is_in_the_way(over, expected_sr, islands, method) -> None:
    cmap = map_of(with_slide(over), tolerance=0.01, method=method)
    reachable = cmap.reachable()
    omega = reachable.solid_angle
    assert omega.is_proven == (method == "certified") and reachable.is_home_free
    assert omega.lower_sr <= expected_sr <= omega.upper_sr
    assert reachable.home == {"gantry": 0.0, "couch": 0.0, **({"slide": 0.0} if over == "any" else {})}
    if method == "certified":
        assert len(reachable.islands) == islands
        for island in reachable.islands:
            assert island.lower_sr <= BEYOND_SR <= island.upper_sr
        assert bool(cmap.is_reachable(135.0, 0.0)) == (over == "any")
        assert bool(cmap.is_reachable(-135.0, 0.0)) == (over != "all")
        assert cmap.fine_cut_off.shape == cmap.fine.status.shape and cmap.fine_cut_off.any() == bool(islands)


def test_a_plane_that_may_use_any_value_does_not_tell_ways() -> None:
    """What is free beside each other may be so at values between which the slide cannot move."""
    cmap = map_of(with_slide("any"), tolerance=0.02)
    assert "reduced to two axes" in cmap.reduced.reachable().note
    each = map_of(with_slide("each"), tolerance=0.02)
    with pytest.raises(sim.SimulatorError, match="has a result for each value"):
        each.reachable()
    assert each.at(slide=0.0).reachable().home == {"gantry": 0.0, "couch": 0.0}


def test_a_sampled_map_connects_its_poses_and_proves_nothing() -> None:
    setup = room((60.0, 70.0), sweep=sim.Sweep(gantry=(-180.0, 180.0, 1.0), couch=(-30.0, 30.0, 2.0)))
    cmap = map_of(setup, method="sampled", tolerance=0.002)
    reachable = cmap.reachable()
    expected = strip_sr(0, 180) + strip_sr(0, 60 - MARGIN_DEG)
    assert not reachable.solid_angle.is_proven and reachable.is_home_free
    assert reachable.solid_angle.lower_sr < expected < reachable.solid_angle.upper_sr
    assert reachable.solid_angle.sr == pytest.approx(expected, abs=strip_sr(58, 60))
    endless = map_of(replace(setup, machine=room((60.0, 70.0), limits=None).machine), method="sampled")
    assert endless.reachable().solid_angle == endless.solid_angle()
    with pytest.raises(sim.SimulatorError, match="only sampled"):
        cmap.is_reachable(0.0, 0.0)


def test_what_is_not_known_is_said() -> None:
    silent = map_of(room((60.0, 70.0), home=None), tolerance=0.01)
    assert silent.reachable().solid_angle is None and "[delivery]" in silent.reachable().note
    with pytest.raises(sim.SimulatorError, match=r"not told.*\[delivery\]"):
        silent.is_reachable(0.0, 0.0)
    made_by = dict(silent.provenance)
    del made_by["home"], made_by["without_limits"]
    older = sim.CollisionMap(sealed(silent.dataset.assign_attrs(provenance=json.dumps(made_by))))
    assert "before maps held" in older.reachable().stated()
    part = sim.Sweep(gantry=(10.0, 50.0, 10.0), couch=(-30.0, 30.0, 10.0))
    outside = map_of(room((60.0, 70.0)), sweep=part, tolerance=0.01).reachable()
    assert outside.solid_angle is None and "gantry 0°" in outside.note and "range of the sweep" in outside.note


def test_it_comes_back_from_the_file(tmp_path) -> None:
    cmap = map_of(room((60.0, 70.0)), tolerance=0.01)
    cmap.save(tmp_path / "map.nc")
    again = sim.CollisionMap.load(tmp_path / "map.nc").reachable()
    assert again == cmap.reachable() and again.stated() == cmap.reachable().stated()


def everything(_self, which, **_):
    """A defect: cells are joined across those that are not free."""
    return which, np.where(which, 0, -1)


def nearest(self, pose):
    """A defect: a home that no cell holds is taken to be in the nearest one."""
    middle = (self.cells.low + self.cells.high) / 2
    return np.array([np.abs(middle - np.asarray(pose)).sum(axis=1).argmin()])


@pytest.mark.parametrize(
    ("target", "defect", "setup", "expected_sr"),
    [
        (
            "maps.connected.ConnectedCells._with_home",
            everything,
            {},
            strip_sr(0, 180) + strip_sr(0, BEFORE),
        ),
        (
            "certify.cell_graph._ends",
            lambda *_: None,
            {"limits": None},
            WHOLE_SR - strip_sr(BEFORE, BEHIND),
        ),
        ("certify.cell_graph.CellGraph.cell_of", nearest, {"home": (65.0, 0.0)}, 0.0),
    ],
    ids=["joined across a strip", "without the end of a turn", "home in a blocked cell"],
)
def test_a_planted_defect_is_found(monkeypatch, target, defect, setup, expected_sr) -> None:
    """Each closed form holds as it is, and is out of the bounds with the defect."""
    cmap = map_of(room((60.0, 70.0), **setup), tolerance=0.005)
    assert holds(cmap.reachable().solid_angle, expected_sr)
    monkeypatch.setattr(f"simulator.{target}", defect)
    assert not holds(sim.CollisionMap(cmap.dataset).reachable().solid_angle, expected_sr)
