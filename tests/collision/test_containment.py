"""Bodies within bodies, and which side of a surface a point is on."""

from dataclasses import replace

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st
from support.winding import winding_number

import simulator as sim
from simulator.collision import checker as checker_module
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.inside import INSIDE, OUTSIDE, UNKNOWN, Interior

EVERYTHING = np.random.default_rng(30).uniform((-105, -40), (115, 40), (2500, 2))


def status_of(shapes, outer, inner, at=(0.0, 0.0), buffer_mm=0.0):
    """The status of a body in another, asked in both orders; the clearance must agree."""
    answers = []
    for order in ((0, 1), (1, 0)):
        checker = Checker(shapes.sliding_scene([(outer, "x"), (inner, "y")], [(*order, buffer_mm)]))
        answers.append(Status(checker.pair_status(np.array([at]))[0, 0]))
        assert (checker.clearance(np.array([at]))[0][0] == 0.0) == (answers[-1] is Status.COLLIDING)
    assert answers[0] is answers[1]
    return answers[0]


def hollow(shapes, outer_mm=200.0, inner_mm=100.0):
    return shapes.joined(
        shapes.box(outer_mm, outer_mm, outer_mm), shapes.inside_out(shapes.box(inner_mm, inner_mm, inner_mm))
    )


# --- one body within another ------------------------------------------------------------------------------------


@pytest.mark.parametrize("buffer_mm", [0.0, 5.0, 500.0])
def test_a_body_inside_a_body_collides_whatever_the_buffer(shapes, buffer_mm):
    ball = shapes.sphere(10.0)
    assert status_of(shapes, shapes.box(200, 200, 200), ball, buffer_mm=buffer_mm) is Status.COLLIDING
    assert status_of(shapes, shapes.sphere(100, 64), ball, (60.0, 20.0), buffer_mm) is Status.COLLIDING


def test_a_cavity_is_free_and_its_wall_is_not(shapes):
    shell, ball = hollow(shapes), shapes.sphere(10.0)
    assert status_of(shapes, shell, ball) is Status.FREE
    assert status_of(shapes, shell, ball, buffer_mm=39.9) is Status.FREE
    assert status_of(shapes, shell, ball, buffer_mm=40.1) is Status.WITHIN_BUFFER
    assert status_of(shapes, shell, ball, (40.1, 0.0)) is Status.COLLIDING
    assert status_of(shapes, shell, ball, (75.0, 0.0)) is Status.COLLIDING
    assert status_of(shapes, shell, ball, (111.0, 0.0)) is Status.FREE


def test_shells_in_shells(shapes):
    """Solid and void by turns, like an onion: 200 solid 160 void 120 solid 80 void."""
    onion = shapes.joined(hollow(shapes, 200, 160), hollow(shapes, 120, 80))
    ball = shapes.sphere(5.0)
    places = {0.0: "free", 50.0: "colliding", 70.0: "free", 90.0: "colliding", 106.0: "free"}
    for x, expected in places.items():
        assert str(status_of(shapes, onion, ball, (x, 0.0))) == expected


def test_a_hollow_body_around_a_hollow_body(shapes):
    assert status_of(shapes, hollow(shapes, 200, 150), hollow(shapes, 100, 80)) is Status.FREE
    assert status_of(shapes, hollow(shapes, 200, 100), hollow(shapes, 180, 120)) is Status.COLLIDING


def test_a_cavity_that_is_wound_outwards_is_taken_for_solid(shapes):
    """A winding number of 2: a mistake of the mesh, on the safe side."""
    twice = shapes.joined(shapes.box(200, 200, 200), shapes.box(100, 100, 100))
    assert status_of(shapes, twice, shapes.sphere(10.0)) is Status.COLLIDING


def test_a_body_turned_inside_out_is_as_solid_as_any(shapes):
    assert status_of(shapes, shapes.inside_out(shapes.box(200, 200, 200)), shapes.sphere(10.0)) is Status.COLLIDING


