"""What candidate beams cost beside their map; one command:

    python tests/benchmarks/benchmark_candidates.py [--scenario brain] [--repeats 3]

The map is made first and is not timed. For each way of asking: candidates, the seconds on the clock and on the
processor, how far the farthest free direction is from a candidate (those that a filter leaves out count, too), the
least angle between two candidates, and how much the solid angles vary that they stand for.
"""

from __future__ import annotations

import argparse
import statistics
from time import perf_counter, process_time

import numpy as np
from scipy.spatial import cKDTree

import simulator as sim
from simulator.directions.lattices import fibonacci_lattice

ASKED = {
    "count=400": {"count": 400},
    "spacing_deg=6": {"spacing_deg": 6},
    "rings": {"rings": True},
    "count=400, reachable": {"count": 400, "is_reachable": True},
    "count=400, not through the couch top": {"count": 400, "not_through": "couch top"},
    "count=400, 50 mm clear": {"count": 400, "clearance_mm": 50.0},
}


def degrees(chords: np.ndarray) -> np.ndarray:
    """Return the angle between points of the unit sphere that are so far apart."""
    return np.degrees(2.0 * np.arcsin(chords / 2.0))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="brain")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    setup = sim.load_setup(options.scenario)
    cmap = sim.collision_map(setup)
    print(f"{options.scenario}: {cmap.solid_angle()}")
    cmap.beams(count=10)  # compiled code is loaded
    dense = cmap.beams(spacing_deg=2)[["top_x", "top_y", "top_z"]].to_numpy()
    others = fibonacci_lattice(20_000)
    others = others[degrees(cKDTree(dense).query(others)[0]) < 0.5]  # beside one that is free
    for name, asked in ASKED.items():
        if {"not_through", "clearance_mm"} & asked.keys():
            asked = {**asked, "setup": setup}
        walls, cores = [], []
        for _ in range(options.repeats):
            wall, core = perf_counter(), process_time()
            beams = cmap.beams(**asked)
            walls.append(perf_counter() - wall)
            cores.append(process_time() - core)
        points, weights = beams[["top_x", "top_y", "top_z"]].to_numpy(), beams["weight_sr"]
        farthest = degrees(cKDTree(points).query(others)[0]).max()
        nearest = degrees(cKDTree(points).query(points, k=2)[0][:, 1])
        wall, core = statistics.median(walls), statistics.median(cores)
        print(
            f"  {name}: {len(beams)} in {wall:.2f} s ({core:.2f} s of a core); "
            f"farthest {farthest:.1f}°, nearest two {nearest.min():.1f}°, neighbours {nearest.mean():.1f}°, "
            f"weights ±{100 * weights.std() / weights.mean():.0f} %"
        )


if __name__ == "__main__":
    main()
