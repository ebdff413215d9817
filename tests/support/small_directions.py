"""What copies of the package say about directions, against an oracle without a chart: a program run on folders."""

import importlib
import json
import sys

import numpy as np
from support import two_axes

MACHINES = {
    "C-arm": two_axes.C_ARM,
    "steep beam": two_axes.at_angles(70.0, 30.0, azimuth_deg=33.0, start_deg=-71.0),
    "steep axis": two_axes.at_angles(25.0, 80.0, sign=-1.0, start_deg=200.0),
}
DIRECTIONS = 20_000
NOISE_SR = 0.1


def contradictions(vectors):
    """How many answers of the package that can be imported now are wrong."""
    chart = importlib.import_module("simulator.directions.chart").TwoAxisChart.of("ring", "chair", *vectors)
    rng = np.random.default_rng(0)
    u = two_axes.on_the_sphere(rng, DIRECTIONS)
    asked, known = blocks(chart, vectors)
    has, has_known = (two_axes.reached(vectors, *cells, u) for cells in (asked, known))
    wrong = 0
    for tolerance in (1e-3, 1.0):  # the second: as wide as they are before any strip is cut
        for hits, bounds in (
            (has, chart.covered_sr(*asked, tolerance)),
            (has & ~has_known, chart.beyond_sr(*asked, *known, tolerance)),
        ):
            truth = 4 * np.pi * hits.mean()
            wrong += not bounds[0] - NOISE_SR <= truth <= bounds[1] + NOISE_SR
            wrong += bounds[0] > bounds[1]
    wrong += bool(np.abs(np.diff(two_axes.directions(vectors, *chart.twins(40.0, 70.0)), axis=0)).max() > 1e-6)
    edges = chart.inner_edges(-180, 180), np.linspace(-200.0, 70.0, 10)
    mask = rng.random((len(edges[0]) - 1, len(edges[1]) - 1)) < 0.3
    folded = chart.fold(*edges, mask)
    strip, cell = folded.cells_of(u)
    found = (strip >= 0) & folded.covered[strip, cell]
    wrong += np.mean(found != two_axes.reached(vectors, *two_axes.cells_of(*edges, mask), u)) > 0.02
    return int(wrong) + shifts_outside(chart)


def blocks(chart, vectors):
    """Two cells on either side of the fold whose images overlap, and two that are known and overlap them."""
    start = np.array([-chart.inner_offset_deg, 0.0])
    middle = two_axes.directions(vectors, start[0] + 70.0, 60.0)[None]
    inner, outer = two_axes.poses(vectors, middle)
    image = np.abs(np.sin(np.deg2rad(inner[:, 0] - start[0] - 70.0) / 2)).argmax()
    second = start[0] - 100.0, outer[image, 0] - 10.0
    asked = np.array([start + np.array([40.0, 10.0]), second])
    known = asked + np.array([[10.0, 90.0], [20.0, -40.0]])
    return (asked, asked + np.array([60.0, 100.0])), (known, known + np.array([60.0, 70.0]))


def shifts_outside(chart):
    """How many shifts of images, told by the oracle, lie outside of the least and the greatest of their interval."""
    axes, vectors = chart.axes, two_axes.at_angles(chart.alpha_deg, chart.beta_deg)
    low = np.arange(1.0, 179.0)
    least, greatest = axes.image_shift_deg(low, low + 1.0)
    within = low + np.linspace(0.01, 0.99, 15)[:, None]
    u = two_axes.directions(vectors, within.ravel(), 0.0 * within.ravel())
    _, outer = two_axes.poses(vectors, u)
    own = np.abs(outer).argmin(axis=0)
    shift = (outer[own, np.arange(len(own))] - outer[1 - own, np.arange(len(own))]).reshape(within.shape) % 360.0
    return int(((shift < least - 1e-6) | (shift > greatest + 1e-6)).sum())


def main(folders):
    """Print a JSON object: the contradictions of each copy."""
    found = {}
    for folder in folders:
        for name in [name for name in sys.modules if name.partition(".")[0] == "simulator"]:
            del sys.modules[name]
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        found[folder] = sum(contradictions(vectors) for vectors in MACHINES.values())
        assert sys.modules["simulator"].__file__.startswith(folder)
        sys.path.remove(folder)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
