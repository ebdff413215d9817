"""What a machine's description says of accessories that plans name, and machines with other options."""

from __future__ import annotations

from pathlib import Path

import pytest

import simulator as sim
from simulator.errors import SimulatorError
from simulator.models.library import shipped

RULE = '[[accessories]]\nkind = "applicator"\nid = "A15"\noptions = {{ {options} }}\nsource = "G: a test"\n'


def child(tmp_path: Path, text: str) -> str:
    """A machine that extends the shipped one."""
    folder = tmp_path / "own"
    folder.mkdir()
    base = shipped("meshes") / "c_arm"
    head = f'kind = "machine"\ntitle = "own"\nnote = "No clinical clearance."\nextends = "{base}"\n'
    (folder / "model.toml").write_text(head + text, encoding="utf-8")
    return str(folder)


def test_every_rule_of_the_shipped_machine_has_a_source_and_names_options_that_are_there():
    machine = sim.Machine.load("c_arm")
    assert machine.accessories
    for rule in machine.accessories:
        assert rule.source[0] in "RMDGF"
        assert {"accessory", "imagers"} >= rule.options.keys()


def test_a_childs_rules_come_before_those_that_it_inherits(tmp_path):
    rule = RULE.format(options='accessory = "none"')
    machine = sim.Machine.load(child(tmp_path, rule))
    assert machine.accessories[0].options == {"accessory": "none"}
    assert len(machine.accessories) == 1 + len(sim.Machine.load("c_arm").accessories)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            RULE.format(options='mirror = "on"'),
            r"accessories.0: options: unknown option 'mirror'; available: accessory",
        ),
        (RULE.format(options='accessory = "tray"'), r"accessories.0: options.accessory: unknown choice 'tray'"),
        ('[[accessories]]\nsource = "G: a test"\n', r"accessories.0: must have kind, id, type or code"),
        ('[[accessories]]\nkind = "wedge"\n', r"accessories.0.source"),
    ],
)
def test_a_rule_that_fits_nothing_is_refused(tmp_path, text, message):
    with pytest.raises(SimulatorError, match=message):
        sim.Machine.load(child(tmp_path, text))


def test_a_machine_with_other_options_is_the_same_but_for_these():
    machine = sim.Machine.load("c_arm", accessory="srs_cone")
    assert machine.with_options() is machine
    assert machine.with_options(accessory="srs_cone") is machine
    deployed = machine.with_options(imagers="deployed")
    assert dict(deployed.options) == {
        "accessory": "srs_cone",
        "imagers": "deployed",
        "kv_source": "deployed",
        "kv_detector": "deployed",
        "mv_panel": "deployed",
    }
    assert deployed.name == machine.name
    with pytest.raises(SimulatorError, match="option imagers: unknown name 'gone'"):
        machine.with_options(imagers="gone")


def test_a_machine_without_a_description_has_no_options():
    machine = sim.Machine(name="own", title="own", note="")
    with pytest.raises(SimulatorError, match=r"own: machine\.options must be left out"):
        machine.with_options(imagers="deployed")
