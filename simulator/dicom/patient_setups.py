"""How the patient lies for each beam, and how far the machine may be off: what beams refer to by number."""

from __future__ import annotations

from simulator.dicom.attributes import Item
from simulator.dicom.control_points import LARGEST_MM
from simulator.geometry.positions import PATIENT_POSITIONS

_TOLERANCES = {
    "gantry": "GantryAngleTolerance",
    "collimator": "BeamLimitingDeviceAngleTolerance",
    "couch": "PatientSupportAngleTolerance",
    "table_pitch": "TableTopPitchAngleTolerance",
    "table_roll": "TableTopRollAngleTolerance",
    "table_vertical": "TableTopVerticalPositionTolerance",
    "table_longitudinal": "TableTopLongitudinalPositionTolerance",
    "table_lateral": "TableTopLateralPositionTolerance",
    "snout": "SnoutPositionTolerance",
}


class PatientSetups:
    """The patient set-ups and tolerance tables of a plan, by number."""

    def __init__(self, plan: Item) -> None:
        self._setups = plan.items("PatientSetupSequence", "patient set-up")
        tables = [*plan.items("ToleranceTableSequence", "tolerance table")]
        self._tables = [*tables, *plan.items("IonToleranceTableSequence", "tolerance table")]

    def position(self, beam: Item) -> str:
        """Return the patient position of a beam; "" if the plan says none.

        Raises
        ------
        SimulatorError
            If it is none of the eight, or of several set-ups it is not clear which holds.
        """
        keyword = "ReferencedPatientSetupNumber"
        number = beam.integer(keyword)
        numbers = [setup.integer("PatientSetupNumber") for setup in self._setups]
        chosen = [each for each, its in zip(self._setups, numbers, strict=True) if its == number]
        if number is not None and not chosen:
            was = f"was {number} of {', '.join(map(str, numbers)) or 'none'}"
            raise beam.refused(keyword, "must be the number of a patient set-up of the plan", was)
        found = {_position(setup) for setup in (chosen if number is not None else self._setups)}
        if len(found) > 1:
            raise beam.refused(keyword, "must say one patient position", f"leaves {', '.join(sorted(found))}")
        return next(iter(found), "")

    def tolerances(self, beam: Item) -> dict[str, float]:
        """Return how far each axis may be off for a beam, in degrees or mm.

        Raises
        ------
        SimulatorError
            If one is no number, or less than 0.
        """
        number = beam.integer("ReferencedToleranceTableNumber")
        found: dict[str, float] = {}
        for table in self._tables:
            if number is None or table.integer("ToleranceTableNumber") != number:
                continue
            for axis, keyword in _TOLERANCES.items():
                value = table.number(keyword, largest=LARGEST_MM)
                if value is not None and value < 0:
                    raise table.refused(keyword, "must be at least 0", f"was {value:g}")
                if value is not None:
                    found[axis] = max(value, found.get(axis, 0.0))
        return found

    def without_tolerances(self, beam: Item) -> list[str]:
        """Return that a beam names a tolerance table that is not there, if it does."""
        number = beam.integer("ReferencedToleranceTableNumber")
        numbers = [table.integer("ToleranceTableNumber") for table in self._tables]
        return [] if number is None or number in numbers else [f"tolerance table {number} is not in the plan"]

    def remarks(self) -> list[str]:
        """Return what holds the patient and is known only by its type."""
        devices = [
            each for setup in self._setups for each in setup.items("FixationDeviceSequence", "fixation device")
        ]
        types = sorted({device.text("FixationDeviceType") or "of no type" for device in devices})
        return [
            f"fixation device {each}: it is checked only if it is of the patient's structures or the room's fixation"
            for each in types
        ]


def _position(setup: Item) -> str:
    keyword = "PatientPosition"
    position = setup.text(keyword)
    if setup.text("PatientAdditionalPosition") and not position:
        must = f"must be one of {', '.join(PATIENT_POSITIONS)}"
        raise setup.refused("PatientAdditionalPosition", f"{must} in Patient Position (0018,5100)", "was another one")
    if position and position not in PATIENT_POSITIONS:
        raise setup.refused(keyword, f"must be one of {', '.join(PATIENT_POSITIONS)}", f"was {position!r}")
    return position
