"""What a study comes to, in numbers and in words."""

import pytest

from simulator.report.estimate_report import estimate_summary, estimate_text
from simulator.studies.estimate import Estimate

ESTIMATE = Estimate(
    cases=6000,
    chunks=1200,
    measured_cases=15,
    measured_chunks=3,
    seconds=30.0,
    bytes_of_tables=12_345_678.0,
    bytes_of_maps=2.5e9,
)


def test_time_is_scaled_to_all_cases_and_to_the_processes_that_have_work():
    found = estimate_summary("Many", ESTIMATE, 4)
    assert (found["seconds_per_case"], found["core_seconds"], found["seconds"]) == (2.0, 12_000.0, 3000.0)
    assert estimate_summary("Many", ESTIMATE, 5000)["seconds"] == 10.0


@pytest.mark.parametrize(
    ("workers", "told"),
    [(1, "about 3.3 h with 1 process,"), (4, "about 50 min with 4 processes,"), (1200, "about 10 s")],
)
def test_it_is_told_with_what_it_rests_on(workers, told):
    text = estimate_text(estimate_summary("Many", ESTIMATE, workers))
    assert told in text and text.startswith("Many\n") and "6,000 in 1,200 chunks" in text
    assert "2 s a case" in text and "about 12.3 MB, and 2.5 GB of maps" in text
    assert "from 15 cases of 3 chunks, spread evenly over the study" in text
