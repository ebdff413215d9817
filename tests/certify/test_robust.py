"""Cells that are free for every error: closed forms, properties, and FCL at random errors in proven cells."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes
from support.campaign import times
from support.erring_rooms import GAP_MM, erring_room
from support.proven import area

import simulator as sim
from simulator.certify.branch_and_bound import FREE, NOT_FREE
from simulator.certify.cells import demanded_mm
from simulator.certify.error_sets import HALF_SIDE, Bounded, Likely
from simulator.certify.kernels.bvh import box_tree
from simulator.certify.prover import Prover
from simulator.certify.robust import LONGEST_MM, robust_cells
from simulator.collision.checker import Checker

SIX = {
    **{field: {"bound": 5.0} for field in ("lateral_mm", "longitudinal_mm", "vertical_mm")},
    **{field: {"bound": 1.0} for field in ("rotation_deg", "pitch_deg", "roll_deg")},
}


def cells_of(setup, *, undecided=0.03, scene=None, **options):
    """Robust cells over gantry and couch of a small room."""
    errors = {f"error_{field.rpartition('_')[0]}": error.size for field, error in setup.errors.given.items()}
    prover = Prover((scene or setup.erring_scene).scanning((*setup.sweep.joints, *errors)), 150.0)
    low, high = (np.array([[axis.extent[end] for axis in setup.sweep]]) for end in (0, 1))
    bounds = np.array(list(errors.values()))
    stop = {"tolerance": undecided * area(low, high).sum(), "finest": 1e-3, "most_cells": 20_000}
    return prover, robust_cells(
        prover, low, high, Bounded(bounds), demanded_mm(prover), weight=area, **stop, **options
    )


def contradicted(prover, found, bounds, rng, count):
    """How often FCL contradicts cells: at random errors (half of them corners) in free ones, at theirs in others."""
    cells, wrong = found.cells, 0
    checker = Checker(prover.scene)
    for status in (FREE, NOT_FREE):
        which = np.flatnonzero(cells.status == status)
        if not len(which):
            continue
        which = rng.choice(which, count)
        along = rng.beta(0.3, 0.3, (count, cells.low.shape[1]))
        poses = cells.low[which] + along * (cells.high - cells.low)[which]
        errors = rng.uniform(-1.0, 1.0, (count, len(bounds)))
        corner = rng.random(count) < 0.5
        errors[corner] = np.sign(errors[corner])
        errors = errors * bounds if status == FREE else found.errors[which]
        worst = checker.pair_status(np.concatenate([poses, errors], axis=1)).max(axis=0)
        wrong += int(((worst == 0) != (status == FREE)).sum())
    return wrong


@pytest.mark.parametrize(
    ("errors", "rise_mm"),
    [
        ({"vertical_mm": {"bound": 20.0}}, 20.0),
        ({"pitch_deg": {"bound": 1.0}}, 1000.0 * np.sin(np.radians(1.0))),
        ({"vertical_mm": {"bound": 5.0}, "pitch_deg": {"bound": 1.0}}, 5.0 + 1000.0 * np.sin(np.radians(1.0))),
        ({"lateral_mm": {"bound": 30.0}, "gantry_deg": {"bound": 0.5}}, 35.0 * np.sin(np.radians(0.5)) + 0.004),
    ],
)
def test_the_gantry_that_is_free_is_known(errors, rise_mm):
    """The plate's face is 100 mm away at gantry 0; at g the block's nearest corner, 5 mm aside, is nearer by 5 sin g.

    So with a rise of the block by the worst error, free is what keeps the buffer at all couch angles within 1°.
    """
    free, blocked = GAP_MM - rise_mm - 2.0, GAP_MM - rise_mm + 1.5
    narrow = {"gantry": (-0.2, 0.2, 0.1), "couch": (-0.2, 0.2, 0.1)}
    _, found = cells_of(erring_room(buffer_mm=free, **narrow, **errors))
    assert (found.cells.status == FREE).all()
    _, found = cells_of(erring_room(buffer_mm=blocked, **narrow, **errors))
    assert (found.cells.status == NOT_FREE).any()
    assert not (found.cells.status == FREE).any()


def test_fcl_contradicts_no_cell_at_random_errors():
    setup = erring_room(buffer_mm=50.0, gantry=(-6.0, 6.0, 1.0), couch=(-20.0, 20.0, 1.0), **SIX)
    prover, found = cells_of(setup, undecided=0.05)
    assert {FREE, NOT_FREE} <= set(found.cells.status.tolist())
    bounds = np.array([error.size for error in setup.errors.given.values()])
    assert contradicted(prover, found, bounds, np.random.default_rng(1), times(2000)) == 0


@pytest.mark.parametrize("name", ["brain", "liver"])
def test_shipped_rooms_are_bounded_within_3_percent_and_fcl_agrees(name):
    """Errors of ±5 mm and ±1° on six axes; by default at few errors, 10^5 with SIMULATOR_CAMPAIGN=100."""
    setup = replace(sim.load_setup(name), errors=sim.Errors(**SIX))
    omega = sim.robust_solid_angle(setup, tolerance=0.03, workers=1)
    assert omega.upper_sr - omega.lower_sr <= 0.03 * 4 * np.pi
    bounds = np.array([error.size for error in setup.errors.given.values()])
    names = ("gantry", "couch", *(f"error_{field.rpartition('_')[0]}" for field in setup.errors.given))
    prover = Prover(setup.erring_scene.scanning(names), 150.0)
    assert contradicted(prover, omega.found, bounds, np.random.default_rng(2), times(500)) == 0


@settings(max_examples=times(8))
@given(st.tuples(st.integers(0, 30), st.integers(0, 4), st.integers(0, 4)), st.integers(1, 3))
def test_larger_bounds_free_nothing(sizes, more):
    """What is proven free with larger errors is not proven otherwise with smaller ones, and the other way round."""
    fields = ("vertical_mm", "pitch_deg", "roll_deg")
    small = {field: {"bound": size * 0.5} for field, size in zip(fields, sizes, strict=True)}
    large = {field: {"bound": (size + more) * 0.5} for field, size in zip(fields, sizes, strict=True)}
    room = {"buffer_mm": 60.0, "gantry": (-3.0, 3.0, 1.0), "couch": (-3.0, 3.0, 1.0)}
    areas = []
    for errors in (small, large):
        _, found = cells_of(erring_room(**room, **errors))
        size, status = area(found.cells.low, found.cells.high), found.cells.status
        areas.append((size[status == FREE].sum(), size[status != NOT_FREE].sum()))
    (lower_small, upper_small), (lower_large, upper_large) = areas
    assert lower_large <= upper_small + 1e-9
    assert lower_small <= upper_small and lower_large <= upper_large


def test_without_errors_it_is_the_plain_proof():
    setup = erring_room(buffer_mm=60.0, gantry=(-6.0, 6.0, 1.0), couch=(-20.0, 20.0, 1.0))
    _, found = cells_of(setup, undecided=0.02)
    cmap = sim.collision_map(setup, workers=1)
    low, high = found.cells.low, found.cells.high
    for gantry, couch in zip(
        *(each.ravel() for each in np.meshgrid(np.arange(-5.5, 6), np.arange(-19.5, 20, 3))), strict=True
    ):
        held = ((low <= (gantry, couch)) & ((gantry, couch) <= high)).all(axis=1)
        if (found.cells.status[held] == FREE).any():
            assert setup.check(gantry=gantry, couch=couch).is_free
        if (found.cells.status[held] == NOT_FREE).any():
            assert not setup.check(gantry=gantry, couch=couch).is_free
    assert cmap.status.size == 13 * 41


def test_the_answer_does_not_depend_on_threads():
    setup = erring_room(buffer_mm=50.0, gantry=(-6.0, 6.0, 1.0), couch=(-20.0, 20.0, 1.0), **SIX)
    one, three = (cells_of(setup, workers=workers)[1] for workers in (1, 3))
    assert np.array_equal(one.cells.low, three.cells.low)
    assert np.array_equal(one.cells.status, three.cells.status)
    assert np.array_equal(one.errors, three.errors)


def test_cut_triangles_are_the_same_surface_with_short_edges():
    mesh = shapes.box(1000, 300, 10)
    whole, cut = box_tree(mesh), box_tree(mesh, 120.0)
    sides = np.linalg.norm(cut.corners - np.roll(cut.corners, 1, axis=1), axis=2)
    assert sides.max() <= 120.0

    def area_of(tree):
        a, b, c = np.moveaxis(tree.corners, 1, 0)
        return np.cross(b - a, c - a).sum(axis=0), np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()

    assert np.allclose(area_of(whole)[0], area_of(cut)[0], atol=1e-6)
    assert area_of(cut)[1] == pytest.approx(area_of(whole)[1])


def test_rates_are_the_derivatives_of_the_distance():
    """Against differences of FCL's distances, for joints that turn and slide both bodies."""
    setup = erring_room(**SIX, gantry_deg={"bound": 1.0})
    names = ("gantry", "couch", *(f"error_{field.rpartition('_')[0]}" for field in setup.errors.given))
    prover, checker = Prover(setup.erring_scene.scanning(names)), Checker(setup.erring_scene.scanning(names))
    pose = np.array([[1.0, 15.0, 1.0, -2.0, 3.0, 0.5, 0.7, 0.4, 0.2]])
    far, still = np.array([1000.0]), np.zeros_like(pose)
    witness = prover.bounds(0, pose, still, far, np.zeros(1), np.full((1, 2), -1, np.int32)).witness
    apart, rates = prover.rates(0, pose, witness)
    assert apart[0] == pytest.approx(checker.clearance(pose)[0][0], abs=1e-6)
    for column in range(len(names)):
        step = np.zeros_like(pose)
        step[0, column] = 1e-4
        ends = checker.clearance(np.concatenate([pose - step, pose + step]))[0]
        assert rates[0, column] == pytest.approx((ends[1] - ends[0]) / 2e-4, abs=2e-3)


