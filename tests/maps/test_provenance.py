"""Which room a map is of: any part of it that is another makes another room, and the message says which."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import trimesh

import simulator as sim
from simulator.maps.provenance import require_map_of

MODEL = """
kind = "machine"
title = "Mine"
note = "n"
[[joints]]
name = "gantry"
type = "revolute"
axis = [0, 1, 0]
limits = {limits}
[[joints]]
name = "head"
type = "fixed"
parent = "gantry"
origin_mm = [0, 0, {height}]
[beam]
joint = "gantry"
source_mm = [0, 0, 1000]
direction = [0, 0, -1]
[[parts]]
name = "head"
mesh = "head.ply"
units = "mm"
joint = "head"
group = "head"
"""


@pytest.fixture
def room(tmp_path: Path) -> Callable[..., sim.Setup]:
    """Return a function that makes a room with a machine whose description is edited, and its mesh is not."""
    trimesh.creation.box((400.0, 400.0, 300.0)).export(tmp_path / "head.ply")

    def make(height: float = 700, limits: str = "[-180, 180]") -> sim.Setup:
        (tmp_path / "model.toml").write_text(MODEL.format(height=height, limits=limits))
        return sim.Setup(
            machine=sim.Machine.load(str(tmp_path)),
            couch=sim.Couch.load("igrt"),
            patient=sim.Patient.load("adult"),
            site="brain",
            sweep=sim.Sweep(gantry=(-180.0, 180.0, 45.0), couch=(-90.0, 90.0, 45.0)),
            name="mine",
        )

    return make


def test_a_map_of_a_machine_whose_joints_were_edited_is_refused(room, tmp_path: Path) -> None:
    setup = room()
    sim.collision_map(setup, method="sampled", workers=1).save(tmp_path / "map.nc")
    cmap = sim.CollisionMap.load(tmp_path / "map.nc")
    require_map_of(room(), cmap.provenance)
    for other in (room(height=400), room(limits="[-185, 185]")):
        with pytest.raises(sim.SimulatorError, match=r"it is of 'mine' and differs in joints or placements$"):
            require_map_of(other, cmap.provenance)
        with pytest.raises(sim.SimulatorError, match="differs in joints or placements"):
            sim.write_html(other, tmp_path / "room.html", cmap)
    assert not (tmp_path / "room.html").exists()


def test_it_is_a_map_of_the_same_room_over_another_sweep_and_in_other_colours(brain, brain_map) -> None:
    parts = tuple(replace(part, colour="#ff0000") for part in brain.machine.parts)
    painted = replace(brain, machine=replace(brain.machine, parts=parts), title="Another title")
    require_map_of(replace(painted, sweep=brain.sweep.with_steps(gantry=30.0, couch=30.0)), brain_map.provenance)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"shift_mm": (0.0, 0.0, 1e-3)}, "shift_mm, table_position_mm"),
        ({"buffers": sim.Buffers(couch_mm=20.5)}, "buffers"),
        ({"collimator_deg": 1.0}, "collimator_deg"),
        ({"pitch_deg": 0.5}, "table_position_mm, pitch_deg"),
    ],
)
def test_what_differs_is_named(brain, brain_map, change: dict[str, object], named: str) -> None:
    with pytest.raises(sim.SimulatorError, match=f"differs in {named}$"):
        require_map_of(replace(brain, **change), brain_map.provenance)


def test_a_part_that_may_touch_more_is_another_room(brain, brain_map) -> None:
    groups = sorted({part.group for part in brain.machine.parts})
    excused = replace(brain.machine, may_touch=tuple((a, b) for a in groups for b in groups))
    with pytest.raises(sim.SimulatorError, match="differs in pairs_checked"):
        require_map_of(replace(brain, machine=excused), brain_map.provenance)


def test_a_machine_without_a_collimator_has_no_angle_of_one(empty_room, brain_map) -> None:
    assert sim.collision_map(empty_room((-30.0, 30.0), step=30.0)).provenance["collimator_deg"] is None
    assert brain_map.provenance["collimator_deg"] == 0.0
