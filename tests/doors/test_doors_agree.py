"""One pose has one answer at every door: pose, map, saved map, cells, arcs, beams, page, command line.

Random rooms of bodies as they come in: several, hollow, inside out or torn. SIMULATOR_CAMPAIGN=250 makes it 10^3.
"""

import base64
import json
import re
import warnings
from itertools import product

import numpy as np
import pytest
from support.campaign import times
from support.mixed_bodies import mixed, write_obj

import simulator as sim
from simulator.certify.branch_and_bound import UNDECIDED
from simulator.cli.commands import app
from simulator.models.mesh_files import MeshWarning

ROOMS = 4
POSITIONS = ("HFS", "HFP", "HFDR", "HFDL", "FFS", "FFP", "FFDR", "FFDL")
COUCH_JOINTS = (
    ("couch", "revolute", "fixed", (0, 0, 1)),
    ("table_vertical", "prismatic", "couch", (0, 0, 1)),
    ("table_longitudinal", "prismatic", "table_vertical", (0, 1, 0)),
    ("table_lateral", "prismatic", "table_longitudinal", (1, 0, 0)),
    ("table_pitch", "revolute", "table_lateral", (1, 0, 0)),
    ("table_roll", "revolute", "table_pitch", (0, 1, 0)),
)
ARC_END_DEG = 0.011
"""Nearer to the end of an arc a pose may be free or not: ends are proven to 0.01°."""


def joint(name, kind, parent, axis):
    return f'[[joints]]\nname = "{name}"\ntype = "{kind}"\nparent = "{parent}"\naxis = {list(axis)}\n'


def part(folder, rng, name, carrier, group, place, size_mm):
    """Write the mesh of a part, and return its table."""
    body = mixed(rng, size_mm)
    write_obj(body._replace(vertices_mm=body.vertices_mm + place), folder / f"{name}.obj")
    where = "" if carrier is None else f'joint = "{carrier}"\n'
    return f'[[parts]]\nname = "{name}"\nmesh = "{name}.obj"\nunits = "mm"\n{where}group = "{group}"\n'


def model(folder, kind, *tables):
    (folder / "model.toml").write_text(f'kind = "{kind}"\ntitle = "random"\nnote = "test"\n' + "\n".join(tables))


def scenario(rng, folder):
    """Write a room of its own into a folder, and return the scenario's file."""
    machine, couch = folder / "machine", folder / "couch"
    machine.mkdir()
    couch.mkdir()
    model(
        machine,
        "machine",
        joint("gantry", "revolute", "fixed", (0, 1, 0)),
        '[beam]\njoint = "gantry"\nsource_mm = [0, 0, 1000]\ndirection = [0, 0, -1]\n',
        part(machine, rng, "head", "gantry", "gantry", (0, 0, rng.uniform(250, 500)), 120),
        part(machine, rng, "stand", "fixed", "stand", (0, rng.uniform(200, 600), rng.uniform(-200, 200)), 100),
    )
    model(
        couch,
        "couch",
        'may_touch = [["couch", "base"]]\n',
        *(joint(*each) for each in COUCH_JOINTS),
        '[table_top]\njoint = "table_roll"\nsurface_z_mm = 0\nhead_end_y_mm = 300\n',
        part(couch, rng, "top", "table_roll", "couch", (0, 0, -100), 100),
        part(couch, rng, "column", "couch", "base", (0, -200, -500), 80),
    )
    body = write_obj(mixed(rng, 120), folder / "patient.obj")
    path = folder / "room.toml"
    path.write_text(
        f'title = "random"\n[machine]\nmodel = "machine"\n[couch]\nmodel = "couch"\n'
        f'[patient]\nmesh = "{body.name}"\nunits = "mm"\nisocentre_mm = {rng.uniform(-80, 80, 3).round(3).tolist()}\n'
        f'position = "{rng.choice(POSITIONS)}"\n'
        f"[buffers]\npatient_mm = {rng.uniform(0, 40):.2f}\ncouch_mm = {rng.uniform(0, 30):.2f}\n"
        "[grid]\ngantry_deg = { start = -180.0, stop = 180.0, step = 30.0 }\n"
        "couch_deg = { start = -90.0, stop = 90.0, step = 45.0 }\n"
    )
    return path


