"""Plans in rooms: legs against single arcs, against FCL, against closed forms; the sign of the couch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from support import shapes
from support.plan_values import beam, plan
from support.reference_data import REFERENCE

import simulator as sim
from simulator.collision.contact import Solid, Status
from simulator.errors import SimulatorError
from simulator.plans.check import check_plan
from simulator.setup.engines import checker_of

FOLDER = REFERENCE / "dicom"
ARCS = FOLDER / "brainlab_srs_15_noncoplanar_arcs_RTPLAN.dcm"
SMALL = 0.02


@pytest.fixture(scope="module")
def brain():
    return sim.load_setup("brain")


def mirrored(of_plan):
    """The same plan with the couch turned the other way: what a wrong sign would make of it."""

    def turned(values):
        return {axis: -value if axis == "couch" else value for axis, value in values.items()}

    return replace(
        of_plan,
        beams=tuple(
            replace(b, legs=tuple(replace(leg, start=turned(leg.start), stop=turned(leg.stop)) for leg in b.legs))
            for b in of_plan.beams
        ),
    )


@pytest.mark.skipif(not ARCS.is_file(), reason="the plans of other systems are not here")
def test_fifteen_arcs_at_five_couch_angles_are_free_and_those_at_a_turned_couch_are_not_if_it_is_mirrored(brain):
    arcs = sim.Plan.read(ARCS)
    found = check_plan(arcs, brain)
    assert found.is_free
    assert [beam.status for beam in found.beams] == [Status.FREE] * 15
    assert len(found.moves) == 14
    wrong = check_plan(mirrored(arcs), brain)
    turned = [beam.is_free for beam in wrong.beams if beam.beam.start["couch"] != 0.0]
    assert len(turned) == 11
    assert sum(turned) <= 2
    assert [beam.is_free for beam in wrong.beams if beam.beam.start["couch"] == 0.0] == [True] * 4


@pytest.mark.parametrize(("couch", "gantry"), [(0.0, (10.0, 170.0)), (60.0, (-20.0, 120.0)), (-40.0, (170.0, 10.0))])
def test_a_leg_of_one_axis_is_what_an_arc_is(brain, couch, gantry):
    found = check_plan(plan(beam(1, {"gantry": gantry[0], "couch": couch}, {"gantry": gantry[1]})), brain)
    direction = "increasing" if gantry[1] > gantry[0] else "decreasing"
    arc = brain.check_arc(gantry=gantry, couch=couch, direction=direction)
    (way,) = found.beams[0].ways
    assert way.is_free == arc.is_free
    if arc.is_free:
        assert way.clearance_mm == pytest.approx(arc.clearance_mm, abs=0.1)
        assert way.pair == arc.pair
    else:
        assert way.blocked[0].start.joints["gantry"] == pytest.approx(arc.at, abs=0.011)
        assert way.blocked[0].pairs[0] == arc.pair


def test_gantry_and_couch_together_are_what_fcl_says_every_half_degree(brain):
    points = {"gantry": 20.0, "couch": -60.0}, {"gantry": 160.0, "couch": 40.0}
    found = check_plan(plan(beam(1, *points)), brain)
    (way,) = found.beams[0].ways
    poses = np.linspace((20.0, -60.0), (160.0, 40.0), 281)
    checker = checker_of(brain.scene, ("gantry", "couch"))
    status = checker.pair_status(poses).max(axis=0)
    inside = np.zeros(len(poses), dtype=bool)
    for stretch in way.blocked:
        inside |= (stretch.start.joints["gantry"] <= poses[:, 0]) & (poses[:, 0] <= stretch.stop.joints["gantry"])
    assert 0 < inside.sum() < len(poses)
    np.testing.assert_array_equal(status > 0, inside)
    for stretch in way.blocked:
        met = (stretch.start.joints["gantry"] <= poses[:, 0]) & (poses[:, 0] <= stretch.stop.joints["gantry"])
        assert stretch.status == status[met].max()
        names = {brain.scene.pairs[row].name for row in checker.pair_status(poses[met]).argmax(axis=0)}
        assert names <= set(stretch.pairs)
    ends = [stretch.start.joints["couch"] for stretch in way.blocked]
    gantry = np.array([stretch.start.joints["gantry"] for stretch in way.blocked])
    assert ends == pytest.approx((-60.0 + (gantry - 20.0) * 100 / 140).tolist())


def test_the_least_clearance_of_gantry_and_couch_together_is_fcls(brain):
    points = {"gantry": -60.0, "couch": 10.0}, {"gantry": 80.0, "couch": -30.0}
    (way,) = check_plan(plan(beam(1, *points)), brain).beams[0].ways
    poses = np.linspace((-60.0, 10.0), (80.0, -30.0), 281)
    checker = checker_of(brain.scene, ("gantry", "couch"))
    least = float(checker.clearance(poses, brain.scene.clearance_pairs)[0].min())
    assert way.is_free
    assert least - 0.15 <= way.clearance_mm <= least
    pose = np.array([[way.at.joints["gantry"], way.at.joints["couch"]]])
    there = checker.clearance(pose, brain.scene.clearance_pairs)[0][0]
    assert there == pytest.approx(way.clearance_mm, abs=0.11)


def turning_table():
    """A box of 20 mm on the table, 500 mm from its axis, and a wall at x = -400; 30 mm to the patient, 20 to it."""
    return shapes.room(
        machine_parts=[("wall", shapes.cuboid((-900.0, -900.0, -50.0), (-400.0, 900.0, 50.0)), "fixed")],
        couch_parts=[("box", shapes.box(SMALL, SMALL, 20.0, at=(0.0, 500.0, 0.0)), "couch")],
    )


def test_a_box_on_a_turning_table_is_blocked_where_the_closed_form_says():
    """Its distance to the wall is 400 - 500 sin(couch): 20 mm at 49.46°, none at 53.13°, and again beyond 90°."""
    found = check_plan(
        plan(beam(1, {"gantry": 0.0, "couch": 0.0}, {"couch": 50.0}, {"couch": 170.0})), turning_table()
    )
    (way,) = found.beams[0].ways
    near = np.degrees(np.arcsin(380.0 / 500.0))
    (stretch,) = way.blocked
    assert stretch.start.joints["couch"] == pytest.approx(near, abs=0.02)
    assert stretch.stop.joints["couch"] == pytest.approx(180.0 - near, abs=0.02)
    assert stretch.status is Status.COLLIDING
    assert stretch.pairs == ("box – wall",) or stretch.pairs == ("wall – box",)
    first, second = found.beams[0].legs
    assert first.status is Status.WITHIN_BUFFER
    assert second.status is Status.COLLIDING
    truth = 400.0 - 500.0 * np.sin(np.radians(50.0))
    assert truth - 0.1 - SMALL <= first.clearance_mm <= truth
    assert first.spare_mm == pytest.approx(first.clearance_mm - 20.0)
    assert second.clearance_mm == 0.0


def test_trees_are_built_once_however_many_legs_move_several_axes(monkeypatch):
    """Each leg is a joint of its own; its bodies are those of the room."""
    made = []
    plain = Solid.__init__

    def counted(self, mesh):
        made.append(mesh)
        plain(self, mesh)

    monkeypatch.setattr(Solid, "__init__", counted)
    setup = turning_table()
    made.clear()
    points = [{"gantry": float(at * at), "couch": 40.0 + 3.0 * at} for at in range(7)]
    found = check_plan(plan(beam(1, *points)), setup)
    assert len(found.beams[0].ways) == 6
    assert not found.is_free
    assert len(made) <= len(setup.scene.bodies)


def test_joined_legs_are_told_leg_by_leg():
    points = [{"gantry": 0.0, "couch": 0.0}, *({"gantry": float(g)} for g in (10, 20, 30)), {"gantry": 15.0}]
    found = check_plan(plan(beam(4, *points)), turning_table())
    assert [(leg.start.joints["gantry"], leg.stop.joints["gantry"]) for leg in found.beams[0].legs] == [
        (0.0, 10.0),
        (10.0, 20.0),
        (20.0, 30.0),
        (30.0, 15.0),
    ]
    assert [leg.index for leg in found.beams[0].legs] == [0, 1, 2, 3]
    assert [(way.start.joints["gantry"], way.stop.joints["gantry"]) for way in found.beams[0].ways] == [
        (0.0, 30.0),
        (30.0, 15.0),
    ]


def test_the_order_is_as_asked_for():
    beams = [beam(number, {"gantry": 10.0 * number, "couch": 0.0}) for number in (1, 2, 3)]
    found = check_plan(plan(*beams), turning_table(), order=(3, 1, 2))
    assert found.order == (3, 1, 2)
    assert [(move.before, move.after) for move in found.moves] == [(3, 1), (1, 2)]
    assert any("as asked for" in text for text in found.assumptions)
    assert any("move to the first" in text for text in found.assumptions)


@pytest.mark.parametrize("order", [(1, 2), (1, 1, 2), (1, 2, 4)])
def test_an_order_that_is_none_of_the_plan_is_refused(order):
    beams = [beam(number, {"gantry": 10.0 * number, "couch": 0.0}) for number in (1, 2, 3)]
    with pytest.raises(SimulatorError, match=r"order: must have each beam of the plan once \(1, 2, 3\)"):
        check_plan(plan(*beams), turning_table(), order=order)


def test_the_answer_does_not_depend_on_the_number_of_threads(brain):
    of_plan = plan(beam(1, {"gantry": 20.0, "couch": -60.0}, {"gantry": 160.0, "couch": 40.0}))
    assert repr(check_plan(of_plan, brain).beams) == repr(check_plan(of_plan, brain, workers=3).beams)


def test_progress_is_told():
    told = []
    check_plan(
        plan(beam(1, {"gantry": 0.0, "couch": 0.0})),
        turning_table(),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told[-1][0] == told[-1][1]
    assert told == sorted(told)


def test_repeated_check_is_the_same_to_the_letter():
    of_plan = plan(beam(1, {"gantry": 0.0, "couch": 0.0}, {"couch": 50.0}), beam(2, {"gantry": 20.0, "couch": 10.0}))
    assert repr(check_plan(of_plan, turning_table()).moves) == repr(check_plan(of_plan, turning_table()).moves)
