"""Machine sets of SlicerRT's Room's Eye View, in JSON, that are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.sound_inputs import DEEP, ROWS, machine_set, part, scenario


def matrix(*diagonal: float, shift: float = 0.0) -> list[list[float]]:
    rows = np.diag([*diagonal, 1.0])
    rows[0, 3] = shift
    return rows.tolist()


SETS = [
    ("empty", "", "must be JSON: Expecting value"),
    ("a list", "[]", "must be a JSON object, the machine set of SlicerRT's Room's Eye View"),
    ("TOML", 'title = "x"', "must be JSON: Expecting value"),
    ("cut short", machine_set(part())[:-9], "must be JSON: "),
    ("not UTF-8", b'{"a": "\xff"}', "must be UTF-8 text; byte 7 is not"),
    ("NUL bytes", b"\0" * 40, "must be JSON: "),
    ("lists in lists", "[" * DEEP, "must be JSON: maximum recursion depth exceeded"),
    ("key twice", '{"Part": [], "Part": []}', "each key must stand once in an object, 'Part' stands there twice"),
    ("11 MB", " " * 11_000_000, "must be a JSON file of at most 10 MB, is larger"),
    ("no name", '{"Part": []}', "TreatmentMachineName: is missing"),
    ("no parts", machine_set(), "Part: must have at least 1, has 0"),
    ("part is a number", machine_set(3), "Part.0: must be a table of named fields, was 3"),
    ("no type", machine_set(part(Type=None)), "Part.0.Type: is missing"),
    ("unknown type", machine_set(part(Type="Arm")), "type of part 'G': unknown name 'Arm'; available: Collimator"),
    ("no file", machine_set(part(FilePath=None)), "Part.0.FilePath: is missing"),
    ("missing file", machine_set(part(FilePath="none.stl")), "none.stl: must be a mesh file"),
    ("file far away", machine_set(part(FilePath="../../../none.stl")), "none.stl: must be a mesh file"),
    ("state", machine_set(part(State="off")), "Part.0.State: must be 'Active', 'Passive' or 'Disabled', was 'off'"),
    ("colour", machine_set(part(Color=[1, 2])), "Part.0.Color.2: is missing"),
    ("no matrix", machine_set(part(FileToRASTransformMatrix=None)), "Part.0.FileToRASTransformMatrix: is missing"),
    ("3 x 4", machine_set(part(FileToRASTransformMatrix=ROWS[:3])), "Part.0.FileToRASTransformMatrix.3: is missing"),
    ("text", machine_set(part(FileToRASTransformMatrix="I")), "Part.0.FileToRASTransformMatrix: must be a list"),
    ("mirror", machine_set(part(FileToRASTransformMatrix=matrix(-1, 1, 1))), "was a mirror image (determinant -1)"),
    ("scaled", machine_set(part(FileToRASTransformMatrix=matrix(2, 2, 2))), "was a scaling, a shear or no transform"),
    ("flat", machine_set(part(FileToRASTransformMatrix=matrix(1, 1, 0))), "was a scaling, a shear or no transform"),
    (
        "NaN",
        machine_set(part(FileToRASTransformMatrix=matrix(float("nan"), 1, 1))),
        "Matrix.0.0: must be a finite number",
    ),
    (
        "far",
        machine_set(part(FileToRASTransformMatrix=matrix(1, 1, 1, shift=1e6))),
        "Matrix.0.3: must be less than or equ",
    ),
    (
        "last row",
        machine_set(part(FileToRASTransformMatrix=[*ROWS[:3], [0, 0, 1, 1]])),
        "must be a rotation and a shift",
    ),
    ("name twice", machine_set(part(), part()), "each part must have its own name, G is used again"),
    ("no table top", machine_set(part()), "must have a part of type TableTop to serve as a couch, has none"),
]


def test_there_are_at_least_30_cases() -> None:
    assert len(SETS) >= 30


def test_what_the_table_starts_from_is_sound(folder: Path, accepted) -> None:
    """Otherwise a case could be refused for a reason of its own."""
    (folder / "set.json").write_text(machine_set(part(), part(Name="T", Type="TableTop")))
    (folder / "case.toml").write_text(scenario(machine='model = "set.json"', couch='model = "set.json"'))
    accepted(warning="no surface_z_mm is given: the patient lies at the highest point, 150.0 mm")


@pytest.mark.parametrize(("content", "message"), [case[1:] for case in SETS], ids=[case[0] for case in SETS])
def test_a_machine_set(folder: Path, refused, content: str | bytes, message: str) -> None:
    (folder / "set.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "case.toml").write_text(scenario(machine='model = "set.json"', couch='model = "set.json"'))
    answer = refused("run", "case.toml", "--output", "out")
    assert answer.startswith("simulator: case.toml: ")
    assert "set.json" in answer or "none.stl" in answer or "set: " in answer
    assert message in answer
