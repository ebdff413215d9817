"""Meshes made again for other dimensions: the right parts, of the right size, and no others."""

import pytest
from support.cylinder_head import commissioned

from simulator.commission.room import Rooms
from simulator.errors import SimulatorError

PADDING = '[[unknowns]]\npart = "head"\npadding = true\n'


@pytest.fixture
def shapes(box_beside):
    return box_beside.shapes["machine"]


def test_a_dimension_changes_the_parts_that_follow_it_by_what_it_says(shapes):
    made = shapes.meshes({"face_mm": 391.0, "arm_z_mm": 760.0})
    assert {*made} == {"head"}
    low, high = made["head"].bounds_mm
    assert (low[2], high[2]) == pytest.approx((391.0, 741.0), abs=0.004)


def test_the_dimensions_of_the_model_change_nothing(shapes):
    assert shapes.meshes(shapes.dimensions) == {}


def test_a_dimension_is_of_the_parts_whose_meshes_follow_it(shapes):
    parts = {name: shapes.parts_of(name) for name in shapes.dimensions}
    head, arm = ("head",), ("arm",)
    assert parts == {
        "face_mm": head, "radius_mm": head, "depth_mm": head, "arm_half_width_mm": arm, "arm_z_mm": arm,
    }  # fmt: skip


@pytest.mark.parametrize(("dimension", "value"), [("depth", 350.0), ("depth_mm", 0.0)])
def test_what_cannot_be_made_is_refused(shapes, dimension, value):
    with pytest.raises(SimulatorError, match=r"depth|head"):
        shapes.meshes({dimension: value})


def test_a_mesh_of_ones_own_follows_no_dimension(tmp_path, monkeypatch):
    file = commissioned(tmp_path, monkeypatch, unknowns=PADDING, couch="no_couch")
    head = tmp_path / "cylinder_head" / "head.ply"
    lines = head.read_bytes().splitlines(keepends=True)
    head.write_bytes(b"".join(line for line in lines if not line.startswith(b"comment dimensions")))
    assert Rooms.of(file).shapes["machine"].parts_of("face_mm") == ()
