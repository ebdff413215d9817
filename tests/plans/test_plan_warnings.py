"""What a reader should know of a plan is told at every door."""

import html
from dataclasses import replace

import pytest
from support.checked_plans import box_check
from support.plan_values import beam, plan

import simulator as sim
from simulator.plans.sections import sections, warnings_of
from simulator.report.plan_report import plan_result
from simulator.report.plan_summary import plan_summary
from simulator.view.export.plan_page import write_plan_page

ODD, OF_CHECK = "beam 1: gantry goes <once> round", "plan and patient are not in one frame"


def test_warnings_of_plan_and_check_are_told_everywhere(tmp_path):
    plan = replace(box_check().plan, remarks=(ODD,))
    check = replace(box_check(), plan=plan, warnings=(OF_CHECK, ODD))
    assert warnings_of(check) == [ODD, *check.setup.warnings, OF_CHECK]
    write_plan_page(check, tmp_path / "plan.html")
    page = (tmp_path / "plan.html").read_text(encoding="utf-8")
    for text in (ODD, OF_CHECK):
        assert text in plan_result(check)["warnings"]
        assert f"warning: {text}" in plan_summary(check)
        assert html.escape(f"warning: {text}") in page
        assert str(sections(check)).count(text) == 1


@pytest.mark.parametrize(
    ("gantry", "said"),
    [
        ([180.0], "gantry begins at 180° of its joint, which could begin at -180°, too"),
        ([182.0], "gantry begins at -178° of its joint, which could begin at 182°, too"),
        ([90.0], ""),
        ([178.0, -178.0], ""),
    ],
)
def test_an_angle_that_a_joint_has_twice_is_an_assumption(gantry, said):
    points = ({"gantry": angle, "couch": 0.0} for angle in gantry)
    found = sim.check_plan(plan(beam(1, *points)), sim.load_setup("open_space")).assumptions
    told = [text for text in found if "could begin" in text]
    assert [said in text for text in told] == [True] * bool(said)
