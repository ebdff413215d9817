"""Checkers and provers of rooms: made when first asked for, shared by all who ask, gone with the room.

They hold FCL's trees and arrays of compiled code, which can be neither copied nor sent to another process. So no
set-up owns one: it stays a value, and each process makes its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import TypeVar
from weakref import WeakKeyDictionary

from simulator.certify.prover import Prover
from simulator.collision.checker import Checker
from simulator.collision.scene import Scene

Engine = TypeVar("Engine", Checker, Prover)
_checkers: WeakKeyDictionary[Scene, dict[tuple[str, ...], Checker]] = WeakKeyDictionary()
_provers: WeakKeyDictionary[Scene, dict[tuple[str, ...], Prover]] = WeakKeyDictionary()
_choosing = Lock()


def checker_of(scene: Scene, joints: Sequence[str]) -> Checker:
    """Return the collision checker of a room, for poses that give values for ``joints``."""
    return _made(_checkers, scene, joints, Checker)


def prover_of(scene: Scene, joints: Sequence[str]) -> Prover:
    """Return what proves bounds for whole cells of such poses."""
    return _made(_provers, scene, joints, Prover)


def _made(
    engines: WeakKeyDictionary[Scene, dict[tuple[str, ...], Engine]],
    scene: Scene,
    joints: Sequence[str],
    make: Callable[[Scene], Engine],
) -> Engine:
    with _choosing:
        of_room = engines.setdefault(scene, {})
        if tuple(joints) not in of_room:
            of_room[tuple(joints)] = make(scene.scanning(joints))  # a copy: it must not keep the room alive
        return of_room[tuple(joints)]
