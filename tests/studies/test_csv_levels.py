"""Tables of patients: columns are fields, lines are levels; what is wrong is told with its line and column."""

import pytest

from simulator.errors import SimulatorError
from simulator.scenario.study import Study
from simulator.studies.cases import Cases

TABLE = """\
patient,patient.height_cm,patient.mass_kg,patient.options.arms,age
A,170,70,up,40
# who could not raise the arms
B,180.5,80,down,
"""


@pytest.fixture
def cases(tmp_path):
    """Return a function that makes the cases of a study of a table."""

    def made(text, scenario="liver", **entry):
        (tmp_path / "patients.csv").write_text(text, encoding="utf-8")
        study = f'title = "x"\nscenario = "{scenario}"\n[[vary]]\ncsv = "patients.csv"\n'
        lines = [f"{field} = {value!r}".replace("'", '"') for field, value in entry.items()]
        (tmp_path / "study.toml").write_text(study + "\n".join(lines), encoding="utf-8")
        return Cases.of(Study.read(tmp_path / "study.toml"))

    return made


FIELDS = ["patient.height_cm", "patient.mass_kg", "patient.options.arms"]


def test_lines_are_levels_with_numbers_and_names(cases):
    found = cases(TABLE, name="patient", columns=FIELDS)
    assert found.columns == ("patient", *FIELDS) and found.factors[0].name == "patient"
    assert [list(case.values.values()) for case in found] == [["A", 170, 70, "up"], ["B", 180.5, 80, "down"]]
    assert found[1].changes == {"patient.height_cm": 180.5, "patient.mass_kg": 80, "patient.options.arms": "down"}
    found = cases("patient.height_cm; patient.mass_kg\n170,5; 70\n")
    assert found.factors[0].name == "patients" and found[0].changes == {
        "patient.height_cm": 170.5,
        "patient.mass_kg": 70,
    }


def test_a_number_is_text_where_the_field_has_names(cases):
    found = cases("fixation.0.options.incline_deg,patient.height_cm\n0,160\n15,170\n", scenario="breast_board")
    assert [tuple(case.changes.values()) for case in found] == [("0", 160), ("15", 170)]


ONE = {"columns": FIELDS[:1]}
ALL = {"columns": FIELDS}


@pytest.mark.parametrize(
    ("text", "entry", "told"),
    [
        (TABLE, {"name": "who"}, ": column who: is missing; has patient, patient.height_cm, patient.mass_kg"),
        (TABLE, {"columns": ["patient.position"]}, ": column patient.position: is missing; has patient"),
        (TABLE, {"name": "patient"}, ": column age: must be a field of the scenario, such as patient.height_cm"),
        (
            TABLE.replace("70,up", "fat,up"),
            ALL,
            ": line 2, column patient.mass_kg: must be a valid number, was 'fat'",
        ),
        (TABLE.replace("180.5", "-1"), ALL, ": line 4, column patient.height_cm: must be greater than 0, was -1.0"),
        (TABLE.replace("180.5", ""), ALL, ": line 4, column 2 (patient.height_cm): must have a value, is empty"),
        (TABLE.replace("height_cm", "x"), {"columns": ["patient.x"]}, ": line 2, column patient.x: unknown field; a"),
        (TABLE.replace(",up,", ",high,"), ALL, "option arms: unknown name 'high'; available: down, up"),
        (TABLE.splitlines()[0], ALL, ": must have a line for each case, has none"),
        ("", ALL, ": column patient.height_cm: is missing; has none"),
        (TABLE.replace("A,170", "A,170,1"), ALL, ": line 2, column 6: must be 5 cells"),
        (
            TABLE.replace("180.5", '"1,050"'),
            ALL,
            ": line 4, column patient.height_cm: must be a valid number, was",
        ),
        ('"a,b\n', {}, ": line 1, column 2: cannot be read as CSV"),
    ],
)
def test_what_is_wrong_is_told_with_its_file_line_and_column(cases, text, entry, told):
    with pytest.raises(SimulatorError) as error:
        cases(text, **entry)
    assert f"patients.csv{told}" in str(error.value) or (
        told in str(error.value) and "csv: line 2" in str(error.value)
    )


def test_lines_that_nobody_could_tell_apart_are_refused(cases):
    with pytest.raises(
        SimulatorError, match=r"vary\.0\.csv: must be different, has patient\.height_cm = 170\.0 2 times"
    ):
        cases(TABLE.replace("180.5", "170"), **ONE)
    assert len(cases(TABLE.replace("180.5", "170"), name="patient", **ONE)) == 2


def test_a_table_that_is_not_there(tmp_path):
    (tmp_path / "study.toml").write_text(
        'title = "x"\nscenario = "liver"\n[[vary]]\ncsv = "none.csv"\n', encoding="utf-8"
    )
    with pytest.raises(SimulatorError, match=r"none\.csv: there is no such file"):
        Cases.of(Study.read(tmp_path / "study.toml"))
