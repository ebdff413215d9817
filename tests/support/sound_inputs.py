"""Sound scenarios, machine sets and meshes, for the tests in bad_input to spoil in one place each."""

from __future__ import annotations

import json

import trimesh

POSE = ("--gantry", "0", "--couch", "0")
DEEP = 100_000  # brackets within brackets, more than a reader follows

SECTIONS = {
    "machine": 'model = "c_arm"',
    "couch": 'model = "igrt"',
    "patient": 'model = "point"\nsite = "point"',
    "buffers": "patient_mm = 30",
    "grid": "gantry_deg = { start = -180, stop = 180, step = 90 }\ncouch_deg = { start = -90, stop = 90, step = 90 }",
}


def scenario(**changed: str) -> str:
    """Return a sound scenario with some sections replaced."""
    sections = {**SECTIONS, **changed}
    return 'title = "Malformed"\n' + "".join(f"[{name}]\n{lines}\n" for name, lines in sections.items())


POINT = 'model = "point"\nsite = "point"\n'
ADULT = 'model = "adult"\nsite = "brain"\n'
MESH = 'mesh = "box.stl"\nunits = "mm"\nisocentre_mm = [0, 0, 0]\n'
TOP = 'mesh = "box.stl"\nunits = "mm"\n'

BOX = trimesh.creation.box((100.0, 200.0, 300.0))
FILES = {suffix: BOX.export(file_type=suffix) for suffix in ("stl", "ply", "glb", "3mf")}
FILES |= {name: BOX.export(file_type=name).encode() for name in ("stl_ascii", "obj")}
FILES["ply_ascii"] = BOX.export(file_type="ply", encoding="ascii")


def edited(name: str, old: str, new: str) -> bytes:
    """Return a text file with one place changed."""
    assert old.encode() in FILES[name]
    return FILES[name].replace(old.encode(), new.encode(), 1)


ROWS = [[-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]


def part(**changed: object) -> dict[str, object]:
    given = {"Type": "Gantry", "Name": "G", "FilePath": "box.stl", "FileToRASTransformMatrix": ROWS, **changed}
    return {key: value for key, value in given.items() if value is not None}


def machine_set(*parts: object) -> str:
    return json.dumps({"TreatmentMachineName": "Own", "Part": list(parts)})


def short(*texts: str) -> str:
    """Return the name of a case."""
    return " ".join(" ".join(texts).split())[:70]
