"""Baseline files: the same bytes for the same answer, readable by others, and refused with one message if bad."""

from __future__ import annotations

import pytest
import xarray as xr

import simulator as sim
from simulator.maps.sealed import sealed
from simulator.regression.baselines import BASELINE, Baseline
from simulator.regression.changes import changes, renew


@pytest.fixture
def path(baseline, tmp_path):
    baseline.save(tmp_path / "baselines" / "liver.nc")
    return tmp_path / "baselines" / "liver.nc"


def test_what_is_saved_comes_back(baseline, path):
    loaded = Baseline.load(path, "liver")
    assert loaded.dataset.drop_attrs().equals(baseline.dataset.drop_attrs())
    assert loaded.made_by == baseline.made_by
    assert loaded.achievable().bounds == baseline.achievable().bounds


def test_the_same_answer_is_the_same_bytes(setup, mapped, path, tmp_path):
    Baseline.of(mapped(setup)).save(tmp_path / "again.nc")
    assert (tmp_path / "again.nc").read_bytes() == path.read_bytes()
    assert not [file for file in path.parent.iterdir() if file != path]


def test_xarray_reads_it(path, cmap):
    with xr.open_dataset(path, engine="scipy") as dataset:
        assert dataset["status"].dims == ("gantry", "couch")
        assert (dataset["status"].values == cmap.status).all()
        assert "no result is a clinical clearance" in dataset.attrs["disclaimer"]
        assert "versions" not in dataset.attrs["made_by"]


def test_it_is_small(path, cmap, tmp_path):
    cmap.save(tmp_path / "map.nc")
    assert path.stat().st_size < 0.5 * (tmp_path / "map.nc").stat().st_size


def test_nothing_has_changed_since_itself(baseline, cmap):
    found = changes(baseline, cmap, 0.0)
    assert not found.has_moved
    assert found.inputs == ()
    assert found.poses == {}


def truncated(path):
    path.write_bytes(path.read_bytes()[:700])


def emptied(path):
    path.write_bytes(b"")


def no_netcdf(path):
    path.write_text("gantry,couch\n0,0\n")


def edited(seal=lambda dataset: dataset, **attributes):
    def edit(path):
        dataset = xr.load_dataset(path, engine="scipy").assign_attrs(attributes)
        seal(dataset).to_netcdf(path, engine="scipy", format="NETCDF3_64BIT")

    return edit


def without_arcs(path):
    xr.load_dataset(path, engine="scipy").drop_vars("arc_stop").to_netcdf(path, engine="scipy")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (truncated, "must be a baseline of this simulator, is damaged"),
        (emptied, "must be a baseline of this simulator, is damaged"),
        (no_netcdf, "must be a baseline of this simulator, is damaged"),
        (edited(format="treatment-geometry-simulator baseline 2"), f"format must be '{BASELINE.format}', was"),
        (edited(sealed, name="brain"), "must be the baseline of 'liver', is that of 'brain'"),
        (edited(made_by="{}"), "does not fit its checksum"),
        (without_arcs, "does not fit its checksum"),
        (lambda path: path.unlink(), "there is no such baseline"),
    ],
    ids=[
        "truncated",
        "empty",
        "text",
        "older",
        "another's",
        "edited",
        "in part",
        "missing",
    ],
)
def test_a_bad_one_is_one_clear_message(path, damage, message):
    damage(path)
    with pytest.raises(sim.SimulatorError) as caught:
        Baseline.load(path, "liver")
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(path))
    assert "`simulator baseline` writes it anew" in str(caught.value) or damage.__name__ == "edit"
    assert "\n" not in str(caught.value)


def test_a_map_file_is_no_baseline(cmap, tmp_path):
    cmap.save(tmp_path / "map.nc")
    with pytest.raises(sim.SimulatorError, match=r"format must be .* baseline 3', was '.* map"):
        Baseline.load(tmp_path / "map.nc", "liver")


def test_a_sampled_map_makes_none(setup):
    with pytest.raises(sim.SimulatorError, match="must be of a certified map"):
        Baseline.of(sim.collision_map(setup, method="sampled"))


def test_another_grid_is_refused(baseline, empty_map):
    with pytest.raises(sim.SimulatorError, match="must have the scenario's grid"):
        changes(baseline, empty_map, 0.02)


def test_renewing_says_what_moved(cmap, path):
    before = path.read_bytes()
    assert renew(path, cmap, 0.02) == [f"written: {path}", "nothing has moved"]
    assert path.read_bytes() == before
    truncated(path)
    assert "there was none to compare with" in renew(path, cmap, 0.02)[1]
    assert path.read_bytes() == before
    path.unlink()
    assert renew(path, cmap, 0.02)[1] == "it is the first"


def test_a_place_that_cannot_be_written_to(baseline, tmp_path):
    (tmp_path / "baselines").write_text("a file")
    with pytest.raises(sim.SimulatorError, match="cannot be written"):
        baseline.save(tmp_path / "baselines" / "liver.nc")
