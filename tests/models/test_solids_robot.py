"""The linac on an arm as it is drawn: around its chain, no link through another, the head before the flange."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from simulator.arms.spherical_wrist import SphericalWrist
from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.geometry.transforms import apply
from simulator.models.description import read_description, values
from simulator.models.kinematics import KinematicTree
from simulator.models.library import shipped
from simulator.models.machine import Machine
from simulator.scenario.scenario import Scenario
from simulator.setup.loading import load_setup

load = cache(Machine.load)
MOUNTS = {"robot_linac": 90.0, "robot_linac_45": 45.0, "robot_linac_0": 0.0}


def test_the_chain_is_that_of_the_dimensions_and_of_the_published_arm() -> None:
    d = values(read_description(shipped("meshes") / "robot_linac"))
    machine = load("robot_linac")
    assert machine.arm is not None
    tree = KinematicTree(machine.joints)
    g = SphericalWrist.of(tree, machine.arm.joints, machine.arm.tool).geometry
    assert (g.shoulder_mm, g.upper_mm) == pytest.approx((350.0, 1250.0)) == (d["axis_2_before_mm"], d["upper_arm_mm"])
    assert g.forearm_mm == pytest.approx(np.hypot(1100.0, 55.0)) == np.hypot(d["forearm_mm"], d["axis_4_above_mm"])
    assert tree["A6"].origin_mm[0] == d["hand_mm"] and tree["A1"].origin_mm[2] == d["axis_2_height_mm"]
    assert tree["base"].origin_mm[2] == d["pedestal_height_mm"] - d["isocentre_height_mm"]
    assert g.T_fixed_arm[2, 3] == pytest.approx(-450.0 + 750.0)


@pytest.mark.parametrize("name", MOUNTS)
def test_the_head_ends_before_the_flange_and_its_adapter_at_it(name: str) -> None:
    machine = load(name)
    head = next(part for part in machine.parts if part.name == "linac head")
    mount = np.radians(MOUNTS[name])
    to_flange = head.mesh.vertices_mm @ np.array([-np.sin(mount), 0.0, np.cos(mount)])
    assert to_flange.max() == pytest.approx(400.0, abs=0.01)
    assert head.mesh.vertices_mm[:, 2].min() == pytest.approx(-400.0, abs=0.01)
    beyond = head.mesh.vertices_mm[to_flange > 341.0]  # the adapter alone
    across = np.linalg.norm(np.cross(beyond, [-np.sin(mount), 0.0, np.cos(mount)]), axis=1)
    assert across.max() < 151.0
    T = KinematicTree(machine.joints)["linac"].T_parent_joint(0.0)
    assert apply(T, head.mesh.vertices_mm)[:, 0].min() > -0.01  # in front of the flange


REST = {"A2": -90.0, "A3": 90.0}
LIMITS = [
    *({**REST, "A1": value} for value in (-185.0, 185.0)),
    {"A2": -146.0, "A3": 90.0},
    {"A2": 0.0, "A3": 0.0},  # stretched out over the floor
    *({"A2": -90.0, "A3": value} for value in (-119.0, 155.0)),
    *({**REST, joint: value} for joint in ("A4", "A6") for value in (-350.0, 350.0)),
    *({**REST, "A5": value} for value in (-125.0, 125.0)),
]


@cache
def own_pairs(name: str) -> tuple[Checker, tuple[str, ...]]:
    """Return what checks poses of the arm of a machine in the open, and the pairs that it checks."""
    setup = load_setup(
        Scenario.read(shipped("scenarios") / "robot_open.toml").with_changes({"machine": {"model": name}})
    )
    assert setup.machine.arm is not None
    scene = setup.scene.scanning(setup.machine.arm.joints)
    return Checker(scene), tuple(pair.name for pair in scene.pairs)


def touching(name: str, values_deg: dict[str, float]) -> set[str]:
    """Return the pairs of a machine that touch where its arm stands so, joints that are not named at 0."""
    checker, names = own_pairs(name)
    pose = [values_deg.get(joint, 0.0) for joint in ("A1", "A2", "A3", "A4", "A5", "A6")]
    status = checker.pair_status(np.array([pose])).ravel()
    return {names[pair] for pair in np.flatnonzero(status != Status.FREE)}


@pytest.mark.parametrize("name", MOUNTS)
def test_at_rest_no_part_is_in_another(name: str) -> None:
    assert touching(name, REST) == set()


@pytest.mark.parametrize("name", MOUNTS)
def test_limits_are_reached_without_stand_and_floor_in_the_way(name: str) -> None:
    for pose in LIMITS:
        assert not {pair for pair in touching(name, pose) if {"base", "pedestal", "floor"} & set(pair.split(" – "))}


def test_what_is_in_the_way_is_seen() -> None:
    assert "floor – link 5" in touching("robot_linac", {"A2": 0.0, "A3": 90.0})
    assert "linac head – link 4" in touching("robot_linac_45", {**REST, "A5": 125.0})


def test_neighbours_alone_may_touch() -> None:
    machine = load("robot_linac")
    order = ["base", *(f"link {number}" for number in range(1, 7))]
    assert {frozenset(pair) for pair in machine.may_touch} == {frozenset(pair) for pair in pairwise(order)}
