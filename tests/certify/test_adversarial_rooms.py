"""Rooms in which a map sampled on a grid is wrong: its poses are free, what lies between them is not.

In each the coarse grid sees nothing, a dense scan finds what was missed, no proven cell contradicts that scan, and
cells decide most of the rectangle all the same.
"""

import fcl
import numpy as np
import pytest
from support import shapes
from support.proven import cell_of, contradictions, found_wrong, prove, share

from simulator.certify.branch_and_bound import FREE, NOT_FREE, UNDECIDED
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.models.kinematics import Joint

RADIUS = 400.0


def grid(low, high, steps):
    """Poses on a grid, edges included."""
    values = [np.linspace(a, b, n + 1) for a, b, n in zip(low, high, steps, strict=True)]
    return np.stack(np.meshgrid(*values, indexing="ij"), axis=-1).reshape(-1, 2)


def worst(scene, poses):
    return Checker(scene).pair_status(poses).max(axis=0)


def judged(scene, low, high, dense, *, coarse=(20, 20), decided=0.9, **options):
    """The cells of a room that a coarse grid calls free, held against a dense scan that finds what it missed."""
    assert set(worst(scene, grid(low, high, coarse))) == {Status.FREE}
    assert Status.COLLIDING in worst(scene, dense)
    cells = prove(scene, low, high, undecided=(1 - decided) / 2, **options)
    which = cell_of(cells, dense)
    assert (which >= 0).all()
    assert contradictions(Checker(scene), cells, dense, which) == []
    assert found_wrong(scene, cells, np.random.default_rng(1), 300) == []
    assert share(cells, UNDECIDED) < 1 - decided
    assert share(cells, FREE) > 0.5
    return cells


def c_arm(on_couch, on_gantry, buffer_mm=0.0, **rest):
    joints = [shapes.GANTRY, *shapes.COUCH_JOINTS]
    bodies = [(on_couch, "table_roll"), (on_gantry, "gantry")]
    return shapes.scene_of(joints, bodies, [(0, 1, buffer_mm)], **rest)


def about_y(mesh, angle_deg):
    """A body turned as the gantry turns it."""
    c, s = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return mesh.mapped(np.array([(c, 0, s), (0, 1, 0), (-s, 0, c)]))


# --- thin and slender -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("buffer_mm", [0.0, 0.05])
def test_two_sheets_of_half_a_millimetre(buffer_mm):
    """They face the way that the gantry turns and meet within 0.5°, between two poses of the grid."""
    sheet = shapes.box(0.5, 10.0, 100.0, at=(0.0, 0.0, RADIUS))
    scene = c_arm(about_y(sheet, 10.5), sheet, buffer_mm)
    dense = np.column_stack([np.linspace(10.0, 11.0, 401), np.full(401, 0.3)])
    cells = judged(scene, (0, -5), (20, 5), dense, decided=0.995)
    assert share(cells, NOT_FREE) > 0.0


def test_a_needle_against_a_needle():
    """0.2 mm against 0.2 mm, at one gantry and one couch angle."""
    standing = shapes.needle(120.0, 700.0, 0.2)
    lying = shapes.needle(-500.0, 500.0, 0.2).mapped(np.array([(0, 0, 1), (0, 1, 0), (-1, 0, 0)]))
    scene = c_arm(lying, standing)
    dense = 90.0 + np.linspace(-0.2, 0.2, 41)
    dense = np.stack(np.meshgrid(dense, np.linspace(-0.4, 0.4, 21), indexing="ij"), axis=-1).reshape(-1, 2)
    judged(scene, (84.7, -9.1), (96.1, 8.3), dense, decided=0.95)


