"""Two maps: what is gained and lost, on rooms with closed forms, on other grids, and what is not comparable."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import simulator as sim
from simulator.certify.arcs import Arcs
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.certify.cells import start_cells
from simulator.directions.chart import TwoAxisChart
from simulator.geometry.positions import rotation_top_patient
from simulator.maps.dataset import Findings, make_dataset
from simulator.setup.aiming import Aim

FULL_SPHERE = 4 * np.pi
TURN, HALF_SPHERE = (-180.0, 180.0), (-90.0, 90.0)
C_ARM = TwoAxisChart.of("gantry", "couch", (0.0, 0.0, -1.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
NOWHERE, NO_PAIR = np.empty(0), np.empty(0, dtype=np.int16)
NO_ARCS = Arcs(np.empty(0, dtype=int), NOWHERE, NOWHERE, NO_PAIR, NO_PAIR)


def made_up(
    blocked: dict[str, tuple[float, float]],
    *,
    gantry: tuple[float, float] = TURN,
    couch: tuple[float, float] = HALF_SPHERE,
    steps: tuple[float, float] = (5.0, 10.0),
    undecided: tuple[float, float] | None = None,
    sampled: bool = False,
    position: str = "HFS",
    chart: TwoAxisChart = C_ARM,
) -> sim.CollisionMap:
    """Return a map in which pairs block gantry intervals, whatever the couch angle."""
    sweep = sim.Sweep(**{chart.inner: (*gantry, steps[0]), chart.outer: (*couch, steps[1])})
    g, c = (axis.values() for axis in sweep)
    status = np.array([2 * ((first < g) & (g < last)) for first, last in blocked.values()], dtype=np.int8)
    low, high = start_cells([chart.inner_edges(*gantry), chart.outer_edges(*couch)])
    ends = np.unique([end for span in (*blocked.values(), undecided or ()) for end in span])
    for end in ends:  # cells are cut where something starts or stops
        cut = (low[:, 0] < end) & (end < high[:, 0])
        upper_low, lower_high = low[cut].copy(), high[cut].copy()
        upper_low[:, 0] = lower_high[:, 0] = end
        low = np.concatenate([low[~cut], low[cut], upper_low])
        high = np.concatenate([high[~cut], lower_high, high[cut]])
    cell_status = np.full(len(low), FREE, dtype=np.int8)
    middle = (low[:, 0] + high[:, 0]) / 2
    if undecided is not None:
        cell_status[(undecided[0] < middle) & (middle < undecided[1])] = UNDECIDED
    pair = np.where(cell_status == UNDECIDED, np.int16(0 if blocked else -1), np.int16(-1))
    for row, (first, last) in enumerate(blocked.values()):
        cell_status[(first < middle) & (middle < last)] = NOT_FREE
        pair[(first < middle) & (middle < last)] = row
    made_by = {"title": "Made up", "position": position, "pitch_deg": 0.0, "roll_deg": 0.0, "warnings": []}
    found = Findings(
        list(blocked),
        np.repeat(status.reshape(-1, len(g), 1), len(c), axis=2),
        None,
        np.empty((0, 2)),
        NO_ARCS,
        None if sampled else Cells(low, high, cell_status, pair),
    )
    attributes = {"name": "made_up", "provenance": json.dumps({**made_by, "grid": sweep.ranges()})}
    dataset = make_dataset(sweep, found, Aim(chart, np.eye(3)), rotation_top_patient(position), attributes)
    return sim.CollisionMap(dataset)


def band_sr(first: float, last: float, couch: tuple[float, float] = HALF_SPHERE) -> float:
    """Return the solid angle of a gantry interval on one side of 0."""
    cosines = np.cos(np.radians([first, last]))
    return float(abs(cosines[0] - cosines[1]) * np.radians(couch[1] - couch[0]))


@pytest.mark.parametrize("sampled", [False, True])
def test_bands_are_gained_and_lost_with_their_closed_form(sampled: bool) -> None:
    """Ends half-way between grid angles, so that sampled cells are exact, too."""
    first = made_up({"head – couch": (42.5, 77.5)}, sampled=sampled)
    second = made_up({"head – patient": (-77.5, -52.5)}, sampled=sampled)
    change = first.compare(second)
    gained, lost = band_sr(42.5, 77.5), band_sr(52.5, 77.5)
    assert change.gained.sr == pytest.approx(gained, abs=1e-9)
    assert change.lost.sr == pytest.approx(lost, abs=1e-9)
    assert change.difference.sr == pytest.approx(gained - lost, abs=1e-9)
    assert (change.gained_poses, change.lost_poses) == (7 * 19, 5 * 19)
    table = change.culprits.set_index("pair")
    assert table.loc["head – couch", "gained_sr"] == pytest.approx(gained, abs=1e-9)
    assert table.loc["head – patient", "lost_sr"] == pytest.approx(lost, abs=1e-9)
    assert table.loc["head – couch", "lost_sr"] == table.loc["head – patient", "gained_sr"] == 0.0
    assert change.gained.is_proven == change.difference.is_proven == (not sampled)
    for found in (change.gained, change.lost):
        assert found.lower_sr <= found.sr <= found.upper_sr
        assert (found.upper_sr - found.lower_sr < 2e-9) == (not sampled)


def test_bounds_say_what_undecided_cells_leave_open() -> None:
    """40 to 50 is open before, 40 to 60 is lost: what was open may have been free or not."""
    first, second = made_up({}, undecided=(40.0, 50.0)), made_up({"a – b": (40.0, 60.0)})
    change = first.compare(second)
    assert change.lost.lower_sr == pytest.approx(band_sr(50, 60), abs=1e-8)
    assert change.lost.upper_sr == pytest.approx(band_sr(40, 60), abs=1e-8)
    assert change.gained.upper_sr == 0.0
    assert change.difference.lower_sr == pytest.approx(-band_sr(40, 60), abs=1e-8)
    assert change.difference.upper_sr == pytest.approx(-band_sr(50, 60), abs=1e-8)
    assert change.difference.is_certain
    back = second.compare(first)
    assert (back.gained.lower_sr, back.gained.upper_sr) == (change.lost.lower_sr, change.lost.upper_sr)


def test_gains_and_losses_that_cancel_are_both_certain_and_their_difference_is_not() -> None:
    change = made_up({"a – b": (40.0, 60.0)}).compare(made_up({"a – b": (-60.0, -40.0)}))
    assert change.gained.lower_sr == pytest.approx(band_sr(40, 60), abs=1e-8)
    assert change.lost.lower_sr == pytest.approx(band_sr(40, 60), abs=1e-8)
    assert not change.difference.is_certain


@pytest.mark.parametrize(
    ("steps", "common"),
    [
        ((5.0, 10.0), 72 * 19),
        ((10.0, 10.0), 36 * 19),
        ((7.5, 10.0), 24 * 19),
        ((5.0, 90.0), 72 * 3),
        ((8, 12), 9 * 4),
    ],
)
def test_other_steps_are_compared_at_common_values(steps: tuple[float, float], common: int) -> None:
    first, second = made_up({"a – b": (32.0, 88.0)}), made_up({"a – b": (32.0, 88.0)}, steps=steps)
    change = first.compare(second)
    assert change.free_before.size == common
    assert (change.free_before == change.free_after).all()
    assert change.has_same_range
    assert change.before == first.solid_angle() and change.after == second.solid_angle()
    assert change.folded.solid_angle_sr()[2] == pytest.approx(FULL_SPHERE)


@pytest.mark.parametrize("phi", [30.0, 60.0, 90.0])
@pytest.mark.parametrize("sampled", [False, True])
def test_an_empty_room_is_compared_over_the_smaller_couch_range(empty_room, phi: float, sampled: bool) -> None:
    method = "sampled" if sampled else "certified"
    wide, narrow = (sim.collision_map(empty_room((-p, p), step=30.0), method=method) for p in (90.0, phi))
    for change in (wide.compare(narrow), narrow.compare(wide)):
        for side in (change.before, change.after):
            assert side.sr == pytest.approx(FULL_SPHERE * phi / 90.0, abs=1e-9)
        assert (change.gained_poses, change.lost_poses, len(change.culprits)) == (0, 0, 0)
        assert not change.difference.is_certain
        assert change.has_same_range == (phi == 90.0)


def test_a_full_turn_is_cut_open_wherever_the_other_map_starts() -> None:
    turned = made_up({"a – b": (40.0, 60.0)}, gantry=(-170.0, 190.0))
    change = made_up({"a – b": (40.0, 60.0)}).compare(turned)
    assert change.free_before.shape == (72, 19)
    assert change.has_same_range
    assert (change.gained_poses, change.lost_poses) == (0, 0)
    assert change.before.lower_sr == pytest.approx(change.after.lower_sr, abs=1e-9)
    assert change.gained.upper_sr == change.lost.upper_sr == 0.0


def test_an_arc_is_compared_with_that_part_of_a_full_turn() -> None:
    """An arc through 180, where the full turn has its seam; the couch keeps to one half."""
    arc = made_up({"a – b": (175.0, 195.0)}, gantry=(150.0, 210.0), couch=(0.0, 90.0))
    change = made_up({}).compare(arc)
    assert change.axes[0].values.tolist() == list(np.arange(150.0, 211.0, 5.0))
    area = 2 * band_sr(150.0, 180.0, (0.0, 90.0))
    assert change.before.lower_sr == pytest.approx(area, abs=1e-9)
    assert change.lost.lower_sr == pytest.approx(
        band_sr(175.0, 180.0, (0.0, 90.0)) + band_sr(165.0, 180.0, (0.0, 90.0)), abs=1e-8
    )


def test_brain_with_an_imager_out(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    """What the imager costs is lost, by pairs with it and by no others."""
    coarse = brain.sweep.with_steps(gantry=10.0, couch=15.0)
    deployed = replace(brain, machine=sim.Machine.load("c_arm", kv_detector="deployed"))
    after = sim.collision_map(deployed, sweep=coarse, method="sampled")
    change = brain_map.compare(after)
    assert change.lost.sr > 1.0 and change.gained.sr == 0.0 == change.gained_poses
    blamed = change.culprits[change.culprits["lost_sr"] > 0]["pair"]
    assert len(blamed) and all("kV detector" in pair for pair in blamed)
    back = after.compare(brain_map)
    assert (back.gained.sr, back.gained_poses) == (change.lost.sr, change.lost_poses)
    assert (back.gained.lower_sr, back.gained.upper_sr) == (change.lost.lower_sr, change.lost.upper_sr)
    assert not change.difference.is_proven  # one side was only sampled


def test_a_map_compared_with_itself_changes_nothing(brain_map: sim.CollisionMap) -> None:
    change = brain_map.compare(brain_map)
    assert (change.gained.sr, change.lost.sr, len(change.culprits)) == (0.0, 0.0, 0)
    assert change.before == change.after == brain_map.solid_angle()
    assert not change.difference.is_certain


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (made_up({}, couch=(0.0, 30.0)), "must have couch values in common, they have -90 to -30.* and 0 to 30"),
        (
            made_up({}, gantry=(-177.5, 182.5)),
            r"must have gantry values in common, they have -180 to 175° \(72 values",
        ),
        (
            made_up({}, chart=replace(C_ARM, inner="ring")),
            "must have the same axes and aim alike, they are over gantry .*, couch .*, and ring .*, couch",
        ),
        (made_up({}, chart=replace(C_ARM, alpha_deg=80.0)), "must have the same axes and aim alike"),
        (made_up({}, position="FFS"), "same patient position, pitch and roll, they have HFS with pitch 0.* and FFS"),
    ],
    ids=["couch", "gantry", "axes", "tilt", "position"],
)
def test_what_is_not_comparable(other: sim.CollisionMap, message: str) -> None:
    with pytest.raises(sim.SimulatorError, match=message):
        made_up({}, couch=(-90.0, -30.0)).compare(other)
