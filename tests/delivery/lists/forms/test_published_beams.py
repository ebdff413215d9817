"""The 1162 candidates of a 4π group, and those that it found feasible, through our CSV and its own form."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from support.beam_lists import empty_room
from support.reference_data import REFERENCE

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList

DATA = REFERENCE / "ucla_4pi" / "feasible_beams_head_liver.csv"
pytestmark = pytest.mark.skipif(not DATA.is_file(), reason=f"the published beams are not here: {DATA.name}")


@pytest.fixture(scope="module")
def published() -> pd.DataFrame:
    with DATA.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    columns = {"name": "beam", "gantry_deg": "gantry_deg", "couch_deg": "couch_deg", "weight_sr": "cell_sr"}
    table = pd.DataFrame({ours: [row[theirs] for row in rows] for ours, theirs in columns.items()})
    for site in ("head", "liver"):
        table[site] = [row[f"{site}_feasible"] == "1" for row in rows]
    return table.astype({"gantry_deg": float, "couch_deg": float, "weight_sr": float})


def angles(table: pd.DataFrame) -> np.ndarray:
    return table[["gantry_deg", "couch_deg"]].to_numpy()


@pytest.mark.parametrize("ending", [".csv", ".txt"])
def test_all_of_them_come_back_one_to_one(ending: str, published: pd.DataFrame, tmp_path) -> None:
    setup = empty_room()
    beams = BeamList.of(setup, published)
    assert len(beams.beams) == 1162
    form = {".csv": "csv", ".txt": "beamlist"}[ending]
    sim.write_beams(beams, tmp_path / f"rings{ending}", form, setup)
    back = sim.read_beams(tmp_path / f"rings{ending}", setup)
    off = angles(back.table()) - angles(published)
    assert np.abs((off + 180.0) % 360.0 - 180.0).max() <= 0.5e-4


def test_their_own_file_is_read_as_the_same_beams(published: pd.DataFrame, tmp_path) -> None:
    """Written as their scripts write it: Varian's IEC scale, a blank at the end of each line."""
    path = tmp_path / "beamlist.txt"
    varian = np.stack([published["gantry_deg"], -published["couch_deg"] % 360.0, np.zeros(len(published))], axis=1)
    path.write_text("".join("{:6.4f} {:6.4f} {:6.4f} \n".format(*row) for row in varian))
    setup = empty_room()
    found = sim.read_beams(path, setup).directions_patient(setup)
    meant = BeamList.of(setup, published).directions_patient(setup)
    assert np.abs(found - meant).max() <= 2e-6


@pytest.mark.parametrize(("site", "count", "share"), [("head", 786, 0.677), ("liver", 471, 0.407)])
def test_feasible_sets_are_written_in_our_form_and_read_the_same(
    site: str, count: int, share: float, published: pd.DataFrame, tmp_path
) -> None:
    setup = empty_room()
    beams = BeamList.of(setup, published[published[site]])
    sim.write_beams(beams, tmp_path / "feasible.csv", "csv", setup)
    back = sim.read_beams(tmp_path / "feasible.csv", setup)
    assert len(back.beams) == count
    assert [beam.name for beam in back.beams] == [beam.name for beam in beams.beams]
    assert np.abs(angles(back.table()) - angles(beams.table())).max() <= 1e-9
    weight = sum(beam.weight_sr or 0.0 for beam in back.beams)
    assert weight / (4 * np.pi) == pytest.approx(share, abs=5e-4)
