"""The tool is where the beam of a pose starts and leaves."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.arms.beam_pose import T_fixed_tool
from simulator.errors import SimulatorError
from simulator.geometry.transforms import is_rigid
from simulator.models.arm import Arm

ARM = Arm(("A1", "A2", "A3", "A4", "A5", "A6"), "linac", (10.0, 20.0, 30.0), (0.6, 0.0, -0.8), (650.0, 1000.0))


def test_source_and_beam_are_those_of_the_pose() -> None:
    rng = np.random.default_rng(2)
    poses = rng.uniform([-180.0, 0.0, 650.0, -180.0], [180.0, 180.0, 1000.0, 180.0], (500, 4))
    T = T_fixed_tool(ARM, poses)
    assert is_rigid(T).all()
    azimuth, polar = np.radians(poses[:, :2]).T
    u = np.column_stack([np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)])
    source = T[:, :3, :3] @ np.array(ARM.source_mm) + T[:, :3, 3]
    np.testing.assert_allclose(source, u * poses[:, [2]], atol=1e-9)
    np.testing.assert_allclose(T[:, :3, :3] @ np.array(ARM.direction), -u, atol=1e-12)


def test_roll_turns_the_tool_about_the_beam() -> None:
    still, turned = T_fixed_tool(ARM, [[30.0, 70.0, 800.0, 0.0], [30.0, 70.0, 800.0, 25.0]])
    by = turned @ np.linalg.inv(still)
    assert np.trace(by[:3, :3]) == pytest.approx(1.0 + 2.0 * np.cos(np.radians(25.0)))
    beam = still[:3, :3] @ np.array(ARM.direction)
    np.testing.assert_allclose(by[:3, :3] @ beam, beam, atol=1e-12)
    assert (np.cross(beam, np.array([by[2, 1] - by[1, 2], by[0, 2] - by[2, 0], by[1, 0] - by[0, 1]])) < 1e-12).all()


def test_poses_must_have_four_columns() -> None:
    with pytest.raises(SimulatorError, match=r"poses must have shape \(n, 4\), was \(2, 3\)"):
        T_fixed_tool(ARM, np.zeros((2, 3)))
