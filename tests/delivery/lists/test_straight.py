"""One straight way out of control points, or which of them is beside it."""

from __future__ import annotations

import pytest

import simulator as sim
from simulator.delivery.lists.straight import straight_way


def points(*poses: tuple[float, float]) -> list[dict[str, float]]:
    return [{"gantry": gantry, "couch": couch} for gantry, couch in poses]


def test_points_on_one_line_are_one_way_whatever_their_steps() -> None:
    start, stop = straight_way(points((350, 0), (352, 1), (360, 5), (360, 5), (370, 10)), "beam 1")
    assert (start, stop) == ({"gantry": 350, "couch": 0}, {"gantry": 370, "couch": 10})


def test_a_beam_that_stands_still_does_not_stop_elsewhere() -> None:
    assert straight_way(points((10, 5), (10 + 5e-7, 5)), "beam 1") == ({"gantry": 10, "couch": 5}, None)


@pytest.mark.parametrize(
    ("poses", "at"),
    [
        (((0, 0), (10, 0), (5, 0), (20, 0)), 2),  # back on the line
        (((0, 0), (40, 0), (0, 0)), 1),  # there and back
        (((0, 0), (30, 0), (20, 0)), 1),  # beyond the end
        (((0, 0), (10, 5), (20, 5)), 1),  # couch first
    ],
)
def test_the_point_beside_the_way_is_named(poses, at: int) -> None:
    with pytest.raises(sim.SimulatorError, match=f"^beam 1: control point {at}: must be on the straight way"):
        straight_way(points(*poses), "beam 1")
