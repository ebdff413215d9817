"""Folders of structure sets: one patient each, named by the file."""

import pytest

from simulator.errors import SimulatorError
from simulator.scenario.study import Study
from simulator.studies.base import scenario_of
from simulator.studies.cases import Cases


@pytest.fixture
def cases(tmp_path):
    """Return a function that makes the cases of a study of a folder of two files."""
    for name in ("b", "a"):
        (tmp_path / "patients" / name).mkdir(parents=True)
        (tmp_path / "patients" / name / "rs.dcm").touch()
        (tmp_path / "patients" / f"{name}.dcm").touch()

    def made(scenario='{ title = "x", patient = { structures = "x.dcm", site = "PTV" } }', **entry):
        lines = "\n".join(f'{field} = "{value}"' for field, value in entry.items())
        text = f'title = "x"\nscenario = {scenario}\n[[vary]]\n{lines}\n'
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return Cases.of(Study.read(tmp_path / "study.toml"))

    return made


def test_files_are_patients_in_the_order_of_their_names(cases, tmp_path):
    found = cases(folder="patients")
    assert [case.values for case in found] == [{"patient": "a"}, {"patient": "b"}]
    structures = scenario_of(found.base, found[0]).patient.structures
    assert (found.base.folder / structures).resolve() == tmp_path.resolve() / "patients/a.dcm"
    found = cases(folder="patients", pattern="*/rs.dcm", name="who")
    assert [case.values for case in found] == [{"who": "a/rs"}, {"who": "b/rs"}]


def test_files_are_found_from_a_scenario_that_lies_elsewhere(cases, tmp_path):
    found = cases(scenario='"liver"', folder="patients")
    structures = scenario_of(found.base, found[1]).patient.structures
    assert (found.base.folder / structures).resolve() == tmp_path.resolve() / "patients/b.dcm"


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"folder": "nobody"}, "vary.0.folder: must be a folder, there is none at "),
        ({"folder": "patients", "pattern": "*.nii"}, "'*.nii' finds 0; there are a, a.dcm, b, b.dcm"),
        ({"folder": "patients", "pattern": "/*"}, "pattern: must be one of files in the folder, was '/*'"),
    ],
)
def test_folders_without_patients_are_refused(cases, entry, told):
    with pytest.raises(SimulatorError) as error:
        cases(**entry)
    assert told in str(error.value)
