"""Whether a set-up keeps what its scenario promises. In doubt it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from simulator.collision.answers import asked_pose
from simulator.collision.contact import Status
from simulator.collision.scene import Pair, Scene
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError, unknown
from simulator.maps.collision_map import CollisionMap
from simulator.maps.compute import TOLERANCE, collision_map, usual_tolerance
from simulator.maps.robust import TOLERANCE as ROBUST_TOLERANCE
from simulator.maps.robust import robust_solid_angle
from simulator.regression.baselines import Baseline
from simulator.regression.changes import Changes, changes
from simulator.regression.plans import plan_promises
from simulator.scenario.axis import SYMBOLS, split_field
from simulator.scenario.expectations import Amount, CollisionPromise, Expect, FreeArcPromise, FreePosePromise, Parts
from simulator.scenario.hints import hints
from simulator.setup.setup import Setup

DECIDES = 0.25
"""Distance of the proven bounds, as a share of what is expected: few answers then lie on its edge."""
FINEST = 1e-4
"""As a share of 4π: nearer to each other bounds are not made for an expectation."""


@dataclass
class Verdict:
    """What a set-up was found to be.

    Attributes
    ----------
    broken : list of str
        Promises that are not kept, a text each.
    cmap : CollisionMap, optional
        The map, where a promise needed one.
    changes : Changes, optional
        Against the baseline, where there is one.
    """

    broken: list[str] = field(default_factory=list)
    cmap: CollisionMap | None = None
    changes: Changes | None = None


@hints("scenario")
def judge(
    setup: Setup,
    expect: Expect,
    baseline: Baseline | None = None,
    *,
    beside: Path | None = None,
    workers: int | None = None,
) -> Verdict:
    """Return which promises a set-up does not keep.

    Parameters
    ----------
    setup : Setup
        The set-up.
    expect : Expect
        Its promises.
    baseline : Baseline, optional
        What its map was; not compared if not given.
    beside : Path, optional
        Folder that the names of plans start from; the current one if not given.
    workers : int, optional
        Number of processes and threads, all cores if not given.

    Raises
    ------
    SimulatorError
        If a promise names what is not there, or the baseline has another grid.
    """
    for parts in _named(expect):
        _pairs(setup.scene, parts)
    verdict = Verdict()
    verdict.broken += [text for pose in expect.free for text in _free(setup, pose)]
    verdict.broken += [text for pose in expect.colliding for text in _colliding(setup, pose)]
    verdict.broken += [text for arc in expect.free_arc for text in _free_arc(setup, arc)]
    verdict.broken += [text for plan in expect.plan for text in plan_promises(setup, plan, beside or Path())]
    if expect.robust_fraction_of_4pi is not None:
        verdict.broken += _robust(setup, expect.robust_fraction_of_4pi, workers)
    if needs_map(expect):
        verdict.cmap = cmap = collision_map(
            setup,
            tolerance=tolerance_for(expect, usual_tolerance(setup.sweep)),
            judge="all",  # what guards others' changes rests on FCL alone
            workers=workers,
        )
        verdict.broken += _solid_angles(cmap, expect)
        if expect.free_fraction is not None:
            extent = cmap.free_extent()
            lower, upper = (bound / extent.of for bound in extent.bounds)
            verdict.broken += _amount("free_fraction", expect.free_fraction, lower, upper, "")
        if expect.reachable_fraction_of_4pi is not None:
            verdict.broken += _reachable(cmap, expect.reachable_fraction_of_4pi)
        if expect.pairs_in_the_way is not None:
            verdict.broken += _in_the_way(setup.scene, cmap, expect.pairs_in_the_way)
        if baseline is not None:
            verdict.changes = changes(baseline, cmap, expect.boundary_tolerance_deg)
            if verdict.changes.has_moved:
                verdict.broken.append("\n".join([f"changed since {expect.baseline}", *verdict.changes.lines()]))
    return verdict


def needs_map(expect: Expect) -> bool:
    """Return whether a promise is about the whole map, and not only about poses and arcs."""
    of_map = (
        *(expect.solid_angle_sr, expect.fraction_of_4pi, expect.reachable_fraction_of_4pi, expect.free_fraction),
        *(expect.pairs_in_the_way, expect.baseline),
    )
    return any(promise is not None for promise in of_map)


def tolerance_for(expect: Expect, usual: float = TOLERANCE) -> float:
    """Return how near the proven bounds must be to each other, as a share of 4π, or of all that could be free."""
    asked = [usual]
    for amount, unit_sr in (
        (expect.solid_angle_sr, 1.0),
        (expect.fraction_of_4pi, FULL_SPHERE_SR),
        (expect.reachable_fraction_of_4pi, FULL_SPHERE_SR),
        (expect.free_fraction, FULL_SPHERE_SR),
    ):
        if amount is not None:
            asked.append(DECIDES * (amount.highest - amount.lowest) * unit_sr / FULL_SPHERE_SR)
    return max(min(asked), FINEST)


def _named(expect: Expect) -> Iterator[Parts]:
    yield from (pose.parts for pose in expect.colliding if pose.parts is not None)
    yield from expect.pairs_in_the_way or ()


def _free(setup: Setup, pose: FreePosePromise) -> Iterator[str]:
    check = setup.check(**pose.joints)
    where = asked_pose(setup.scene, pose.joints, check)
    if not check.is_free:
        yield f"{where}: must be free, is {check.status}: {', '.join(check.culprits)}"
    elif check.clearance_mm < pose.clearance_mm:
        found = f"has {check.clearance_mm:.1f} mm: {check.nearest}"
        yield f"{where}: must have {pose.clearance_mm:g} mm of clearance, {found}"


def _colliding(setup: Setup, pose: CollisionPromise) -> Iterator[str]:
    check = setup.check(**pose.joints)
    where = asked_pose(setup.scene, pose.joints, check)
    found = ", ".join(check.culprits) or "nothing is in the way"
    if check.status is not Status.COLLIDING:
        yield f"{where}: must collide, is {check.status}: {found}"
    elif pose.parts is not None and not any(pair.name in check.culprits for pair in _pairs(setup.scene, pose.parts)):
        yield f"{where}: must be a collision of {' and '.join(pose.parts)}, is one of {found}"


def _free_arc(setup: Setup, arc: FreeArcPromise) -> Iterator[str]:
    check = setup.check_arc(direction=arc.direction, clearance=arc.clearance_mm > 0, **arc.joints)
    ends = [f"{split_field(field)[0]} {_way(value, field)}" for field, value in arc.fields.items()]
    where, mark = ", ".join([*ends, *([arc.direction] if arc.direction else [])]), SYMBOLS[check.unit]
    if not check.is_free:
        yield f"{where}: must be free all the way, first contact at {check.at:.2f}{mark}: {check.pair}"
    elif check.clearance_mm < arc.clearance_mm:
        found = f"has {check.clearance_mm:.1f} mm at {check.at:.1f}{mark}: {check.pair}"
        yield f"{where}: must have {arc.clearance_mm:g} mm of clearance all the way, {found}"


def _way(value: float | tuple[float, float], field: str) -> str:
    mark = SYMBOLS[split_field(field)[1]]
    return f"{value[0]:g} to {value[1]:g}{mark}" if isinstance(value, tuple) else f"{value:g}{mark}"


def _solid_angles(cmap: CollisionMap, expect: Expect) -> Iterator[str]:
    if expect.solid_angle_sr is None and expect.fraction_of_4pi is None:
        return
    omega = cmap.solid_angle()
    for name, amount, unit_sr, unit in (
        ("solid_angle_sr", expect.solid_angle_sr, 1.0, " sr"),
        ("fraction_of_4pi", expect.fraction_of_4pi, FULL_SPHERE_SR, ""),
    ):
        if amount is not None:
            yield from _amount(name, amount, omega.lower_sr / unit_sr, omega.upper_sr / unit_sr, unit)


def _reachable(cmap: CollisionMap, amount: Amount) -> Iterator[str]:
    found = cmap.reachable()
    if found.solid_angle is None:
        yield f"reachable_fraction_of_4pi: {found.note}"
        return
    lower, upper = (sr / FULL_SPHERE_SR for sr in (found.solid_angle.lower_sr, found.solid_angle.upper_sr))
    yield from _amount("reachable_fraction_of_4pi", amount, lower, upper, "")


def _robust(setup: Setup, amount: Amount, workers: int | None) -> Iterator[str]:
    width = DECIDES * (amount.highest - amount.lowest)
    tolerance = max(min(ROBUST_TOLERANCE, width), FINEST)
    omega = robust_solid_angle(setup, tolerance=tolerance, workers=workers)
    lower, upper = omega.lower_sr / FULL_SPHERE_SR, omega.upper_sr / FULL_SPHERE_SR
    yield from _amount("robust_fraction_of_4pi", amount, lower, upper, "")


def _amount(name: str, amount: Amount, lower: float, upper: float, unit: str) -> Iterator[str]:
    if amount.lowest <= lower and upper <= amount.highest:
        return
    bounds = [f"at least {amount.lowest:.5g}"] if np.isfinite(amount.lowest) else []
    bounds += [f"at most {amount.highest:.5g}"] if np.isfinite(amount.highest) else []
    is_known = upper < amount.lowest or lower > amount.highest
    found = f"is proven to be {lower:.5g} to {upper:.5g}{unit}"
    yield f"{name}: must be {' and '.join(bounds)}{unit}, {found}" + ("" if is_known else ": it may or may not be")


def _in_the_way(scene: Scene, cmap: CollisionMap, allowed: Iterable[Parts]) -> Iterator[str]:
    known = {pair.name for parts in allowed for pair in _pairs(scene, parts)}
    costs = cmap.pair_costs()
    for name, blocks in zip(costs["pair"], costs[f"blocks_{cmap.unit}"], strict=True):
        if name not in known:
            yield f"pairs_in_the_way: {name} must never be, blocks {blocks:.3f} {cmap.unit}"


def _pairs(scene: Scene, parts: Parts) -> list[Pair]:
    """Return the pairs of two parts, in either order; refuse parts that are not there, or are never checked."""
    names = {body.name for body in scene.bodies}
    for part in parts:
        if part not in names:
            raise unknown("expect: part", part, sorted(names))
    found = [pair for pair in scene.pairs if {scene.bodies[pair.a].name, scene.bodies[pair.b].name} == set(parts)]
    if not found:
        raise SimulatorError(f"expect: {' and '.join(parts)} are never checked against each other")
    return found
