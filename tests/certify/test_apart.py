"""What is proven apart at the poses of a grid, against FCL in random rooms and against a closed form."""

from __future__ import annotations

import numpy as np
import pytest
from support import shapes

from simulator.certify.apart import proven_apart
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.scenario.sweep import Sweep

SWEEPS = [
    Sweep(first=(-40, 40, 2), second=(-20, 30, 2)),
    Sweep(first=(-180, 180, 6), second=(-90, 90, 9)),
    Sweep(first=(7, 7, 1), second=(-90, 90, 3)),
]


@pytest.mark.parametrize("sweep", SWEEPS, ids=str)
@pytest.mark.parametrize("seed", range(4))
def test_apart_is_what_fcl_calls_free(seed: int, sweep: Sweep) -> None:
    """Never more: that would be a wrong "free". And never less but by rounding: boxes end at single poses."""
    scene = shapes.random_scene(np.random.default_rng(seed))
    apart = proven_apart(Prover(scene), [axis.values() for axis in sweep]).reshape(len(scene.pairs), -1)
    is_free = Checker(scene).pair_status(sweep.poses()) == 0
    assert not (apart & ~is_free).any()
    assert np.count_nonzero(is_free & ~apart) <= 0.001 * is_free.size


def test_threads_change_nothing_and_progress_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.certify.apart.LEAST_BOXES", 1)
    scene, told = shapes.random_scene(np.random.default_rng(3)), []
    values = [axis.values() for axis in SWEEPS[0]]
    one = proven_apart(Prover(scene), values, progress=lambda done, total: told.append(done / total))
    assert np.array_equal(one, proven_apart(Prover(scene), values, workers=3))
    assert told == sorted(told)
    assert told[-1] == 1.0
