"""Whether bounds of voxels hold for single isocentres in them, of a study that was swept; one command:

    simulator sweep head_atlas -o head_atlas
    python tests/benchmarks/check_atlas.py head_atlas head_atlas [--numbers 1000] [--tolerance 0.02] [--workers 2]

takes a study and its folder. Isocentres are drawn evenly from the voxels that were mapped, and the solid angle of
each alone is proven between bounds that are nearer to each other than the voxel's. If the two exclude each other, one
of them is wrong, and the run stops. It says, too, how often the single isocentre's lie wholly between the voxel's.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import simulator as sim
from simulator.certify.branch_and_bound import FREE, UNDECIDED
from simulator.maps.certified import Swept, certified
from simulator.models.library import find_study
from simulator.scenario.study import Study
from simulator.studies.cases import Cases

ROUNDING = 1e-9


def cases_of(study: str) -> Cases:
    """Return the cases of a study: a file, or the name of one that ships."""
    return Cases.of(Study.read(find_study(study)))


@cache
def setup_of(study: str) -> sim.Setup:
    """Return the base of a study, loaded once in a process."""
    return sim.load_setup(cases_of(study).base)


def share_alone(asked: tuple[str, tuple[float, float, float], float]) -> tuple[float, float]:
    """Return bounds of the free share of 4π for one isocentre alone, from a study, the isocentre and a tolerance."""
    study, isocentre_mm, tolerance = asked
    setup = replace(setup_of(study), site=None, isocentre_mm=isocentre_mm)
    room = Swept.of(setup, setup.sweep)
    cells = certified(room, tolerance, np.ones(len(setup.scene.pairs), dtype=bool), workers=1)
    shares = room.weight(cells.low, cells.high) / room.whole
    lower = float(shares[cells.status == FREE].sum())
    return lower, lower + float(shares[cells.status == UNDECIDED].sum())


def drawn(
    study: str, folder: Path, number: int, tolerance: float
) -> tuple[list[tuple[str, tuple[float, float, float], float]], NDArray[np.float64]]:
    """Return what is asked of isocentres in voxels of a swept study, and the bounds (n, 2) of their voxels."""
    cases, table = cases_of(study), pd.read_csv(folder / "table.csv")
    mapped = table[table["status"] == "mapped"]
    rng = np.random.default_rng(16)
    rows = mapped.iloc[rng.integers(0, len(mapped), number)]
    asked = []
    for index in rows["index"]:
        case = cases[int(index)]
        point = np.asarray(case.isocentre_mm) + rng.uniform(-1.0, 1.0, 3) * np.asarray(case.half_edges_mm)
        asked.append((study, tuple(point.tolist()), tolerance))
    return asked, rows[["fraction_lower", "fraction_upper"]].to_numpy()


def compared(alone: Iterator[tuple[float, float]], voxels: NDArray[np.float64]) -> None:
    """Print how isocentres agree with their voxels, and stop at one that does not."""
    within, began = 0, perf_counter()
    for count, ((lower, upper), (least, most)) in enumerate(zip(alone, voxels, strict=True), start=1):
        if lower > most + ROUNDING or upper < least - ROUNDING:
            raise SystemExit(
                f"isocentre {count}: {lower:.4f} to {upper:.4f} alone, {least:.4f} to {most:.4f} as voxel"
            )
        within += least - ROUNDING <= lower and upper <= most + ROUNDING
        if count % 100 == 0 or count == len(voxels):
            print(
                f"{count} isocentres: no contradiction; {within} wholly between the bounds of their voxels "
                f"({perf_counter() - began:.0f} s)",
                flush=True,
            )


def main() -> None:
    """Print how many agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("study")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--numbers", type=int, default=1000)
    parser.add_argument("--tolerance", type=float, default=0.02)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    asked, voxels = drawn(options.study, options.folder, options.numbers, options.tolerance)
    with ProcessPoolExecutor(options.workers, get_context("spawn")) as pool:
        compared(pool.map(share_alone, asked, chunksize=4), voxels)


if __name__ == "__main__":
    main()