@pytest.mark.parametrize("place_deg", [3.5, 7.5, 16.5])
def test_a_finger_between_two_poses(place_deg):
    """5 mm wide on the gantry, where a step of the grid is 7 mm: almost half of where it meets the post is proven."""
    finger = shapes.box(5.0, 6.0, 60.0, at=(0.0, 0.0, RADIUS))
    post = shapes.box(0.4, 6.0, 60.0, at=(0.0, 0.0, RADIUS))
    scene = c_arm(about_y(post, place_deg), finger)
    dense = np.column_stack([np.linspace(0, 20, 801), np.zeros(801)])
    cells = judged(scene, (0, -3), (20, 3), dense, decided=0.95)
    inner_mm = RADIUS - 30.0
    to_either_side_deg = np.degrees(np.arctan2(2.5, inner_mm) + np.arcsin(0.2 / np.hypot(2.5, inner_mm)))
    assert 0.4 < share(cells, NOT_FREE) / (2 * to_either_side_deg / 20) <= 1.0


# --- inside and in contact --------------------------------------------------------------------------------------


def crossings(scene, poses):
    """What FCL says of the surfaces alone."""
    objects = [shapes.fcl_object(body.mesh) for body in scene.bodies]
    T = [scene.T_fixed_body(body, poses) for body in range(len(objects))]
    hits = np.zeros(len(poses), dtype=bool)
    for pose in range(len(poses)):
        for moved, there in zip(objects, T, strict=True):
            moved.setTransform(fcl.Transform(there[pose, :3, :3].copy(), there[pose, :3, 3].copy()))
        hits[pose] = fcl.collide(*objects, fcl.CollisionRequest(), fcl.CollisionResult()) > 0
    return hits


@pytest.mark.parametrize("buffer_mm", [0.0, 20.0])
@pytest.mark.parametrize("swap", [False, True])
def test_a_part_deep_inside_another(swap, buffer_mm):
    """No surfaces cross at any pose; all of it collides."""
    head, core = shapes.prism(32, 300.0, 100.0, 900.0), shapes.needle(300.0, 400.0, 1.0)
    scene = c_arm(head, core, buffer_mm) if swap else c_arm(core, head, buffer_mm)
    assert not crossings(scene, grid((-10, -20), (10, 20), (5, 5))).any()
    cells = prove(scene, (-10, -20), (10, 20))
    assert share(cells, NOT_FREE) == pytest.approx(1.0)


def test_a_cavity_and_its_wall():
    """A ball swings from a cavity through the wall to the outside: free, not free, free."""
    hollow = shapes.joined(shapes.box(200, 200, 200), shapes.inside_out(shapes.box(100, 100, 100)))
    hollow = hollow.mapped(np.eye(3), (0.0, 0.0, RADIUS))
    scene = c_arm(hollow, shapes.sphere(10.0, at=(0.0, 0.0, RADIUS)))
    cells = prove(scene, (0, -10), (40, 10))
    assert share(cells, UNDECIDED) < 0.02
    assert found_wrong(scene, cells, np.random.default_rng(2), 500) == []
    poses = np.array([(0.0, 0.3), (3.0, 0.3), (10.0, 0.3), (30.0, 0.3)])
    assert cells.status[cell_of(cells, poses)].tolist() == [FREE, FREE, NOT_FREE, FREE]


@pytest.mark.parametrize(
    ("lift_mm", "expected"), [(-1e-3, {NOT_FREE, UNDECIDED}), (0.0, {UNDECIDED}), (1e-3, {FREE})]
)
def test_bodies_that_start_in_contact(lift_mm, expected):
    """A pedestal that turns flush on a turntable: touching is not free, and a micrometre of air is."""
    joints = [shapes.GANTRY, Joint("couch", "revolute", "fixed", (0.0, 0.0, 1.0), (0.0, 0.0, -100.0 + lift_mm))]
    bodies = [
        (shapes.prism(16, 300.0, -300.0, -200.0), "fixed"),
        (shapes.prism(16, 200.0, -100.0, 0.0), "couch"),
    ]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 0.0)])
    cells = prove(scene, (0, -90), (10, 90), most_cells=400)
    assert set(np.unique(cells.status)) <= expected
    assert found_wrong(scene, cells, np.random.default_rng(3), 300) == []


