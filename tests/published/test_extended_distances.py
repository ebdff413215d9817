"""Extended distances, beam by beam, against the published output of a 4π group's collision model.

The authors' machine, couch, patient and buffer are not known, nor how their column of distances was made: agreement
is plausibility, not validation. What is read into the column: -1 for a beam that never clears, else how much farther
from the target than the machine's own distance the source must be, and below 0 how much nearer it could be.

Chosen as in `test_published`: zero buffers, arms down, the liver's isocentre over the middle of the table. The source
is at 1000 to 1700 mm, as far as their column goes; how near it could come is asked from 700 mm on. The couch is the
shipped one at the height that the patient asks for, with its carriage and its travel, which their model may not have.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace

import numpy as np
import pytest
from support.campaign import times
from support.reference_data import REFERENCE

import simulator as sim
from simulator.geometry.angles import wrap_180
from simulator.setup.engines import checker_of

DATA = REFERENCE / "ucla_4pi" / "feasible_beams_head_liver.csv"
pytestmark = pytest.mark.skipif(not DATA.is_file(), reason=f"the published beams are not here: {DATA.name}")
SAD_MM, NEAREST_MM, FARTHEST_MM = 1000.0, 700.0, 1700.0
STEP_MM = 100.0 if times(1) == 1 else 20.0


@dataclass
class Beams:
    poses_deg: np.ndarray
    share: np.ndarray
    needed_mm: dict[str, np.ndarray]
    """How much farther from the target the source must be; NaN where no distance is enough."""


@pytest.fixture(scope="module")
def published() -> Beams:
    with DATA.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    poses = np.array([[float(row["gantry_deg"]), float(row["couch_deg"])] for row in rows])
    cell_sr = np.array([float(row["cell_sr"]) for row in rows])
    needed = {}
    for site in ("head", "liver"):
        extra_mm = 1000.0 * np.array([float(row[f"{site}_extra_distance_m"]) for row in rows])
        needed[site] = np.where(extra_mm == -1000.0, np.nan, extra_mm)
    return Beams(wrap_180(poses), cell_sr / cell_sr.sum(), needed)


def room(site: str, *, has_carriage: bool = True) -> sim.Setup:
    where = (
        {"site": "brain"} if site == "head" else {"isocentre_mm": (0.0, *sim.Patient.load("adult").site("liver")[1:])}
    )
    couch = sim.Couch.load("igrt")
    parts = tuple(part for part in couch.parts if has_carriage or part.name != "couch carriage")
    return sim.Setup(
        machine=sim.Machine.load("c_arm"),
        couch=replace(couch, parts=parts),
        patient=sim.Patient.load("adult"),
        buffers=sim.Buffers(patient_mm=0.0, couch_mm=0.0),
        source_distance_mm=(NEAREST_MM, FARTHEST_MM),
        **where,
    )


def needed_mm(setup: sim.Setup, poses_deg: np.ndarray, nearest_mm: float) -> np.ndarray:
    """By how much the source must be farther away (n,), to a step; NaN where no distance is enough."""
    distances = np.arange(nearest_mm, FARTHEST_MM + 1.0, STEP_MM)
    every = np.concatenate([np.insert(poses_deg, 2, distance, axis=1) for distance in distances])
    statuses = checker_of(setup.scene, ("gantry", "couch", "source_distance")).pair_status(every)
    is_free = (statuses == sim.Status.FREE).all(axis=0).reshape(len(distances), -1)
    return np.where(is_free.any(axis=0), distances[is_free.argmax(axis=0)] - SAD_MM, np.nan)


def test_the_data_are_what_their_description_says(published: Beams) -> None:
    for site, percent in (("head", 82.9), ("liver", 81.2)):
        assert 100 * published.share[~np.isnan(published.needed_mm[site])].sum() == pytest.approx(percent, abs=0.06)


@pytest.mark.parametrize("site", ["head", "liver"])
def test_beams_and_distances(published: Beams, site: str) -> None:
    theirs, setup = published.needed_mm[site], room(site)
    ours = needed_mm(setup, published.poses_deg, SAD_MM)
    can, they_can = ~np.isnan(ours), ~np.isnan(theirs)
    both = can & they_can & (theirs > 0) & (ours > 0)
    correlation = float(np.corrcoef(ours[both], theirs[both])[0, 1])
    table = [int((a & b).sum()) for a in (can, ~can) for b in (they_can, ~they_can)]
    percent, their_percent = 100 * published.share[can].sum(), 100 * published.share[they_can].sum()
    agreement = 100 * (can == they_can).mean()
    print(f"\n{site}: {percent:.1f} % of 4π, theirs {their_percent:.1f}; {agreement:.1f} % of beams agree")
    print(f"both, ours alone, theirs alone, neither: {table}; table at {setup.table_position_mm} mm")
    apart = np.median(ours[both] - theirs[both])
    print(f"distances needed, {both.sum()} beams: correlation {correlation:.2f}, ours {apart:+.0f} mm (median)")
    assert agreement >= 88.0
    assert -10.0 <= percent - their_percent <= 3.0
    assert correlation >= 0.8


@pytest.mark.skipif(times(1) < 2, reason="takes a minute")
@pytest.mark.parametrize("site", ["head", "liver"])
def test_what_the_carriage_of_the_couch_costs(published: Beams, site: str) -> None:
    """Without the broad box under the top, shares come near theirs; and how near the source could be."""
    theirs = published.needed_mm[site]
    can = ~np.isnan(needed_mm(room(site, has_carriage=False), published.poses_deg, SAD_MM))
    percent, their_percent = 100 * published.share[can].sum(), 100 * published.share[~np.isnan(theirs)].sum()
    print(f"\n{site} without carriage: {percent:.1f} % of 4π, {100 * (can == ~np.isnan(theirs)).mean():.1f} % agree")
    ours = needed_mm(room(site), published.poses_deg, NEAREST_MM)
    both = ~np.isnan(ours) & ~np.isnan(theirs)
    print(
        f"all {both.sum()} distances, nearer ones too: correlation {np.corrcoef(ours[both], theirs[both])[0, 1]:.2f}"
    )
    assert abs(percent - their_percent) <= 4.0
