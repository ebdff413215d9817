"""Descriptions of models: options that choose parts, options that follow others, and models that extend others."""

import pytest

from simulator.errors import SimulatorError
from simulator.models.couch import Couch
from simulator.models.description import chosen_options, read_description
from simulator.models.library import shipped
from simulator.models.machine import Machine
from simulator.models.model_tables import Option
from simulator.models.patient import Patient
from simulator.models.sources import unconfirmed

BEAM = '[beam]\njoint = "gantry"\nsource_mm = [0, 0, 1000]\ndirection = [0, 0, -2]\n'
GANTRY = '[[joints]]\nname = "gantry"\ntype = "revolute"\naxis = [0, 3, 0]\n'
IMAGERS = '[options.imagers]\nchoices = ["in", "out"]\n'
PANEL = '[options.panel]\nchoices = ["in", "out"]\nfollows = "imagers"\n'


def part(name, *, joint="gantry", extra=""):
    return (
        f'[[parts]]\nname = "{name}"\nmesh = "box.ply"\nunits = "mm"\njoint = "{joint}"\ngroup = "gantry"\n{extra}\n'
    )


def names(model):
    return [part.name for part in model.parts]


@pytest.fixture
def machine(write_model):
    """Return the folder of a machine with two options, one of which follows the other."""
    parts = (
        part("head"),
        part("panel", extra='when = { panel = "out" }'),
        part("cap", extra='when = { panel = "in" }'),
    )
    return str(write_model("machine", IMAGERS + PANEL + GANTRY + "".join(parts) + BEAM))


@pytest.mark.parametrize(
    ("given", "chosen", "parts"),
    [
        ({}, {"imagers": "in", "panel": "in"}, ["head", "cap"]),
        ({"imagers": "out"}, {"imagers": "out", "panel": "out"}, ["head", "panel"]),
        ({"imagers": "out", "panel": "in"}, {"imagers": "out", "panel": "in"}, ["head", "cap"]),
        ({"panel": "out"}, {"imagers": "in", "panel": "out"}, ["head", "panel"]),
    ],
)
def test_options_choose_parts_and_follow_each_other(machine, given, chosen, parts):
    loaded = Machine.load(machine, **given)
    assert dict(loaded.options) == chosen
    assert names(loaded) == parts


def test_options_of_the_shipped_machine():
    parked, deployed = Machine.load("c_arm"), Machine.load("c_arm", imagers="deployed", mv_panel="retracted")
    assert {"kV source (parked)", "MV panel (parked)"} <= set(names(parked))
    assert {"kV source", "kV detector", "MV panel (parked)"} <= set(names(deployed))
    assert "MV panel" not in names(deployed)
    assert dict(deployed.options)["accessory"] == "none"


def test_a_chain_of_options_that_follow_each_other():
    options = {
        "a": Option(choices=("x", "y")),
        "b": Option(choices=("x", "y"), follows="a"),
        "c": Option(choices=("x", "y"), follows="b"),
    }
    assert chosen_options(options, {"a": "y"}, "here") == {"a": "y", "b": "y", "c": "y"}
    assert chosen_options(options, {"b": "y"}, "here") == {"a": "x", "b": "y", "c": "y"}
    circle = {**options, "a": Option(choices=("x", "y"), follows="c")}
    with pytest.raises(SimulatorError, match="here: options must not follow each other in a circle: a, c, b"):
        chosen_options(circle, {}, "here")
    assert chosen_options(circle, {"b": "y"}, "here") == {"a": "y", "b": "y", "c": "y"}


def test_directions_are_made_unit_vectors(machine):
    loaded = Machine.load(machine)
    assert loaded.beam.direction == (0.0, 0.0, -1.0)
    assert loaded.joints[0].axis == (0.0, 1.0, 0.0)


