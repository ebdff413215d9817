"""What proofs over whole cells of poses cost, beside what others need for single poses; one command:

    python tests/benchmarks/benchmark_proofs.py [--scenarios brain liver] [--repeats 3] [--quick]

One table for each scenario, all of it measured in one run: median seconds of the repeats, which take turns, and
their ratio, ours to the rival's. One thread unless said. Ours starts from the scene, trees included (but for row 6,
where they would hide the growth); rivals have their trees and transforms made before the clock starts, and answer
yes or no at the 65,160 poses by 1° without an early exit (trimesh's managers have one). Where that takes too
long they answer some poses, and their time is scaled up, as the row says. Compiled code is loaded, or compiled where
it has never been, before any clock starts.
While it runs, each time is printed with the share of a core that it had: much less than 100 % means that other work
ran beside it, and that the table is not to be trusted.

Answers are compared too, and the run stops if they contradict each other: no cell may be proven free, or not free,
against the status of one of these poses; bounds must be as near as was asked, and overlap; two threads must give the
same cells as one; clearances must be at most what python-fcl measures, and at most 1 mm less. Where a rival's yes or
no differs, its row counts how often.

The scenario `brain_slicerrt` joins in where the environment variable SIMULATOR_MODELS names a folder with SlicerRT's
machine set.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import ours
import rivals
from benchmark_map import bare_loop, with_machine_set
from loky import cpu_count
from numpy.typing import NDArray
from ours import FINE, ROUGH, certify, free_share

import simulator as sim
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.scene import Scene

PACKAGES = ("numpy", "numba", "python-fcl", "trimesh", "coal", "vtk")
LIMIT_GB = 1.5
SIZES_DEG = (1.0, 0.5, 0.25)
HALVED = tuple(pairwise(SIZES_DEG))


@dataclass(frozen=True)
class Row:
    """One line of the table; ``at_most`` is what is asked of the ratio."""

    what: str
    ours: float
    rival: float
    at_most: float | None = None
    remarks: str = ""

    def __str__(self) -> str:
        ratio = self.ours / self.rival
        asked, met = "", ""
        if self.at_most is not None:
            asked = f"≤ {self.at_most:g}" if self.at_most >= 1 else f"≤ 1/{1 / self.at_most:g}"
            met = "yes" if ratio <= self.at_most else "NO"
        return f"{self.what:<64}{self.ours:>9.2f}{self.rival:>10.2f}{ratio:>9.4f}  {asked:<8}{met:<5}{self.remarks}"


HEADER = f"{'what: ours | rival':<64}{'ours (s)':>9}{'rival (s)':>10}{'ratio':>9}  {'asked':<8}{'met':<5}remarks"


def timed(ways: dict[str, Callable[[], Any]], repeats: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Return the median seconds of each way, taking turns, and the last answers."""
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    answers: dict[str, Any] = {}
    for repeat in range(repeats):
        for way, run in ways.items():
            started, busy = perf_counter(), process_time()
            answers[way] = run()
            seconds[way].append(perf_counter() - started)
            share = (process_time() - busy) / seconds[way][-1]
            progress = f"  {repeat + 1} of {repeats}: {way:<32}{seconds[way][-1]:8.2f} s at {share:4.0%} of a core"
            print(progress, file=sys.stderr, flush=True)
    return {way: statistics.median(times) for way, times in seconds.items()}, answers


