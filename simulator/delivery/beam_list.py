"""A list of beams as a value: where each is delivered from, in which order, and for how the patient lies.

Angles are those of the machine's joints, on their scales. Other conventions are in `simulator.delivery.forms`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from simulator.errors import SimulatorError
from simulator.geometry.angles import FULL_TURN_DEG
from simulator.geometry.positions import rotation_top_patient
from simulator.geometry.scales import SAME_ANGLE_DEG
from simulator.models.scale import angle_on_scale, way_on_scale
from simulator.scenario.schema import shown
from simulator.setup.aiming import directions_top
from simulator.setup.setup import Setup

if TYPE_CHECKING:
    import pandas as pd

COLLIMATOR = "collimator"
"""The one joint beside those that aim of which lists speak."""


@dataclass(frozen=True)
class ListedBeam:
    """A beam of a list.

    Attributes
    ----------
    name : str
        What it is called; no two beams of a list are called the same.
    start : dict of str to float
        Where it is delivered from: degrees by joint (``gantry``, ``couch``, perhaps ``collimator``), on the joints'
        scales.
    stop : dict of str to float, optional
        Where an arc ends: the same joints. Each joint goes straight there, so 170 to 190 goes through 180.
    weight_sr : float, optional
        The solid angle that the beam stands for.
    beam_on_s : float, optional
        How long it is delivered.
    """

    name: str
    start: dict[str, float]
    stop: dict[str, float] | None = None
    weight_sr: float | None = None
    beam_on_s: float | None = None


@dataclass(frozen=True)
class BeamList:
    """Beams for one isocentre of a patient who lies one way.

    Attributes
    ----------
    beams : tuple of ListedBeam
        At least one.
    position : str
        DICOM patient position, such as ``"HFS"``.
    isocentre_mm : tuple of float
        In DICOM patient axes.
    title : str
        For reports.
    source : str
        Where the list is from: a file, or a table.
    """

    beams: tuple[ListedBeam, ...]
    position: str
    isocentre_mm: tuple[float, float, float]
    title: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        where = self.source or "beam list"
        rotation_top_patient(self.position)  # refuses what is none
        if not self.beams:
            raise SimulatorError(f"{where}: must have at least one beam, has none")
        first: dict[str, int] = {}
        for at, beam in enumerate(self.beams, start=1):
            if beam.name in first:
                raise SimulatorError(
                    f"{where}: beam {at}: name must be another one for each beam, was {shown(beam.name)} as that of "
                    f"beam {first[beam.name]}"
                )
            first[beam.name] = at

    def __repr__(self) -> str:
        arcs = sum(beam.stop is not None for beam in self.beams)
        told = f", {arcs} of them arcs" if arcs else ""
        return f"BeamList({len(self.beams)} beam{'s' * (len(self.beams) != 1)}{told}, {self.position})"

    @classmethod
    def of(cls, setup: Setup, table: pd.DataFrame) -> BeamList:
        """Return the beams of a table for the patient of a set-up.

        Parameters
        ----------
        setup : Setup
            Whose position, isocentre and joints they are for.
        table : DataFrame
            A row each, as ``cmap.beams(count=20)`` and `table` have them: the joints that aim (``gantry_deg``,
            ``couch_deg``); may be there: ``collimator_deg``, ``gantry_stop_deg`` and so on for arcs, ``name``,
            ``weight_sr``, ``beam_on_s``. Other columns are passed over.

        Raises
        ------
        SimulatorError
            If a column is missing, or a beam cannot be delivered; the message names row and column.
        """
        return cls(
            tuple(listed_beams(setup, table.to_dict("records"), "table: row {}".format)),
            setup.position,
            setup.isocentre_patient_mm,
            title=setup.title or setup.name,
            source="table",
        )

    @classmethod
    def read(cls, path: str | os.PathLike[str], setup: Setup, form: str | None = None) -> BeamList:
        """Return the beams of a file, on the scales of the joints of a set-up.

        Parameters
        ----------
        path : str or PathLike
            A list in one of the forms of `simulator.delivery.forms`.
        setup : Setup
            Machine and patient that it is for. A form that knows no patient position is for the set-up's.
        form : str, optional
            Its form; found from the ending and the content of the file if not given.

        Raises
        ------
        SimulatorError
            If the file cannot be read, its form is unknown, or anything in it is wrong.
        """
        from simulator.delivery.forms.registry import read_beams

        return read_beams(path, setup, form)

    def write(self, path: str | os.PathLike[str], form: str, setup: Setup) -> tuple[str, ...]:
        """Write the beams for another program; the file is there whole or not at all.

        Parameters
        ----------
        path : str or PathLike
            Its ending must be that of the form.
        form : str
            One of `simulator.delivery.forms`.
        setup : Setup
            The room of the list: a level or tilted table top, where the table stands.

        Returns
        -------
        tuple of str
            What the form cannot hold and the file lacks, such as weights.

        Raises
        ------
        SimulatorError
            If the form is unknown, or cannot hold what would change where beams come from, such as arcs.
        """
        from simulator.delivery.forms.registry import write_beams

        return write_beams(self, path, form, setup)

    def table(self) -> pd.DataFrame:
        """Return a row for each beam, with the columns that `of` reads; those that no beam fills are not there."""
        import pandas as pd

        rows = [
            {
                "name": beam.name,
                **{f"{joint}_deg": value for joint, value in beam.start.items()},
                **{f"{joint}_stop_deg": value for joint, value in (beam.stop or {}).items()},
                "weight_sr": beam.weight_sr,
                "beam_on_s": beam.beam_on_s,
            }
            for beam in self.beams
        ]
        return pd.DataFrame(rows).dropna(axis="columns", how="all")

    def directions_patient(self, setup: Setup) -> NDArray[np.float64]:
        """Return the unit vectors (n, 3) from the isocentre to the source, in DICOM patient axes.

        Those of arcs are of where they start.
        """
        joints = aiming_joints(setup)
        poses = np.array([[beam.start[joint] for joint in joints] for beam in self.beams])
        top = directions_top(setup.scene.scanning(joints), setup.machine, setup.couch.table_top.joint, poses)
        return np.asarray(top @ rotation_top_patient(self.position))


def listed_beams(
    setup: Setup, rows: Sequence[Mapping[str, Any]], where: Any, names: Sequence[str] = ()
) -> Iterator[ListedBeam]:
    """Yield a beam for each row, on the scales of the joints.

    Parameters
    ----------
    setup : Setup
        With the joints.
    rows : sequence of mapping
        Values by the columns that `BeamList.of` takes; None and NaN are as if they were not there.
    where : callable
        From the number of a row, from 1, to what messages call it.
    names : sequence of str
        What beams are called whose row does not say; their numbers if there are none.

    Raises
    ------
    SimulatorError
        If a joint's value is missing, no number, or out of its reach.
    """
    for at, row in enumerate(rows, start=1):
        given = {column: value for column, value in row.items() if value is not None and value == value}
        name = str(given.get("name", names[at - 1] if names else at))
        start, stop = _ends(setup, given, where(at))
        weights = [_amount(given, column, where(at)) for column in ("weight_sr", "beam_on_s")]
        yield ListedBeam(name, start, stop, *weights)


def aiming_joints(setup: Setup) -> tuple[str, ...]:
    """Return the joints that a beam must have a value for, that nearest the beam first.

    Raises
    ------
    SimulatorError
        If the set-up does not aim with two joints.
    """
    if setup.aim is None:
        raise SimulatorError("beam list: the set-up must aim with two joints, its sweep turns the beam with fewer")
    return setup.aim.chart.inner, setup.aim.chart.outer


def _ends(setup: Setup, row: Mapping[str, Any], where: str) -> tuple[dict[str, float], dict[str, float] | None]:
    """Return where a beam starts, and where it stops if it is an arc."""
    tree = setup.scene.tree
    aiming = aiming_joints(setup)
    start: dict[str, float] = {}
    stop: dict[str, float] = {}
    for joint in (*aiming, COLLIMATOR):
        column, end = f"{joint}_deg", f"{joint}_stop_deg"
        if column not in row:
            if joint in aiming or end in row:
                raise SimulatorError(f"{where}, {column}: is missing")
            continue
        if joint not in tree:
            raise SimulatorError(f"{where}, {column}: must not be there: the machine has no joint {joint!r}")
        start[joint], stop[joint] = _way(tree[joint], row[column], row.get(end), f"{where}, {column}")
    return start, None if start == stop else stop


def _way(joint: Any, first: Any, last: Any, field: str) -> tuple[float, float]:
    """Return from where to where a joint goes, both ends turned alike."""
    start = angle_on_scale(joint, _number(first), field)
    if last is None:
        return start, start
    angle_on_scale(joint, _number(last), field.replace("_deg", "_stop_deg"))
    travel = float(last) - float(first)
    if abs(travel) <= SAME_ANGLE_DEG:
        return start, start
    if abs(travel) > FULL_TURN_DEG:
        raise SimulatorError(f"{field}: an arc must be of at most 360°, was from {first:g} to {last:g}")
    return way_on_scale(joint, (float(first), float(last)), "increasing" if travel > 0 else "decreasing", field)


def _amount(row: Mapping[str, Any], column: str, where: str) -> float | None:
    if column not in row:
        return None
    value = _number(row[column])
    if not isinstance(value, float) or not 0.0 <= value < np.inf:
        raise SimulatorError(f"{where}, {column}: must be a number of at least 0, was {shown(row[column])}")
    return value


def _number(value: Any) -> Any:
    """Return a number of numpy's as one of Python's; what is none stays as it is."""
    return float(value) if isinstance(value, (int, float, np.number)) and not isinstance(value, bool) else value
