"""The map: its dataset, beams, costs, files, and that nothing depends on how it was computed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import simulator as sim
from simulator.maps.look_up import OUT_OF_RANGE, look_up
from simulator.maps.pool import evaluate


def test_the_map_says_what_the_checker_says_of_each_pose(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    for gantry, couch in [(0, 0), (90, 45), (60, 15), (-120, -30), (180 - 360, 90), (35, 85)]:
        check = brain.check(gantry=gantry, couch=couch)
        cell = brain_map.dataset.sel(gantry=gantry, couch=couch)
        assert int(cell["status"]) == check.status
        culprit = int(cell["culprit"])
        assert (brain_map.pairs[culprit] if culprit >= 0 else None) == (check.culprits[0] if check.culprits else None)


def test_a_sweep_in_the_other_order_is_the_same_map_transposed(brain: sim.Setup) -> None:
    gantry, couch = brain.sweep.with_steps(gantry=20.0, couch=30.0)
    first, other = (
        sim.collision_map(brain, sweep=sim.Sweep(*axes), tolerance=0.02)
        for axes in ((gantry, couch), (couch, gantry))
    )
    assert other.dataset["status"].dims == ("couch", "gantry") == other.sweep.joints
    for name in ("status", "culprit", "pair_status"):
        xr.testing.assert_equal(other.dataset[name], first.dataset[name].transpose(..., "couch", "gantry"))
    bounds = [(omega.lower_sr, omega.upper_sr) for omega in (first.solid_angle(), other.solid_angle())]
    assert bounds[1] == pytest.approx(bounds[0], abs=1e-9)
    assert other.arcs().equals(first.arcs())
    assert other.reduced.sweep == first.sweep and other.beams().equals(first.beams())
    assert other.pair_costs().equals(first.pair_costs())
    np.testing.assert_array_equal(other.fine.status, first.fine.status)
    change, none = first.compare(other), first.compare(first)
    assert (change.gained_poses, change.lost_poses, len(change.culprits)) == (0, 0, 0)
    for ours, theirs in ((change.gained, none.gained), (change.lost, none.lost)):
        assert (ours.sr, ours.lower_sr, ours.upper_sr) == pytest.approx((theirs.sr, 0.0, theirs.upper_sr), abs=1e-9)


def test_the_dataset_is_one_that_a_user_can_read(brain_map: sim.CollisionMap) -> None:
    data = brain_map.dataset
    assert data["status"].dims == ("gantry", "couch")
    assert data["gantry"].attrs["units"] == "degree"
    assert data["gantry"].values[[0, -1]].tolist() == [-180.0, 175.0]
    assert data["couch"].values[[0, -1]].tolist() == [-90.0, 90.0]
    assert (data["pair_status"].max("pair") == data["status"]).all()


def test_beams_weigh_what_the_solid_angle_is(brain_map: sim.CollisionMap) -> None:
    beams = brain_map.beams()
    assert len(beams) == brain_map.is_free.sum()
    assert beams["weight_sr"].sum() == pytest.approx(brain_map.solid_angle().sr, abs=1e-9)
    closed_form = np.stack(
        [
            np.sin(np.radians(beams.gantry_deg)) * np.cos(np.radians(beams.couch_deg)),
            -np.cos(np.radians(beams.gantry_deg)),
            -np.sin(np.radians(beams.gantry_deg)) * np.sin(np.radians(beams.couch_deg)),
        ],
        axis=1,
    )
    np.testing.assert_allclose(beams[["patient_x", "patient_y", "patient_z"]], closed_form, atol=1e-12)


def test_beams_that_share_a_direction_share_its_weight(empty_room) -> None:
    cmap = sim.collision_map(empty_room((-180.0, 180.0), step=15.0))
    assert cmap.beams()["weight_sr"].sum() == pytest.approx(4 * np.pi, abs=1e-9)


def test_beams_of_a_tilted_table_are_those_of_the_kinematic_chain(brain: sim.Setup) -> None:
    tilted = replace(brain, pitch_deg=3.0, roll_deg=-2.0, sweep=brain.sweep.with_steps(gantry=30.0, couch=30.0))
    beams = sim.collision_map(tilted).beams()
    for frame, of_pose in (("top", tilted.directions_top), ("patient", tilted.directions_patient)):
        expected = [of_pose(gantry=beam.gantry_deg, couch=beam.couch_deg) for beam in beams.itertuples()]
        np.testing.assert_allclose(beams[[f"{frame}_{axis}" for axis in "xyz"]], expected, atol=1e-12)


def test_a_pair_that_alone_blocks_something_frees_it_when_excused(
    brain: sim.Setup, brain_map: sim.CollisionMap
) -> None:
    costs = brain_map.pair_costs().set_index("pair")
    name = costs["alone_sr"].idxmax()
    assert costs.loc[name, "alone_sr"] > 0.01
    statuses = evaluate(brain.checker, brain_map.sweep.poses())
    others = [row for row, pair in enumerate(brain.scene.pairs) if pair.name != name]
    free = (statuses[others] == 0).all(axis=0).reshape(brain_map.sweep.shape)
    gained = float(brain_map.folded(free).solid_angle_sr()) - brain_map.solid_angle().sr
    assert costs.loc[name, "alone_sr"] == pytest.approx(gained, abs=1e-9)
    assert (costs["alone_sr"] <= costs["blocks_sr"] + 1e-12).all()


def test_same_bytes_for_any_number_of_workers(brain: sim.Setup, tmp_path: Path) -> None:
    sweep = brain.sweep.with_steps(gantry=3.0, couch=3.0)
    files = []
    for workers in (1, 2, 3):
        path = tmp_path / f"{workers}.nc"
        sim.collision_map(brain, sweep=sweep, workers=workers).save(path)
        files.append(path.read_bytes())
    assert files[0] == files[1] == files[2]


def test_saved_maps_are_read_back_here_and_by_xarray(brain_map: sim.CollisionMap, tmp_path: Path) -> None:
    path = tmp_path / "brain.nc"
    brain_map.save(path)
    again = sim.CollisionMap.load(path)
    assert again.solid_angle() == brain_map.solid_angle()
    assert again.pairs == brain_map.pairs
    assert again.arcs().equals(brain_map.arcs())
    assert again.pair_costs().equals(brain_map.pair_costs())
    with xr.open_dataset(path) as data:
        assert data["status"].shape == (72, 37)


def test_a_map_without_any_culprit_can_be_saved(empty_room, tmp_path: Path) -> None:
    path = tmp_path / "empty.nc"
    sim.collision_map(empty_room((-90.0, 90.0), step=30.0)).save(path)
    assert sim.CollisionMap.load(path).solid_angle().sr == pytest.approx(4 * np.pi)


@pytest.mark.parametrize("content", [b"", b"CDF\x02", b"not a map at all", None])
def test_damaged_maps_are_refused_with_one_message(
    brain_map: sim.CollisionMap, tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "map.nc"
    brain_map.save(path)
    path.write_bytes(path.read_bytes()[:5000] if content is None else content)
    with pytest.raises(sim.SimulatorError, match=r"map\.nc"):
        sim.CollisionMap.load(path)


def test_another_netcdf_file_is_no_map(tmp_path: Path) -> None:
    path = tmp_path / "other.nc"
    xr.Dataset({"x": ("y", [1.0])}).to_netcdf(path, engine="scipy")
    with pytest.raises(sim.SimulatorError, match="format must be"):
        sim.CollisionMap.load(path)


def test_provenance_is_enough_to_make_it_again(brain: sim.Setup, brain_map: sim.CollisionMap) -> None:
    made_by = brain_map.provenance
    assert json.loads(json.dumps(made_by)) == made_by
    assert made_by["meshes_sha256"]["head cover"] == next(
        part.mesh.sha256 for part in brain.machine.parts if part.name == "head cover"
    )
    assert made_by["buffers"] == {"patient_mm": 30.0, "couch_mm": 20.0}
    assert made_by["models"]["machine"]["options"]["imagers"] == "retracted"
    assert {"python", "numpy", "python-fcl"} <= set(made_by["versions"])


def test_clearances_are_measured_where_asked_for(brain: sim.Setup) -> None:
    cmap = sim.collision_map(brain, sweep=brain.sweep.with_steps(gantry=60.0, couch=45.0), clearance=True)
    for pose, found in zip(cmap.sweep.poses().tolist(), cmap.dataset["clearance_mm"].values.ravel(), strict=True):
        check = brain.check(**dict(zip(cmap.sweep.joints, pose, strict=True)))
        assert check.clearance_mm - 1.0 <= found <= check.clearance_mm + 1e-9


@pytest.mark.parametrize(
    ("how", "phases"),
    [({"method": "sampled", "judge": "all"}, 1), ({"method": "sampled"}, 2), ({"method": "certified"}, 3)],
    ids=str,
)
def test_progress_is_reported_to_the_end(brain: sim.Setup, how: dict[str, str], phases: int) -> None:
    heard: list[tuple[int, int]] = []
    sim.collision_map(brain, **how, workers=1, tolerance=0.02, progress=lambda *told: heard.append(told))
    poses = 72 * 37 * phases
    assert heard[-1][1] == poses
    assert heard[-1][0] >= 0.97 * poses
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


def test_stopping_from_the_callback_stops_the_map(brain: sim.Setup) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    fine = brain.sweep.with_steps(gantry=3.0, couch=3.0)
    with pytest.raises(KeyboardInterrupt):
        sim.collision_map(brain, sweep=fine, workers=2, progress=stop)
    assert sim.collision_map(brain, method="sampled", workers=2).status.size == 72 * 37  # and the next one runs


def test_directions_look_up_the_pose_that_has_them(brain_map: sim.CollisionMap) -> None:
    gantry, couch = brain_map.dataset["gantry"].values, brain_map.dataset["couch"].values[1:-1]
    g, c = (values.ravel() for values in np.meshgrid(gantry, couch, indexing="ij"))
    keep = np.abs(np.sin(np.radians(g))) > 1e-6  # at the poles every couch angle is the same direction
    patient = brain_map.chart.directions(g, c) @ brain_map.rotation("patient")
    status, _ = look_up(brain_map, patient[keep])
    expected = brain_map.dataset["status"].sel(couch=couch).values.ravel()[keep]
    np.testing.assert_array_equal(status, expected)


def test_directions_out_of_the_sweep_are_called_so(empty_room) -> None:
    cmap = sim.collision_map(empty_room((-30.0, 30.0)))
    status, culprit = look_up(cmap, np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]))
    assert status.tolist() == [OUT_OF_RANGE, 0]
    assert culprit.tolist() == [-1, -1]
