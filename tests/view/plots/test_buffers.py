"""The curve of the solid angle against the buffer, as a picture."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

import simulator as sim
from simulator.maps.buffer_curve import BufferCurve


def test_the_bounds_are_drawn_in_percent_of_4pi() -> None:
    lower, upper = np.pi * np.array([2.0, 1.0, 0.4]), np.pi * np.array([2.2, 1.2, 0.4])
    axes = sim.plot_buffers(BufferCurve(np.array([0.0, 20.0, 50.0]), lower, upper), Figure().add_subplot())
    drawn = [line.get_xydata() for line in axes.lines]
    np.testing.assert_allclose(drawn[0], [[0, 50], [20, 25], [50, 10]])
    np.testing.assert_allclose(drawn[1], [[0, 55], [20, 30], [50, 10]])
    filled = axes.collections[0].get_paths()[0].vertices
    assert {(0.0, 50.0), (0.0, 55.0), (20.0, 30.0)} <= {tuple(np.round(vertex, 9)) for vertex in filled}
    assert axes.get_xlim() == (0.0, 50.0)
    assert axes.get_ylim()[0] == 0.0