def compare(scenario: str, repeats: int, distance_poses: int, couch_angles: int) -> None:
    """Print the table of one scenario."""
    setup = sim.load_setup(scenario)
    scene = setup.scene
    poses_deg = ours.poses_by_1_deg()
    few = np.sort(np.random.default_rng(1).choice(len(poses_deg), distance_poses, replace=False))
    some = np.isin(poses_deg[:, 1], np.round(np.linspace(-90, 90, 2 * couch_angles + 1)[1::2]))
    triangles = sum(len(body.mesh.faces) for body in scene.bodies)
    print(f"\n{scenario}: {len(poses_deg):,} poses, {len(scene.pairs)} pairs, {triangles:,} triangles", flush=True)
    ways = {**our_ways(setup, poses_deg), **their_ways(scene, poses_deg, few, some)}
    seconds, answers = timed(ways, repeats)
    seconds["two at once"] = statistics.median(ours.two_at_once_s(scenario) for _ in range(repeats))
    statuses = Checker(scene).pair_status(poses_deg)
    ours.require_sound([answers[way] for way in ("rough", "finer meshes")], ROUGH, poses_deg, statuses)
    ours.require_sound([answers[way] for way in ("fine", "two threads")], FINE, poses_deg, statuses)
    ours.require_sound([answers[f"cells of {size:g}°"] for size in SIZES_DEG], 1.0, poses_deg, statuses)
    ours.require_equal(answers["fine"], answers["two threads"])
    collides = (statuses[list(scene.clearance_pairs)] == Status.COLLIDING).any(axis=0)
    apart_mm = np.where(collides[few], 0.0, answers["python-fcl distance"])  # FCL sees no body that another holds
    ours.require_clearances(answers["clearance"][few], apart_mm)
    print(HEADER)
    for row in our_rows(scenario, seconds, answers, len(poses_deg) / len(few)):
        print(row)
    for row in rival_rows(seconds, answers, statuses, some):
        print(row, flush=True)


def our_ways(setup: sim.Setup, poses_deg: NDArray[np.float64]) -> dict[str, Callable[[], Any]]:
    """Return what is timed of this program."""
    scene = setup.scene
    finer, prover = ours.with_finer_meshes(scene), Prover(scene)
    return {
        "rough": lambda: certify(Prover(scene), ROUGH),
        "finer meshes": lambda: certify(Prover(finer), ROUGH),
        "fine": lambda: certify(Prover(scene), FINE),
        "two threads": lambda: certify(Prover(scene), FINE, workers=2),
        "clearance": lambda: ours.clearance_mm(scene, poses_deg),
        "map": lambda: sim.collision_map(setup, workers=1),
        "curve": lambda: ours.curve_of_buffers(scene, ROUGH),
        **{f"cells of {size:g}°": partial(certify, prover, 0.0, finest=size) for size in SIZES_DEG},
    }


def their_ways(
    scene: Scene, poses_deg: NDArray[np.float64], few: NDArray[np.intp], some: NDArray[np.bool_]
) -> dict[str, Callable[[], Any]]:
    """Return what is timed of others; coal only where it is installed."""
    ways: dict[str, Callable[[], Any]] = {
        "python-fcl": bare_loop(scene, poses_deg),
        "python-fcl distance": rivals.fcl_distances(scene, poses_deg[few]),
        "trimesh": rivals.trimesh_loop(scene, poses_deg[some]),
        "VTK": rivals.vtk_loop(scene, poses_deg[some]),
    }
    if find_spec("coal"):
        ways["coal"] = rivals.coal_loop(scene, poses_deg[some], with_buffers=False)
        ways["coal with buffers"] = rivals.coal_loop(scene, poses_deg[some], with_buffers=True)
    return ways


