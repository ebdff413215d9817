"""What is asked for determines what can be known, and what cannot be is named with the reason."""

import numpy as np
import pytest
from support.cylinder_head import POSITIONS, commissioned

from simulator.commission.knowable import standard_errors_mm, unknowables
from simulator.commission.planning import plan_measurement
from simulator.commission.unknowns import Unknown
from simulator.errors import SimulatorError

FACE_AND_RADIUS = '[[unknowns]]\ndimension = "face_mm"\n[[unknowns]]\ndimension = "radius_mm"\n'
FACED = {"beside": 'set = { "patient.isocentre_mm" = [-250, -60, 0] }'}
RIMMED = {"before": 'set = { "patient.isocentre_mm" = [-250, -60, -495] }'}
ACROSS = "couch_deg = [0]"


def planned(folder, monkeypatch, positions, candidates=ACROSS, unknowns=FACE_AND_RADIUS, couch="no_couch"):
    return plan_measurement(
        commissioned(folder, monkeypatch, positions=positions, unknowns=unknowns, candidates=candidates, couch=couch)
    )


def test_the_radius_of_the_head_is_unknowable_from_one_position_and_known_from_two(tmp_path, monkeypatch):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = planned(tmp_path / "one", monkeypatch, FACED)
    assert [found.names for found in one.unknowable_from_all] == [("radius_mm",)]
    assert one.unknowable_from_all[0].reason == (
        "no candidate touches what follows radius_mm: of head it is never the part in the way, with one position of "
        "the phantom"
    )
    assert np.isfinite(one.standard_errors_mm).tolist() == [True, False]
    two = planned(tmp_path / "two", monkeypatch, FACED | RIMMED)
    assert two.unknowable_from_all == ()
    assert (two.standard_errors_mm < 5.0).all()


def test_a_prior_makes_nothing_known(tmp_path, monkeypatch):
    with_prior = planned(tmp_path, monkeypatch, FACED, unknowns=f"{FACE_AND_RADIUS}prior_mm = 2\n")
    assert np.isinf(with_prior.standard_errors_mm[1])
    assert with_prior.standard_errors_with_priors_mm[1] == pytest.approx(2.0)
    assert [found.names for found in with_prior.unknowable] == [("radius_mm",)]


def test_rows_are_distinct_contacts_from_a_free_start_and_no_more_than_asked_for(tmp_path, monkeypatch):
    found = plan_measurement(
        commissioned(tmp_path, monkeypatch, candidates="couch_deg = [-60, 0, 45, 60, 75, 90]\ncount = 12")
    )
    assert len(found.rows) == 12
    assert found.candidates > 12
    assert {row.position for row in found.rows} <= {*POSITIONS}
    for row in found.rows:
        sign = 1.0 if row.direction == "CW" else -1.0
        assert 0.0 < sign * (row.contact_deg - row.from_deg) <= 21.0
        assert row.mm_per_degree >= 1.0
    places = [(row.position, row.direction, row.parts, round(row.contact_deg, 1)) for row in found.rows]
    assert len(set(places)) == len(places)  # with the couch at 60, 75 and 90 the head meets one edge at one angle


def test_candidates_that_meet_nothing_are_refused(tmp_path, monkeypatch):
    with pytest.raises(SimulatorError, match="candidates: nothing touches anything"):
        planned(tmp_path, monkeypatch, {"centred": ""})


def unknown(name, parts=("head",), kind="dimension"):
    return Unknown(name, kind, "machine", parts)


def test_unknowns_that_act_alike_are_named_together():
    slopes = np.random.default_rng(0).normal(size=(20, 2)) @ np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    found = unknowables((unknown("a"), unknown("b"), unknown("c")), slopes, [("head", "top")], "reading", 2)
    assert [each.names for each in found] == [("a", "c")]
    assert found[0].weights == pytest.approx((found[0].weights[0], -found[0].weights[0]))
    assert np.isfinite(standard_errors_mm(slopes)).tolist() == [False, True, False]


def test_the_reason_names_parts_that_nothing_touches():
    unknowns = (unknown("a"), unknown("arm x", ("arm",), "offset"))
    slopes = np.stack([np.ones(5), np.zeros(5)], axis=1)
    (found,) = unknowables(unknowns, slopes, [("head", "top")], "candidate", 3)
    assert (found.names, found.reason) == (("arm x",), "no candidate touches arm")