@pytest.mark.parametrize("inside", [0, 1, 2])
def test_any_one_of_several_bodies_inside_is_enough(shapes, inside):
    """A body of three balls in a row; one of them sits in the box."""
    balls = shapes.joined(*(shapes.sphere(r, 16, at=(x, 0, 0)) for r, x in ((40, -300), (30, 0), (5, 300))))
    at = (300.0, 0.0, -300.0)[inside]
    box = shapes.box(150, 150, 150)
    assert status_of(shapes, box, balls, (at, 0.0)) is Status.COLLIDING
    assert status_of(shapes, box, balls, (at, 200.0)) is Status.FREE


def test_any_one_of_several_bodies_may_hold(shapes):
    boxes = shapes.joined(shapes.box(100, 100, 100, at=(-200, 0, 0)), shapes.box(50, 50, 50, at=(200, 0, 0)))
    ball = shapes.sphere(8.0)
    for x, expected in ((-200.0, Status.COLLIDING), (0.0, Status.FREE), (200.0, Status.COLLIDING)):
        assert status_of(shapes, boxes, ball, (x, 0.0)) is expected


@pytest.mark.parametrize("gap_mm", [1e-6, 1e-3])
def test_a_body_that_nearly_touches_the_wall(shapes, gap_mm):
    box, cube = shapes.box(200, 200, 200), shapes.box(20, 20, 20)
    assert status_of(shapes, box, cube, (90.0 - gap_mm, 90.0 - gap_mm)) is Status.COLLIDING
    assert status_of(shapes, box, cube, (110.0 + gap_mm, 0.0)) is Status.FREE
    assert status_of(shapes, hollow(shapes), cube, (40.0 - gap_mm, 40.0 - gap_mm)) is Status.FREE


@pytest.mark.parametrize("few_poses", [1, 10**9], ids=["blocks", "pose by pose"])
def test_what_blocks_say_of_contained_bodies(shapes, brute, monkeypatch, few_poses):
    """Shells, cavities and several bodies under many poses, against the volume that the solids share."""
    monkeypatch.setattr(checker_module, "FEW_POSES", few_poses)
    bodies = [
        (shapes.joined(hollow(shapes, 200, 150), hollow(shapes, 90, 60)), "x"),
        (shapes.joined(shapes.sphere(8, 12), shapes.sphere(5, 12, at=(30, 10, 0))), "y"),
    ]
    scene = shapes.sliding_scene(bodies, [(0, 1, 2.0), (1, 0, 2.0)])
    ours = Checker(scene).pair_status(EVERYTHING)
    plain, _ = brute(scene).pair_status(EVERYTHING)
    np.testing.assert_array_equal(ours, plain)
    assert (np.bincount(plain.ravel()) > 100).all()


def test_a_small_part_deep_inside_a_machine_is_found_at_every_pose(shapes):
    """A needle in a head that turns with the gantry, and no surface anywhere near it."""
    head = shapes.prism(32, 300.0, 100.0, 900.0)
    scene = shapes.scene_of(
        [shapes.GANTRY, *shapes.COUCH_JOINTS],
        [(shapes.needle(300.0, 400.0, 1.0), "couch"), (head, "gantry")],
        [(0, 1, 20.0), (1, 0, 20.0)],
    )
    gantry, couch = np.meshgrid(np.arange(-180, 180, 3.0), np.arange(-90, 91, 15.0))
    poses = np.stack([gantry.ravel(), couch.ravel()], axis=1)
    statuses = Checker(scene).pair_status(poses)
    upright = np.abs(poses[:, 0]) < 10
    assert (statuses[:, upright] == Status.COLLIDING).all()
    assert (statuses[:, np.abs(poses[:, 0]) > 100] == Status.FREE).all()
    np.testing.assert_array_equal(statuses[0], statuses[1])


# --- bodies of opposite winding, and surfaces that are not closed -----------------------------------------------


