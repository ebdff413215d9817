"""What hangs on the machine during a beam."""

import pytest
from support.dicom_plans import beam, items, static

from simulator.dicom.beams import Accessory


def hung(read, *, ion=False, **attributes):
    return read(beam(1, static(), ion=ion, **attributes), ion=ion).beams[0].accessories


@pytest.mark.parametrize(
    ("sequence", "item", "expected"),
    [
        (
            "ApplicatorSequence",
            {"ApplicatorID": "A10", "ApplicatorType": "ELECTRON_SQUARE", "AccessoryCode": "77"},
            Accessory("applicator", "A10", "ELECTRON_SQUARE", "77"),
        ),
        (
            "ApplicatorSequence",
            {"ApplicatorID": "C12", "ApplicatorType": "STEREOTACTIC"},
            Accessory("cone", "C12", "STEREOTACTIC", ""),
        ),
        (
            "GeneralAccessorySequence",
            {"GeneralAccessoryID": "grat", "GeneralAccessoryType": "GRATICULE"},
            Accessory("accessory", "grat", "GRATICULE", ""),
        ),
        ("WedgeSequence", {"WedgeID": "W30", "WedgeType": "STANDARD"}, Accessory("wedge", "W30", "STANDARD", "")),
        (
            "BlockSequence",
            {"BlockTrayID": "tray", "BlockType": "APERTURE", "AccessoryCode": "5"},
            Accessory("block tray", "tray", "APERTURE", "5"),
        ),
        ("CompensatorSequence", {"CompensatorTrayID": "slot"}, Accessory("compensator", "slot", "", "")),
        ("CompensatorSequence", {"CompensatorID": "own"}, Accessory("compensator", "own", "", "")),
    ],
)
def test_what_a_photon_or_electron_beam_may_have(read, sequence, item, expected):
    assert hung(read, **{sequence: items(item)}) == (expected,)


def test_what_an_ion_beam_may_have(read):
    found = hung(
        read,
        ion=True,
        SnoutSequence=items({"SnoutID": "S1", "AccessoryCode": "9"}),
        RangeShifterSequence=items({"RangeShifterID": "40mm", "RangeShifterType": "BINARY"}),
        IonBlockSequence=items({"BlockTrayID": "tray", "BlockType": "APERTURE"}),
        IonRangeCompensatorSequence=items({"CompensatorID": "rc"}),
        IonWedgeSequence=items({"WedgeID": "w", "WedgeType": "STANDARD"}),
    )
    assert {(each.kind, each.id) for each in found} == {
        ("snout", "S1"),
        ("range shifter", "40mm"),
        ("block tray", "tray"),
        ("compensator", "rc"),
        ("wedge", "w"),
    }


@pytest.mark.parametrize("within", ["DYNAMIC", "MOTORIZED"])
def test_wedges_of_moving_jaws_or_within_the_head_hang_nowhere(read, within):
    assert hung(read, WedgeSequence=items({"WedgeID": "W", "WedgeType": within}), NumberOfWedges=1) == ()


def test_blocks_on_one_tray_are_one_accessory(read):
    block = {"BlockTrayID": "tray", "BlockType": "SHIELDING"}
    assert hung(read, BlockSequence=items(block, block), NumberOfBlocks=2) == (
        Accessory("block tray", "tray", "SHIELDING", ""),
    )


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("NumberOfWedges", "wedge"),
        ("NumberOfBlocks", "block tray"),
        ("NumberOfCompensators", "compensator"),
        ("NumberOfBoli", "bolus"),
    ],
)
def test_what_is_announced_and_not_described_is_never_ignored(read, number, kind):
    assert hung(read, **{number: 1}) == (Accessory(kind, "", "", ""),)


def test_boli_are_known_by_their_rois(read):
    (found,) = read(
        beam(
            1,
            static(),
            NumberOfBoli=2,
            ReferencedBolusSequence=items({"ReferencedROINumber": 4}, {"ReferencedROINumber": 9}),
        )
    ).beams
    assert found.bolus == (4, 9)
    assert found.accessories == ()


def test_what_is_within_the_nozzle_is_told(read):
    plan = read(beam(1, static(), ion=True, RangeModulatorSequence=items({"RangeModulatorID": "m"})), ion=True)
    assert plan.remarks == ("beam 1: range modulator: taken to be within the nozzle",)
