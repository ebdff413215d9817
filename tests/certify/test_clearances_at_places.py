"""Clearances at several places of what slides, against FCL at each place in random rooms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support.table_rooms import standing, table_room

import simulator.certify.clearance as module
from simulator.certify.prover import Prover
from simulator.collision.blocks import Blocks
from simulator.collision.checker import Checker
from simulator.scenario.sweep import Sweep

POSES = Sweep(first=(-60, 60, 20), second=(-60, 60, 20)).poses()
SLACK_MM = 0.9


def found_and_true(seed, reach_mm):
    """Clearances (poses, places) that are proven, and FCL's distances."""
    rng = np.random.default_rng(seed)
    scene, places = table_room(rng), rng.uniform(-reach_mm, reach_mm, (4, 3))
    asked = np.hstack([np.repeat(POSES, len(places), axis=0), np.tile(places, (len(POSES), 1))])
    found_mm, _ = Prover(scene).clearance_mm(asked, slack_mm=SLACK_MM, places=3)
    true_mm = [Checker(standing(scene, place)).clearance(POSES)[0] for place in places]
    return found_mm.reshape(len(POSES), len(places)), np.stack(true_mm, axis=1)


@pytest.mark.parametrize("reach_mm", [8.0, 40.0])
@pytest.mark.parametrize("seed", range(3))
def test_they_are_never_more_than_fcl_says_and_hardly_less(seed, reach_mm):
    found_mm, true_mm = found_and_true(seed, reach_mm)
    assert (found_mm <= true_mm + 1e-6).all()
    assert (found_mm >= true_mm - SLACK_MM - 1e-4).all()
    assert true_mm.max() > 0.0


def test_a_bound_of_one_place_alone_is_noticed(monkeypatch):
    """The same comparison fails if what is far away at one place is taken to be so at all, however far they are."""

    class OfOnePlace(Blocks):
        @classmethod
        def divide(cls, values, size):
            found = Blocks.divide(values, size)
            return replace(found, reach=np.where(np.isinf(size), 0.0, found.reach))

    monkeypatch.setattr(module, "Blocks", OfOnePlace)
    assert any((found > true + 1.0).any() for found, true in (found_and_true(seed, 40.0) for seed in range(3)))
