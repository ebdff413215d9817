"""Sections that are proven free: FCL at random directions of the cell, and defects that it must find."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from support.arm_room import arm_setup
from support.campaign import times

from simulator.arms.joint_boxes import joint_boxes
from simulator.maps.arm import sections
from simulator.maps.arm.sections import choices, unproven
from simulator.setup.arm_options import Options, solutions
from simulator.setup.engines import checker_of


@cache
def tried():
    """A room, cells of 4 to 12 degrees, and choices that are free in their middles."""
    setup, rng = arm_setup(), np.random.default_rng(5)
    size = rng.uniform(4.0, 12.0, (120, 1))
    low = np.column_stack([rng.uniform(-180.0, 168.0, 120), rng.uniform(60.0, 168.0, 120)])
    found = choices(setup.arm_room, low, low + size, Options.of(setup.machine.arm, setup.sweep))
    return setup.arm_room, low[found[0]], (low + size)[found[0]], found[1], found[2]


def wrong_claims(room, low, high, beam, branch, claimed) -> int:
    """At how many random poses of sections that are claimed to be free FCL says otherwise."""
    rng, wrong = np.random.default_rng(6), 0
    which = np.flatnonzero(claimed)
    for _ in range(times(12)):
        share = np.where(
            rng.random((len(which), 2)) < 0.3, rng.integers(0, 2, (len(which), 2)), rng.random((len(which), 2))
        )
        q_deg, is_there = solutions(room, np.hstack([low[which] + share * (high - low)[which], beam[which]]))
        at = np.arange(len(which)), branch[which]
        is_there, q_deg = is_there[at], q_deg[at]
        wrong += int((~is_there).sum())
        wrong += int(checker_of(room.scene, room.arm.joints).pair_status(q_deg[is_there]).any(axis=0).sum())
    return wrong


def test_sections_proven_free_are_free_by_fcl() -> None:
    claimed = unproven(*tried()) < 0
    assert 20 < claimed.sum() < len(claimed)
    assert wrong_claims(*tried(), claimed) == 0


def _forgetting_pairs(room, low, high, beam, branch):
    links = replace(room.links, pairs=())
    return unproven(replace(room, links=links, rows_of_links=()), low, high, beam, branch)


def _leaving_the_head(room, low, high, beam, branch):
    head = replace(room.head, pairs=())
    return unproven(replace(room, head=head, rows_of_head=()), low, high, beam, branch)


@pytest.mark.parametrize("defect", [_forgetting_pairs, _leaving_the_head])
def test_a_defect_is_found_by_fcl(defect) -> None:
    assert wrong_claims(*tried(), defect(*tried()) < 0) > 0


def test_a_branch_that_is_mixed_up_with_another_is_found_by_fcl() -> None:
    room, low, high, beam, branch = tried()
    claimed = unproven(room, low, high, beam, branch) < 0
    assert wrong_claims(room, low, high, beam, branch ^ 2, claimed) > 0


def test_boxes_that_are_not_as_wide_as_the_section_are_found_by_fcl(monkeypatch: pytest.MonkeyPatch) -> None:
    sound = tried()  # the choices are as ever: the defect is in the proof

    def narrow(*asked):
        found = joint_boxes(*asked)
        low, high = (np.nan_to_num(ends, posinf=0.0, neginf=0.0) for ends in (found.low, found.high))
        middle = (low + high) / 2
        return replace(found, low=middle, high=middle)

    monkeypatch.setattr(sections, "joint_boxes", narrow)
    assert wrong_claims(*sound, unproven(*sound) < 0) > 0
