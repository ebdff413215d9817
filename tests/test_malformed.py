"""Bad input of every kind: one message that names file and field, exit code 2, no traceback, nothing written.

The tables below are the list of what a person, an exporter or a broken disk can do; each line is one input and the
words that the answer must contain.
"""

from __future__ import annotations

import json
import os
import re
import struct
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import trimesh

from simulator import cli

POSE = ("--gantry", "0", "--couch", "0")
HUGE = "9" * 5000
DEEP = 100_000

# --------------------------------------------------------------------------------------------------------- scenarios

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
    ("machine", "collimator_deg = 170", "machine.collimator_deg: must be from -165 to 165 deg"),
    ("machine", f"collimator_deg = 0x{'f' * 4000}", "machine.collimator_deg: must be"),
    # couch
    ("couch", 'model = "c_arm"', "kind must be 'couch', was 'machine'"),
    ("couch", 'model = "sofa"', "couch.model: unknown name 'sofa'; available: igrt, igrt_head_board, no_couch"),
    ("couch", "", "couch: must have either model or mesh"),
    ("couch", 'model = "igrt"\nmesh = "box.stl"', "couch: must have either model or mesh"),
    ("couch", 'mesh = "box.stl"', "couch: a mesh must have units: mm, cm, m or in"),
    ("couch", 'mesh = "box.stl"\nunits = "km"', "couch.units: must be 'mm', 'cm', 'm' or 'in', was 'km'"),
    ("couch", 'mesh = "box.stl"\nunits = 1', "couch.units: must be 'mm', 'cm', 'm' or 'in', was 1"),
    ("couch", 'model = "igrt"\nunits = "mm"', "couch: units must stand beside mesh, not beside model"),
    ("couch", 'model = "igrt"\nsupport = "igrt"', "couch: support must stand beside mesh, not beside model"),
    ("couch", TOP + 'options = { a = "b" }', "couch: options must stand beside model, not beside mesh"),
    ("couch", TOP + 'support = "sofa"', "couch.support: unknown name 'sofa'; available: igrt"),
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
    ("patient", 'model = "adult"', "patient: must have either site or isocentre_mm"),
    ("patient", ADULT + "isocentre_mm = [0, 0, 0]", "patient: must have either site or isocentre_mm"),
    ("patient", "", "patient: must have either model or mesh"),
    ("patient", TOP + 'site = "brain"', "patient: a mesh has no sites: must have isocentre_mm"),
    ("patient", MESH + "height_cm = 180", "patient: height_cm must stand beside model, not beside mesh"),
    ("patient", MESH + 'axes = "lps"', "patient.axes: must be 'dicom' or 'ras', was 'lps'"),
    ("patient", ADULT + 'axes = "ras"', "patient: axes must stand beside mesh, not beside model"),
    ("patient", 'mesh = "box.stl"\nisocentre_mm = [0, 0, 0]', "patient: a mesh must have units: mm, cm, m or in"),
    ("patient", 'model = "point"\nisocentre_mm = [0, 0]', "patient.isocentre_mm.2: is missing"),
    ("patient", 'model = "point"\nisocentre_mm = [0, 0, 0, 0]', "patient.isocentre_mm: tuple must have at most 3"),
    ("patient", 'model = "point"\nisocentre_mm = [0, nan, 0]', "patient.isocentre_mm.1: must be a finite number"),
    ("patient", 'model = "point"\nisocentre_mm = "origin"', "patient.isocentre_mm: must be a valid tuple, was"),
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
    ("grid", "gantry_deg = { start = 0, stop = 90 }", "grid.gantry_deg.step: is missing"),
    ("grid", "gantry_deg = { start = 90, stop = 0, step = 1 }", "grid.gantry_deg: stop must be from start to start"),
    ("grid", "gantry_deg = { start = 0, stop = 361, step = 1 }", "grid.gantry_deg: stop must be from start to"),
    ("grid", "gantry_deg = { start = 0, stop = 90, step = 7 }", "grid.gantry_deg: stop - start must be a whole"),
    ("grid", "gantry_deg = { start = 0, stop = 90, step = 0 }", "grid.gantry_deg.step: must be greater than or"),
    ("grid", "gantry_deg = { start = 0, stop = 90, step = -1 }", "grid.gantry_deg.step: must be greater than or"),
    ("grid", "gantry_deg = { start = 0, stop = 90, step = nan }", "grid.gantry_deg.step: must be a finite number"),
    ("grid", "gantry_deg = { start = -inf, stop = 90, step = 1 }", "grid.gantry_deg.start: must be a finite"),
    ("grid", "gantry_deg = { start = 0, stop = 720.5, step = 1 }", "grid.gantry_deg.stop: must be less than or"),
    ("grid", "gantry_deg = { start = 0, stop = 200, step = 1 }", "grid.gantry_deg: must be from -185 to 185 deg"),
    ("grid", "couch_deg = { start = -100, stop = 90, step = 1 }", "grid.couch_deg: must be from -95 to 95 deg"),
    ("grid", "collimator_deg = { start = 0, stop = 9, step = 1 }", "grid.collimator_deg: unknown field; available"),
    ("grid", "gantry_deg = { start = 0, stop = 9, step = 1, end = 2 }", "grid.gantry_deg.end: unknown field"),
    (
        "grid",
        "gantry_deg = { start = -180, stop = 180, step = 0.01 }\ncouch_deg = { start = -90, stop = 90, step = 0.01 }",
        "grid: must have at most 4,000,000 poses, has 648,036,000: take larger steps",
    ),
    ("floor", "z_mm = 3", "floor: unknown field; available: title, machine, couch, patient, buffers, grid"),
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

