"""Robots that are drawn at random, as we read them and as yourdfpy does: frames, limits, and where bodies are."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from support.campaign import times
from support.urdf_robots import BEAM, in_si, judge, poses_apart_mm, robot, written

from simulator.geometry.transforms import apply
from simulator.models.kinematics import KinematicTree
from simulator.models.machine import Machine

LENGTH, ANGLE, SIZE = st.floats(-2.0, 2.0), st.floats(-3.2, 3.2), st.floats(0.01, 1.5)
KINDS = ("fixed", "revolute", "continuous", "prismatic")
MESH = (0.3, 0.5, 0.7)


def numbers(*values: float) -> str:
    return " ".join(map(repr, values))


@st.composite
def triples(draw, of=LENGTH):
    return tuple(draw(of) for _ in range(3))


@st.composite
def axes(draw):
    polar, azimuth = draw(ANGLE), draw(ANGLE)
    return np.sin(polar) * np.cos(azimuth), np.sin(polar) * np.sin(azimuth), np.cos(polar)


@st.composite
def bodies(draw, name):
    """Draw a collision of a link."""
    shape = draw(
        st.one_of(
            triples(SIZE).map(lambda size: f'<box size="{numbers(*size)}"/>'),
            st.tuples(SIZE, SIZE).map(lambda s: f'<cylinder radius="{s[0]!r}" length="{s[1]!r}"/>'),
            SIZE.map(lambda radius: f'<sphere radius="{radius!r}"/>'),
            triples(st.floats(0.5, 2.0)).map(lambda s: f'<mesh filename="box.stl" scale="{numbers(*s)}"/>'),
        )
    )
    origin = f'<origin xyz="{numbers(*draw(triples()))}" rpy="{numbers(*draw(triples(ANGLE)))}"/>'
    return f'<collision name="body of {name}">{origin}<geometry>{shape}</geometry></collision>'


@st.composite
def robots(draw):
    """Draw a robot of up to seven links, each on any one before it."""
    count = draw(st.integers(1, 6))
    links = "".join(f'<link name="l{at}">{draw(bodies(f"l{at}"))}</link>' for at in range(count + 1))
    kinds, joints = [], []
    for at in range(count):
        kind = draw(st.sampled_from(KINDS))
        limits = sorted((draw(st.floats(-3.0, 3.0)), draw(st.floats(-3.0, 3.0))))
        parts = [
            f'<parent link="l{draw(st.integers(0, at))}"/><child link="l{at + 1}"/>',
            f'<origin xyz="{numbers(*draw(triples()))}" rpy="{numbers(*draw(triples(ANGLE)))}"/>',
            f'<axis xyz="{numbers(*map(float, draw(axes())))}"/>',
        ]
        leaders = [other for other, known in enumerate(kinds) if known == "continuous"]
        follows = kind == "continuous" and leaders and draw(st.booleans())
        if follows:
            multiplier = draw(st.floats(-3.0, 3.0))
            parts.append(f'<mimic joint="j{draw(st.sampled_from(leaders))}" multiplier="{multiplier!r}"/>')
        if kind in ("revolute", "prismatic"):
            parts.append(f'<limit lower="{limits[0]!r}" upper="{limits[1]!r}" effort="0" velocity="1"/>')
        joints.append(f'<joint name="j{at}" type="{kind}">{"".join(parts)}</joint>')
        kinds.append("a follower" if follows else kind)
    return robot(links, "".join(joints))


@settings(max_examples=times(20))
@given(xml=robots(), share=st.lists(st.floats(0.0, 1.0), min_size=6, max_size=6))
def test_two_readers_find_the_same_robot(xml, share):
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        trimesh.creation.box(MESH).apply_translation((0.1, 0.2, 0.3)).export(folder / "box.stl")
        machine = Machine.load(written(folder, xml, BEAM.format("l0")))
        theirs = judge(folder / "robot.urdf", meshes=True)
    tree = KinematicTree(machine.joints)
    moving = [joint for joint in machine.joints if joint.type != "fixed" and joint.mimic is None]
    ends = [joint.limits or (-720.0, 720.0) for joint in moving]
    values = {j.name: low + s * (high - low) for j, (low, high), s in zip(moving, ends, share, strict=False)}
    frames = {f"j{at}": f"l{at + 1}" for at in range(len(machine.joints))}
    assert poses_apart_mm(tree, theirs, frames, values) < 1e-9
    for joint in moving:
        limit = theirs.joint_map[joint.name].limit
        if joint.limits is not None:
            ours = [in_si(tree, {joint.name: end})[joint.name] for end in joint.limits]
            np.testing.assert_allclose(ours, (limit.lower, limit.upper), rtol=1e-12)
    bodies_there = bodies_of(theirs)
    assert bodies_there.keys() == {part.name for part in machine.parts}
    for name, vertices in bodies_there.items():
        (part,) = [part for part in machine.parts if part.name == name]
        points = apply(tree.T_fixed_frame(part.joint, values), part.mesh.vertices_mm)
        assert_around(points, vertices * 1000)


def bodies_of(theirs):
    """Return the vertices (n, 3) in metres of what yourdfpy has of each body, where it stands in the room."""
    scene, found = theirs.collision_scene, {}
    for node in scene.graph.nodes_geometry:
        T, name = scene.graph[node]
        found[name] = apply(T, scene.geometry[name].vertices)
    return found


def assert_around(ours_mm, theirs_mm):
    """Hold the bounds of a body against those of another reader; what is round may be larger by a share of its size.

    A mesh of theirs is inside the true curve, ours around it, and a turned one may stick out by its corners.
    """
    low, high = theirs_mm.min(axis=0), theirs_mm.max(axis=0)
    slack = 0.02 * np.linalg.norm(high - low)
    assert (ours_mm.min(axis=0) <= low + 1e-3).all() and (ours_mm.max(axis=0) >= high - 1e-3).all()
    assert (ours_mm.min(axis=0) >= low - slack).all() and (ours_mm.max(axis=0) <= high + slack).all()
