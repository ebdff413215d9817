"""What has changed since a baseline: what has been freed is told as loudly as what has been blocked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.collision.contact import Status
from simulator.directions.crossed_axes import FULL_SPHERE_SR
from simulator.errors import SimulatorError
from simulator.maps.collision_map import CollisionMap
from simulator.maps.free_extent import FreeExtent
from simulator.maps.provenance import UNNAMED
from simulator.maps.solid_angle import SolidAngle
from simulator.regression.baselines import Baseline
from simulator.regression.boundary import Segment, moved
from simulator.scenario.axis import SYMBOLS

SHOWN = 8


@dataclass(frozen=True, eq=False)
class Changes:
    """What has changed from a baseline to a map.

    Attributes
    ----------
    before, after : SolidAngle or FreeExtent
        With proven bounds.
    poses : dict
        Number of poses of the sweep for each pair of different :class:`simulator.Status`, before and after.
    segments : tuple of Segment
        Where the boundary has moved by more than the tolerance, the longest first.
    pairs_gone, pairs_new : tuple of str
        Pairs that are no longer checked, and pairs that were not.
    culprits_gone, culprits_new : tuple of str
        Pairs that are no longer in the way anywhere, and pairs that were not.
    culprits_block : float
        What these block, at most, in the unit of the answer; 0 of a pair that only stands beyond the end of an arc.
    opened : tuple of str
        Parts whose mesh was closed and is not any more, so that it has no inside: a triangle is missing or turned.
    inputs : tuple of str
        What the map was made from and has changed: names with old and new value, and parts whose mesh is another.
    """

    before: SolidAngle | FreeExtent
    after: SolidAngle | FreeExtent
    poses: dict[tuple[Status, Status], int]
    segments: tuple[Segment, ...]
    pairs_gone: tuple[str, ...]
    pairs_new: tuple[str, ...]
    culprits_gone: tuple[str, ...]
    culprits_new: tuple[str, ...]
    culprits_block: float
    opened: tuple[str, ...]
    inputs: tuple[str, ...]

    @property
    def has_moved(self) -> bool:
        """Whether anything has changed that a change of rounding does not explain."""
        before, after = self.before.bounds, self.after.bounds
        apart = after[0] > before[1] or before[0] > after[1]
        others = self.culprits_block > 0.0
        return bool(self.segments or self.pairs_gone or self.pairs_new or self.opened or apart or others)

    def lines(self) -> Iterator[str]:
        """Return the table: solid angle, poses, boundary, culprits, and what was changed."""
        what = "solid angle" if isinstance(self.before, SolidAngle) else "free extent"
        yield f"{what:<13} {_told(self.before)} → {_told(self.after)}"
        for (was, now), count in sorted(self.poses.items(), key=lambda item: -item[1]):
            yield f"poses         {count:,} {was} → {now}"
        for is_freed, what in ((True, "FREED"), (False, "BLOCKED")):
            some = [segment for segment in self.segments if segment.is_freed == is_freed]
            if some:
                lines = len({tuple(segment.at.items()) for segment in some})
                far, others = some[0], " and ".join(some[0].at) or "line"
                mark = SYMBOLS[far.axis.unit]
                yield f"{what:<13} by up to {far.length:.2f}{mark}, at {lines} values of {others}; the farthest:"
            for segment in some[:SHOWN]:
                yield f"              {segment}"
        for what, names in (
            ("no longer checked", self.pairs_gone),
            ("checked now", self.pairs_new),
            ("no longer in the way", self.culprits_gone),
            ("in the way now", self.culprits_new),
            ("no longer a closed surface", self.opened),
            ("what was changed", self.inputs),
        ):
            for name in names[:SHOWN]:
                yield f"{what}: {name}"
            if len(names) > SHOWN:
                yield f"{what}: and {len(names) - SHOWN} others"


def changes(baseline: Baseline, cmap: CollisionMap, tolerance: float) -> Changes:
    """Return what has changed from a baseline to a certified map of the same scenario.

    Parameters
    ----------
    baseline : Baseline
        What it was.
    cmap : CollisionMap
        What it is.
    tolerance : float
        By how much the boundary may move along the joint nearest the beam.

    Raises
    ------
    SimulatorError
        If their sweeps differ.
    """
    now = Baseline.of(cmap)
    was_made_by, made_by = baseline.made_by, now.made_by
    if baseline.sweep != now.sweep:
        raise SimulatorError(
            f"baseline of {made_by['scenario']!r}: must have the scenario's grid, {now.sweep}, has {baseline.sweep}; "
            "`simulator baseline` writes it anew"
        )
    was, is_now = baseline.status, now.status
    differs = was != is_now
    kinds, counts = np.unique(np.stack([was[differs], is_now[differs]]), axis=1, return_counts=True)
    poses = {(Status(int(a)), Status(int(b))): int(count) for (a, b), count in zip(kinds.T, counts, strict=True)}
    checked = [set(source["pairs_checked"]) for source in (was_made_by, made_by)]
    costs = [dict(zip(side.pairs, side.blocks.tolist(), strict=True)) for side in (baseline, now)]
    gone, new = sorted(costs[0].keys() - costs[1]), sorted(costs[1].keys() - costs[0])
    return Changes(
        before=baseline.achievable(),
        after=now.achievable(),
        poses=poses,
        segments=tuple(moved(baseline.dataset, now.dataset, now.sweep, tolerance)),
        pairs_gone=tuple(sorted(checked[0] - checked[1])),
        pairs_new=tuple(sorted(checked[1] - checked[0])),
        culprits_gone=tuple(gone),
        culprits_new=tuple(new),
        culprits_block=max([costs[0][name] for name in gone] + [costs[1][name] for name in new], default=0.0),
        opened=tuple(sorted(set(made_by["open_meshes"]) - set(was_made_by["open_meshes"]))),
        inputs=tuple(_inputs(was_made_by, made_by)),
    )


def renew(path: Path, cmap: CollisionMap, tolerance: float) -> list[str]:
    """Write the baseline of a map, and return what has moved since the one that was there."""
    now = Baseline.of(cmap)
    try:
        before = changes(Baseline.load(path, now.dataset.attrs["name"]), cmap, tolerance)
        found = list(before.lines()) if before.has_moved else ["nothing has moved"]
    except SimulatorError as error:
        found = [f"there was none to compare with: {error}"] if path.exists() else ["it is the first"]
    now.save(path)
    return [f"written: {path}", *found]


def _inputs(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return what differs, and that something does where none of it is known by name."""
    named = list(_named_inputs(before, after))
    is_told = named or before["pairs_checked"] != after["pairs_checked"]
    return named if is_told or before["scene_sha256"] == after["scene_sha256"] else [UNNAMED]


def _named_inputs(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    meshes = before["meshes_sha256"], after["meshes_sha256"]
    for part in sorted({*meshes[0], *meshes[1]}):
        if meshes[0].get(part) != meshes[1].get(part):
            is_old, is_now = part in meshes[0], part in meshes[1]
            yield f"{part} ({'mesh' if is_old and is_now else 'new' if is_now else 'gone'})"
    for name in sorted({*before, *after} - {"scene_sha256", "meshes_sha256", "pairs_checked", "open_meshes"}):
        if before.get(name) != after.get(name):
            yield f"{name}: {before.get(name)} → {after.get(name)}"


def _told(omega: SolidAngle | FreeExtent) -> str:
    if not isinstance(omega, SolidAngle):
        return omega.stated()
    lower, upper = (100 * value / FULL_SPHERE_SR for value in (omega.lower_sr, omega.upper_sr))
    return f"{omega.sr:.3f} sr = {lower:.2f} to {upper:.2f} % of 4π"
