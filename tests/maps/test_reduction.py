"""Sweeps of more than two axes: what any, all or each of the further values allow, in closed form and against FCL."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from support.sliding_plates import (
    BAND_SR,
    COUCH,
    GANTRY,
    MIDDLE_MM,
    POST_SR,
    SPAN,
    TRAVEL_MM,
    WHOLE_SR,
    plates,
    slide,
)

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.collision.checker import Checker
from simulator.maps.reduction import left_open
from simulator.regression.baselines import Baseline
from simulator.regression.changes import changes

FULL_SPHERE_SR = 4 * np.pi
TOLERANCE = 0.01
CLOSED_FORMS_SR = {"any": WHOLE_SR - POST_SR, "all": WHOLE_SR - POST_SR - 2 * BAND_SR}
ALONE = sim.Sweep(gantry=GANTRY, couch=COUCH)


@cache
def mapped(over: str, *, fin: bool = False, method: str = "certified") -> sim.CollisionMap:
    return sim.collision_map(plates(over, fin=fin), tolerance=TOLERANCE, method=method, workers=1)


def is_free(inner: np.ndarray, outer: np.ndarray, slides: np.ndarray) -> np.ndarray:
    """Return what FCL says at poses (n,) of the plane for each value (m,) of the slide, shape (m, n)."""
    checker = Checker(plates(fin=True).scene.scanning(("gantry", "couch", "slide")))
    found = [checker.pair_status(np.column_stack([inner, outer, np.full(len(inner), at)])) for at in slides]
    return np.stack([statuses.max(axis=0) == sim.Status.FREE for statuses in found])


@pytest.mark.parametrize("over", CLOSED_FORMS_SR)
def test_the_solid_angle_is_that_of_the_closed_form(over: str) -> None:
    omega = mapped(over).solid_angle()
    assert omega.is_proven
    assert omega.lower_sr <= CLOSED_FORMS_SR[over] <= omega.upper_sr
    assert omega.upper_sr - omega.lower_sr <= TOLERANCE * FULL_SPHERE_SR
    assert mapped(over).reduced.solid_angle() == omega


@pytest.mark.parametrize(("over", "judged"), [("any", np.any), ("all", np.all)])
def test_a_pose_is_free_if_any_or_all_of_its_values_are(over: str, judged) -> None:
    cmap = mapped(over, fin=True, method="sampled")
    assert cmap.status.shape == (3, 36, 3)
    free = is_free(*ALONE.poses().T, np.array([0.0, MIDDLE_MM, TRAVEL_MM])).reshape(cmap.status.shape)
    np.testing.assert_array_equal(cmap.is_free, free)
    assert cmap.reduced.sweep == ALONE
    np.testing.assert_array_equal(cmap.reduced.is_free, judged(free, axis=0))
    assert free.any(axis=0).sum() > free.all(axis=0).sum()
    status, culprit = (cmap.reduced.dataset[name].values for name in ("status", "culprit"))
    blocking = cmap.reduced.dataset["pair_status"].values
    np.testing.assert_array_equal(blocking.max(axis=0), status)
    for row, column in np.argwhere(status > 0):
        assert blocking[culprit[row, column], row, column] == status[row, column]


@pytest.mark.parametrize("over", CLOSED_FORMS_SR)
def test_what_cells_leave_open_is_what_the_plane_does(over: str) -> None:
    """Each direction once, in equal parts for all cells over it; nothing where others decide."""
    cmap = mapped(over, fin=True)
    cells, columns = cmap.cells, [cmap.sweep.joints.index(joint) for joint in ("gantry", "couch")]
    waits = cells.status == UNDECIDED
    found = left_open(columns, over, cmap.chart, cells.only(~waits), cells.low[waits], cells.high[waits])
    plane = cmap.reduced.cells
    open_ = plane.only(plane.status == UNDECIDED)
    assert found.sum() == pytest.approx(cmap.chart.area_sr(open_.low, open_.high).sum(), rel=1e-9)
    assert found.sum() <= TOLERANCE * FULL_SPHERE_SR
    assert (found == 0.0).any() and (found > 0.0).any()


def test_beams_say_the_least_value_that_is_free() -> None:
    cmap = mapped("any", fin=True, method="sampled")
    beams = cmap.beams()
    found = is_free(
        beams["gantry_deg"].to_numpy(), beams["couch_deg"].to_numpy(), np.array([0.0, MIDDLE_MM, TRAVEL_MM])
    )
    least = np.array([0.0, MIDDLE_MM, TRAVEL_MM])[found.argmax(axis=0)]
    np.testing.assert_array_equal(beams["least_slide_mm"], least)
    assert len(np.unique(least)) > 1
    assert "least_slide_mm" not in mapped("all", fin=True, method="sampled").beams()


@pytest.mark.parametrize(("over", "judged"), [("any", np.any), ("all", np.all)])
def test_no_cell_contradicts_fcl(over: str, judged) -> None:
    """Cells of the sweep at poses in them, and cells of the reduced map against all values by 12.5 mm."""
    cmap = mapped(over, fin=True)
    cells, rng = cmap.cells, np.random.default_rng(9)
    which = np.flatnonzero((cells.status == FREE) | (cells.status == NOT_FREE))
    which = rng.choice(which, 3000)
    inside = cells.low[which] + rng.random((len(which), 3)) * (cells.high - cells.low)[which]
    free = (plates(over, fin=True).checker.pair_status(inside) == sim.Status.FREE).all(axis=0)
    np.testing.assert_array_equal(free, cells.status[which] == FREE)
    plane = cmap.reduced.cells
    which = rng.choice(np.flatnonzero((plane.status == FREE) | (plane.status == NOT_FREE)), 1500)
    inside = plane.low[which] + rng.random((len(which), 2)) * (plane.high - plane.low)[which]
    free = judged(is_free(*inside.T, np.linspace(0.0, TRAVEL_MM, 41)), axis=0)
    np.testing.assert_array_equal(free, plane.status[which] == FREE)
    assert 0.02 < free.mean() < 0.999


@pytest.mark.parametrize(("over", "judged"), [("any", np.any), ("all", np.all)])
def test_proven_bounds_hold_what_fine_samples_find(over: str, judged) -> None:
    sweep = sim.Sweep(gantry=(-179.5, 179.5, 1.0), couch=(-14.5, 14.5, 1.0))
    free = judged(is_free(*sweep.poses().T, np.linspace(0.0, TRAVEL_MM, 6)), axis=0)
    middle = np.radians(sweep.poses()[:, 0])
    weights = 2.0 * np.sin(np.radians(0.5)) * np.abs(np.sin(middle)) * np.radians(1.0)
    assert weights.sum() == pytest.approx(WHOLE_SR)
    omega, found = mapped(over, fin=True).solid_angle(), weights[free].sum()
    slack = 4 * np.radians(0.5) * SPAN  # of samples: half a step at each of the edges
    assert omega.lower_sr - slack <= found <= omega.upper_sr + slack
    assert CLOSED_FORMS_SR[over] - found > slack  # the fin's part is more than that


def test_each_value_has_the_map_that_it_has_alone() -> None:
    cmap = mapped("each", fin=True)
    for at in (0.0, MIDDLE_MM, TRAVEL_MM):
        alone = sim.collision_map(plates(rest_mm=at, fin=True), tolerance=TOLERANCE, workers=1)
        chosen = cmap.at(slide=at)
        assert chosen.sweep == alone.sweep == ALONE
        assert chosen.status.tobytes() == alone.status.tobytes()
        assert chosen.provenance["at"] == {"slide_mm": at}
        found, expected = chosen.solid_angle(), alone.solid_angle()
        assert found.is_proven and found.lower_sr <= expected.upper_sr and expected.lower_sr <= found.upper_sr
        assert found.upper_sr - found.lower_sr <= TOLERANCE * FULL_SPHERE_SR
        ours, theirs = (one.arcs()[["couch_deg", "start_deg", "stop_deg"]] for one in (chosen, alone))
        np.testing.assert_allclose(ours, theirs, atol=0.01)
        assert set(chosen.pair_costs().query("blocks_sr > 0")["pair"]) == set(alone.pairs)


def test_values_are_chosen_of_axes_that_have_results_for_each_and_of_no_others() -> None:
    cmap = mapped("each", fin=True)
    for refused in (cmap.solid_angle, cmap.beams, cmap.pair_costs, lambda: cmap.fine):
        with pytest.raises(sim.SimulatorError, match=r"slide has a result for each .* cmap\.at\(slide=\.\.\.\)"):
            refused()
    with pytest.raises(sim.SimulatorError, match="slide must be one of 0, 250, 500 mm, was 100"):
        cmap.at(slide=100.0)
    with pytest.raises(sim.SimulatorError, match="gantry must be an axis with a result for each value"):
        cmap.at(gantry=0.0)
    with pytest.raises(sim.SimulatorError, match=r"slide must be an axis with .*, counts over any"):
        mapped("any").at(slide=0.0)


def test_any_of_one_and_all_of_another_is_refused() -> None:
    further = sim.Axis(joint="table_vertical", start=-1.0, stop=1.0, step=1.0, unit="mm", over="all")
    sweep = sim.Sweep(slide("any"), further, gantry=(-180.0, 180.0, 90.0), couch=(-90.0, 90.0, 90.0))
    cmap = sim.collision_map(plates(), sweep=sweep, method="sampled", workers=1)
    assert cmap.status.shape == (3, 3, 4, 3)
    with pytest.raises(sim.SimulatorError, match="must all count over any, or all over all values, has both"):
        cmap.solid_angle()


@pytest.mark.parametrize("over", ["any", "all"])
def test_two_further_axes_are_judged_together(over: str) -> None:
    """The couch goes up and down under the head, so that the fin is in the way at other gantry angles."""
    up = sim.Axis(joint="table_vertical", start=-150.0, stop=150.0, step=150.0, unit="mm", over=over)
    sweep = sim.Sweep(up, gantry=GANTRY, couch=COUCH)
    sweep = sim.Sweep(*sweep, slide(over))
    cmap = sim.collision_map(plates(fin=True), sweep=sweep, tolerance=0.05, workers=1)
    assert cmap.dataset["status"].dims == ("table_vertical", "gantry", "couch", "slide")
    free = cmap.is_free.any(axis=(0, 3)) if over == "any" else cmap.is_free.all(axis=(0, 3))
    np.testing.assert_array_equal(cmap.reduced.is_free, free)
    omega = cmap.solid_angle()
    assert omega.lower_sr <= CLOSED_FORMS_SR[over] and omega.is_proven
    assert cmap.sampled_solid_angle().lower_sr <= omega.upper_sr


@pytest.mark.parametrize("over", ["any", "all"])
def test_the_order_of_the_axes_changes_no_answer(over: str) -> None:
    first = mapped(over, fin=True)
    couch, gantry = sim.Sweep(couch=COUCH, gantry=GANTRY)
    other = sim.collision_map(
        plates(fin=True), sweep=sim.Sweep(couch, slide(over), gantry), tolerance=TOLERANCE, workers=1
    )
    assert other.dataset["status"].dims == ("couch", "slide", "gantry")
    np.testing.assert_array_equal(other.status, first.status.transpose(2, 0, 1))
    assert other.reduced.sweep == first.reduced.sweep
    np.testing.assert_array_equal(other.reduced.status, first.reduced.status)
    ours, theirs = first.solid_angle(), other.solid_angle()
    assert (ours.lower_sr, ours.upper_sr) == pytest.approx((theirs.lower_sr, theirs.upper_sr), abs=1e-9)


def test_a_sweep_of_one_axis_is_a_map_without_an_area(tmp_path: Path) -> None:
    sweep = sim.Sweep(gantry=GANTRY)
    cmap = sim.collision_map(plates(), sweep=sweep, workers=1)
    assert cmap.status.shape == (36,)
    cmap.save(tmp_path / "map.nc")
    loaded = sim.CollisionMap.load(tmp_path / "map.nc")
    arcs = loaded.arcs()
    assert list(arcs) == ["start_deg", "stop_deg", "start_culprit", "stop_culprit"]
    assert {*arcs["start_culprit"], *arcs["stop_culprit"]} == {"right plate – head", "post – head"}
    assert loaded.cells is not None and loaded.sweep == sweep
    assert not loaded.has_area and loaded.solid_angle().sr == 0.0
    for refused in ("chart", "fine"):
        with pytest.raises(
            sim.SimulatorError, match=r"two axes that turn the beam, it is over Sweep\(gantry -180 to"
        ):
            getattr(loaded, refused)


def test_a_slide_alone_has_arcs_in_mm() -> None:
    """At gantry 90 the head's back is reached by the plate until it has gone 400 mm: from 600 to 1000."""
    machine = plates()
    stands = sim.Axis(joint="gantry", start=90.0, stop=90.0, step=1.0)
    cmap = sim.collision_map(machine, sweep=sim.Sweep(slide("each"), stands), workers=1)
    assert cmap.status.ravel().tolist() == [2, 2, 0]
    (arc,) = cmap.arcs().itertuples()
    assert (arc.gantry_deg, arc.stop_mm, arc.start_culprit) == (90.0, TRAVEL_MM, "right plate – head")
    assert arc.start_mm == pytest.approx(400.0, abs=0.011)


