"""Contours grouped into slices: planes of any direction, what they enclose, where they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifold3d import CrossSection
from support.contoured import ring, roi, rotations, structures

from simulator.errors import SimulatorError
from simulator.models.structures import contours as module
from simulator.models.structures.contours import Slices

OBLIQUE = np.array([[0.8, 0.0, 0.6], [0.0, 1.0, 0.0], [-0.6, 0.0, 0.8]])
"""A rotation about y."""


def cylinder(radius=50.0, offsets=(0.0, 3.0, 6.0), **fields):
    return roi(*(ring(radius, z) for z in offsets), **fields)


def test_transversal_slices_keep_the_axes_of_the_patient():
    slices = Slices.of(cylinder(offsets=(6.0, 0.0, 3.0)))
    assert slices.axes.tolist() == np.eye(3).tolist()
    assert slices.offsets_mm.tolist() == [0.0, 3.0, 6.0]
    assert slices.polygons[1][0].tolist() == ring(50.0, 3.0)[:, :2].tolist()


@pytest.mark.parametrize(("normal", "axes"), [("x", "yzx"), ("y", "xzy"), ("z", "xyz")])
def test_sagittal_and_coronal_slices_have_axes_of_the_patient(normal, axes):
    turn = np.eye(3)[["xyz".index(axis) for axis in axes]]
    slices = Slices.of(roi(*(ring(30.0, at) @ turn for at in (-5.0, 0.0, 5.0))))
    assert np.abs(slices.axes[2]).tolist() == np.eye(3)["xyz".index(normal)].tolist()
    assert np.linalg.det(slices.axes) == pytest.approx(1.0)
    assert slices.offsets_mm == pytest.approx([-5.0, 0.0, 5.0])


@settings(max_examples=60)
@given(structures())
def test_points_lead_back_to_where_they_were_drawn(drawn):
    structure, _ = drawn
    slices = Slices.of(structure)
    back = np.concatenate(
        [slices.to_patient(polygon, at) for at, polygons in enumerate(slices.polygons) for polygon in polygons]
    )
    there = np.concatenate(structure.contours)
    assert back[np.lexsort(back.round(3).T)] == pytest.approx(there[np.lexsort(there.round(3).T)], abs=0.01)


def test_contours_of_one_plane_are_one_slice_though_their_numbers_are_rounded():
    slices = Slices.of(roi(ring(20, 0.0), ring(5, 0.004, (60, 0)), ring(20, 3.0)))
    assert len(slices) == 2
    assert [len(polygons) for polygons in slices.polygons] == [2, 1]


def test_thin_slices_stay_apart():
    assert len(Slices.of(cylinder(offsets=np.arange(5) * 0.25))) == 5


def test_a_contour_that_is_not_flat_is_refused_with_its_place():
    bent = ring(20.0, 3.0, (100.0, 0.0))
    bent[0, 2] += 0.7
    with pytest.raises(SimulatorError, match=r"RS\.dcm: ROI 'BODY'.*flat.*contour 2 at \(100, 0, 3\) spans 0\.7 mm"):
        Slices.of(roi(ring(50, 0), bent, ring(50, 6)), "RS.dcm")


def test_planes_of_two_directions_are_refused():
    with pytest.raises(SimulatorError, match="parallel planes"):
        Slices.of(roi(ring(50, 0), ring(50, 3), ring(20, 0) @ OBLIQUE))


def test_more_contours_than_anyone_draws_on_a_slice_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_ON_A_SLICE", 3)
    with pytest.raises(SimulatorError, match="at most 3 contours on a slice, has 4 at 0 mm"):
        Slices.of(roi(*(ring(1, 0, (at, 0)) for at in range(4)), ring(1, 3)))


@settings(max_examples=40)
@given(st.floats(1.0, 300.0), st.floats(0.5, 20.0), rotations())
def test_area_and_centroid_of_a_cylinder(radius, gap, axes):
    centre = np.array([12.0, -30.0, 45.0])
    rings = [(ring(radius, z * gap) + centre) @ axes for z in range(-2, 3)]
    slices = Slices.of(roi(*rings))
    assert slices.area_mm2 == pytest.approx([90 / 2 * radius**2 * np.sin(2 * np.pi / 90)] * 5, rel=1e-6)
    assert slices.centroid_mm == pytest.approx(centre @ axes, abs=1e-3)


def test_centroid_of_a_cone_is_a_quarter_from_its_base():
    heights = np.linspace(0, 100, 401)
    slices = Slices.of(roi(*(ring(100.0 - z, z) for z in heights[:-1])))
    assert slices.centroid_mm == pytest.approx([0, 0, 25.0], abs=0.2)


def test_slices_count_in_the_centroid_by_what_they_stand_for():
    """A cylinder from -0.5 to 105, drawn every 1 mm in its lower half and every 10 mm in its upper one."""
    slices = Slices.of(cylinder(offsets=[*range(50), *range(50, 101, 10)]))
    assert slices.thickness_mm.sum() == pytest.approx(0.5 + 100 + 5)
    assert slices.centroid_mm[2] == pytest.approx((-0.5 + 105) / 2, abs=0.2)


def test_what_is_drawn_twice_counts_once_and_a_contour_in_another_is_no_hole():
    outer, inner = ring(50, 0), ring(20, 0)
    alone = Slices.of(roi(outer)).area_mm2[0]
    assert Slices.of(roi(outer, inner)).area_mm2[0] == pytest.approx(alone)
    assert Slices.of(roi(outer, inner[::-1])).area_mm2[0] == pytest.approx(alone)
    assert Slices.of(roi(outer, outer)).area_mm2[0] == pytest.approx(alone)
    assert Slices.of(roi(outer, ring(20, 0, (200, 0))[::-1])).area_mm2[0] == pytest.approx(
        alone + Slices.of(roi(inner)).area_mm2[0]
    )


@settings(max_examples=60)
@given(structures())
def test_areas_against_manifold3d(drawn):
    structure, axes = drawn
    slices = Slices.of(structure)
    for offset, area in zip(slices.offsets_mm, slices.area_mm2, strict=True):
        flat = [contour @ axes.T for contour in structure.contours]
        sign = np.sign(slices.axes[2] @ axes[2])
        union = CrossSection()
        for contour in flat:
            if abs(contour[0, 2] * sign - offset) < 0.2:
                one = CrossSection([contour[:, :2]])
                union += one if one.area() > 0 else CrossSection([contour[::-1, :2]])
        assert area == pytest.approx(union.area(), rel=1e-6, abs=1e-3)


def test_a_line_and_a_point_have_a_centroid():
    line = np.array([[0.0, 0.0, 5.0], [10.0, 0.0, 5.0]])
    slices = Slices.of(roi(line))
    assert slices.area_mm2.tolist() == [0.0]
    assert slices.centroid_mm == pytest.approx([5.0, 0.0, 5.0])
    assert Slices.of(roi(line[:1])).centroid_mm == pytest.approx([0.0, 0.0, 5.0])
