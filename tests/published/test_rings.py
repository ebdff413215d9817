"""The rings of candidates against the published file: directions one to one, and the solid angle of each."""

import numpy as np
import pandas as pd
import pytest
from scipy.spatial import SphericalVoronoi
from support.reference_data import REFERENCE

import simulator as sim
from simulator.directions.lattices import rings
from simulator.models.kinematics import Joint

DATA = REFERENCE / "ucla_4pi" / "feasible_beams_head_liver.csv"
pytestmark = pytest.mark.skipif(not DATA.is_file(), reason=f"the published beams are not here: {DATA.name}")


@pytest.fixture(scope="module")
def published():
    return pd.read_csv(DATA)


@pytest.fixture(scope="module")
def beams():
    """The rings where nothing is in the way."""
    gantry = Joint("gantry", "revolute", axis=(0.0, 1.0, 0.0))
    setup = sim.Setup(
        machine=sim.Machine(name="bare", title="bare", note="", joints=(gantry,)),
        couch=sim.Couch.load("no_couch"),
        patient=sim.Patient.load("point"),
        site="point",
        sweep=sim.Sweep(gantry=(-180.0, 180.0, 10.0), couch=(-90.0, 90.0, 10.0)),
    )
    return sim.collision_map(setup, workers=1).beams(rings=True)


def directions(table):
    g, c = np.radians(table["gantry_deg"]), np.radians(table["couch_deg"])
    return np.stack([np.sin(g) * np.cos(c), -np.sin(g) * np.sin(c), np.cos(g)], axis=1)


def test_the_rings_are_the_published_candidates_one_to_one(published, beams):
    """Row by row, to the four decimals of both."""
    assert len(published) == len(beams) == 1162
    for found in (rings(), directions(beams), beams[["top_x", "top_y", "top_z"]].to_numpy()):
        apart = np.degrees(np.linalg.norm(found - directions(published), axis=1))
        assert apart.max() < 2e-4


def test_solid_angles_are_the_published_ones_and_those_of_scipy(published, beams):
    voronoi = SphericalVoronoi(rings()).calculate_areas()
    np.testing.assert_allclose(published["cell_sr"], voronoi, rtol=0.01)
    found = beams["weight_sr"].to_numpy()
    assert found.sum() == pytest.approx(4 * np.pi)
    np.testing.assert_allclose(found, voronoi, rtol=0.015)
    assert np.sqrt(np.mean((found / voronoi - 1.0) ** 2)) < 0.005


def test_masks_of_the_published_beams_are_rows_of_the_table(published, beams):
    """A table of the head's and the liver's beams in our form, with the solid angle that the file has for each."""
    for site, percent in (("head", 67.7), ("liver", 40.7)):
        mask = published[f"{site}_feasible"] == 1
        assert 100 * beams["weight_sr"][mask].sum() / (4 * np.pi) == pytest.approx(percent, abs=0.1)