def test_bodies_of_opposite_winding_do_not_cancel(shapes):
    """Two that share a volume, one of them turned inside out: together they wind around it 0 times."""
    cube = shapes.box(200, 200, 200)
    both = shapes.joined(cube, shapes.inside_out(cube).mapped(np.eye(3), (150.0, 0, 0)))
    assert winding_number([(75.0, 0.0, 0.0)], both)[0] == pytest.approx(0.0, abs=1e-12)
    for x in (0.0, 75.0, 200.0):
        assert status_of(shapes, both, shapes.sphere(5.0), (x, 0.0)) is Status.COLLIDING
    assert status_of(shapes, both, shapes.sphere(5.0), (256.0, 0.0)) is Status.FREE


def test_an_inward_body_that_reaches_out_of_another_is_no_cavity(shapes):
    plug = shapes.inside_out(shapes.box(100, 100, 300))
    both = shapes.joined(shapes.box(200, 200, 200), plug)
    assert status_of(shapes, both, shapes.sphere(5.0)) is Status.COLLIDING


@pytest.mark.parametrize("missing", [1, 5, 300])
def test_what_reaches_into_the_box_of_a_torn_ball_collides(shapes, missing):
    """From inside, through the hole and from a corner where the ball never was; beyond the box all is as ever."""
    torn = shapes.without(shapes.sphere(100.0, 32), np.arange(missing))
    (low_x, low_y, _), (high_x, high_y, _) = torn.bounds_mm
    ball = shapes.sphere(5.0, 8)
    for at in ((0.0, 0.0), (low_x - 4.9, 0.0), (high_x - 1.0, high_y - 1.0), (low_x + 1.0, low_y + 1.0)):
        assert status_of(shapes, torn, ball, at) is Status.COLLIDING
    assert status_of(shapes, torn, ball, (high_x + 5.1, 0.0)) is Status.FREE
    assert status_of(shapes, torn, ball, (high_x + 5.1, 0.0), buffer_mm=1.0) is Status.WITHIN_BUFFER


def test_a_body_larger_than_an_open_one_may_not_put_a_finger_into_it(shapes):
    """A finger of a long yoke stands deep in a couch top whose lower face is missing, and meets no surface."""
    top = shapes.cuboid((-265, -500, -200), (265, 500, 0))
    lower = np.flatnonzero((top.vertices_mm[top.faces][:, :, 2] == -200).all(axis=1))
    yoke = shapes.from_solid(
        shapes.to_solid(shapes.cuboid((-1200, -150, -700), (1200, 150, -600)))
        + shapes.to_solid(shapes.cuboid((-20, -20, -650), (20, 20, -130)))
    )
    assert status_of(shapes, shapes.without(top, lower), yoke) is Status.COLLIDING


def test_no_scene_takes_a_body_that_is_not_closed(shapes):
    ball = shapes.sphere(100.0, 16)
    for faces in (ball.faces[1:], np.concatenate([ball.faces[:1, ::-1], ball.faces[1:]])):
        with pytest.raises(sim.SimulatorError, match="must be closed"):
            shapes.sliding_scene([(replace(ball, faces=faces), "x"), (ball, "y")], [(0, 1, 0.0)])


# --- winding numbers and sides ----------------------------------------------------------------------------------


def test_one_triangle_seen_from_above():
    """An octant's face: from the origin it covers an eighth of the sphere."""
    from simulator.models.mesh import Mesh

    octant = Mesh(np.eye(3), np.array([[0, 1, 2]], dtype=np.int32))
    assert winding_number(np.zeros((1, 3)), octant)[0] == pytest.approx(1 / 8, abs=1e-15)
    assert winding_number(np.array([[2.0, 2.0, 2.0]]), octant)[0] < 0


@given(a=st.floats(0.1, 50), b=st.floats(0.1, 50), height=st.floats(0.1, 100))
def test_a_rectangle_seen_from_above_its_middle(a, b, height):
    """Solid angle 4 atan(a b / (h sqrt(a² + b² + h²))) of a 2a x 2b rectangle at a distance h."""
    from simulator.models.mesh import Mesh

    corners = np.array([(-a, -b, 0), (a, -b, 0), (a, b, 0), (-a, b, 0)], dtype=float)
    sheet = Mesh(corners, np.array([(0, 1, 2), (0, 2, 3)], dtype=np.int32))
    expected = 4 * np.arctan(a * b / (height * np.sqrt(a**2 + b**2 + height**2))) / (4 * np.pi)
    found = winding_number(np.array([(0.0, 0.0, -height), (0.0, 0.0, height)]), sheet)
    np.testing.assert_allclose(found, [expected, -expected], atol=1e-12)


