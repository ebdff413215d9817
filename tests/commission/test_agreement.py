"""Sensitivity and specificity, against counts by hand and scipy's intervals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import simulator as sim
from simulator.commission.agreement import Observation, agreement, rate, read_observations

SEEN = [
    Observation(line, "centred", {}, is_contact)
    for line, is_contact in enumerate([True, True, True, False, False], 2)
]
CLEARANCES = np.array([0.0, 8.0, 25.0, 5.0, 300.0])


@pytest.mark.parametrize(
    ("buffer", "missed", "alarms", "hits"),
    [(0.0, (3, 4), (), (1, 2)), (10.0, (4,), (5,), (2, 1)), (30.0, (), (5,), (3, 1))],
)
def test_the_confusion_matrix_at_a_buffer(buffer: float, missed: tuple, alarms: tuple, hits: tuple) -> None:
    found = agreement(SEEN, CLEARANCES, buffer)
    assert (found.missed, found.false_alarms) == (missed, alarms)
    assert (found.sensitivity.hits, found.specificity.hits) == hits
    assert (found.sensitivity.cases, found.specificity.cases) == (3, 2)


@pytest.mark.parametrize(("hits", "cases"), [(0, 7), (7, 7), (3, 7), (64, 64), (1, 1)])
def test_intervals_are_clopper_and_pearsons(hits: int, cases: int) -> None:
    expected = stats.binomtest(hits, cases).proportion_ci(0.95, method="exact")
    assert rate(hits, cases).bounds == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_a_rate_of_no_cases_is_none() -> None:
    assert rate(0, 0).value is None and rate(0, 0).bounds == (0.0, 1.0)


def test_poses_are_read_with_what_was_seen(rooms: sim.Rooms, tmp_path: Path) -> None:
    file = tmp_path / "seen.csv"
    file.write_text("position,gantry_deg,couch_deg,observed\nright,350,0,free\ncentred,90,10,contact\n")
    first, second = read_observations(file, rooms)
    assert first == Observation(2, "right", {"gantry": -10.0, "couch": 0.0}, is_contact=False)
    assert second.is_contact
    file.write_text("position,gantry_deg,couch_deg,observed\nright,x,0,maybe\n")
    with pytest.raises(sim.SimulatorError) as refused:
        read_observations(file, rooms)
    assert "line 2, column 2 (gantry_deg): must be a number" in str(refused.value)
    assert "line 2, column 4 (observed): unknown name 'maybe'; available: contact, free" in str(refused.value)
    file.write_text("position,gantry_deg,couch_deg,observed\n")
    with pytest.raises(sim.SimulatorError, match="must have at least one pose, has none"):
        read_observations(file, rooms)
