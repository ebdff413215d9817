"""What `simulator run` takes from cold start to all its files, an older commit and this one in turn; one command:

    python tests/benchmarks/benchmark_run.py OLD [--scenarios brain liver] [--repeats 3]

OLD is a copy of the repository at the older commit (`git worktree add --detach ../old COMMIT`). Each run is a new
process, with compiled code in the cache and Python's own kept in a folder for each side: the first run of each side
fills them, and is not counted. Of the others the least wall time counts, and the least CPU time of the command's
process, its threads included; helpers are beside it, and their time is in the wall's.

It stops if a file is not the same to the byte, but result.json, whose provenance holds the time and may say more.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

NEW = Path(__file__).resolve().parents[2]
TIMED = "result.json"
CLOCK = """
import atexit, sys, time
atexit.register(lambda: print(f"cpu {time.process_time()}", file=sys.stderr))
sys.argv = ["simulator", "run", *sys.argv[1:]]
from simulator.cli import main
main()
"""


def timed(tree: Path, kept: Path, scenario: str, folder: Path) -> tuple[float, float]:
    """Run a scenario with the package of one tree, and return wall and CPU seconds."""
    environment = os.environ | {"PYTHONPATH": str(tree), "PYTHONPYCACHEPREFIX": str(kept)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CLOCK, scenario, "--output", str(folder)],
        env=environment,
        cwd=kept,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    wall = perf_counter() - start
    return wall, float(done.stderr.split("cpu ")[-1])


def require_same(one: Path, other: Path) -> None:
    """Compare the files of two runs."""
    names = [sorted(file.name for file in folder.iterdir()) for folder in (one, other)]
    assert names[0] == names[1], names
    for name in names[0]:
        assert name == TIMED or (one / name).read_bytes() == (other / name).read_bytes(), f"{name} differs"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path)
    parser.add_argument("--scenarios", nargs="+", default=["brain", "liver"])
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    trees = {"old": asked.old.resolve(), "new": NEW}
    print(f"{'':<16}{'old (s)':>10}{'new (s)':>10}{'ratio':>8}{'old CPU':>10}{'new CPU':>10}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as place:
        for side in trees:
            (Path(place) / side).mkdir()
        for scenario in asked.scenarios:
            found: dict[str, list[tuple[float, float]]] = {side: [] for side in trees}
            for turn in range(asked.repeats + 1):
                for side, tree in trees.items():
                    times = timed(tree, Path(place) / side, scenario, Path(place) / f"{scenario}_{side}")
                    if turn:
                        found[side].append(times)
                require_same(*(Path(place) / f"{scenario}_{side}" for side in trees))
            line = f"{scenario:<16}"
            for kind in (0, 1):
                old, new = (min(times[kind] for times in found[side]) for side in trees)
                line += f"{old:>10.2f}{new:>10.2f}{new / old:>8.2f}"
            print(line, flush=True)


if __name__ == "__main__":
    main()
