"""What commissioning found, in a form that fits into JSON."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from simulator.commission.agreement import Agreement, Rate
from simulator.commission.error_buffers import CONFIDENCE, DISTRIBUTION, ErrorBuffers
from simulator.commission.fit import Fit
from simulator.commission.fitted_model import FittedModel, phantom_shift_mm
from simulator.commission.planning import MeasurementPlan
from simulator.commission.room import Rooms
from simulator.commission.unknowns import Unknown
from simulator.commission.validation import Validation
from simulator.commission.wording import warnings_of
from simulator.maps.provenance import DISCLAIMER, provenance

DECIMALS = 4


def plan_result(plan: MeasurementPlan, rooms: Rooms) -> dict[str, Any]:
    """Return a plan in a form that fits into JSON, the same every time."""
    errors = zip(plan.standard_errors_mm, plan.standard_errors_with_priors_mm, strict=True)
    unknowns = [
        _unknown(each) | {"expected_error_mm": _number(alone), "expected_error_with_prior_mm": _number(prior)}
        for each, (alone, prior) in zip(plan.unknowns, errors, strict=True)
    ]
    poses = [
        {"pose": at, **asdict(row), "joints": dict(row.joints), "parts": list(row.parts)}
        for at, row in enumerate(plan.rows, start=1)
    ]
    return {
        **_head(rooms),
        "poses": [{name: _plain(value) for name, value in pose.items()} for pose in poses],
        "candidates": plan.candidates,
        "unknowns": unknowns,
        "unknowable": [asdict(each) for each in plan.unknowable],
        "unknowable_from_all_candidates": [asdict(each) for each in plan.unknowable_from_all],
        **_foot(rooms),
    }


def fit_result(fit: Fit, rooms: Rooms, not_taken: Sequence[int], models: Iterable[FittedModel]) -> dict[str, Any]:
    """Return a fit in a form that fits into JSON, the same every time."""
    columns = (fit.values_mm, fit.standard_errors_mm, fit.standard_errors_alone_mm)
    unknowns = [
        _unknown(each)
        | {
            "value_mm": _number(value),
            "standard_error_mm": _number(error),
            "standard_error_without_priors_mm": _number(alone),
        }
        for each, value, error, alone in zip(fit.unknowns, *columns, strict=True)
    ]
    readings = [
        {
            "line": reading.line,
            "position": reading.position,
            "joints": dict(reading.joints),
            "direction": reading.direction,
            "contact_deg": reading.contact_deg,
            "predicted_deg": _number(fit.predicted_deg[at]),
            "parts": list(fit.predicted_parts[at] or ()),
            "residual_deg": _number(fit.residuals_deg[at]),
            "residual_mm": _number(fit.residuals_mm[at]),
            "studentised": _number(fit.studentized[at]),
            "leave_one_out_mm": _number(fit.leave_one_out_mm[at]),
        }
        for at, reading in enumerate(fit.readings)
    ]
    return {
        **_head(rooms),
        "has_converged": fit.has_converged,
        "is_usable": fit.is_usable,
        "unknowns": unknowns,
        "correlations": [[_number(value) for value in row] for row in fit.correlations],
        "sigma": _number(fit.sigma),
        "degrees_of_freedom": _number(fit.dof),
        "t_95": _number(fit.t_95),
        "readings": readings,
        "not_taken": list(not_taken),
        "suspects": [{"line": each.line, "reason": each.reason} for each in fit.suspects],
        "unknowable": [asdict(each) for each in fit.unknowable],
        "models": [asdict(each) for each in models],
        "phantom_shift_mm": list(phantom_shift_mm(fit)),
        "remarks": list(fit.remarks),
        **_foot(rooms),
    }


def validation_result(validation: Validation, rooms: Rooms) -> dict[str, Any]:
    """Return a validation in a form that fits into JSON, the same every time."""
    held_out = validation.held_out
    return {
        **_head(rooms),
        "leave_one_out": _buffers(validation.leave_one_out),
        "held_out": None if held_out is None else _buffers(held_out),
        "held_out_lines": [reading.line for reading in validation.held_out_readings],
        "observations": validation.observations,
        "agreement": [_agreement(each) for each in validation.agreements],
        "published": list(validation.published),
        "remarks": list(validation.remarks),
        **_foot(rooms),
    }


def _head(rooms: Rooms) -> dict[str, Any]:
    return {"title": rooms.commissioning.title, "turning": rooms.moving}


def _foot(rooms: Rooms) -> dict[str, Any]:
    """Return what every result ends with: warnings, what made it, and what it is not."""
    setup = next(iter(rooms.setups.values()))
    versions = provenance(setup, setup.sweep, method="", tolerance=None)["versions"]
    hashes = {name: each.scene.sha256 for name, each in rooms.setups.items()}
    made_by = {"rooms_sha256": hashes, "versions": versions}
    return {"warnings": warnings_of(rooms), "provenance": made_by, "disclaimer": DISCLAIMER}


def _unknown(each: Unknown) -> dict[str, Any]:
    return {**asdict(each), "parts": list(each.parts)}


def _buffers(found: ErrorBuffers) -> dict[str, Any]:
    return {
        "points": len(found.errors_mm),
        "errors_mm": [_number(error) for error in found.errors_mm],
        "every_point_mm": _number(found.every_point_mm),
        "next_exceeds": _number(found.next_exceeds),
        "mean_mm": _number(found.mean_mm),
        "deviation_mm": _number(found.deviation_mm),
        "degrees_of_freedom": _number(found.dof),
        "distribution": DISTRIBUTION,
        "normality_p": None if found.normality_p is None else float(f"{found.normality_p:.3g}"),
        "confidence": CONFIDENCE,
        "shares": [
            {
                "share": each.share,
                "buffer_mm": _number(each.buffer_mm),
                "quantile_mm": [_number(bound) for bound in each.quantile_mm],
                "extrapolated": each.is_extrapolated,
            }
            for each in found.shares
        ],
        "remarks": list(found.remarks),
    }


def _agreement(each: Agreement) -> dict[str, Any]:
    return {
        "buffer_mm": each.buffer_mm,
        "missed_lines": list(each.missed),
        "false_alarm_lines": list(each.false_alarms),
        "sensitivity": _rate(each.sensitivity),
        "specificity": _rate(each.specificity),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    bounds = [_number(bound) for bound in rate.bounds]
    value = None if rate.value is None else _number(rate.value)
    return {"hits": rate.hits, "cases": rate.cases, "value": value, "bounds": bounds}


def _number(value: float) -> float | None:
    """Return a number as JSON has them: rounded, and none where nothing tells it."""
    return round(float(value), DECIMALS) + 0.0 if np.isfinite(value) else None


def _plain(value: Any) -> Any:
    return _number(value) if isinstance(value, float) else value
