"""Promises about plans: kept, broken, and what is wrong with them, from files that pydicom wrote."""

from __future__ import annotations

import pytest
from support.dicom_plans import arc, beam, static, write_plan

import simulator as sim
from simulator.errors import SimulatorError
from simulator.regression.judge import judge
from simulator.scenario.expectations import Expect


@pytest.fixture(scope="module")
def brain():
    return sim.load_setup("brain")


@pytest.fixture
def folder(tmp_path):
    """A plan whose second beam goes to the wrong side, where the couch is, and whose moves begin or end there."""
    free, blocked = arc(20.0, 160.0, "CW", couch=315.0), arc(100.0, 140.0, "CW", couch=30.0)
    write_plan(tmp_path / "plan.dcm", beam(1, free), beam(2, blocked), beam(3, static(gantry=0.0)))
    return tmp_path


def broken(setup, folder, **promise):
    expect = Expect.model_validate({"plan": [{"file": "plan.dcm", **promise}]})
    return judge(setup, expect, beside=folder).broken


TRUE = {"beams_not_free": [2], "moves_not_free": [[1, 2], [2, 3]]}


def test_what_is_true_is_kept(brain, folder):
    assert broken(brain, folder, **TRUE, clearance_mm=30) == []


@pytest.mark.parametrize(
    ("promise", "messages"),
    [
        ({"moves_not_free": [[1, 2], [2, 3]]}, ["plan.dcm, beam 2: must be proven free: colliding "]),
        ({**TRUE, "beams_not_free": [2, 3]}, ["plan.dcm, beam 3: must not be proven free: free, least clearance "]),
        ({**TRUE, "moves_not_free": [[1, 2]]}, ["plan.dcm, move from beam 2 to 3: must be proven free: couch "]),
        (
            {**TRUE, "clearance_mm": 900},
            ["plan.dcm, beam 1: must have 900 mm of clearance: ", "plan.dcm, beam 3: must have 900 mm"],
        ),
    ],
)
def test_what_is_not_true_is_told(brain, folder, promise, messages):
    found = broken(brain, folder, **promise)
    assert len(found) == len(messages)
    for text, message in zip(found, messages, strict=True):
        assert text.startswith(message)


def test_another_order_has_other_moves(brain, folder):
    assert broken(brain, folder, order=[1, 3, 2], beams_not_free=[2], moves_not_free=[[3, 2]]) == []


@pytest.mark.parametrize(
    ("promise", "message"),
    [
        ({"file": "other.dcm"}, r"other\.dcm: there is no such file"),
        ({"beams_not_free": [7]}, r"expect\.plan: plan\.dcm: must name beams of the plan, 1, 2, 3; was 7"),
        ({"order": [1, 2]}, r"order: must have each beam of the plan once \(1, 2, 3\), was 1, 2"),
    ],
)
def test_a_promise_that_cannot_be_judged_is_refused(brain, folder, promise, message):
    with pytest.raises(SimulatorError, match=message):
        broken(brain, folder, **promise)
