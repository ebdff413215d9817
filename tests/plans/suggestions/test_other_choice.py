"""Other choices of options: a part that one of them puts in the way is taken out, if that changes nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
import trimesh
from support import shapes
from support.plan_values import beam, plan
from support.suggested import suggested

import simulator as sim
from simulator.models.model import Part
from simulator.plans.check import check_plan

MACHINE = """
kind = "machine"
title = "Head with a panel"
note = "Made by a test. Research software: no clinical clearance."

[options.imagers]
choices = ["in", "deployed"]

[options.panel]
choices = ["in", "deployed"]
follows = "imagers"

[options.cone]
choices = ["none", "short"]

[[accessories]]
kind = "cone"
options = { cone = "short" }
source = "a test"

[[joints]]
name = "gantry"
type = "revolute"
axis = [0, 1, 0]

[[parts]]
name = "panel"
mesh = "panel.stl"
units = "mm"
joint = "gantry"
group = "imagers"
when = { panel = "deployed" }

[[parts]]
name = "cone"
mesh = "panel.stl"
units = "mm"
joint = "gantry"
group = "cone"
when = { cone = "short" }

[beam]
joint = "gantry"
source_mm = [0, 0, 1000]
direction = [0, 0, -1]
"""


@pytest.fixture
def room(tmp_path):
    """Return a function that makes a room of a panel 500 from the axis and a post on the couch that it meets."""
    (tmp_path / "model.toml").write_text(MACHINE)
    trimesh.creation.box((40, 40, 40)).apply_translation((0, 0, 500)).export(tmp_path / "panel.stl")
    post = Part("post", shapes.box(600.0, 600.0, 40.0, at=(0.0, 0.0, 500.0)), "couch", "couch")

    def made(**options):
        return sim.Setup(
            machine=sim.Machine.load(str(tmp_path), **options),
            couch=replace(sim.Couch.load("no_couch"), parts=(post,)),
            patient=sim.Patient.load("point"),
            site="point",
        )

    return made


def test_the_part_in_the_way_is_taken_out(room):
    found, checked = suggested(room(imagers="deployed"), {"gantry": 0.0, "couch": 0.0})
    assert not checked.is_free
    choice = found["other choice"]
    assert choice.change == {"machine panel": "in"}
    assert choice.text == "machine with panel = in instead of deployed"
    assert check_plan(plan(beam(1, {"gantry": 0.0, "couch": 0.0})), room(imagers="deployed", panel="in")).is_free


def test_what_plans_put_on_the_head_is_not_taken_off(room):
    found, checked = suggested(room(cone="short"), {"gantry": 0.0, "couch": 0.0})
    assert not checked.is_free
    assert "other choice" not in found


def test_a_choice_that_does_not_free_it_is_not_told(room):
    found, _ = suggested(room(imagers="deployed", cone="short"), {"gantry": 0.0, "couch": 0.0})
    assert "other choice" not in found


def test_images_of_the_beam_may_need_it(room):
    found, checked = suggested(room(), {"gantry": 0.0, "couch": 0.0}, delivery="SETUP")
    assert dict(checked.setup.machine.options)["imagers"] == "deployed"
    assert found["other choice"].text.endswith(", if the images of the beam can be taken so")


def test_devices_on_the_table_have_choices_too():
    board = sim.Fixation.load("head_neck_board", anchor="table end", shift_mm=(0.0, 1.0, 0.0))
    other = board.with_options(head_support="none")
    assert dict(other.options)["head_support"] == "none"
    assert (other.anchor, other.shift_mm) == (board.anchor, board.shift_mm)


def test_a_couch_of_a_users_own_top_keeps_it(tmp_path):
    trimesh.creation.box((500, 2000, 40)).export(tmp_path / "top.stl")
    couch = sim.Couch.from_mesh(tmp_path / "top.stl", "mm", support="igrt_rails", surface_z_mm=20.0)
    with pytest.raises(sim.SimulatorError, match=r"couch\.options must be left out"):
        couch.with_options(rails="out")
