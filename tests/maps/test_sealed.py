"""A map and a baseline are as they were made, or refused: flipped bits, changed data sets, old files, full disks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from support.campaign import times

import simulator as sim
from simulator.maps.sealed import content_sha256, sealed
from simulator.regression.baselines import Baseline

FLIPS = times(40)


@pytest.fixture(scope="module")
def box() -> sim.Setup:
    setup = sim.load_setup("box")
    return replace(setup, sweep=setup.sweep.with_steps(gantry=15.0, couch=15.0))


@pytest.fixture(scope="module")
def cmap(box: sim.Setup) -> sim.CollisionMap:
    return sim.collision_map(box, tolerance=0.05, clearance=True)


@pytest.fixture(scope="module")
def saved(cmap: sim.CollisionMap, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("saved")
    cmap.save(folder / "map.nc")
    Baseline.of(cmap).save(folder / "baseline.nc")
    return {name: folder / f"{name}.nc" for name in LOADS}


LOADS: dict[str, Callable[[Path], sim.CollisionMap | Baseline]] = {
    "map": sim.CollisionMap.load,
    "baseline": lambda path: Baseline.load(path, "box"),
}


@pytest.mark.parametrize("name", LOADS)
def test_a_flipped_bit_changes_no_answer(name: str, saved: dict[str, Path], tmp_path: Path) -> None:
    """What is loaded is what was saved, to the bit, or nothing is; every other flip is in the head of the file.

    SIMULATOR_CAMPAIGN=25 flips 1000 bits of each.
    """
    whole, right = saved[name].read_bytes(), LOADS[name](saved[name]).dataset
    random, path, refused = np.random.default_rng(20), tmp_path / "flipped.nc", 0
    for flip in range(FLIPS):
        content = bytearray(whole)
        content[random.integers(len(whole) if flip % 2 else 6000)] ^= 1 << random.integers(8)
        path.write_bytes(content)
        try:
            found = LOADS[name](path).dataset
        except sim.SimulatorError as error:
            assert str(error).startswith(f"{path}: ") and "anew" in str(error) and "\n" not in str(error)
            refused += 1
        else:
            xr.testing.assert_identical(found, right)
    assert refused > 0.8 * FLIPS


@pytest.mark.parametrize("name", LOADS)
def test_a_cut_file_is_refused(name: str, saved: dict[str, Path], tmp_path: Path) -> None:
    whole, path = saved[name].read_bytes(), tmp_path / "cut.nc"
    for length in np.linspace(0, len(whole) - 1, 30, dtype=int):
        path.write_bytes(whole[:length])
        with pytest.raises(sim.SimulatorError, match=r"cut\.nc: must be"):
            LOADS[name](path)


def changes(data: xr.Dataset) -> dict[str, xr.Dataset]:
    """Return data sets that say something else, one for each variable, attribute and way of cutting."""
    found = {
        "cut": data.sel(couch=slice(-10.0, 10.0)),
        "every other angle": data.isel(gantry=slice(None, None, 2)),
        "turned": data.assign_coords(gantry=data["gantry"].values + 1.0),
        "transposed": data.transpose(),
        "renamed": data.rename(gantry="couch", couch="gantry"),
        "more": data.assign(other=("gantry", data["gantry"].values)),
        "less": data.drop_attrs(),
    }
    for name, variable in data.variables.items():
        found[f"without {name}"] = data.drop_vars(name)
        found[f"{name} with another unit"] = data.assign({name: (variable.dims, variable.values, {"units": "rad"})})
        if variable.dtype.kind != "O":
            values = variable.values.copy()
            values.flat[-1] += 1
            found[f"another {name}"] = data.assign({name: (variable.dims, values, variable.attrs)})
    for name, value in data.attrs.items():
        found[f"another {name}"] = data.assign_attrs({name: f"{value}."})
        found[f"without {name}"] = data.assign_attrs({name: ""})
    return found


def test_a_data_set_that_was_changed_is_no_map_any_more(cmap: sim.CollisionMap) -> None:
    changed = changes(cmap.dataset)
    assert len(changed) > 50
    for name, data in changed.items():
        with pytest.raises(sim.SimulatorError, match=r"^map: .*make it anew"):
            pytest.fail(f"{name}: {sim.CollisionMap(data)}")


def test_what_is_changed_after_it_became_a_map_is_not_saved(cmap: sim.CollisionMap, tmp_path: Path) -> None:
    other = sim.CollisionMap(cmap.dataset.copy(deep=True))
    other.dataset["status"].values[0, 0] += 1
    with pytest.raises(sim.SimulatorError, match="does not fit its checksum"):
        other.save(tmp_path / "map.nc")
    assert not list(tmp_path.iterdir())


def test_a_map_of_an_older_version_says_how_to_renew_it(saved: dict[str, Path], tmp_path: Path) -> None:
    old = xr.load_dataset(saved["map"], engine="scipy").assign_attrs(format="treatment-geometry-simulator map 3")
    old.to_netcdf(tmp_path / "old.nc", engine="scipy")
    with pytest.raises(sim.SimulatorError, match=r"old\.nc: format must be .*map 4', was .*map 3'; `simulator run`"):
        sim.CollisionMap.load(tmp_path / "old.nc")


def stored(data: xr.Dataset, how: Callable[[np.ndarray], np.ndarray]) -> xr.Dataset:
    """Return a data set of the same values in another form."""
    return data.assign({name: (array.dims, how(array.values), array.attrs) for name, array in data.data_vars.items()})


def test_the_checksum_is_of_the_content_and_not_of_the_file(cmap: sim.CollisionMap, tmp_path: Path) -> None:
    """Another layout, another order, other ends of the bytes: the same map."""
    data = cmap.dataset
    variables, attributes = (dict(reversed(list(table.items()))) for table in (data.data_vars, data.attrs))
    for number, same in enumerate(
        (
            xr.Dataset(variables, data.coords, attributes),
            stored(data, lambda values: values.astype(values.dtype.newbyteorder(">"))),
            stored(data, np.asfortranarray),
        )
    ):
        assert sim.CollisionMap(same).solid_angle() == cmap.solid_angle()
        same.to_netcdf(tmp_path / f"{number}.nc", engine="scipy", format="NETCDF3_CLASSIC")
        assert sim.CollisionMap.load(tmp_path / f"{number}.nc").arcs().equals(cmap.arcs())


def test_the_checksum_is_the_same_for_ever() -> None:
    """Files of today are read by the versions of tomorrow."""
    data = xr.Dataset(
        {"x": ("n", np.array([1.5, -2.0]), {"units": "mm"}), "y": (("m", "n"), np.zeros((0, 2), dtype=np.int8))},
        {"n": np.array(["head – couch", "b"], dtype=object)},
        {"format": "f", "full_turn": np.int32(1), "bound": 0.1, "flags": np.arange(3, dtype=np.int8)},
    )
    assert content_sha256(data) == "dfe45e983bfe8132c82b1b7afa68ba1e1f53d70c58ac0df3db06aaa0c579cf44"
    assert content_sha256(sealed(data)) == content_sha256(data)
    assert content_sha256(data.assign_attrs(full_turn=1)) == content_sha256(data)


def test_a_disk_that_fills_up_is_one_message(saved: dict[str, Path], tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk; the map that was there before stays."""
    pytest.importorskip("resource")
    (tmp_path / "map.nc").write_bytes(b"earlier")
    code = (
        "import resource, sys, simulator as sim\n"
        "cmap = sim.CollisionMap.load(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "try:\n"
        "    cmap.save(sys.argv[2])\n"
        "except sim.SimulatorError as error:\n"
        "    print(error)\n"
    )
    arguments = [str(saved["map"]), str(tmp_path / "map.nc")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.stdout == f"{tmp_path / 'map.nc'}: cannot be written: File too large\n"
    assert done.stderr == ""
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"earlier"]