# ------------------------------------------------------------------------------------------------------ descriptions

JOINTS = {
    "couch": 'type = "revolute"\nlimits = [-95, 95]',
    "table_vertical": 'type = "prismatic"\nparent = "couch"',
    "table_longitudinal": 'type = "prismatic"\nparent = "table_vertical"\naxis = [0, 1, 0]',
    "table_lateral": 'type = "prismatic"\nparent = "table_longitudinal"\naxis = [1, 0, 0]',
}


def joints(tables: dict[str, str]) -> str:
    return "".join(f'[[joints]]\nname = "{name}"\n{lines}\n' for name, lines in tables.items())


PART = '[[parts]]\nname = "{0}"\nmesh = "box.stl"\nunits = "mm"\njoint = "{1}"\ngroup = "{2}"\n'
NOTE = 'title = "Own"\nnote = "No clinical clearance."\n'
DESCRIPTIONS = {
    "machine": 'kind = "machine"\n'
    + NOTE
    + '[options.imagers]\nchoices = ["in", "out"]\n'
    + joints({"gantry": 'type = "revolute"\naxis = [0, 1, 0]\nlimits = [-185, 185]'})
    + PART.format("head", "gantry", "gantry")
    + '[beam]\njoint = "gantry"\nsource_mm = [0, 0, 1000]\ndirection = [0, 0, -1]\n',
    "couch": 'kind = "couch"\n'
    + NOTE
    + joints(JOINTS)
    + PART.format("top", "table_lateral", "couch")
    + '[table_top]\njoint = "table_lateral"\nsurface_z_mm = 150\nhead_end_y_mm = 100\n',
    "patient": 'kind = "patient"\n'
    + NOTE
    + PART.format("body", "fixed", "patient")
    + '[[sites]]\nname = "point"\nposition_mm = [0, 0, 0]\n'
    + "[reference_size]\nheight_cm = 170\nmass_kg = 70\n",
}

