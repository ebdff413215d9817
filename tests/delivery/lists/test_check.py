"""Each beam of a list is free as FCL says, and told with what stands in its way."""

from __future__ import annotations

import pandas as pd
import pytest
from support.checked_plans import box_setup

import simulator as sim
from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.check import check_beams


@pytest.fixture(scope="module")
def setup(tmp_path_factory) -> sim.Setup:
    return box_setup(tmp_path_factory.mktemp("box"))


POSES = [(0.0, 0.0), (150.0, 30.0), (-60.0, -20.0), (180.0, 0.0), (120.0, -30.0), (90.0, 0.0)]


def listed(setup: sim.Setup, **columns: list) -> BeamList:
    gantry, couch = zip(*POSES, strict=True)
    return BeamList.of(setup, pd.DataFrame({"gantry_deg": gantry, "couch_deg": couch, **columns}))


def test_each_beam_is_as_one_pose_of_it(setup) -> None:
    check = check_beams(setup, listed(setup))
    found = [beam.is_free for beam in check.beams]
    assert found == [setup.check(gantry=gantry, couch=couch).is_free for gantry, couch in POSES]
    assert True in found
    assert False in found
    assert check.is_free is False
    assert not check.moves


def test_candidates_are_in_no_order_and_a_delivery_is(setup) -> None:
    beams = listed(setup)
    candidates, delivered = check_beams(setup, beams), check_beams(setup, beams, is_delivered=True)
    assert "moves" not in candidates.verdict.split(":")[0]
    assert any("in no order" in text for text in candidates.assumptions)
    assert len(delivered.moves) == len(POSES) - 1
    assert [beam.is_free for beam in delivered.beams] == [beam.is_free for beam in candidates.beams]


def test_an_arc_is_not_free_if_its_middle_is_not(setup) -> None:
    (arc,) = check_beams(
        setup,
        BeamList.of(setup, pd.DataFrame({"gantry_deg": [60.0], "couch_deg": [30.0], "gantry_stop_deg": [175.0]})),
    ).beams
    assert setup.check(gantry=60, couch=30).is_free
    assert not arc.is_free
    assert arc.worst.blocked


def test_another_isocentre_is_warned_of(setup) -> None:
    from dataclasses import replace

    beams = replace(listed(setup), isocentre_mm=(0.0, 0.0, 40.0))
    check = check_beams(setup, beams)
    assert any("other isocentres, [0, 0, 40] and [0, 0, 0] mm" in text for text in check.warnings)
    assert not any("other isocentres" in text for text in check_beams(setup, listed(setup)).warnings)


def test_the_patient_lies_as_the_list_says(setup) -> None:
    from dataclasses import replace

    check = check_beams(setup, replace(listed(setup), position="HFP"))
    assert {beam.setup.position for beam in check.beams} == {"HFP"}
    assert any("lies HFP" in text for text in check.assumptions)
