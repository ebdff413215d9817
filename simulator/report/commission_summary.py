"""What commissioning found, as text that can be pasted into an e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from simulator.commission.agreement import Rate
from simulator.commission.error_buffers import CONFIDENCE, DISTRIBUTION, ErrorBuffers
from simulator.commission.fit import Fit
from simulator.commission.fitted_model import FittedModel, phantom_shift_mm
from simulator.commission.planning import MeasurementPlan
from simulator.commission.room import Rooms
from simulator.commission.validation import Validation
from simulator.commission.wording import planned_lines, unknowable_lines, warnings_of
from simulator.errors import warned
from simulator.maps.provenance import DISCLAIMER

INDENT = "  "
CORRELATED = 0.9
"""Two values that go together so closely are told."""


def plan_summary(plan: MeasurementPlan, rooms: Rooms) -> str:
    """Return a plan as lines of plain text."""
    counts = {name: sum(row.position == name for row in plan.rows) for name in rooms.setups}
    lines = [
        f"{rooms.commissioning.title}: {len(plan.rows)} contact angles to measure, of {plan.candidates} candidates",
        "",
        *(f"{INDENT}{count:>4} with the phantom {name}" for name, count in counts.items()),
        "",
        *(f"{INDENT}{line}" for line in planned_lines(plan)),
    ]
    return "\n".join([*lines, *_foot(rooms)])


def fit_summary(fit: Fit, rooms: Rooms, not_taken: Sequence[int], models: Iterable[FittedModel]) -> str:
    """Return a fit as lines of plain text."""
    state = "" if fit.is_usable else "NOT TO BE USED: "
    left = f"; {len(not_taken)} not taken" if not_taken else ""
    lines = [
        f"{state}{rooms.commissioning.title}: {len(fit.readings)} contact angles{left}",
        "",
        f"{INDENT}{'':<28}{'model':>10}{'fitted':>10}{'± 95 %':>10}{'std. error':>12}",
    ]
    for each, value, error in zip(fit.unknowns, fit.values_mm, fit.standard_errors_mm, strict=True):
        told = f"{value:>10.1f}{fit.t_95 * error:>10.1f}{error:>9.2f} mm" if np.isfinite(error) else "  not told"
        lines.append(f"{INDENT}{each.name:<28}{each.start_mm:>10.1f}{told}")
    lines += ["", *(f"{INDENT}{line}" for line in (*_residuals(fit), *_correlated(fit)))]
    lines += [f"{INDENT}line {each.line}: {each.reason}" for each in fit.suspects]
    lines += [f"{INDENT}{line}" for line in (*unknowable_lines(fit.unknowable), *fit.remarks)]
    lines += ["", *(f"{INDENT}{line}" for line in _how_to_use(fit, models))]
    return "\n".join([*lines, *_foot(rooms)])


def validation_summary(validation: Validation, rooms: Rooms) -> str:
    """Return a validation as lines of plain text."""
    lines = [rooms.commissioning.title, "", *_buffer_lines("leave one out", validation.leave_one_out)]
    if validation.held_out is not None:
        lines += ["", *_buffer_lines("held out", validation.held_out)]
    if validation.agreements:
        lines += ["", f"{INDENT}{validation.observations} poses seen{'':<9}{'sensitivity':<28}specificity"]
    for each in validation.agreements:
        missed = f"  MISSED: lines {', '.join(map(str, each.missed))}" if each.missed else ""
        rates = f"{_rate(each.sensitivity):<28}{_rate(each.specificity)}"
        lines.append(f"{INDENT * 2}buffer {each.buffer_mm:>4.0f} mm    {rates}{missed}")
    lines += ["", f"{INDENT}published predictors, on other machines and poses:"]
    lines += [f"{INDENT * 2}{text}" for text in validation.published]
    lines += [f"{INDENT}{text}" for text in validation.remarks]
    return "\n".join([*lines, *_foot(rooms)])


def _residuals(fit: Fit) -> Iterator[str]:
    there = np.isfinite(fit.predicted_deg)
    if there.any():
        degrees, mm = fit.residuals_deg[there], fit.residuals_mm[there]
        root = [float(np.sqrt(np.mean(values**2))) for values in (degrees, mm)]
        most = f"at most {np.abs(degrees).max():.2f}° = {np.abs(mm).max():.1f} mm"
        yield f"residuals {root[0]:.2f}° = {root[1]:.1f} mm (root mean square), {most}"
        yield f"that is {fit.sigma:.2f} times the stated reading errors, with {fit.dof:.0f} degrees of freedom"


def _correlated(fit: Fit) -> Iterator[str]:
    for row, column in zip(*np.triu_indices(len(fit.unknowns), 1), strict=True):
        value = float(fit.correlations[row, column])
        if abs(value) >= CORRELATED:
            yield f"{fit.unknowns[row].name} and {fit.unknowns[column].name} go together: correlation {value:+.2f}"


def _how_to_use(fit: Fit, models: Iterable[FittedModel]) -> Iterator[str]:
    """Yield what to write into a scenario."""
    found = list(models)
    if found:
        yield "to use it, put its folders beside a scenario and write there:"
    for each in found:
        yield f'{INDENT}[{each.of}] model = "{each.name}"'
    shift = phantom_shift_mm(fit)
    if any(shift):
        off = ", ".join(f"{value:g}" for value in shift)
        yield f"the phantom lay off by {off} mm (table-top axes), which is no part of a model"


def _buffer_lines(title: str, found: ErrorBuffers) -> Iterator[str]:
    count = len(found.errors_mm)
    yield (
        f"{INDENT}{title}: {count} contacts, errors {found.mean_mm:+.1f} ± {found.deviation_mm:.1f} mm "
        "(positive: nearer than the model says)"
    )
    yield (
        f"{INDENT * 2}buffer that would have kept every point safe: {found.every_point_mm:.1f} mm; the next point "
        f"exceeds it with a chance of {found.next_exceeds:.1%}, whatever the distribution"
    )
    if found.shares:
        yield f"{INDENT * 2}distribution: {DISTRIBUTION}"
    for each in found.shares:
        low, high = each.quantile_mm
        word = ", extrapolated" if each.is_extrapolated else ""
        yield (
            f"{INDENT * 2}{each.share:.3%} of poses nearer than a buffer of {each.buffer_mm:.1f} mm (true quantile "
            f"{low:.1f} to {high:.1f} mm at {CONFIDENCE:.0%}){word}"
        )
    yield from (f"{INDENT * 2}{text}" for text in found.remarks)


def _rate(rate: Rate) -> str:
    low, high = rate.bounds
    value = "none" if rate.value is None else f"{rate.value:.2f}"
    return f"{value} ({rate.hits}/{rate.cases}, {low:.2f} to {high:.2f})"


def _foot(rooms: Rooms) -> list[str]:
    return ["", *(f"{INDENT}{line}" for line in warned(warnings_of(rooms))), f"{INDENT}{DISCLAIMER}"]