MODELS = [
    ("machine", 'kind = "machine"', 'kind = "robot"', "kind: must be 'machine', 'couch' or 'patient', was 'robot'"),
    ("machine", 'kind = "machine"', 'kind = "couch"', "a couch must have a [table_top]"),
    ("machine", 'kind = "machine"\n', "", "kind: is missing"),
    ("machine", 'note = "No clinical clearance."\n', "", "note: is missing"),
    ("machine", '[beam]\njoint = "gantry"', '[beam]\njoint = "arm"', "beam.joint: unknown name 'arm'; available"),
    ("machine", "direction = [0, 0, -1]", "direction = [0, 0, 0]", "beam.direction: must be a direction (not zero)"),
    ("machine", "direction = [0, 0, -1]", "direction = [nan, 0, -1]", "beam.direction.0: must be a finite number"),
    ("machine", "direction = [0, 0, -1]", "direction = [1, 0, 0]", "gantry and couch must turn the beam about the"),
    ("machine", "direction = [0, 0, -1]", "direction = [1e300, 0, 0]", "beam.direction: must be a direction"),
    ("machine", "source_mm = [0, 0, 1000]", "source_mm = [0, 0, 1e6]", "beam.source_mm.2: must be less than or"),
    ("machine", "[beam]", "[ray]", "ray: unknown field; available: kind, title, note, extends"),
    ("machine", "[beam]", "[table_top]", "table_top.source_mm: unknown field; available: joint, surface_z_mm"),
    ("machine", 'type = "revolute"', 'type = "helical"', "joints.0.type: must be 'fixed', 'revolute' or"),
    ("machine", 'type = "revolute"', 'type = "fixed"', "gantry and couch must turn the beam about the isocentre"),
    ("machine", "axis = [0, 1, 0]", "axis = [0, 0, 0]", "joints.0.axis: must be a direction (not zero), was [0, 0"),
    ("machine", "axis = [0, 1, 0]", "axis = [0, 1]", "joints.0.axis.2: is missing"),
    ("machine", "axis = [0, 1, 0]", "axis = [0, -1, 0]", "gantry and couch must turn the beam about the isocentre"),
    ("machine", "limits = [-185, 185]", "limits = [185, -185]", "joints.0.limits: must be [least, greatest], was"),
    ("machine", "limits = [-185, 185]", "limits = [0, inf]", "joints.0.limits.1: must be a finite number, was inf"),
    ("machine", "limits = [-185, 185]", "limits = [0, 90]", "grid.gantry_deg: must be from 0 to 90 deg (limits of"),
    ("machine", "limits = [-185, 185]", 'parent = "gantry"', "'gantry' must not be its own ancestor (gantry)"),
    ("machine", "limits = [-185, 185]", 'parent = "stand"', "parent of 'gantry': unknown name 'stand'; available"),
    ("machine", 'name = "gantry"', 'name = "arm"', "part 'head': joint: unknown name 'gantry'; available: fixed"),
    ("machine", 'name = "gantry"', 'name = "fixed"', "each name must be used once, 'fixed' is used again"),
    ("machine", 'name = "gantry"', 'nom = "gantry"', "joints.0.nom: unknown field; available: name, type, parent"),
    ("machine", "[beam]", joints({"gantry": 'type = "fixed"'}) + "[beam]", "each name must be used once, 'gantry"),
    ("machine", "[beam]", joints({"couch": 'type = "fixed"'}) + "[beam]", "joints: each name must be used once"),
    ("machine", "[beam]", joints({"patient": 'type = "fixed"'}) + "[beam]", "joints: each name must be used once"),
    (
        "machine",
        "[beam]",
        joints({"a": 'type = "fixed"\nparent = "b"', "b": 'type = "fixed"\nparent = "a"'}) + "[beam]",
        "'a' must not be its own ancestor (a > b)",
    ),
    (
        "machine",
        "[beam]",
        joints(dict.fromkeys(map(str, range(101)), 'type = "fixed"')) + "[beam]",
        "joints: tuple must have at most 100 items",
    ),
    ("machine", "[beam]", PART.format("head", "gantry", "gantry") + "[beam]", "each part must have its own name"),
    (
        "machine",
        "[beam]",
        (PART + 'when = {{ imagers = "in" }}\n').format("head", "gantry", "gantry") + "[beam]",
        "each part must have its own name, head is used again",
    ),
    ("machine", 'mesh = "box.stl"', 'mesh = "none.stl"', "none.stl: must be a mesh file (.stl, .obj, .ply, .glb"),
    ("machine", 'mesh = "box.stl"', 'mesh = "../../etc/none.ply"', "none.ply: must be a mesh file"),
    ("machine", 'mesh = "box.stl"', 'mesh = "/"', "mesh format: unknown name ''; available: .stl"),
    ("machine", 'mesh = "box.stl"', 'mesh = "box.step"', "mesh format: unknown name '.step'; available: .stl"),
    ("machine", 'units = "mm"\n', "", "parts.0.units: is missing"),
    ("machine", 'units = "mm"', 'units = "inch"', "parts.0.units: must be 'mm', 'cm', 'm' or 'in', was 'inch'"),
    ("machine", 'units = "mm"', 'units = "m"', "one was 150000 mm with units = 'm'; available units: mm, cm, m, in"),
    ("machine", 'group = "gantry"', 'group = "gantry"\ncolour = "red"', "parts.0.colour: string must match pattern"),
    ("machine", 'group = "gantry"', 'group = "gantry"\nrepair = 1', "parts.0.repair: must be a valid boolean, was 1"),
    ("machine", 'group = "gantry"', 'group = "gantry"\nwhen = { arm = "in" }', "part 'head': when: unknown option"),
    (
        "machine",
        'group = "gantry"',
        'group = "gantry"\nwhen = { imagers = "up" }',
        "part 'head': when.imagers: unknown choice 'up'; available: in, out",
    ),
    ("machine", 'choices = ["in", "out"]', "choices = []", "options.imagers.choices: tuple must have at least 1"),
    ("machine", 'choices = ["in", "out"]', "", "options.imagers.choices: is missing"),
    ("machine", 'choices = ["in", "out"]', "choices = [1, 2]", "options.imagers.choices.0: must be a valid string"),
    ("machine", 'choices = ["in", "out"]', 'choice = "in"', "options.imagers.choice: unknown field; available"),
    ("machine", 'choices = ["in", "out"]', 'choices = ["in"]\nfollows = "arm"', "options.imagers.follows: unknown"),
    (
        "machine",
        'choices = ["in", "out"]',
        'choices = ["in"]\nfollows = "imagers"',
        "options must not follow each other in a circle: imagers",
    ),
    (
        "machine",
        'choices = ["in", "out"]',
        'choices = ["in"]\nfollows = "arms"\n[options.arms]\nchoices = ["in"]\nfollows = "imagers"',
        "options must not follow each other in a circle: imagers, arms",
    ),
    (
        "machine",
        'choices = ["in", "out"]',
        'choices = ["in"]\nfollows = "arms"\n[options.arms]\nchoices = ["up"]',
        "option imagers (follows arms): unknown name 'up'; available: in",
    ),
    ("machine", "[options.imagers]", "[options.beside]", "options.beside: must have another name than beside"),
    ("machine", 'note = "', 'may_touch = [["gantry"]]\nnote = "', "may_touch.0.1: is missing"),
    ("machine", 'note = "', 'extends = "machine"\nnote = "', "extends must not lead back to the model itself"),
    ("machine", 'note = "', 'extends = "."\nnote = "', "extends must not lead back to the model itself"),
    ("machine", 'note = "', 'extends = "../models/machine"\nnote = "', "extends must not lead back to the model"),
    ("machine", 'note = "', 'extends = "nothing"\nnote = "', "extends: unknown name 'nothing'; available: machine"),
    ("machine", 'note = "', 'extends = "igrt"\nnote = "', "kind must be 'machine', was 'couch'"),
    ("machine", 'kind = "machine"', 'kind = "machine', "model.toml: must be TOML: Illegal character"),
    ("machine", 'title = "Own"', "title = [[[1]]]", "title: must be a valid string, was [[[1]]]"),
    (
        "couch",
        '[table_top]\njoint = "table_lateral"',
        '[table_top]\njoint = "fixed"',
        "table_top.joint: unknown name 'fixed'; available: couch",
    ),
    ("couch", "surface_z_mm = 150", "surface_z_mm = 150000", "table_top.surface_z_mm: must be less than or equal"),
    ("couch", "surface_z_mm = 150", 'surface_z_mm = "150"', "table_top.surface_z_mm: must be a valid number, was"),
    ("couch", "head_end_y_mm = 100\n", "", "table_top.head_end_y_mm: is missing"),
    ("couch", "[table_top]", "[top]", "top: unknown field; available: kind, title"),
    (
        "couch",
        joints({"table_vertical": JOINTS["table_vertical"], "table_longitudinal": JOINTS["table_longitudinal"]}),
        joints({"table_longitudinal": JOINTS["table_longitudinal"].replace("table_vertical", "couch")}),
        "a couch must have joints table_vertical, table_longitudinal, table_lateral; missing: table_vertical",
    ),
    ("couch", '"couch"\ntype', '"turntable"\ntype', "parent of 'table_vertical': unknown name 'couch'; available"),
    ("couch", "axis = [0, 1, 0]", "axis = [0, -1, 0]", "must move the patient along x, y and z"),
    ("couch", 'type = "revolute"', 'type = "revolute"\norigin_mm = [0, 100, 0]', "the couch must turn about the iso"),
    ("couch", 'name = "top"', 'name = "head cover"', "must have names of their own, head cover is used again"),
    ("couch", "limits = [-95, 95]", "limits = [-95, 95, 0]", "joints.0.limits: tuple must have at most 2 items"),
    ("patient", 'joint = "fixed"', 'joint = "gantry"', "part 'body': a patient's parts have no joint: leave it out"),
    ("patient", 'group = "patient"', 'group = "patient"\nanchor = "nose"', "part 'body': anchor: unknown name"),
    (
        "patient",
        "[[sites]]",
        '[[sites]]\nname = "point"\nposition_mm = [1, 1, 1]\n[[sites]]',
        "each site must have its own name",
    ),
    ("patient", "position_mm = [0, 0, 0]", "position_mm = [0, 0, inf]", "sites.0.position_mm.2: must be a finite"),
    ("patient", '[[sites]]\nname = "point"\nposition_mm = [0, 0, 0]\n', "", "a patient must have [[sites]]"),
    ("patient", "height_cm = 170", "height_cm = 0", "reference_size.height_cm: must be greater than 0, was 0"),
    ("patient", "height_cm = 170", 'height_cm = "170"', "reference_size.height_cm: must be a valid number, was"),
    ("patient", "mass_kg = 70", "", "reference_size.mass_kg: is missing"),
]

