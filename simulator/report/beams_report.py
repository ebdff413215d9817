"""What was written of a list of beams, as text and as JSON."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulator.delivery.lists.beam_list import BeamList
from simulator.errors import warned
from simulator.maps.provenance import DISCLAIMER


def written_result(beams: BeamList, form: str, path: Path, warnings: tuple[str, ...]) -> dict[str, Any]:
    """Return what was written, in a form that fits into JSON."""
    return {
        "title": beams.title,
        "beams": len(beams.beams),
        "weight_sr": _weight_sr(beams),
        "position": beams.position,
        "isocentre_mm": list(beams.isocentre_mm),
        "form": form,
        "file": str(path),
        "warnings": warned(warnings),
        "disclaimer": DISCLAIMER,
    }


def written_text(beams: BeamList, form: str, path: Path) -> str:
    """Return what was written, as lines of text."""
    weight_sr = _weight_sr(beams)
    stands = "" if weight_sr is None else f", which stand for {weight_sr:.2f} sr"
    place = ", ".join(f"{value:g}" for value in beams.isocentre_mm)
    lines = [
        f"{beams.title}: {len(beams.beams)} beams{stands}",
        f"patient {beams.position}, isocentre [{place}] mm in DICOM patient axes",
        f"{path}: {form}",
        DISCLAIMER,
    ]
    return "\n  ".join(lines)


def _weight_sr(beams: BeamList) -> float | None:
    weights = [beam.weight_sr for beam in beams.beams if beam.weight_sr is not None]
    return round(sum(weights), 6) if weights else None