def test_a_model_extends_another(write_model, machine):
    """Parts, joints and options by name: what the child names replaces the base's, the rest is inherited."""
    child = write_model(
        "machine",
        'extends = "../own"\n[options.cone]\nchoices = ["no", "yes"]\n'
        + part("head", extra='colour = "#ff0000"')
        + part("cone", extra='when = { cone = "yes", imagers = "out" }'),
        name="child",
    )
    loaded = Machine.load(str(child), imagers="out", cone="yes")
    assert names(loaded) == ["panel", "head", "cone"]
    assert next(part.colour for part in loaded.parts if part.name == "head") == "#ff0000"
    assert list(dict(loaded.options)) == ["imagers", "panel", "cone"]
    assert loaded.beam == Machine.load(machine).beam
    # Meshes are found where the part is described.
    (child / "box.ply").unlink()
    with pytest.raises(SimulatorError, match=r"child/box\.ply: must be a mesh file"):
        Machine.load(str(child))


@pytest.fixture
def models(tmp_path, monkeypatch):
    monkeypatch.setenv("SIMULATOR_MODELS", str(tmp_path / "models"))


@pytest.mark.usefixtures("models")
def test_a_child_is_judged_with_what_it_inherits(write_model):
    write_model("machine", GANTRY + part("head") + BEAM, name="base")
    wrong = write_model("machine", 'extends = "base"\n' + part("cone", extra='when = { cone = "yes" }'), name="wrong")
    with pytest.raises(SimulatorError, match="part 'cone': when: unknown option 'cone'; available: none"):
        Machine.load(str(wrong))


@pytest.mark.usefixtures("models")
@pytest.mark.parametrize("back", ["first", "../first", "."])
def test_a_circle_of_models_is_refused(write_model, back):
    write_model("machine", 'extends = "second"\n', name="first")
    write_model("machine", f'extends = "{back}"\n', name="second")
    with pytest.raises(SimulatorError, match=r"model\.toml: extends must not lead back to the model itself"):
        Machine.load("first")


def test_the_head_board_extends_the_couch():
    board, couch = Couch.load("igrt_head_board"), Couch.load("igrt")
    assert names(board) == [*names(couch), "head board"]
    assert board.joints == couch.joints and board.may_touch == couch.may_touch
    assert board.table_top.head_end_y_mm == 350 and couch.table_top.head_end_y_mm == 0


def test_the_kind_must_be_what_is_asked_for():
    with pytest.raises(SimulatorError, match=r"igrt/model\.toml: kind must be 'patient', was 'couch'"):
        read_description(shipped("meshes") / "igrt", "patient")
    with pytest.raises(SimulatorError, match="kind must be 'patient', was 'machine'"):
        Patient.load("c_arm")


def test_models_say_what_they_are(machine):
    assert repr(Machine.load(machine)) == "Machine('own', 2 parts, imagers=in, panel=in)"


def test_what_nobody_has_confirmed_is_told_whatever_stands_beside_its_tag(write_model):
    sources = {"read": "R: a book", "guessed": "G: any", "mixed": "M, G: a file", "partly": "R: a book; G the rest"}
    dimensions = "".join(f'{name} = {{ value = 1, source = "{text}" }}\n' for name, text in sources.items())
    lines = (
        "[dimensions]\n" + dimensions + GANTRY + 'limits = [-185, 185]\nsource = "G: 5 more on each side"\n' + BEAM
    ) + 'source = "R: GANTRY of a book"\n[motion.gantry]\nspeed = 6\nacceleration = 3\nsource = "R; acceleration G"\n'
    found = unconfirmed(read_description(write_model("machine", lines)))
    assert found == ("guessed", "mixed", "partly", "joint gantry", "motion gantry")


def test_the_shipped_machine_tells_what_is_unconfirmed():
    found = unconfirmed(read_description(shipped("meshes") / "c_arm"))
    assert {"floor_z_mm", "mv_arm_width_mm", "joint gantry", "motion collimator", "delivery"} <= set(found)
    assert not {"isocentre_to_face_mm", "stand_width_mm", "beam"} & set(found)
