"""Contours that are left out on request: ``"below 25 mm2"``, or ``"BODY at 12, -30, 45"``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from simulator.errors import SimulatorError, unknown
from simulator.models.structures.contours import Slices, signed_area_mm2
from simulator.models.structures.pieces import distance_mm, pieces_of

REACH_MM = 20.0
"""A place must be this near to what it means."""
LARGEST_SPECK_MM2 = 1000.0
"""What is larger is no speck: a finger has 200 mm²."""
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)"
_BELOW = re.compile(rf"below\s+({_NUMBER})\s*mm(?:2|²)")
_AT = re.compile(rf"(.+?)\s+at\s+({_NUMBER})\s*,\s*({_NUMBER})\s*,\s*({_NUMBER})(?:\s*mm)?")


@dataclass(frozen=True)
class Drop:
    """What is to be left out.

    Attributes
    ----------
    below_mm2 : float
        Contours of the body that enclose less; 0 for none.
    places : tuple of (str, tuple of float)
        ROI and a place in DICOM patient axes, mm.
    """

    below_mm2: float = 0.0
    places: tuple[tuple[str, tuple[float, float, float]], ...] = ()

    @classmethod
    def parsed(cls, texts: str | Iterable[str]) -> Drop:
        """Return what texts ask for.

        Raises
        ------
        SimulatorError
            If one is of neither form.
        """
        below, places = 0.0, []
        for text in [texts] if isinstance(texts, str) else texts:
            area, place = _BELOW.fullmatch(text.strip()), _AT.fullmatch(text.strip())
            if area and 0.0 < float(area[1]) <= LARGEST_SPECK_MM2:
                below = max(below, float(area[1]))
            elif place:
                x, y, z = (float(place[at]) for at in (2, 3, 4))
                places.append((place[1], (x, y, z)))
            else:
                raise SimulatorError(
                    f'patient.drop: must be "below 25 mm2" (at most {LARGEST_SPECK_MM2:g} mm2) or "<ROI> at x, y, z" '
                    f"(mm in DICOM patient axes), was {text!r}"
                )
        return cls(below, tuple(places))

    def require_known(self, names: Iterable[str]) -> None:
        """Refuse places at ROIs that no surface is made of."""
        known = list(names)
        for name, _ in self.places:
            if name not in known:
                raise unknown("patient.drop: ROI with a surface", name, known)

    def specks(self, slices: Slices) -> tuple[Slices, tuple[str, ...]]:
        """Return slices without contours that are too small, and what was dropped."""
        is_kept = [
            [abs(signed_area_mm2(each)) >= self.below_mm2 for each in polygons] for polygons in slices.polygons
        ]
        count = sum(not keep for keeps in is_kept for keep in keeps)
        if not count:
            return slices, ()
        told = f"ROI {slices.name!r}: {count} contours below {self.below_mm2:g} mm² are dropped, as asked"
        return _left(slices, is_kept), (told,)

    def loose(self, slices: Slices) -> tuple[Slices, tuple[str, ...]]:
        """Return slices without the loose pieces nearest to the places that name their ROI, and what was dropped.

        Raises
        ------
        SimulatorError
            If there is none within `REACH_MM`: the largest piece is never dropped. The message lists what there is.
        """
        told: list[str] = []
        for place in [place for name, place in self.places if name == slices.name]:
            pieces = pieces_of(slices)[1:]
            distances = [distance_mm(slices, piece, np.array(place)) for piece in pieces]
            at = ", ".join(f"{value:g}" for value in place)
            if not distances or min(distances) > REACH_MM:
                listed = "; ".join(
                    f"{piece}, {far:.0f} mm away" for piece, far in zip(pieces, distances, strict=True)
                )
                raise SimulatorError(
                    f"patient.drop: '{slices.name} at {at}': must be within {REACH_MM:g} mm of a loose piece; "
                    f"available: {listed or 'none, all contours are of one piece'}"
                )
            piece = pieces[int(np.argmin(distances))]
            gone = set(piece.contours)
            is_kept = [[(k, i) not in gone for i in range(len(each))] for k, each in enumerate(slices.polygons)]
            slices = _left(slices, is_kept)
            told.append(f"ROI {slices.name!r}: {piece} is dropped, as asked")
        return slices, tuple(told)


def _left(slices: Slices, is_kept: list[list[bool]]) -> Slices:
    left = slices.kept(is_kept)
    if left is None:
        raise SimulatorError(f"patient.drop: must leave something of ROI {slices.name!r}, would drop all")
    return left
