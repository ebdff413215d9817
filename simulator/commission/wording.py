"""What is said of a plan, a fit and a validation wherever they are shown: terminal, JSON, sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from simulator.commission.knowable import Unknowable
from simulator.commission.planning import MeasurementPlan
from simulator.commission.room import Rooms
from simulator.models.kinematics import KinematicTree
from simulator.setup.placing import PATIENT_FRAME


def warnings_of(rooms: Rooms) -> list[str]:
    """Return what a reader should know of the models and of where they stand, each once."""
    setups = rooms.setups.values()
    told = [text for setup in setups for text in (*setup.warnings, *setup.assumptions)]
    return list(dict.fromkeys(told))


def joints_line(tree: KinematicTree, joints: Mapping[str, float]) -> str:
    """Return where joints stand: ``"couch 30°, table_lateral 12 mm"``."""
    units = {"deg": "°", "mm": " mm"}
    return ", ".join(f"{name} {value + 0.0:g}{units[tree[name].unit]}" for name, value in joints.items())


def position_lines(rooms: Rooms, position: str) -> Iterator[str]:
    """Yield where table and phantom stand, as it can be measured in the room."""
    setup = rooms.setups[position]
    scene = setup.scene
    lateral, longitudinal, vertical = setup.table_position_mm
    tilt = f", pitch {setup.pitch_deg:g}°, roll {setup.roll_deg:g}°" if setup.pitch_deg or setup.roll_deg else ""
    yield f"table top: lateral {lateral:.0f}, longitudinal {longitudinal:.0f}, vertical {vertical:.0f} mm{tilt}"
    at_zero = scene.scanning(("couch",)) if "couch" in scene.tree else scene
    points = [
        body.mesh.vertices_mm @ T[:3, :3].T + T[:3, 3]
        for index, body in enumerate(scene.bodies)
        if body.joint == PATIENT_FRAME
        for T in at_zero.T_fixed_body(index, at_zero.at_zero)
    ]
    if points:
        low, high = np.min(np.concatenate(points), axis=0), np.max(np.concatenate(points), axis=0)
        spans = [f"{axis} {a:.0f} to {b:.0f}" for axis, a, b in zip("xyz", low + 0.0, high + 0.0, strict=True)]
        yield (
            f"phantom: {setup.patient.title}, {setup.position}; with the couch at 0° it reaches, from the isocentre, "
            f"{', '.join(spans)} mm (x to the right when facing the gantry, y towards it, z up)"
        )
    if "collimator" in scene.tree:
        yield f"collimator {setup.collimator_deg:g}°"


def planned_lines(plan: MeasurementPlan) -> Iterator[str]:
    """Yield what the readings of a plan will tell, and what they cannot."""
    errors = zip(plan.standard_errors_mm, plan.standard_errors_with_priors_mm, strict=True)
    for each, (alone, with_prior) in zip(plan.unknowns, errors, strict=True):
        start = f", in the model {each.start_mm:g} mm" if each.kind == "dimension" else ""
        prior = "" if each.prior_mm is None else f", {with_prior:.1f} mm with the prior of {each.prior_mm:g} mm"
        told = f"expected standard error {alone:.1f} mm" if np.isfinite(alone) else "not told by these poses"
        yield f"{each.name}{start}: {told}{prior}"
    yield from unknowable_lines(plan.unknowable)


def unknowable_lines(unknowable: Iterable[Unknowable]) -> Iterator[str]:
    """Yield what readings cannot tell."""
    for each in unknowable:
        what = each.names[0] if len(each.names) == 1 else f"the combination of {', '.join(each.names)}"
        yield f"cannot be known: {what}: {each.reason}"