def test_spheres_shells_and_doubles(shapes):
    points = np.array([(0.0, 0.0, 0.0), (75.0, 0.0, 0.0), (0.0, 0.0, 300.0)])
    np.testing.assert_allclose(winding_number(points, shapes.box(200, 200, 200)), [1, 1, 0], atol=1e-12)
    np.testing.assert_allclose(winding_number(points, hollow(shapes)), [0, 1, 0], atol=1e-12)
    turned = shapes.inside_out(shapes.box(200, 200, 200))
    np.testing.assert_allclose(winding_number(points, turned), [-1, -1, 0], atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
def test_winding_numbers_against_shared_volumes(shapes, seed):
    """A point is inside if a tiny cube around it shares its whole volume with the solid."""
    import manifold3d

    rng = np.random.default_rng(seed)
    body = shapes.crumpled(rng, 100.0, corners=12)
    solid = shapes.to_solid(body)
    points = rng.uniform(*body.bounds_mm, (60, 3))
    found = winding_number(points, body)
    np.testing.assert_allclose(found, np.round(found), atol=1e-9)
    for point, number in zip(points, found, strict=True):
        cube = manifold3d.Manifold.cube((1e-3,) * 3, True).translate(tuple(point))
        share = (solid ^ cube).volume() / cube.volume()
        if not 1e-3 < share < 1 - 1e-3:
            assert number == pytest.approx(round(share), abs=1e-9)


@pytest.mark.parametrize("name", ["brain", "liver"])
def test_sides_of_shipped_bodies_never_contradict_winding_numbers(name):
    """Random points, points near the surface, points on edges of the grid's cells and just outside the box."""
    rng = np.random.default_rng(32)
    decided = 0
    for body in sim.load_setup(name).scene.bodies:
        mesh, interior = body.mesh, Interior(body.mesh)
        low, high = mesh.bounds_mm
        on_surface = trimesh.sample.sample_surface(trimesh.Trimesh(mesh.vertices_mm, mesh.faces), 150, seed=3)[0]
        cell = (high - low).max() / 32
        near = on_surface + rng.normal(size=on_surface.shape) * rng.choice([1e-3, 1.0, cell, 3 * cell], (150, 1))
        corners = low + cell * (rng.integers(0, 33, (100, 3)) - 0.5)
        points = np.concatenate([rng.uniform(low - 1, high + 1, (200, 3)), near, corners])
        winds = np.abs(winding_number(points, mesh)) > 0.5
        side = interior.side(points)
        assert not (winds & (side == OUTSIDE)).any()
        assert not (~winds & (side == INSIDE)).any()
        np.testing.assert_array_equal(interior.holds(points), winds)
        decided += int((side != UNKNOWN).sum())
    assert decided > 1000


@pytest.mark.parametrize("seed", range(10))
def test_sides_of_random_bodies_never_contradict_winding_numbers(shapes, seed):
    rng = np.random.default_rng(seed)
    first, second = (shapes.crumpled(rng, size) for size in (100.0, 30.0))
    body = shapes.joined(first, second.mapped(np.eye(3), rng.uniform(-80, 80, 3)))
    body = body.mapped(np.diag(rng.choice([0.02, 1.0, 5.0], 3)), rng.uniform(-2000, 2000, 3))  # thin and far off too
    if seed % 2:
        body = shapes.inside_out(body)
    points = rng.uniform(*body.bounds_mm, (600, 3))
    winds = np.abs(winding_number(points, body)) > 0.5
    side = Interior(body).side(points)
    assert not (winds & (side == OUTSIDE)).any()
    assert not (~winds & (side == INSIDE)).any()
    np.testing.assert_array_equal(Interior(body).holds(points), winds)
    assert winds.any()
