"""Stand in for an afternoon at a machine: SYNTHETIC readings of a machine that never was.

The truth is the shipped model with the values below. Contacts are exact, and each reading is off by a normal error of
0.5 degrees. Writes readings.csv (the poses of plan/plan.json), held_out.csv (some with the couch elsewhere) and
observed.csv (contact or free, at poses drawn at random).
"""

import csv
import json
from pathlib import Path

import numpy as np

import simulator as sim
from simulator.commission.approaches import approaches_of
from simulator.commission.contact import first_contacts
from simulator.commission.validation import clearances_mm

TRUTH_MM = {"isocentre_to_face_mm": 409.0, "head cover z": -4.0, "couch top z": 5.0}
ERROR_DEG = 0.5
draw = np.random.default_rng(14)


def write(path: str, head: list, lines: list) -> None:
    """Write a CSV file."""
    with Path(path).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *lines])


def measured(rooms: sim.Rooms, poses: list, couch_by: float) -> list:
    """Return what would be read at some poses, the couch nearer to 0 by a factor."""
    asked = [
        sim.Reading(at, each["position"], each["direction"], each["from_deg"], each["contact_deg"], (), ERROR_DEG,
                    joints={"couch": couch_by * each["joints"]["couch"]})
        for at, each in enumerate(poses)
    ]  # fmt: skip
    contacts = first_contacts(rooms, truth, approaches_of(rooms, truth, asked), with_slopes=False)
    found = []
    for pose, value, parts in zip(asked, contacts.value, contacts.parts, strict=True):
        if parts is not None:
            angle = f"{value + draw.normal(0.0, ERROR_DEG):.1f}"
            found.append([pose.position, pose.joints["couch"], pose.direction, angle, " + ".join(parts), "synthetic"])
    return found


def seen(rooms: sim.Rooms, count: int = 60) -> list:
    """Return whether parts touch at poses drawn at random."""
    positions = list(rooms.setups)
    poses = [
        (positions[draw.integers(len(positions))], {"gantry": float(gantry), "couch": float(couch)}, 0.0)
        for gantry, couch in zip(draw.integers(-180, 181, count), draw.integers(-90, 91, count), strict=True)
    ]
    return [
        [position, joints["gantry"], joints["couch"], "free" if clearance > 0.0 else "contact"]
        for (position, joints, _), clearance in zip(poses, clearances_mm(rooms, truth, poses), strict=True)
    ]


rooms = sim.Rooms.of(sim.Commissioning.read("commissioning.toml"))
truth = np.array([TRUTH_MM[each.name] for each in rooms.unknowns])
plan = json.loads(Path("plan/plan.json").read_text(encoding="utf-8"))["poses"]
columns = ["position", "couch_deg", "direction", "contact_deg", "parts", "note"]
write("readings.csv", columns, measured(rooms, plan, 1.0))
write("held_out.csv", columns, measured(rooms, plan[::2], 0.8))
write("observed.csv", ["position", "gantry_deg", "couch_deg", "observed"], seen(rooms))
