"""Free arcs of joints of any kind, and of what mimics them, against closed forms."""

import numpy as np
import pytest
from support import shapes

from simulator.certify.arcs import free_arcs, readable, travel
from simulator.certify.prover import Prover
from simulator.certify.ways import check_arc
from simulator.collision.checker import Checker
from simulator.models.kinematics import Joint
from simulator.scenario.axis import Range

ROUND = Range(start=-180.0, stop=180.0, step=1.0)


def arcs_of(scene, column, extent, at):
    return free_arcs(Prover(scene), Checker(scene), column, extent, np.asarray(at, dtype=float))


def test_arcs_of_a_slide_on_two_joints():
    """A cube on a slide, lifted in part past one that stands: blocked from -25 to 25 mm, or not at all."""
    joints = [Joint("lift", "prismatic"), Joint("slide", "prismatic", "lift", (1.0, 0.0, 0.0))]
    cube = shapes.box(20.0, 20.0, 20.0)
    scene = shapes.scene_of(joints, [(cube, "fixed"), (cube, "slide")], [(0, 1, 5.0)], ("lift", "slide"))
    extent = Range(start=-400.0, stop=500.0, step=1.0, unit="mm")
    at = [[0.0, 7.0], [60.0, 7.0], [0.0, 8.0]]
    found = arcs_of(scene, 1, extent, at)
    assert found.line.tolist() == [0, 0, 1, 2, 2]
    assert found.start == pytest.approx([-400.0, 25.0, -400.0, -400.0, 25.0], abs=0.01)
    assert found.stop == pytest.approx([-25.0, 500.0, 500.0, -25.0, 500.0], abs=0.01)
    assert found.start_pair.tolist() == [-1, 0, -1, -1, 0]
    assert found.stop_pair.tolist() == [0, -1, -1, 0, -1]
    first = readable(scene, found)[0]
    assert (first.unit, first.start_pair, first.stop_pair) == ("mm", "", scene.pairs[0].name)
    assert "mm" in repr(first)
    assert "°" not in repr(first)


def test_the_way_of_a_slide():
    """Its least clearance, and where it first touches, in mm."""
    slide = [Joint("slide", "prismatic", "fixed", (1.0, 0.0, 0.0))]
    cube = shapes.box(20.0, 20.0, 20.0)
    bodies = [(cube.mapped(np.eye(3), (0.0, 50.0, 0.0)), "fixed"), (cube, "slide")]
    scene = shapes.scene_of(slide, bodies, [(0, 1, 5.0)], ("slide",))
    passed = check_arc(Prover(scene), Checker(scene), 0, 300.0, -300.0, np.zeros(1))
    assert (passed.is_free, passed.unit) == (True, "mm")
    assert 29.9 <= passed.clearance_mm <= 30.0
    met = shapes.scene_of(slide, bodies, [(0, 1, 30.1)], ("slide",))
    found = check_arc(Prover(met), Checker(met), 0, 300.0, -300.0, np.zeros(1))
    assert not found.is_free
    assert found.at == pytest.approx(20.0 + np.sqrt(30.1**2 - 30.0**2), abs=0.01)
    assert "mm" in repr(found)


@pytest.mark.parametrize(("multiplier", "comes_round"), [(1.0, True), (-2.0, True), (0.5, False)])
def test_a_turn_after_which_what_mimics_stands_elsewhere_does_not_come_round(multiplier, comes_round):
    """The arc through 180° is one only if all stands where it stood."""
    joints = [
        Joint("turn", "revolute"),
        Joint("other", "revolute", "fixed", (0.0, 0.0, 1.0), (900.0, 0.0, 0.0), mimic="turn", multiplier=multiplier),
    ]
    rod = shapes.box(100.0, 10.0, 10.0, at=(100.0, 0.0, 0.0))
    peg = shapes.box(10.0, 10.0, 10.0, at=(120.0, 0.0, 0.0))
    bodies = [(peg, "fixed"), (rod, "turn"), (rod, "other")]
    scene = shapes.scene_of(joints, bodies, [(0, 1, 0.0)], ("turn",))
    assert (travel(scene, 0, ROUND) is None) == comes_round
    found = arcs_of(scene, 0, ROUND, [[0.0]])
    if comes_round:
        assert len(found.start) == 1
        assert found.stop[0] > 180.0
    else:
        assert len(found.start) == 2
        assert (found.start[0], found.stop[1]) == (-180.0, 180.0)


def test_a_slide_never_comes_round():
    """360 mm are no turn: what is blocked at 10 mm is not blocked again at 370."""
    cube = shapes.box(20.0, 20.0, 20.0)
    slide = Joint("slide", "prismatic", "fixed", (1.0, 0.0, 0.0), limits=(-400.0, 500.0))
    bodies = [(cube.mapped(np.eye(3), (10.0, 0.0, 0.0)), "fixed"), (cube, "slide")]
    scene = shapes.scene_of([slide], bodies, [(0, 1, 0.0)], ("slide",))
    found = arcs_of(scene, 0, Range(start=-100.0, stop=500.0, step=1.0, unit="mm"), [[0.0]])
    assert found.start == pytest.approx([-100.0, 30.0], abs=0.01)
    assert found.stop == pytest.approx([-10.0, 500.0], abs=0.01)