def test_a_body_that_leaves_the_contact_it_starts_in():
    """Resting on the other at gantry 0, lifted off by turning: not free there, and most is decided."""
    slab, post = shapes.box(400, 400, 50, at=(0, 0, -25)), shapes.box(40, 40, 200, at=(150, 0, 100))
    scene = c_arm(slab, post)
    cells = prove(scene, (-40, -30), (40, 30), undecided=0.03)
    assert share(cells, UNDECIDED) <= 0.03
    assert found_wrong(scene, cells, np.random.default_rng(4), 500) == []
    at_rest = np.column_stack([np.zeros(50), np.linspace(-30, 30, 50)])
    assert not (cells.status[cell_of(cells, at_rest)] == FREE).any()


# --- other kinematics -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis_at", [(700.0, 0.0, 0.0), (-250.0, 400.0, 900.0)])
def test_a_joint_that_misses_the_isocentre(axis_at):
    """A rod on the couch sweeps past pegs in the room, each met within 0.4°."""
    joints = [shapes.GANTRY, Joint("couch", "revolute", "fixed", (0.0, 0.0, 1.0), axis_at)]
    turns = np.radians([-70.3, -21.7, 2.4, 55.55])
    pegs = shapes.joined(
        *(shapes.box(2, 2, 2, at=np.add(axis_at, (990 * np.cos(t), 990 * np.sin(t), 0))) for t in turns)
    )
    rod = shapes.box(1000.0, 2.0, 2.0, at=(500.0, 0.0, 0.0))
    scene = shapes.scene_of(joints, [(pegs, "fixed"), (rod, "couch")], [(0, 1, 0.0)])
    dense = np.column_stack([np.zeros(3601), np.linspace(-90, 90, 3601)])
    judged(scene, (0, -90), (10, 90), dense, coarse=(2, 90), decided=0.95)


@pytest.mark.parametrize(("pitch", "roll"), [(3.0, 0.0), (0.0, -3.0), (-2.5, 2.5), (20.0, -30.0)])
def test_pitch_and_roll(pitch, roll):
    """A pin on the tilted top, and a blade on the gantry that comes by where the pin stands."""
    rest = {"table_pitch": pitch, "table_roll": roll, "table_vertical": -90.0, "table_lateral": 40.0}
    pin = shapes.box(1.0, 1.0, 300.0, at=(0.0, 0.0, 150.0))
    tip = c_arm(pin, pin, **rest).T_fixed_frame("table_roll", np.zeros((1, 2)))[0] @ (0.0, 0.0, 299.0, 1.0)
    at_deg, height = np.degrees(np.arctan2(tip[0], tip[2])), float(np.hypot(tip[0], tip[2]))
    blade = shapes.box(1.0, 400.0, 100.0, at=(0.0, 0.0, height + 40.0))
    scene = c_arm(pin, blade, **rest)
    dense = np.column_stack([at_deg + np.linspace(-1, 1, 401), np.full(401, 0.02)])
    judged(scene, (at_deg - 13.5, -0.3), (at_deg + 13.5, 0.3), dense, coarse=(9, 2))


@pytest.mark.parametrize("buffer_mm", [0.0, 1.0])
def test_a_scanned_joint_that_slides(buffer_mm):
    """A drawer passes between two pegs that are a little nearer to each other at one place than it is wide."""
    joints = [
        Joint("drawer", "prismatic", "fixed", (0.6, 0.0, 0.8), (10.0, 20.0, 30.0)),
        Joint("door", "revolute", "fixed", (0.0, 0.0, 1.0), (500.0, -300.0, 0.0)),
    ]
    along = np.array((0.6, 0.0, 0.8))
    at = np.array((10.0, 20.0, 30.0)) + 126.7 * along
    peg = shapes.box(1.0, 1.0, 1.0)
    bodies = [
        (shapes.box(2.0, 80.0, 2.0), "drawer"),
        (shapes.joined(*(peg.mapped(np.eye(3), np.add(at, (0.0, y, 0.0))) for y in (-40.0, 40.0))), "fixed"),
        (shapes.box(1.0, 600.0, 400.0, at=(0.0, 300.0, 100.0)), "door"),
    ]
    scene = shapes.scene_of(joints, bodies, [(0, 1, buffer_mm), (2, 0, buffer_mm)], ("drawer", "door"))
    dense = np.column_stack([np.linspace(120, 135, 301), np.full(301, 20.0)])
    judged(scene, (0.0, 0.0), (200.0, 30.0), dense, coarse=(15, 10))


