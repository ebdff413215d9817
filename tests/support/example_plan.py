"""The example in scenarios/example_plan: a structure set of a synthetic head and chest, and a plan of five beams.

    python -m support.example_plan FOLDER       (in tests/)

The head is the shipped adult's, cut into slices as a scan would; nobody's. It is written with pydicom, as a treatment
planning system would write it, with a head rest, a target and a couch top that somebody contoured.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import trimesh
from support.dicom_plans import arc, beam, static, write_plan
from support.dicom_structures import RoiToWrite, write_structure_set
from support.shapes import to_solid

import simulator as sim

SPACING_MM = 5.0
TOP_MM, CUT_MM = 0.0, -480.0
"""From the vertex down to where the scan ends, in the chest."""
LEVELS = np.arange(TOP_MM - SPACING_MM / 2, CUT_MM, -SPACING_MM)
TABLE_TOP_MM = 32.0
"""y of the table's upper face: the head lies on a rest, 32 mm high."""
TARGET_MM = (28.0, -108.0, -84.0)
TARGET_RADIUS_MM = 14.0


def slices(name: str, **options: str) -> list[np.ndarray]:
    """The contours (n, 3) of a part of the adult in transverse slices."""
    (part,) = [one for one in sim.Patient.load("adult", **options).parts if one.name == name]
    solid = to_solid(part.mesh)
    return [
        np.column_stack([polygon, np.full(len(polygon), z)])
        for z in LEVELS
        for polygon in solid.slice(float(z)).simplify(0.3).to_polygons()
    ]


def block(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> list[np.ndarray]:
    """The contours of a block in the same slices."""
    corners = np.array([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])])
    return [np.column_stack([corners, np.full(4, level)]) for level in LEVELS if z[0] <= level <= z[1]]


def target() -> list[np.ndarray]:
    """The contours of a ball."""
    turns = np.linspace(0.0, 2 * np.pi, 32, endpoint=False)
    found = []
    for z in LEVELS:
        squared = TARGET_RADIUS_MM**2 - (z - TARGET_MM[2]) ** 2
        if squared > 1.0:
            ring = np.sqrt(squared) * np.stack([np.cos(turns), np.sin(turns)], axis=1) + TARGET_MM[:2]
            found.append(np.column_stack([ring, np.full(len(ring), z)]))
    return found


def rounded(contours: list[np.ndarray]) -> list[np.ndarray]:
    return [np.round(contour, 1) for contour in contours]


def distance_to_skin_mm(gantry: float, couch: float) -> float:
    """From the source, 1 m from the target, along the axis to the skin of the phantom itself, by trimesh."""
    g, c = np.radians([gantry, couch])
    towards_source = np.array([np.sin(g) * np.cos(c), -np.cos(g), -np.sin(g) * np.sin(c)])  # HFS, DICOM patient axes
    source = np.array(TARGET_MM) + 1000.0 * towards_source
    hits = []
    for part in sim.Patient.load("adult", arms="down").parts:
        mesh = trimesh.Trimesh(part.mesh.vertices_mm, part.mesh.faces, process=False)
        found, _, _ = mesh.ray.intersects_location([source], [-towards_source])
        hits += [float(np.linalg.norm(point - source)) for point in found]
    return round(min(hits), 1)


def write_example(folder: Path) -> None:
    """Write structures.dcm and plan.dcm into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    body = slices("patient head") + slices("patient trunk") + slices("patient arms", arms="down")
    rois = [
        RoiToWrite("BODY", "EXTERNAL", rounded(body)),
        RoiToWrite("PTV", "PTV", rounded(target())),
        RoiToWrite("Head rest", "FIXATION", rounded(block((-110.0, 110.0), (2.0, 31.0), (-230.0, 0.0)))),
        RoiToWrite("Couch surface", "SUPPORT", rounded(block((-265.0, 265.0), (TABLE_TOP_MM, 82.0), (CUT_MM, 0.0)))),
    ]
    nobody = {"PatientName": "Synthetic^Phantom", "PatientID": "EXAMPLE"}
    write_structure_set(folder / "structures.dcm", rois, StructureSetLabel="EXAMPLE", **nobody)

    def at(gantry: float, couch: float = 0.0) -> dict[str, Any]:
        return {"isocentre": TARGET_MM, "couch": couch, "ssd": distance_to_skin_mm(gantry, couch)}

    write_plan(
        folder / "plan.dcm",
        beam(1, arc(181.0, 179.0, "CW", collimator=30.0, **at(181.0)), BeamName="Full arc"),
        beam(2, arc(20.0, 160.0, "CW", **at(20.0, 315.0)), BeamName="Couch 315"),
        beam(3, arc(340.0, 200.0, "CC", **at(340.0, 45.0)), BeamName="Couch 45"),
        beam(4, arc(40.0, 140.0, "CW", **at(40.0, 30.0)), BeamName="Wrong side"),
        beam(5, static(gantry=0.0, **at(0.0)), TreatmentDeliveryType="SETUP", BeamName="Imaging"),
        RTPlanLabel="EXAMPLE",
        **nobody,
    )


if __name__ == "__main__":
    write_example(Path(sys.argv[1]))