@pytest.mark.parametrize("over", ["any", "all", "each"])
def test_it_is_the_same_after_saving(over: str, tmp_path: Path) -> None:
    cmap = mapped(over, fin=True)
    cmap.save(tmp_path / "map.nc")
    loaded = sim.CollisionMap.load(tmp_path / "map.nc")
    assert loaded.sweep == cmap.sweep and loaded.chart == cmap.chart
    plane = loaded.at(slide=0.0) if over == "each" else loaded.reduced
    same = cmap.at(slide=0.0) if over == "each" else cmap.reduced
    assert plane.solid_angle() == same.solid_angle()
    plane.save(tmp_path / "plane.nc")
    again = sim.CollisionMap.load(tmp_path / "plane.nc")
    assert again.solid_angle() == same.solid_angle()
    assert again.pair_costs().equals(same.pair_costs()) and again.beams().equals(same.beams())


def test_what_any_value_gains_over_all_of_them_is_what_the_plates_cost() -> None:
    change = mapped("all").compare(mapped("any"))
    assert change.gained.is_proven
    assert change.gained.lower_sr <= 2 * BAND_SR <= change.gained.upper_sr
    assert change.lost.upper_sr <= TOLERANCE * FULL_SPHERE_SR and change.lost_poses == 0
    # Of the poses by 10° three are in each of the bands.
    assert change.gained_poses == 2 * 3 * 3
    blamed = change.culprits.query("gained_sr > 0")["pair"]
    assert set(blamed) == {"right plate – head", "left plate – head"}


def test_a_baseline_holds_all_axes_and_tells_what_moved(tmp_path: Path) -> None:
    before, after = mapped("any"), mapped("any", fin=True)
    Baseline.of(before).save(tmp_path / "plates.nc")
    baseline = Baseline.load(tmp_path / "plates.nc", before.dataset.attrs["name"])
    assert baseline.sweep == before.sweep
    assert not changes(baseline, before, 0.0).has_moved
    found = changes(baseline, after, 0.02)
    assert found.culprits_new == ("head – fin",)
    assert {*found.segments[0].at} == {"slide", "couch"} and not found.segments[0].is_freed
