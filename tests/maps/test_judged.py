"""Who judges the poses: the same statuses whoever does, few questions to FCL, and a contradiction is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import shapes

import simulator as sim
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.maps import judged as module
from simulator.maps.certified import ContradictionError, Swept
from simulator.maps.judged import JUDGES, ONE_OF, judged
from simulator.report.results import result, summary
from simulator.scenario.sweep import Sweep

SWEEP = Sweep(first=(-40, 40, 2), second=(-20, 30, 2))


def room_of(seed: int) -> Swept:
    scene = shapes.random_scene(np.random.default_rng(seed))
    return Swept(SWEEP, None, Checker(scene), Prover(scene))


@pytest.mark.parametrize("seed", range(5, 11))
def test_statuses_are_the_same_whoever_judges(seed: int) -> None:
    proven, all_of_it = (judged(room_of(seed), judge, workers=1) for judge in JUDGES)
    assert proven.statuses.tobytes() == all_of_it.statuses.tobytes()
    assert all_of_it.told() == {"by_fcl": all_of_it.statuses.size, "proven": 0}
    assert proven.by_fcl + proven.proven == proven.statuses.size


def test_fcl_is_asked_of_what_is_in_the_way_and_of_a_share_of_the_rest(brain: sim.Setup) -> None:
    """Every free pose of these is proven so, down to single ones, so that nothing else is asked."""
    found = judged(Swept.of(brain, brain.sweep.with_steps(gantry=15, couch=15)), "proven", workers=1)
    in_the_way = int(np.count_nonzero(found.statuses))
    assert in_the_way < found.by_fcl < in_the_way + 2 * found.statuses.size / ONE_OF


@pytest.mark.parametrize("workers", [2, 3])
def test_what_fcl_judges_does_not_depend_on_the_number_of_workers(workers: int) -> None:
    one, several = judged(room_of(7), "proven", workers=1), judged(room_of(7), "proven", workers=workers)
    assert (one.statuses.tobytes(), one.told()) == (several.statuses.tobytes(), several.told())


def test_another_room_draws_others() -> None:
    room, other = room_of(7), room_of(8)
    assert np.array_equal(module.drawn(room), module.drawn(room))
    assert not np.array_equal(module.drawn(room), module.drawn(other))
    assert module.drawn(room).mean() == pytest.approx(1 / ONE_OF, rel=0.2)


def test_a_wrong_proof_is_found_by_the_share_that_fcl_judges(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred wrong entries one is drawn: here all that are in the way are called apart."""
    room = room_of(5)
    apart = np.ones((len(room.checker.scene.pairs), *SWEEP.shape), dtype=bool)
    monkeypatch.setattr(module, "proven_apart", lambda *_, **__: apart)
    with pytest.raises(ContradictionError, match=r"is proven apart at first .*, second .*, and FCL disagrees"):
        judged(room, "proven", workers=1)


def test_a_map_says_who_judged(brain: sim.Setup) -> None:
    sweep = brain.sweep.with_steps(gantry=30, couch=30)
    maps = {judge: sim.collision_map(brain, sweep=sweep, method="sampled", judge=judge) for judge in JUDGES}
    told = {judge: cmap.provenance["judged"] for judge, cmap in maps.items()}
    assert sum(told["proven"].values()) == told["all"]["by_fcl"] > 10 * told["proven"]["by_fcl"]
    assert f"judged      {told['all']['by_fcl']:,} pairs at poses by FCL\n" in summary(result(maps["all"]))
    assert f"by FCL; {told['proven']['proven']:,} are proven apart\n" in summary(result(maps["proven"]))
    same = [replace_judged(cmap) for cmap in maps.values()]
    assert same[0] == same[1]


def replace_judged(cmap: sim.CollisionMap) -> tuple[object, bytes]:
    return {**cmap.provenance, "judged": None}, cmap.dataset["pair_status"].values.tobytes()


@pytest.mark.parametrize("judge", JUDGES)
def test_without_pairs_there_is_nothing_to_judge(judge: str) -> None:
    scene = replace(shapes.random_scene(np.random.default_rng(5)), pairs=())
    found = judged(Swept(SWEEP, None, Checker(scene), Prover(scene)), judge, workers=2)
    assert found.statuses.shape == (0, SWEEP.size)
    assert found.told() == {"by_fcl": 0, "proven": 0}


def test_there_is_no_other_judge(brain: sim.Setup) -> None:
    with pytest.raises(sim.SimulatorError, match="judge"):
        sim.collision_map(brain, judge="nobody")
