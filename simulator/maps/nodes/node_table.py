"""Tables of nodes: a user's own, or one of two that are generated, and said to be synthetic.

No vendor's node set is public. So the generated ones are evenly spread places, which show the method and nothing of
any machine.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.directions.lattices import fibonacci_lattice
from simulator.errors import SimulatorError, unknown
from simulator.geometry.angles import own
from simulator.models.csv_file import Row, number, read_rows

COLUMNS = ("x_mm", "y_mm", "z_mm", "name")
UPPER, SHELLS = "sphere 800, upper hemisphere", "two shells 650/800 + 900/1000"
GENERATED = (UPPER, SHELLS)
COUNT = 110
"""Directions of the generated tables: published path sets have up to about as many nodes."""
SYNTHETIC = "the nodes are synthetic: evenly spread, and no vendor's"


@dataclass(frozen=True, eq=False)
class NodeTable:
    """Places of the source, in IEC fixed axes.

    Attributes
    ----------
    names : tuple of str
        Of the n nodes.
    source_mm : ndarray, shape (n, 3)
        Where the source stands.
    source : str
        The file, or the name of the generated table.
    is_synthetic : bool
        Whether it was generated.

    Examples
    --------
    >>> import simulator as sim
    >>> nodes = sim.NodeTable.generated("sphere 800, upper hemisphere")
    >>> len(nodes.names), nodes.is_synthetic
    (110, True)
    >>> nodes.source_mm.shape, nodes.directions.shape
    ((110, 3), (110, 3))
    """

    names: tuple[str, ...]
    source_mm: NDArray[np.float64]
    source: str
    is_synthetic: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "source_mm", own(self.source_mm))
        if len(self.names) == 0 or self.source_mm.shape != (len(self.names), 3):
            raise SimulatorError(f"{self.source}: must have a node at least, and x, y and z for each")
        if not (np.linalg.norm(self.source_mm, axis=1) > 0.0).all():
            raise SimulatorError(f"{self.source}: a node must not be in the isocentre")

    @property
    def distances_mm(self) -> NDArray[np.float64]:
        """Of the source from the isocentre, shape (n,)."""
        return np.asarray(np.linalg.norm(self.source_mm, axis=1))

    @property
    def directions(self) -> NDArray[np.float64]:
        """Unit vectors (n, 3) from the isocentre to the source."""
        return np.asarray(self.source_mm / self.distances_mm[:, None])

    @property
    def azimuth_polar_deg(self) -> NDArray[np.float64]:
        """Azimuth and polar angle of each, degrees, shape (n, 2)."""
        x, y, z = self.source_mm.T
        return np.asarray(np.degrees(np.stack([np.arctan2(y, x), np.arctan2(np.hypot(x, y), z)], axis=1)))

    @classmethod
    @checked
    def read(cls, path: str | os.PathLike[str]) -> NodeTable:
        """Return the nodes of a CSV file with the columns x_mm, y_mm, z_mm and, if wanted, name.

        Parameters
        ----------
        path : str or PathLike
            The file; millimetres in IEC fixed axes.

        Returns
        -------
        NodeTable
            In the order of the file.

        Raises
        ------
        SimulatorError
            If anything in it is wrong: a line for each fault.
        """
        file = Path(path)
        rows = read_rows(file, COLUMNS[:3], COLUMNS[3:], _node)
        names = tuple(name or f"node {at}" for at, (name, _) in enumerate(rows, start=1))
        return cls(names, np.array([place for _, place in rows], dtype=float).reshape(-1, 3), str(file))

    @classmethod
    @checked
    def generated(cls, name: str) -> NodeTable:
        """Return one of the generated tables, by its name.

        Parameters
        ----------
        name : str
            ``"sphere 800, upper hemisphere"`` or ``"two shells 650/800 + 900/1000"``.

        Returns
        -------
        NodeTable
            Marked as synthetic.

        Raises
        ------
        SimulatorError
            If there is no such table.
        """
        if name not in GENERATED:
            raise unknown("nodes", name, GENERATED)
        lattice = fibonacci_lattice(2 * COUNT)
        upper, turns = lattice[lattice[:, 2] > 0.0], np.arange(COUNT) % 2
        shells = (
            [np.full(COUNT, 800.0)]
            if name == UPPER
            else [np.array(by)[turns] for by in ((650.0, 800.0), (900.0, 1000.0))]
        )
        places = np.concatenate([shell[:, None] * upper for shell in shells])
        return cls(tuple(f"node {at}" for at in range(1, len(places) + 1)), places, name, is_synthetic=True)


def _node(row: Row) -> tuple[str, list[float]]:
    found = row.take("name", lambda _, cell: cell, ""), [row.take(column, number, 0.0) for column in COLUMNS[:3]]
    row.require_sound()
    return found
