"""A list of beams as a plan: the values that a plan file would be read as, without a file."""

from __future__ import annotations

from simulator.delivery.lists.beam_list import BeamList
from simulator.delivery.lists.listed import ListedBeam
from simulator.dicom.beams import AXES, TREATMENT, Beam, Leg
from simulator.dicom.plan import Plan
from simulator.errors import SimulatorError
from simulator.plans.rooms import source_axis_mm
from simulator.setup.setup import Setup

KIND = "beam list"


def plan_of(beams: BeamList, setup: Setup, *, remarks: tuple[str, ...] = (), frame_of_reference: str = "") -> Plan:
    """Return a plan of a list: beams numbered from 1, each with one leg.

    Parameters
    ----------
    beams : BeamList
        The list.
    setup : Setup
        The room of the list: source-axis distance, pitch and roll of the table.
    remarks, frame_of_reference
        As `Plan` has them.

    Raises
    ------
    SimulatorError
        If a beam moves a joint that no plan knows.
    """
    values = tuple(_beam(number, beam, beams, setup) for number, beam in enumerate(beams.beams, start=1))
    return Plan(KIND, values, "PATIENT", remarks, frame_of_reference)


def _beam(number: int, beam: ListedBeam, beams: BeamList, setup: Setup) -> Beam:
    unknown = [joint for joint in beam.start if joint not in AXES]
    if unknown:
        raise SimulatorError(
            f"{beams.source or 'beam list'}: beam {beam.name}: must be of joints that a plan knows "
            f"({', '.join(AXES)}), has {', '.join(unknown)}"
        )
    tilt = {"table_pitch": setup.pitch_deg, "table_roll": setup.roll_deg}
    standing = {axis: value for axis, value in tilt.items() if value}
    start, stop = {**beam.start, **standing}, {**(beam.stop or beam.start), **standing}
    return Beam(
        number=number,
        name=beam.name,
        radiation="PHOTON",
        delivery=TREATMENT,
        machine="",
        source_axis_mm=(source_axis_mm(setup),),
        position=beams.position,
        isocentre_mm=beams.isocentre_mm,
        accessories=(),
        legs=(Leg(number, 0, start, stop, True, (0.0, 1.0)),),
        is_table_relative=False,
        support_type="",
        ssd_mm=None,
        entry_point_mm=None,
        tolerances={},
        bolus=(),
    )
