"""The chance of a contact over a sweep, as a picture."""

from __future__ import annotations

import numpy as np
import xarray as xr
from matplotlib.figure import Figure

import simulator as sim


def test_each_pose_has_the_colour_of_its_chance_and_lines_stand_at_the_levels() -> None:
    found = np.array([[0.0, 1e-5, 1e-2], [1e-4, 0.5, 1.0]])
    coords = {"gantry": [0.0, 10.0], "couch": [-5.0, 0.0, 5.0]}
    chances = xr.DataArray(found, coords=coords, dims=("gantry", "couch"), attrs={"errors": "lateral σ 2 mm"})
    axes = sim.plot_chances(chances, Figure().add_subplot())
    mesh = axes.collections[0]
    np.testing.assert_allclose(np.ravel(mesh.get_array()), [1e-6, 1e-4, 1e-5, 0.5, 1e-2, 1.0])
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("gantry / °", "couch / °")
    np.testing.assert_allclose(axes.collections[1].levels, [1e-5, 1e-4, 1e-3])
