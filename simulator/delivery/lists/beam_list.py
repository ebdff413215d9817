"""A list of beams as a value: where each is delivered from, in which order, and for how the patient lies.

Angles are those of the machine's joints, on their scales. Other conventions are in `simulator.delivery.lists.forms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulator.arguments import checked
from simulator.delivery.lists.listed import ListedBeam as ListedBeam
from simulator.delivery.lists.listed import aiming_joints, listed_beams
from simulator.errors import SimulatorError, shown
from simulator.geometry.positions import rotation_top_patient
from simulator.setup.aiming import directions_top
from simulator.setup.setup import Setup

if TYPE_CHECKING:
    import pandas as pd


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

    Examples
    --------
    >>> import simulator as sim
    >>> import pandas as pd
    >>> setup = sim.load_setup("brain")
    >>> angles = pd.DataFrame({"name": ["left", "vertex"], "gantry_deg": [90, 50], "couch_deg": [0, 270]})
    >>> beams = sim.BeamList.of(setup, angles)
    >>> beams
    BeamList(2 beams, HFS)
    >>> beams.directions_patient(setup).round(2)
    array([[ 1.  ,  0.  ,  0.  ],
           [ 0.  , -0.64,  0.77]])
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
            if not beam.name or not beam.name.isprintable() or beam.name != beam.name.strip():
                must = "must be printable, without blanks around it"
                raise SimulatorError(f"{where}: beam {at}: name: {must}, was {shown(beam.name)}")
            if beam.name in first:
                raise SimulatorError(
                    f"{where}: beam {at}: name: must be another one for each beam, was {shown(beam.name)} as that of "
                    f"beam {first[beam.name]}"
                )
            first[beam.name] = at

    def __repr__(self) -> str:
        arcs = sum(beam.stop is not None for beam in self.beams)
        told = f", {arcs} of them arcs" if arcs else ""
        return f"BeamList({len(self.beams)} beam{'s' * (len(self.beams) != 1)}{told}, {self.position})"

    @classmethod
    @checked
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

        Returns
        -------
        BeamList
            In the order of the rows, angles on the scales of the joints.

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

    def table(self) -> pd.DataFrame:
        """Return a row for each beam, with the columns that `of` reads; those that no beam fills are not there.

        Returns
        -------
        DataFrame
            ``name``, joints as ``gantry_deg`` (IEC 61217) and ``gantry_stop_deg``, ``weight_sr``, ``beam_on_s``.
        """
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

    @checked
    def directions_patient(self, setup: Setup) -> NDArray[np.float64]:
        """Return where each beam comes from, as seen from the isocentre in DICOM patient axes.

        Parameters
        ----------
        setup : Setup
            The room of the list.

        Returns
        -------
        ndarray, shape (n, 3)
            Unit vectors from the isocentre to the source; those of arcs are of where they start.
        """
        joints = aiming_joints(setup)
        poses = np.array([[beam.start[joint] for joint in joints] for beam in self.beams])
        top = directions_top(setup.scene.scanning(joints), setup.machine, setup.couch.table_top.joint, poses)
        return np.asarray(top @ rotation_top_patient(self.position))
