"""What the proof of a whole plan costs, beside distances at single poses; one command:

    python tests/benchmarks/benchmark_plans.py [--repeats 3] [--threads 2]

The plan has the 15 arcs of 160° at five couch angles of a published stereotactic plan, in legs of 10°, and 14 moves.
Ours is `check_plan` with all that it tells: legs and moves proven, clearances, margins. The rival is python-fcl's
distance of the same pairs every 1° of the same arcs, those that are repeated once, and of nothing else: trees and
transforms are made before its clock starts. With each time stands the share of a core that it had: much less than
100 % of the threads means that other work ran beside it.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from rivals import fcl_distances

import simulator as sim

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.plan_values import beam, plan

UP, DOWN = np.arange(10.0, 171.0, 10.0), np.arange(170.0, 9.0, -10.0)
ARCS = [
    *((couch, collimator, gantry) for couch, collimator in ((0.0, 4.0), (0.0, 4.0)) for gantry in (UP, DOWN)),
    *((couch, collimator, gantry) for couch, collimator in ((280.0, 349.0), (280.0, 4.0)) for gantry in (UP, DOWN)),
    (320.0, 5.0, UP),
    (320.0, 4.0, DOWN),
    (20.0, 10.0, 360.0 - UP),
    (20.0, 10.0, 360.0 - DOWN),
    (60.0, 4.0, 360.0 - UP),
    (60.0, 4.0, 360.0 - DOWN),
    (60.0, 4.0, 360.0 - UP),
]
SLACK_MM = 0.1


def arcs() -> sim.Plan:
    """Return the plan."""
    return plan(
        *(
            beam(
                number,
                {"gantry": gantry[0], "couch": couch, "collimator": collimator},
                *({"gantry": g} for g in gantry[1:]),
            )
            for number, (couch, collimator, gantry) in enumerate(ARCS, start=1)
        )
    )


def poses(setup: sim.Setup) -> np.ndarray:
    """Return the poses (n, 2) of gantry and couch every 1° of the arcs, each once."""
    found = [
        tuple(setup.pose(gantry=float(g), couch=couch).values())
        for couch, _, gantry in ARCS
        for g in np.arange(gantry.min(), gantry.max() + 0.5)
    ]
    return np.unique(np.array(found), axis=0)


def timed(what: str, run: Callable[[], object]) -> tuple[float, object]:
    """Return the seconds that something takes, and what it returns."""
    wall, core = perf_counter(), process_time()
    found = run()
    seconds, cores = perf_counter() - wall, process_time() - core
    print(f"  {what}: {seconds:.2f} s, {100 * cores / seconds:.0f} % of a core")
    return seconds, found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    of_plan, setup = arcs(), sim.load_setup("brain")
    sim.check_plan(of_plan, setup, workers=options.threads)  # compiled code is loaded
    asked = poses(setup)
    loop = fcl_distances(setup.scene.scanning(("gantry", "couch")), asked)
    ours, theirs = [], []
    for _ in range(options.repeats):
        fresh = sim.load_setup("brain")
        seconds, check = timed(
            "check_plan", lambda fresh=fresh: sim.check_plan(of_plan, fresh, workers=options.threads)
        )
        ours.append(seconds)
        seconds, distances = timed("python-fcl", loop)
        theirs.append(seconds)
    least = min(way.clearance_mm for each in check.beams for way in each.ways)
    if not check.is_free or not distances.min() - SLACK_MM - 0.1 <= least <= distances.min():
        raise SystemExit(f"answers differ: {check}, FCL's least distance {distances.min():.2f} mm")
    mine, rival = statistics.median(ours), statistics.median(theirs)
    print(f"15 arcs and 14 moves, proven, with clearances and margins, {options.threads} threads: {mine:.2f} s")
    print(f"python-fcl's distances at {len(asked)} poses of the arcs, every 1°: {rival:.2f} s")
    print(f"ours over the rival's: {mine / rival:.2f}, or 1/{rival / mine:.1f}")


if __name__ == "__main__":
    main()