@pytest.mark.parametrize("fields", [("lateral_mm", "vertical_mm"), ("vertical_mm", "roll_deg"), tuple(SIX)])
def test_what_is_in_contact_for_likely_errors_is_so_at_the_corners_of_their_box(fields):
    """The box counts with all its chance, so all of it must be in contact, not only an ellipsoid within."""
    joints = ("gantry", "couch", *(f"error_{field.rpartition('_')[0]}" for field in fields))
    at, seen = np.array([[45.0, 0.0]]), 0
    for buffer_mm in np.arange(70.0, 100.0, 1.0):
        errors = {field: {"standard_deviation": 5.0 if field.endswith("mm") else 0.3} for field in fields}
        setup = erring_room(buffer_mm=float(buffer_mm), gantry=(44.0, 46.0, 1.0), **errors)
        prover = Prover(setup.erring_scene.scanning(joints), LONGEST_MM, frozenset(range(2, len(joints))))
        deviation = np.array([errors[field]["standard_deviation"] for field in fields])
        likely = Likely.of(np.zeros(len(fields)), deviation, 1e-3)
        stop = {"tolerance": 0.0, "finest": 3e-4, "most_cells": 50}
        found = robust_cells(prover, at - 1e-4, at + 1e-4, likely, demanded_mm(prover), weight=area, **stop)
        if (found.cells.status == NOT_FREE).all():
            signs = np.array(list(product((-1.0, 1.0), repeat=len(fields))))
            corners = found.errors[0] + HALF_SIDE * deviation * signs
            poses = np.column_stack([np.repeat(at, len(corners), axis=0), corners])
            assert (Checker(prover.scene).pair_status(poses).max(axis=0) != 0).all()
            seen += 1
            break  # the least buffer at which it is proven: the tightest
    assert seen == 1
