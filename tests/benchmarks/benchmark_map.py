"""What the map costs, beside a bare loop over python-fcl; one command:

    python tests/benchmarks/benchmark_map.py [--repeats 3] [--step 1] [--scenarios brain liver]

Compared, side by side in one run, over all poses of gantry x couch (1°: 65,160) and all pairs of the scene:

(a) bare fcl: `fcl.collide` for every pair at every pose, with FCL's trees and transforms made before the clock
    starts and no early exit. It answers less: no buffers, and nothing of a body that is inside another.
(b) one worker: the status of every pair at every pose (free, within its buffer, colliding; bodies in bodies), from
    a new `Checker` on: trees, transforms, shells and all.
(c) all cores: the same, with worker processes that start anew in each repeat.
(d) proven: the same on one worker, FCL asked only of what is not proven apart and of a share of the rest; proofs,
    and all that they are made of, included.

Each figure is the median of the repeats, which take turns, and its ratio to (a): below 1 is faster. Wherever (a)
hits, (b) and (c) must say "colliding", and (b), (c) and (d) must be equal; the run stops if not. The scenario
`brain_slicerrt` joins in where the environment variable SIMULATOR_MODELS names a folder with SlicerRT's machine set.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import fcl
import numpy as np
from loky import cpu_count, get_reusable_executor
from numpy.typing import NDArray

import simulator as sim
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.scene import Scene
from simulator.maps.certified import Swept
from simulator.maps.judged import judged
from simulator.maps.pool import evaluate
from simulator.models.mesh import Mesh

Statuses = NDArray[np.int8]
MACHINE_SET = "VarianTrueBeamSTx.json"


def bare_loop(scene: Scene, poses_deg: NDArray[np.float64]) -> Callable[[], Statuses]:
    """Return the loop, with everything made that can be made beforehand; a hit is `Status.COLLIDING`."""
    objects = [fcl_object(body.mesh) for body in scene.bodies]
    places = [transforms(scene, body, poses_deg) for body in range(len(objects))]

    def loop() -> Statuses:
        hits = np.zeros((len(scene.pairs), len(poses_deg)), dtype=np.int8)
        request = fcl.CollisionRequest()
        for row, pair in enumerate(scene.pairs):
            a, b = objects[pair.a], objects[pair.b]
            for pose, (T_a, T_b) in enumerate(zip(places[pair.a], places[pair.b], strict=True)):
                a.setTransform(T_a)
                b.setTransform(T_b)
                if fcl.collide(a, b, request, fcl.CollisionResult()):
                    hits[row, pose] = Status.COLLIDING
        return hits

    return loop


def fcl_object(mesh: Mesh) -> fcl.CollisionObject:
    """Return a mesh as FCL has it."""
    model = fcl.BVHModel()
    model.beginModel(len(mesh.faces), len(mesh.vertices_mm))
    model.addSubModel(np.array(mesh.vertices_mm), np.array(mesh.faces))
    model.endModel()
    return fcl.CollisionObject(model, fcl.Transform())


def transforms(scene: Scene, body: int, poses_deg: NDArray[np.float64]) -> list[fcl.Transform]:
    """Return a body's transform at each pose; equal ones are one object."""
    values = np.zeros_like(poses_deg)
    columns = list(scene.columns_of_body(body))
    values[:, columns] = poses_deg[:, columns]
    distinct, inverse = np.unique(values, axis=0, return_inverse=True)
    made = [fcl.Transform(T[:3, :3].copy(), T[:3, 3].copy()) for T in scene.T_fixed_body(body, distinct)]
    return [made[index] for index in inverse.ravel().tolist()]


def ours(scene: Scene, poses_deg: NDArray[np.float64], workers: int) -> Callable[[], Statuses]:
    """Return a map from nothing but the scene."""
    return lambda: evaluate(Checker(scene), poses_deg, workers=workers)


def proven(setup: sim.Setup, sweep: sim.Sweep) -> Callable[[], Statuses]:
    """Return a map from nothing but the scene, judged where it is not proven."""
    scene = setup.scene
    return lambda: judged(Swept(sweep, None, Checker(scene), Prover(scene)), "proven", workers=1).statuses


def compare(scenario: str, step_deg: float, repeats: int) -> None:
    """Print the table of one scenario."""
    setup = sim.load_setup(scenario)
    sweep = setup.sweep.with_steps(gantry=step_deg, couch=step_deg)
    poses_deg = sweep.poses()
    cores = int(cpu_count())
    ways = {
        "(a) bare fcl": bare_loop(setup.scene, poses_deg),
        "(b) one worker": ours(setup.scene, poses_deg, 1),
        f"(c) {cores} workers": ours(setup.scene, poses_deg, cores),
        "(d) proven": proven(setup, sweep),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(repeats):
        answers = []
        for way, run in ways.items():
            get_reusable_executor(max_workers=1).shutdown(wait=True)
            started = perf_counter()
            answers.append(run())
            seconds[way].append(perf_counter() - started)
        bare, one, *others = answers
        if (
            not all(np.array_equal(one, other) for other in others)
            or (one[bare == Status.COLLIDING] != Status.COLLIDING).any()
        ):
            raise SystemExit(f"{scenario}: the answers differ")
    triangles = sum(len(body.mesh.faces) for body in setup.scene.bodies)
    print(f"\n{scenario}: {len(poses_deg):,} poses, {len(setup.scene.pairs)} pairs, {triangles:,} triangles")
    base = statistics.median(seconds["(a) bare fcl"])
    for way, times in seconds.items():
        median = statistics.median(times)
        print(f"  {way:<16}{median:8.2f} s  {median / base:6.3f} of (a)  ({min(times):.2f} to {max(times):.2f} s)")


def with_machine_set(scenarios: list[str]) -> list[str]:
    """Return the scenarios, and `brain_slicerrt` where its machine set is."""
    folders = os.environ.get("SIMULATOR_MODELS", "").split(os.pathsep)
    has_machine_set = any(folder and (Path(folder) / MACHINE_SET).is_file() for folder in folders)
    return [*scenarios, *(["brain_slicerrt"] if has_machine_set else [])]


def main() -> None:
    """Run the comparison and print it."""
    parser = argparse.ArgumentParser(description="The map beside a bare loop over python-fcl.")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--step", type=float, default=1.0, help="of the poses, in degrees")
    parser.add_argument("--scenarios", nargs="*", default=["brain", "liver"])
    arguments = parser.parse_args()
    packages = ", ".join(f"{name} {version(name)}" for name in ("python-fcl", "numpy", "scipy"))
    machine = f"{platform.system()} {platform.machine()}, {cpu_count()} CPUs"
    print(f"{machine}, Python {platform.python_version()}, {packages}")
    print(f"median of {arguments.repeats} interleaved repeats")
    proven(sim.load_setup("brain"), sim.Sweep(gantry=(0, 0, 1), couch=(0, 0, 1)))()  # what is compiled is loaded
    for scenario in with_machine_set(arguments.scenarios):
        compare(scenario, arguments.step, arguments.repeats)


if __name__ == "__main__":
    main()
