"""Checkers and provers of rooms: made when first asked for, shared by all who ask, gone with the room.

They hold FCL's trees and arrays of compiled code, which can be neither copied nor sent to another process. So no
set-up owns one: it stays a value, and each process makes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from simulator.certify.prover import Prover
from simulator.certify.robust import LONGEST_MM
from simulator.collision.checker import Checker
from simulator.collision.scene import Scene

Engine = TypeVar("Engine", Checker, Prover)
Stands = Mapping[str, float]
_Asked = tuple[tuple[str, ...], frozenset[tuple[str, float]]]
_checkers: WeakKeyDictionary[Scene, dict[_Asked, Checker]] = WeakKeyDictionary()
_provers: WeakKeyDictionary[Scene, dict[_Asked, Prover]] = WeakKeyDictionary()
_robust_provers: WeakKeyDictionary[Scene, dict[_Asked, Prover]] = WeakKeyDictionary()
NOWHERE_ELSE: Stands = {}
_choosing = Lock()


def checker_of(scene: Scene, joints: Sequence[str], stands: Stands = NOWHERE_ELSE) -> Checker:
    """Return the collision checker of a room, for poses that give values for ``joints``.

    Where other joints stand is said by ``stands``, of those that are not where they rest.
    """
    return _made(_checkers, scene, joints, stands, Checker)


def prover_of(scene: Scene, joints: Sequence[str], stands: Stands = NOWHERE_ELSE) -> Prover:
    """Return what proves bounds for whole cells of such poses."""
    return _made(_provers, scene, joints, stands, Prover)


def robust_prover_of(scene: Scene, joints: Sequence[str], together: frozenset[int] = frozenset()) -> Prover:
    """Return what proves bounds where some of the joints are errors, which move by much in every cell.

    Those in the columns ``together`` are within an ellipsoid; provers of such are not kept.
    """
    if together:
        return Prover(scene.scanning(joints), LONGEST_MM, together)
    return _made(_robust_provers, scene, joints, NOWHERE_ELSE, lambda room: Prover(room, LONGEST_MM))


def _made(
    engines: WeakKeyDictionary[Scene, dict[_Asked, Engine]],
    scene: Scene,
    joints: Sequence[str],
    stands: Stands,
    make: Callable[[Scene], Engine],
) -> Engine:
    elsewhere = {joint: value for joint, value in stands.items() if scene.rest.get(joint) != value}
    asked = tuple(joints), frozenset(elsewhere.items())
    with _choosing:
        of_room = engines.setdefault(scene, {})
        if asked not in of_room:
            # A copy: it must not keep the room alive.
            of_room[asked] = make(replace(scene.scanning(joints), rest={**scene.rest, **elsewhere}))
        return of_room[asked]
