"""Where the table stands by a plan."""

from __future__ import annotations

from simulator.dicom.plan import Plan
from simulator.setup.placing import TABLE_POSITION


def table_position_of(plan: Plan) -> tuple[float | None, float | None, float | None]:
    """Return the lateral, longitudinal and vertical table position of a plan, mm.

    It is that of the first control point of the first beam that names one, DICOM (300A,0128), (300A,0129) and
    (300A,012A) in IEC table-top axes: with the isocentre at the machine's, the upper face of the top stands at the
    vertical one. None for what is not there; positions that are relative, or nobody's, are none.
    """
    for beam in plan.beams:
        said = {axis: beam.start.get(axis) for axis in TABLE_POSITION}
        if not beam.is_table_relative and any(value is not None for value in said.values()):
            return said["table_lateral"], said["table_longitudinal"], said["table_vertical"]
    return None, None, None
