"""How fast bounds follow a moved isocentre: python tests/benchmarks/benchmark_live.py [--draw] [SCENARIO...].

The isocentre is dragged through the patient in 40 steps of 2 to 5 mm, each as soon as the last one has an answer, and
then let go. Printed are updates a second, on the clock and on the processor, the distance of the bounds in % of 4π,
and the seconds from letting go to bounds of 1 %. With --draw a window off-screen shows every answer, and moves the
room in the end; without, nothing is drawn.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Iterator

import numpy as np

import simulator as sim
from simulator.maps.live.live_map import LiveMap
from simulator.maps.live.moving_map import LiveBounds
from simulator.view.window.controls import Controls
from simulator.view.window.live_controls import LiveControls
from simulator.view.window.window import Window

STEPS = 40
DIRECTIONS = {"brain": (0.3, -0.4, -1.0), "liver": (-0.2, 0.1, 1.0)}
"""From the middle of the head towards its top; from the liver downwards."""


def path(setup: sim.Setup, name: str) -> Iterator[tuple[float, float, float]]:
    """Yield isocentres on a way there and back, a little to the side at each step."""
    rng = np.random.default_rng(1)
    place, along = np.array(setup.isocentre_patient_mm), np.array(DIRECTIONS.get(name, (1.0, 0.0, 0.0)))
    for step in range(STEPS):
        way = along * (1.0 if step < STEPS // 2 else -1.0) + rng.normal(0.0, 0.3, 3)
        place = place + rng.uniform(2.0, 5.0) * way / np.linalg.norm(way)
        yield tuple(place.tolist())


def dragged(live: LiveMap, places: list[tuple[float, float, float]], controls: LiveControls | None) -> None:
    """Drag, let go, and print."""
    walls, cores, widths = [], [], []
    for place in places:
        wall, core = time.perf_counter(), time.process_time()
        live.move_to(place)
        answer = awaited(live, controls)
        walls.append(time.perf_counter() - wall)
        cores.append(time.process_time() - core)
        widths.append(100 * float(np.diff(answer.bounds_of_4pi)[0]))
    wall, core = time.perf_counter(), time.process_time()
    if controls is not None:
        controls.let_go()
    while not answer.is_final:
        answer = awaited(live, controls)
    wall, core = time.perf_counter() - wall, time.process_time() - core
    print(
        f"  {len(walls) / sum(walls):5.1f} updates/s (each {1e3 * np.median(cores):.0f} ms of a core; slowest "
        f"{1e3 * max(walls):.0f} ms), bounds {np.mean(widths):.1f} % of 4π apart (at most {max(widths):.1f}); "
        f"{100 * float(np.diff(answer.bounds_of_4pi)[0]):.2f} % after {wall:.2f} s ({core:.2f} s of cores)"
    )


def awaited(live: LiveMap, controls: LiveControls | None) -> LiveBounds:
    """Return the next answer, drawn if there is a window."""
    if controls is None:
        answer = live.wait()
    else:
        before = controls.answer
        while controls.answer is before:
            controls.look()
            time.sleep(0.001)
        answer = controls.answer
    assert isinstance(answer, LiveBounds)
    return answer


def main() -> None:
    """Print a line for each scenario."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", default=["brain", "liver"])
    parser.add_argument("--draw", action="store_true")
    options = parser.parse_args()
    for name in options.scenarios:
        setup = sim.load_setup(name)
        places = list(path(setup, name))
        print(f"{name}, {'drawn' if options.draw else 'not drawn'} (load average {os.getloadavg()[0]:.1f})")
        with LiveMap(setup) as live:
            if options.draw:
                sweep = setup.sweep.with_steps(gantry=5.0, couch=5.0)
                with Window(
                    setup, sim.collision_map(setup, sweep=sweep, method="sampled"), off_screen=True
                ) as window:
                    Controls(window)
                    controls = LiveControls(window, live)
                    window.plotter.show(auto_close=False, interactive=False)
                    while not live.is_idle:
                        awaited(live, controls)
                    dragged(live, places, controls)
            else:
                live.move_to(setup.isocentre_patient_mm)
                live.final()
                dragged(live, places, None)


if __name__ == "__main__":
    main()
