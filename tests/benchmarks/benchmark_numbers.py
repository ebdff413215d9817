"""What a study takes as its cases become many; one command:

    python tests/benchmarks/benchmark_numbers.py [--numbers 10 100 1000 10000] [--tolerance 0.05] [--workers 2]

Isocentres in one ball about the liver, on lattices that are finer and finer, each swept by a command of its own from
cold start to all its files. For each number: the wall time, its share for a row, and the most memory that one process
took. The journal, tables and pictures are part of it. Rows that lie nearer to each other share more, so that the time
of a row should fall; if what holds a study together cost more than in proportion, it would rise.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from math import pi
from pathlib import Path
from time import perf_counter

import simulator as sim
from simulator.studies.cases import Cases

STUDY = """title = "Isocentres in and around a liver"

[scenario]
title = "Liver on a C-arm, arms up"
patient = {{ model = "adult", options = {{ arms = "up" }}, site = "liver" }}

[[vary]]
lattice = {{ spacing_mm = {spacing_mm}, site = "liver", radius_mm = {RADIUS_MM:g} }}

[measure]
tolerance = {tolerance}
"""
RADIUS_MM = 60.0
BALL = 4 / 3 * pi * RADIUS_MM**3
"""The volume of the ball, in mm³."""


def written(folder: Path, number: int, tolerance: float) -> tuple[Path, int]:
    """Write a study of about so many isocentres, and return its file and how many they are."""
    spacing_mm = round((BALL / number) ** (1 / 3), 1)
    path = folder / f"{number}.toml"
    path.write_text(STUDY.format(spacing_mm=spacing_mm, tolerance=tolerance, RADIUS_MM=RADIUS_MM))
    return path, len(Cases.of(sim.Study.read(path)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--numbers", type=int, nargs="+", default=[10, 100, 1000, 10000])
    parser.add_argument("--tolerance", type=float, default=0.05)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    print(f"{'rows':>8}{'wall (s)':>10}{'ms a row':>10}{'CPU ms a row':>14}{'most MB':>9}")
    with tempfile.TemporaryDirectory() as place:
        for number in asked.numbers:
            path, rows = written(Path(place), number, asked.tolerance)
            command = [sys.executable, "-m", "simulator", "sweep", str(path), "--workers", str(asked.workers)]
            before, began = os.times(), perf_counter()
            subprocess.run([*command, "--output", f"{place}/{number}"], stdout=subprocess.DEVNULL, check=True)
            wall, after = perf_counter() - began, os.times()
            core = sum(after[2:4]) - sum(before[2:4])
            most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            shares = f"{1e3 * wall / rows:>10.0f}{1e3 * core / rows:>14.0f}"
            print(f"{rows:>8}{wall:>10.1f}{shares}{most:>9.0f}", flush=True)


if __name__ == "__main__":
    main()
