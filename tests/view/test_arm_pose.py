"""A viewer of a machine with an arm moves its beam; the arm follows."""

from __future__ import annotations

from support.arm_room import arm_setup

from simulator.view.joint_axes import beside_the_map, plane_of, shown_pose


def test_only_the_direction_is_needed_and_nothing_is_beside_the_map() -> None:
    setup = arm_setup()
    assert plane_of(setup, None) == ("polar", "azimuth")
    assert shown_pose(setup, None, {}) == {"polar": 0.0, "azimuth": 0.0}
    answer = setup.check(**shown_pose(setup, None, {"polar": 60.0, "azimuth": 20.0}))
    assert answer.is_free and beside_the_map(setup, None, answer.pose) == {}  # type: ignore[arg-type]
