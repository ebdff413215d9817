"""Checkers and provers: made once for a room and its joints, shared by all who ask, and gone with the room."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from support.own_models import room

import simulator as sim
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.setup.engines import prover_of

COARSE = sim.Sweep(gantry=(-180.0, 180.0, 60.0), couch=(-60.0, 60.0, 60.0))


@pytest.fixture
def made(monkeypatch):
    """Count all checkers and provers that are built, whoever builds them."""
    count = Counter()

    def counted(engine):
        plain = engine.__init__

        def init(self, *arguments, **options):
            count[engine.__name__] += 1
            plain(self, *arguments, **options)

        monkeypatch.setattr(engine, "__init__", init)

    counted(Checker)
    counted(Prover)
    return count


def asked(setup):
    """Answers of all kinds."""
    check = setup.check(gantry=60, couch=15)
    way = setup.check_arc(gantry=(0, 90), couch=15, direction="CW")
    return repr(check), check.points_mm, way, setup.free_arcs(couch=15, gantry=(-30, 30))


def test_a_finer_sweep_of_the_same_room_builds_nothing_anew(made):
    setup = room(sweep=COARSE)
    sim.collision_map(setup, tolerance=0.5, workers=1)
    asked(setup)
    before = dict(made)
    assert before["Prover"] == 1
    finer = COARSE.with_steps(gantry=30.0)
    cmap = sim.collision_map(setup, sweep=finer, tolerance=0.5, workers=1)
    assert cmap.sweep == finer and dict(made) == before
    assert setup.check(couch=15, gantry=60).pose == {"gantry": 60.0, "couch": 15.0} and dict(made) == before


def test_the_sweep_is_no_part_of_the_room():
    setup = room(sweep=COARSE)
    others = [COARSE.with_steps(gantry=30.0), sim.Sweep(couch=(0.0, 9.0, 3.0)), None]
    assert {replace(setup, sweep=sweep).scene.sha256 for sweep in others} == {setup.scene.sha256}


def test_a_used_set_up_can_be_pickled_and_copied():
    setup = room(sweep=COARSE)
    expected = asked(setup)
    for other in (pickle.loads(pickle.dumps(setup)), copy.deepcopy(setup), copy.copy(setup), replace(setup)):
        assert other.sweep == setup.sweep and other.scene.sha256 == setup.scene.sha256
        assert asked(other) == expected


def test_several_threads_share_one(made):
    setup = room(sweep=COARSE)
    before = Counter(made)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: asked(setup), range(8)))
    assert answers == [answers[0]] * 8
    assert made - before == {"Checker": 1, "Prover": 1}


def test_they_go_with_the_room():
    setup = room(sweep=COARSE)
    asked(setup)
    kept = [weakref.ref(each) for each in (setup.scene, setup.checker, setup.prover)]
    assert all(ref() is not None for ref in kept)
    del setup
    gc.collect()
    assert [ref() for ref in kept] == [None, None, None]


def test_other_joints_have_others_with_the_same_answers():
    setup = room(sweep=COARSE)
    swapped = sim.Sweep(couch=(-60.0, 60.0, 60.0), gantry=(-180.0, 180.0, 60.0))
    first = setup.checker.pair_status(COARSE.poses()).reshape(-1, *COARSE.shape)
    second = replace(setup, sweep=swapped).checker.pair_status(swapped.poses()).reshape(-1, *swapped.shape)
    assert np.array_equal(first, second.swapaxes(1, 2)) and first.any()


def test_rooms_whose_other_joints_stand_elsewhere_have_engines_of_their_own(made):
    setup = room()
    joints = ("gantry", "couch")
    usual = prover_of(setup.scene, joints)
    turned = prover_of(setup.scene, joints, {"collimator": 30.0})
    assert turned is not usual
    assert turned.scene.rest["collimator"] == 30.0
    assert prover_of(setup.scene, joints, {"collimator": 30.0}) is turned
    assert prover_of(setup.scene, joints, {"collimator": setup.scene.rest["collimator"]}) is usual
    assert made["Prover"] == 2