# --- surfaces that are not closed -------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [1, 8])
@pytest.mark.parametrize("swap", [False, True])
def test_an_open_surface_is_never_free_where_it_may_hold_something(swap, missing):
    """A ball swings through a torn head: inside, nothing crosses what is left of it."""
    whole = shapes.prism(32, 150.0, 250.0, 600.0)
    head = shapes.without(whole, np.arange(missing))
    ball = shapes.sphere(10.0, 12, at=(0.0, 0.0, RADIUS))
    scene = c_arm(head, ball) if swap else c_arm(ball, head)
    poses = grid((-60, -20), (60, 20), (120, 4))
    found = worst(scene, poses)
    of_whole = worst(c_arm(whole, ball) if swap else c_arm(ball, whole), poses)
    assert (found >= of_whole).all()
    cells = prove(scene, (-60, -20), (60, 20), undecided=0.05, most_cells=4000)
    assert contradictions(Checker(scene), cells, poses, cell_of(cells, poses)) == []
    assert share(cells, FREE) > 0.3
    inside = np.array([(0.0, 0.0), (2.0, 5.0), (-3.0, -7.0)])
    assert (cells.status[cell_of(cells, inside)] == NOT_FREE).all()


@pytest.mark.parametrize("depth_mm", [60.0, 199.0])
def test_a_ball_falls_into_an_open_box(depth_mm):
    """Through the side that is missing: no surface is ever near, and in the end the box holds it."""
    box = shapes.box(400.0, 400.0, 400.0)
    top = np.flatnonzero((box.vertices_mm[box.faces][:, :, 2] > 0).all(axis=1))
    joints = [Joint("lift", "prismatic"), Joint("rest", "revolute")]
    bodies = [(shapes.without(box, top), "fixed"), (shapes.sphere(10.0, 12), "lift")]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 5.0), (1, 0, 5.0)], ("lift", "rest"))
    poses = np.column_stack([np.linspace(200.0 - depth_mm, 600.0, 200), np.zeros(200)])
    cells = prove(scene, (200.0 - depth_mm, 0.0), (600.0, 1.0), undecided=0.05, most_cells=2000)
    assert contradictions(Checker(scene), cells, poses, cell_of(cells, poses)) == []
    assert share(cells, FREE) > 0.3
    inside = poses[poses[:, 0] < 189.0]
    assert not (cells.status[cell_of(cells, inside)] == FREE).any()


def test_bodies_of_opposite_winding_are_solid_together():
    """A ball swings through two boxes that share a volume, one of them turned inside out."""
    box = shapes.box(120.0, 120.0, 350.0, at=(0.0, 0.0, RADIUS))
    both = shapes.joined(box, shapes.inside_out(box).mapped(np.eye(3), (60.0, 0.0, 0.0)))
    scene = c_arm(shapes.sphere(10.0, 12, at=(0.0, 0.0, RADIUS)), both)
    poses = grid((-60, -20), (60, 20), (120, 4))
    cells = prove(scene, (-60, -20), (60, 20), undecided=0.05, most_cells=4000)
    assert contradictions(Checker(scene), cells, poses, cell_of(cells, poses)) == []
    shared = np.array([(2.0, 0.0), (3.0, 5.0), (4.0, -7.0)])
    assert (cells.status[cell_of(cells, shared)] == NOT_FREE).all()
