"""CT slices of a body on a table of known height, written with pydicom alone: nothing of the simulator has a say.

write_ct(folder, Scan(position="HFP", table_mm=80.0)) writes one file for each slice. Shapes are made in coordinates
of the scanner, `depth` downwards and `lateral`, and pixels by which share of them a shape covers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset
from support.dicom_plans import FRAME, filled, write

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
AIR, FOAM, SKIN, WATER = -1000.0, -920.0, -150.0, 0.0
SKIN_MM = 2.0
DOWN = {"S": (1, 1.0), "P": (1, -1.0), "L": (0, 1.0), "R": (0, -1.0)}
"""Patient axis (x: left, y: back) and sign that points down, by the last letter of the position."""


@dataclass(frozen=True)
class Scan:
    """What is scanned; `table` is "sandwich", "solid", "hollow", "curved", "trough", "skin" or "none"."""

    position: str = "HFS"
    table_mm: float = 60.0
    """Coordinate of the upper face along the axis that is vertical, in DICOM patient axes."""
    table: str = "sandwich"
    thick_mm: float = 40.0
    wide_mm: float = 480.0
    gap_mm: float = 0.0
    """Between the body and the table top."""
    board_deg: float | None = None
    """A board below the body that climbs to the head."""
    board_mm: float = 60.0
    """How far its upper face is above the table at z = 0."""
    noise_hu: float = 0.0
    seed: int = 1
    spacing_mm: float = 1.2
    pixels: int = 440
    z_mm: tuple[float, ...] = tuple(np.arange(-60.0, 61.0, 10.0))
    body_mm: tuple[float, float] = (340.0, 220.0)
    orientation: tuple[float, ...] = (1, 0, 0, 0, 1, 0)
    attributes: dict[str, Any] = field(default_factory=dict)


def write_ct(folder: Path, scan: Scan | None = None, change: Callable[[Dataset, int], None] | None = None) -> Path:
    """Write the slices of a scan into a folder and return it; `change` may alter the data set of each."""
    scan = scan or Scan()
    folder.mkdir(parents=True, exist_ok=True)
    axis, sign = DOWN[scan.position[-1]]
    half = scan.spacing_mm * (scan.pixels - 1) / 2
    centres = np.linspace(-half, half, scan.pixels)
    random = np.random.default_rng(scan.seed)
    for at, z in enumerate(scan.z_mm):
        depth = sign * centres
        hu = _drawn(scan, depth[:, None], centres[None, :], z)  # rows: along the vertical axis
        hu = hu + scan.noise_hu * random.standard_normal(hu.shape)
        by_y_and_x = hu if axis == 1 else hu.T
        dataset = _slice(scan, by_y_and_x, half, z, at)
        if change is not None:
            change(dataset, at)
        write(folder / f"slice_{at:03}.dcm", dataset)
    return folder


def _drawn(scan: Scan, depth: np.ndarray, lateral: np.ndarray, z: float) -> np.ndarray:
    """Hounsfield units where a pixel is `depth` below the scanner's axis and `lateral` beside it."""
    pixel = scan.spacing_mm
    _, sign = DOWN[scan.position[-1]]
    top = sign * scan.table_mm
    hu = np.full(np.broadcast_shapes(depth.shape, lateral.shape), AIR)

    def lay(first: Any, last: Any, value: float, wide: float = scan.wide_mm) -> None:
        low, high = np.maximum(depth - pixel / 2, first), np.minimum(depth + pixel / 2, last)
        share = np.clip((high - low) / pixel, 0.0, 1.0) * (np.abs(lateral) < wide / 2)
        hu[...] = hu + share * (value - hu)

    def sandwich(first: Any, last: Any, inside: float) -> None:
        lay(first, last, inside)
        lay(first, first + SKIN_MM, SKIN)
        lay(last - SKIN_MM, last, SKIN)

    bottom = top + scan.thick_mm
    bowl = top - lateral**2 / 800.0
    if scan.table in ("sandwich", "hollow"):
        sandwich(top, bottom, FOAM if scan.table == "sandwich" else AIR)
    elif scan.table == "solid":
        lay(top, bottom, -100.0)
    elif scan.table == "curved":
        sandwich(bowl, bowl + scan.thick_mm, FOAM)
    elif scan.table == "trough":
        sandwich(bowl, bottom + 0.0 * lateral, FOAM)
    elif scan.table == "skin":
        lay(top, top + SKIN_MM, SKIN)
    below = top
    if scan.board_deg is not None:
        below = top - scan.board_mm - np.tan(np.radians(scan.board_deg)) * z
        sandwich(below, below + 15.0, FOAM)
    breadth, thickness = scan.body_mm
    middle = below - scan.gap_mm - thickness / 2
    inside = np.clip(1.0 - (lateral / (breadth / 2)) ** 2, 0.0, None)
    lay(middle - thickness / 2 * np.sqrt(inside), middle + thickness / 2 * np.sqrt(inside), WATER, breadth)
    return hu


def _slice(scan: Scan, hu: np.ndarray, half: float, z: float, at: int) -> Dataset:
    """A data set of pixels given by y and x, stored in the orientation of the scan."""
    row, column = np.array(scan.orientation, dtype=float).reshape(2, 3)
    stored = hu if abs(row[0]) > 0.5 else hu.T
    if column.sum() < 0.0:
        stored = stored[::-1]
    if row.sum() < 0.0:
        stored = stored[:, ::-1]
    origin = -half * (row + column) * np.array([1.0, 1.0, 0.0]) + np.array([0.0, 0.0, z])
    values = np.clip(np.round(stored) + 1024.0, 0, 4095).astype("<u2")
    own = {
        "SOPClassUID": CT_IMAGE,
        "SOPInstanceUID": f"2.25.{1000 + at}",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "Modality": "CT",
        "StudyDate": "19700203",
        "PatientName": "Secret^Name",
        "PatientID": "secret-id",
        "PatientPosition": scan.position,
        "SeriesInstanceUID": "2.25.77",
        "FrameOfReferenceUID": FRAME,
        "ReconstructionDiameter": round(scan.spacing_mm * scan.pixels, 3),
        "ImagePositionPatient": [round(float(value), 4) for value in origin],
        "ImageOrientationPatient": list(scan.orientation),
        "PixelSpacing": [scan.spacing_mm, scan.spacing_mm],
        "Rows": values.shape[0],
        "Columns": values.shape[1],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "RescaleIntercept": -1024,
        "RescaleSlope": 1,
        "PixelData": values.tobytes(),
    }
    return filled({**own, **scan.attributes})
