"""One colour for each culprit, the same in every picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.mapping.collision_map import CollisionMap

FREE = "#ffffff"
OUT_OF_RANGE = "#dddddd"
OTHERS = "#8c8c8c"
OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5a3e85")
"""Distinguishable with any colour vision: Okabe and Ito, "Color universal design" (2008), their yellow left out
because it vanishes on white, a dark violet added. What is within the buffer has the same colour, lighter."""
LIGHTER = 0.55


@dataclass(frozen=True)
class Key:
    """A line of the legend."""

    label: str
    rgb: tuple[float, float, float]


class Palette:
    """Colours of a map: the culprits of most poses have one each, the rest share grey."""

    def __init__(self, cmap: CollisionMap) -> None:
        culprit = cmap.dataset["culprit"].values
        poses = np.bincount(culprit[culprit >= 0], minlength=len(cmap.pairs))
        self._shown = [int(index) for index in np.argsort(-poses, kind="stable")[: len(OKABE_ITO)] if poses[index]]
        self._pairs = cmap.pairs
        self._has_others = bool((poses > 0).sum() > len(self._shown))
        self._of_pair = np.array([rgb(OTHERS)] * (len(cmap.pairs) + 1))
        for colour, index in zip(OKABE_ITO, self._shown, strict=False):
            self._of_pair[index] = rgb(colour)

    def image(self, status: NDArray[np.int8], culprit: NDArray[np.int16]) -> NDArray[np.float64]:
        """Return colours (..., 3) for statuses (...) and culprits (...); status -1 is out of range."""
        picture = self._of_pair[culprit]
        light = (status == Status.WITHIN_BUFFER)[..., None]
        picture = np.where(light, 1 - (1 - picture) * (1 - LIGHTER), picture)
        picture = np.where((status == Status.FREE)[..., None], rgb(FREE), picture)
        return np.where((status < 0)[..., None], rgb(OUT_OF_RANGE), picture)

    def legend(self) -> list[Key]:
        """Return the legend: free, then culprits by the number of their poses."""
        keys = [Key("free", rgb(FREE))]
        keys += [Key(self._pairs[index], tuple(self._of_pair[index])) for index in self._shown]
        return [*keys, Key("other pairs", rgb(OTHERS))] if self._has_others else keys


def rgb(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue from 0 to 1 of a colour such as ``"#0072b2"``."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
