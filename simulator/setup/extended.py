"""Extended source distance: the table backs away along the beam, so that the source stands further from the target.

It is written in the frame of the target: the patient's isocentre stays at the origin of ``"fixed"``, and the machine
moves instead. With the source at the distance D from the target, and d = D − SAD beyond where it is isocentrically,
the target is at −d s in the room, s = (sin g, 0, cos g) the unit vector to the source. So with Tz for a slide along
z, and Ry(g), Rz(c) for gantry and couch as IEC 61217 turns them, in the frame of the target

* what hangs on the gantry stands at     Ry(g) Tz(d),
* what stands in the room at             Ry(g) Tz(d) Ry(−g), moved by d s without a turn,
* couch top and patient at               Rz(c), as if the table did not back away: it carries them with the target.

The table's own joints move by −d s in the axes of the couch, w = −d (sin g cos c, −sin g sin c, cos g). A part of the
couch that only some of them carry stays behind in the others: from where it would be with the target it is off by
the other components of −w, none for the top, all for the turntable. Sines come from joints that only turn and slide,
as in a Scotch yoke:

    d (sin g, 0, 0) = Ry(g) Tz(d/2) Ry(−2g) Tz(−d/2) Ry(g)      because Ry(g) Tz(h) goes to h (sin g, 0, cos g),
    d (0, 0, cos g) = Ry(g) Tz(d/2) Ry(−2g) Tz(d/2) Ry(g)       and then Ry(−g) Tz(∓h) on by ∓h (−sin g, 0, cos g);

along one axis of the couch, with h = d/2 sin g: h x + Rz(2c) (±h x) is Rz(c) (2 h cos c, 0, 0) with +, and
Rz(c) (0, −2 h sin c, 0) with −. All of these joints mimic gantry, couch and source distance. The yokes begin with the
gantry and the slide of the head itself, so that what is of a part against the head is what they move it by in truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil
from typing import Literal, NamedTuple

import numpy as np

from simulator.collision.motion import joint_axis
from simulator.collision.scene import Scene
from simulator.errors import SimulatorError
from simulator.models.arm import DISTANCE
from simulator.models.couch import Couch
from simulator.models.kinematics import ROOT, Joint, KinematicTree
from simulator.models.machine import Beam, Machine
from simulator.scenario.axis import Axis
from simulator.scenario.setup_errors import Errors
from simulator.scenario.sweep import Sweep
from simulator.setup.aiming import turning_joints
from simulator.setup.lying import Lying
from simulator.setup.placing import TABLE_POSITION
from simulator.setup.table_travel import with_ends_of_travel

ROOM = "room"
"""The joint that carries what stands in the room."""
FIELD = "couch.source_distance_mm"
STEP_MM = 50.0
"""Largest step over the distances where nobody says another."""
PARALLEL = 1e-9
_Y, _Z = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
Distances = tuple[float, float]


class Step(NamedTuple):
    """A turn about y that follows the gantry, one about z that follows the couch, or a slide along z: by how much."""

    of: Literal["gantry", "couch", "slide"]
    times: float


class Turns(NamedTuple):
    """The joints that turn the beam and the table."""

    gantry: str
    couch: str


def with_distances(sweep: Sweep, distances_mm: Distances | None) -> Sweep:
    """Return what is swept where nobody says anything else: over any distance of the source, too."""
    if distances_mm is None:
        return sweep
    low, high = distances_mm
    step = (high - low) / max(1, ceil((high - low) / STEP_MM))
    return Sweep(*sweep, Axis(joint=DISTANCE, start=low, stop=high, step=step, over="any", unit="mm"))


def distance_joint(machine: Machine, distances_mm: Distances) -> Joint:
    """Return the joint that moves the head along the beam; its value is the source's distance from the target.

    Raises
    ------
    SimulatorError
        If the machine has an arm, or its own distance is not among those that are asked for.
    """
    if machine.arm is not None:
        raise SimulatorError(f"{FIELD}: must be left out: the arm of {machine.name} has distances of its own")
    sad_mm, (low, high) = float(np.linalg.norm(machine.beam.source_mm)), distances_mm
    if not low <= sad_mm <= high or low == high:
        raise SimulatorError(
            f"{FIELD}: must be from a least to a greatest distance of the source, and hold that from the isocentre, "
            f"{sad_mm:g} mm; was {low:g} to {high:g}"
        )
    return Joint(DISTANCE, "prismatic", ROOT, _Z, (0.0, 0.0, -sad_mm), (low, high), rest=sad_mm)


def require_one_place(errors: Errors, lies: Lying | None) -> None:
    """Refuse a table whose place, from which its travel counts, is not known or may be off."""
    if errors:
        raise SimulatorError(f"errors: must be left out beside {FIELD}: a table that backs away is taken as exact")
    if lies is not None and lies.ranges:
        raise SimulatorError(f"{FIELD}: must be left out where the table's place is a range: its travel is not known")


def beam_of(scene: Scene, machine: Machine) -> Beam:
    """Return the beam of a machine on the joint that carries it in a room: what was on the gantry is on the slide."""
    if machine.arm is None and DISTANCE in scene.tree and scene.tree[DISTANCE].parent == machine.beam.joint:
        return replace(machine.beam, joint=DISTANCE)
    return machine.beam


def extended(scene: Scene, machine: Machine, couch: Couch, slide: Joint) -> Scene:
    """Return a room in which the table backs away along the beam.

    Parameters
    ----------
    scene : Scene
        As it is isocentrically. With ``slide`` at rest, all statuses and clearances stay.
    machine, couch : Machine, Couch
        Its models.
    slide : Joint
        As :func:`distance_joint` makes it.

    Raises
    ------
    SimulatorError
        If no one joint turns the beam about y, or the couch about z.
    """
    turns = turns_of(scene, machine, couch)
    sad_mm = -slide.origin_mm[2]
    stays = (turns.gantry, turns.couch)

    def rehung(joint: Joint) -> Joint:
        if joint.parent == turns.gantry:
            return replace(joint, parent=DISTANCE)
        return replace(joint, parent=ROOM) if joint.parent == ROOT and joint.name not in stays else joint

    joints = {ROOM: _run(ROOM, _ALL, turns, sad_mm)}
    bodies = []
    for body in scene.bodies:
        path = scene.tree.path(body.joint)
        behind = frozenset(TABLE_POSITION) - {*path} if turns.couch in path else frozenset()
        if behind:
            frame = f"behind_{'_'.join(name.removeprefix('table_') for name in TABLE_POSITION if name in behind)}"
            joints.setdefault(frame, _run(frame, _behind(behind), turns, sad_mm))
            joint = _copied(scene.tree, path[path.index(turns.couch) + 1 :], frame, joints)
        else:
            joint = {ROOT: ROOM, turns.gantry: DISTANCE}.get(body.joint, body.joint)
        bodies.append(replace(body, joint=joint))
    grown = [joint for run in joints.values() for joint in run]
    tree = KinematicTree((*map(rehung, scene.tree.joints), replace(slide, parent=turns.gantry), *grown))
    moved = replace(scene, tree=tree, bodies=tuple(bodies), rest={**scene.rest, DISTANCE: sad_mm})
    return with_ends_of_travel(moved, turns.couch)


def turns_of(scene: Scene, machine: Machine, couch: Couch) -> Turns:
    """Return the joints that turn the beam and the table, or refuse a room that has not one of each."""
    tree, top = scene.tree, couch.table_top.joint
    to_beam, to_top = tree.path(machine.beam.joint), tree.path(top)
    scene = scene.scanning([joint for joint in scene.rest if tree[joint].type != "fixed"])
    turning = turning_joints(scene, machine, top)
    own = [joint for joint in to_beam if tree.driver(joint)[0] in turning]
    carries = [joint for joint in to_top[: min(map(to_top.index, TABLE_POSITION))] if tree[joint].type != "fixed"]
    for joints, axis, what in ((own, _Y, "beam must be turned"), (carries, _Z, "table must be turned")):
        if len(joints) != 1 or not _is_plain(scene, joints[0], axis):
            raise SimulatorError(
                f"{FIELD}: must be left out: for a table that backs away along the beam, the {what} by one joint of "
                f"its own about {axis}, which stands on {ROOT!r}; here: {', '.join(joints) or 'none turns it'}"
            )
    above = -np.asarray(machine.beam.direction)
    if np.linalg.norm(scene.T_fixed_frame(machine.beam.joint, scene.at_zero)[0, :3, :3] @ above - _Z) > PARALLEL:
        raise SimulatorError(f"{FIELD}: must be left out: the source must be above the target with {own[0]} at 0")
    follows = [joint.name for joint in tree.joints if joint.mimic in TABLE_POSITION]
    if follows:
        raise SimulatorError(f"{FIELD}: must be left out: {', '.join(follows)} would have to follow the table")
    return Turns(own[0], carries[0])


def _is_plain(scene: Scene, name: str, axis: tuple[float, float, float]) -> bool:
    """Return whether a joint is revolute, by its own value, about an axis through the origin of the room."""
    joint = scene.tree[name]
    is_own = joint.type == "revolute" and joint.mimic is None and joint.parent == ROOT
    is_straight = not any(joint.origin_mm) and joint.rotation_parent is None
    return is_own and is_straight and bool(np.linalg.norm(joint_axis(scene, name)[1] - axis) <= PARALLEL)


def _across(share: float) -> tuple[Step, ...]:
    """Return the steps to a share of d (sin g, 0, 0)."""
    return _yoke(share / 2, -share / 2)


def _yoke(out: float, back: float) -> tuple[Step, ...]:
    turn, turn_over = Step("gantry", 1.0), Step("gantry", -2.0)
    return (turn, Step("slide", out), turn_over, Step("slide", back), turn)


_ALL = (Step("gantry", 1.0), Step("slide", 1.0), Step("gantry", -1.0))
"""The steps to d s."""


def _behind(behind: frozenset[str]) -> tuple[Step, ...]:
    """Return the steps to where the couch's axes are for a part that stays behind in some joints of the table."""
    along = behind & {"table_lateral", "table_longitudinal"}
    couch = (Step("couch", 1.0),)
    if len(behind) == len(TABLE_POSITION):
        return (*_ALL, *couch)
    steps: tuple[Step, ...] = couch
    if len(along) == 2:
        steps = (*_across(1.0), *couch)
    elif along:
        sign = 1.0 if "table_lateral" in along else -1.0
        steps = (*_across(0.5), Step("couch", 2.0), *_across(0.5 * sign), Step("couch", -1.0))
    return (*_yoke(0.5, 0.5), *steps) if "table_vertical" in behind else steps


