"""Cells of poses proven free or not, and poses that try to contradict them."""

from __future__ import annotations

import numpy as np

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED, Cells
from simulator.certify.cell_proofs import refine
from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.contact import Status


def area(low, high):
    """What a cell counts in these tests: its area in degrees (or mm) of the two joints."""
    return (high - low).prod(axis=1)


def tiles(low, high, step):
    """Cells to begin with: a rectangle of poses in equal parts."""
    edges = [np.arange(a, b + s / 2, s, dtype=float) for a, b, s in zip(low, high, step, strict=True)]
    corners = np.stack(np.meshgrid(*(e[:-1] for e in edges), indexing="ij"), axis=-1).reshape(-1, 2)
    return corners, corners + np.asarray(step, dtype=float)


def buffers(scene):
    """The clearance that a scene demands of each pair."""
    return np.array([pair.buffer_mm for pair in scene.pairs], dtype=float)


def longest(low, high):
    """What a cell counts where the poses asked for are a line or a point."""
    return (high - low).max(axis=1)


def prove(
    scene, low, high, demanded_mm=None, *, undecided=0.01, weight=area, finest=1e-3, most_cells=50_000, **options
):
    """Cells of a scene, refined until a share of the whole is left undecided."""
    low, high = np.atleast_2d(np.asarray(low, dtype=float)), np.atleast_2d(np.asarray(high, dtype=float))
    demanded_mm = buffers(scene) if demanded_mm is None else np.asarray(demanded_mm, dtype=float)
    prover = options.pop("prover", None) or Prover(scene)
    tolerance = undecided * weight(low, high).sum()
    stop = {"tolerance": tolerance, "finest": finest, "most_cells": most_cells}
    return refine(prover, Cells.undecided(low, high), demanded_mm, weight=weight, **stop, **options)


def share(cells, status):
    """The share of the area with a status."""
    areas = area(cells.low, cells.high)
    return float(areas[cells.status == status].sum() / areas.sum())


def cell_of(cells, poses):
    """A cell that holds each pose, certified ones first; -1 where there is none."""
    found = np.full(len(poses), -1)
    order = np.argsort(cells.status == UNDECIDED, kind="stable")
    low, high = cells.low[order], cells.high[order]
    for part in np.array_split(np.arange(len(poses)), max(1, len(poses) * len(low) // 5_000_000)):
        held = ((poses[part, None] >= low) & (poses[part, None] <= high)).all(axis=2)
        found[part] = np.where(held.any(axis=1), order[held.argmax(axis=1)], -1)
    return found


def poses_at_rims(cells, rng, count):
    """Poses in certified cells, and their cells: where a wrong claim would show first.

    Up to half lie just beyond the sides of undecided cells, where free ends. The others are in cells of both kinds
    alike, of which the small ones are at the boundary too, most often at their sides and corners.
    """
    state = cells.status
    free, not_free, undecided = (np.flatnonzero(state == status) for status in (FREE, NOT_FREE, UNDECIDED))
    kinds = [kind for kind in (free, not_free) if len(kind)]
    which = rng.permutation(np.concatenate([rng.choice(kind, count) for kind in kinds]))[:count]
    along = np.clip(rng.beta(0.3, 0.3, (count, cells.low.shape[1])) * 1.02 - 0.01, 0.0, 1.0)
    poses = cells.low[which] + along * (cells.high - cells.low)[which]
    if len(undecided):
        beside = rng.choice(undecided, count // 2)
        extent = (cells.high - cells.low)[beside]
        along = rng.random(extent.shape)
        beyond = rng.choice([0.0, 1e-9, 1e-3, 0.1], len(beside))
        side, end = rng.integers(0, extent.shape[1], len(beside)), rng.integers(0, 2, len(beside))
        along[np.arange(len(beside)), side] = np.where(end == 1, 1.0 + beyond, -beyond)
        near = cells.low[beside] + along * extent
        cell = cell_of(cells, near)
        known = (cell >= 0) & (state[cell] != UNDECIDED)
        poses[: known.sum()], which[: known.sum()] = near[known], cell[known]
    return poses, which


def contradictions(checker, cells, poses, which):
    """Poses whose cell says one thing and FCL another: (pose, status of the cell, status by FCL)."""
    worst = checker.pair_status(poses).max(axis=0, initial=Status.FREE)
    state = cells.status[which]
    wrong = ((state == FREE) & (worst != Status.FREE)) | ((state == NOT_FREE) & (worst == Status.FREE))
    return [(poses[i].tolist(), int(state[i]), Status(worst[i])) for i in np.flatnonzero(wrong)]


def found_wrong(scene, cells, rng, count):
    """Contradictions at the rims of cells."""
    if (cells.status == UNDECIDED).all():
        return []
    return contradictions(Checker(scene), cells, *poses_at_rims(cells, rng, count))
