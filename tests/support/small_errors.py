"""Small rooms with errors of the set-up for `support.small_proofs`: how often a copy of the simulator is wrong there.

The copy makes the room that it proves, the package the one that FCL is asked of.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm
from support import shapes

import simulator as sim
from simulator.collision.checker import Checker
from simulator.models.kinematics import Joint
from simulator.setup.erring import error_joint, with_errors

POSES = 400
DECIDED = 0.85
"""A proof that decides less has gone wrong somewhere, even if nothing that it says does."""
TOP = "table_roll"
LEVER_MM = 400.0
"""From the isocentre to the far end of the beam."""
HEIGHT_MM = 60.0
"""Of the plate above the beam."""


def rooms():
    """A beam on a table below a plate of the gantry: FCL at random errors, and the chance in closed form."""
    bound = {"vertical_mm": {"bound": 4.0}, "pitch_deg": {"bound": 2.0}}
    yield "a beam is lifted and tilted", proven, beam_below_plate(45.0, 20.0), bound, ((-30,), (61,))
    misread = {"gantry_deg": {"bound": 3.0}, "lateral_mm": {"bound": 6.0}}
    yield "a gantry is misread", proven, beam_below_plate(45.0, 30.0), misread, ((-30,), (61,))
    normal = {"vertical_mm": {"standard_deviation": 5.0}, "pitch_deg": {"standard_deviation": 0.6}}
    yield "a face beside a face", estimated, beam_below_plate(0.0, HEIGHT_MM - 20.0), normal, 20.0


def beam_below_plate(aside_mm, buffer_mm):
    """A beam along y, whose top is at the height of the isocentre; the table's origin is 200 mm before and below."""
    gantry = Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0))
    couch = Joint("couch", "revolute")
    column = Joint("table_vertical", "prismatic", "couch", origin_mm=(0.0, -200.0, -200.0))
    top = Joint(TOP, "revolute", "table_vertical", axis=(0.0, 1.0, 0.0))
    beam = shapes.cuboid((aside_mm - 5, 200 - LEVER_MM, 190), (aside_mm + 5, 200, 200))
    plate = shapes.cuboid((-100, -450, HEIGHT_MM), (100, 100, HEIGHT_MM + 10))
    far = shapes.cuboid((-5, -5, 300), (5, 5, 310))
    bodies = [(plate, "gantry"), (beam, TOP), (far, "gantry")]
    pairs = [(0, 1, buffer_mm), (1, 2, 0.0)]
    return shapes.scene_of([gantry, couch, column, top], bodies, pairs, ("gantry",), couch=0.0)


def erring(make, scene, errors):
    """A room with the joints of errors, and the names of those that poses and errors are of."""
    return make(scene, errors, TOP).scanning((*scene.scan, *map(error_joint, errors.given)))


def proven(of, scene, errors, extent):
    """How often robust cells are contradicted or leave open what can be decided, and the share that they decide."""
    errors = sim.Errors(**errors)
    bounds = np.array([error.size for error in errors.given.values()])
    low, high = (np.array([end], dtype=float) for end in extent)
    prover = of["prover"].Prover(erring(of["erring"].with_errors, scene, errors), 150.0)
    found = of["robust"].robust_cells(
        prover,
        low,
        high,
        of["error_sets"].Bounded(bounds),
        np.array([pair.buffer_mm for pair in scene.pairs]),
        weight=longest,
        tolerance=0.05 * float(longest(low, high)[0]),
        finest=0.2,
        most_cells=60,
    )
    cells = found.cells
    is_free, is_blocked = (cells.status == status for status in (of["robust"].FREE, of["robust"].NOT_FREE))
    lengths = longest(cells.low, cells.high)
    decided = float(lengths[is_free | is_blocked].sum() / lengths.sum())
    wrong = int((np.abs(found.errors) > bounds + 1e-9).any(axis=1).sum()) + (decided < DECIDED)
    checker = Checker(erring(with_errors, scene, errors))
    rng = np.random.default_rng(3)
    for which in (np.flatnonzero(is_free), np.flatnonzero(is_blocked)):
        if not len(which):
            continue
        which = rng.choice(which, POSES)
        poses = cells.low[which] + rng.beta(0.3, 0.3, (POSES, 1)) * (cells.high - cells.low)[which]
        corners = rng.choice([-1.0, 1.0], (POSES, len(bounds))) * bounds
        at = np.where(is_free[which, None], corners, found.errors[which])
        status = checker.pair_status(np.concatenate([poses, at], axis=1)).max(axis=0)
        wrong += int(((status == 0) != is_free[which]).sum())
    return int(wrong), decided


def estimated(of, scene, errors, margin_mm):
    """Whether the chance of a contact is off by more than a third; the far end of the beam is what comes nearest."""
    errors = sim.Errors(**errors)
    slide_mm, tilt_deg = (error.size for error in errors.given.values())
    truth = norm.sf(margin_mm / np.hypot(slide_mm, LEVER_MM * np.radians(tilt_deg)))
    prover = of["prover"].Prover(erring(of["erring"].with_errors, scene, errors), 150.0)
    demanded_mm = np.array([pair.buffer_mm for pair in scene.pairs])
    deviation = np.array([slide_mm, tilt_deg])
    found = of["form"].estimated_chances(prover, np.zeros((1, 1)), 0.0 * deviation, deviation, demanded_mm)[0]
    return int(not 0.67 * truth < found < 1.5 * truth), 1.0


def longest(low, high):
    """What a cell counts: its length."""
    return (high - low).max(axis=1)
