"""From a setup to its collision map."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.geometry.positions import rotation_top_patient
from simulator.mapping.arcs import free_arcs
from simulator.mapping.collision_map import FORMAT, CollisionMap, make_dataset
from simulator.mapping.grid import Progress, evaluate, grid_poses
from simulator.mapping.provenance import DISCLAIMER, provenance
from simulator.setup import Setup


def collision_map(
    setup: Setup, *, clearance: bool = False, workers: int | None = None, progress: Progress | None = None
) -> CollisionMap:
    """Return the collision map of a setup over its grid.

    Parameters
    ----------
    setup : Setup
        What is placed in the room, and the grid.
    clearance : bool
        Also measure the least distance at every pose. FCL takes milliseconds a pose for it.
    workers : int, optional
        Number of processes, all cores if not given. The map does not depend on it.
    progress : callable, optional
        Called as ``progress(done, total)`` with numbers of poses. If not given, a bar is shown where standard error
        is a terminal, and nothing elsewhere.

    Returns
    -------
    CollisionMap
    """
    gantry_deg, couch_deg = setup.grid.gantry_deg.values_deg(), setup.grid.couch_deg.values_deg()
    shape = (len(couch_deg), len(gantry_deg))
    with _shown(progress) as shown:
        statuses, clearance_mm = evaluate(
            setup.checker, grid_poses(gantry_deg, couch_deg), clearance=clearance, workers=workers, progress=shown
        )
    pair_status = statuses.reshape(-1, *shape).swapaxes(1, 2)
    full_turn = setup.grid.gantry_deg.is_full_turn
    is_free = (pair_status == 0).all(axis=0)
    arcs = free_arcs(setup.checker, is_free, gantry_deg, couch_deg, is_full_turn=full_turn)
    dataset = make_dataset(
        gantry_deg=gantry_deg,
        couch_deg=couch_deg,
        edges_deg=(setup.grid.gantry_deg.edges_deg(), setup.grid.couch_deg.edges_deg()),
        pair_names=[pair.name for pair in setup.scene.pairs],
        pair_status=pair_status,
        clearance_mm=None if clearance_mm is None else clearance_mm.reshape(shape).T,
        arcs=arcs,
        support_top_rotation=setup.R_support_top,
        top_patient_rotation=rotation_top_patient(setup.position),
        attributes={
            "format": FORMAT,
            "name": setup.name,
            "gantry_full_turn": int(full_turn),
            "provenance": json.dumps(provenance(setup), ensure_ascii=False),
            "disclaimer": DISCLAIMER,
        },
    )
    return CollisionMap(dataset)


@contextmanager
def _shown(progress: Progress | None) -> Iterator[Progress | None]:
    """Yield the caller's callback, or one that draws a bar on a terminal."""
    if progress is not None or not sys.stderr.isatty():
        yield progress
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("poses", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
