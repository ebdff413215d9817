"""What factors do to an answer: closed forms, and ranks counted one by one."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from support.made_study import one_at_a_time_table, sample_table, table_of

from simulator.view.sensitivities import base_of, one_at_a_time, rank_correlations


def test_single_changes_are_sorted_by_how_far_they_move_the_answer() -> None:
    found = one_at_a_time(one_at_a_time_table())
    assert found is not None and found.base == pytest.approx((59.5, 60.0, 60.5))
    assert [swing.factor for swing in found.swings] == ["patient.mass_kg", "couch.model", "patient.height_cm"]
    mass, couch, height = found.swings
    assert mass.values == (130.0, 45.0) and couch.values == ("rails", "wide") and height.values == (176.0, 200.0)
    assert mass.range == pytest.approx((14.0, 15.0, 16.0))
    assert height.range == pytest.approx((0.0, 0.2, 1.2))  # less than the bounds: nothing of it is proven


def test_a_full_grid_is_read_through_its_middle() -> None:
    grid = list(product((1.0, 2.0, 3.0), (10.0, 20.0, 30.0)))
    table = table_of([{"a": a, "b": b} for a, b in grid], [0.5 + 0.01 * a + 0.001 * (b - 20) * a for a, b in grid])
    assert (base_of(table, "a"), base_of(table, "b")) == (2.0, 20.0)
    found = one_at_a_time(table)
    assert found is not None and found.base[1] == pytest.approx(52.0)
    assert {swing.factor: swing.range[1] for swing in found.swings} == pytest.approx({"b": 4.0, "a": 2.0})


def test_without_an_answer_at_the_base_nothing_is_told() -> None:
    table = one_at_a_time_table()
    table.loc[0, "status"] = "not placed"
    assert one_at_a_time(table) is None
    assert one_at_a_time(table_of([{"a": 1.0}], [0.5])) is None


def ranks(values: np.ndarray) -> np.ndarray:
    return np.array([(values < value).sum() for value in values], dtype=float)


def test_rank_correlations_are_those_of_the_ranks_in_each_group() -> None:
    table = sample_table()
    found = rank_correlations(table).set_index(["factor", "group"])
    for (factor, group), row in found.iterrows():
        part = table[table["site"] == group]
        expected = np.corrcoef(ranks(part[factor].to_numpy()), ranks(part["fraction"].to_numpy()))[0, 1]
        assert row["correlation"] == pytest.approx(expected, abs=1e-12)
        assert row["lower"] <= row["correlation"] <= row["upper"] and row["cases"] == 32
    assert found.loc[("patient.mass_kg", "brain"), "correlation"] == pytest.approx(-1.0)
    assert found.loc[("patient.height_cm", "liver"), "correlation"] == pytest.approx(1.0)


def test_intervals_hold_nineteen_times_in_twenty() -> None:
    """Of independent numbers the correlation is 0."""
    rng, held = np.random.default_rng(2), 0
    for _ in range(100):
        table = table_of([{"a": value} for value in rng.uniform(size=20)], rng.uniform(0.2, 0.8, 20).tolist())
        row = rank_correlations(table).iloc[0]
        held += row["lower"] <= 0.0 <= row["upper"]
    assert 86 <= held <= 99


def test_few_cases_and_answers_that_do_not_move_are_left_out() -> None:
    assert rank_correlations(sample_table(7)).empty
    assert rank_correlations(table_of([{"a": float(k)} for k in range(9)], [0.5] * 9)).empty
