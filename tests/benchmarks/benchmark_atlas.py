"""What isocentres cost together and one by one; one command:

    python tests/benchmarks/benchmark_atlas.py [--numbers 6] [--compared 6] [--tolerance 0.005]
    python tests/benchmarks/benchmark_atlas.py --voxels [--spacing 10] [--numbers 64]

The first takes isocentres of the liver on a lattice of 10 mm: rows as a study has them, in so many whole chunks, each
drawn by the share of the rows that it holds, so that the mean is that of the study; and rows of separate
`collision_map`s of the same bounds. And the cells alone, without FCL and what rows need beside. Times are CPU
seconds of this process, threads included. The second takes chunks of voxels of the head, spread over all of them,
and says how far apart their bounds are.
"""

from __future__ import annotations

import argparse
import resource
from dataclasses import replace
from time import process_time

import numpy as np

import simulator as sim
from simulator.maps.certified import Swept, certified
from simulator.maps.isocentres import cells_of_isocentres, solid_angles_of_voxels
from simulator.scenario.study import Study
from simulator.studies.cases import Cases
from simulator.studies.evaluate import evaluated

SCENARIO = {"title": "Liver", "patient": {"model": "adult", "options": {"arms": "up"}, "site": "liver"}}
HEAD = {"title": "Head", "patient": {"model": "adult", "site": "brain"}}


def lattice_study(tolerance: float, radius_mm: float) -> Study:
    """Return a study of isocentres of the liver."""
    lattice = {"spacing_mm": 10, "site": "liver", "radius_mm": radius_mm}
    return Study.of(sim.Scenario(**SCENARIO), {"lattice": lattice}, tolerance=tolerance)


def drawn(cases: Cases, number: int) -> list[range]:
    """Return so many chunks of a study, each as often as the share of the cases that it holds: those at even steps.

    The mean of what a row costs in each is then that of the whole study, where small and large chunks differ.
    """
    chunks = sorted(cases.chunks(), key=lambda chunk: (len(chunk), chunk.start))
    at = (np.arange(number) + 0.5) * len(cases) / number
    return [chunks[each] for each in np.searchsorted(np.cumsum(list(map(len, chunks))), at, side="right")]


def one_by_one(study: Study, number: int) -> tuple[float, float]:
    """Return CPU seconds of one isocentre alone, in the mean of so many: its row, and its cells alone."""
    cases = Cases.of(study)
    some = [cases[at] for at in np.linspace(0, len(cases) - 1, number).astype(int)]
    core = process_time()
    for case in some:
        evaluated(study, [case], base=cases.base)
    rows = (process_time() - core) / number
    setup = sim.load_setup(cases.base)
    core = process_time()
    for case in some:
        room = Swept.of(replace(setup, site=None, isocentre_mm=case.isocentre_mm), setup.sweep)
        certified(room, study.measure.tolerance, np.ones(len(setup.scene.pairs), dtype=bool), workers=1)
    return rows, (process_time() - core) / number


def together(study: Study, chunks: list[range]) -> tuple[float, float, float]:
    """Return CPU seconds of a row and of its cells alone, the mean over chunks, and the widest bounds of a row."""
    cases = Cases.of(study)
    setup, rows_s, cells_s, gaps = sim.load_setup(cases.base), {}, {}, [0.0]
    for chunk in set(chunks):
        some = [cases[at] for at in chunk]
        core = process_time()
        rows = evaluated(study, some, base=cases.base)
        rows_s[chunk], core = (process_time() - core) / len(some), process_time()
        cells_of_isocentres(setup, [case.isocentre_mm for case in some], tolerance=study.measure.tolerance)
        cells_s[chunk] = (process_time() - core) / len(some)
        gaps += [row["fraction_upper"] - row["fraction_lower"] for row in rows if row["status"] == "mapped"]
    means = (float(np.mean([of[chunk] for chunk in chunks])) for of in (rows_s, cells_s))
    return *means, max(gaps)


def points(number: int, compared: int, tolerance: float) -> None:
    """Print what isocentres of the liver cost."""
    study = lattice_study(tolerance, 62.0)
    cases = Cases.of(study)
    evaluated(study, [cases[0], cases[1]], base=cases.base)  # compiled
    alone, cells_alone = one_by_one(study, compared)
    print(f"alone: {alone:.2f} s of CPU for a row, {cells_alone:.2f} s for its cells, mean of {compared}")
    chunks = drawn(cases, number)
    row, cells, gap = together(study, chunks)
    print(
        f"together, chunks of {', '.join(str(len(chunk)) for chunk in chunks)}: {row:.2f} s of CPU for a row "
        f"({alone / row:.2f} times as fast over the study), {cells:.2f} s for its cells "
        f"({cells_alone / cells:.1f} times); bounds at most {100 * gap:.2f} % of 4π apart; "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB"
    )


def voxels(spacing_mm: float, number: int, tolerance: float) -> None:
    """Print how far apart the bounds of voxels of the head are: of about so many, in chunks spread over the study."""
    lattice = {"spacing_mm": spacing_mm, "part": "head", "proof": "voxels"}
    study = Study.of(sim.Scenario(**HEAD), {"lattice": lattice})
    cases, gaps, core = Cases.of(study), [], process_time()
    setup, chunks = sim.load_setup(cases.base), list(cases.chunks())
    count = max(1, round(number * len(chunks) / len(cases)))
    for at in np.linspace(0, len(chunks) - 1, count + 2).astype(int)[1:-1]:
        some = [cases[case] for case in chunks[at]]
        middles, half_edges_mm = [case.isocentre_mm for case in some], some[0].half_edges_mm
        found = solid_angles_of_voxels(setup, middles, half_edges_mm, tolerance=tolerance)
        gaps += [(each.upper_sr - each.lower_sr) / (4 * np.pi) for each in found]
    print(
        f"{len(gaps)} of {len(cases)} voxels of {spacing_mm:g} mm: {(process_time() - core) / len(gaps):.2f} s of "
        f"CPU each, bounds {100 * np.mean(gaps):.2f} % of 4π apart in the mean, {100 * np.max(gaps):.2f} % at most"
    )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--numbers", type=int, default=6)
    parser.add_argument("--compared", type=int, default=6)
    parser.add_argument("--tolerance", type=float, default=0.005)
    parser.add_argument("--voxels", action="store_true")
    parser.add_argument("--spacing", type=float, default=10.0)
    asked = parser.parse_args()
    if asked.voxels:
        voxels(asked.spacing, asked.numbers, asked.tolerance)
    else:
        points(asked.numbers, asked.compared, asked.tolerance)


if __name__ == "__main__":
    main()