# -------------------------------------------------------------------------------------------- SlicerRT machine sets

ROWS = [[-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]


def part(**changed: object) -> dict[str, object]:
    given = {"Type": "Gantry", "Name": "G", "FilePath": "box.stl", "FileToRASTransformMatrix": ROWS, **changed}
    return {key: value for key, value in given.items() if value is not None}


def machine_set(*parts: object) -> str:
    return json.dumps({"TreatmentMachineName": "Own", "Part": list(parts)})


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
    ("no parts", machine_set(), "Part: tuple must have at least 1 item"),
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
    ("text", machine_set(part(FileToRASTransformMatrix="I")), "Part.0.FileToRASTransformMatrix: must be a valid"),
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

# ------------------------------------------------------------------------------------------------------------ meshes

BOX = trimesh.creation.box((100.0, 200.0, 300.0))
FILES = {suffix: BOX.export(file_type=suffix) for suffix in ("stl", "ply", "glb", "3mf")}
FILES |= {name: BOX.export(file_type=name).encode() for name in ("stl_ascii", "obj")}
FILES["ply_ascii"] = BOX.export(file_type="ply", encoding="ascii")


def edited(name: str, old: str, new: str) -> bytes:
    """Return a text file with one place changed."""
    assert old.encode() in FILES[name]
    return FILES[name].replace(old.encode(), new.encode(), 1)


def edited_ply(old: float, new: float) -> bytes:
    return FILES["ply"].replace(struct.pack("<f", old), struct.pack("<f", new), 1)


def glb(**changed: object) -> bytes:
    """Return a GLB file with some tables of its JSON chunk replaced."""
    (length,) = struct.unpack_from("<I", FILES["glb"], 12)
    text = json.dumps(json.loads(FILES["glb"][20 : 20 + length]) | changed).encode()
    text += b" " * (-len(text) % 4)
    blob = FILES["glb"][20 + length :]
    return struct.pack("<4s4I", b"glTF", 2, 20 + len(text) + len(blob), len(text), 0x4E4F534A) + text + blob


def glb_node(*matrix: float) -> bytes:
    """Return a GLB file whose only node has a transform, given by its diagonal."""
    return glb(nodes=[{"mesh": 0, "matrix": np.diag(matrix).ravel().tolist()}])


def threemf(old: str, new: str) -> bytes:
    """Return a 3MF file with the text of its model changed everywhere."""
    stream = BytesIO()
    with zipfile.ZipFile(BytesIO(FILES["3mf"])) as given, zipfile.ZipFile(stream, "w") as written:
        for name in given.namelist():
            written.writestr(name, re.sub(old, new, given.read(name).decode()))
    return stream.getvalue()


LINE = trimesh.Trimesh([[0, 0, 0], [100, 0, 0], [200, 0, 0]], [[0, 1, 2]], process=False)
TWO = trimesh.Scene([BOX, BOX.copy()])

MESHES = [
    ("zero.stl", b"", "must be a mesh file of 1 byte to 1 GB, was 0 bytes"),
    ("zero.glb", b"", "must be a mesh file of 1 byte to 1 GB, was 0 bytes"),
    ("nul.stl", b"\0" * 83, "must start with 'solid' or have at least 84 bytes, has 83"),
    ("nul84.stl", b"\0" * 84, "must hold triangles, has none"),
    ("short.stl", FILES["stl"][:-1], "a binary file of 12 triangles must have 684 bytes, has 683"),
    ("long.stl", FILES["stl"] + b"x", "a binary file of 12 triangles must have 684 bytes, has 685"),
    ("many.stl", FILES["stl"][:80] + b"\xff" * 4 + FILES["stl"][84:], "4,294,967,295 triangles must have"),
    (
        "nan.stl",
        FILES["stl"][:96] + struct.pack("<f", np.nan) + FILES["stl"][100:],
        "coordinates must be finite, vertex 0 was [nan",
    ),
    ("text.stl", b"this is not a mesh", "must start with 'solid' or have at least 84 bytes, has 18"),
    ("page.stl", b"<html>" + b"404 not found " * 20, "a binary file of"),
    ("ply.stl", FILES["ply"], "a binary file of"),
    ("cut_ascii.stl", FILES["stl_ascii"][:600], "each solid must end and each facet have 3 vertices"),
    ("lost_ascii.stl", edited("stl_ascii", "vertex", "vertx"), "12 facet, 12 endfacet, 35 vertex"),
    ("word_ascii.stl", edited("stl_ascii", "vertex -50.0", "vertex abc"), "cannot be read as STL: "),
    ("nan_ascii.stl", edited("stl_ascii", "vertex -50.0", "vertex nan"), "nan_ascii.stl: c"),
    ("empty_ascii.stl", b"solid x\nendsolid x\n", "must hold triangles, has none"),
    ("line.stl", LINE.export(file_type="stl"), "must hold triangles with an area, has none"),
    ("cut.ply", FILES["ply"][:-20], "cannot be read as PLY: PLY is unexpected length!"),
    ("header.ply", FILES["ply"][:60], "must have a header from 'ply' to 'end_header'"),
    ("magic.ply", b"pla" + FILES["ply"][3:], "must have a header from 'ply' to 'end_header'"),
    ("nan.ply", edited_ply(-50, np.nan), "coordinates must be finite, vertex 0 was [nan, -100.0, -150.0]"),
    ("inf.ply", edited_ply(-50, -np.inf), "coordinates must be finite, vertex 0 was [-inf, -100.0, -150.0]"),
    ("huge.ply", edited_ply(-50, -1e38), "coordinates must be within 100000 mm, one was 1e+38 mm with units = 'mm'"),
    ("negative.ply", FILES["ply"][:-4] + struct.pack("<i", -1), "vertex indices must be 0 to 7, one was -1"),
    ("beyond.ply", FILES["ply"][:-4] + struct.pack("<i", 8), "vertex indices must be 0 to 7, one was 8"),
    ("far_beyond.ply", FILES["ply"][:-4] + struct.pack("<i", 2**31 - 1), "vertex indices must be 0 to 7, one was"),
    ("count.ply", edited("ply", "vertex 8", "vertex 999999999999"), "cannot be read as PLY: "),
    ("cut_ascii.ply", FILES["ply_ascii"][:-20], "its header counts 8 + 12 lines, there are 1"),
    ("more_ascii.ply", edited("ply_ascii", "face 12", "face 11"), "its header counts 8 + 11 lines, there are 20"),
    ("minus_ascii.ply", edited("ply_ascii", "vertex 8", "vertex -8"), "its header counts -8 + 12 lines, there are"),
    ("two_ascii.ply", FILES["ply_ascii"].rstrip().rpartition(b"\n")[0] + b"\n2 0 1", "at least 3 vertices"),
    ("count_ascii.ply", FILES["ply_ascii"].rstrip().rpartition(b"\n")[0] + b"\n3 0 1", "one was '3 0 1'"),
    ("word_ascii.ply", FILES["ply_ascii"].rstrip().rpartition(b"\n")[0] + b"\nx 0 1 2", "one was 'x 0 1 2'"),
    ("nan_ascii.ply", edited("ply_ascii", "-50.0", "nan"), "nan_ascii.ply: c"),
    (
        "points.ply",
        trimesh.PointCloud([[0, 0, 0], [90, 0, 0]]).export(file_type="ply"),
        "must hold triangles, has none",
    ),
    ("line.ply", LINE.export(file_type="ply"), "must hold triangles with an area, has none"),
    ("text.obj", b"hello\nworld\n", "must hold triangles, has none"),
    ("points.obj", b"v 0 0 0\nv 9 9 9\n", "must hold triangles, has none"),
    ("zero.obj", FILES["obj"] + b"\nf 0 1 2\n", "vertex indices must count from 1, one was 0"),
    ("minus.obj", FILES["obj"] + b"\nf 1/1 -1/2 2/3\n", "vertex indices must count from 1, one was -1 (relative"),
    ("beyond.obj", FILES["obj"] + b"\nf 1 2 99\n", "cannot be read as OBJ: index 98 is out of bounds for axis 0"),
    ("two.obj", FILES["obj"] + b"\nf 1 2\n", "each face must have 3 vertices, one line was 'f 1 2'"),
    ("flat.obj", b"v 1 2\n" + FILES["obj"], "each vertex must have 3 coordinates, one line was 'v 1 2'"),
    ("word.obj", edited("obj", "v -50", "v abc"), "cannot be read as OBJ: "),
    ("nan.obj", edited("obj", "v -50.00000000", "v nan"), "nan.obj: c"),
    ("fraction.obj", FILES["obj"] + b"\nf 1.5 2 3\n", "cannot be read as OBJ: "),
    ("huge.obj", edited("obj", "v -50.00000000", "v -1e300"), "must be within 100000 mm, one was 1e+300 mm"),
    ("line.obj", LINE.export(file_type="obj").encode(), "must hold triangles with an area, has none"),
    ("nul.obj", b"\0" * 100, "must hold triangles, has none"),
    ("cut.glb", FILES["glb"][:-8], "cannot be read as GLB: "),
    ("header.glb", FILES["glb"][:12], "cannot be read as GLB: "),
    ("magic.glb", b"glXX" + FILES["glb"][4:], "cannot be read as GLB: incorrect header"),
    ("text.glb", b"{}", "cannot be read as GLB: "),
    ("no_mesh.glb", glb(meshes=[]), "must hold triangles, has none"),
    ("nan.glb", glb_node(np.nan, 1, 1, 1), "must be finite and invertible, was [[nan"),
    ("flat.glb", glb_node(0, 1, 1, 1), "must be finite and invertible, was [[0.0"),
    ("perspective.glb", glb_node(1, 1, 1, 2), "must be finite and invertible, was [[1.0"),
    ("scaled.glb", glb_node(1e4, 1, 1, 1), "coordinates must be within 100000 mm, one was 500000 mm"),
    (
        "beyond.glb",
        TWO.export(file_type="glb").replace(struct.pack("<I", 7), struct.pack("<I", 8)),
        "vertex indices must be 0 to 7, one was 8",
    ),
    ("cut.3mf", FILES["3mf"][:-30], "cannot be read as 3MF: "),
    ("text.3mf", b"not a zip file", "cannot be read as 3MF: "),
    ("no_model.3mf", b"PK\5\6" + b"\0" * 18, "cannot be read as 3MF: "),
    ("cut_model.3mf", threemf("</triangles>(.|\n)*", ""), "cannot be read as 3MF: "),
    ("beyond.3mf", threemf('v1="7"', 'v1="8"'), "vertex indices must be 0 to 7, one was 8"),
    ("minus.3mf", threemf('v1="7"', 'v1="-1"'), "vertex indices must be 0 to 7, one was -1"),
    ("word.3mf", threemf('v1="7"', 'v1="seven"'), "cannot be read as 3MF: "),
    ("nan.3mf", threemf('x="-50.0"', 'x="nan"'), "coordinates must be finite, vertex 0 was [nan"),
    (
        "empty.3mf",
        threemf("<triangles>(.|\n)*</triangles>", "<triangles></triangles>"),
        "must hold triangles, has none",
    ),
    ("small.stl", BOX.copy().apply_scale(0.01).export(file_type="stl"), "largest extent must be 5 to 20000 mm, was"),
    ("large.ply", BOX.copy().apply_scale(100).export(file_type="ply"), "largest extent must be 5 to 20000 mm, was"),
    (
        "away.ply",
        BOX.copy().apply_translation((2e5, 0, 0)).export(file_type="ply"),
        "coordinates must be within 100000 mm, one was 200050 mm",
    ),
]

# ----------------------------------------------------------------------------------------------------- command lines

COMMANDS = [
    (("fly",), 'Unknown command "fly". Available commands: run, pose'),
    (("--fly",), "--fly"),
    (("run",), "SCENARIO requires an argument"),
    (("run", "brian"), "scenario: unknown name 'brian'; available: box, brain"),
    (("run", "none.toml"), "none.toml: there is no such file"),
    (("run", "folder.toml"), "folder.toml: must be a TOML file, is a folder"),
    (("run", "loop.toml"), "loop.toml: cannot be read: Too many levels of symbolic links"),
    (("run", "a\0b.toml"), "must be the name of a file: embedded null byte"),
    (("run", "b" * 300), "scenario: unknown name 'bbb"),
    (("run", f"{'b' * 300}.toml"), "cannot be read: File name too long"),
    (("run", "box.stl/brain.toml"), "box.stl/brain.toml: cannot be read: Not a directory"),
    (("run", ""), "scenario: unknown name ''; available: box"),
    (("run", "brain", "liver"), "liver"),
    (("run", "brain", "--outptu", "x"), "Unknown option: --outptu"),
    (("run", "brain", "--output"), "--output requires an argument"),
    (("run", "brain", "--output", "box.stl"), "--output: must be a folder that can be written to, 'box.stl' is"),
    (("run", "brain", "--output", "box.stl/results"), "'box.stl/results' is not: Not a directory"),
    (("run", "brain", "--output", "o" * 300), "is not: File name too long"),
    (("run", "brain", "--gantry-step", "0"), "gantry_deg.step: must be greater than or equal to 0.01, was 0.0"),
    (("run", "brain", "--gantry-step", "7"), "gantry_deg: stop - start must be a whole number of steps"),
    (("run", "brain", "--gantry-step", "nan"), "gantry_deg.step: must be a finite number, was nan"),
    (("run", "brain", "--couch-step", "-1"), "couch_deg.step: must be greater than or equal to 0.01, was -1.0"),
    (("run", "brain", "--couch-step", "inf"), "couch_deg.step: must be a finite number, was inf"),
    (("run", "brain", "--couch-step", "two"), 'unable to convert "two" into float'),
    (("run", "brain", "--gantry-step", "0.01", "--couch-step", "0.01"), "must have at most 4,000,000 poses, has"),
    (("pose", "brain"), "--gantry requires an argument"),
    (("pose", "brain", "--gantry", "0"), "--couch requires an argument"),
    (("pose", "brain", "--gantry", "up", "--couch", "0"), 'Invalid value for --gantry: unable to convert "up" into'),
    (("pose", "brain", "--gantry", "nan", "--couch", "0"), "gantry: must be a finite angle in degrees, was nan"),
    (("pose", "brain", "--gantry", "0", "--couch", "-inf"), "couch: must be a finite angle in degrees, was -inf"),
    (("pose", "brain", "--gantry", "1e999", "--couch", "0"), "gantry: must be a finite angle in degrees, was inf"),
    (("pose", "brain", "--gantry", "186", "--couch", "0"), "gantry: must be from -185 to 185 deg (limits of joint"),
    (("pose", "brain", "--gantry", "0", "--couch", "-95.5"), "couch: must be from -95 to 95 deg (limits of joint"),
    (("pose", "brain_slicerrt", *POSE), "there is no file 'VarianTrueBeamSTx.json' beside the scenario or in a"),
]


# ------------------------------------------------------------------------------------------------------------- tests


def short(*texts: str) -> str:
    """Return the name of a case."""
    return " ".join(" ".join(texts).split())[:70]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder with a sound mesh, two folders named like files and two links to themselves."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SIMULATOR_MODELS", str(tmp_path / "models"))
    (tmp_path / "box.stl").write_bytes(FILES["stl"])
    for suffix in ("toml", "stl"):
        (tmp_path / f"folder.{suffix}").mkdir()
        (tmp_path / f"loop.{suffix}").symlink_to(f"loop.{suffix}")
    return tmp_path


