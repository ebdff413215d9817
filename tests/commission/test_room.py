"""Rooms at given values: what an unknown moves, by how much, and that it moves nothing else."""

import numpy as np
import pytest
from support.cylinder_head import commissioned

from simulator.commission.room import Rooms
from simulator.errors import SimulatorError

POSES = np.array([[0.0, 0.0], [70.0, -35.0], [-110.0, 90.0]])
JOINTS = ("gantry", "couch")


def at(rooms, **by_mm):
    """The values with some unknowns changed, by name."""
    assert {*by_mm} <= {each.name.replace(" ", "_") for each in rooms.unknowns}
    return rooms.start_mm + [by_mm.get(each.name.replace(" ", "_"), 0.0) for each in rooms.unknowns]


def places(room):
    scene = room.scene.scanning(JOINTS)
    return {body.name: scene.T_fixed_body(k, POSES)[:, :3, 3] for k, body in enumerate(scene.bodies)}


def test_offsets_and_the_phantom_move_their_own_parts_in_the_axes_of_what_carries_them(on_couch):
    position = "to the left and back"
    room = on_couch.room(position, on_couch.start_mm)
    before = places(room)
    for each in on_couch.unknowns:
        if each.kind == "dimension":
            continue
        after = places(on_couch.room(position, at(on_couch, **{each.name.replace(" ", "_"): 10.0})))
        for body, mesh in enumerate(room.scene.bodies):
            way = after[mesh.name] - before[mesh.name]
            length = 10.0 if mesh.name in each.parts else 0.0
            assert np.linalg.norm(way, axis=1) == pytest.approx([length] * len(POSES), abs=1e-9), mesh.name
            assert way == pytest.approx(10.0 * on_couch.way_fixed(room, each, body, JOINTS, POSES), abs=1e-9)


def test_an_offset_of_the_gantry_turns_with_it(box_beside):
    before, after = (places(box_beside.room("beside", at(box_beside, gantry_x=by))) for by in (0.0, 5.0))
    angles = np.radians(POSES[:, 0])
    turned = 5.0 * np.stack([np.cos(angles), np.zeros(len(POSES)), -np.sin(angles)], axis=1)
    assert after["head"] - before["head"] == pytest.approx(turned, abs=1e-9)


def test_a_dimension_changes_the_mesh_of_its_parts_only(box_beside):
    changed = {body.name: body.mesh for body in box_beside.room("beside", at(box_beside, face_mm=7.0)).scene.bodies}
    as_it_is = {body.name: body.mesh for body in box_beside.setups["beside"].scene.bodies}
    assert [name for name in changed if changed[name].sha256 != as_it_is[name].sha256] == ["head"]
    assert changed["head"].bounds_mm[0][2] == pytest.approx(407.0, abs=0.004)


def test_padding_is_the_distance_of_the_pairs_of_its_parts(box_beside):
    room = box_beside.room("beside", at(box_beside, head_padding=4.0))
    wanted = {room.names(row): room.wanted_mm(row) for row in range(len(room.scene.pairs))}
    assert wanted == {("head", "box phantom"): 4.0, ("arm", "box phantom"): 0.0}


def test_only_contacts_of_what_the_joint_moves_are_read_and_buffers_play_no_part(on_couch):
    room = on_couch.room("centred", on_couch.start_mm)
    assert on_couch.moving == "gantry"
    assert {room.names(row)[0] for row in range(len(room.scene.pairs))} == {"head", "arm"}
    assert {pair.buffer_mm for pair in room.scene.pairs} == {0.0}


def test_a_joint_must_be_left_to_turn(tmp_path, monkeypatch):
    file = commissioned(tmp_path, monkeypatch, candidates="couch_deg = [0]\ngantry_deg = [0]")
    with pytest.raises(SimulatorError, match=r"candidates: must leave one of gantry, couch.* to turn"):
        Rooms.of(file)
