"""The ends of the table's travel, against the closed form: T = T₀ - d u must be within the limits."""

from dataclasses import replace

import numpy as np
import pytest
from support.backing_away import SAD_MM, away_mm, backing, block, random_poses
from support.proven import found_wrong

import simulator as sim
from simulator.collision.checker import Checker
from simulator.setup.table_travel import SLACK_MM
from simulator.view.export.gltf import write_gltf

JOINTS = ("gantry", "couch", "source_distance")
LIMITS = {"table_lateral": (-150.0, 230.0), "table_longitudinal": (-200.0, 100.0), "table_vertical": (-650.0, 90.0)}


def room(**more):
    """A table of short travel and a head that is nowhere in the way."""
    return backing(
        [("head", block((0.0, 0.0, 900.0)), "gantry")], [("top", block(), "table_lateral")], limits=LIMITS, **more
    )


def beyond_mm(setup, poses):
    """By how much each axis of the table, (n, 3), is beyond its travel; negative within it."""
    position = np.array(setup.table_position_mm) + away_mm(poses)
    low, high = np.array([LIMITS[name] for name in ("table_lateral", "table_longitudinal", "table_vertical")]).T
    return np.maximum(low - position, position - high)


@pytest.mark.parametrize("nearest", [SAD_MM, 700.0])
def test_a_pose_is_free_within_the_travel_alone(nearest):
    setup = room(distances=(nearest, 1400.0))
    poses = random_poses(np.random.default_rng(3), 3000, low=nearest)
    beyond = beyond_mm(setup, poses)
    told = np.abs(beyond) > SLACK_MM
    scene = setup.scene.scanning(JOINTS)
    statuses = Checker(scene).pair_status(poses)
    for axis, name in enumerate(("lateral", "longitudinal", "vertical")):
        row = [pair.name for pair in scene.pairs].index(f"couch top – end of {name} travel")
        found = statuses[row] != sim.Status.FREE
        np.testing.assert_array_equal(found[told[:, axis]], (beyond[:, axis] > 0)[told[:, axis]])
        assert found.any() and not found.all()


def test_what_is_proven_is_so_at_every_pose():
    """Cells hold what the closed form says of the poses in them, and decide nearly all."""
    setup = room()
    sweep = setup.sweep.with_steps(gantry=30.0, couch=30.0, source_distance=100.0)
    cmap = sim.collision_map(setup, sweep=sweep, tolerance=0.1, workers=1)
    assert found_wrong(setup.scene.scanning(JOINTS), cmap.cells, np.random.default_rng(4), 400) == []
    every = sim.Sweep(*(axis.model_copy(update={"over": "all"}) if axis.over else axis for axis in sweep))
    angle = sim.collision_map(setup, sweep=every, tolerance=0.05, workers=1).solid_angle()
    rng = np.random.default_rng(5)
    s = rng.normal(size=(40_000, 3))
    g, c = np.degrees(np.arccos(s[:, 2] / np.linalg.norm(s, axis=1))), np.degrees(np.arctan2(-s[:, 1], s[:, 0]))
    g, c = np.where(np.abs(c) > 90.0, -g, g), np.where(np.abs(c) > 90.0, c - 180.0 * np.sign(c), c)
    poses = np.stack([g, c, np.full(len(g), 1400.0)], axis=1)  # the farthest is the worst: the way there is straight
    share = (beyond_mm(setup, poses) <= 0).all(axis=1).mean()
    assert angle.lower_sr / (4 * np.pi) - 0.01 <= share <= angle.upper_sr / (4 * np.pi) + 0.01
    assert angle.upper_sr - angle.lower_sr <= 0.05 * 4 * np.pi


def test_an_end_of_travel_is_named_but_is_no_part_and_no_clearance(tmp_path):
    setup = room()
    check = setup.check(gantry=90.0, couch=0.0, source_distance=1400.0)
    assert check.culprits == ("couch top – end of lateral travel",)
    near = setup.check(gantry=90.0, couch=0.0, source_distance=SAD_MM + LIMITS["table_lateral"][1] - 90.0)
    assert near.is_free and near.nearest == "head – top"
    scene = setup.scene
    write_gltf(setup, tmp_path / "room.glb", **check.pose)
    assert b"travel" not in (tmp_path / "room.glb").read_bytes()
    hidden = [body.name for body in scene.bodies if not body.is_drawn]
    assert len(hidden) == 4
    drawn = replace(scene, bodies=tuple(replace(body, is_drawn=True) for body in scene.bodies))
    assert drawn.sha256 == scene.sha256
    assert not {*hidden} & {
        *sim.collision_map(
            setup, sweep=sim.Sweep(gantry=(0.0, 90.0, 90.0), couch=(0.0, 0.0, 1.0)), method="sampled"
        ).provenance["meshes_sha256"]
    }


def test_there_is_no_end_where_the_table_never_gets_to():
    far = dict.fromkeys(LIMITS, (-2000.0, 2000.0))
    setup = backing(limits=far)
    assert not any("travel" in pair.name for pair in setup.scene.pairs)