@pytest.fixture
def refused(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Return a function that runs a command line, asserts that it is refused as promised, and returns the message."""

    def run(*arguments: str) -> str:
        before = sorted(folder.rglob("*"))
        monkeypatch.setattr(sys, "argv", ["simulator", *arguments])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        output, errors = capsys.readouterr()
        assert stop.value.code == 2, errors
        assert output == ""
        assert errors.startswith("simulator: ") and errors.endswith("\n")
        assert errors.count("simulator: ") == 1 and "Traceback" not in errors
        assert sorted(folder.rglob("*")) == before
        return errors

    return run


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


@pytest.mark.parametrize(("kind", "old", "new", "message"), MODELS, ids=[short(*case[:3]) for case in MODELS])
def test_a_description(folder: Path, refused, kind: str, old: str, new: str, message: str) -> None:
    assert old in DESCRIPTIONS[kind]
    place = folder / "models" / kind
    place.mkdir(parents=True)
    (place / "box.stl").write_bytes(FILES["stl"])
    (place / "model.toml").write_text(DESCRIPTIONS[kind].replace(old, new, 1))
    lines = f'model = "{kind}"\n' + ('site = "point"\nheight_cm = 171\n' if kind == "patient" else "")
    (folder / "case.toml").write_text(scenario(**{kind: lines}))
    answer = refused("run", "case.toml", "--output", "out")
    assert answer.startswith("simulator: case.toml: ")
    assert message in answer


@pytest.mark.parametrize(("content", "message"), [case[1:] for case in SETS], ids=[case[0] for case in SETS])
def test_a_machine_set(folder: Path, refused, content: str | bytes, message: str) -> None:
    (folder / "set.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "case.toml").write_text(scenario(machine='model = "set.json"', couch='model = "set.json"'))
    answer = refused("run", "case.toml", "--output", "out")
    assert answer.startswith("simulator: case.toml: ")
    assert "set.json" in answer or "none.stl" in answer or "set: " in answer
    assert message in answer


@pytest.mark.parametrize(("name", "content", "message"), MESHES, ids=[case[0] for case in MESHES])
def test_a_mesh(folder: Path, refused, name: str, content: bytes, message: str) -> None:
    (folder / name).write_bytes(content)
    patient = f'mesh = "{name}"\nunits = "mm"\nisocentre_mm = [0, 0, 0]'
    (folder / "case.toml").write_text(scenario(patient=patient))
    answer = refused("pose", "case.toml", *POSE)
    assert answer.startswith("simulator: case.toml: ") and name in answer
    assert message in answer


@pytest.mark.parametrize(("arguments", "message"), COMMANDS, ids=[short(*case[0]) for case in COMMANDS])
def test_a_command_line(refused, arguments: tuple[str, ...], message: str) -> None:
    assert message in refused(*arguments)


def test_there_are_at_least_200_cases() -> None:
    assert sum(map(len, (FIELDS, DOCUMENTS, MODELS, SETS, MESHES, COMMANDS))) >= 200


def test_what_the_tables_start_from_is_sound(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    """Otherwise a case could be refused for a reason of its own."""
    for kind, text in DESCRIPTIONS.items():
        place = folder / "models" / kind
        place.mkdir(parents=True)
        (place / "box.stl").write_bytes(FILES["stl"])
        (place / "model.toml").write_text(text)
    (folder / "set.json").write_text(machine_set(part(), part(Name="T", Type="TableTop")))
    own = {kind: f'model = "{kind}"' for kind in ("machine", "couch")}
    own["patient"] = 'model = "patient"\nsite = "point"\nheight_cm = 171'
    sets = dict.fromkeys(("machine", "couch"), 'model = "set.json"')
    meshes = {"couch": TOP, "patient": MESH}
    for name, content in FILES.items():
        (folder / f"{name}.{name.partition('_')[0]}").write_bytes(content)
        meshes[name] = f'mesh = "{name}.{name.partition("_")[0]}"\nunits = "mm"\nisocentre_mm = [0, 0, 0]\n'
    changes = [{}, own, sets, {"couch": TOP}, *({"patient": lines} for lines in list(meshes.values())[1:])]
    for changed in changes:
        (folder / "case.toml").write_text(scenario(**changed))
        monkeypatch.setattr(sys, "argv", ["simulator", "pose", "case.toml", *POSE])
        cli.main()
        output, errors = capsys.readouterr()
        assert output.startswith("gantry 0°, couch 0°: ") and errors == ""


def test_every_error_of_a_file_is_reported_at_once(folder: Path, refused) -> None:
    lines = {
        "machine": "collimator_deg = nan",
        "couch": 'model = "igrt"\nunit = "mm"',
        "patient": 'model = "point"\nsite = "point"\nposition = "up"',
        "buffers": "patient_mm = -3",
        "grid": "couch_deg = { start = 0, stop = 9 }",
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


def test_a_description_that_does_not_fit_together_is_told_all_of_it(folder: Path, refused) -> None:
    place = folder / "models" / "machine"
    place.mkdir(parents=True)
    text = (
        DESCRIPTIONS["machine"].split("[beam]")[0].replace('group = "gantry"', 'group = "g"\nwhen = { arm = "in" }')
    )
    (place / "model.toml").write_text(text)
    (folder / "case.toml").write_text(scenario(machine='model = "machine"'))
    answer = refused("run", "case.toml")
    assert "a machine must have a [beam]; part 'head': when: unknown option 'arm'" in answer


def test_every_axis_that_is_out_of_reach_is_named(folder: Path, refused) -> None:
    (folder / "case.toml").write_text(scenario(patient=POINT + "shift_mm = [300, 1000, 1000]"))
    answer = refused("run", "case.toml").splitlines()
    assert [re.search(r"reach: (\w+).*: ([\d.]+) mm missing", line).groups() for line in answer] == [
        ("lateral", "70.0"),
        ("longitudinal", "580.0"),
        ("vertical", "350.0"),
    ]


def test_a_broken_model_of_the_users_own_is_named_by_list(folder: Path, refused) -> None:
    (folder / "models" / "mine").mkdir(parents=True)
    (folder / "models" / "mine" / "model.toml").write_text("kind = 3")
    answer = refused("list")
    assert str(folder / "models" / "mine" / "model.toml") in answer and "kind: must be 'machine'" in answer


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_windows_editors_are_welcome(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys, encoding: str) -> None:
    """A byte order mark and CRLF are no errors, in TOML and in JSON."""
    (folder / "set.json").write_bytes(machine_set(part()).encode(encoding))
    text = scenario(machine='model = "set.json"', couch='model = "no_couch"').replace("\n", "\r\n")
    (folder / "case.toml").write_bytes(text.encode(encoding))
    monkeypatch.setattr(sys, "argv", ["simulator", "pose", "case.toml", *POSE])
    cli.main()
    assert capsys.readouterr().out.startswith("gantry 0°, couch 0°: ")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_what_must_not_be_read_or_written(folder: Path, refused) -> None:
    (folder / "case.toml").write_text(scenario())
    (folder / "case.toml").chmod(0)
    assert "case.toml: cannot be read: Permission denied" in refused("run", "case.toml")
    (folder / "locked").mkdir(mode=0o500)
    assert "is not: Permission denied" in refused("run", "box", "--output", "locked/out")


def test_stopped_by_ctrl_c(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    before = sorted(folder.rglob("*"))
    monkeypatch.setattr("simulator.mapping.compute.collision_map", interrupted)
    monkeypatch.setattr(sys, "argv", ["simulator", "run", "open_space", "--output", "out"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 1
    assert capsys.readouterr() == ("", "simulator: stopped; nothing was written\n")
    assert sorted(folder.rglob("*")) == before


def test_a_folder_where_a_result_should_go(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    (folder / "out" / "map.nc").mkdir(parents=True)
    before = sorted(folder.rglob("*"))
    steps = ("--gantry-step", "90", "--couch-step", "90")
    monkeypatch.setattr(sys, "argv", ["simulator", "run", "open_space", "--output", "out", *steps])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert "'out' is not: map.nc is a folder there" in capsys.readouterr().err
    assert sorted(folder.rglob("*")) == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "case.toml"), "case.toml: buffers.patient_mm: must be greater than or equal to 0, was -1"),
        (("pose", "brain", "--gantry", "0"), "--couch requires an argument"),
        (("pose", "mesh.toml", *POSE), "damaged.stl: cannot be read as STL: "),
        (("run", "brain", "--output", "box.stl"), "'box.stl' is not: Not a directory"),
    ],
)
def test_in_a_process_of_its_own(folder: Path, arguments: tuple[str, ...], message: str) -> None:
    """What a library prints or logs behind our back is seen here."""
    (folder / "case.toml").write_text(scenario(buffers="patient_mm = -1"))
    damaged = edited("stl_ascii", "vertex -50.0", "vertex abc").replace(b"normal -1.0", b"normal x")
    (folder / "damaged.stl").write_bytes(damaged)
    (folder / "mesh.toml").write_text(scenario(patient=MESH.replace("box.stl", "damaged.stl")))
    before = sorted(folder.rglob("*"))
    ended = subprocess.run(
        [sys.executable, "-c", "from simulator.cli import main; main()", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).parents[1])},
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("simulator: ") and len(ended.stderr.splitlines()) == 1
    assert message in ended.stderr
    assert sorted(folder.rglob("*")) == before
