"""What surfaces enclose: closed or open, outwards or inwards, cavities, and the box that stands for what is open."""

import manifold3d
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import shapes

from simulator.collision.inside import Interior
from simulator.models.mesh import Mesh
from simulator.models.mesh_report import findings
from simulator.models.surfaces import Surface, without_needles

BOX = shapes.box(200, 200, 200)


def surface(*meshes):
    joined = shapes.joined(*meshes)
    return Surface.of(joined.vertices_mm, joined.faces)


def moved(mesh, x, y=0.0, z=0.0):
    return mesh.mapped(np.eye(3), (x, y, z))


def both_sides(mesh):
    """Each triangle twice, once each way round, as exporters of thin sheets write them."""
    return Mesh(mesh.vertices_mm, np.concatenate([mesh.faces, mesh.faces[:, ::-1]]))


# --- bodies, closed and open ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meshes", "closed"),
    [
        ([BOX], [True]),
        ([shapes.inside_out(BOX)], [True]),
        ([BOX, moved(BOX, 500)], [True, True]),
        ([BOX, Mesh(BOX.vertices_mm + 500, BOX.faces[1:])], [True, False]),
        ([Mesh(BOX.vertices_mm, BOX.faces[1:])], [False]),
        ([Mesh(BOX.vertices_mm, np.concatenate([BOX.faces[:1, ::-1], BOX.faces[1:]]))], [False]),
    ],
    ids=["one", "inside out", "two", "one of two torn", "torn", "one triangle turned"],
)
def test_bodies_and_whether_they_are_closed(meshes, closed):
    found = surface(*meshes)
    assert sorted(found.is_closed.tolist()) == sorted(closed)


def test_bodies_that_touch_at_an_edge_or_a_corner_are_bodies_of_their_own():
    """Merged vertices join two cubes along an edge: its four triangles are two of each."""
    for shift in ((200.0, 200.0, 0.0), (200.0, 200.0, 200.0)):
        pair = shapes.joined(BOX, BOX.mapped(np.eye(3), shift))
        vertices, faces = np.unique(pair.vertices_mm, axis=0, return_inverse=True)
        assert len(vertices) < 16
        found = Surface.of(vertices, faces[pair.faces].reshape(-1, 3).astype(np.int32))
        assert found.count == 2 and found.is_closed.all()
        np.testing.assert_allclose(found.volume_mm3, 8e6)


def test_a_sheet_drawn_from_both_sides_encloses_nothing_and_is_open():
    """Every edge is run through as often one way as the other, and still nothing is inside."""
    cup = Mesh(BOX.vertices_mm, BOX.faces[2:])
    for mesh in (both_sides(cup), both_sides(BOX)):
        assert not Surface.of(mesh.vertices_mm, mesh.faces).is_closed.any()


def test_a_body_that_crosses_itself_so_that_its_halves_cancel_is_open():
    """Two tetrahedra that share a tip, one of them turned over: one surface of volume 0 if they are joined there."""
    half = shapes.needle(0.0, 100.0, 50.0)
    turned = half.mapped(np.diag([1.0, 1.0, -1.0]))
    bow = shapes.joined(half, shapes.inside_out(turned))
    found = Surface.of(bow.vertices_mm, bow.faces)
    assert found.count == 2 and found.is_closed.all()  # apart, they are two bodies, one wound inwards
    assert sorted(found.is_inward.tolist()) == [False, True]


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_needles_on_edges_and_points_on_corners_change_nothing(seed):
    rng = np.random.default_rng(seed)
    body = shapes.crumpled(rng, 100.0)
    a, b = body.faces[rng.integers(len(body.faces))][:2]
    extra = [(a, b, b), (b, a, b), (a, a, a)]
    faces = np.concatenate([body.faces, np.array(extra, dtype=np.int32)])[rng.permutation(len(body.faces) + 3)]
    found = without_needles(faces)
    assert {tuple(face) for face in found} == {tuple(face) for face in body.faces}
    # One that lies on no edge may be a wire, and is kept.
    vertices = np.concatenate([body.vertices_mm, [(500.0, 0.0, 0.0)]])
    wire = np.concatenate([body.faces, [(a, len(vertices) - 1, a)]]).astype(np.int32)
    assert len(without_needles(wire)) == len(wire)
    assert not Surface.of(vertices, wire).is_closed.all()


# --- cavities ---------------------------------------------------------------------------------------------------


def hollow(outer, inner):
    return [shapes.box(outer, outer, outer), shapes.inside_out(shapes.box(inner, inner, inner))]


@pytest.mark.parametrize(
    ("meshes", "cavities", "inward"),
    [
        (hollow(200, 100), 1, 0),
        ([*hollow(200, 160), *hollow(120, 80)], 2, 0),
        ([BOX, shapes.inside_out(moved(shapes.box(100, 100, 100), 300))], 0, 1),
        ([BOX, shapes.inside_out(moved(shapes.box(100, 100, 100), 80))], 0, 1),
        ([BOX, shapes.inside_out(shapes.box(50, 50, 400))], 0, 1),
        ([shapes.inside_out(mesh) for mesh in hollow(200, 100)], 0, 1),
        ([*hollow(200, 100), shapes.inside_out(shapes.box(50, 50, 50))], 1, 1),
        ([*hollow(200, 100), shapes.inside_out(moved(shapes.box(40, 40, 40), 60))], 1, 1),
    ],
    ids=["hollow", "onion", "beside", "across", "through", "all inside out", "in a cavity", "across a cavity"],
)
def test_cavities_lie_wholly_inside_and_have_nothing_in_common(meshes, cavities, inward):
    for order in (meshes, meshes[::-1]):
        found = surface(*order)
        assert int((found.cavity_of >= 0).sum()) == cavities
        assert int(found.is_inward.sum()) == inward


