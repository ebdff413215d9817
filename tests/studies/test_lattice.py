"""Isocentres of a lattice: what is inside, cube by cube, against single points asked and random places."""

import itertools

import numpy as np
import pytest
from support.dicom_structures import RoiToWrite, circle, rectangle, write_structure_set

import simulator as sim
from simulator.collision.inside import Interior
from simulator.errors import SimulatorError
from simulator.scenario.scenario import Scenario
from simulator.scenario.study import Lattice
from simulator.studies.lattice import LatticePoints
from simulator.studies.regions import Region

ADULT = Scenario(title="Adult", patient={"model": "adult", "site": "brain"})


def points(scenario=ADULT, **lattice):
    """The numbers of the points of a lattice as a set, and the lattice."""
    asked = Lattice(**lattice)
    found = LatticePoints.of(asked, Region.of(asked, scenario))
    assert len({tuple(number) for number in found.numbers}) == len(found)
    return {tuple(number) for number in found.numbers.tolist()}, found


def holds(meshes, places):
    return np.any([Interior(mesh).holds(places) for mesh in meshes], axis=0)


def meshes_of(patient, *names):
    return [part.mesh for part in patient.parts if part.name in names]


def test_points_of_a_part_are_those_inside_its_surface():
    found, _ = points(spacing_mm=23.3, part="trunk")
    (trunk,) = meshes_of(sim.Patient.load("adult"), "patient trunk")
    low, high = np.floor(trunk.bounds_mm / 23.3).astype(int)
    numbers = np.array(list(itertools.product(*map(range, low, high + 1))))
    numbers = numbers[numbers[:, 1] != 0]  # the back is flat, at y = 0
    inside = holds([trunk], numbers * 23.3)
    assert {number for number in found if number[1]} == {tuple(number) for number in numbers[inside].tolist()}
    assert inside.sum() > 1000


def test_points_near_a_site_are_in_the_ball_and_in_the_body():
    found, lattice = points(spacing_mm=15, site="brain", radius_mm=120)
    patient = sim.Patient.load("adult")
    names = ("patient head", "patient trunk", "patient arms", "patient legs")
    numbers = np.array(list(itertools.product(range(-10, 11), range(-16, 4), range(-16, 6))))
    near = np.linalg.norm(numbers * 15.0 - patient.sites["brain"], axis=1) <= 120
    inside = near & holds(meshes_of(patient, *names), numbers * 15.0)
    on_surface = {
        tuple(number) for number in numbers[numbers[:, 2] == 0].tolist()
    }  # the flat face of the head at z = 0
    assert found - on_surface == {tuple(number) for number in numbers[inside].tolist()} - on_surface
    assert inside.sum() < near.sum() and lattice.isocentre_mm(0) == tuple(15.0 * lattice.numbers[0])


@pytest.mark.parametrize(
    "region", [{"part": "head"}, {"site": "brain", "radius_mm": 50}, {"site": "foot", "radius_mm": 60}]
)
def test_every_place_of_the_region_is_in_a_voxel_and_every_voxel_meets_it(region):
    found, lattice = points(spacing_mm=20, proof="voxels", **region)
    assert lattice.half_edges_mm == (10, 10, 10)
    assert points(spacing_mm=20, **region)[0] <= found
    patient = sim.Patient.load("adult")
    centre = np.array(patient.sites[region.get("site", "brain")])
    radius = region.get("radius_mm", np.inf)
    names = ["patient head"] if "part" in region else [part.name for part in patient.parts]
    bodies = meshes_of(patient, *names)
    rng = np.random.default_rng(2)
    places = centre + rng.uniform(-1, 1, (4000, 3)) * min(radius, 150.0)
    inside = holds(bodies, places) & (np.linalg.norm(places - centre, axis=1) <= radius)
    assert inside.sum() > 100
    assert {tuple(number) for number in np.round(places[inside] / 20).astype(int).tolist()} <= found
    surface = np.concatenate([mesh.vertices_mm for mesh in bodies])
    surface = surface[np.linalg.norm(surface - centre, axis=1) <= radius]
    assert {tuple(number) for number in np.round((surface + 1e-7) / 20).astype(int).tolist()} <= found
    middles = np.array(sorted(found)) * 20.0
    beyond = np.maximum(np.abs(middles - centre) - 10.0, 0.0)
    assert (np.linalg.norm(beyond, axis=1) <= radius + 1e-3).all()


def test_cubes_hold_four_points_each_way_and_come_one_after_the_other():
    _, lattice = points(spacing_mm=9, part="head")
    cubes = [lattice.numbers[start:stop] // 4 for start, stop in itertools.pairwise(lattice.edges)]
    assert all(len(cube) <= 64 and (cube == cube[0]).all() for cube in cubes)
    firsts = [tuple(cube[0]) for cube in cubes]
    assert firsts == sorted(set(firsts)) and max(map(len, cubes)) == 64
    assert lattice.edges[-1] == len(lattice)


def test_the_spacing_is_kept_to_the_last_digit():
    _, lattice = points(spacing_mm=0.7, site="brain", radius_mm=2)
    assert {lattice.isocentre_mm(at)[0] for at in range(len(lattice))} == {-1.4, -0.7, 0.0, 0.7, 1.4}


@pytest.fixture
def structures(tmp_path):
    """A scenario of a structure set: a body, a target in it, a ROI of points, one in other axes."""
    slices = [float(z) for z in range(-60, 61, 3)]
    write_structure_set(
        tmp_path / "rs.dcm",
        [
            RoiToWrite("BODY", "EXTERNAL", [circle(z, 120) for z in slices]),
            RoiToWrite("Target", "PTV", [rectangle(z, (-20, 30), (-15, 15)) for z in slices if abs(z) <= 21]),
            RoiToWrite("Marker", "MARKER", [np.zeros((1, 3))], geometric_type="POINT"),
        ],
    )
    (tmp_path / "scan.toml").write_text(
        'title = "x"\npatient = { structures = "rs.dcm", site = "Target" }\n', encoding="utf-8"
    )
    return Scenario.read(tmp_path / "scan.toml")


def test_points_of_a_roi_are_inside_its_contours_or_as_near_as_its_surface(structures):
    found, _ = points(structures, spacing_mm=6, roi="Target")
    numbers = np.array(list(itertools.product(range(-10, 11), repeat=3)))
    sizes = np.array([(-20, 30), (-15, 15), (-21, 21)])
    beyond = np.maximum(sizes[:, 0] - numbers * 6.0, numbers * 6.0 - sizes[:, 1]).max(axis=1)
    assert {tuple(number) for number in numbers[beyond <= 0].tolist()} <= found
    assert found <= {tuple(number) for number in numbers[beyond <= 3.0].tolist()}


@pytest.mark.parametrize(
    ("roi", "told"),
    [
        ("Liver", "ROI: unknown name 'Liver'; available: BODY, Target, Marker"),
        ("Marker", "ROI 'Marker': must have closed contours (CLOSED_PLANAR) only, has points"),
    ],
)
def test_rois_without_an_inside_are_refused(structures, roi, told):
    with pytest.raises(SimulatorError) as error:
        points(structures, spacing_mm=5, roi=roi)
    assert told in str(error.value)
