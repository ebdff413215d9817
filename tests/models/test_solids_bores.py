"""Bores lie inside the true ones, couches reach into them, and the fixed sources are where their rings say."""

import numpy as np
import pytest
from support.built_solids import described

import simulator as sim
from simulator.models.solids.bores import source_places
from simulator.models.solids.primitives import SEGMENTS

FACET = np.cos(np.pi / SEGMENTS)


def off_axis(mesh):
    """Distances of vertices from the axis of the bore."""
    return np.hypot(mesh.vertices_mm[:, 0], mesh.vertices_mm[:, 2])


def part(model, name):
    return next(part.mesh for part in model.parts if part.name == name)


@pytest.mark.parametrize(("name", "radius_mm"), [("ring_bore", 500), ("ring_bore_850", 425), ("ring_bore_700", 350)])
def test_the_bore_is_inside_the_true_one_and_as_wide_across(name, radius_mm):
    """Its corners lie on the true circle, its flat sides up to 0.6 mm within."""
    covers = part(sim.Machine.load(name), "covers")
    assert off_axis(covers).min() == pytest.approx(radius_mm, abs=0.01)
    assert radius_mm * (1 - FACET) < 0.7


@pytest.mark.parametrize("name", ["ring_bore", "ring_bore_850", "ring_bore_700"])
def test_the_couch_goes_all_its_way_along_the_bore(name):
    """With the top at the height of the isocentre, in the middle: nothing ends its longitudinal travel."""
    setup = sim.Setup(
        machine=sim.Machine.load(name),
        couch=sim.Couch.load("bore_couch"),
        patient=sim.Patient.load("point"),
        site="point",
    )
    (arc,) = setup.free_arcs(gantry=0, table_lateral=0, table_vertical=0, table_longitudinal=(-900, 1300))
    assert (arc.start, arc.stop, arc.start_pair, arc.stop_pair) == (-900, 1300, "", "")


def test_the_sources_are_192_between_374_and_433_mm_from_the_focus():
    places = source_places({name: one.value for name, one in described("gamma_unit").dimensions.items()})
    distance = np.linalg.norm(places, axis=1)
    assert len(places) == 192 == 8 * 24
    assert distance.min() >= 374.0 and distance.max() <= 433.0


def test_the_sources_lie_outside_the_collimator_body_and_inside_the_covers():
    """No point of one is in the other; sources begin where the facts say that they are."""
    from simulator.collision.inside import Interior

    machine = sim.Machine.load("gamma_unit")
    sources = part(machine, "sources").vertices_mm
    for name in ("collimator body", "covers"):
        assert not Interior(part(machine, name)).holds(sources).any()
    assert np.linalg.norm(sources, axis=1).min() >= 373.9
