"""One case of a study: which it is, and what it changes in the study's scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Value: TypeAlias = str | float | int | bool
Vector: TypeAlias = tuple[float, float, float]


@dataclass(frozen=True)
class Case:
    """One case of a study.

    Attributes
    ----------
    index : int
        Its place among all cases, from 0.
    values : dict of str to str or number
        What tells it from the others, by the columns of the study's table.
    changes : dict of str to object
        Fields of the scenario by their dotted names, as in ``[[variants]]``.
    isocentre_mm : tuple of float, optional
        In the patient's DICOM axes; the scenario's own if not given.
    half_edges_mm : tuple of float, optional
        Of a voxel around the isocentre, in the same axes: what is asked then holds for every isocentre in it.

    Examples
    --------
    >>> import simulator as sim
    >>> study = sim.Study.of("liver", {"field": "patient.height_cm", "values": [150, 170, 190]})
    >>> case = sim.Cases.of(study)[1]
    >>> case.index, case.changes
    (1, {'patient.height_cm': 170})
    """

    index: int
    values: Mapping[str, Value]
    changes: Mapping[str, Any]
    isocentre_mm: Vector | None = None
    half_edges_mm: Vector | None = None
