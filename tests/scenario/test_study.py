"""Study files: what they may say, and every way in which they are refused."""

import pickle
import re
from pathlib import Path

import pytest

import simulator as sim
from simulator.errors import SimulatorError
from simulator.models.library import studies
from simulator.scenario.study import Measure, Study
from simulator.scenario.vary import BESIDE, MOST_CASES, Lattice, Steps, Vary

STUDY = """
title = "Two of each"
scenario = "liver"

[[vary]]
lattice = { spacing_mm = 10, site = "liver", radius_mm = 60 }

[[vary]]
field = "patient.height_cm"
range = { start = 150, stop = 200, step = 25 }

[[vary]]
zip.patient = { mass_kg = [60, 80], "options.arms" = ["up", "down"] }

[[vary]]
name = "machine"
options = [
    { name = "C-arm", set = { machine.model = "c_arm" } },
    { name = "O-ring", set = { "machine.model" = "o_ring", "couch.model" = "o_ring_couch" } },
]

[measure]
tolerance = 0.005
"""


@pytest.fixture
def file(tmp_path):
    """Return a function that writes a study file."""

    def write(text):
        (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
        return tmp_path / "mine.toml"

    return write


def refused(*vary, **measure):
    with pytest.raises(SimulatorError) as error:
        Study.of("liver", *vary, **measure)
    return str(error.value)


def test_a_file_is_read_with_dotted_names_and_defaults(file):
    path = file(STUDY)
    study = Study.read(path)
    assert (study.name, study.folder, study.origin) == ("mine", path.parent.resolve(), str(path))
    assert [entry.way for entry in study.vary] == ["lattice", "range", "zip", "options"]
    assert [entry.label for entry in study.vary[1:]] == ["patient.height_cm", "zip", "machine"]
    assert study.lattice.region == "60 mm around site 'liver'" and study.lattice.proof == "points"
    assert study.vary[1].range.size == 3
    assert list(study.vary[2].zip) == ["patient.mass_kg", "patient.options.arms"]
    assert study.vary[3].options[0].set == {"machine.model": "c_arm"}
    assert study.measure.model_dump() == {
        "tolerance": 0.005,
        "step_deg": 5.0,
        "clearance_step_deg": 10.0,
        "keep_maps": False,
    }


def test_a_study_of_python_values_is_that_of_a_file(file):
    vary = [
        {"lattice": {"spacing_mm": 10, "site": "liver", "radius_mm": 60}},
        {"field": "patient.height_cm", "range": {"start": 150, "stop": 200, "step": 25}},
        {"zip": {"patient.mass_kg": [60, 80], "patient.options.arms": ["up", "down"]}},
        {
            "name": "machine",
            "options": [
                {"name": "C-arm", "set": {"machine.model": "c_arm"}},
                {"name": "O-ring", "set": {"machine.model": "o_ring", "couch.model": "o_ring_couch"}},
            ],
        },
    ]
    made = sim.Study.of("liver", *vary, title="Two of each", tolerance=0.005)
    assert made.model_dump() == Study.read(file(STUDY)).model_dump()
    assert made.path is None and made.folder is None and made.name == "Two of each"
    assert pickle.loads(pickle.dumps(made)) == made


def test_paths_of_an_inline_scenario_start_beside_the_study(file):
    inline = '[scenario]\ntitle = "x"\npatient = { plan = "a.dcm", structures = "b.dcm" }\n'
    study = Study.read(file(STUDY.replace('scenario = "liver"', "") + inline))
    assert study.scenario.folder == study.folder


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({}, f"vary.0: must have one of {', '.join([*BESIDE][:-1])} and lattice, has none"),
        ({"field": "a.b", "values": [1], "csv": "x.csv"}, "lattice, has values, csv"),
        ({"values": [1]}, "field must stand beside values"),
        ({"options": [{"name": "a", "set": {"a.b": 1}}]}, "name must stand beside options"),
        ({"sample": {"a.b": [0, 1]}}, "count must stand beside sample"),
        ({"field": "a.b", "values": [1], "seed": 1}, "seed must be left out beside values; available: field"),
        ({"field": "a.b", "values": []}, "vary.0.values: "),
        ({"fields": "a.b", "values": [1]}, "vary.0.fields: unknown field; available: field, values, range"),
        ({"zip": {"a.b": [1, 2], "a.c": [1]}}, "must have as many values of each field: a.b has 2, a.c has 1"),
        ({"field": "a.b", "range": {"start": 2, "stop": 1, "step": 1}}, "stop must be from start on"),
        ({"field": "a.b", "range": {"start": 0, "stop": 1, "step": 0}}, "range.step: must be greater than 0, was 0"),
        ({"field": "a.b", "range": {"start": 0, "stop": 1, "step": 0.4}}, "must be a whole number of steps"),
        ({"field": "a.b", "range": {"start": 0, "stop": 1e9, "step": 1}}, "has 1,000,000,001: take larger steps"),
        ({"sample": {"a.b": [1, 0]}, "count": 3}, "a.b: must be the least and the greatest value, in this order"),
        ({"sample": {"a.b": [0, 1]}, "count": MOST_CASES + 1}, "count: must be less than or equal to 1000000"),
        ({"sample": {"a.b": [0, 1]}, "count": 3, "method": "random"}, "method: must be 'sobol', 'halton' or 'latin_"),
        ({"lattice": {"spacing_mm": 5}}, "must have one of part, roi and site"),
        ({"lattice": {"spacing_mm": 5, "part": "head", "roi": "x"}}, "must have one of part, roi and site"),
        ({"lattice": {"spacing_mm": 5, "site": "liver"}}, "site and radius_mm must stand together"),
        ({"lattice": {"spacing_mm": 0, "part": "head"}}, "spacing_mm: must be greater than or equal to 0.1, was 0"),
    ],
)
def test_an_entry_that_says_nothing_clear_is_refused(entry, told):
    assert told in refused(entry)


