"""One colour and one number for each culprit, the same in every picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.maps.collision_map import CollisionMap

FREE = "#ffffff"
OUT_OF_RANGE = "#dddddd"
OTHERS = "#8c8c8c"
OKABE_ITO = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#5a3e85")
"""Distinguishable with any colour vision: Okabe and Ito, "Color universal design" (2008), their yellow left out
because it vanishes on white, a dark violet added. What is within the buffer has the same colour, lighter."""
LIGHTER = 0.55
STATUS_COLOURS = {Status.FREE: "#1b7f3b", Status.WITHIN_BUFFER: "#c77700", Status.COLLIDING: "#d02020"}
"""Of the parts in the way at a pose, and of the words that say what holds there."""
OTHERS_MARK = "+"


@dataclass(frozen=True)
class Key:
    """A line of the legend; its mark stands in the picture, too, for those who do not see the colour."""

    label: str
    rgb: tuple[float, float, float]
    mark: str = ""


class Palette:
    """Colours and marks of a map: the culprits of most poses have one each, the rest share grey.

    Parameters
    ----------
    cmap : CollisionMap
        The map.
    ranking : list of str, optional
        Culprits by their poses, for maps that share a picture; that of the map if not given.

    Attributes
    ----------
    colours : ndarray, shape (k, 3)
        All that there are; red, green and blue from 0 to 1.
    """

    def __init__(self, cmap: CollisionMap, ranking: list[str] | None = None) -> None:
        self._ranking = culprits_by_poses(cmap) if ranking is None else ranking
        coloured = self._ranking[: len(OKABE_ITO)]
        self._keys = [Key(name, rgb(OKABE_ITO[i]), str(i + 1)) for i, name in enumerate(coloured)]
        self._keys.append(Key("other pairs", rgb(OTHERS), OTHERS_MARK))
        number = {name: i for i, name in enumerate(coloured)}
        self._key_of_pair = np.array([number.get(name, len(coloured)) for name in (*cmap.pairs, "")])
        of_pair = np.array([key.rgb for key in self._keys])[self._key_of_pair]
        of_status = {
            Status.FREE: np.full_like(of_pair, rgb(FREE)),
            Status.WITHIN_BUFFER: 1 - (1 - of_pair) * (1 - LIGHTER),
            Status.COLLIDING: of_pair,
        }
        self.colours = np.concatenate([of_status[each] for each in sorted(of_status)] + [[rgb(OUT_OF_RANGE)]])

    def key(self, pair: str) -> Key:
        """Return colour and mark of a pair."""
        return next((key for key in self._keys if key.label == pair), self._keys[-1])

    def image(self, status: NDArray[np.int8], culprit: NDArray[np.int16]) -> NDArray[np.float64]:
        """Return colours (..., 3) for statuses (...) and culprits (...); status -1 is out of range."""
        return self.colours[self.index(status, culprit)]

    def index(self, status: NDArray[np.int8], culprit: NDArray[np.int16]) -> NDArray[np.int32]:
        """Return which of the colours (...) they have."""
        count = len(self._key_of_pair)
        index = status.astype(np.int32) * count + culprit % count
        return np.where(status < 0, len(self.colours) - 1, index)

    def regions(self, status: NDArray[np.int8], culprit: NDArray[np.int16]) -> NDArray[np.int_]:
        """Return 0 (...) where nothing is in the way, elsewhere from 1 the number of the mark."""
        return np.where(status > Status.FREE, self._key_of_pair[culprit] + 1, 0)

    @property
    def keys(self) -> tuple[Key, ...]:
        """Colour and mark of regions 1, 2 and so on."""
        return tuple(self._keys)

    @property
    def marks(self) -> list[str]:
        """The marks, those of regions 1, 2 and so on."""
        return [key.mark for key in self._keys]

    def legend(self) -> list[Key]:
        """Return the legend: free, then culprits by the number of their poses."""
        has_others = len(self._ranking) > len(OKABE_ITO)
        return [Key("free", rgb(FREE)), *(self._keys if has_others else self._keys[:-1])]


def culprits_by_poses(*maps: CollisionMap) -> list[str]:
    """Return the pairs that decide any pose, those of the largest share of their maps first."""
    share: dict[str, float] = {}
    for cmap in maps:
        culprit = cmap.dataset["culprit"].values
        poses = np.bincount(culprit[culprit >= 0], minlength=len(cmap.pairs))
        for name, count in zip(cmap.pairs, poses / culprit.size, strict=True):
            if count:
                share[name] = share.get(name, 0.0) + count
    return sorted(share, key=lambda name: -share[name])


def rgb(colour: str) -> tuple[float, float, float]:
    """Return red, green and blue from 0 to 1 of a colour such as ``"#0072b2"``."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue
