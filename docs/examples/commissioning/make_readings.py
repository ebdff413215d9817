"""Stand in for an afternoon at a machine: SYNTHETIC readings of a machine that never was.

The truth is the shipped model with the values below; contacts are exact, and each reading is off by a normal error of
0.5 degrees. Writes readings.csv (the plan's poses), held_out.csv (other couch angles) and observed.csv (contact or free
at poses drawn at random).
"""

import csv

import numpy as np

import simulator as sim
from simulator.commission.approaches import approaches_of
from simulator.commission.contact import first_contacts
from simulator.commission.validation import clearances_mm

TRUTH_MM = {"isocentre_to_face_mm": 409.0, "head cover z": -4.0, "couch top z": 5.0}
ERROR_DEG = 0.5
draw = np.random.default_rng(14)


def measured(rooms: sim.Rooms, rows: list, path: str) -> None:
    """Write what would be read where the plan says."""
    truth = np.array([TRUTH_MM[each.name] for each in rooms.unknowns])
    asked = [
        sim.Reading(at, row.position, row.direction, row.from_deg, row.contact_deg, (), ERROR_DEG, 0.0, row.joints)
        for at, row in enumerate(rows, start=1)
    ]
    contacts = first_contacts(rooms, truth, approaches_of(rooms, truth, asked), with_slopes=False)
    with open(path, "w", newline="", encoding="utf-8") as file:
        write = csv.writer(file).writerow
        write(["pose", "position", "couch_deg", "direction", "from_deg", "contact_deg", "parts", "note"])
        for at, row in enumerate(rows):
            angle, parts = contacts.value[at], contacts.parts[at]
            read = "" if parts is None else f"{angle + draw.normal(0.0, ERROR_DEG):.1f}"
            what = "" if parts is None else " + ".join(parts)
            write([at + 1, row.position, row.joints["couch"], row.direction, row.from_deg, read, what, "synthetic"])


def observed(rooms: sim.Rooms, path: str, count: int = 60) -> None:
    """Write whether parts touch at poses drawn at random."""
    truth = np.array([TRUTH_MM[each.name] for each in rooms.unknowns])
    positions = list(rooms.setups)
    poses = [
        (positions[draw.integers(len(positions))], {"gantry": float(g), "couch": float(c)}, 0.0)
        for g, c in zip(draw.integers(-180, 181, count), draw.integers(-90, 91, count), strict=True)
    ]
    clearances = clearances_mm(rooms, truth, poses)
    with open(path, "w", newline="", encoding="utf-8") as file:
        write = csv.writer(file).writerow
        write(["position", "gantry_deg", "couch_deg", "observed"])
        for (position, joints, _), clearance in zip(poses, clearances, strict=True):
            write([position, joints["gantry"], joints["couch"], "free" if clearance > 0.0 else "contact"])


commissioning = sim.Commissioning.read("commissioning.toml")
rooms = sim.Rooms.of(commissioning)
measured(rooms, sim.plan_measurement(commissioning).rows, "readings.csv")
others = {"couch_deg": (-75.0, -45.0, -15.0, 15.0, 45.0, 75.0), "count": 20}
elsewhere = sim.Commissioning(**{**dict(commissioning), "candidates": others})
measured(rooms, sim.plan_measurement(elsewhere).rows, "held_out.csv")
observed(rooms, "observed.csv")
