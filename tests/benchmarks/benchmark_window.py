"""How many poses a second the window shows without a graphics card: python tests/benchmarks/benchmark_window.py.

For each scenario a window off-screen, with map and sphere, is moved along the gantry at several couch angles; each
move asks the checker for status, culprits and clearance, and draws the room and the map. Printed are the rate over
all moves, and the shares of checking and drawing.
"""

from __future__ import annotations

import sys
import time

import numpy as np

import simulator as sim
from simulator.view.window.window import Window

SCENARIOS = ("brain", "liver", "brain_imagers_deployed", "brain_srs_cone", "box")
COUCH_DEG = (-60.0, -20.0, 0.0, 40.0, 90.0)


def main(names: list[str]) -> None:
    """Print a line for each scenario."""
    print(f"{'scenario':<24} {'poses/s':>8} {'checking':>9} {'slowest':>9}")
    for name in names:
        setup = sim.load_setup(name)
        cmap = sim.collision_map(setup, sweep=setup.sweep.with_steps(gantry=5.0, couch=5.0), method="sampled")
        with Window(setup, cmap, gantry=0.0, couch=0.0, off_screen=True) as window:
            window.plotter.show(auto_close=False, interactive=False)
            poses = [(gantry, couch) for couch in COUCH_DEG for gantry in np.arange(-180.0, 180.0, 15.0).tolist()]
            seconds = []
            for gantry, couch in poses:
                start = time.perf_counter()
                window.move_to(gantry=gantry, couch=couch)
                seconds.append(time.perf_counter() - start)
            start = time.perf_counter()
            for gantry, couch in poses:
                setup.check(gantry=gantry, couch=couch)
            checking = time.perf_counter() - start
        rate, share = len(poses) / sum(seconds), checking / sum(seconds)
        print(f"{name:<24} {rate:8.1f} {100 * share:7.0f} % {1e3 * max(seconds):6.0f} ms")


if __name__ == "__main__":
    main(sys.argv[1:] or list(SCENARIOS))
