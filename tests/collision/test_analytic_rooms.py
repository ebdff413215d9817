"""Rooms that can be solved by hand, with bodies whose meshes are exact.

All meshes are polyhedra, so that the angles below are those of the meshes themselves and no tessellation comes in.
What is left is the bisection: an arc's end is a free pose at most 0.1° from one that is not, and the answer lies
between the two. `boundary` goes on to 1e-9°, where 1e-6° (5 nm at 300 mm) is left to FCL's rounding.
"""

import numpy as np
import pytest
from numpy import arccos, arcsin, arctan2, cos, degrees, hypot, radians, sin

import simulator as sim
from simulator.maps.sampled_arcs import RESOLUTION
from simulator.scenario.choices import Buffers

# A couch: a slab of 2 x HALF_WIDTH by 2 x HALF_LENGTH, its top TOP below the isocentre, BOTTOM its lower face.
HALF_WIDTH, HALF_LENGTH, TOP, BOTTOM = 250.0, 260.0, 100.0, 150.0
FACE = 270.0  # from the isocentre to the flat end of a head: it passes under the couch and past its upper edge
ROUNDING_DEG = 1e-6


def sweep(couch_deg=(0.0,), step=5.0):
    return sim.Sweep(gantry=(-180.0, 180.0, step), couch=(couch_deg[0], couch_deg[-1], 5.0))


def boundary(is_free, free_deg, beyond_deg):
    """The angle where an answer changes."""
    assert is_free(free_deg)
    assert not is_free(beyond_deg)
    while abs(beyond_deg - free_deg) > 1e-9:
        middle = (free_deg + beyond_deg) / 2
        free_deg, beyond_deg = (middle, beyond_deg) if is_free(middle) else (free_deg, middle)
    return free_deg


def slab(shapes):
    return shapes.cuboid((-HALF_WIDTH, -HALF_LENGTH, TOP - BOTTOM), (HALF_WIDTH, HALF_LENGTH, 0.0))


def check_arcs(setup, couch_deg, blocked):
    """Compare the arcs of one couch angle with intervals that are not free, in degrees within (-180, 180)."""
    table = sim.collision_map(setup, workers=1).arcs()
    found = table[np.isclose(table.couch_deg, couch_deg)].sort_values("start_deg")
    starts = [stop for _, stop in blocked]
    stops = [start for start, _ in blocked[1:]] + [blocked[0][0] + 360.0]
    assert len(found) == len(blocked)
    for arc, start, stop in zip(found.itertuples(), starts, stops, strict=True):
        assert start - ROUNDING_DEG <= arc.start_deg <= start + RESOLUTION
        assert stop - RESOLUTION <= arc.stop_deg <= stop + ROUNDING_DEG


def check_boundaries(setup, couch_deg, blocked):
    def is_free(gantry_deg):
        return setup.check(gantry=gantry_deg, couch=couch_deg).is_free

    for start, stop in blocked:
        middle = (start + stop) / 2
        assert boundary(is_free, start - 1.0, middle) == pytest.approx(start, abs=ROUNDING_DEG)
        assert boundary(is_free, stop + 1.0, middle) == pytest.approx(stop, abs=ROUNDING_DEG)


# --- a prism for a head, over a couch at 0° and 90° -------------------------------------------------------------


def reach(half, buffer_mm):
    """Gantry angles in (0, 180) where the couch's corner edges (half, -BOTTOM) and (half, -TOP) reach a head's face.

    An edge at polar angle p (from the vertical) and radius r is r cos(g - p) along the beam: not free while this is
    at least FACE less the buffer.
    """
    ends = []
    for depth in (BOTTOM, TOP):
        p, r = degrees(arctan2(half, -depth)), hypot(half, depth)
        if r >= FACE - buffer_mm:
            spread = degrees(arccos((FACE - buffer_mm) / r))
            ends.append((p - spread, p + spread))
    return min(start for start, _ in ends), max(stop for _, stop in ends)


