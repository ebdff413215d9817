"""The example in scenarios/example_plan: a structure set of a synthetic head and chest, and a plan of five beams.

    python -m support.example_plan FOLDER       (in tests/)

The head is the shipped adult's, cut into slices as a scan would; nobody's. It is written with pydicom, as a treatment
planning system would write it, with a head rest, a target and a couch top that somebody contoured.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from support.dicom_plans import arc, beam, static, write_plan
from support.dicom_structures import RoiToWrite, write_structure_set
from support.shapes import to_solid

import simulator as sim

SPACING_MM = 5.0
TOP_MM, CUT_MM = 0.0, -480.0
"""From the vertex down to where the scan ends, in the chest."""
TABLE_TOP_MM = 32.0
"""y of the table's upper face: the head lies on a rest, 32 mm high."""
TARGET_MM = (28.0, -108.0, -84.0)
TARGET_RADIUS_MM = 14.0
POINTS = 72


def slices(name: str, **options: str) -> list[np.ndarray]:
    """The contours (n, 3) of a part of the adult in transverse slices."""
    (part,) = [one for one in sim.Patient.load("adult", **options).parts if one.name == name]
    solid = to_solid(part.mesh)
    found = []
    for z in np.arange(TOP_MM - SPACING_MM / 2, CUT_MM, -SPACING_MM):
        for polygon in solid.slice(float(z)).simplify(0.3).to_polygons():
            found.append(np.column_stack([polygon, np.full(len(polygon), z)]))
    return found


def block(x: tuple[float, float], y: tuple[float, float], z: tuple[float, float]) -> list[np.ndarray]:
    """The contours of a block in the same slices."""
    corners = np.array([(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1])])
    levels = [level for level in np.arange(TOP_MM - SPACING_MM / 2, CUT_MM, -SPACING_MM) if z[0] <= level <= z[1]]
    return [np.column_stack([corners, np.full(4, level)]) for level in levels]


def target() -> list[np.ndarray]:
    """The contours of a ball."""
    turns = np.linspace(0.0, 2 * np.pi, 32, endpoint=False)
    found = []
    for z in np.arange(TOP_MM - SPACING_MM / 2, CUT_MM, -SPACING_MM):
        squared = TARGET_RADIUS_MM**2 - (z - TARGET_MM[2]) ** 2
        if squared > 1.0:
            ring = np.sqrt(squared) * np.stack([np.cos(turns), np.sin(turns)], axis=1) + TARGET_MM[:2]
            found.append(np.column_stack([ring, np.full(len(ring), z)]))
    return found


def rounded(contours: list[np.ndarray]) -> list[np.ndarray]:
    return [np.round(contour, 1) for contour in contours]


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
    write_structure_set(folder / "structures.dcm", rois)
    at = {"isocentre": TARGET_MM}
    write_plan(
        folder / "plan.dcm",
        beam(1, arc(181.0, 179.0, "CW", collimator=30.0, **at), BeamName="1 Full arc"),
        beam(2, arc(20.0, 160.0, "CW", couch=315.0, **at), BeamName="2 Vertex left"),
        beam(3, arc(340.0, 200.0, "CC", couch=45.0, **at), BeamName="3 Vertex right"),
        beam(4, arc(40.0, 140.0, "CW", couch=30.0, **at), BeamName="4 Wrong side"),
        beam(5, static(gantry=0.0, couch=0.0, **at), TreatmentDeliveryType="SETUP", BeamName="Imaging"),
    )


if __name__ == "__main__":
    write_example(Path(sys.argv[1]))
