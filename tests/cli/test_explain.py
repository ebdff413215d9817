"""``simulator explain``, and the hints to it at the end of messages."""

import subprocess
import sys

import pytest

import simulator as sim
from simulator.errors import SimulatorError


def test_a_field(command):
    code, out, err = command("explain", "patient.height_cm")
    assert (code, err) == (0, "")
    assert out.startswith("patient.height_cm  (Scenario, [patient])\n")
    assert all(words in out for words in ("unit     cm", "above 0", "From 50 to 250 cm", "height_cm = 182"))
    assert "``" not in out and max(map(len, out.splitlines())) <= 100


def test_a_table_lists_its_fields_and_a_file_its_tables(command):
    code, out, _ = command("explain", "measure")
    assert code == 0
    assert all(f"study.measure.{name} " in out for name in ("tolerance", "step_deg", "keep_maps"))
    code, out, _ = command("explain", "scenario")
    assert code == 0 and "patient " in out and "variants " in out


def test_without_a_field_all_files_are_listed(command):
    code, out, _ = command("explain")
    assert code == 0
    assert all(f"\n{file}: " in out for file in ("scenario", "model", "study", "survey", "commissioning"))
    assert all(f"\n  {table} " in out for table in ("beams", "omega", "table"))


def test_a_column_of_results(command):
    code, out, err = command("explain", "omega.csv")
    assert (code, err) == (0, "")
    assert out.startswith("omega  (Table omega.csv)\n") and "omega.fraction_of_4pi " in out
    assert command("explain", "weight_sr")[1].startswith(
        "beams.weight_sr  (Table beams.csv)\n  unit     steradians\n"
    )


def test_an_unknown_field_is_refused_with_near_ones(command):
    code, out, err = command("explain", "patient.hight_cm")
    assert (code, out) == (2, "")
    assert err.startswith("simulator: explain: field: unknown name 'patient.hight_cm'; available: patient.height_cm")


def test_it_starts_without_the_numerical_core():
    heavy = ["numba", "vtk", "pyvista", "xarray", "scipy", "trimesh", "matplotlib", "pandas"]
    code = (
        "import sys; sys.argv = ['simulator', 'explain', 'patient.height_cm']\n"
        "from simulator.cli import main\n"
        "try: main()\nexcept SystemExit as stop: assert stop.code == 0\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize(
    ("make", "hint"),
    [
        (lambda: sim.Buffers(patient_mm=-1), "buffers.patient_mm"),
        (lambda: sim.Axis(joint="gantry", start=0, stop=9, step="x"), "grid.gantry_deg.step"),
        (lambda: sim.Errors(pitch_deg={"bound": 101}), "errors.pitch_deg.bound"),
        (lambda: sim.Study.of("liver", {"field": "a", "values": []}), "study.vary.values"),
        (lambda: sim.Scenario(title="x", patient={"model": "adult"}), "patient"),
        (lambda: sim.Machine.load("c_arm", imagers="up"), "machine.options"),
        (lambda: sim.Machine.load("nothing"), "machine.model"),
        (lambda: sim.Machine.load("igrt"), "machine.model"),
        (lambda: sim.Patient.load("adult").site("nose"), "patient.site"),
    ],
)
def test_messages_in_python_have_the_same_hints(make, hint):
    with pytest.raises(SimulatorError) as refused:
        make()
    assert str(refused.value).endswith(f" (simulator explain {hint})")
