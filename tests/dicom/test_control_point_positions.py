"""Where table, snout and isocentre are at the control points: absolute, relative, or nowhere."""

import pytest
from support.dicom_plans import ABSENT, EMPTY, beam, static

from simulator.errors import SimulatorError


def test_absolute_table_positions_move_with_the_beam(read):
    points = [{"vertical": -190, "longitudinal": 1000, "lateral": -20}, {"longitudinal": 1100}]
    (found,) = read(beam(1, points)).beams
    assert not found.is_table_relative
    assert found.start == {
        "gantry": 0,
        "collimator": 0,
        "couch": 0,
        "table_vertical": -190,
        "table_longitudinal": 1000,
        "table_lateral": -20,
    }
    assert found.stop["table_longitudinal"] == 1100
    assert found.legs[0].moving == ("table_longitudinal",)


@pytest.mark.parametrize("missing", [EMPTY, ABSENT])
def test_table_positions_behind_an_empty_one_are_relative(read, missing):
    points = [{"vertical": missing, "longitudinal": missing}, {"longitudinal": 30}, {}]
    plan = read(beam(1, points))
    (found,) = plan.beams
    assert found.is_table_relative
    assert [(leg.start["table_longitudinal"], leg.stop["table_longitudinal"]) for leg in found.legs] == [
        (0, 30),
        (30, 30),
    ]
    assert "table_vertical" not in found.start
    assert any("table positions count from where the table stands" in remark for remark in plan.remarks)


def test_beside_a_relative_position_absolute_ones_count_from_the_first_too(read):
    points = [{"vertical": -150, "longitudinal": EMPTY}, {"vertical": -140, "longitudinal": 30}]
    (found,) = read(beam(1, points)).beams
    assert found.is_table_relative
    assert (found.start["table_vertical"], found.stop["table_vertical"]) == (0, 10)


@pytest.mark.parametrize("missing", [EMPTY, ABSENT])
def test_table_positions_may_be_missing_altogether(read, missing):
    (found,) = read(beam(1, static(vertical=missing, longitudinal=missing, lateral=missing))).beams
    assert not found.is_table_relative
    assert set(found.start) == {"gantry", "collimator", "couch"}


def test_a_table_at_zero_throughout_is_told(read):
    assert "nobody set one" in read(beam(1, static(vertical=0, longitudinal=0, lateral=0))).remarks[0]
    assert read(beam(1, static(vertical=0, longitudinal=0, lateral=1))).remarks == ()


def test_a_table_position_that_is_empty_behind_a_given_one_is_refused(read):
    with pytest.raises(
        SimulatorError, match=r"control point 1: Table Top Vertical Position \(300A,0128\).*was empty"
    ):
        read(beam(1, [{"vertical": -150}, {"vertical": EMPTY}]))


def test_the_snout_of_an_ion_plan_moves(read):
    plan = read(beam(1, [{"snout": 250.0, "couch": 15}, {"snout": 192.5}, {}], ion=True), ion=True)
    assert plan.kind == "RT Ion Plan"
    legs = plan.beams[0].legs
    assert [(leg.start["snout"], leg.stop["snout"]) for leg in legs] == [(250, 192.5), (192.5, 192.5)]
    assert legs[0].moving == ("snout",)


def test_an_isocentre_is_there_for_each_beam(read):
    plan = read(beam(1, static(isocentre=(1, 2, 3))), beam(2, [{"isocentre": (-4, 5, 6)}, {"isocentre": (-4, 5, 6)}]))
    assert [each.isocentre_mm for each in plan.beams] == [(1, 2, 3), (-4, 5, 6)]


@pytest.mark.parametrize(("written", "was"), [(EMPTY, "empty"), (ABSENT, "absent")])
def test_a_missing_isocentre_is_refused(read, written, was):
    with pytest.raises(SimulatorError, match=rf"Isocenter Position \(300A,012C\): .*was {was}"):
        read(beam(1, static(isocentre=written)))


def test_an_isocentre_that_moves_is_refused(read):
    with pytest.raises(SimulatorError, match=r"control point 2: Isocenter Position .*an isocentre that moves"):
        read(beam(1, [{}, {}, {"isocentre": (0, 0, 1)}]))
