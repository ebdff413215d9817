"""What hangs on the machine during a beam, by kind and ID; outer sizes are never in a plan."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.dicom.attributes import Item
from simulator.dicom.beams import Accessory

INSIDE = ("DYNAMIC", "MOTORIZED")
"""Wedges that are jaws in motion, or sit within the head."""
STEREOTACTIC = "STEREOTACTIC"
"""Applicator type of a cone."""


@dataclass(frozen=True)
class _Source:
    """Where accessories of a kind stand: sequences, attributes of their ID (the first that is filled) and type."""

    kind: str
    sequences: tuple[str, ...]
    ids: tuple[str, ...]
    type: str
    number: str = ""
    """How many the beam announces, though it may not describe them."""


_SOURCES = (
    _Source("applicator", ("ApplicatorSequence",), ("ApplicatorID",), "ApplicatorType"),
    _Source("accessory", ("GeneralAccessorySequence",), ("GeneralAccessoryID",), "GeneralAccessoryType"),
    _Source("wedge", ("WedgeSequence", "IonWedgeSequence"), ("WedgeID",), "WedgeType", "NumberOfWedges"),
    _Source("block tray", ("BlockSequence", "IonBlockSequence"), ("BlockTrayID",), "BlockType", "NumberOfBlocks"),
    _Source(
        "compensator",
        ("CompensatorSequence", "IonRangeCompensatorSequence"),
        ("CompensatorTrayID", "CompensatorID"),
        "CompensatorType",
        "NumberOfCompensators",
    ),
    _Source("snout", ("SnoutSequence",), ("SnoutID",), ""),
    _Source(
        "range shifter", ("RangeShifterSequence",), ("RangeShifterID",), "RangeShifterType", "NumberOfRangeShifters"
    ),
)
_IN_THE_NOZZLE = {
    "lateral spreading device": "LateralSpreadingDeviceSequence",
    "range modulator": "RangeModulatorSequence",
}


def accessories(beam: Item) -> tuple[Accessory, ...]:
    """Return what hangs on the machine, each once; what is announced and not described has no ID.

    Raises
    ------
    SimulatorError
        If a sequence or a number is none.
    """
    found: list[Accessory] = []
    for source in _SOURCES:
        items = [item for sequence in source.sequences for item in beam.items(sequence, source.kind)]
        found += [_accessory(item, source) for item in items]
        announced = (beam.number(source.number) or 0) if source.number else 0
        if announced > len(items):
            found.append(Accessory(source.kind, "", "", ""))
    if (beam.number("NumberOfBoli") or 0) > len(boli(beam)):
        found.append(Accessory("bolus", "", "", ""))
    return tuple(dict.fromkeys(each for each in found if not (each.kind == "wedge" and each.type in INSIDE)))


def boli(beam: Item) -> tuple[int, ...]:
    """Return the numbers of the ROIs that are bolus for a beam."""
    found = [item.integer("ReferencedROINumber") for item in beam.items("ReferencedBolusSequence", "bolus")]
    return tuple(number for number in found if number is not None)


def in_the_nozzle(beam: Item) -> list[str]:
    """Return what an ion beam has further upstream, where no model has parts of its own."""
    return [kind for kind, sequence in _IN_THE_NOZZLE.items() if beam.items(sequence, kind)]


def _accessory(item: Item, source: _Source) -> Accessory:
    given = [item.text(keyword) for keyword in source.ids]
    kind_of = item.text(source.type) if source.type else ""
    is_cone = source.kind == "applicator" and kind_of == STEREOTACTIC
    return Accessory(
        "cone" if is_cone else source.kind, next(filter(None, given), ""), kind_of, item.text("AccessoryCode")
    )