def test_a_cavity_belongs_to_the_smallest_body_around_it():
    """A hollow ball baked into a block: the block fills it."""
    baked = shapes.joined(BOX, *hollow(120, 80))
    assert Interior(baked).holds(np.zeros((1, 3))).all()


@pytest.mark.parametrize("seed", range(20))
def test_inside_is_what_the_solids_of_a_random_surface_fill(seed):
    """Balls and boxes, hollow or not, any of them turned inside out, in one mesh, against volumes of the solids."""
    rng = np.random.default_rng(seed)
    meshes, solids = [], []
    for _ in range(rng.integers(1, 5)):
        size = rng.uniform(20.0, 100.0)
        outer = shapes.box(size, size, size) if rng.random() < 0.5 else shapes.sphere(size / 2, 12)
        shift = rng.uniform(-60.0, 60.0, 3)
        outer = outer.mapped(shapes.random_turns(rng, 1)[0, :3, :3], shift)
        if rng.random() < 0.4:  # hollow
            inner = outer.mapped(0.6 * np.eye(3), 0.4 * shift)
            meshes += [outer, shapes.inside_out(inner)]
            solids.append(shapes.to_solid(outer) - shapes.to_solid(inner))
        else:
            meshes.append(shapes.inside_out(outer) if rng.random() < 0.4 else outer)
            solids.append(shapes.to_solid(outer))
    order = rng.permutation(len(meshes))
    body = shapes.joined(*(meshes[index] for index in order))
    filled = manifold3d.Manifold.batch_boolean(solids, manifold3d.OpType.Add)
    points = rng.uniform(*body.bounds_mm, (150, 3))
    inside = Interior(body).holds(points)
    for point, is_inside in zip(points, inside, strict=True):
        cube = manifold3d.Manifold.cube((1e-3,) * 3, True).translate(tuple(point))
        share = (filled ^ cube).volume() / cube.volume()
        if share > 1e-3:
            assert is_inside  # never the other way: what is filled is solid, whatever else is wound how
        elif not is_inside and share > 0.0:
            pytest.fail("a point in a solid is outside")
    assert not surface(*meshes).is_inward.any() or inside.any()


# --- the box that stands for what is open -----------------------------------------------------------------------


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1))
def test_one_closed_box_stands_for_all_that_is_open_and_the_rest_stays(seed):
    rng = np.random.default_rng(seed)
    hulls = [manifold3d.Manifold.hull_points(rng.uniform(-50, 50, (9, 3))) for _ in range(rng.integers(1, 4))]
    meshes = [moved(shapes.from_solid(hull), *rng.uniform(-300, 300, 3)) for hull in hulls]
    torn = rng.random(len(meshes)) < 0.6
    parts = [
        Mesh(mesh.vertices_mm, np.delete(mesh.faces, rng.integers(len(mesh.faces)), axis=0)) if is_torn else mesh
        for mesh, is_torn in zip(meshes, torn, strict=True)
    ]
    found = surface(*parts)
    closed = Mesh(*found.without_open())
    assert closed.is_closed
    whole = shapes.joined(*parts)
    np.testing.assert_array_equal(closed.bounds_mm, whole.bounds_mm)
    kept = {tuple(map(tuple, triangle)) for triangle in closed.vertices_mm[closed.faces]}
    for mesh, is_torn in zip(parts, torn, strict=True):
        triangles = {tuple(map(tuple, triangle)) for triangle in mesh.vertices_mm[mesh.faces]}
        assert is_torn or triangles <= kept
        if is_torn:
            assert Interior(closed).holds(0.99 * mesh.vertices_mm + 0.01 * mesh.vertices_mm.mean(axis=0)).all()
    assert len(closed.faces) == sum(len(p.faces) for p, t in zip(parts, torn, strict=True) if not t) + 12 * torn.any()


def test_a_flat_sheet_becomes_a_thin_box():
    sheet = Mesh(BOX.vertices_mm * (1, 1, 0), BOX.faces[:2])
    closed = Mesh(*Surface.of(sheet.vertices_mm, sheet.faces).without_open())
    assert closed.is_closed and 0 < np.ptp(closed.bounds_mm, axis=0).min() <= 0.01


# --- what is said -----------------------------------------------------------------------------------------------


def test_the_owner_is_told_which_bodies_are_what():
    torn = Mesh(BOX.vertices_mm + np.array([1000, 0, 0]), BOX.faces[1:])
    turned = shapes.inside_out(moved(shapes.box(10, 20, 30), 500))
    said = list(findings(surface(*hollow(200, 100), turned, torn)))
    assert len(said) == 3
    assert "not watertight (1 of 4 bodies)" in said[0] and "200 × 200 × 200 mm" in said[0]
    assert "wound inwards (1 of 4 bodies)" in said[1] and "10 × 20 × 30 mm at (500, 0, 0)" in said[1]
    assert "a cavity" in said[2] and "100 × 100 × 100 mm at (0, 0, 0)" in said[2]
    assert list(findings(surface(BOX))) == []
