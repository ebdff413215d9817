"""What the order of beams costs, and what it saves, on shipped scenarios; one command:

    python tests/benchmarks/benchmark_delivery.py [--beams 20] [--seed 0] [--scenarios brain liver lung ...]

Beams are drawn at random among poses that are proven free and that ways lead to from home, the same every time. Of
each scenario it prints the seconds for the road map and for the order beside it, and of moves between beams, home to
home: what they take in our order, its proven bound, and what they take as listed, sorted by couch angle with the
gantry brought to 0 between couch angles, and if nothing were in the way.
"""

from __future__ import annotations

import argparse
from time import perf_counter, process_time

import numpy as np
import pandas as pd

import simulator as sim
from simulator.delivery.roads.mapping import road_map

SHIPPED = ("brain", "liver", "lung", "thoracic_spine")
HEADS = "moves           found  bound  as given  by couch  saved  open room  more    map  order"


def drawn(setup: sim.Setup, roads, count: int, seed: int) -> sim.BeamList:
    """Return beams at random poses of the component of home."""
    rng = np.random.default_rng(seed)
    home = roads.component({"gantry": 0.0, "couch": 0.0})
    rows: list[tuple[float, float]] = []
    while len(rows) < count:
        gantry, couch = rng.uniform((-180.0, -90.0), (180.0, 90.0)).tolist()
        if roads.component({"gantry": gantry, "couch": couch}) == home:
            rows.append((gantry, couch))
    return sim.BeamList.of(setup, pd.DataFrame(rows, columns=["gantry_deg", "couch_deg"]))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--beams", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--scenarios", nargs="+", default=SHIPPED)
    options = parser.parse_args()
    warm = sim.load_setup(options.scenarios[0])
    sim.order_beams(warm, sim.BeamList.of(warm, pd.DataFrame({"gantry_deg": [10.0, 20.0], "couch_deg": [5.0, 9.0]})))
    print(HEADS)
    for name in options.scenarios:
        setup = sim.load_setup(name)
        begin = perf_counter()
        roads = road_map(setup)
        map_s = perf_counter() - begin
        beams = drawn(setup, roads, options.beams, options.seed)
        print(name)
        for moves in ("together", "one at a time"):
            begin = perf_counter()
            roads.times_s([{"gantry": 0.0, "couch": 0.0}], moves=moves)  # waypoints of this way of moving
            made_s = map_s + perf_counter() - begin
            begin, core = perf_counter(), process_time()
            found = sim.order_beams(setup, beams, roads=roads, moves=moves)
            order_s, core_s = perf_counter() - begin, process_time() - core
            if not found.is_whole:
                raise SystemExit(f"{name}: {found.unreachable}")
            given, by_couch, open_s = (found.compared[key] for key in ("as given", "sorted by couch", "no obstacles"))
            print(
                f"  {moves:<13} {found.travel_s:5.0f} {found.lower_bound_s:6.0f} {given:9.0f} {by_couch:9.0f} "
                f"{1 - found.travel_s / by_couch:6.0%} {open_s:10.0f} {found.travel_s / open_s - 1:5.1%} "
                f"{made_s:6.2f} {order_s:6.2f} s ({core_s:.2f} s of a core)"
            )


if __name__ == "__main__":
    main()
