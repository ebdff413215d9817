"""What made a result: enough to make it again, and nothing that changes from run to run."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from simulator.errors import SimulatorError
from simulator.setup.setup import Setup

PACKAGES = ("treatment-geometry-simulator", "numpy", "scipy", "python-fcl", "trimesh", "numba")
ROOM = (
    "meshes_sha256",
    "pairs_checked",
    "position",
    "isocentre_patient_mm",
    "shift_mm",
    "table_position_mm",
    "collimator_deg",
    "pitch_deg",
    "roll_deg",
    "buffers",
    "isocentre_radius_mm",
)
"""What a person knows of a room; where two are not the same, it mostly differs in these."""
UNNAMED = "joints or placements"
"""What differs where none of these does."""
DISCLAIMER = (
    "Research software. The models are representative and not vendor-validated; no result is a clinical clearance."
)


def provenance(setup: Setup, *, method: str, tolerance: float | None) -> dict[str, Any]:
    """Return the setup in full, the hash of every mesh, how it was mapped, and versions; everything fits into JSON.

    Parameters
    ----------
    setup : Setup
        What was mapped.
    method : {"certified", "sampled"}
        How.
    tolerance : float, optional
        Asked distance of the proven bounds, as a share of 4π.
    """
    models = {"machine": setup.machine, "couch": setup.couch, "patient": setup.patient}
    lateral, longitudinal, vertical = (round(value, 6) for value in setup.table_position_mm)
    return {
        "scenario": setup.name,
        "title": setup.title,
        "models": {
            kind: {"name": model.name, "title": model.title, "options": dict(model.options)}
            for kind, model in models.items()
        },
        "scene_sha256": setup.scene.sha256,
        "meshes_sha256": {body.name: body.mesh.sha256 for body in setup.scene.bodies},
        "open_meshes": [
            part.name
            for model in (setup.patient, setup.couch, setup.machine)
            for part in model.parts
            if part.report is not None and not part.report.is_closed
        ],
        "position": setup.position,
        "site": setup.site,
        "isocentre_patient_mm": [round(value, 6) for value in setup.isocentre_patient_mm],
        "shift_mm": list(setup.shift_mm),
        "table_position_mm": {"lateral": lateral, "longitudinal": longitudinal, "vertical": vertical},
        "collimator_deg": setup.collimator_deg if "collimator" in setup.scene.tree else None,
        "pitch_deg": setup.pitch_deg,
        "roll_deg": setup.roll_deg,
        "buffers": setup.buffers.model_dump(),
        "isocentre_radius_mm": setup.machine.isocentre_radius_mm,
        "grid": setup.grid.model_dump(),
        "method": method,
        "tolerance": tolerance,
        "pairs_checked": [pair.name for pair in setup.scene.pairs],
        "excused": [asdict(excused) | {"pairs": list(excused.pairs)} for excused in setup.excused],
        "repairs": list(setup.repairs),
        "warnings": list(setup.warnings),
        "versions": {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}},
    }


def require_map_of(setup: Setup, made_by: dict[str, Any]) -> None:
    """Refuse a map that was made of another room: its colours would be wrong in this one.

    Everything that an answer depends on must be the same, whatever the grid.

    Parameters
    ----------
    setup : Setup
        The room.
    made_by : dict
        Provenance of the map.

    Raises
    ------
    SimulatorError
        Naming what differs.
    """
    now = json.loads(json.dumps(provenance(setup, method="", tolerance=None)))
    if made_by["scene_sha256"] != now["scene_sha256"]:
        raise SimulatorError(
            f"the map must be one of the set-up that is shown, {setup.name!r}; it is of {made_by['scenario']!r} and "
            f"differs in {', '.join(_differences(made_by, now))}"
        )


def _differences(made_by: dict[str, Any], now: dict[str, Any]) -> list[str]:
    """Return in which fields two rooms differ that are not the same."""
    names = [name for name in ROOM if made_by.get(name) != now[name]]
    parts = set(made_by["meshes_sha256"].items()) ^ set(now["meshes_sha256"].items())
    meshes = f" (of {', '.join(sorted({part for part, _ in parts}))})" if parts else ""
    return [name + meshes * (name == "meshes_sha256") for name in names] or [UNNAMED]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
