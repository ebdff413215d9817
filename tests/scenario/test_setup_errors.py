"""Errors of the set-up, as a scenario writes them."""

import pytest

import simulator as sim

FILE = """title = "t"
[patient]
model = "adult"
site = "brain"
[errors]
"""


def test_errors_of_a_file_are_those_of_python(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(
        FILE + "lateral_mm = { bound = 5 }\npitch_deg = { standard_deviation = 0.5 }\ngantry_deg = { bound = 1 }"
    )
    found = sim.Scenario.read(path).errors
    assert found == sim.Errors(
        lateral_mm={"bound": 5}, pitch_deg={"standard_deviation": 0.5}, gantry_deg={"bound": 1}
    )
    assert str(found) == "lateral ±5 mm, pitch σ 0.5°, gantry ±1°"
    assert found.only("bound") == {"lateral_mm": 5.0, "gantry_deg": 1.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lateral_mm = { bound = 5, standard_deviation = 1 }", "errors.lateral_mm: must have either bound or"),
        ("lateral_mm = {}", "errors.lateral_mm: must have either bound or"),
        ("lateral_mm = { bound = -1 }", "errors.lateral_mm.bound: "),
        ("lateral_mm = { bound = 500 }", "errors.lateral_mm.bound: "),
        ("lateral_mm = 5", "errors.lateral_mm: must be a table"),
        ("gantry = { bound = 1 }", "gantry: must be the name of a joint and its unit"),
        ("gantri_deg = { bound = 1 }", "errors: field: unknown name 'gantri_deg'; available: lateral_mm"),
        ("gantry_mm = { bound = 1 }", "errors: field: unknown name 'gantry_mm'"),
    ],
)
def test_wrong_errors_are_refused_by_name(tmp_path, text, said):
    path = tmp_path / "s.toml"
    path.write_text(FILE + text)
    with pytest.raises(sim.SimulatorError) as refused:
        sim.load_setup(str(path))
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_errors_of_0_are_none():
    assert not sim.Errors()
    assert not sim.Errors(lateral_mm={"bound": 0.0}, roll_deg={"standard_deviation": 0.0})
    assert sim.Errors(lateral_mm={"bound": 0.1})
