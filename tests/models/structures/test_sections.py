"""Whether a surface holds contours, measured in their planes: what is held, and what only seems to be."""

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from support.contoured import ring, roi, solid, structures

from simulator.models.mesh import Mesh
from simulator.models.structures.contours import Slices
from simulator.models.structures.distances import distance_field, enclosing_level_mm
from simulator.models.structures.level_set import level_set
from simulator.models.structures.sections import measured, section

BOX = np.array([[-50, -40], [50, -40], [50, 40], [-50, 40]], dtype=float)


def block(width=100.0, depth=80.0, height=60.0):
    found = trimesh.creation.box((width, depth, height))
    return np.asarray(found.vertices), np.asarray(found.faces, dtype=np.int32)


def box_slices(scale=1.0, shift=(0.0, 0.0), offsets=(-10.0, 0.0, 10.0)):
    flat = BOX * scale + shift
    return Slices.of(roi(*(np.column_stack([flat, np.full(4, z)]) for z in offsets)))


def test_a_block_is_cut_to_its_outline_with_the_inside_on_the_left():
    segments = section(block(), 7.0)
    corners = segments.reshape(-1, 2)
    assert corners.min(axis=0).tolist() == [-50, -40] and corners.max(axis=0).tolist() == [50, 40]
    u_0, v_0, u_1, v_1 = segments.T
    assert (u_0 * v_1 - u_1 * v_0).sum() / 2 == pytest.approx(8000.0)


def test_beyond_the_surface_there_is_nothing():
    assert section(block(), 31.0).shape == (0, 4)


@settings(max_examples=20)
@given(structures())
def test_sections_against_manifold3d(drawn):
    """Area by area, and in the planes of the nodes, where vertices lie on the plane."""
    slices = Slices.of(drawn[0])
    triangles = level_set(distance_field(slices, 2.0, 4.0), 1.5)
    held = solid(Mesh(*triangles))
    for offset in (slices.offsets_mm[0], slices.offsets_mm[-1], slices.offsets_mm.mean() + 0.01):
        u_0, v_0, u_1, v_1 = section(triangles, float(offset)).T
        assert (u_0 * v_1 - u_1 * v_0).sum() / 2 == pytest.approx(
            held.slice(float(offset)).area(), rel=1e-6, abs=1e-4
        )


def test_what_is_held_is_held_by_as_much_as_it_is():
    found = measured(block(), box_slices(0.9))
    assert found.is_held
    assert found.missing_mm == 0.0
    assert found.added_mm == pytest.approx(np.hypot(5.0, 4.0), abs=0.5)


def test_a_corner_outside_is_seen_with_its_distance():
    found = measured(block(), box_slices(0.9, (7.0, 0.0)))
    assert not found.is_held
    assert found.missing_mm == pytest.approx(2.0)


def test_an_edge_that_is_cut_though_all_corners_are_inside():
    """A notch of the surface reaches through an edge of the contour between its corners."""
    vertices, faces = block()
    notched = trimesh.boolean.difference(
        [trimesh.Trimesh(vertices, faces), trimesh.creation.box((4, 20, 200)).apply_translation((0, -40, 0))],
        engine="manifold",
    )
    found = measured((np.asarray(notched.vertices), np.asarray(notched.faces, dtype=np.int32)), box_slices(0.9))
    assert not found.is_held
    assert found.missing_mm == pytest.approx(6.0, abs=0.5)


def test_touching_is_not_held():
    assert not measured(block(), box_slices(1.0)).is_held


@pytest.mark.parametrize("way", [1, -1])
def test_a_contour_on_a_step_of_the_surface_is_not_held(way):
    """The block is narrower above a plane than below it, or the other way, and the contour is as the wider half."""
    wide = trimesh.creation.box((100, 80, 30)).apply_translation((0, 0, -15 * way))
    narrow = trimesh.creation.box((60, 80, 30)).apply_translation((0, 0, 15 * way))
    stepped = trimesh.boolean.union([wide, narrow], engine="manifold")
    triangles = np.asarray(stepped.vertices), np.asarray(stepped.faces, dtype=np.int32)
    assert not measured(triangles, box_slices(0.9)).is_held
    assert measured(triangles, box_slices(0.5)).is_held


def test_a_slice_beyond_the_surface_is_missing():
    found = measured(block(), box_slices(0.9, offsets=(0.0, 40.0)))
    assert not found.is_held
    assert found.missing_mm == np.inf


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_level_that_is_too_low_is_caught(share):
    """Specks halfway between nodes nearly reach the level of the proof, wherever the grid begins."""
    specks = [ring(0.02, z, (x + 1.0, 1.0), 6) for z in (0.0, 3.0, 6.0) for x in (0.0, 40.0)]
    slices = Slices.of(roi(*specks))
    level = enclosing_level_mm(2.0)
    is_held = [
        measured(level_set(distance_field(slices, 2.0, 4.0 + shift), share * level), slices).is_held
        for shift in np.arange(0.0, 2.0, 0.25)
    ]
    assert not all(is_held)


def test_a_slice_that_was_left_out_is_caught():
    rings = [ring(40.0, 3.0 * at) for at in range(6)]
    rings[3] = ring(55.0, 9.0)
    whole = Slices.of(roi(*rings))
    without = Slices.of(roi(*rings[:3], *rings[4:]))
    assert not measured(level_set(distance_field(without, 2.0, 4.0), 1.42), whole).is_held
    assert measured(level_set(distance_field(whole, 2.0, 4.0), 1.42), whole).is_held


@settings(max_examples=25)
@given(structures())
def test_the_level_of_the_proof_holds_every_contour(drawn):
    slices = Slices.of(drawn[0])
    level = enclosing_level_mm(2.0) + 1e-3
    found = measured(level_set(distance_field(slices, 2.0, level + 2.0), level), slices)
    assert found.is_held
    assert found.added_mm <= 2 * level


def test_contours_are_measured_whatever_their_winding():
    rings = [ring(20.0, z)[:: 1 if z else -1] for z in (-10.0, 0.0, 10.0)]
    assert measured(block(), Slices.of(roi(*rings))).is_held
