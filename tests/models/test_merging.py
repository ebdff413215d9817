"""Equal vertices become one as trimesh makes them one."""

import numpy as np
import pytest
import trimesh
from hypothesis import given
from hypothesis import strategies as st

from simulator.models.merging import DIGITS, have_area, merged

PLACES = st.sampled_from([-1.0, 0.0, -0.0, 0.3, 0.3 + 2e-9, 0.3 + 2e-8, 500.25])


@given(st.lists(st.tuples(PLACES, PLACES, PLACES), min_size=3, max_size=12), st.data())
def test_merged_as_trimesh_merges(vertices, data):
    index = st.integers(0, len(vertices) - 1)
    faces = np.array(data.draw(st.lists(st.tuples(index, index, index), min_size=1, max_size=8)))
    oracle = trimesh.Trimesh(np.array(vertices), faces, process=True)
    oracle.remove_unreferenced_vertices()
    found, triangles = merged(np.array(vertices), faces)
    assert found.tobytes() == np.asarray(oracle.vertices).tobytes()
    assert triangles.tolist() == oracle.faces.tolist() and triangles.dtype == np.int32


@pytest.mark.parametrize(("height", "expected"), [(0.0, False), (0.9, False), (1.1, True)])
def test_a_triangle_has_an_area_if_it_is_wider_than_what_makes_vertices_one(height, expected):
    corners = np.array([[0.0, 0.0, 0.0], [100.0, 0.0, 0.0], [40.0, height * 10.0**-DIGITS, 0.0]])
    for turn in range(3):
        assert have_area(np.roll(corners, turn, axis=0), np.array([[0, 1, 2]])).tolist() == [expected]
