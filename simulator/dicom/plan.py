"""An RT Plan or RT Ion Plan as a value."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from simulator.arguments import checked
from simulator.dicom.beams import Beam
from simulator.dicom.plan_reading import read_plan
from simulator.errors import unknown


@dataclass(frozen=True, repr=False)
class Plan:
    """A plan.

    Attributes
    ----------
    kind : str
        "RT Plan" or "RT Ion Plan".
    beams : tuple of Beam
        In the order of the file.
    geometry : str
        RT Plan Geometry: "PATIENT", or "TREATMENT_DEVICE" if it knows of no patient.
    remarks : tuple of str
        What a reader of the results should know; without names and identifiers.
    frame_of_reference : str
        An identifier: to be compared with that of images, never shown.

    Examples
    --------
    >>> import simulator as sim
    >>> plan = sim.Plan.read("plan.dcm")
    >>> plan
    Plan(RT Plan, 5 beams)
    >>> [beam.number for beam in plan.beams], plan.geometry
    ([1, 2, 3, 4, 5], 'PATIENT')
    """

    kind: str
    beams: tuple[Beam, ...]
    geometry: str
    remarks: tuple[str, ...]
    frame_of_reference: str

    def __repr__(self) -> str:
        """Return what it is, without names."""
        return f"Plan({self.kind}, {len(self.beams)} beam{'s' * (len(self.beams) != 1)})"

    @classmethod
    @checked
    def read(cls, path: str | Path) -> Plan:
        """Return what a file says.

        Parameters
        ----------
        path : str or Path
            RT Plan or RT Ion Plan, with or without the preamble of DICOM Part 10.

        Returns
        -------
        Plan
            Without names and identifiers of the patient.

        Raises
        ------
        SimulatorError
            If it is no such file or damaged, or holds what is not modelled here: all that is refused, a line each.
        """
        return cls(**vars(read_plan(path)))

    @cached_property
    def sha256(self) -> str:
        """Hash of all values, without names and identifiers."""
        beams = [{key: value for key, value in asdict(beam).items() if key != "name"} for beam in self.beams]
        content = json.dumps([self.kind, self.geometry, beams], sort_keys=True)
        return sha256(content.encode()).hexdigest()

    @checked
    def beam(self, number: int) -> Beam:
        """Return the beam of a number.

        Parameters
        ----------
        number : int
            Beam Number of the file.

        Returns
        -------
        Beam
            With its legs.

        Raises
        ------
        SimulatorError
            If there is none.
        """
        for beam in self.beams:
            if beam.number == number:
                return beam
        raise unknown("beam of the plan", number, [str(beam.number) for beam in self.beams])
