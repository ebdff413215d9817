"""The columns of a file of readings, and the reading of a line: what is wrong is told by column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from simulator.commission.readings import (
    DIRECTIONS,
    LARGEST_ERROR_DEG,
    LARGEST_GAUGE_MM,
    LEAST_ERROR_DEG,
    TURNING,
    Reading,
)
from simulator.errors import SimulatorError, unknown
from simulator.models.kinematics import Joint
from simulator.models.scale import angle_on_scale, way_on_scale
from simulator.scenario.schema import shown
from simulator.setup.setup import Setup

NEEDED = ("position", "direction", "contact_deg")
OTHERS = ("from_deg", "parts", "error_deg", "gauge_mm")
FOR_PEOPLE = ("pose", "note")
"""May be there, and mean nothing."""
BETWEEN_PARTS = " + "


class FaultError(Exception):
    """Something in a line is wrong: ``texts`` say what and in which column, each fault for itself."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__("\n".join(texts))
        self.texts = texts


class Columns:
    """The columns of a file.

    Parameters
    ----------
    names : sequence of str
        As the file's first line has them.
    setups : mapping of str to Setup
        The rooms by position.
    error_deg : float
        Of readings whose line says none.

    Raises
    ------
    FaultError
        If a column is unknown, missing, or there twice.
    """

    def __init__(self, names: Sequence[str], setups: Mapping[str, Setup], error_deg: float) -> None:
        setup = next(iter(setups.values()))
        self._names, self._setups, self._error_deg = list(names), setups, error_deg
        self._joints = {f"{joint.name}_{joint.unit}": joint for joint in _moving(setup)}
        self._turning = self._joints.pop(f"{TURNING}_deg")
        swept = setup.machine.sweep.joints
        self._needed = (*NEEDED, *(field for field, joint in self._joints.items() if joint.name in swept))
        available = dict.fromkeys((*self._needed, *OTHERS, *self._joints, *FOR_PEOPLE))
        faults = [f"column {name}: is missing" for name in self._needed if name not in names]
        for at, name in enumerate(names):
            if name not in available:
                faults.append(str(unknown(f"column {at + 1}", name, available)))
            elif name in names[:at]:
                faults.append(f"column {at + 1} ({name}): stands there twice")
        if faults:
            raise FaultError(faults)

    def reading(self, number: int, cells: Sequence[str]) -> Reading | None:
        """Return the reading of a line; None if it has no contact angle.

        Raises
        ------
        FaultError
            With all that is wrong in the line.
        """
        if len(cells) != len(self._names):
            where = f"column {min(len(cells), len(self._names)) + 1}"
            hint = "a decimal comma needs semicolons between the cells"
            raise FaultError(
                [f"{where}: must be {len(self._names)} cells, as in the first line, were {len(cells)}; {hint}"]
            )
        given = dict(zip(self._names, cells, strict=True))
        if not given["contact_deg"]:
            return None
        faults: dict[int, str] = {}

        def taken(name: str, read: Callable[[str, str], Any], default: Any = None) -> Any:
            if not given.get(name) and name not in self._needed:
                return default
            at = self._names.index(name)
            try:
                return read(f"column {at + 1} ({name})", given[name])
            except SimulatorError as error:
                faults[at] = str(error)
                return default

        position = taken("position", _one_of(self._setups))
        contact_deg = taken("contact_deg", _angle(self._turning))
        found = {
            "direction": taken("direction", _one_of(DIRECTIONS)),
            "from_deg": taken("from_deg", _angle(self._turning)),
            "parts": taken("parts", self._parts(position), ()),
            "error_deg": taken("error_deg", _within(LEAST_ERROR_DEG, LARGEST_ERROR_DEG), self._error_deg),
            "gauge_mm": taken("gauge_mm", _within(0.0, LARGEST_GAUGE_MM), 0.0),
            "joints": {joint.name: value for field, joint in self._joints.items()
                       if (value := taken(field, _angle(joint))) is not None},
        }  # fmt: skip
        if not faults and found["from_deg"] is not None:
            way = (found["from_deg"], contact_deg)
            ends = taken("from_deg", lambda label, _: self._way(label, way, found["direction"]))
            found["from_deg"], contact_deg = ends or way
        if faults:
            raise FaultError([faults[at] for at in sorted(faults)])
        return Reading(line=number, position=position, contact_deg=contact_deg, **found)

    def _way(self, label: str, way: tuple[float, float], direction: str) -> tuple[float, float]:
        if way[0] == way[1]:
            raise SimulatorError(f"{label}: must be where the approach began, was the contact angle {way[1]:g}")
        return way_on_scale(self._turning, way, direction, label)

    def _parts(self, position: str | None) -> Callable[[str, str], tuple[str, ...]]:
        def read(label: str, cell: str) -> tuple[str, ...]:
            if position is None:
                return ()
            scene = self._setups[position].scene
            pairs = [(scene.bodies[pair.a].name, scene.bodies[pair.b].name) for pair in scene.pairs]
            names = tuple(name.strip() for name in re.split(r" *\+ *| – ", cell))
            for name in names:
                if not any(name in pair for pair in pairs):
                    raise unknown(f"{label}: part", name, sorted({each for pair in pairs for each in pair}))
            if len(names) > 1 and not any(set(names) == set(pair) for pair in pairs):
                raise SimulatorError(f"{label}: must be one part, or two that can touch, was {shown(cell)}")
            return names

        return read


def _moving(setup: Setup) -> Iterable[Joint]:
    return (joint for joint in setup.scene.tree.joints if joint.type != "fixed" and joint.mimic is None)


def _one_of(names: Iterable[str]) -> Callable[[str, str], str]:
    def read(label: str, cell: str) -> str:
        if cell not in names:
            raise unknown(label, cell, names)
        return cell

    return read


def _angle(joint: Joint) -> Callable[[str, str], float]:
    return lambda label, cell: angle_on_scale(joint, _number(label, cell), label)


def _within(least: float, most: float) -> Callable[[str, str], float]:
    def read(label: str, cell: str) -> float:
        number = _number(label, cell)
        if not least <= number <= most:
            raise SimulatorError(f"{label}: must be from {least:g} to {most:g}, was {shown(cell)}")
        return number

    return read


def _number(label: str, cell: str) -> float:
    """Return a number as people write it; words, exponents and thousands' separators are none."""
    if not re.fullmatch(r"[-+−]?[0-9]{1,12}([.,][0-9]{0,12})?", cell):
        raise SimulatorError(f"{label}: must be a number, such as 12.5, was {shown(cell)}")
    return float(cell.replace("−", "-").replace(",", "."))
