"""Spheres of many maps as small pictures of numbers, with one legend for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.collision.contact import Status
from simulator.maps.collision_map import CollisionMap
from simulator.maps.look_up import OUT_OF_RANGE
from simulator.view.colours import LIGHTER, Palette, culprits_by_poses, rgb
from simulator.view.colours import OUT_OF_RANGE as OUT_OF_RANGE_COLOUR
from simulator.view.sphere import looked_up

PIXEL_DEG = 4.0
FREE, BEYOND = 0, 255
"""Numbers of what is free, and of directions that no pose has."""
WITHIN_BUFFER = 64
"""Added to the number of a culprit that is only within its buffer."""


@dataclass(frozen=True, eq=False)
class SphereRegions:
    """What is in the way in each direction, for the maps that a study kept.

    Attributes
    ----------
    of_case : dict of int to ndarray of uint8, shape (rows, columns)
        By the index of the case: from z of the chart down to -z, from azimuth -180 to 180.
    legend : dict of int to dict
        Colours and names by the numbers of the pictures.
    """

    of_case: dict[int, NDArray[np.uint8]]
    legend: dict[int, dict[str, Any]]

    @classmethod
    def of(cls, maps: Mapping[int, CollisionMap]) -> SphereRegions:
        """Return the pictures of some maps; culprits have the same colours in all of them."""
        ranking = culprits_by_poses(*maps.values())
        pictures, legend = {}, {FREE: _key("free", (1.0, 1.0, 1.0))}
        legend[BEYOND] = _key("no pose of the map", rgb(OUT_OF_RANGE_COLOUR))
        for index, cmap in maps.items():
            palette = Palette(cmap, ranking)
            status, culprit = looked_up(cmap, PIXEL_DEG)
            region = palette.regions(status, culprit) + WITHIN_BUFFER * (status == Status.WITHIN_BUFFER)
            pictures[index] = np.where(status == OUT_OF_RANGE, BEYOND, region).astype(np.uint8)
            for number, key in enumerate(palette.keys, start=1):
                legend[number] = _key(key.label, key.rgb)
                legend[number + WITHIN_BUFFER] = _key("", tuple(1 - (1 - part) * (1 - LIGHTER) for part in key.rgb))
        return cls(pictures, legend)

    def told(self) -> dict[str, Any]:
        """Return what a page is told of the pictures; everything fits into JSON."""
        rows, columns = next(iter(self.of_case.values()), np.zeros((0, 0))).shape
        return {"rows": rows, "columns": columns, "legend": self.legend, "clear": [FREE, BEYOND]}


def _key(label: str, colour: tuple[float, ...]) -> dict[str, Any]:
    return {"label": label, "rgb": [round(255 * part) for part in colour]}
