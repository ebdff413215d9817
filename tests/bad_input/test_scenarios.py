"""Scenario files that are refused: their fields, the file as a whole, several errors at once; and encodings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import trimesh
from support.sound_inputs import ADULT, DEEP, MESH, POINT, POSE, TOP, machine_set, part, scenario, short

HUGE = "9" * 5000
STRUCTURES = 'structures = "nothing.dcm"\nsite = "PTV"\n'

DEVICE, BOARD = "[fixation]", 'model = "breast_board"\n'
SLAB = 'mesh = "box.stl"\nunits = "mm"\nsurface_z_mm = 0\n'

FIELDS = [
    # machine
    ("machine", 'model = "c_amr"', "machine.model: unknown name 'c_amr'; available: c_arm"),
    ("machine", 'model = ""', "machine.model: string must have at least 1 character, was ''"),
    ("machine", "model = 3", "machine.model: must be a valid string, was 3"),
    ("machine", 'model = ["c_arm"]', "machine.model: must be a valid string, was ['c_arm']"),
    ("machine", 'model = "igrt"', "kind must be 'machine', was 'couch'"),
    ("machine", 'model = "a\\u0000b"', r"machine.model: unknown name 'a\x00b'"),
    ("machine", f'model = "{"ü" * 300}"', "machine.model: unknown name 'üüü"),
    ("machine", f'model = "{"m" * 4001}"', "machine.model: string must have at most 4000 characters"),
    ("machine", 'model = "../../../nowhere"', "machine.model: unknown name '../../../nowhere'; available: c_arm"),
    ("machine", 'model = "case.toml"', "machine.model: unknown name 'case.toml'; available: c_arm"),
    ("machine", 'model = "set.json"', "machine.model: there is no file 'set.json'"),
    ("machine", 'modell = "c_arm"', "machine.modell: unknown field; available: model, options, collimator_deg"),
    ("machine", "options = 3", "machine.options: must be a valid dictionary, was 3"),
    ("machine", "options = { imagers = 3 }", "machine.options.imagers: must be a valid string, was 3"),
    ("machine", 'options = { imager = "deployed" }', "option: unknown name 'imager'; available: accessory"),
    ("machine", 'options = { imagers = "out" }', "option imagers: unknown name 'out'; available: retracted"),
    ("machine", 'options = { beside = "x" }', "machine.options: options must have names other than beside"),
    ("machine", "collimator_deg = nan", "machine.collimator_deg: must be a finite number, was nan"),
    ("machine", "collimator_deg = inf", "machine.collimator_deg: must be a finite number, was inf"),
    ("machine", "collimator_deg = true", "machine.collimator_deg: must be a valid number, was True"),
    ("machine", 'collimator_deg = "90"', "machine.collimator_deg: must be a valid number, was '90'"),
    ("machine", "collimator_deg = 1e9", "machine.collimator_deg: must be less than or equal to 720, was 1000000000"),
    ("machine", "collimator_deg = 721", "machine.collimator_deg: must be less than or equal to 720, was 721"),
    ("machine", f"collimator_deg = 0x{'f' * 4000}", "machine.collimator_deg: must be"),
    # couch
    ("couch", 'model = "c_arm"', "kind must be 'couch', was 'machine'"),
    ("couch", 'model = "sofa"', "couch.model: unknown name 'sofa'; available: "),
    ("couch", "", "couch: must have either model or mesh"),
    ("couch", 'model = "igrt"\nmesh = "box.stl"', "couch: must have either model or mesh"),
    ("couch", 'mesh = "box.stl"', "couch: a mesh must have units: mm, cm, m or in"),
    ("couch", 'mesh = "box.stl"\nunits = "km"', "couch.units: must be 'mm', 'cm', 'm' or 'in', was 'km'"),
    ("couch", 'mesh = "box.stl"\nunits = 1', "couch.units: must be 'mm', 'cm', 'm' or 'in', was 1"),
    ("couch", 'model = "igrt"\nunits = "mm"', "couch: units must stand beside mesh, not beside model"),
    ("couch", 'model = "igrt"\nsupport = "igrt"', "couch: support must stand beside mesh, not beside model"),
    ("couch", TOP + 'options = { a = "b" }', "couch: options must stand beside model, not beside mesh"),
    ("couch", TOP + 'support = "sofa"', "couch.support: unknown name 'sofa'; available: "),
    ("couch", TOP + 'support = "c_arm"', "kind must be 'couch', was 'machine'"),
    ("couch", TOP + "surface_z_mm = 1e6", "couch.surface_z_mm: must be less than or equal to 100000, was 1000000"),
    ("couch", TOP + "head_end_y_mm = -inf", "couch.head_end_y_mm: must be a finite number, was -inf"),
    ("couch", TOP + 'repair = "yes"', "couch.repair: must be a valid boolean, was 'yes'"),
    ("couch", TOP + "surface_z_mm = 5000", "vertical position must be from -650 to 400 mm, was -5000.0"),
    ("couch", 'mesh = "../nowhere/top.stl"\nunits = "mm"', "top.stl: must be a mesh file (.stl, .obj, .ply, .glb"),
    ("couch", 'mesh = "."\nunits = "mm"', "mesh format: unknown name ''; available: .stl, .obj, .ply, .glb, .3mf"),
    ("couch", 'mesh = "case.toml"\nunits = "mm"', "mesh format: unknown name '.toml'; available: .stl"),
    ("couch", 'mesh = "folder.stl"\nunits = "mm"', "folder.stl: must be a mesh file"),
    ("couch", 'mesh = "a\\u0000.stl"\nunits = "mm"', "cannot be read: embedded null byte"),
    ("couch", f'mesh = "{"ü" * 300}.stl"\nunits = "mm"', "cannot be read: File name too long"),
    ("couch", 'mesh = "loop.stl"\nunits = "mm"', "loop.stl: cannot be read: Too many levels of symbolic links"),
    ("couch", 'mesh = "box.stl"\nunits = "m"', "coordinates must be within 100000 mm, one was 150000 mm with units"),
    ("couch", 'model = "igrt"\npitch_deg = 3.5', "couch.pitch_deg: must be from -3 to 3 deg"),
    ("couch", 'model = "igrt"\nroll_deg = -4', "couch.roll_deg: must be from -3 to 3 deg"),
    ("couch", 'model = "igrt"\npitch_deg = nan', "couch.pitch_deg: must be a finite number, was nan"),
    ("couch", 'model = "no_couch"\npitch_deg = 721', "couch.pitch_deg: must be less than or equal to 720, was 721"),
    # patient
    ("patient", POINT + 'position = "HFX"', "patient.position: must be 'HFS', 'HFP', 'HFDR', 'HFDL', 'FFS', 'FFP'"),
    ("patient", POINT + 'position = "hfs"', "patient.position: must be 'HFS'"),
    ("patient", 'model = "adult"\nsite = "nose"', "unknown name 'nose'; available: brain, lung, liver"),
    ("patient", 'model = "adlut"\nsite = "brain"', "patient.model: unknown name 'adlut'; available: adult"),
    ("patient", 'model = "set.json"\nsite = "brain"', "patient.model: unknown name 'set.json'; available: adult"),
    ("patient", 'model = "adult"', "patient: must have one of site, isocentre_mm and plan"),
    ("patient", ADULT + "isocentre_mm = [0, 0, 0]", "patient: must have one of site, isocentre_mm and plan"),
    ("patient", "", "patient: must have either model, mesh or structures"),
    ("patient", TOP + 'site = "brain"', "patient: site must stand beside model or structures, not beside mesh"),
    (
        "patient",
        MESH + "height_cm = 180",
        "height_cm must stand beside model or structures, not beside mesh",
    ),
    ("patient", MESH + 'axes = "lps"', "patient.axes: must be 'dicom' or 'ras', was 'lps'"),
    ("patient", ADULT + 'structures = "RS.dcm"', "patient: must have either model, mesh or structures"),
    ("patient", ADULT + 'drop = "below 25 mm2"', "patient: drop must stand beside structures, not beside model"),
    ("patient", STRUCTURES + 'options = { arms = "up" }', "patient: options must stand beside model, not beside"),
    ("patient", STRUCTURES + 'arms = "up"', "patient: arms must stand beside complete"),
    ("patient", STRUCTURES + 'plan = "RP.dcm"', "patient: must have one of site, isocentre_mm and plan"),
    ("patient", STRUCTURES, "nothing.dcm: there is no such file"),
    ("patient", MESH + "table_top_y_mm = nan", "patient.table_top_y_mm: "),
    ("couch", 'model = "igrt"\ntable_position_mm = [0, 0]', "couch.table_position_mm"),
    ("couch", 'model = "igrt"\nlongitudinal_within_mm = [10, 20]', "couch.longitudinal_within_mm.0: "),
    (
        "couch",
        'model = "igrt"\ntable_position_mm = [0, 0, 0]\nlateral_within_mm = [-5, 5]',
        "lateral_within_mm must be left out beside table_position_mm",
    ),
    ("patient", ADULT + 'axes = "ras"', "patient: axes must stand beside mesh, not beside model"),
    ("patient", 'mesh = "box.stl"\nisocentre_mm = [0, 0, 0]', "patient: a mesh must have units: mm, cm, m or in"),
    ("patient", 'model = "point"\nisocentre_mm = [0, 0]', "patient.isocentre_mm.2: is missing"),
    ("patient", 'model = "point"\nisocentre_mm = [0, 0, 0, 0]', "patient.isocentre_mm: must have at most 3"),
    ("patient", 'model = "point"\nisocentre_mm = [0, nan, 0]', "patient.isocentre_mm.1: must be a finite number"),
    ("patient", 'model = "point"\nisocentre_mm = "origin"', "patient.isocentre_mm: must be a list, was"),
    ("patient", 'model = "adult"\nisocentre_mm = [0, 0, -9000]', "longitudinal position must be from -400 to 1050"),
    ("patient", POINT + "shift_mm = [300, 0, 0]", "lateral position must be from -230 to 230 mm, was -300.0: 70.0"),
    ("patient", POINT + "shift_mm = [0, 1000, 0]", "longitudinal position must be from -400 to 1050 mm, was"),
    ("patient", POINT + "shift_mm = [0, 0, 1000]", "vertical position must be from -650 to 400 mm, was -1000.0"),
    ("patient", POINT + "shift_mm = [1e999, 0, 0]", "patient.shift_mm.0: must be a finite number, was inf"),
    ("patient", ADULT + "height_cm = 0", "patient.height_cm: must be greater than 0, was 0"),
    ("patient", ADULT + "height_cm = 1.76", "patient.height_cm: must be 50 to 250, was 1.76"),
    ("patient", ADULT + "mass_kg = 73000", "patient.mass_kg: must be 3 to 400, was 73000"),
    ("patient", ADULT + "mass_kg = -70", "patient.mass_kg: must be greater than 0, was -70"),
    ("patient", ADULT + 'mass_kg = "70"', "patient.mass_kg: must be a valid number, was '70'"),
    ("patient", ADULT + "height_cm = 240\nmass_kg = 4", "must go together (body mass index 8 to 120 kg/m²), were"),
    ("patient", POINT + "height_cm = 180", "height_cm and mass_kg must be left out: the model has no"),
    ("patient", ADULT + 'options = { height_cm = "180" }', "patient.options: options must have names other than"),
    ("patient", ADULT + 'options = { arms = "crossed" }', "option arms: unknown name 'crossed'; available: down, up"),
    ("patient", ADULT + "options = { arms = { up = true } }", "patient.options.arms: must be a valid string, was"),
    ("patient", ADULT + "sites = 3", "patient.sites: unknown field; available: model, options, mesh, units, repair"),
    # buffers
    ("buffers", "patient_mm = -1", "buffers.patient_mm: must be greater than or equal to 0, was -1"),
    ("buffers", "couch_mm = 1001", "buffers.couch_mm: must be less than or equal to 1000, was 1001"),
    ("buffers", "couch_mm = nan", "buffers.couch_mm: must be a finite number, was nan"),
    ("buffers", "patient_cm = 3", "buffers.patient_cm: unknown field; available: patient_mm, couch_mm"),
    ("buffers", "patient_mm = [30]", "buffers.patient_mm: must be a valid number, was [30]"),
    ("buffers", "patient_mm = 1979-05-27", "buffers.patient_mm: must be a valid number, was datetime.date(1979, 5"),
    # grid
    ("grid", "gantry_deg = 3", "grid.gantry_deg: must be a table of named fields, was 3"),
    (
        "grid",
        "table_lateral_mm = { start = 0, stop = 90, over = 'all' }",
        "grid.table_lateral_mm: step: is missing",
    ),
    ("grid", "gantry_deg = { step = 7 }", "grid.gantry_deg: stop - start must be a whole number of steps"),
    ("grid", "gantry_deg = { start = 90, stop = 0, step = 1 }", "grid.gantry_deg: stop must be from start to start"),
    ("grid", "gantry_deg = { start = 0, stop = 361, step = 1 }", "grid.gantry_deg: stop must be from start to"),
    ("grid", "gantry_deg = { start = 0, stop = 90, step = 7 }", "grid.gantry_deg: stop - start must be a whole"),
    ("grid", "gantry_deg = { start = 0, stop = 90, step = 0 }", "grid.gantry_deg.step: must be greater than or"),
    ("grid", "gantry_deg = { start = 0, stop = 90, step = -1 }", "grid.gantry_deg.step: must be greater than or"),
    ("grid", "gantry_deg = { start = 0, stop = 90, step = nan }", "grid.gantry_deg.step: must be a finite number"),
    ("grid", "gantry_deg = { start = -inf, stop = 90, step = 1 }", "grid.gantry_deg.start: must be a finite"),
    ("grid", "gantry_deg = { start = 0, stop = 720.5, step = 1 }", "grid.gantry_deg: start and stop must be from"),
    ("grid", "gantry_deg = { start = 0, stop = 200, step = 1 }", "grid.gantry_deg: must be from -185 to 185 deg"),
    ("grid", "couch_deg = { start = -100, stop = 90, step = 1 }", "grid.couch_deg: must be from -95 to 95 deg"),
    (
        "grid",
        "collimator_deg = { start = 0, stop = 9, step = 1 }",
        "grid.collimator_deg: must say over = 'any', 'all'",
    ),
    (
        "grid",
        "arm_deg = { start = 0, stop = 9, step = 1 }",
        "grid.arm_deg: joint: unknown name 'arm'; available: gantry",
    ),
    ("grid", "patient_deg = { start = 0, stop = 9, step = 1 }", "joint: unknown name 'patient'; available: gantry"),
    ("grid", "gantry = { start = 0, stop = 9, step = 1 }", "grid: gantry: must be the name of a joint and its unit"),
    (
        "grid",
        "gantry_rad = { start = 0, stop = 9, step = 1 }",
        "grid: gantry_rad: must be the name of a joint and its",
    ),
    (
        "grid",
        "gantry_mm = { start = 0, stop = 9, step = 1 }",
        "grid.gantry_mm: must be gantry_deg: the joint is revol",
    ),
    (
        "grid",
        "table_lateral_deg = { start = 0, stop = 9, step = 1, over = 'all' }",
        "grid.table_lateral_deg: must be table_lateral_mm: the joint is prismatic",
    ),
    ("grid", "gantry_deg = { unit = 'mm' }", "grid: gantry_deg: unit must be left out: it stands in the name"),
    ("grid", "gantry_deg = { over = 'some' }", "grid.gantry_deg.over: must be 'any', 'all' or 'each', was 'some'"),
    (
        "grid",
        "gantry_deg = { over = 'any' }",
        "grid.gantry_deg: over must be 'all' or left out, was 'any': the joint",
    ),
    ("grid", "gantry_deg = { start = 0, stop = 9, step = 1, end = 2 }", "grid.gantry_deg.end: unknown field"),
    (
        "grid",
        "gantry_deg = { start = -180, stop = 180, step = 0.01 }\ncouch_deg = { start = -90, stop = 90, step = 0.01 }",
        "grid: must have at most 4,000,000 poses, has 648,036,000: take larger steps",
    ),
    # fixation
    (DEVICE, "", "fixation.0: must have either model or mesh"),
    (DEVICE, 'model = "bed"', "fixation.0.model: unknown name 'bed'; available: breast_board, head_adjuster"),
    (DEVICE, 'model = "igrt"', "kind must be 'fixation', was 'couch'"),
    (DEVICE, 'model = "set.json"', "fixation.0.model: unknown name 'set.json'"),
    (DEVICE, 'modell = "x"', "fixation.0.modell: unknown field; available: model, options, mesh"),
    (DEVICE, BOARD + "options = { incline_deg = 15 }", "fixation.0.options.incline_deg: must be a valid string"),
    (
        DEVICE,
        BOARD + 'options = { incline_deg = "9" }',
        "option incline_deg: unknown name '9'; available: 0, 7.5, 15",
    ),
    (DEVICE, BOARD + 'options = { anchor = "x" }', "fixation.0.options: options must have names other than beside"),
    (DEVICE, BOARD, "fixation.0.anchor (of breast_board): unknown name 'hips'; available: table, table end, point"),
    (DEVICE, BOARD + "shift_mm = [0, nan, 0]", "fixation.0.shift_mm.1: must be a finite number, was nan"),
    (DEVICE, BOARD + "surface_z_mm = 3", "surface_z_mm must stand beside mesh, not beside model"),
    (DEVICE, 'mesh = "box.stl"\nsurface_z_mm = 0', "fixation.0: a mesh must have units: mm, cm, m or in"),
    (DEVICE, 'mesh = "box.stl"\nunits = "mm"', "fixation.0: a mesh must have surface_z_mm: z of the face"),
    (DEVICE, SLAB + "incline_deg = 60", "fixation.0.incline_deg: must be less than or equal to 45, was 60"),
    (DEVICE, SLAB + 'anchor = "moon"', "fixation.0.anchor (of box): unknown name 'moon'; available: table"),
    (
        DEVICE,
        SLAB.replace("box", "none"),
        "none.stl: must be a mesh file (.stl, .obj, .ply, .glb, .3mf): there is no",
    ),
    ("fixation", 'model = "wing_board"', "fixation: must be a list, was {'model': 'wing_board'}"),
    ("floor", "z_mm = 3", "floor: unknown field; available: title, machine, couch, patient, fixation"),
]

DOCUMENTS = [
    ("empty", b"", "title: is missing"),
    ("blank", b"\n\n \n", "patient: is missing"),
    ("only NUL bytes", b"\0" * 64, "must be TOML: "),
    ("a NUL inside", scenario().replace("Malformed", "Mal\0formed").encode(), "must be TOML: Illegal character"),
    ("latin-1", 'title = "Gehäuse"'.encode("latin-1"), "must be UTF-8 text; byte 12 is not"),
    ("UTF-16 with its byte order mark", scenario().encode("utf-16"), "must be UTF-8 text; byte 0 is not"),
    ("UTF-32", scenario().encode("utf-32"), "must be UTF-8 text; byte 0 is not"),
    ("cut short", scenario().encode()[:-60], "must be TOML: "),
    ("cut inside a character", 'title = "ä'.encode()[:-1], "must be UTF-8 text"),
    ("no quotes", b"title = Brain", "must be TOML: Invalid value (at line 1, column 9)"),
    ("JSON", b'{"title": "Brain"}', "must be TOML: "),
    ("a mesh", trimesh.creation.box().export(file_type="stl"), "must be UTF-8 text"),
    ("key twice", b'title = "a"\ntitle = "b"', "must be TOML: Cannot overwrite a value"),
    ("table twice", scenario().encode() + b'[couch]\nmodel = "igrt"', "must be TOML: Cannot declare ('couch',)"),
    ("arrays in arrays", b"title = " + b"[" * DEEP, "must be TOML: maximum recursion depth exceeded"),
    ("tables in tables", b"title = " + b"{a = " * DEEP, "must be TOML: maximum recursion depth exceeded"),
    ("keys in keys", b"title" + b".a" * 2000 + b" = 1", "title: must be a valid string, was {'a': "),
    ("integer of 5000 digits", f"title = {HUGE}".encode(), "must be TOML: Exceeds the limit"),
    ("hexadecimal integer", b"title = 0x" + b"f" * 5000, "title: must be a valid string, was a huge int"),
    ("11 MB", b"# comment\n" * 1_100_000, "must be a TOML file of at most 10 MB, is larger"),
    ("array at the top", b'[[patient]]\nmodel = "point"', "patient: must be a table of named fields, was"),
    ("title of 201 letters", b'title = "' + b"a" * 201 + b'"', "title: string must have at most 200 characters"),
    ("title of no letters", b'title = ""', "title: string must have at least 1 character"),
]


def test_there_are_at_least_130_cases() -> None:
    assert len(FIELDS) + len(DOCUMENTS) >= 130


def test_what_the_tables_start_from_is_sound(folder: Path, accepted) -> None:
    """Otherwise a case could be refused for a reason of its own."""
    for changed in ({}, {"couch": TOP + "surface_z_mm = 150"}, {"patient": MESH}):
        (folder / "case.toml").write_text(scenario(**changed))
        accepted()


@pytest.mark.parametrize(("section", "lines", "message"), FIELDS, ids=[short(*case[:2]) for case in FIELDS])
def test_a_field_of_a_scenario(folder: Path, refused, section: str, lines: str, message: str) -> None:
    (folder / "case.toml").write_text(scenario(**{section: lines}))
    answer = refused("run", "case.toml", "--output", "out")
    assert answer.startswith("simulator: case.toml: ")
    assert message in answer


@pytest.mark.parametrize(
    ("content", "message"), [case[1:] for case in DOCUMENTS], ids=[case[0] for case in DOCUMENTS]
)
def test_a_scenario_file(folder: Path, refused, content: bytes, message: str) -> None:
    (folder / "case.toml").write_bytes(content)
    answer = refused("pose", "case.toml", *POSE)
    assert answer.startswith("simulator: case.toml: ")
    assert message in answer


def test_every_error_of_a_file_is_reported_at_once(folder: Path, refused) -> None:
    lines = {
        "machine": "collimator_deg = nan",
        "couch": 'model = "igrt"\nunit = "mm"',
        "patient": 'model = "point"\nsite = "point"\nposition = "up"',
        "buffers": "patient_mm = -3",
        "grid": "couch_deg = { start = 0, stop = 9, step = 0 }",
    }
    (folder / "case.toml").write_text(scenario(**lines))
    answer = refused("run", "case.toml").splitlines()
    assert len(answer) == 5
    for line, field in zip(
        answer,
        ("machine.collimator_deg", "couch.unit", "patient.position", "buffers.patient_mm", "grid.couch_deg.step"),
        strict=True,
    ):
        assert f"case.toml: {field}: " in line


def test_every_axis_that_is_out_of_reach_is_named(folder: Path, refused) -> None:
    (folder / "case.toml").write_text(scenario(patient=POINT + "shift_mm = [300, 1000, 1000]"))
    answer = refused("run", "case.toml").splitlines()
    assert [re.search(r"reach: (\w+).*: ([\d.]+) mm missing", line).groups() for line in answer] == [
        ("lateral", "70.0"),
        ("longitudinal", "580.0"),
        ("vertical", "350.0"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_windows_editors_are_welcome(folder: Path, accepted, encoding: str) -> None:
    """A byte order mark and CRLF are no errors, in TOML and in JSON."""
    (folder / "set.json").write_bytes(machine_set(part()).encode(encoding))
    text = scenario(machine='model = "set.json"', couch='model = "no_couch"').replace("\n", "\r\n")
    (folder / "case.toml").write_bytes(text.encode(encoding))
    accepted()
