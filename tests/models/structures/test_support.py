"""Where the table is by the SUPPORT structures, in every position, by what a person would read off a drawing."""

import numpy as np
import pytest
from support.contoured import roi

from simulator.models.structures.contours import Slices
from simulator.models.structures.support import support_face

UP = {
    "HFS": (0, -1), "FFS": (0, -1), "HFP": (0, 1), "FFP": (0, 1),
    "HFDL": (-1, 0), "FFDL": (-1, 0), "HFDR": (1, 0), "FFDR": (1, 0),
}  # fmt: skip
"""Patient axis (x, y) that points up: against the back, the front, or the side that is down."""


def plank(position, height=-150.0, middle=20.0, width=500.0, thick=50.0, z=range(0, 301, 3), name="Couch"):
    """Return a table whose upper face is at a height above the patient's origin, its middle at x of the table top."""
    up = np.array(UP[position], dtype=float)
    along = np.array({"HFS": (1, 0), "FFS": (-1, 0), "HFP": (-1, 0), "FFP": (1, 0), "HFDL": (0, -1), "FFDL": (0, 1),
                      "HFDR": (0, 1), "FFDR": (0, -1)}[position], dtype=float)  # fmt: skip
    box = [(-width / 2, 0), (width / 2, 0), (width / 2, -thick), (-width / 2, -thick)]
    flat = np.array([(middle + across) * along + (height + below) * up for across, below in box])
    return Slices.of(roi(*(np.column_stack([flat, np.full(4, float(at))]) for at in z), name=name, type="SUPPORT"))


@pytest.mark.parametrize("position", UP)
def test_in_every_position(position):
    face = support_face([plank(position)], position)
    assert face is not None
    assert (face.name, face.top_mm, face.middle_mm, face.varies_mm) == ("Couch", -150.0, 20.0, 0.0)
    assert not face.remarks


def test_supine_it_is_minus_y():
    contours = [np.array([[-250, 40, z], [250, 40, z], [250, 95, z], [-250, 95, z]], dtype=float) for z in (0, 3, 6)]
    assert support_face([Slices.of(roi(*contours))], "HFS").top_mm == -40.0


def test_without_one_there_is_none():
    assert support_face([], "HFS") is None


def test_of_several_the_one_that_covers_most_counts():
    table = plank("HFS")
    rest = plank("HFS", height=-90.0, width=200.0, z=range(250, 301, 3), name="Head rest")
    rails = plank("HFS", height=-220.0, width=300.0, name="Rails")
    for order in ([table, rest, rails], [rails, rest, table]):
        assert support_face(order, "HFS").name == "Couch"


def test_a_face_that_is_not_level_is_put_at_the_median_and_told():
    contours = [
        np.array([[-250, 40 + z / 10, z], [250, 40 + z / 10, z], [250, 95, z], [-250, 95, z]])
        for z in range(0, 201, 4)
    ]
    face = support_face([Slices.of(roi(*contours, name="Board"))], "HFS")
    assert face.top_mm == pytest.approx(-50.0)
    assert face.varies_mm == pytest.approx(20.0)
    assert face.remarks == (
        "SUPPORT 'Board': its upper face varies by 20 mm from slice to slice; the table is put at the median",
    )


def test_one_tall_slice_does_not_lift_the_table():
    slices = [np.array([[-250, 40, z], [250, 40, z], [250, 95, z], [-250, 95, z]], dtype=float) for z in range(30)]
    slices[7][:2, 1] = -100.0
    assert support_face([Slices.of(roi(*slices))], "HFS").top_mm == -40.0


def test_of_coronal_slices_the_highest_is_the_face():
    contours = [
        np.array([[-250, y, 0], [250, y, 0], [250, y, 300], [-250, y, 300]], dtype=float) for y in (40, 60, 80)
    ]
    assert support_face([Slices.of(roi(*contours))], "HFS").top_mm == -40.0
