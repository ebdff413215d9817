"""What a form of beam lists is: how it is written and read, and what it can hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulator.delivery.lists.beam_list import BeamList
from simulator.setup.setup import Setup

ARCS, WEIGHTS, TIMES, COLLIMATOR = "arcs", "weights", "beam-on times", "collimator angles"


@dataclass(frozen=True)
class Form:
    """A form of beam lists.

    Attributes
    ----------
    name : str
        What the command line calls it.
    title : str
        What it is, and whose angles it has.
    ending : str
        Of its files.
    encode : callable
        From a list and the set-up that it is for to the bytes of a file; the same for the same list.
    decode : callable
        From a file and the set-up that it is for to a list, on the scales of the set-up's joints.
    holds : frozenset of str
        What it can hold beside directions and isocentre, of `ARCS`, `WEIGHTS`, `TIMES` and `COLLIMATOR`.
    """

    name: str
    title: str
    ending: str
    encode: Callable[[BeamList, Setup], bytes]
    decode: Callable[[Path, Setup], BeamList]
    holds: frozenset[str] = frozenset()
