"""The height of a table top that a mesh does not tell: its highest point, unless hardly anything is there."""

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.errors import SimulatorError
from simulator.models.couch import Couch
from simulator.models.mesh import Mesh
from simulator.models.table_height import guessed_surface_z_mm


def mesh_of(*parts) -> Mesh:
    joined = trimesh.util.concatenate(parts)
    return Mesh(np.asarray(joined.vertices, dtype=float), np.asarray(joined.faces, dtype=np.int32))


def plate():
    return trimesh.creation.box(bounds=[(-265, -2000, -50), (265, 0, 0)])


def pin(side, height):
    return trimesh.creation.box(bounds=[(100, -500, -10), (100 + side, -500 + side, height)])


@settings(max_examples=60)
@given(side=st.floats(1.0, 60.0), height=st.floats(0.5, 300.0), times=st.integers(0, 2))
def test_what_stands_up_is_asked_about_by_its_area_however_finely_it_is_divided(side, height, times):
    """A square pin's area above z is its top and four sides, so where the thousandth ends is a linear equation."""
    divided = pin(side, height)
    for _ in range(times):
        divided = divided.subdivide()
    mesh = mesh_of(plate(), divided)
    share = 0.001 * (plate().area + divided.area)
    reach = (share - side**2) / (4 * side)  # below the pin's top that the thousandth reaches, 0 if the top has it
    far = min(max(reach, 0.0), height)
    if abs(height - far) < 1e-6 or abs(far - 5.0) > 0.01:
        if far > 5.0:
            with pytest.raises(SimulatorError, match="couch: surface_z_mm must be given, the height"):
                guessed_surface_z_mm([mesh], "couch")
        else:
            assert guessed_surface_z_mm([mesh], "couch")[0] == pytest.approx(height)


def test_the_message_names_both_heights(tmp_path):
    trimesh.util.concatenate(plate(), pin(20, 130)).export(tmp_path / "top.stl")
    with pytest.raises(
        SimulatorError, match=r"point of the top is at 130\.0 mm, but 99\.9 % .* lies below 105\.\d mm"
    ):
        Couch.from_mesh(tmp_path / "top.stl", "mm")
    assert Couch.from_mesh(tmp_path / "top.stl", "mm", surface_z_mm=0).table_top.surface_z_mm == 0


@pytest.mark.parametrize("segments", [16, 256])
def test_a_rounded_top_is_believed(segments):
    tube = trimesh.creation.cylinder(radius=300, height=2000, sections=segments)
    tube.apply_transform(trimesh.transformations.rotation_matrix(np.pi / 2, (1, 0, 0)))
    assert guessed_surface_z_mm([mesh_of(tube)], "couch")[0] == pytest.approx(300)


def test_a_slanted_top_of_two_triangles_is_measured_and_not_counted():
    wedge = plate()
    wedge.vertices[:, 2] += 0.02 * wedge.vertices[:, 1]
    highest, remark = guessed_surface_z_mm([mesh_of(wedge)], "couch")
    assert highest == 0 and remark == "couch: no surface_z_mm is given: the patient lies at the highest point, 0.0 mm"
