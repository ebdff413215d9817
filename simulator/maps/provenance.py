"""What made a result: enough to make it again, and nothing that changes from run to run."""

from __future__ import annotations

import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NotRequired, TypedDict

from simulator.errors import SimulatorError
from simulator.models.fixation import Fixation
from simulator.models.model import Model
from simulator.scenario.sweep import Sweep
from simulator.setup.setup import Setup

PACKAGES = ("treatment-geometry-simulator", "numpy", "scipy", "python-fcl", "trimesh", "numba")
ROOM = (
    "meshes_sha256",
    "pairs_checked",
    "fixation",
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


class ModelUsed(TypedDict):
    """A model, the options that were chosen, and which of its numbers nobody has confirmed."""

    name: str
    title: str
    options: dict[str, str]
    unconfirmed: NotRequired[list[str]]


class FixationUsed(ModelUsed):
    """A fixation device, and where on the table it stands."""

    anchor: str
    shift_mm: list[float]
    surface_z_mm: float
    incline_deg: float


class ExcusedPairs(TypedDict):
    """Pairs that were not checked, and why."""

    reason: str
    pairs: list[str]
    crosses_models: bool


class Provenance(TypedDict):
    """What made a map, as JSON holds it.

    ``grid`` are the ranges of the sweep, by field. Where further axes were reduced, ``over`` has theirs; where one
    value of some was chosen, ``at`` says which. ``home`` is the pose in which a delivery starts, None if the
    machine's description says nothing: values of all swept joints, and of those that stand elsewhere on the map.
    ``arm`` says which ways of an arm to aim were tried for each direction.
    ``judged`` is for how many pairs and poses FCL was asked, and how many are proven apart without.
    ``without_limits`` are the swept joints that may turn on and on.
    """

    scenario: str
    title: str
    models: dict[str, ModelUsed]
    fixation: NotRequired[list[FixationUsed]]
    scene_sha256: str
    meshes_sha256: dict[str, str]
    open_meshes: list[str]
    position: str
    site: str | None
    isocentre_patient_mm: list[float]
    shift_mm: list[float]
    table_position_mm: dict[str, float]
    assumptions: NotRequired[list[str]]
    collimator_deg: float | None
    pitch_deg: float
    roll_deg: float
    buffers: dict[str, float]
    errors: NotRequired[dict[str, dict[str, float]]]
    isocentre_radius_mm: float
    grid: dict[str, dict[str, Any]]
    home: NotRequired[dict[str, float] | None]
    without_limits: NotRequired[list[str]]
    over: NotRequired[dict[str, dict[str, Any]]]
    at: NotRequired[dict[str, float]]
    arm: NotRequired[dict[str, Any]]
    method: str
    tolerance: float | None
    judged: NotRequired[dict[str, int]]
    pairs_checked: list[str]
    excused: list[ExcusedPairs]
    repairs: list[str]
    warnings: list[str]
    versions: dict[str, str]


def provenance(
    setup: Setup, sweep: Sweep, *, method: str, tolerance: float | None, judged: dict[str, int] | None = None
) -> Provenance:
    """Return the setup in full, the hash of every mesh, how it was mapped, and versions; everything fits into JSON.

    Parameters
    ----------
    setup : Setup
        What was mapped.
    sweep : Sweep
        Over what.
    method : {"certified", "sampled"}
        How.
    tolerance : float, optional
        Asked distance of the proven bounds, as a share of 4π.
    judged : dict, optional
        See `Provenance`.
    """
    models: dict[str, Model] = {"machine": setup.machine, "couch": setup.couch, "patient": setup.patient}
    lateral, longitudinal, vertical = (round(value, 6) for value in setup.table_position_mm)
    found: Provenance = {
        "scenario": setup.name,
        "title": setup.title,
        "models": {kind: _used(model) for kind, model in models.items()},
        "scene_sha256": setup.scene.sha256,
        "meshes_sha256": {body.name: body.mesh.sha256 for body in setup.scene.bodies if body.is_drawn},
        "open_meshes": [
            part.name for _, part, _ in setup.contents.owned if part.report is not None and not part.report.is_closed
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
        "grid": sweep.ranges(),
        "home": home_in(setup, sweep),
        "without_limits": without_limits(setup, sweep),
        "method": method,
        "tolerance": tolerance,
        "pairs_checked": [pair.name for pair in setup.scene.pairs],
        "excused": [
            {"reason": one.reason, "pairs": list(one.pairs), "crosses_models": one.crosses_models}
            for one in setup.excused
        ],
        "repairs": list(setup.repairs),
        "warnings": list(setup.warnings),
        "versions": versions(),
    }
    if judged is not None:
        found["judged"] = judged
    if setup.fixation:
        found["fixation"] = [_fixation_used(device) for device in setup.fixation]
    if setup.errors:
        found["errors"] = {field: {error.kind: error.size} for field, error in setup.errors.given.items()}
    if setup.assumptions:
        found["assumptions"] = list(setup.assumptions)
    return found


def without_limits(setup: Setup, sweep: Sweep) -> list[str]:
    """Return the swept joints that may turn on and on."""
    return [joint for joint in sweep.joints if setup.scene.tree[joint].limits is None]


def home_in(setup: Setup, sweep: Sweep) -> dict[str, float] | None:
    """Return the pose in which a delivery starts; see `Provenance`."""
    between, rest = setup.machine.between, setup.scene.rest
    if between is None:
        return None
    stated = {**{axis.joint: rest[axis.joint] for axis in (*sweep, *setup.sweep)}, **between.home}
    pose = setup.pose(**stated)
    return {joint: value for joint, value in pose.items() if joint in sweep.joints or value != rest[joint]}


def _used(model: Model) -> ModelUsed:
    used: ModelUsed = {"name": model.name, "title": model.title, "options": dict(model.options)}
    if model.unconfirmed:
        used["unconfirmed"] = list(model.unconfirmed)
    return used


def _fixation_used(device: Fixation) -> FixationUsed:
    return {
        **_used(device),
        "anchor": device.anchor,
        "shift_mm": list(device.shift_mm),
        "surface_z_mm": device.surface_z_mm,
        "incline_deg": device.incline_deg,
    }


def require_map_of(setup: Setup, made_by: Provenance) -> None:
    """Refuse a map that was made of another room: its answers would be wrong in this one.

    Everything that an answer depends on must be the same, whatever the sweep.

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
    now: Provenance = json.loads(json.dumps(provenance(setup, setup.sweep, method="", tolerance=None)))
    if made_by["scene_sha256"] != now["scene_sha256"]:
        raise SimulatorError(
            f"the map must be one of the set-up that is given, {setup.name!r}; it is of {made_by['scenario']!r} and "
            f"differs in {', '.join(_differences(made_by, now))}"
        )


def _differences(made_by: Provenance, now: Provenance) -> list[str]:
    """Return in which fields two rooms differ that are not the same."""
    names = [name for name in ROOM if made_by.get(name) != now.get(name)]
    parts = set(made_by["meshes_sha256"].items()) ^ set(now["meshes_sha256"].items())
    meshes = f" (of {', '.join(sorted({part for part, _ in parts}))})" if parts else ""
    return [name + meshes * (name == "meshes_sha256") for name in names] or [UNNAMED]


def versions() -> dict[str, str]:
    """Return the versions of Python, of this program and of the packages that an answer rests on."""
    return {"python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
