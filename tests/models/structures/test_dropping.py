"""What is left out on request, and what cannot be."""

import numpy as np
import pytest
from support.contoured import ring, roi

from simulator.errors import SimulatorError
from simulator.models.structures.contours import Slices
from simulator.models.structures.dropping import Drop

BODY = [ring(80.0, z) for z in range(0, 31, 3)]
BOARD = [ring(10.0, z, (120.0, 0.0)) for z in (12, 15)]
SPECK = ring(1.0, 6.0, (0.0, 100.0))


def slices(*contours):
    return Slices.of(roi(*BODY, *contours))


def count(found):
    return sum(len(polygons) for polygons in found.polygons)


@pytest.mark.parametrize("text", ["below 25 mm2", " below 25.0 mm² ", "below 25mm2"])
def test_specks_are_dropped_and_told(text):
    left, told = Drop.parsed(text).specks(slices(*BOARD, SPECK))
    assert count(left) == 13
    assert told == ("ROI 'BODY': 1 contours below 25 mm² are dropped, as asked",)


def test_the_area_is_the_limit():
    area = np.pi * 3.0**2 * 0.999
    for limit, left in ((area * 0.99, 12), (area * 1.01, 11)):
        found, _ = Drop.parsed(f"below {limit:.6f} mm2").specks(slices(ring(3.0, 6.0, (0.0, 100.0))[::-1]))
        assert count(found) == left


def test_the_loose_piece_nearest_to_a_place_is_dropped():
    left, told = Drop.parsed(["BODY at 100, 3, 20"]).loose(slices(*BOARD, SPECK))
    assert count(left) == 12
    assert told == ("ROI 'BODY': 20 × 20 × 3 mm at (120, 0, 14) is dropped, as asked",)
    both, _ = Drop.parsed(["BODY at 120, 0, 12", "BODY at 0, 100, 6"]).loose(slices(*BOARD, SPECK))
    assert count(both) == 11


def test_the_body_itself_is_never_dropped():
    """Not even where the place is on its skin and a loose piece is further away."""
    with pytest.raises(SimulatorError, match=r"within 20 mm of a loose piece; available: 20 × 20 × 3 mm at"):
        Drop.parsed(["BODY at -80, 0, 15"]).loose(slices(*BOARD))
    with pytest.raises(SimulatorError, match="none, all contours are of one piece"):
        Drop.parsed(["BODY at 0, 0, 15"]).loose(slices())


def test_a_place_that_is_too_far_lists_what_there_is():
    with pytest.raises(SimulatorError, match=r"'BODY at 120, 0, 60'.*at \(120, 0, 14\), 45 mm away; 2 × 2 × 0 mm"):
        Drop.parsed(["BODY at 120, 0, 60"]).loose(slices(*BOARD, SPECK))


def test_dropping_everything_is_refused():
    with pytest.raises(SimulatorError, match="must leave something"):
        Drop.parsed("below 1000 mm2").specks(Slices.of(roi(ring(5.0, 0.0), ring(5.0, 3.0))))


@pytest.mark.parametrize(
    "text",
    ["", "everything", "below 25", "below mm2", "below -3 mm2", "below 5000 mm2", "BODY at 1, 2", "at 1, 2, 3",
     "BODY at 1, 2, 3, 4", "BODY at nan, 2, 3"],
)  # fmt: skip
def test_other_words_are_refused_with_both_forms(text):
    with pytest.raises(SimulatorError, match=r'patient\.drop: must be "below 25 mm2".*or "<ROI> at x, y, z"'):
        Drop.parsed([text])


def test_names_with_spaces_and_at_in_them():
    assert Drop.parsed(["Arm at rest at -1, +2.5, 3e"[:-1]]).places == (("Arm at rest", (-1.0, 2.5, 3.0)),)


def test_a_place_at_a_roi_without_a_surface_is_refused():
    with pytest.raises(SimulatorError, match="unknown name 'Heart'; available: BODY, Couch"):
        Drop.parsed(["Heart at 1, 2, 3"]).require_known(["BODY", "Couch"])
