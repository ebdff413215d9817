"""How far a boundary has moved, as strips over the map."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from support.pictures import colours_of

import simulator as sim
from simulator.regression.boundary import Segment
from simulator.regression.changes import Changes
from simulator.view.plots.moved import COLOURS, plot_moved


def test_a_segment_is_a_strip_at_the_value_of_the_other_joint(open_map: sim.CollisionMap) -> None:
    gantry, omega = open_map.sweep["gantry"], sim.SolidAngle(1.0, 1.0, 1.0)
    segments = (
        Segment(gantry, {"couch": "-30°"}, 20.0, 35.0, True, ""),
        Segment(gantry, {"couch": "90°"}, 170.0, 200.0, False, "a – b"),
    )
    changes = Changes(omega, omega, {}, segments, (), (), (), (), 0.0, (), ())
    axes = plot_moved(changes, open_map, Figure().add_subplot())
    found = set()
    for strip in axes.collections:
        (path,) = strip.get_paths()
        (left, bottom), (right, top) = path.vertices.min(axis=0), path.vertices.max(axis=0)
        found.add((left, right, bottom, top, to_rgb(strip.get_facecolor()[0])))
    freed, blocked = to_rgb(COLOURS["freed now"]), to_rgb(COLOURS["blocked now"])
    assert (20.0, 35.0, -35.0, -25.0, freed) in found
    assert {(170.0, 200.0, 85.0, 90.0, blocked), (-190.0, -160.0, 85.0, 90.0, blocked)} <= found  # through the seam
    assert len(found) == 6
    np.testing.assert_allclose(colours_of(axes.images[0]), 1.0)
