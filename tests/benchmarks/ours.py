"""What the benchmark of proofs times of this program, and what it holds the answers to.

    python tests/benchmarks/ours.py SCENARIO

prints the peak memory, in GB, of a process that loads a scenario, bounds its solid angle and maps its clearance.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from time import perf_counter

import numpy as np
import trimesh
from numpy.typing import NDArray

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.certify.cells import FINEST, MOST_CELLS, certified_cells, start_cells
from simulator.certify.clearance_curve import free_by_buffer
from simulator.certify.prover import Prover
from simulator.collision.contact import Status
from simulator.collision.scene import Scene
from simulator.directions.chart import TwoAxisChart
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.models.mesh import Mesh

ROUGH, FINE = 0.005, 0.0005
"""How far apart bounds may be, as shares of 4π."""
SWEEP = sim.Sweep(gantry=(-180.0, 180.0, 1.0), couch=(-90.0, 90.0, 1.0))
C_ARM = TwoAxisChart.of("gantry", "couch", (0.0, 0.0, -1.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
EDGES = C_ARM.inner_edges(*SWEEP["gantry"].extent), C_ARM.outer_edges(*SWEEP["couch"].extent)
BUFFERS_MM = np.linspace(0.0, 100.0, 21)
SLACK_MM, ROUNDING_MM = 1.0, 1e-6
_both_ready: Barrier


def poses_by_1_deg() -> NDArray[np.float64]:
    """Return the poses by 1°; gantry -180 and 180 are one."""
    return SWEEP.poses()


def certify(prover: Prover, share: float, *, finest: float = FINEST, workers: int = 1) -> Cells:
    """Return cells whose undecided ones make up at most a share of 4π, or are not larger than asked."""
    tolerance = share * FULL_SPHERE_SR
    return certified_cells(prover, EDGES, weight=C_ARM.area_sr, tolerance=tolerance, finest=finest, workers=workers)


def curve_of_buffers(scene: Scene, share: float) -> NDArray[np.float64]:
    """Return lower and upper bounds of the free share of 4π for 21 buffers, shape (2, 21)."""
    curve = free_by_buffer(
        Prover(scene),
        *start_cells(EDGES),
        BUFFERS_MM,
        weight=C_ARM.area_sr,
        tolerance=share * FULL_SPHERE_SR,
        most_cells=MOST_CELLS,
    )
    return np.stack([curve.lower, curve.upper]) / FULL_SPHERE_SR


def clearance_mm(scene: Scene, poses_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the certified clearance at each pose, of the pairs whose distance is one."""
    return Prover(scene).clearance_mm(poses_deg, scene.clearance_pairs)[0]


def with_finer_meshes(scene: Scene) -> Scene:
    """Return the scene with every triangle cut into 9: the same surfaces."""
    weights = np.array([(3 - i - j, i, j) for i in range(4) for j in range(4 - i)]) / 3
    small = [(0, 4, 1), (1, 5, 2), (2, 6, 3), (4, 7, 5), (5, 8, 6), (7, 9, 8), (1, 4, 5), (2, 5, 6), (5, 7, 8)]

    def finer(mesh: Mesh) -> Mesh:
        points = np.einsum("kc,ncx->nkx", weights, mesh.vertices_mm[mesh.faces])
        faces = np.array(small) + len(weights) * np.arange(len(points))[:, None, None]
        merged = trimesh.Trimesh(points.reshape(-1, 3), faces.reshape(-1, 3))
        return Mesh(np.asarray(merged.vertices), np.asarray(merged.faces, dtype=np.int32))

    return replace(scene, bodies=tuple(replace(body, mesh=finer(body.mesh)) for body in scene.bodies))


def warm_up() -> None:
    """Load what is compiled, or compile it."""
    scene = sim.load_setup("brain").scene
    certify(Prover(scene), share=1.0, workers=2)
    clearance_mm(scene, np.zeros((1, 2)))
    curve_of_buffers(scene, share=1.0)