@pytest.mark.parametrize("sides", [6, 8, 64])
@pytest.mark.parametrize("buffer_mm", [0.0, 15.0])
@pytest.mark.parametrize(("couch_deg", "half"), [(0.0, HALF_WIDTH), (90.0, HALF_LENGTH), (-90.0, HALF_LENGTH)])
def test_a_prism_for_a_head_and_a_slab_for_a_couch(shapes, sides, buffer_mm, couch_deg, half):
    head = shapes.prism(sides, 200.0, FACE, FACE + 300.0)  # a corner of the polygon in the plane of the gantry
    setup = shapes.room(
        [("head", head, "gantry")],
        [("top", slab(shapes), "table_roll")],
        buffers=Buffers(patient_mm=0.0, couch_mm=buffer_mm),
        above_top_mm=TOP,
        sweep=sweep((couch_deg,)),
    )
    start, stop = reach(half, buffer_mm)
    blocked = [(-stop, -start), (start, stop)]
    check_arcs(setup, couch_deg, blocked)
    check_boundaries(setup, couch_deg, blocked)


# --- a needle along the beam, at any couch angle ----------------------------------------------------------------


@pytest.mark.parametrize("buffer_mm", [0.0, 10.0])
@pytest.mark.parametrize("couch_deg", [0.0, 20.0, -35.0, 60.0, 90.0])
def test_a_needle_and_a_slab_at_any_couch_angle(shapes, couch_deg, buffer_mm):
    """The tip, at (h sin g, 0, h cos g), comes in through the side of the slab and goes out through its bottom.

    The side that it meets is the one nearer along x, r = min(w / |cos c|, l / |sin c|) from the axis, at an angle of
    c or 90° - c to x: with a buffer b the tip is within it from h |sin g| = r + b / |cos c| (or sin). That is half
    way up the slab, by the choice of h; all else of so slender a needle is further from the slab than its tip.
    """
    c = radians(couch_deg)
    sides = [(HALF_WIDTH + buffer_mm, abs(cos(c))), (HALF_LENGTH + buffer_mm, abs(sin(c)))]
    radius = min(d / slope for d, slope in sides if slope > 1e-12)
    tip = hypot(radius, (TOP + BOTTOM) / 2)
    start, stop = 180.0 - degrees(arcsin(radius / tip)), degrees(arccos(-(BOTTOM + buffer_mm) / tip))
    setup = shapes.room(
        [("needle", shapes.needle(tip, tip + 600.0, 0.1), "gantry")],
        [("top", slab(shapes), "table_roll")],
        buffers=Buffers(patient_mm=0.0, couch_mm=buffer_mm),
        above_top_mm=TOP,
        sweep=sweep((couch_deg,), step=0.25),
    )
    assert 1.0 < stop - start < 10.0
    check_arcs(setup, couch_deg, [(-stop, -start), (start, stop)])
    check_boundaries(setup, couch_deg, [(-stop, -start), (start, stop)])


# --- a sphere for a patient, under a flat head ------------------------------------------------------------------


def test_a_sphere_for_a_patient_and_a_flat_head(shapes):
    """The head's face is a plane h from the isocentre: the clearance is h less the reach of the patient towards it.

    Of the mesh that reach is its furthest vertex, exactly; of the sphere it is r + m · u, which the mesh falls short
    of by no more than r (1 - cos of half its widest step).
    """
    r, h, middle = 80.0, 200.0, np.array([0.0, -40.0, 90.0])  # DICOM: up is -y, towards the gantry +z
    ball = shapes.sphere(r, 48, at=middle)
    low = float(ball.vertices_mm[:, 1].max())
    setup = shapes.room(
        [("head", shapes.box(2000.0, 2000.0, 100.0, at=(0.0, 0.0, h + 50.0)), "gantry")],
        patient_parts=[("ball", ball)],
        buffers=Buffers(patient_mm=10.0, couch_mm=0.0),
        sweep=sweep((-90.0, 90.0)),
    )
    poses = np.random.default_rng(7).uniform((-180, -90), (180, 90), (200, 2))
    towards_head = np.array([setup.directions_patient(gantry=g, couch=c) for g, c in poses])
    reach_mesh = (towards_head @ ball.vertices_mm.T).max(axis=1)
    reach_sphere = r + towards_head @ middle
    assert low == pytest.approx(40.0)
    edges = ball.vertices_mm[ball.faces] - ball.vertices_mm[np.roll(ball.faces, 1, axis=1)]
    sagitta = r - np.sqrt(r**2 - (np.linalg.norm(edges, axis=-1).max() / np.sqrt(3)) ** 2)
    assert (reach_sphere - reach_mesh >= -1e-9).all()
    assert (reach_sphere - reach_mesh <= sagitta).all()

    gap = h - reach_mesh
    clearance_mm = setup.checker.clearance(poses)[0]
    np.testing.assert_allclose(clearance_mm, np.maximum(gap, 0.0), atol=1e-9)
    statuses = setup.checker.pair_status(poses)[0]
    np.testing.assert_array_equal(statuses, np.where(gap <= 0, 2, np.where(gap <= 10.0, 1, 0)))


