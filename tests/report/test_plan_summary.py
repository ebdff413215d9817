"""The text of what holds of a plan."""

import pytest
from support.checked_plans import NAMES, box_check, free_check

from simulator.maps.provenance import DISCLAIMER
from simulator.plans.sections import sections
from simulator.report.plan_summary import plan_summary


def test_the_verdict_is_first_and_the_disclaimer_last():
    for check in (box_check(), free_check()):
        lines = plan_summary(check).splitlines()
        assert lines[0] == check.verdict
        assert lines[-1].strip() == DISCLAIMER
    assert plan_summary(free_check()).startswith("all proven free: 2 beams and 1 move")
    assert plan_summary(box_check()).startswith("NOT all proven free")


def test_everything_that_is_told_stands_in_it():
    text = plan_summary(box_check())
    for section in sections(box_check()):
        assert section.title in text
        for row in section.rows:
            for said in (*row.cells, *row.notes):
                assert said in text


def test_columns_stand_below_each_other():
    lines = plan_summary(free_check()).splitlines()
    head = next(line for line in lines if line.strip().startswith("beam  "))
    rows = lines[lines.index(head) + 1 :][:2]
    for word, column in (("verdict", head.index("verdict")), ("way", head.index("way"))):
        assert all(row[column - 1] == " " and row[column] != " " for row in rows), word


@pytest.mark.parametrize("secret", NAMES)
def test_names_are_not_in_it(secret):
    assert secret not in plan_summary(box_check())
    assert "1 Doe-name" in plan_summary(box_check(), identify=True)
