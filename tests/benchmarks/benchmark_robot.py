"""How both bounds of what an arm can aim from close with time; one command:

    python tests/benchmarks/benchmark_robot.py [--scenario robot_brain] [--cells 500 2000 8000] [--workers 2]

Each line is a search from the start that looks at so many cells: seconds on the clock and on the processor, the least
and the greatest share of 4π, proven. The first line is what is sampled on the scenario's grid.
"""

from __future__ import annotations

import argparse
from time import perf_counter, process_time

import simulator as sim
from simulator.certify.branch_and_bound import Cells
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.maps.arm.arm_map import certified_directions
from simulator.maps.solid_angle import proven
from simulator.models.arm import AZIMUTH, POLAR
from simulator.setup.arm_options import Options


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scenario", default="robot_brain")
    parser.add_argument("--cells", type=int, nargs="+", default=[500, 2000, 8000])
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    setup = sim.load_setup(asked.scenario)
    room, chart, sweep = setup.arm_room, setup.aim.chart, setup.sweep
    start = perf_counter()
    omega = sim.collision_map(setup, method="sampled", workers=asked.workers).solid_angle()
    print(f"sampled: {perf_counter() - start:.0f} s, {100 * omega.fraction_of_4pi:.1f} % of 4π")
    edges = [chart.outer_edges(*sweep[AZIMUTH].extent), chart.inner_edges(*sweep[POLAR].extent)]
    for most_cells in asked.cells:
        start, spent = perf_counter(), process_time()
        found = certified_directions(
            room, chart, edges, Options.of(room.arm, sweep), 0.002, most_cells, asked.workers
        )
        omega = proven(Cells(found.low[:, ::-1], found.high[:, ::-1], found.status, found.pair), chart)
        print(
            f"{len(found):>6} cells: {perf_counter() - start:.0f} s ({process_time() - spent:.0f} s of processor), "
            f"{100 * omega.lower_sr / FULL_SPHERE_SR:.1f} to {100 * omega.upper_sr / FULL_SPHERE_SR:.1f} % of 4π"
        )


if __name__ == "__main__":
    main()