def _run(end: str, steps: Sequence[Step], turns: Turns, sad_mm: float) -> list[Joint]:
    """Return the joints of steps; the first two are the gantry's and what is left of the slide of the head."""
    _, slide, *others = steps
    left = [Step("slide", slide.times - 1.0)] if slide.times != 1.0 else []
    joints: list[Joint] = []
    for at, step in enumerate([*left, *others]):
        parent = joints[-1].name if joints else DISTANCE
        name = end if at == len(left) + len(others) - 1 else f"{end}_{at + 1}"
        if step.of == "slide":
            origin = (0.0, 0.0, -step.times * sad_mm)
            joints.append(Joint(name, "prismatic", parent, _Z, origin, mimic=DISTANCE, multiplier=step.times))
        else:
            axis, turn = (_Y, turns.gantry) if step.of == "gantry" else (_Z, turns.couch)
            joints.append(Joint(name, "revolute", parent, axis, mimic=turn, multiplier=step.times))
    return joints


def _copied(tree: KinematicTree, path: Iterable[str], frame: str, joints: dict[str, list[Joint]]) -> str:
    """Add copies of the joints of a path to the run of a frame, which mimic them; return the last."""
    parent, run = frame, joints[frame]
    for name in path:
        driver, multiplier = tree.driver(name)
        parent, before = f"{frame}_{name}", parent
        if parent not in {joint.name for joint in run}:
            mimic = None if tree[name].type == "fixed" else driver
            run.append(
                replace(
                    tree[name],
                    name=parent,
                    parent=before,
                    limits=None,
                    rest=None,
                    mimic=mimic,
                    multiplier=multiplier,
                )
            )
    return parent
