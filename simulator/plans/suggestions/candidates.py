"""Something that may be free instead of a beam, before it is asked; and beams made from others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from simulator.dicom.beams import Beam
from simulator.errors import SimulatorError
from simulator.plans.checked import BeamCheck
from simulator.plans.proofs import Question
from simulator.plans.rooms import Room
from simulator.plans.travel import travel_of


@dataclass(frozen=True, eq=False)
class Candidate:
    """Ways in place of a beam's, and how they would be told; see `simulator.plans.suggested.Suggestion`."""

    kind: str
    change: dict[str, float | str]
    text: str
    ways: tuple[Question, ...]
    off_deg: float | None = None
    within_deg: float | None = None
    lost_sr: float | None = None


Kind = Callable[[Room, BeamCheck], Sequence[Candidate]]
"""Returns what may be free instead of a beam that is not, what changes least first."""


def moved(room: Room, beam: Beam) -> Room | None:
    """Return the room with another beam in it; None if the machine cannot deliver that."""
    scene = room.setup.scene
    try:
        return replace(room, beam=beam, travel=travel_of(beam, scene.tree, scene.rest, room.travel.start))
    except SimulatorError:
        return None


def with_axes(beam: Beam, axes: dict[str, tuple[float, float]]) -> Beam:
    """Return a beam with each of some axes replaced by sign * value + offset, in degrees."""

    def changed(values: dict[str, float]) -> dict[str, float]:
        return {
            axis: axes[axis][0] * value + axes[axis][1] if axis in axes else value for axis, value in values.items()
        }

    legs = tuple(replace(leg, start=changed(leg.start), stop=changed(leg.stop)) for leg in beam.legs)
    return replace(beam, legs=legs)
