"""What the checker is given: bodies on a kinematic tree, the pairs that must not touch, and what is scanned."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import SimulatorError
from simulator.models.arm import AIMING_JOINTS, Arm
from simulator.models.kinematics import Joint, KinematicTree
from simulator.models.mesh import Mesh

Chain = tuple[tuple[str, int, float], ...]
"""Joints, the column of a pose that each follows, and its multiplier."""
DIGITS = 9
"""Of mm and degrees, for a hash of the scene."""


@dataclass(frozen=True, eq=False)
class Body:
    """A closed mesh in the axes of the joint that carries it.

    One that is not drawn is no part that anybody could see: it stands for where a joint's travel ends.
    """

    name: str
    mesh: Mesh
    joint: str
    colour: str = "#b0b0b0"
    is_drawn: bool = True

    def __post_init__(self) -> None:
        # Neither FCL nor a proof can tell what an open surface holds: a mesh file's is replaced on reading.
        if not self.mesh.is_closed:
            raise SimulatorError(f"{self.name}: the surface of a body must be closed and wound consistently")


@dataclass(frozen=True)
class Pair:
    """Two bodies (indices into the scene) that can move against each other, and the clearance demanded.

    The buffer is built around ``b``. Own pairs, the machine's such as counterweight and floor, and those of a couch
    that stand still against each other, are checked like all others, but their distance is no clearance of what was
    set up.
    """

    a: int
    b: int
    name: str
    buffer_mm: float = 0.0
    is_own: bool = False


@dataclass(frozen=True, eq=False)
class Scene:
    """Bodies placed in one room.

    Attributes
    ----------
    tree : KinematicTree
        Joints of machine, couch and patient.
    bodies : tuple of Body
        Everything that can be hit.
    pairs : tuple of Pair
        In order of importance: the first pair that collides is a pose's culprit.
    scan : tuple of str
        Names of the k joints that a pose gives values for, one column each: how one looks at the room, and no part
        of it.
    rest : dict of str to float
        Values of joints where a pose gives none.
    arm : Arm, optional
        What carries the source of a machine with an arm, whose aiming joints move nothing but the beam.
    """

    tree: KinematicTree
    bodies: tuple[Body, ...]
    pairs: tuple[Pair, ...]
    scan: tuple[str, ...]
    rest: dict[str, float] = field(default_factory=dict)
    arm: Arm | None = None

    @cached_property
    def sha256(self) -> str:
        """Hash of all that an answer depends on: joints, meshes and what carries them, pairs, rest.

        Colours, and what is drawn, are no part of it, nor is what a pose gives values for. Numbers count to 1e-9 mm
        or degrees: what is beyond is rounding, which differs from machine to machine.
        """
        content = {
            "joints": _json([asdict(joint) for joint in self.tree.joints]),
            "bodies": _json([[body.name, body.joint, body.mesh.sha256] for body in self.bodies]),
            "pairs": _json_of_pairs(self.pairs),
            "rest": _json(self.rest),
        }
        if self.arm is not None:
            content["arm"] = _json(asdict(self.arm))
        told = ", ".join(f'"{name}": {text}' for name, text in sorted(content.items()))
        return hashlib.sha256(f"{{{told}}}".encode()).hexdigest()

    @cached_property
    def clearance_pairs(self) -> tuple[int, ...]:
        """Indices of the pairs whose distance is a clearance: all but own ones."""
        return tuple(row for row, pair in enumerate(self.pairs) if not pair.is_own)

    def parts_of(self, pairs: Iterable[str]) -> set[str]:
        """Return the names of both bodies of some pairs, given by their names."""
        bodies = {pair.name: (self.bodies[pair.a].name, self.bodies[pair.b].name) for pair in self.pairs}
        return {body for pair in pairs for body in bodies[pair]}

    @property
    def at_zero(self) -> NDArray[np.float64]:
        """The pose (1, k) with every scanned joint at 0."""
        return np.zeros((1, len(self.scan)))

    def scanning(self, joints: Sequence[str]) -> Scene:
        """Return the same room for poses that give values for other joints."""
        for joint in joints:
            if self.tree[joint].type == "fixed":
                raise SimulatorError(f"joint {joint!r}: must be one that moves, is fixed")
        return replace(self, scan=tuple(joints))

    def require_bodies_follow(self) -> None:
        """Refuse poses of the beam of an arm: its parts would stay behind, and what they hit would be called free.

        Raises
        ------
        SimulatorError
            If a pose, or where joints rest, says where the beam of an arm is and not how the arm stands.
        """
        if self.arm is None:
            return
        for joint in AIMING_JOINTS:
            at_rest = self.tree[joint].rest or 0.0
            if self.tree.driver(joint)[0] in self.scan or self.rest.get(joint, at_rest) != at_rest:
                raise SimulatorError(
                    f"joint {joint!r}: it moves the beam of an arm and nothing else; ways and poses that are not "
                    f"solved for the arm must be of its own joints: {', '.join(self.arm.joints)}"
                )

    def stands_on(self, body: int) -> tuple[tuple[Joint, float], ...]:
        """Return the joints that carry a body, from the room on, with where each rests."""
        path = self.tree.path(self.bodies[body].joint)
        return tuple((self.tree[joint], self.rest.get(self.tree.driver(joint)[0], 0.0)) for joint in path)

    def columns_of_body(self, body: int) -> tuple[int, ...]:
        """Return which columns of a pose move a body in the room."""
        return self._columns(self.bodies[body].joint, "fixed")

    def columns_of_pair(self, pair: Pair) -> tuple[int, ...]:
        """Return which columns of a pose move the bodies of a pair against each other."""
        return self._columns(self.bodies[pair.a].joint, self.bodies[pair.b].joint)

    def chain_of_body(self, body: int) -> Chain:
        """Return the joints that move a body in the room as a pose says, from the room on."""
        return self._chain(self.tree.path(self.bodies[body].joint))

    def chains_of_pair(self, pair: Pair) -> tuple[Chain, Chain]:
        """Return the joints that move either body of a pair, but not both, from what carries both on."""
        path_a, path_b = (self.tree.path(self.bodies[body].joint) for body in (pair.a, pair.b))
        common = sum(1 for a, b in zip(path_a, path_b, strict=False) if a == b)
        return self._chain(path_a[common:]), self._chain(path_b[common:])

    def _chain(self, path: Sequence[str]) -> Chain:
        drivers = [(joint, *self.tree.driver(joint)) for joint in path]
        return tuple(
            (joint, self.scan.index(driver), multiplier)
            for joint, driver, multiplier in drivers
            if driver in self.scan
        )

    def _columns(self, frame_a: str, frame_b: str) -> tuple[int, ...]:
        moving = self.tree.between(frame_a, frame_b)
        return tuple(column for column, joint in enumerate(self.scan) if joint in moving)

    def T_fixed_body(self, body: int, poses_deg: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the transforms (n, 4, 4) of a body's axes at poses (n, k)."""
        return self.T_fixed_frame(self.bodies[body].joint, poses_deg)

    def T_fixed_frame(self, frame: str, poses_deg: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the transforms (n, 4, 4) of any frame at poses (n, k)."""
        values: dict[str, ArrayLike] = {**self.rest, **dict(zip(self.scan, poses_deg.T, strict=True))}
        T = self.tree.T_fixed_frame(frame, values)
        return np.broadcast_to(T, (len(poses_deg), 4, 4))


@lru_cache(maxsize=16)
def _json_of_pairs(pairs: tuple[Pair, ...]) -> str:
    """Return pairs as JSON, made once for rooms in which only the table stands elsewhere.

    Pairs that are equal are written alike: `_plain` knows one zero, and one kind of number.
    """
    return _json([asdict(pair) for pair in pairs])


def _json(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    """Return nested values as JSON has them: every number a rounded float, and no negative zero."""
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value if value is None or isinstance(value, str) else round(float(value), DIGITS) + 0.0