def two_at_once_s(scenario: str) -> float:
    """Return how long two processes take that bound the same solid angle finely at once, a thread each."""
    spawning = get_context("spawn")
    both_ready = spawning.Barrier(2)
    with ProcessPoolExecutor(2, spawning, _meet_at, (both_ready,)) as pool:
        return max(pool.map(_fine_s, [scenario] * 2))


def _meet_at(both_ready: Barrier) -> None:
    global _both_ready
    _both_ready = both_ready


def _fine_s(scenario: str) -> float:
    scene = sim.load_setup(scenario).scene
    warm_up()
    _both_ready.wait()
    started = perf_counter()
    certify(Prover(scene), FINE)
    return perf_counter() - started


def free_share(cells: Cells) -> NDArray[np.float64]:
    """Return lower and upper bounds of the free share of 4π, shape (2,)."""
    shares = C_ARM.area_sr(cells.low, cells.high) / FULL_SPHERE_SR
    lower = shares @ (cells.status == FREE)
    return np.stack([lower, lower + shares @ (cells.status == UNDECIDED)])


def require(holds: bool | np.bool_, otherwise: str) -> None:
    """Stop the run if something does not hold."""
    if not holds:
        raise SystemExit(otherwise)


def require_sound(
    answers: list[Cells], share: float, poses_deg: NDArray[np.float64], statuses: NDArray[np.int8]
) -> None:
    """Stop if bounds are too far apart or exclude each other, or a cell contradicts a pose by 1°."""
    lower, upper = np.stack([free_share(cells) for cells in answers], axis=1)
    require((upper - lower <= share + 1e-9).all(), "bounds are further apart than was asked for")
    require(lower.max() <= upper.min() + 1e-9, "bounds exclude each other")
    gantry_deg, couch_deg = np.unique(poses_deg[:, 0]), np.unique(poses_deg[:, 1])
    is_free = (statuses == Status.FREE).all(axis=0).reshape(SWEEP.shape).T
    # Free poses, and others, below and left of each pose: what a rectangle holds is then four of these numbers.
    count = np.zeros((2, len(couch_deg) + 1, len(gantry_deg) + 1), dtype=int)
    count[:, 1:, 1:] = np.stack([is_free, ~is_free]).cumsum(axis=1).cumsum(axis=2)
    for cells in answers:
        left, below = np.searchsorted(gantry_deg, cells.low[:, 0]), np.searchsorted(couch_deg, cells.low[:, 1])
        right = np.searchsorted(gantry_deg, cells.high[:, 0], side="right")
        above = np.searchsorted(couch_deg, cells.high[:, 1], side="right")
        free, others = count[:, above, right] - count[:, above, left] - count[:, below, right] + count[:, below, left]
        require(not others[cells.status == FREE].any(), "a cell is proven free, and a pose of it is not")
        require(not free[cells.status == NOT_FREE].any(), "a cell is proven not free, and a pose of it is free")


def require_equal(one: Cells, other: Cells) -> None:
    """Stop if the cells, in any order, are not the same."""
    tables = [np.column_stack([cells.low, cells.high, cells.status]) for cells in (one, other)]
    one_sorted, other_sorted = (table[np.lexsort(table.T)] for table in tables)
    require(np.array_equal(one_sorted, other_sorted), "the cells depend on the number of threads")


def require_clearances(found_mm: NDArray[np.float64], true_mm: NDArray[np.float64]) -> None:
    """Stop if a clearance is more than the distance, or more than 1 mm less."""
    require((found_mm <= true_mm + ROUNDING_MM).all(), "a clearance is more than python-fcl's distance")
    require((found_mm >= true_mm - SLACK_MM).all(), "a clearance is more than 1 mm below python-fcl's distance")


def peak_gb(scenario: str) -> float:
    """Return the most memory that this process has had at a time, after all that a scenario's answers take.

    Where there is a /proc, from there: on Linux `getrusage` counts what the parent had when it started this process.
    """
    scene = sim.load_setup(scenario).scene
    certify(Prover(scene), FINE)
    clearance_mm(scene, poses_by_1_deg())
    status = Path("/proc/self/status")
    if status.is_file():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024 / 1e9
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e9


if __name__ == "__main__":
    print(peak_gb(sys.argv[1]))
