"""What a patient from a structure set costs, and whether its surface holds the contours, beside voxels; one command:

    python tests/benchmarks/benchmark_structures.py [--file RS.dcm] [--external BODY] [--repeats 3]

Without a file: a trunk with an arm that is written anew. Each time is printed with the share of a core that it had:
much less than 100 % means that other work ran beside it. The rival fills the contours into voxels of the grid that
we use and draws the surface with VTK's flying edges, as tools do that need an image. Every 200th contour point
is asked by winding number whether it is outside (VTK's own answer is wrong between surfaces that nearly touch).
Compiled code is loaded before the clock starts.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyvista as pv
from matplotlib.path import Path as Outline

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.dicom_structures import circle, write_structure_set
from support.winding import winding_number

from simulator.dicom.structure_set import Roi, StructureSet
from simulator.models.mesh import Mesh
from simulator.models.patient import Patient
from simulator.models.structures.contours import Slices

STEP_MM = 2.0
EVERY = 200


def synthetic(folder: Path) -> Path:
    """Write a trunk and an arm on 100 slices of 3 mm, 360 points each."""
    slices = [
        contour
        for z in range(0, 300, 3)
        for contour in (
            circle(z, 140.0 + 20 * np.sin(z / 40), points=360),
            circle(z, 40.0, centre=(200.0, 0.0), points=360),
        )
    ]
    return write_structure_set(folder / "RS.dcm", [("BODY", "EXTERNAL", slices)])


def voxels(slices: Slices) -> pv.PolyData:
    """Return the surface of filled voxels, by flying edges at one half."""
    low, high = slices.bounds_mm[0, :2] - 2 * STEP_MM, slices.bounds_mm[1, :2] + 2 * STEP_MM
    columns, rows = np.ceil((high - low) / STEP_MM).astype(int) + 1
    u, v = np.meshgrid(low[0] + np.arange(columns) * STEP_MM, low[1] + np.arange(rows) * STEP_MM)
    nodes = np.column_stack([u.ravel(), v.ravel()])
    filled = np.zeros((len(slices) + 2, rows, columns), dtype=np.float32)
    for at, polygons in enumerate(slices.polygons, start=1):
        for polygon in polygons:
            filled[at] += Outline(np.vstack([polygon, polygon[:1]])).contains_points(nodes).reshape(rows, columns)
    gap = float(np.diff(slices.offsets_mm).mean())
    grid = pv.ImageData(
        dimensions=(columns, rows, len(slices) + 2),
        spacing=(STEP_MM, STEP_MM, gap),
        origin=(low[0], low[1], slices.offsets_mm[0] - gap),
    )
    return grid.contour([0.5], scalars=np.minimum(filled, 1.0).ravel(), method="flying_edges")


def outside(mesh: Mesh, roi: Roi) -> float:
    """Return the share of the contour points, every 200th of them, that a surface does not wind around."""
    return float(np.mean(winding_number(np.concatenate(roi.contours)[::EVERY], mesh) < 0.5))


def timed(name: str, function: Callable[[], Any], repeats: int) -> Any:
    """Call a function, print the median of its times, and return what it returned last."""
    seconds, answer = [], None
    for _ in range(repeats):
        wall, busy = time.perf_counter(), time.process_time()
        answer = function()
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        seconds.append(wall)
        print(f"  {name}: {wall:.2f} s at {100 * busy / wall:.0f} % of a core")
    print(f"{name}: {statistics.median(seconds):.2f} s")
    return answer


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--file", type=Path)
    parser.add_argument("--external")
    parser.add_argument("--repeats", type=int, default=3)
    choices = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = choices.file or synthetic(Path(folder))
        patient = Patient.from_dicom(path, external=choices.external)
        body = next(part for part in patient.parts if part.group == "patient")
        roi = StructureSet.read(path).roi(body.name)
        slices = Slices.of(roi)
        patient = timed(
            "structure set to patient",
            lambda: Patient.from_dicom(path, external=choices.external),
            choices.repeats,
        )
        rival = timed("voxels and flying edges, the body alone", lambda: voxels(slices), choices.repeats)
    drawn = rival.triangulate()
    voxel_mesh = Mesh(np.asarray(drawn.points, dtype=float) @ slices.axes, drawn.regular_faces.astype(np.int32))
    print(f"{len(roi.contours):,} contours, {sum(map(len, roi.contours)):,} points. {patient.note}")
    for name, mesh in (("ours", body.mesh), ("voxels", voxel_mesh)):
        share = 100 * outside(mesh, roi)
        print(f"{name}: {len(mesh.faces):,} triangles, {share:.1f} % of the contour points outside")


if __name__ == "__main__":
    main()
