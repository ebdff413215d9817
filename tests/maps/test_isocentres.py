"""Cells of isocentres and voxels, found together, against the map of each isocentre alone."""

from dataclasses import replace

import numpy as np
import pytest
from support.atlas_room import atlas_room
from support.campaign import times

import simulator as sim
from simulator.maps.certified import Swept, require_agreement
from simulator.maps.compute import mapped
from simulator.maps.isocentres import cells_of_isocentres, solid_angles_of_isocentres, solid_angles_of_voxels
from simulator.setup.isocentres import NOT_TOGETHER

FOUR_PI = 4.0 * np.pi
POINTS = np.array([(0.0, 0.0, 0.0), (20.0, 0.0, 0.0), (0.0, -25.0, 30.0)])


def alone(point, tolerance=0.01):
    return sim.collision_map(atlas_room(point), tolerance=tolerance, workers=1)


def test_points_have_bounds_as_asked_that_overlap_those_of_their_own_maps_and_fcl_agrees():
    setup = atlas_room()
    cells = cells_of_isocentres(setup, POINTS, tolerance=0.01)
    angles = solid_angles_of_isocentres(setup, POINTS, tolerance=0.01)
    for point, each, angle in zip(POINTS, cells, angles, strict=True):
        cmap = alone(point)
        require_agreement(each, cmap.sweep, np.asarray(cmap.is_free))
        lower, upper = cmap.solid_angle().bounds
        assert angle.upper_sr - angle.lower_sr <= 0.01 * FOUR_PI + 1e-9
        assert angle.lower_sr <= upper + 1e-9 and lower <= angle.upper_sr + 1e-9
    assert np.ptp([angle.sr for angle in angles]) > 0.02  # the isocentres are not alike


def test_single_maps_lie_within_the_bounds_of_their_voxels():
    """Those of voxels that share what holds for all of them, and of a voxel alone."""
    setup, rng, half = atlas_room(), np.random.default_rng(5), np.array([3.0, 2.0, 4.0])
    middles = [*(POINTS[0] + 2.0 * half * np.array([(0, 0, 0), (1, 0, 0), (0, 1, 1)])), POINTS[1]]
    found = solid_angles_of_voxels(setup, middles, half, tolerance=0.02)
    found[-1:] = solid_angles_of_voxels(setup, middles[-1:], half, tolerance=0.02)
    for middle, voxel in zip(middles, found, strict=True):
        assert 0.0 < voxel.upper_sr - voxel.lower_sr < 0.1 * FOUR_PI
        corners = [np.sign(rng.uniform(-1, 1, 3)), *rng.uniform(-1, 1, (times(1), 3))]
        for inside in corners:
            single = alone(middle + inside * half, 0.02).solid_angle()
            assert voxel.lower_sr <= single.upper_sr + 1e-9 and single.lower_sr <= voxel.upper_sr + 1e-9
            assert voxel.lower_sr <= single.sr + 0.01 * FOUR_PI and single.sr - 0.01 * FOUR_PI <= voxel.upper_sr


def test_bounds_of_voxels_do_not_depend_on_threads():
    """Nor on the order in which their middles are given."""
    setup, half = atlas_room(), np.array([3.0, 2.0, 4.0])
    middles = POINTS[0] + 2.0 * half * np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0)])
    one = solid_angles_of_voxels(setup, middles, half, tolerance=0.02)
    assert solid_angles_of_voxels(setup, middles, half, tolerance=0.02, workers=2) == one
    assert solid_angles_of_voxels(setup, middles[::-1], half, tolerance=0.02) == one[::-1]


def test_isocentres_that_are_far_apart_are_searched_apart():
    setup = atlas_room()
    together = cells_of_isocentres(setup, [*POINTS, (0.0, 0.0, 100.0)], tolerance=0.05)
    near = cells_of_isocentres(setup, POINTS, tolerance=0.05)
    for one, other in zip(together, near, strict=False):
        assert np.array_equal(one.low, other.low) and np.array_equal(one.status, other.status)


def test_what_cannot_share_is_refused():
    setup = atlas_room(sweep=sim.Sweep(gantry=(-180.0, 180.0, 15.0)))
    with pytest.raises(sim.SimulatorError, match=NOT_TOGETHER[:40]):
        cells_of_isocentres(setup, POINTS, tolerance=0.05)


@pytest.mark.parametrize("tolerance", [0.2, 0.002])
def test_what_known_cells_leave_open_is_divided_as_far_as_is_asked(tolerance):
    """As after a search for many isocentres that ended early; of decided cells none is lost."""
    setup = atlas_room()
    room = Swept.of(setup, setup.sweep)
    (known,) = cells_of_isocentres(setup, POINTS[:1], tolerance=0.2)
    cmap = mapped(setup, replace(room, known=known), tolerance=tolerance, workers=1)
    lower, upper = cmap.solid_angle().bounds
    assert upper - lower <= tolerance * FOUR_PI + 1e-9
    own = alone(POINTS[0], tolerance).solid_angle()
    assert lower <= own.upper_sr + 1e-9 and own.lower_sr <= upper + 1e-9


@pytest.mark.parametrize(
    ("isocentres", "half", "told"),
    [
        ([(0, 0, 0), (0, 0, 9000)], (5, 5, 5), "isocentres_mm.1: the isocentre is out of the table's reach"),
        ([(0, 0, np.nan)], (5, 5, 5), "isocentres_mm must be finite"),
        ([], (5, 5, 5), "isocentres_mm: must have shape (n, 3), n at least 1; was (0,)"),
        ([(0, 0)], (5, 5, 5), "was (1, 2)"),
        ([(0, 0, 0)], (-5, 5, 5), "half_edges_mm: must be 3 numbers of at least 0, was [-5.0, 5.0, 5.0]"),
        ([(0, 0, 0)], (5, 5), "was [5.0, 5.0]"),
    ],
)
def test_what_is_no_isocentre_is_refused(isocentres, half, told):
    setup = sim.load_setup("brain")
    with pytest.raises(sim.SimulatorError) as error:
        solid_angles_of_voxels(setup, isocentres, half, tolerance=0.5)
    assert told in str(error.value)
    if "half" not in told and len(half) == 3:
        with pytest.raises(sim.SimulatorError):
            solid_angles_of_isocentres(setup, isocentres, tolerance=0.5)


def test_an_isocentre_may_be_asked_twice():
    setup, half = atlas_room(), (3.0, 2.0, 4.0)
    once = solid_angles_of_voxels(setup, POINTS[:1], half, tolerance=0.1)
    assert solid_angles_of_voxels(setup, POINTS[[0, 0, 0]], half, tolerance=0.1) == 3 * once