def test_a_sphere_meets_a_flat_head_where_it_must(shapes):
    """At couch 90° the head points along -x: with the centre m that way the gap is h - r - m cos(g + 90°)."""
    r, h, m = 80.0, 200.0, 130.0
    ball = shapes.sphere(r, 96, at=(0.0, 0.0, m))
    setup = shapes.room(
        [("head", shapes.box(2000.0, 2000.0, 100.0, at=(0.0, 0.0, h + 50.0)), "gantry")],
        patient_parts=[("ball", ball)],
        buffers=Buffers(patient_mm=0.0, couch_mm=0.0),
        sweep=sweep((90.0,)),
    )
    spread = degrees(arccos((h - r) / m))
    sagitta = r * (1 - cos(np.pi / 48))
    slack = degrees(arccos((h - r) / m)) - degrees(arccos((h - r + sagitta) / m))
    centre = -90.0
    start = boundary(lambda g: setup.check(gantry=g, couch=90.0).is_free, centre - 60.0, centre)
    stop = boundary(lambda g: setup.check(gantry=g, couch=90.0).is_free, centre + 60.0, centre)
    assert centre - spread - ROUNDING_DEG <= start <= centre - spread + slack
    assert centre + spread - slack <= stop <= centre + spread + ROUNDING_DEG


# --- pairs that only the couch moves ----------------------------------------------------------------------------


def test_a_couch_that_turns_against_a_wall(shapes):
    """A corner at (w, l) stands at y = r cos(|c| - atan(w / l)): it is at the wall's face where that is Y."""
    half_width, half_length, wall = 250.0, 700.0, 720.0
    setup = shapes.room(
        [("wall", shapes.cuboid((-2000, wall, -2000), (2000, wall + 200, 2000)), "fixed")],
        [("top", shapes.cuboid((-half_width, -half_length, -50), (half_width, half_length, 0)), "table_roll")],
        buffers=Buffers(patient_mm=0.0, couch_mm=0.0),
        sweep=sweep((-90.0, 90.0)),
    )
    corner, r = degrees(arctan2(half_width, half_length)), hypot(half_width, half_length)
    spread = degrees(arccos(wall / r))

    def is_free(couch_deg):
        return setup.check(gantry=33.0, couch=couch_deg).is_free

    for sign in (-1, 1):
        for free_deg, expected in ((0.0, corner - spread), (80.0, corner + spread)):
            found = boundary(is_free, sign * free_deg, sign * corner)
            assert found == pytest.approx(sign * expected, abs=ROUNDING_DEG)
    cmap = sim.collision_map(setup, workers=1)
    couch = cmap.dataset["couch"].values
    hit = np.abs(np.abs(couch) - corner) <= spread
    assert hit.any()
    np.testing.assert_array_equal(cmap.is_free, np.broadcast_to(~hit, cmap.is_free.shape))
    assert cmap.pairs == ["wall – top"]


@pytest.mark.parametrize(("gap_mm", "expected"), [(20.1, "free"), (19.9, "within the buffer"), (-0.1, "colliding")])
def test_a_couch_over_a_floor_has_one_answer_everywhere(shapes, gap_mm, expected):
    floor = shapes.cuboid((-3000, -3000, -900), (3000, 3000, -TOP - 600 - gap_mm))
    setup = shapes.room(
        [("floor", floor, "fixed")],
        [("column", shapes.cuboid((-100, -100, -600), (100, 100, 0)), "table_roll")],
        buffers=Buffers(patient_mm=30.0, couch_mm=20.0),
        above_top_mm=TOP,
        sweep=sweep((-90.0, 90.0)),
    )
    poses = [(gantry, couch) for gantry in (-180, 7, 90) for couch in (-90, 0.3, 45)]
    answers = {str(setup.check(gantry=gantry, couch=couch).status) for gantry, couch in poses}
    assert answers == {expected}
    assert len(np.unique(sim.collision_map(setup, workers=1).status)) == 1
