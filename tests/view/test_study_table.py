"""What pictures take from the table of a study."""

from __future__ import annotations

import pandas as pd
import pytest
from support.made_study import one_at_a_time_table, table_of

from simulator.view.study_table import Shares, answered, factors, label_of, said_of, unanswered_note


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("patient.height_cm", "patient height / cm"),
        ("patient.shift_mm.2", "patient shift z / mm"),
        ("couch.pitch_deg", "couch pitch / °"),
        ("couch.model", "couch model"),
        ("site", "site"),
    ],
)
def test_columns_are_said_with_their_units(column: str, said: str) -> None:
    assert label_of(column) == said


def test_factors_are_what_varies() -> None:
    table = one_at_a_time_table().assign(**{"patient.mass_kg": 73.0})
    assert factors(table) == ["patient.height_cm", "couch.model"]


def test_answers_are_in_percent_and_their_bounds_are_told() -> None:
    table = table_of([{"site": "a"}, {"site": "b"}, {"site": "c"}], [0.25, 0.5, 0.5], gap=0.02, unplaced={2})
    assert Shares.of(answered(table)).lower == pytest.approx([24.0, 49.0])
    assert Shares.of(table).stated_gap("4π") == "proven bounds 2.0 % of 4π apart on average, 2.0 % at most"
    assert unanswered_note(table) == "; 1 of 3 cases have no answer"
    assert unanswered_note(table[:2]) == ""


def test_a_target_is_told_with_its_bounds_or_with_its_reason() -> None:
    table = table_of([{}, {}], [0.25, 0.5], unplaced={1}, places_mm=[(1.0, 2.0, 3.0), (4.0, 5.0, 6.0)])
    found, missing = (row for _, row in table.iterrows())
    assert said_of(found, "4π") == ["(1, 2, 3) mm: 25.0 % of 4π, proven 24.5 to 25.5 %", "head – top: blocks 20.0 %"]
    assert said_of(missing, "4π") == ["(4, 5, 6) mm: not placed: table_vertical: is out of reach"]


def test_a_study_without_answers_says_so() -> None:
    assert Shares.of(pd.DataFrame(columns=["fraction_lower", "fraction", "fraction_upper"])).stated_gap("4π") == (
        "no answers"
    )
