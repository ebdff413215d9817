"""Chances of a contact: closed forms, Monte Carlo with FCL, and the order of bounds and estimate."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, chi2, norm
from support.campaign import times
from support.erring_rooms import ARM_MM, GAP_MM, erring_room

import simulator as sim
from simulator.certify.error_sets import HALF_SIDE, Likely
from simulator.collision.checker import Checker
from simulator.maps.probable import contact_chances, probable_solid_angles

ONE = {"vertical_mm": {"standard_deviation": 10.0}}
SIX = {
    **{field: {"standard_deviation": 5.0} for field in ("lateral_mm", "longitudinal_mm", "vertical_mm")},
    **{field: {"standard_deviation": 0.7} for field in ("rotation_deg", "pitch_deg", "roll_deg")},
}


def simulated(setup, count, seed, **pose):
    """How often FCL finds a pose not free with random errors: the exact interval of 99.9 % (Clopper and Pearson)."""
    names = (*pose, *(f"error_{field.rpartition('_')[0]}" for field in setup.errors.given))
    deviation = np.array([error.standard_deviation for error in setup.errors.given.values()])
    errors = np.random.default_rng(seed).normal(size=(count, len(deviation))) * deviation
    poses = np.concatenate([np.tile(list(pose.values()), (count, 1)), errors], axis=1)
    hits = int((Checker(setup.erring_scene.scanning(names)).pair_status(poses).max(axis=0) > 0).sum())
    least = beta.ppf(0.0005, hits, count - hits + 1) if hits else 0.0
    return float(least), float(beta.ppf(0.9995, hits + 1, count - hits))


@pytest.mark.parametrize("deviations", [1.0, 2.0, 3.0, 4.0])
def test_the_chance_of_one_slide_is_that_of_the_normal_distribution(deviations):
    setup = erring_room(buffer_mm=GAP_MM - 10.0 * deviations, **ONE)
    found = setup.chance_of_contact(gantry=0, couch=0)
    assert found.estimate == pytest.approx(norm.sf(deviations), rel=1e-3)
    assert found.lower <= norm.sf(deviations) <= found.upper
    assert found.upper <= (0.1 if deviations > 2.0 else 1.0)


def test_slide_and_turn_add_in_quadrature():
    """A slide of σ = 10 mm and a pitch that lifts the far end by σ = 1000 mm · 0.005 rad."""
    setup = erring_room(buffer_mm=50.0, **ONE, pitch_deg={"standard_deviation": float(np.degrees(0.005))})
    found = setup.chance_of_contact(gantry=0, couch=0).estimate
    assert found == pytest.approx(norm.sf(50.0 / np.hypot(10.0, 5.0)), rel=0.05)


def test_errors_within_bounds_are_at_their_worst():
    setup = erring_room(buffer_mm=50.0, **ONE, gantry_deg={"bound": 0.0}, pitch_deg={"bound": 1.0})
    rise = 1000.0 * np.sin(np.radians(1.0))
    found = setup.chance_of_contact(gantry=0, couch=0)
    assert found.estimate == pytest.approx(norm.sf((50.0 - rise) / 10.0), rel=0.05)
    assert found.lower <= norm.sf((50.0 - rise) / 10.0) <= found.upper


@pytest.mark.parametrize("buffer_mm", [60.0, 75.0])
def test_estimate_and_bounds_agree_with_monte_carlo(buffer_mm):
    setup = erring_room(buffer_mm=buffer_mm, **SIX)
    found = setup.chance_of_contact(gantry=0, couch=0)
    least, most = simulated(setup, times(4000), 1, gantry=0.0, couch=0.0)
    assert 0.7 * least <= found.estimate <= 1.4 * most
    assert found.lower <= most
    assert found.upper >= least


def test_the_solid_angle_of_a_chance_is_known_where_one_slide_matters():
    """At gantry g the corner that is furthest aside, by X, is 100 − X sin g − z cos g from the plate.

    So with a quantile q of z, free but for a chance is what is beyond g*: X sin g* + q cos g* = 100 − buffer. Couch
    angles c turn the far end aside: X = 5 cos c + 1000 sin c on one side, 5 cos c on the other; dΩ = sin g dg dc.
    """
    left_mm, last = 20.0, np.radians(85.0)

    def free_beyond(couch, quantile_mm):
        aside = 5.0 * np.cos(couch) + ARM_MM * max(np.sin(couch), 0.0)
        first = np.arctan2(aside, quantile_mm) + np.arccos(left_mm / np.hypot(aside, quantile_mm))
        return np.cos(first) - np.cos(last)

    setup = erring_room(buffer_mm=GAP_MM - left_mm, gantry=(-85.0, 85.0, 1.0), couch=(-0.2, 0.2, 0.1), **ONE)
    chances = (1e-2, 1e-4)
    for chance, found in zip(chances, probable_solid_angles(setup, chances, tolerance=5e-5, workers=1), strict=True):
        ends = np.radians([-0.2, 0.2])
        truth = 2.0 * quad(free_beyond, *ends, args=(10.0 * norm.isf(chance),), points=[0.0])[0]
        assert found.lower_sr <= truth <= found.upper_sr
        assert found.sr == pytest.approx(truth, rel=0.02)


def test_with_slides_alone_it_is_what_the_curve_of_buffers_says():
    """Slides that are equally likely to all sides take σ times the quantile from the clearance to a face."""
    room = {"gantry": (-60.0, 60.0, 1.0), "couch": (-20.0, 20.0, 1.0)}
    errors = {field: size for field, size in SIX.items() if field.endswith("_mm")}
    setup, chances = erring_room(buffer_mm=40.0, **room, **errors), np.array([1e-2, 1e-4])
    curve = sim.buffer_curve(erring_room(**room), 40.0 + 5.0 * norm.isf(chances), tolerance=0.002, workers=1)
    omegas = probable_solid_angles(setup, chances, tolerance=0.005, workers=1)
    for found, lower_sr, upper_sr in zip(omegas, curve.lower_sr, curve.upper_sr, strict=True):
        assert found.lower_sr <= upper_sr
        assert found.upper_sr >= lower_sr
        assert found.sr == pytest.approx((lower_sr + upper_sr) / 2, rel=0.05)


def test_a_smaller_chance_frees_nothing():
    setup = erring_room(buffer_mm=55.0, gantry=(-60.0, 60.0, 1.0), couch=(-20.0, 20.0, 1.0), **SIX)
    large, small = probable_solid_angles(setup, (1e-3, 1e-5), tolerance=0.005, workers=1)
    assert small.lower_sr <= large.upper_sr
    assert small.lower_sr <= small.upper_sr


def test_the_map_of_chances_is_known_where_one_slide_matters():
    """As above: the corner that is furthest aside is 100 − X sin g − z cos g from the plate."""
    found = contact_chances(erring_room(buffer_mm=80.0, gantry=(40.0, 75.0, 5.0), couch=(-0.2, 0.2, 0.1), **ONE))
    g, c = (np.radians(axis) for axis in np.meshgrid(found.gantry, found.couch, indexing="ij"))
    aside = 5.0 * np.cos(c) + ARM_MM * np.maximum(np.sin(c), 0.0)
    assert np.allclose(found, norm.sf((20.0 - aside * np.sin(g)) / (10.0 * np.cos(g))), rtol=1e-3, atol=1e-12)


def test_the_map_of_chances_is_that_of_its_poses():
    setup = erring_room(buffer_mm=70.0, **SIX)
    found = contact_chances(setup)
    assert found.dims == ("gantry", "couch")
    assert found.shape == setup.sweep.shape
    for gantry, couch in ((-2.0, 0.0), (1.0, 1.0)):
        alone = setup.chance_of_contact(gantry=gantry, couch=couch).estimate
        assert float(found.sel(gantry=gantry, couch=couch)) == pytest.approx(alone, rel=1e-9)


@pytest.mark.parametrize("count", [1, 3, 6])
@pytest.mark.parametrize("chance", [1e-3, 1e-5])
def test_sets_of_errors_have_the_chances_that_they_are_said_to_have(count, chance):
    deviation = np.linspace(1.0, 3.0, count)
    likely = Likely.of(np.zeros(count), deviation, chance)
    assert chi2.sf((likely.half[0] / deviation[0]) ** 2, count) == pytest.approx(chance, rel=1e-3)
    low, high = likely.worst(-np.ones((1, count)), -likely.half[None], likely.half[None])
    cube = (norm.cdf(high / deviation) - norm.cdf(low / deviation)).prod()
    assert chance < cube < 1.01 * chance
    assert np.allclose(high - low, 2 * HALF_SIDE * deviation)


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0, -1.0])
def test_a_chance_that_cannot_be_told_is_refused(chance):
    with pytest.raises(sim.SimulatorError, match="chance: must be above 0 and below"):
        probable_solid_angles(erring_room(**SIX), chance)


def test_without_standard_deviations_there_is_no_chance():
    with pytest.raises(sim.SimulatorError, match="one at least must have a standard_deviation"):
        erring_room(vertical_mm={"bound": 1.0}).chance_of_contact(gantry=0, couch=0)
