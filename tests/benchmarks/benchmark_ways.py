"""What ways between poses cost; one command:

    python tests/benchmarks/benchmark_ways.py [--scenarios brain liver] [--threads 2]

For each scenario: a road map of all that gantry and couch can do, its waypoints, the times among 21 and 101 poses,
and one way with its least clearance. The poses are of directions drawn at random and free. Beside the times stands
what the same poses cost in a room without obstacles, in the mean over pairs. With each time stands the share of a
core that it had: much less than 100 % of the threads means that other work ran beside it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from time import perf_counter, process_time
from typing import TypeVar

import numpy as np

import simulator as sim

SCENARIOS = ("brain", "liver", "lung", "thoracic_spine")
Found = TypeVar("Found")


def timed(what: str, run: Callable[[], Found]) -> Found:
    """Return what something returns, and print what it took."""
    wall, core = perf_counter(), process_time()
    found = run()
    seconds, cores = perf_counter() - wall, process_time() - core
    print(f"  {what}: {seconds:.2f} s, {100 * cores / seconds:.0f} % of a core")
    return found


def free_poses(roads: sim.RoadMap, count: int) -> list[dict[str, float]]:
    """Return free poses of the home's component, of directions that are spread evenly by chance."""
    rng, found = np.random.default_rng(15), [{"gantry": 0.0, "couch": 0.0}]
    home = roads.component(found[0])
    while len(found) < count:
        vector = rng.normal(size=3)
        gantry, couch = roads.setup.aim.chart.angles(vector / np.linalg.norm(vector))
        pose = {"gantry": float(gantry), "couch": float(couch)}
        if abs(pose["couch"]) <= 95.0 and roads.component(pose) == home:
            found.append(pose)
    return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenarios", nargs="*", default=SCENARIOS)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    for name in options.scenarios:
        setup = sim.load_setup(name)
        setup.prover.clearance_mm(np.zeros((1, 2)))  # compiled code is loaded, trees are made
        print(name)
        roads = timed("road map", lambda setup=setup: sim.road_map(setup, workers=options.threads))
        poses = free_poses(roads, 101)
        timed("waypoints", lambda roads=roads, poses=poses: roads.times_s(poses[:2]))
        for count in (21, 101):
            takes_s = timed(f"times among {count} poses", lambda n=count, r=roads, p=poses: r.times_s(p[:n]))
        values = np.array([list(pose.values()) for pose in poses])
        straight_s = roads.limits.times_s(values[:, None] - values, "together")
        print(f"  {100 * (takes_s.sum() / straight_s.sum() - 1):.1f} % more than without obstacles, in the mean")
        print(f"  {100 * (takes_s > straight_s + 1e-9).mean():.0f} % of the pairs have no straight way")
        print(f"  {timed('one way, with its clearance', lambda r=roads, p=poses: r.way(p[1], p[2]))}")


if __name__ == "__main__":
    main()
