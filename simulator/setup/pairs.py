"""Which parts must not touch each other, and which pairs are excused from that, by whom.

Two parts can move against each other if a joint lies between them that has a value: a scanned one, or one that the
set-up gives a value to or leaves at rest. Every such pair is checked or stands in the list of what is excused. Pairs
that no scanned joint moves stand still against each other for a whole map; they must not touch, or the room is
refused, but no buffer is demanded of those that belong to one model. Parts on one joint are one piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from simulator.collision.checker import Checker
from simulator.collision.contact import Status
from simulator.collision.scene import Pair, Scene
from simulator.errors import SimulatorError
from simulator.models.description import Kind
from simulator.models.fixation import FIXATION
from simulator.models.kinematics import ROOT, KinematicTree
from simulator.scenario.choices import Buffers
from simulator.setup.contents import PATIENT_FRAME, Contents

LARGEST_PAIRS = 32_767
"""Maps number pairs in 16 bits; with so many, the statuses of one map would take a gigabyte."""
LIES_ON = "the patient lies on the parts of the couch that carry the table top"
HOLDS = "fixation stands on the parts of the couch that carry the table top, and holds the patient"


@dataclass(frozen=True)
class Excused:
    """Pairs of parts that are not checked, for one reason, though they can move or one lies on the other.

    Attributes
    ----------
    reason : str
        Why: what a model's description says, or that the patient lies on the couch.
    pairs : tuple of str
        Their names, as those of pairs that are checked.
    crosses_models : bool
        True if a model's ``may_touch`` excuses its parts from those of another model.
    """

    reason: str
    pairs: tuple[str, ...] = ()
    crosses_models: bool = False


@dataclass(frozen=True)
class _Moving:
    """Two bodies that can move against each other, the models they are of, and what excuses them."""

    a: int
    b: int
    name: str
    kinds: tuple[Kind, Kind]
    is_scanned: bool
    is_fixation: bool
    excuse: Excused | None


def checked_pairs(tree: KinematicTree, contents: Contents, buffers: Buffers) -> tuple[Pair, ...]:
    """Return the pairs of parts that can move against each other and are not excused; patient pairs come first.

    Parameters
    ----------
    tree : KinematicTree
        Of the room.
    contents : Contents
        The models; bodies are numbered in the order of its parts.
    buffers : Buffers
        Clearance demanded to patient and couch; to fixation as to the couch. What a scanned joint moves must keep as
        much more as the machine's isocentre radius asks for; see ``simulator.setup.aiming``.

    Raises
    ------
    SimulatorError
        If there are more than ``LARGEST_PAIRS``.
    """
    wider_mm = 2 * contents.machine.isocentre_radius_mm
    found = []
    for moving in _moving(tree, contents):
        if moving.excuse is None:
            kinds = moving.kinds
            is_own = kinds == ("machine", "machine") or (kinds == ("couch", "couch") and not moving.is_scanned)
            is_patient = "patient" in kinds and not moving.is_fixation
            buffer_mm = buffers.patient_mm if is_patient else 0.0 if is_own else buffers.couch_mm
            buffer_mm += wider_mm if moving.is_scanned else 0.0
            found.append(Pair(moving.a, moving.b, moving.name, buffer_mm, is_own))
    if len(found) > LARGEST_PAIRS:
        raise SimulatorError(
            f"setup: must have at most {LARGEST_PAIRS:,} pairs of parts to check, has {len(found):,}: "
            "make one part of those that move together"
        )
    return tuple(found)


def require_standing_apart(scene: Scene) -> None:
    """Refuse a room in which parts that no scanned joint moves against each other touch, or are too near.

    No pose would be free, and the room says why before a map is made. Where nothing moves at all, as in a bore,
    whether patient and couch have room in it is what is asked: then only parts of one model are refused.

    Raises
    ------
    SimulatorError
        Naming the pairs.
    """
    standing = [pair for pair in scene.pairs if not scene.columns_of_pair(pair)]
    if len(standing) == len(scene.pairs):
        standing = [pair for pair in standing if pair.is_own]
    bodies = sorted({body for pair in standing for body in (pair.a, pair.b)})
    pairs = tuple(replace(pair, a=bodies.index(pair.a), b=bodies.index(pair.b)) for pair in standing)
    of_these = replace(scene, bodies=tuple(scene.bodies[body] for body in bodies), pairs=pairs)
    statuses = Checker(of_these).pair_status(scene.at_zero)[:, 0]
    wrong = [f"{pair.name} ({Status(status)})" for pair, status in zip(pairs, statuses, strict=True) if status]
    if wrong:
        raise SimulatorError(
            f"parts must not stand in each other wherever {' and '.join(scene.scan)} are: {', '.join(wrong)}; "
            "their joints must have other values, or the model must say that they may_touch"
        )


def excused_pairs(tree: KinematicTree, contents: Contents) -> tuple[Excused, ...]:
    """Return the pairs that can move against each other and are not checked, one value for each reason."""
    found: dict[Excused, list[str]] = {}
    for moving in _moving(tree, contents):
        if moving.excuse is not None:
            found.setdefault(moving.excuse, []).append(moving.name)
    return tuple(replace(excuse, pairs=tuple(names)) for excuse, names in found.items())


def _moving(tree: KinematicTree, contents: Contents) -> Iterator[_Moving]:
    """Yield every two bodies that can move against each other, what the patient lies on and what holds it."""
    excuses = _excuses(contents)
    scanned = frozenset(contents.machine.posed_joints)
    carries = frozenset(tree.path(PATIENT_FRAME)) - scanned
    owned = contents.owned
    stands_in_room = [not tree.between(each.joint, ROOT) for each in owned]
    for b, (kind_b, part_b, joint_b) in enumerate(owned):
        for a, (kind_a, part_a, joint_a) in enumerate(owned[b + 1 :], start=b + 1):
            between = tree.between(joint_a, joint_b)
            excuse = excuses.get(frozenset((f"{kind_a}:{part_a.group}", f"{kind_b}:{part_b.group}")))
            lying = _lying(kind_a, kind_b) if joint_a != joint_b else None
            if lying is not None and between <= carries and not stands_in_room[a]:
                excuse = Excused(lying)
            elif not between:
                continue
            name = f"{part_a.name} – {part_b.name}"
            is_fixation = kind_b == FIXATION or part_b.group == FIXATION
            yield _Moving(a, b, name, (kind_a, kind_b), not between.isdisjoint(scanned), is_fixation, excuse)


def _lying(kind_a: Kind, kind_b: Kind) -> str | None:
    """Return why parts of two kinds may touch of which one lies on the other; a part of ``b`` counts for more."""
    if kind_a in ("couch", FIXATION) and kind_b in (FIXATION, "patient"):
        return LIES_ON if (kind_a, kind_b) == ("couch", "patient") else HOLDS
    return None


def _excuses(contents: Contents) -> dict[frozenset[str], Excused]:
    """Return what the models' ``may_touch`` excuse, by the groups' full names; a plain name is the model's own."""
    found: dict[frozenset[str], Excused] = {}
    for kind, model in contents.models:
        for groups in model.may_touch:
            full = [name if ":" in name else f"{kind}:{name}" for name in groups]
            crosses = any(not name.startswith(f"{kind}:") for name in full)
            reason = f"{' and '.join(groups)} may touch, says the {kind} {model.name}"
            found.setdefault(frozenset(full), Excused(reason, crosses_models=crosses))
    return found
