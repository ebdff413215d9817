"""Scenario files as values: buffers, choices, sweeps by field; what is refused is in bad_input/."""

from pathlib import Path

import pytest

from simulator.errors import SimulatorError
from simulator.models.library import scenarios
from simulator.scenario.axis import PartOfRange
from simulator.scenario.choices import Buffers, CouchChoice
from simulator.scenario.patient_choice import PatientChoice
from simulator.scenario.scenario import Scenario

PATIENT = PatientChoice(model="point", site="point")


def test_buffers_have_defaults_and_may_be_nothing():
    assert (Buffers().patient_mm, Buffers().couch_mm) == (30, 20)
    assert (Buffers(patient_mm=0, couch_mm=0).patient_mm, Buffers(patient_mm=0).couch_mm) == (0, 20)


def test_a_table_made_in_python_is_refused_as_one_of_a_file():
    with pytest.raises(SimulatorError) as refused:
        Buffers(patient_mm=-1, couch_mm=True, table_mm=3)  # type: ignore[call-arg]
    assert str(refused.value).splitlines() == [
        "Buffers: patient_mm: must be greater than or equal to 0, was -1 (simulator explain buffers.patient_mm)",
        "Buffers: couch_mm: must be a valid number, was True (simulator explain buffers.couch_mm)",
        "Buffers: table_mm: unknown field; available: patient_mm, couch_mm (simulator explain buffers)",
    ]
    with pytest.raises(SimulatorError) as refused:
        Scenario(title="", patient=PATIENT, buffers={"patient_mm": -1})  # type: ignore[arg-type]
    assert [line.split(": ")[:2] for line in str(refused.value).splitlines()] == [
        ["Scenario", "title"],
        ["Scenario", "buffers.patient_mm"],
    ]


def test_a_scenario_in_python_has_the_defaults_of_the_file():
    scenario = Scenario(title="Mine", patient=PATIENT)
    assert (scenario.machine.model, scenario.couch.model, scenario.patient.position) == ("c_arm", "igrt", "HFS")
    assert (scenario.name, scenario.path, scenario.folder) == ("Mine", None, None)


def test_a_file_is_named_after_itself_and_paths_start_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "mine.toml").write_text('title = "T"\n[patient]\nmodel = "point"\nsite = "point"\n')
    monkeypatch.chdir(tmp_path)
    scenario = Scenario.read(Path("mine.toml"))
    assert (scenario.name, scenario.path, scenario.folder) == ("mine", Path("mine.toml"), tmp_path.resolve())
    assert scenario.patient == PATIENT and scenario.grid == {} and scenario.buffers == Buffers()


def test_lengths_are_whole_numbers_or_not():
    assert PatientChoice(model="a", isocentre_mm=(1, 2.5, -3)).isocentre_mm == (1, 2.5, -3)


@pytest.mark.parametrize("units", ["mm", "cm", "m", "in"])
def test_a_mesh_has_a_unit(units: str):
    assert CouchChoice(mesh="top.stl", units=units, surface_z_mm=0.0).units == units  # type: ignore[arg-type]
    with pytest.raises(
        SimulatorError, match=r"^CouchChoice: a mesh must have units: mm, cm, m or in \(simulator explain couch\)$"
    ):
        CouchChoice(mesh="top.stl")


@pytest.mark.parametrize("path", scenarios().values(), ids=scenarios())
def test_shipped_scenarios_fit_the_schema(path: Path):
    scenario = Scenario.read(path)
    assert scenario.name == path.stem
    if scenario.machine.model == "c_arm":
        assert scenario.grid == {}  # what the machine scans; others take larger steps


def test_a_grid_says_of_joints_by_name_and_unit_what_differs_from_the_machine():
    grid = {
        "ring_deg": {"step": 45},
        "snout_mm": {"start": 0, "stop": 2000, "step": 500, "over": "any"},
    }
    scenario = Scenario.model_validate({"title": "T", "patient": PATIENT, "grid": grid})
    assert scenario.grid == {
        "ring_deg": PartOfRange(step=45),
        "snout_mm": PartOfRange(start=0, stop=2000, step=500, over="any", unit="mm"),
    }
    assert Scenario.model_validate(scenario.model_dump(exclude_unset=True)) == scenario
