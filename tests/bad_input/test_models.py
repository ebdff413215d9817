"""Descriptions of models that are refused: one spoiled place each, in a machine, a couch or a patient."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.sound_inputs import FILES, scenario, short

JOINTS = {
    "couch": 'type = "revolute"\nlimits = [-95, 95]',
    "table_vertical": 'type = "prismatic"\nparent = "couch"',
    "table_longitudinal": 'type = "prismatic"\nparent = "table_vertical"\naxis = [0, 1, 0]',
    "table_lateral": 'type = "prismatic"\nparent = "table_longitudinal"\naxis = [1, 0, 0]',
}


def joints(tables: dict[str, str]) -> str:
    return "".join(f'[[joints]]\nname = "{name}"\n{lines}\n' for name, lines in tables.items())


PART = '[[parts]]\nname = "{0}"\nmesh = "box.stl"\nunits = "mm"\njoint = "{1}"\ngroup = "{2}"\n'
SWEEP, TURN = "[sweep]\n", "{ start = -90, stop = 90, step = 15 }"
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

DESCRIPTIONS["fixation"] = (
    'kind = "fixation"\nanchor = "table"\n'
    + NOTE
    + '[options.height]\nchoices = ["low", "high"]\n'
    + PART.format("board", "fixed", "fixation")
    + "[[surfaces]]\nsurface_z_mm = 150\n"
)

MODELS = [
    ("fixation", 'anchor = "table"', "", "a fixation device must have an anchor and [[surfaces]]"),
    ("fixation", "[[surfaces]]\nsurface_z_mm = 150", "", "a fixation device must have an anchor and [[surfaces]]"),
    ("fixation", '"fixed"', '"table_roll"', "part 'board': a fixation device's parts have no joint: leave it out"),
    ("fixation", "surface_z_mm = 150", "surface_z_mm = nan", "surfaces.0.surface_z_mm: must be a finite number"),
    (
        "fixation",
        "surface_z_mm = 150",
        "surface_z_mm = 1\nincline_deg = 50",
        "incline_deg: must be less than or equal",
    ),
    ("fixation", "= 150", '= 1\nwhen = { hight = "low" }', "surfaces.0: when: unknown option 'hight'"),
    ("fixation", "= 150", '= 1\nwhen = { height = "x" }', "surfaces.0: when.height: unknown choice 'x'"),
    ("fixation", "= 150", '= 1\nwhen = { height = "high" }', "surfaces: must have one that fits height = low, has 0"),
    ("fixation", "= 150", "= 1\n[[surfaces]]\nsurface_z_mm = 2", "must have one that fits height = low, has 2"),
    ("couch", NOTE, NOTE + 'anchor = "table"\n', "[anchor] must be left out: a couch has none"),
    (
        "machine",
        "[beam]",
        '[[landmarks]]\nname = "a"\nposition_mm = [0, 0, 0]\n[beam]',
        "[landmarks] must be left out",
    ),
    (
        "patient",
        "[reference",
        '[bend]\nlandmark = "hips"\nparts = ["body"]\n[reference',
        "bend.landmark: unknown name",
    ),
    (
        "patient",
        "[reference",
        '[[landmarks]]\nname = "hips"\nposition_mm = [0, 0, 0]\n'
        '[bend]\nlandmark = "hips"\nparts = ["head"]\n[reference',
        "bend.parts: unknown name 'head'; available: body",
    ),
    (
        "machine",
        'kind = "machine"',
        'kind = "robot"',
        "kind: must be 'machine', 'couch', 'fixation' or 'patient', was 'robot'",
    ),
    ("machine", 'kind = "machine"', 'kind = "couch"', "a couch must have a [table_top]"),
    ("machine", 'kind = "machine"\n', "", "kind: is missing"),
    ("machine", 'note = "No clinical clearance."\n', "", "note: is missing"),
    ("machine", '[beam]\njoint = "gantry"', '[beam]\njoint = "arm"', "beam.joint: unknown name 'arm'; available"),
    ("machine", "direction = [0, 0, -1]", "direction = [0, 0, 0]", "beam.direction: must be a direction (not zero)"),
    ("machine", "direction = [0, 0, -1]", "direction = [nan, 0, -1]", "beam.direction.0: must be a finite number"),
    (
        "machine",
        "direction = [0, 0, -1]",
        "direction = [1, 0, 0]",
        "it is missed by the beam by 1000.00 mm; a machine",
    ),
    ("machine", "direction = [0, 0, -1]", "direction = [1e300, 0, 0]", "beam.direction: must be a direction"),
    ("machine", "source_mm = [0, 0, 1000]", "source_mm = [0, 0, 1e6]", "beam.source_mm.2: must be less than or"),
    ("machine", "[beam]", "[ray]", "ray: unknown field; available: kind, title, note, extends"),
    ("machine", "[beam]", "[table_top]", "table_top.source_mm: unknown field; available: joint, surface_z_mm"),
    ("machine", 'type = "revolute"', 'type = "helical"', "joints.0.type: must be 'fixed', 'revolute' or"),
    (
        "machine",
        'type = "revolute"',
        'type = "fixed"',
        "machine: sweep.gantry_deg: joint: unknown name 'gantry'; available: couch",
    ),
    ("machine", "axis = [0, 1, 0]", "axis = [0, 0, 0]", "joints.0.axis: must be a direction (not zero), was [0, 0"),
    ("machine", "axis = [0, 1, 0]", "axis = [0, 1]", "joints.0.axis.2: is missing"),
    ("machine", "axis = [0, 1, 0]", "axis = [0, 0, 1]", "grid.gantry_deg: must say over = 'any', 'all' or 'each'"),
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
        "joints: must have at most 100, has",
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
    ("machine", 'choices = ["in", "out"]', "choices = []", "options.imagers.choices: must have at least 1"),
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
    (
        "machine",
        'note = "',
        'may_touch = [["gantry", "floor"]]\nnote = "',
        "(another model's is 'kind:group'): unknown",
    ),
    (
        "machine",
        'note = "',
        'may_touch = [["gantry", "machine:arm"]]\nnote = "',
        "unknown name 'arm'; available: gantry",
    ),
    (
        "machine",
        'note = "',
        'may_touch = [["gantry", "room:floor"]]\nnote = "',
        "may_touch: unknown kind 'room'; avail",
    ),
    (
        "machine",
        'note = "',
        'may_touch = [["couch:a", "patient:b"]]\nnote = "',
        "may_touch: one of couch:a and patient:b must be a group of the machine's own",
    ),
    ("machine", 'group = "gantry"', 'group = "machine:gantry"', "parts.0.group: string must match pattern"),
    ("machine", 'joint = "gantry"\ngroup', "group", "part 'head': must name its joint, or say joint = 'fixed' if it"),
    (
        "couch",
        'joint = "table_lateral"\ngroup',
        "group",
        "part 'top': must name its joint, or say joint = 'fixed' if",
    ),
    ("machine", "[beam]", "[isocentre]\nradius_mm = 0\n[beam]", "isocentre.radius_mm: must be greater than 0, was 0"),
    (
        "machine",
        "[beam]",
        "[isocentre]\nradius_mm = 11\n[beam]",
        "isocentre.radius_mm: must be less than or equal to",
    ),
    ("couch", "[table_top]", "[isocentre]\nradius_mm = 1\n[table_top]", "[isocentre] must be left out: a couch has"),
    ("machine", "source_mm = [0, 0, 1000]", "source_mm = [30, 0, 1000]", "it is missed by the beam by 30.00 mm"),
    ("machine", "limits = [-185, 185]", "limits = [-95, 95]\nrest = 100", "joint 'gantry': rest: must be from -95"),
    (
        "couch",
        'type = "prismatic"',
        'type = "prismatic"\nrest = 5',
        "joint 'table_vertical': rest must be left out: the set-up gives its value, was 5",
    ),
    ("machine", "[beam]", SWEEP + "ring_deg = {}\n[beam]", "sweep.ring_deg.start: is missing"),
    (
        "machine",
        "[beam]",
        SWEEP + f"ring_deg = {TURN}\n[beam]",
        "sweep.ring_deg: joint: unknown name 'ring'; availab",
    ),
    ("machine", "[beam]", SWEEP + f"gantry_mm = {TURN}\n[beam]", "sweep.gantry_mm: must be gantry_deg: the joint is"),
    ("machine", "[beam]", SWEEP + f"gantry = {TURN}\n[beam]", "sweep: gantry: must be the name of a joint and its u"),
    (
        "machine",
        "[beam]",
        SWEEP + f"gantry_deg = {TURN.replace('15', '7')}\n[beam]",
        "must be a whole number of steps",
    ),
    (
        "couch",
        "[table_top]",
        SWEEP + f"couch_deg = {TURN}\n[table_top]",
        "[sweep] must be left out: a couch has none",
    ),
    ("machine", "[beam]", joints({"leaf": 'type = "revolute"\nmimic = "arm"'}) + "[beam]", "unknown name 'arm'; ava"),
    ("machine", "limits = [-185, 185]", "limits = [-185, 185]\nrest = nan", "joints.0.rest: must be a finite number"),
    (
        "machine",
        "[beam]",
        joints({"arm": 'type = "revolute"\nlimits = [20, 90]'}) + "[beam]",
        "rest: must be from 20 to 90 deg (limits of joint 'arm', or whole turns from there within ±720), was 0",
    ),
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
    ("couch", 'type = "revolute"', 'type = "revolute"\norigin_mm = [0, 100, 0]', "the couch axis by 100.00 mm"),
    ("couch", 'name = "top"', 'name = "head cover"', "must have names of their own, head cover is used again"),
    ("couch", "limits = [-95, 95]", "limits = [-95, 95, 0]", "joints.0.limits: must have at most 2, has 3"),
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


def test_there_are_at_least_70_cases() -> None:
    assert len(MODELS) >= 70


def test_what_the_table_starts_from_is_sound(folder: Path, accepted) -> None:
    """Otherwise a case could be refused for a reason of its own."""
    for kind, text in DESCRIPTIONS.items():
        place = folder / "models" / kind
        place.mkdir(parents=True)
        (place / "box.stl").write_bytes(FILES["stl"])
        (place / "model.toml").write_text(text)
    own = {kind: f'model = "{kind}"' for kind in ("machine", "couch")}
    own["patient"] = 'model = "patient"\nsite = "point"\nheight_cm = 171'
    (folder / "case.toml").write_text(scenario(**own))
    accepted()


@pytest.mark.parametrize(("kind", "old", "new", "message"), MODELS, ids=[short(*case[:3]) for case in MODELS])
def test_a_description(folder: Path, refused, kind: str, old: str, new: str, message: str) -> None:
    assert old in DESCRIPTIONS[kind]
    place = folder / "models" / kind
    place.mkdir(parents=True)
    (place / "box.stl").write_bytes(FILES["stl"])
    (place / "model.toml").write_text(DESCRIPTIONS[kind].replace(old, new, 1))
    lines = f'model = "{kind}"\n' + ('site = "point"\nheight_cm = 171\n' if kind == "patient" else "")
    section = "[fixation]" if kind == "fixation" else kind
    (folder / "case.toml").write_text(scenario(**{section: lines}))
    answer = refused("run", "case.toml", "--output", "out")
    assert answer.startswith("simulator: case.toml: ")
    assert message in answer


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


def test_a_broken_model_of_the_users_own_is_named_by_list(folder: Path, refused) -> None:
    (folder / "models" / "mine").mkdir(parents=True)
    (folder / "models" / "mine" / "model.toml").write_text("kind = 3")
    answer = refused("list")
    assert str(folder / "models" / "mine" / "model.toml") in answer and "kind: must be 'machine'" in answer
