"""Larger steps for the joints that aim, and for no others."""

from __future__ import annotations

import pytest

from simulator.scenario.axis import Axis
from simulator.scenario.sweep import Sweep


@pytest.mark.parametrize(
    ("axis", "step"),
    [
        ({"start": -180.0, "stop": 180.0, "step": 1.0}, 5.0),
        ({"start": 0.0, "stop": 90.0, "step": 2.0}, 5.0),
        ({"start": 0.0, "stop": 92.0, "step": 2.0}, 2.0),
        ({"start": 0.0, "stop": 90.0, "step": 10.0}, 10.0),
        ({"start": 0.0, "stop": 0.0, "step": 1.0}, 1.0),
        ({"start": 0.0, "stop": 4.0, "step": 1.0}, 1.0),
        ({"start": 0.0, "stop": 100.0, "step": 1.0, "unit": "mm"}, 1.0),
        ({"start": 0.0, "stop": 90.0, "step": 1.0, "over": "any"}, 1.0),
    ],
    ids=["full turn", "range", "no whole number of steps", "coarser already", "one value", "short", "mm", "further"],
)
def test_steps_are_larger_where_the_axis_aims_and_its_range_is_whole(axis, step):
    found = Sweep(Axis(joint="j", **axis)).coarser(5.0)["j"]
    assert (found.start, found.stop, found.step) == (axis["start"], axis["stop"], step)
