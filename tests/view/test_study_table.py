"""What pictures take from the table of a study."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from support.made_study import one_at_a_time_table, table_of

import simulator as sim
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


@pytest.mark.parametrize("column", ["status", "fraction", "fraction_lower", "fraction_upper"])
def test_a_table_that_is_of_no_study_is_refused(column: str) -> None:
    table = one_at_a_time_table().drop(columns=column)
    axes = plt.figure().subplots()
    for use in (
        lambda: sim.plot_population(table, axes, "patient.height_cm"),
        lambda: sim.one_at_a_time(table),
        lambda: sim.rank_correlations(table),
        lambda: sim.volumes_of(table),
        lambda: sim.plot_correlations(table, axes),
    ):
        with pytest.raises(sim.SimulatorError, match=r"table: column: unknown name '.*'; available: .*couch\.model"):
            use()
    plt.close("all")


def test_a_column_that_is_not_there_or_holds_no_numbers_is_refused() -> None:
    table, axes = one_at_a_time_table(), plt.figure().subplots()
    with pytest.raises(sim.SimulatorError, match="table: column: unknown name 'height'; available: "):
        sim.plot_population(table, axes, "height")
    with pytest.raises(sim.SimulatorError, match="table: column: unknown name 'arms'; available: "):
        sim.plot_population(table, axes, "patient.height_cm", coloured_by="arms")
    with pytest.raises(sim.SimulatorError, match=r"across: must be a column of numbers, was 'couch\.model'"):
        sim.plot_population(table, axes, "couch.model")
    plt.close("all")