def page_statuses(path, shape):
    """The statuses that a page holds."""
    text = path.read_text(encoding="utf-8")
    found = json.loads(re.search(r'"map":(\{.*?"culprits":"[^"]*"\})', text)[1])
    return np.frombuffer(base64.b64decode(found["status"]), dtype=np.uint8).reshape(shape)


def told_by_the_command_line(path, gantry, couch, capsys):
    capsys.readouterr()
    command = ["pose", str(path), f"--gantry={gantry}", f"--couch={couch}"]
    app(command, exit_on_error=False, result_action="return_value")
    return capsys.readouterr().out.splitlines()[0].rpartition(": ")[2]


def in_arcs(arcs, angle_deg):
    """True, False, or None so near to an end that either is right."""
    inside = False
    for start, stop in arcs:
        for turn in (0.0, 360.0):
            if min(abs(angle_deg + turn - start), abs(angle_deg + turn - stop)) < ARC_END_DEG:
                return None
            inside |= start <= angle_deg + turn <= stop
    return inside


@pytest.mark.parametrize("seed", range(times(ROOMS)))
def test_every_door_gives_the_same_answer(seed, tmp_path, capsys):
    rng = np.random.default_rng([11, seed])
    path = scenario(rng, tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MeshWarning)
        setup = sim.load_setup(path)
    cmap = sim.collision_map(setup, tolerance=0.02, workers=1)
    cmap.save(tmp_path / "map.nc")
    loaded = sim.CollisionMap.load(tmp_path / "map.nc")
    sim.write_html(setup, tmp_path / "room.html", loaded)
    gantry, couch = (cmap.dataset[name].values for name in ("gantry", "couch"))
    on_page = page_statuses(tmp_path / "room.html", cmap.status.shape)
    beams = set(zip(*(cmap.beams()[name] for name in ("gantry_deg", "couch_deg")), strict=True))
    arcs = cmap.arcs()
    cells = cmap.cells
    asked = {tuple(pose) for pose in rng.integers(0, cmap.status.shape, (3, 2)).tolist()}
    for (i, g), (j, c) in product(enumerate(gantry), enumerate(couch)):
        check = setup.check(gantry=g, couch=c)
        status = int(check.status)
        assert cmap.status[i, j] == loaded.status[i, j] == on_page[i, j] == status, (g, c)
        assert ((g, c) in beams) == check.is_free, (g, c)
        assert (check.clearance_mm > 0.0) == (check.status is not sim.Status.COLLIDING), (g, c)
        holding = ((cells.low <= (g, c)) & (cells.high >= (g, c))).all(axis=1)
        decided = cells.status[holding]
        assert ((decided == UNDECIDED) | ((decided == 0) == check.is_free)).all(), (g, c)
        of_map = arcs.loc[arcs["couch_deg"] == c, ["start_deg", "stop_deg"]].to_numpy()
        assert in_arcs(of_map, g) in (check.is_free, None), (g, c)
        if (i, j) in asked:
            assert told_by_the_command_line(path, g, c, capsys) == str(check.status), (g, c)
            along = [(arc.start, arc.stop) for arc in setup.free_arcs(couch=c)]
            assert in_arcs(along, g) in (check.is_free, None), (g, c)
            across = [(arc.start, arc.stop) for arc in setup.free_arcs(gantry=g)]
            assert in_arcs(across, c) in (check.is_free, None), (g, c)
            a_step = setup.check_arc(gantry=(g, g + 1e-6), couch=c, direction="CW")
            assert a_step.is_free <= check.is_free, (g, c)
