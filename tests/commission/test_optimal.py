"""D-optimal designs against all choices there are."""

from itertools import combinations

import numpy as np

from simulator.commission.optimal import most_informative


def logdet(slopes, rows, prior):
    return np.linalg.slogdet(prior + slopes[list(rows)].T @ slopes[list(rows)])[1]


def test_no_choice_is_better_by_more_than_little():
    for seed in range(12):
        slopes, prior = np.random.default_rng(seed).normal(size=(10, 3)), np.eye(3) * 1e-3
        best = max(logdet(slopes, rows, prior) for rows in combinations(range(10), 4))
        assert logdet(slopes, most_informative(slopes, 4, prior), prior) >= best - 0.2


def test_no_exchange_of_two_gains_anything():
    slopes, prior = np.random.default_rng(1).normal(size=(40, 4)), np.eye(4) * 1e-2
    chosen = most_informative(slopes, 9, prior).tolist()
    assert len(set(chosen)) == 9
    others = [row for row in range(40) if row not in chosen]
    now = logdet(slopes, chosen, prior)
    for out in chosen:
        for into in others:
            exchanged = [row for row in chosen if row != out] + [into]
            assert logdet(slopes, exchanged, prior) <= now + 1e-8


def test_all_rows_are_chosen_where_there_are_no_more():
    assert most_informative(np.ones((3, 2)), 5, np.eye(2)).tolist() == [0, 1, 2]
