"""What holds of a trajectory, as JSON and as text that can be pasted into an e-mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from simulator.delivery.trajectories.check import TrajectoryCheck
from simulator.delivery.trajectories.proposal import TrajectoryProposal
from simulator.errors import warned
from simulator.maps.provenance import DISCLAIMER, provenance
from simulator.plans.ways import Stretch, WayCheck, told

DECIMALS = 6
SHOWN = 20
OF_A_SWEEP = ("grid", "method", "tolerance")
"""What a map's provenance has, and a trajectory's has not."""


def trajectory_result(check: TrajectoryCheck, proposal: TrajectoryProposal | None = None) -> dict[str, Any]:
    """Return what holds of a trajectory in a form that fits into JSON, the same every time.

    Parameters
    ----------
    check : TrajectoryCheck
        What was found.
    proposal : TrajectoryProposal, optional
        If it was proposed: which directions it passes, and which not.
    """
    trajectory, setup = check.trajectory, check.setup
    made_by: dict[str, Any] = dict(provenance(setup, setup.sweep, method="", tolerance=None))
    return {
        "verdict": check.verdict,
        "is_free": check.is_free,
        "is_possible": check.is_possible,
        "source": trajectory.source,
        "joints": list(trajectory.joints),
        "length": _pose(trajectory.length),
        "duration_s": _number(trajectory.duration_s),
        "least_time_s": _number(check.least_time_s),
        "clearance_mm": _number(check.clearance_mm),
        "pair": check.worst.pair,
        "legs": [_leg(check, at, leg) for at, leg in enumerate(check.legs)],
        "too_fast": [{**vars(found), "value": _number(found.value)} for found in check.too_fast],
        **({} if proposal is None else _directions(proposal)),
        "assumptions": list(check.assumptions),
        "warnings": list(check.warnings),
        "provenance": {key: value for key, value in made_by.items() if key not in OF_A_SWEEP},
        "disclaimer": DISCLAIMER,
    }


def trajectory_summary(check: TrajectoryCheck, proposal: TrajectoryProposal | None = None) -> str:
    """Return what holds of a trajectory as lines of plain text: the verdict first, the disclaimer last."""
    parts = [
        [check.verdict],
        [f"  travel       {told({joint: far for joint, far in check.trajectory.length.items() if far})}"],
        [f"  not free     leg {at}: {stretch!r}" for at, stretch in check.blocked[:SHOWN]],
        [f"  too fast     {found}" for found in check.too_fast[:SHOWN]],
        [] if proposal is None else list(_passed(proposal)),
        [f"  assumed: {text}" for text in check.assumptions],
        [*(f"  {line}" for line in warned(check.warnings)), f"  {DISCLAIMER}"],
    ]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _directions(proposal: TrajectoryProposal) -> dict[str, Any]:
    passes = [
        {**vars(each), "time_s": _number(each.time_s), "pose": _pose(each.pose), "off_deg": _number(each.off_deg)}
        for each in proposal.passes
    ]
    return {"passes": passes, "missed": [{"name": name, "reason": reason} for name, reason in proposal.missed]}


def _passed(proposal: TrajectoryProposal) -> Iterator[str]:
    for each in sorted(proposal.passes, key=lambda found: found.time_s):
        yield f"  {each.time_s:>9.1f} s  {each.name}: {told(each.pose)}, {each.off_deg:.2f}° off"
    for name, reason in proposal.missed:
        yield f"  NOT passed   {name}: {reason}"


def _leg(check: TrajectoryCheck, at: int, leg: WayCheck) -> dict[str, Any]:
    return {
        "start": _pose(leg.start.joints),
        "stop": _pose(leg.stop.joints),
        "is_beam_on": check.trajectory.is_beam_on[at],
        "verdict": leg.state,
        "clearance_mm": _number(leg.clearance_mm),
        "at": _pose(leg.at.joints),
        "pair": leg.pair,
        "blocked": [_stretch(stretch) for stretch in leg.blocked],
    }


def _stretch(stretch: Stretch) -> dict[str, Any]:
    return {
        "start": _pose(stretch.start.joints),
        "stop": _pose(stretch.stop.joints),
        "verdict": str(stretch.status) if stretch.is_proven else "undecided",
        "pairs": list(stretch.pairs),
    }


def _pose(pose: Mapping[str, float]) -> dict[str, float | None]:
    return {joint: _number(value) for joint, value in pose.items()}


def _number(value: float | None) -> float | None:
    """Return a number as JSON has them: rounded, and none where there is nothing to say."""
    return None if value is None or not np.isfinite(value) else round(float(value), DECIMALS) + 0.0
