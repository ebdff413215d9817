"""Beam by beam against the published output of a 4π group's collision model.

The authors' machine, couch, patient and buffer are not known: agreement is plausibility, not validation. Chosen to
match: zero buffers; arms down; for the liver, the isocentre over the middle of the table, because the published liver
beams are mirror-symmetric (which is tested here), and with the shipped site, 75 mm to the right, ours are not.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.spatial import cKDTree
from support.reference_data import REFERENCE

import simulator as sim
from simulator.geometry.angles import wrap_180

DATA = REFERENCE / "ucla_4pi" / "feasible_beams_head_liver.csv"
pytestmark = pytest.mark.skipif(not DATA.is_file(), reason=f"the published beams are not here: {DATA.name}")


@dataclass
class Beams:
    poses_deg: np.ndarray
    cell_sr: np.ndarray
    feasible: dict[str, np.ndarray]

    def percent(self, chosen: np.ndarray) -> float:
        return 100 * self.cell_sr[chosen].sum() / self.cell_sr.sum()


@pytest.fixture(scope="module")
def published() -> Beams:
    with DATA.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    poses = np.array([[float(row["gantry_deg"]), float(row["couch_deg"])] for row in rows])
    feasible = {site: np.array([row[f"{site}_feasible"] == "1" for row in rows]) for site in ("head", "liver")}
    return Beams(wrap_180(poses), np.array([float(row["cell_sr"]) for row in rows]), feasible)


def shipped(**where) -> sim.Setup:
    return sim.Setup(
        machine=sim.Machine.load("c_arm"),
        couch=sim.Couch.load("igrt"),
        patient=sim.Patient.load("adult"),
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
        **where,
    )


def require_agreement(published: Beams, site: str, setup: sim.Setup) -> None:
    ours = (setup.checker.pair_status(published.poses_deg) == sim.Status.FREE).all(axis=0)
    theirs = published.feasible[site]
    agreement = 100 * (ours == theirs).mean()
    apart = published.percent(ours) - published.percent(theirs)
    print(f"\n{site}: {agreement:.1f} % of beams agree; {published.percent(ours):.1f} % of 4π, {apart:+.1f} points")
    assert agreement >= 93.0
    assert abs(apart) <= 3.0


def test_the_data_are_what_their_description_says(published: Beams) -> None:
    assert len(published.cell_sr) == 1162
    assert published.cell_sr.sum() == pytest.approx(4 * np.pi, abs=1e-3)
    assert published.percent(published.feasible["head"]) == pytest.approx(67.7, abs=0.05)
    assert published.percent(published.feasible["liver"]) == pytest.approx(40.7, abs=0.05)


def test_head(published: Beams) -> None:
    require_agreement(published, "head", shipped(site="brain"))


def test_liver(published: Beams) -> None:
    _, y, z = sim.Patient.load("adult").site("liver")
    require_agreement(published, "liver", shipped(isocentre_mm=(0.0, y, z)))


def test_the_published_liver_is_mirror_symmetric(published: Beams) -> None:
    """Left and right exchanged, 98 % of the beams are judged the same: their isocentre was over the middle."""
    directions = shipped(site="liver").aim.chart.directions(*published.poses_deg.T)
    _, mirrored = cKDTree(directions).query(directions * (-1, 1, 1))
    liver = published.feasible["liver"]
    assert (liver == liver[mirrored]).mean() > 0.97