def our_rows(scenario: str, seconds: dict[str, float], answers: dict[str, Any], scale: float) -> list[Row]:
    """Return the rows that ask something of this program."""
    rough, fine, fcl = seconds["rough"], seconds["fine"], seconds["python-fcl"]
    shares = {way: 100 * free_share(answers[way]) for way in ("rough", "fine")}
    found = {way: f"{lower:.2f} to {upper:.2f} % of 4π" for way, (lower, upper) in shares.items()}
    at_0, at_100 = 100 * answers["curve"].mean(axis=0)[[0, -1]]
    distance = f"python-fcl distance ({len(answers['python-fcl distance'])} poses, x {scale:.0f})"
    cells = {size: seconds[f"cells of {size:g}°"] for size in SIZES_DEG}
    apart = {size: 100 * np.diff(free_share(answers[f"cells of {size:g}°"]), axis=0)[0] for size in SIZES_DEG}
    command = [sys.executable, str(Path(ours.__file__)), scenario]
    peak = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return [
        Row(f"1 bounds within {100 * ROUGH:g} % of 4π | python-fcl, yes or no", rough, fcl, 1, found["rough"]),
        Row(f"2 bounds within {100 * FINE:g} % of 4π | the same", fine, fcl, 20, found["fine"]),
        Row(f"3 clearance | {distance}", seconds["clearance"], scale * seconds["python-fcl distance"], 1 / 50),
        Row(
            f"4 curve of 21 buffers, each within {100 * ROUGH:g} % of 4π | row 1",
            seconds["curve"],
            rough,
            3,
            f"{at_0:.0f} % at 0 mm, {at_100:.0f} % at 100 mm",
        ),
        Row(
            "4 the same | collision_map(setup), poses by 1° x 2°, bounds within 0.2 %",
            seconds["curve"],
            seconds["map"],
        ),
        Row("5 row 1 with 9 x the triangles | as they are", seconds["finer meshes"], rough, 2),
        *[
            Row(
                f"6 cells down to {half:g}° | to {size:g}°",
                cells[half],
                cells[size],
                2.5,
                f"bounds within {apart[half]:.2f} | {apart[size]:.2f} % of 4π",
            )
            for size, half in HALVED
        ],
        Row("7 row 2 with two threads | with one", seconds["two threads"], fine, 1 / 1.7),
        Row("7 the same | half of two processes at once", seconds["two threads"], seconds["two at once"] / 2, 1.1),
        Row("8 peak memory of rows 2 and 3 in GB | the limit", float(peak), LIMIT_GB, 1),
    ]


def rival_rows(
    seconds: dict[str, float], answers: dict[str, Any], statuses: NDArray[np.int8], some: NDArray[np.bool_]
) -> list[Row]:
    """Return a row for each rival, with how often it says yes where another says no, and no where it says yes.

    trimesh answers once for a pose, the others for each pair. With its buffers as margins, coal answers what a map
    does, but for bodies that are wholly inside others.
    """
    hits, collides = answers["python-fcl"] == Status.COLLIDING, statuses == Status.COLLIDING
    scale = len(some) / np.count_nonzero(some)
    expected = {
        "python-fcl": (collides, "the simulator"),
        "trimesh": (hits[:, some].any(axis=0), "python-fcl"),
        "VTK": (hits[:, some], "python-fcl"),
        "coal": (hits[:, some], "python-fcl"),
        "coal with buffers": (statuses[:, some] > Status.FREE, "the simulator"),
    }
    rows = []
    for way, (truth, whose) in expected.items():
        if way not in answers:
            continue
        found = np.asarray(answers[way], dtype=bool)
        what, total = f"row 1 | {way}", seconds[way]
        if way != "python-fcl":
            what, total = f"{what} ({np.count_nonzero(some):,} poses, x {scale:.0f})", scale * total
        more, fewer = np.count_nonzero(found & ~truth), np.count_nonzero(truth & ~found)
        answer = f"{np.count_nonzero(found):,} yes of {found.size:,}, {more} more and {fewer} fewer than {whose}"
        rows.append(Row(what, seconds["rough"], total, None, f"{1e6 * total / len(some):.0f} µs a pose; {answer}"))
    return rows


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description="Proofs over cells of poses beside loops over poses.")
    parser.add_argument("--scenarios", nargs="*", default=["brain", "liver"])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one repeat, and rivals at fewer poses")
    arguments = parser.parse_args()
    repeats, distance_poses, couch_angles = (1, 40, 2) if arguments.quick else (arguments.repeats, 300, 6)
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES if find_spec(name.replace("python-", "")))
    machine = f"{platform.system()} {platform.machine()}, {cpu_count()} CPUs"
    print(f"{machine}, Python {platform.python_version()}, {packages}")
    print(f"median of {repeats} interleaved repeats", flush=True)
    started = perf_counter()
    ours.warm_up()
    print(f"compiled code was ready after {perf_counter() - started:.1f} s", flush=True)
    for scenario in with_machine_set(arguments.scenarios):
        compare(scenario, repeats, distance_poses, couch_angles)


if __name__ == "__main__":
    main()
