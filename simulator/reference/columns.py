"""What the columns of results mean: the tables that a run and a study write as CSV.

They have no schema: a table is what the program writes, so what is said of a column stands here, and nowhere else.
Tests hold the names to those of the tables themselves.
"""

from __future__ import annotations

from simulator.reference.entry import Entry
from simulator.scenario.hints import full_name

JOINT = "JOINT_deg"
"""A joint of the machine or couch by its name, with its unit at the end: mm if it slides."""
_OF_UNIT = "as the column unit says"
_SHARE = "share of what there is"
_DICOM = {"x": "the patient's left", "y": "the patient's back", "z": "the patient's head"}
_TOP = {
    "x": "the right of somebody who faces the gantry, at couch 0",
    "y": "the gantry, at couch 0",
    "z": "the ceiling",
}

_WHOLE = {
    "beams": "A row for each free pose of a sweep. ``simulator run`` writes it; in Python ``CollisionMap.beams()``. "
    "A machine whose beam turns about one axis only has one joint here, and ``weight_deg`` for ``weight_sr``.",
    "omega": "A row for each buffer, from 0 mm up: the solid angle that is left if all keep that distance. "
    "``simulator run`` writes it; in Python ``sim.buffer_curve``.",
    "table": "A row for each case of a study, in the order of its cases. Behind ``index`` stands a column for each "
    "field that varies, under its dotted name or the name that the study gives it. What is not known is empty. "
    "``simulator sweep`` writes it; in Python ``StudyResult.table``.",
}

_BEAMS = {
    **{
        f"top_{axis}": (
            "",
            "number",
            f"To {where}: a component of the unit vector from isocentre to source. The axes "
            "are those of the table top (IEC 61217) and turn with the couch.",
        )
        for axis, where in _TOP.items()
    },
    **{
        f"patient_{axis}": (
            "",
            "number",
            f"To {where}: a component of the unit vector from isocentre to source, in DICOM patient axes.",
        )
        for axis, where in _DICOM.items()
    },
    "weight_sr": (
        "steradians",
        "number",
        "The pose's share of the solid angle. A direction that several free poses reach is shared equally between "
        "them, so that the weights add up to the solid angle of the sampled poses. That lies near the proven bounds "
        "and need not lie between them.",
    ),
    "weight_deg": (
        "degrees",
        "number",
        "The pose's share of the circle, where one axis alone turns the beam; it stands in place of ``weight_sr``.",
    ),
    f"least_{JOINT}": (
        "degrees or mm, as the name ends",
        "number",
        "For each axis of which any value counts, the least value that is free with the pose.",
    ),
    JOINT: (
        "degrees or mm, as the name ends",
        "number",
        "Where each of the two joints that aim stands, on its IEC 61217 scale: ``gantry_deg`` and ``couch_deg`` of a "
        "C-arm.",
    ),
}
_OMEGA = {
    "buffer_mm": (
        "mm",
        "number",
        "The clearance that is demanded to patient and couch. The machine's own parts must not touch.",
    ),
    "solid_angle_sr": ("steradians", "number", "The middle of the bounds."),
    "lower_sr": ("steradians", "number", "At least this much is free, proven for the meshes."),
    "upper_sr": ("steradians", "number", "At most this much is free, proven for the meshes."),
    "fraction_of_4pi": ("share of 4π", "number", "``solid_angle_sr`` as a share of the whole sphere."),
}
_TABLE = {
    "index": ("", "whole number", "The number of the case, from 0 on."),
    **{
        f"isocentre_{axis}_mm": ("mm", "number", "Where the isocentre is in the patient, in DICOM patient axes.")
        for axis in "xyz"
    },
    "status": (
        "",
        "text",
        "``mapped``: there is an answer. ``not placed``: the case cannot be placed or mapped. "
        "``failed``: the program failed at it twice.",
    ),
    "reason": ("", "text", "Why there is no answer; empty if there is one."),
    "unit": (
        "",
        "text",
        "Of ``free`` and its bounds: ``sr``; ``deg``, ``mm`` or ``mm2`` where the joints give no solid angle.",
    ),
    "free": (_OF_UNIT, "number", "How much is free: the estimate, between its bounds."),
    "free_lower": (_OF_UNIT, "number", "At least this much is free."),
    "free_upper": (_OF_UNIT, "number", "At most this much is free."),
    "fraction": (_SHARE, "number", "``free`` as a share of what there is: 4π, once round, or the whole range."),
    "fraction_lower": (_SHARE, "number", "``free_lower`` as such a share."),
    "fraction_upper": (_SHARE, "number", "``free_upper`` as such a share."),
    "reachable_lower": (_SHARE, "number", "At least this much can be reached from the home pose over free poses."),
    "reachable_upper": (_SHARE, "number", "At most this much can be reached from the home pose."),
    **{
        f"pair_{place}": (
            "",
            "text",
            f"The pair of parts that is number {place} by what it blocks; empty if none is.",
        )
        for place in (1, 2, 3)
    },
    **{
        f"cost_{place}": (_SHARE, "number", f"How much ``pair_{place}`` blocks, alone or with others.")
        for place in (1, 2, 3)
    },
    **{
        f"clearance_p{part}_mm": (
            "mm",
            "number",
            f"What {int(part)} % of the free poses have at most: their clearance, told at most 1 mm too small. "
            "Each pose weighs as much as the cell around it.",
        )
        for part in ("05", "25", "50")
    },
    "warnings": ("", "text", "What a reader of the case should know; several are parted by semicolons."),
}
COLUMNS = {"beams": _BEAMS, "omega": _OMEGA, "table": _TABLE}
"""Unit, type and meaning of each column, by table and name."""


def column_entries(table: str) -> tuple[Entry, ...]:
    """Return the entry of a table of results, and those of its columns."""
    columns = COLUMNS[table]
    whole = Entry(table, (), paragraphs=(_WHOLE[table],), fields=tuple(full_name(table, (name,)) for name in columns))
    return (
        whole,
        *(
            Entry(table, (name,), unit=unit, type=kind, paragraphs=(text,))
            for name, (unit, kind, text) in columns.items()
        ),
    )
