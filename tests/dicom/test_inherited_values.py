"""Plans drawn at random, written in full and as briefly as may be: both are one plan, and as another reader has it.

The other reader is written here, from the words of the standard, over the numbers that were drawn, not over a file.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from support.campaign import times
from support.dicom_plans import beam, write_plan

from simulator.dicom.plan import Plan

GROWS = {"gantry": "CW", "collimator": "CC", "couch": "CC", "pitch": "CW", "roll": "CW"}
NAMES = {"pitch": "table_pitch", "roll": "table_roll"}
SLIDES = {"vertical": "table_vertical", "longitudinal": "table_longitudinal", "lateral": "table_lateral"}
SEED, CASES = 77, 60
SINGLE = 1e-4
"""Pitch and roll are written in single precision."""


def drawn(random):
    """Return control points with every value and direction in each; often a value stays as it was."""
    count = int(random.integers(2, 7))
    points = [{"meterset": at / (count - 1)} for at in range(count)]
    for axis in GROWS:
        angle = float(random.integers(-360, 361))
        for point in points:
            point[axis] = angle
            direction = str(random.choice(["CW", "CC", "NONE"]))
            point[f"{axis}_direction"] = direction
            if direction != "NONE" and random.random() < 0.8:
                angle = float(random.integers(-3600, 3601)) / 10
    for axis in SLIDES:
        place = float(random.integers(-500, 500))
        for point in points:
            point[axis] = place
            place += float(random.integers(-50, 51)) * (random.random() < 0.5)
    return points


def brief(points):
    """Return the same without what is as before; the direction of the last one is nobody's."""
    found = [dict(points[0])]
    for before, point in pairwise(points):
        found.append({key: value for key, value in point.items() if value != before[key]})
    for axis in GROWS:
        found[-1].pop(f"{axis}_direction", None)
    return found


def turned(start, stop, direction, axis):
    """By how much an angle changes: up to a whole turn the way that the word says."""
    if direction == "NONE":
        return 0.0
    ahead = (stop - start) % 360 if direction == GROWS[axis] else (start - stop) % 360
    ahead = 360.0 if min(ahead, 360 - ahead) < 1e-6 else ahead
    return ahead if direction == GROWS[axis] else -ahead


def expected(points):
    """Return start and stop of each segment, by axis."""
    found = []
    for before, after in pairwise(points):
        start, stop = {}, {}
        for axis in GROWS:
            name = NAMES.get(axis, axis)
            start[name] = before[axis]
            stop[name] = before[axis] + turned(before[axis], after[axis], before[f"{axis}_direction"], axis)
        for axis, name in SLIDES.items():
            start[name], stop[name] = before[axis], after[axis]
        found.append((start, stop))
    return found


@pytest.mark.parametrize("case", range(times(CASES)))
def test_what_is_left_out_is_as_before(tmp_path, case):
    points = drawn(np.random.default_rng((SEED, case)))
    full, short = (
        Plan.read(write_plan(tmp_path / f"{name}.dcm", beam(1, each)))
        for name, each in (("full", points), ("short", brief(points)))
    )
    assert full == short
    segments = expected(points)
    legs = short.beams[0].legs
    if all(start == stop for start, stop in segments):
        assert len(legs) == 1
        segments = segments[:1]
    assert len(legs) == len(segments)
    for leg, (start, stop) in zip(legs, segments, strict=True):
        assert leg.start == pytest.approx(start, abs=SINGLE)
        assert leg.stop == pytest.approx(stop, abs=SINGLE)
