"""How fast joints move, and how a machine goes from one beam to the next: what times of ways rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Moves = Literal["together", "one at a time"]
"""Whether joints may move at the same time, or each stands while another one moves."""
MOVES: tuple[Moves, ...] = get_args(Moves)


@dataclass(frozen=True)
class Motion:
    """How fast a joint moves between beams.

    Attributes
    ----------
    speed : float
        Greatest speed, in degrees/s, of a sliding joint in mm/s.
    acceleration : float
        Greatest acceleration, and deceleration, in degrees/s² or mm/s².
    source : str
        Where the numbers are from.
    """

    speed: float
    acceleration: float
    source: str


@dataclass(frozen=True)
class Between:
    """Where a machine starts from, and how it moves between beams.

    Attributes
    ----------
    home : mapping of str to float
        The pose in which a patient is set up and from which a delivery starts; degrees or mm by the joint's name.
    moves : {"together", "one at a time"}
        How joints move between beams.
    source : str
        Where this is from.
    """

    home: Mapping[str, float]
    moves: Moves
    source: str


C_ARM_MOTIONS = {
    "gantry": Motion(6.0, 3.0, "R: 6 °/s of a TrueBeam; acceleration G"),
    "couch": Motion(3.0, 1.5, "G"),
}
"""Of a machine set of SlicerRT, which says nothing of it."""
C_ARM_BETWEEN = Between({"gantry": 0.0, "couch": 0.0}, "together", "G: set-up, the head above, the couch straight")