def test_names_that_results_would_have_twice_are_refused():
    one = {"field": "a.b", "values": [1]}
    assert "must have different names, 'a.b' stands there twice" in refused(one, one)
    lattice = {"lattice": {"spacing_mm": 5, "part": "head"}}
    assert "must have one lattice at most, has 2" in refused(lattice, lattice)
    twice = {"name": "x", "options": [{"name": "a", "set": {"a.b": 1}}, {"name": "a", "set": {"a.b": 2}}]}
    assert "must have different names, 'a' stands there twice" in refused(twice)


def test_all_that_is_wrong_is_told_at_once(file):
    text = STUDY.replace("stop = 200", "stop = 140").replace("tolerance = 0.005", "tolerance = 2\nstep = 5")
    with pytest.raises(SimulatorError) as error:
        Study.read(file(text))
    lines = str(error.value).splitlines()
    assert len(lines) == 3 and all(line.startswith(str(file(text))) for line in lines)


def test_only_what_is_wrong_with_the_scenario_that_is_meant_is_told():
    for scenario, told in (
        ({"title": "x"}, "Study: scenario.patient: is missing"),
        (
            {"title": "x", "patient": {"model": "adult", "site": "lung", "hight": 1}},
            "scenario.patient.hight: unknown field; ",
        ),
        (3, "scenario: must be text, a table of names or a Scenario, was 3"),
    ):
        with pytest.raises(SimulatorError) as error:
            Study.of(scenario, {"field": "a.b", "values": [1]})
        assert told in str(error.value) and "\n" not in str(error.value)


def test_shipped_studies_are_sound_and_named():
    assert "couch_height" in studies()
    for path in studies().values():
        assert len(sim.Cases.of(Study.read(path))) > 1


def test_the_document_has_every_field_and_the_shipped_study_as_it_is(file):
    text = (Path(__file__).parents[2] / "docs/how_to/studies.md").read_text(encoding="utf-8")
    (example,) = [block for block in re.findall(r"(?ms)^```toml\n(.*?)^```$", text) if "cushion under" in block]
    assert Study.read(file(example)).model_dump() == Study.read(studies()["couch_height"]).model_dump()
    for table in (Study, Vary, Steps, Lattice, Measure):
        for field in table.model_fields:
            assert re.search(rf"\b{field}\b", text), field
